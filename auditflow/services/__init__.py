"""Writing: one function, one use case; flushes, never commits, knows nothing of the web."""

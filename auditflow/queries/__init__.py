"""Reading: one function, one question; always ordered, never writes."""

"""Pure rules of the field: the standard library only, no clock, no randomness, no storage."""

"""Pure numbers: estimates, movement, agreement, control charts, disclosure control.

Plain numbers and lists in, frozen dataclasses or numbers out; the standard library only; no randomness that is
not seeded. What is undefined is None and carries a `reason`; nothing here ever returns NaN.
"""

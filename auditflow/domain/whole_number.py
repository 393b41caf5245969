"""A whole number in text that anybody may have typed, or put into an address."""

__all__ = ["LARGEST", "read_whole_number"]

LARGEST = 2**31 - 1
"""The largest number that a row can have in PostgreSQL."""

_DIGITS = 20


def read_whole_number(text: str, most: int = LARGEST) -> int | None:
    """The number that these digits (0 to 9, nothing else) are, up to `most`; None for every other text.

    `str.isdigit` alone says yes to “²”, and to thousands of digits, which `int` then refuses.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        return None
    number = int(text)
    return number if number <= most else None

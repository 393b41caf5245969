"""Text that goes into a spreadsheet must stay text.

A cell that begins with `=`, `+`, `-`, `@` or a few others is run as a formula when a CSV file is opened in
a spreadsheet, so that a name typed by one person could run on another person's computer.
"""

__all__ = ["is_formula_like", "safe_cell"]

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet could take this text for a formula. A plain number, such as -3.5, is not one."""
    if not text.startswith(_STARTS) and not text.lstrip().startswith(_STARTS):
        return False
    return not _is_number(text)


def safe_cell(value: object) -> object:
    """The value as it may be written to a CSV file: formula-like text gets an apostrophe in front.

    Anything that is not text (numbers, dates, None) is returned as it is.
    """
    return f"'{value}" if isinstance(value, str) and is_formula_like(value) else value


def _is_number(text: str) -> bool:
    digits = text[1:] if text[:1] in "+-" else text
    return digits.isascii() and digits.replace(".", "", 1).isdigit()

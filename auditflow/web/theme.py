"""The council's colour as a style sheet of its own: two variables, so nothing is written into pages."""

from __future__ import annotations

DARK, LIGHT = "#000000", "#ffffff"
"""Pure black: of black and white, one always reaches 4.5 to 1; GOV.UK's softer black does not."""


def _luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2, "relative luminance")."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def stylesheet(colour: str) -> str:
    """CSS for a council's colour `#rrggbb`, checked by the settings: header text is whichever reads better."""
    text = max((LIGHT, DARK), key=lambda candidate: contrast(colour, candidate))
    return f":root {{ --app-council: {colour}; --app-council-text: {text}; --govuk-brand-colour: {colour}; }}\n"

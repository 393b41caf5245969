"""A small audit tool and complete answers to it, as plain data that a test may spoil."""

from typing import Any

__all__ = ["good_answers", "small_answers", "small_document"]


def small_document() -> dict[str, Any]:
    """`risk` is for everybody; `home` for children in care and, where it applies, in need."""
    return {
        "key": "small",
        "version": 1,
        "title": "Small audit",
        "unit": "child",
        "summary": "A small one.",
        "case_types": [
            {"key": "need", "title": "Child in need", "also": ["CIN"]},
            {"key": "plan", "title": "Child protection plan", "also": []},
            {"key": "care", "title": "Child in care", "also": []},
        ],
        "window": {
            "look_back_months": 12,
            "judge_months": 6,
            "guidance": "Judge the last 6.",
            "re_audit_guidance": "Judge from {judge_from}.",
        },
        "immediate_concern": {"question": "Is a child unsafe?", "prompt": "Phone first."},
        "judgement": {
            "reason": _words("Reason"),
            "evidence": _words("Evidence"),
            "difference": _words("Difference"),
            "not_applicable": "Not a grade.",
        },
        "domains": [
            _domain("risk", ["need", "plan", "care"], questions=("seen", "plan")),
            _domain("home", ["care"], ["need"]),
        ],
        "participation": {
            "title": "Who took part",
            "lead": "Ask.",
            "parties": [_party("practitioner"), _party("child")],
        },
        "overall": {
            "title": "Overall grade",
            "lead": "As a whole?",
            "guidance": "Not an average.",
            "reason": _words("Reason"),
            "grades": _descriptors("All"),
        },
    }


def good_answers(grade: object = 3, **questions: str) -> dict[str, Any]:
    """A domain with every text filled in."""
    return {
        "grade": grade,
        "reason": "Because.",
        "evidence": "Visit 3 September.",
        "difference": "She sleeps.",
        "questions": questions,
    }


def small_answers(**domains: Any) -> dict[str, Any]:
    """Complete answers to the small tool for a child with a protection plan; `domains` add or replace."""
    return {
        "domains": {"risk": good_answers(seen="yes", plan="yes"), **domains},
        "participation": {
            "practitioner": {"took_part": "yes", "who": "A worker", "how": "Met.", "why_not": "", "view": ""},
            "child": {"took_part": "no", "who": "", "how": "", "why_not": "He chose not to.", "view": ""},
        },
        "overall": {"grade": 3, "reason": "All in all."},
    }


def _words(label: str) -> dict[str, Any]:
    return {"label": label, "hint": "A hint."}


def _descriptors(what: str) -> dict[str, Any]:
    return {
        "outstanding": f"{what} could not be better.",
        "good": f"{what} is good.",
        "requires_improvement": f"{what} could be better.",
        "inadequate": f"{what} is poor.",
    }


def _domain(
    key: str, required: list[str], optional: list[str] | None = None, *, questions: tuple[str, ...] = ("first",)
) -> dict[str, Any]:
    return {
        "key": key,
        "title": key.capitalize(),
        "short_title": key.capitalize(),
        "lead": f"How is {key}?",
        "required_for": required,
        "optional_for": optional or [],
        "not_applicable_when": "Only when there is none." if optional else "",
        "questions": [{"key": name, "text": f"Was {name} done?", "hint": "", "applies_to": []} for name in questions],
        "grades": _descriptors(key),
    }


def _party(key: str) -> dict[str, Any]:
    asked = ("took_part", "who", "how", "view", "why_not")
    return {"key": key, "title": key.capitalize()} | {name: _words(f"{key} {name}") for name in asked}

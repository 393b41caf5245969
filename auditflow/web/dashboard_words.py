"""What waits for a decision in a round, in words: concerns, disputes, stuck items, requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from flask import url_for
from werkzeug.routing import BuildError

from auditflow.domain.clock import local_date
from auditflow.domain.sample_reasons import EXEMPTION_REASONS, LOST_REASONS, REMOVAL_REASONS
from auditflow.domain.sampling_draw import LOSS_TO_SAY, loss_rate
from auditflow.queries.approval import RequestLine
from auditflow.queries.case_audit_second import SecondCount
from auditflow.queries.dashboard import Waiting
from auditflow.queries.scope import Viewer
from auditflow.web.layout import clock_time, day, long_day

ASKS = {
    "remove": "Request to remove case {}",
    "mark_not_audited": "Request to leave case {} not audited",
    "discard_draw": "Request to discard the draw",
    "cannot_do": "An action of case {} cannot be done",
}
"""What is asked for, as a heading."""
LISTED = {"remove": LOST_REASONS | REMOVAL_REASONS, "mark_not_audited": EXEMPTION_REASONS}


def second_words(count: SecondCount) -> str:
    """How the blind second gradings stand, in a sentence; blank when the round has none."""
    if not count.asked:
        return ""
    withdrawn = f", {count.withdrawn} withdrawn" if count.withdrawn else ""
    waits = " Reporting waits for the others." if count.open else ""
    return f"{count.filed} of {count.asked} are in{withdrawn}.{waits}"


def loss_words(lost: int, drawn: int) -> str:
    """That more than a tenth of the sample was lost, in two sentences; blank while it is no more."""
    rate = loss_rate(lost, drawn)
    if rate <= LOSS_TO_SAY:
        return ""
    left = "has left" if lost == 1 else "have left"
    return (
        f"{lost:,} of the {drawn:,} cases ({100 * rate:.0f}%) {left} the sample because they could not be audited. "
        "The figures speak of the cases that can be audited; say so where you give them."
    )


def waiting_line(item: Waiting, now: datetime, clocks: Mapping[int, str]) -> dict[str, Any]:
    """One row of “Needs a decision”; `clocks` say of each concern to whom it goes, and when."""
    line: dict[str, Any] = {"ref": item.ref, "late": False, "due": ""}
    if item.kind == "concern":
        new = item.state == "raised"
        what = "nobody has acknowledged it" if new else "it is not resolved"
        line["title"] = f"Immediate concern about a child: {what}"
        line["lines"] = [f"Case {item.ref}. Raised {_when(item.since, now)} by {item.by}."]
        line |= {"due": clocks.get(item.id, ""), "late": True}
        line["button"] = _button(
            "See the concern", f"on case {item.ref}", "alert.alert_show", "/concerns", alert_id=item.id
        )
    elif item.kind == "dispute":
        line["title"] = f"Dispute: case {item.ref}"
        line["lines"] = [f"Raised by {item.by} {_when(item.since, now)}."]
        if item.due_at is not None:
            line["due"] = f"Decide by {long_day(item.due_at)}, or it goes up to the director"
        line["button"] = _button(
            "Decide", f"the dispute on case {item.ref}", "dispute.dispute_show", "/disputes", case_audit_id=item.id
        )
    else:
        line["title"] = f"Stuck: nobody may move case {item.ref}"
        line["lines"] = [f"Since {day(item.since)}."]
        line["button"] = _button("See why", f"case {item.ref} is stuck", "stuck.stuck_list", "/stuck")
    return line


def removal_line(line: RequestLine, viewer: Viewer) -> dict[str, Any]:
    """A request that waits for somebody's approval."""
    words = LISTED.get(line.ask, {}).get(line.reason_code, "")
    why = f"{line.requested_by}: {line.reason}"
    button = _button(
        "Decide" if not viewer.has("qa_lead") else "See it",
        ASKS[line.ask].lower().format(line.ref),
        "approval.approval_show",
        "/approvals",
        approval_id=line.id,
    )
    return {
        "title": ASKS[line.ask].format(line.ref),
        "ref": line.ref,
        "lines": [text for text in (f"{words}." if words else "", why) if text],
        "due": f"Asked on {day(line.requested_at)}",
        "late": False,
        "button": button,
    }


def _when(moment: datetime, now: datetime) -> str:
    if local_date(moment) == local_date(now):
        return f"at {clock_time(moment)} today"
    return f"on {day(moment)}"


def _button(text: str, hidden: str, endpoint: str, otherwise: str, **values: int) -> dict[str, str]:
    try:
        href = url_for(endpoint, **cast("dict[str, Any]", values))
    except BuildError:
        href = "/".join([otherwise, *map(str, values.values())])
    return {"text": text, "href": href, "hidden": hidden}

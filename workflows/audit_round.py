"""How a round moves: from a locked design to published results. The board sees nothing before `close`."""

from __future__ import annotations

from workflows import guards as g
from workflows.roles import KNOWN
from workflows.table import Deadline, Move, State, Workflow

STATES = (
    State("planned", "Planned"),
    State("locked", "Design locked"),
    State("sampled", "Sample drawn"),
    State("live", "Live"),
    State("reporting", "Reporting"),
    State("closed", "Closed", final=True),
    State("cancelled", "Cancelled", final=True),
)

LAUNCH = (g.EVERY_CASE_ALLOCATED, g.AUDITORS_TRAINED, g.AUDITORS_WITHOUT_CONFLICT, g.NAMES_MATCHED)
BEFORE_REPORTING = ("planned", "locked", "sampled", "live")
LEAD = ("qa_lead",)

MOVES = (
    Move(
        action="lock_design",
        past="design_locked",
        sources=("planned",),
        target="locked",
        roles=LEAD,
        label="Lock the design",
        guards=(g.LIST_FROZEN, g.DESIGN_COMPLETE, g.PUBLIC_EVENT_AHEAD),
    ),
    Move(
        action="draw",
        past="sample_drawn",
        sources=("locked",),
        target="sampled",
        roles=LEAD,
        label="Draw the sample",
        guards=(g.DESIGN_UNCHANGED, g.OUTCOME_WITNESSED),
    ),
    Move(
        action="ask_to_discard_draw",
        past="asked_to_discard_draw",
        sources=("sampled",),
        target=None,
        roles=LEAD,
        label="Ask to discard the draw",
        guards=(g.NO_OPEN_REQUEST,),
        reason=True,
        tell=("director",),
    ),
    Move(
        action="discard_draw",
        past="draw_discarded",
        sources=("sampled",),
        target="planned",
        roles=("director",),
        label="Discard the draw",
        guards=(g.DISCARD_APPROVED,),
        reason=True,
        tell=("qa_lead",),
    ),
    Move(
        action="launch",
        past="launched",
        sources=("sampled",),
        target="live",
        roles=LEAD,
        label="Launch the round",
        guards=LAUNCH,
    ),
    Move(
        action="extend",
        past="extended",
        sources=("live",),
        target=None,
        roles=LEAD,
        label="Extend the round",
        reason=True,
    ),
    Move(
        action="add_case",
        past="case_added",
        sources=("sampled", "live"),
        target=None,
        roles=LEAD,
        label="Add a case (not random)",
    ),
    Move(
        action="add_month",
        past="month_added",
        sources=("live",),
        target=None,
        roles=LEAD,
        label="Add a month’s cases",
        guards=(g.IS_CENSUS, g.CHECKS_UNKNOWN, g.NEXT_LIST_FROZEN, g.NEXT_LIST_LATER, g.NEXT_NAMES_MATCHED),
    ),
    Move(
        action="extend_reserves",
        past="reserves_extended",
        sources=("sampled", "live"),
        target=None,
        roles=LEAD,
        label="Extend the reserves",
        guards=(g.HAS_RESERVES,),
    ),
    Move(
        action="begin_reporting",
        past="reporting_begun",
        sources=("live",),
        target="reporting",
        roles=LEAD,
        label="Begin reporting",
        guards=(g.EVERY_CASE_SETTLED, g.SECOND_GRADINGS_SETTLED),
    ),
    Move(
        action="reopen",
        past="reopened",
        sources=("reporting",),
        target="live",
        roles=LEAD,
        label="Reopen the round",
        reason=True,
    ),
    Move(
        action="close",
        past="closed",
        sources=("reporting",),
        target="closed",
        roles=LEAD,
        label="Close the round and publish its results",
        guards=(g.RESULTS_FROZEN,),
    ),
    Move(
        action="cancel",
        past="cancelled",
        sources=BEFORE_REPORTING,
        target="cancelled",
        roles=LEAD,
        label="Cancel the round",
        guards=(g.NO_GRADE_IN,),
        reason=True,
    ),
    Move(
        action="cancel",
        past="cancelled",
        sources=BEFORE_REPORTING,
        target="cancelled",
        roles=("director",),
        label="Cancel the round",
        guards=(g.GRADE_IN,),
        reason=True,
        tell=("qa_lead",),
    ),
)

DEADLINES = (
    Deadline(
        key="end",
        states=("live",),
        action="begin_reporting",
        from_fact="ends_on",
        tell=("qa_lead",),
    ),
)

WORKFLOW = Workflow(
    name="audit_round",
    version=1,
    initial="planned",
    states=STATES,
    moves=MOVES,
    deadlines=DEADLINES,
    note=(
        "The seed is made by the product when the sample is drawn, never typed and never offered again; or it is "
        "the outcome of a public event that was named when the design was locked. Discarded draws stay on "
        "record. A census draws nothing: it takes every case that its rules let in, and while it is live those of "
        "later lists. Completion always counts from the first end date. Closing publishes; a later correction makes "
        "a second version of the results beside the first. The audits of a cancelled round stay readable and "
        "are in no figure; its concerns and actions go on."
    ),
    known_roles=KNOWN,
)

"""Step 7 of a new round: the moderation policy, the last check, and the launch."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import render_template, request, url_for

from auditflow.domain.policy import (
    ModerationPolicy,
    SecondGradingPolicy,
    policy_document,
    read_policy,
    read_second_policy,
)
from auditflow.domain.sampling import checking_count
from auditflow.models import AuditRound
from auditflow.queries.case_audit_second import find_second_graders
from auditflow.queries.matching import list_open_sampled_names
from auditflow.queries.moves import moves_for
from auditflow.queries.sample import list_standing_refs
from auditflow.services.audit_round import change_round
from auditflow.services.launch import launch_round
from auditflow.web.audit_round_pages import BAD, LEAD, step_caption, to_round, to_step, tried, visible_round
from auditflow.web.request import act, db, form_version, new_key, now, viewer
from auditflow.web.routing import Pages
from forms.audit_round import PressForm, SetPolicyForm
from workflows.audit_round import LAUNCH

pages = Pages("launch", __name__)
POLICY = tuple(field.name for policy in (ModerationPolicy, SecondGradingPolicy) for field in fields(policy))


@pages.page("/rounds/<int:round_id>/policy", may=LEAD)
def launch_policy(round_id: int) -> Any:
    """Which audits are moderated, and which cases graded twice."""
    row = visible_round(round_id)
    kept = policy_document(read_policy(row.policy), read_second_policy(row.policy))
    return _policy_page(row, SetPolicyForm(None, key=new_key(), version=row.version, **kept))


def _policy_page(row: AuditRound, form: SetPolicyForm) -> str:
    return render_template("audit_round/policy.html", row=row, form=form, caption=step_caption(row, 7))


@pages.act("/rounds/<int:round_id>/policy", may=LEAD)
def launch_set_policy(round_id: int) -> Any:
    """Keep the policy."""
    row = visible_round(round_id)
    form, version = SetPolicyForm(request.form), form_version()

    def use() -> None:
        policy = {**row.policy, **{name: form[name].data for name in POLICY}}
        change_round(db(), round_id, {"policy": policy}, act(), expected_version=version)

    if tried(form, use, done="The moderation policy is kept."):
        return to_step("launch.launch_check", round_id)
    return _policy_page(visible_round(round_id), form), BAD


@pages.page("/rounds/<int:round_id>/launch", may=LEAD)
def launch_check(round_id: int) -> Any:
    """What has to be right before the launch, and the button."""
    row = visible_round(round_id)
    return _check_page(row, PressForm(None, key=new_key(), version=row.version))


def _check_page(row: AuditRound, form: PressForm) -> str:
    moves = moves_for(db(), "audit_round", row.id, viewer().person_id, now())
    policy = read_policy(row.policy)
    drawn = len(list_standing_refs(db(), row.id))
    return render_template(
        "audit_round/launch.html",
        row=row,
        form=form,
        caption=step_caption(row, 7),
        checks=_checks(row, dict(moves.facts.values)),
        may=moves.may("launch"),
        policy=policy,
        share=_share_words(row, drawn, policy.random_percent, policy.random_least),
        second=_second_words(row, drawn),
        names=list_open_sampled_names(db(), row.id),
    )


def _checks(row: AuditRound, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Every condition of the launch, with where to put it right."""
    titles = {
        "every_case_allocated": ("Every case has an auditor", "allocation.allocation_show"),
        "auditors_trained": ("Every auditor’s training is up to date", "allocation.allocation_show"),
        "auditors_without_conflict": ("No auditor has a conflict of interest", "allocation.allocation_show"),
        "names_matched": ("Workers and teams of the cases are matched", ""),
    }
    checks = []
    for guard in LAUNCH:
        title, endpoint = titles[guard.name]
        holds = guard.holds(facts)
        item: dict[str, Any] = {"title": title, "status": "Completed" if holds else "To do"}
        if not holds:
            count = facts[guard.reads[0]]
            item |= {"hint": f"{guard.sentence} ({count:,})", "colour": "blue", "href": _mend(row, endpoint)}
        checks.append(item)
    return checks


def _mend(row: AuditRound, endpoint: str) -> str:
    return (
        url_for(endpoint, round_id=row.id)
        if endpoint
        else url_for("frame_match.frame_match_show", frame_id=row.frame_id)
    )


def _share_words(row: AuditRound, cases: int, percent: int, least: int) -> str:
    here = checking_count(cases, percent, least)
    if row.kind == "census":
        return f"{percent}% of the cases of each list, at least {least} in all: here {here} of {cases}"
    which = "cases of the first audit" if row.kind == "re_audit" else "randomly drawn cases"
    return f"{percent}% of the {which}, at least {least}: here {here} of {cases}"


def _second_words(row: AuditRound, drawn: int) -> dict[str, str]:
    """What the launch will do about blind second gradings, and for how many cases there is no second auditor."""
    policy = read_second_policy(row.policy)
    if not policy.second_gradings:
        return {"words": "None in this round", "problem": ""}
    words = _share_words(row, drawn, policy.second_percent, policy.second_least)
    graders = find_second_graders(db(), row) if row.state == "sampled" else None
    return {"words": words, "problem": _too_few(len(graders.of), len(graders.without)) if graders else ""}


def _too_few(cases: int, without: int) -> str:
    if not without:
        return ""
    why = "every other auditor of the round has a conflict of interest, graded or moderated it, or may see its grade"
    if without == cases:
        return (
            f"No case of this round can have a second auditor: {why}. You can launch the round; it will have no blind "
            "second grading. To have some, add another trained auditor."
        )
    many = f"{without:,} of the {cases:,} cases that have an auditor could not have a second one"
    return f"{many}: {why}. If one of these is chosen, it is graded once only. Another trained auditor would help."


@pages.act("/rounds/<int:round_id>/launch", may=LEAD)
def launch_now(round_id: int) -> Any:
    """Launch."""
    form, version = PressForm(request.form), form_version()
    done = "The round is live. Each auditor gets one message."
    if tried(form, lambda: launch_round(db(), round_id, act(), expected_version=version), done=done):
        return to_round(round_id)
    return _check_page(visible_round(round_id), form), BAD

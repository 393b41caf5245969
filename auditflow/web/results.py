"""Results: the list, a round's page, and what the board is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import redirect, render_template, url_for

from auditflow.domain.errors import NotFound
from auditflow.models import AuditRound
from auditflow.queries.audit_tool import list_tool_titles
from auditflow.queries.moves import moves_for
from auditflow.queries.report import list_published_reports
from auditflow.queries.results import (
    get_result_round,
    list_latest_results,
    list_result_rounds,
    list_result_versions,
)
from auditflow.reporting.board_sentences import NO_PICTURE, how_chosen
from auditflow.services.re_audit import READY
from auditflow.services.results import results_of
from auditflow.web.layout import day
from auditflow.web.report_page import file_address, size_words
from auditflow.web.request import asked_number, db, now, viewer
from auditflow.web.results_agreement import ENOUGH
from auditflow.web.results_groups import group_parts
from auditflow.web.results_kept import kept_results
from auditflow.web.results_links import Links
from auditflow.web.results_page import round_page
from auditflow.web.results_pool import ROUNDS, Earlier, earlier_rounds, fresh
from auditflow.web.results_re_audit import re_audit_page
from auditflow.web.results_trend import TICKS, trend_parts
from auditflow.web.results_trust import AS_SUBMITTED
from auditflow.web.routing import Pages

pages = Pages("results", __name__)
INSIDE = ("qa_lead", "director", "head_of_service")
"""Who sees the whole page; teams by name only those who answer for the council."""
EVERYBODY = (*INSIDE, "board_member")
OF_ROUND = ("bars", "grade_links", "domains", "teams", "groups")
OF_RE_AUDIT = ("lost_rows", "dots_up", "dots_chance", "action_rows")
"""The parts of a page that say something of practice; those of a re-audit beside the others."""


@pages.page("/results", may=EVERYBODY)
def results_list() -> Any:
    """Every round whose results this person may open."""
    me = viewer()
    rounds = list_result_rounds(db(), me)
    frozen = list_latest_results(db(), [row.id for row in rounds])
    endpoint = "results.results_show" if me.has(*INSIDE) else "results.results_board"
    rows = []
    for row in rounds:
        kept = frozen.get(row.id)
        words = kept.results["board"]["sentence"] if kept else "Nothing is published before the round is closed."
        state = f"Published {day(row.closed_at)}" if row.closed_at else "In reporting"
        href = url_for(endpoint, round_id=row.id)
        rows.append({"name": row.name, "href": href, "sentence": words, "state": state})
    inside = me.has(*INSIDE)
    trends = trend_parts(rounds, frozen, list_tool_titles(db())) if inside else []
    return render_template(
        "results/list.html", rows=rows, published=len(frozen), inside=inside, trends=trends, ticks=TICKS
    )


@pages.page("/results/<int:round_id>", may=EVERYBODY)
def results_show(round_id: int) -> Any:
    """The results of a round: frozen ones if it is closed, else those of now."""
    me, number = viewer(), asked_number("version")
    if not me.has(*INSIDE):
        return redirect(url_for("results.results_board", round_id=round_id))
    row = get_result_round(db(), me, round_id)
    results = results_of(db(), round_id, number=number) if number else kept_results(round_id)
    links = Links(round_id, me.has("qa_lead"))
    teams = me.has("qa_lead", "director")
    earlier = earlier_rounds(row) if teams and _looks_back(results) else []
    if results["re_audit"]:
        more = _re_audit(row, results, links, earlier)
    else:
        more = round_page(results, links, teams=teams, earlier=_agreement(earlier))
        more |= group_parts(results, fresh(earlier), links) if teams else {}
    if row.state == "live":
        trust = [line for line in more["trust"] if line["key"] != AS_SUBMITTED]
        more |= _unfinished(results["completion"]) | {"trust": trust}
    template = "results/re_audit.html" if results["re_audit"] else "results/show.html"
    return render_template(
        template,
        row=row,
        caption=_caption(row, number),
        versions=list_result_versions(db(), round_id),
        number=number,
        moves=moves_for(db(), "audit_round", round_id, me.person_id, now()),
        lead=me.has("qa_lead"),
        ready=row.state in READY,
        **more,
    )


def _re_audit(row: AuditRound, results: dict[str, Any], links: Links, earlier: Earlier) -> dict[str, Any]:
    baseline = db().get(AuditRound, row.baseline_id)
    assert baseline is not None, "a re-audit has its baseline"
    return re_audit_page(results, links, _agreement(earlier)) | {"baseline": baseline}


def _looks_back(results: dict[str, Any]) -> bool:
    """Whether something on the page is put together with the rounds before."""
    return bool(results.get("groups")) or 0 < results["agreement"]["n"] < ENOUGH


def _agreement(earlier: Earlier) -> list[dict[str, Any]]:
    """The figures of agreement of the rounds that are put with this one, newest first."""
    return [result.results["agreement"] for _, result in earlier[: ROUNDS - 1]]


def _unfinished(completion: dict[str, Any]) -> dict[str, Any]:
    """While audits are still being made, what is agreed so far is not the round: nothing is said or drawn of it."""
    done, planned = completion["done"], completion["planned"]
    words = f"Not finished: {done} of the {planned} audits are agreed. Nothing can be said of the round yet."
    return {"finding": words, "bullets": [], **dict.fromkeys(OF_ROUND + OF_RE_AUDIT, ())}


def _caption(row: AuditRound, number: int | None) -> str:
    if row.state != "closed":
        return "Results so far, not yet published"
    version = f", version {number}" if number else ""
    return f"Results, closed {day(row.closed_at)}{version}"


@pages.page("/results/<int:round_id>/board", may=EVERYBODY)
def results_board(round_id: int) -> Any:
    """One sentence, one picture, one caveat; never a case. Whoever leads the round may look before it is closed."""
    me = viewer()
    row = get_result_round(db(), me, round_id)
    if row.state == "live":
        raise NotFound("There are no such results.")
    results = kept_results(round_id)
    return render_template(
        "results/board.html",
        row=row,
        board=results["board"],
        how=how_chosen(results),
        files=_files(round_id),
        no_picture=NO_PICTURE[0],
        inside=me.has(*INSIDE),
        month=f"{date.fromisoformat(results['round']['record_date']):%B %Y}",
    )


def _files(round_id: int) -> list[dict[str, str]]:
    """The published report of the version that is shown, to take away; nothing before it is made."""
    versions = list_result_versions(db(), round_id)
    reports = list_published_reports(db(), viewer(), round_id, versions[-1][0]) if versions else []
    names = {"board_word": "Word document", "board_pdf": "PDF"}
    return [{"text": f"{names[r.kind]} ({size_words(r.size)})", "href": file_address(r)} for r in reports]

"""Who the workers and teams of a case list are here: suggested, confirmed one by one or many at once."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from auditflow.domain.errors import BadInput, NotFound
from auditflow.models import Frame
from auditflow.queries.frame import get_frame
from auditflow.queries.matching import MatchLine, list_match_lines
from auditflow.queries.person import list_people
from auditflow.queries.team import list_teams
from auditflow.services.act import Act
from auditflow.services.matching import MARKS, Guess, confirm_match, mark_name, suggest_matches
from auditflow.web.paging import paging
from auditflow.web.request import act, db, new_key
from auditflow.web.routing import Pages
from forms.frame import MatchNameForm, MatchNamesForm, match_name_form

pages = Pages("frame_match", __name__)

LEADS = ("qa_lead",)
BAD = 400
PAGE = 40
TEAM_MARKS = {"left": "No longer a team here", "not_on_register": MARKS["not_on_register"]}
"""What a team's name can be marked as, in a team's words."""
MOST_AT_ONCE = 500
"""Names that one press of “accept all” takes, so that the page answers within seconds."""

SHOWS = {"": "Not matched yet", "matched": "Matched", "all": "All"}
KINDS = {"": "Workers and teams", "worker": "Workers", "team": "Teams"}


@pages.page("/case-lists/<int:frame_id>/names", may=LEADS)
def frame_match_show(frame_id: int) -> Any:
    """The names of the list, a page at a time, those not matched yet first."""
    return _page(get_frame(db(), frame_id))


def _page(frame: Frame) -> str:
    lines = list_match_lines(db(), frame.id)
    guesses = {(guess.kind, guess.name): guess for guess in suggest_matches(db(), frame)}
    filters = {name: request.args.get(name, "")[:200] for name in ("show", "kind", "search")}
    kept = [line for line in lines if _fits(line, filters)]
    page = paging(len(kept), size=PAGE, keep=filters)
    shown = kept[page.offset : page.offset + PAGE]
    return render_template(
        "frame/names.html",
        frame=frame,
        lines=[(line, guesses.get((line.kind, line.name)), _now(line)) for line in shown],
        page=page.shown(),
        filters=filters,
        shows=SHOWS,
        kinds=KINDS,
        marks={"worker": MARKS, "team": TEAM_MARKS},
        total=len(lines),
        left=sum(line.match == "unmatched" for line in lines),
        exact=sum(guess.exact for guess in guesses.values()),
        at_once=MOST_AT_ONCE,
        here=request.full_path.rstrip("?"),
    )


def _fits(line: MatchLine, filters: dict[str, str]) -> bool:
    wanted = {"": line.match == "unmatched", "matched": line.match != "unmatched"}.get(filters["show"], True)
    kind = filters["kind"] not in ("worker", "team") or line.kind == filters["kind"]
    return wanted and kind and filters["search"].casefold() in line.name.casefold()


def _now(line: MatchLine) -> str:
    words = {**MARKS, **TEAM_MARKS} if line.kind == "team" else MARKS
    return line.target if line.match == "matched" else words.get(line.match, "")


@pages.act("/case-lists/<int:frame_id>/names", may=LEADS)
def frame_match_save(frame_id: int) -> Any:
    """Keep the answers given on one page."""
    frame, form = get_frame(db(), frame_id), MatchNamesForm(request.form)
    form.marks = MARKS
    answers = form.answers(request.form, PAGE) if form.validate() else []
    known = {(line.kind, line.name) for line in list_match_lines(db(), frame.id)}
    mine = act()
    try:
        for kind, name, answer in answers:
            if (kind, name) in known:
                _answer(frame_id, (kind, name), answer, mine)
    except BadInput as refusal:
        db().rollback()
        flash(refusal.sentence)
    else:
        _say(len(answers))
    return redirect(_back(frame_id), code=303)


def _answer(frame_id: int, which: tuple[str, str], answer: str, mine: Act) -> None:
    kind, name = which
    if answer in MARKS:
        mark_name(db(), frame_id, kind, name, answer, mine)
    else:
        confirm_match(db(), frame_id, kind, name, int(answer), mine)


def _say(count: int) -> None:
    if count:
        flash(f"{count:,} {'name is' if count == 1 else 'names are'} matched.", "success")
    else:
        flash("No name was answered, so nothing was changed.")


def _back(frame_id: int) -> str:
    """The page of names that the person was on, with its filters."""
    query: dict[str, Any] = {
        name: request.args[name] for name in ("show", "kind", "search", "page") if request.args.get(name)
    }
    return url_for("frame_match.frame_match_show", frame_id=frame_id, **query)


@pages.act("/case-lists/<int:frame_id>/names/same", may=LEADS)
def frame_match_same(frame_id: int) -> Any:
    """Confirm every name that is exactly the name of one person or team."""
    frame, mine = get_frame(db(), frame_id), act()
    same = [guess for guess in suggest_matches(db(), frame) if guess.exact and guess.target_id is not None]
    for guess in same[:MOST_AT_ONCE]:
        _confirm(frame_id, guess, mine)
    _say(len(same[:MOST_AT_ONCE]))
    return redirect(_back(frame_id), code=303)


def _confirm(frame_id: int, guess: Guess, mine: Act) -> None:
    assert guess.target_id is not None
    confirm_match(db(), frame_id, guess.kind, guess.name, guess.target_id, mine)


@pages.page("/case-lists/<int:frame_id>/name", may=LEADS)
def frame_match_one(frame_id: int) -> Any:
    """One name: choose among everybody."""
    frame = get_frame(db(), frame_id)
    line = _line(frame, request.args.get("kind", ""), request.args.get("name", ""))
    target = str(line.target_id) if line.match == "matched" else ""
    mark = line.match if line.match in MARKS else ""
    form = _one_form(line.kind)(key=new_key(), kind=line.kind, name=line.name, target=target, mark=mark)
    return render_template("frame/name.html", frame=frame, line=line, form=form)


def _line(frame: Frame, kind: str, name: str) -> MatchLine:
    found = [line for line in list_match_lines(db(), frame.id) if (line.kind, line.name) == (kind, name)]
    if not found:
        raise NotFound("There is no such name in this list.")
    return found[0]


def _one_form(kind: str) -> type[MatchNameForm]:
    if kind == "team":
        return match_name_form([(str(team.id), team.name) for team in list_teams(db())], TEAM_MARKS)
    return match_name_form([(str(person.id), person.name) for person in list_people(db())], MARKS)


@pages.act("/case-lists/<int:frame_id>/name", may=LEADS)
def frame_match_one_save(frame_id: int) -> Any:
    """Keep who one name is."""
    frame = get_frame(db(), frame_id)
    line = _line(frame, request.form.get("kind", ""), request.form.get("name", ""))
    form = _one_form(line.kind)(request.form)
    if form.validate():
        _answer(frame_id, (line.kind, line.name), form.mark.data or form.target.data or "", act())
        _say(1)
        return redirect(url_for("frame_match.frame_match_show", frame_id=frame_id), code=303)
    form.key.data = new_key()
    return render_template("frame/name.html", frame=frame, line=line, form=form), BAD

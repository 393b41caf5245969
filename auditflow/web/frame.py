"""Case lists: all of them, uploading one, what was read, freezing it, taking it away as a file."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import CombinedMultiDict

from auditflow.adapters.spreadsheet import Sheet
from auditflow.domain.clock import local_date
from auditflow.domain.errors import BadInput, WrongState
from auditflow.domain.frame import canonical_csv
from auditflow.models import Frame
from auditflow.queries.frame import (
    count_cases_by,
    count_rejects_by_reason,
    find_import_job,
    get_frame,
    list_first_cases,
    list_frames,
    list_import_jobs,
    list_rejects,
    read_canonical_cases,
)
from auditflow.queries.frame_audited import count_filled, find_known_audits, list_filled
from auditflow.queries.matching import list_open_names
from auditflow.services.frame import NewFrame, freeze_frame, upload_frame
from auditflow.web.download import as_file, table_file
from auditflow.web.frame_rows import case_columns, case_row, count_rows, frame_row, reject_row
from auditflow.web.request import act, db, new_key, now
from auditflow.web.routing import Pages
from forms.frame import FreezeFrameForm, UploadFrameForm

pages = Pages("frame", __name__)

LEADS = ("qa_lead",)
BAD = 400
SHOWN = 20
MOST_REJECTS = 1_000_000


@pages.page("/case-lists", may=LEADS)
def frame_list() -> Any:
    """Every case list, newest first."""
    frames = list_frames(db())
    jobs = list_import_jobs(db(), frames)
    rows = [frame_row(frame, jobs.get(frame.id)) for frame in frames]
    frozen = sum(frame.stage == "frozen" for frame in frames)
    return render_template("frame/list.html", rows=rows, count=len(frames), frozen=frozen)


@pages.page("/case-lists/new", may=LEADS)
def frame_new() -> Any:
    """The form for a new case list."""
    return render_template("frame/new.html", form=UploadFrameForm(key=new_key()))


@pages.act("/case-lists/new", may=LEADS)
def frame_upload() -> Any:
    """Take the file, and go on to its columns."""
    form = UploadFrameForm(CombinedMultiDict([request.files, request.form]))
    form.today = local_date(now())
    if form.validate():
        file = form.file.data
        assert file is not None
        assert form.name.data is not None
        assert form.as_at.data is not None
        new = NewFrame(form.name.data, form.as_at.data, file.filename, file.stream.read())
        try:
            frame = upload_frame(db(), new, act())
        except BadInput as refusal:
            form.add_error(refusal.sentence, refusal.field or "file")
        else:
            return redirect(url_for("frame_mapping.frame_mapping_show", frame_id=frame.id), code=303)
    form.key.data = new_key()
    return render_template("frame/new.html", form=form), BAD


@pages.page("/case-lists/<int:frame_id>", may=LEADS, opens="frame")
def frame_show(frame_id: int) -> Any:
    """What was read: counts, the first cases, the rows that were not taken; once frozen, its digest."""
    frame = get_frame(db(), frame_id)
    if find_import_job(db(), frame):
        return redirect(url_for("frame_mapping.frame_progress", frame_id=frame_id))
    if frame.stage not in ("imported", "frozen"):
        return redirect(url_for("frame_mapping.frame_mapping_show", frame_id=frame_id))
    return render_template("frame/show.html", **_shown(frame))


def _shown(frame: Frame) -> dict[str, Any]:
    session = db()
    return {
        "frame": frame,
        "columns": case_columns(frame),
        "cases": [case_row(frame, case) for case in list_first_cases(session, frame.id)],
        "rejects": [reject_row(row) for row in list_rejects(session, frame.id, most=SHOWN)],
        "reasons": count_rejects_by_reason(session, frame.id),
        "counts": {name: count_rows(name, count_cases_by(session, frame.id, name)) for name in _counted(frame)},
        "open_names": len(list_open_names(session, frame.id)),
    }


def _counted(frame: Frame) -> list[str]:
    return [name for name in ("case_type", "status", "team") if name in (frame.columns or ())]


@pages.page("/case-lists/<int:frame_id>/freeze", may=LEADS)
def frame_freeze_show(frame_id: int) -> Any:
    """What freezing means, before it is done."""
    frame = get_frame(db(), frame_id)
    if frame.stage != "imported":
        return redirect(url_for("frame.frame_show", frame_id=frame_id))
    return _freeze_page(frame, FreezeFrameForm(key=new_key(), version=frame.version))


@pages.act("/case-lists/<int:frame_id>/freeze", may=LEADS)
def frame_freeze(frame_id: int) -> Any:
    """Freeze the list for ever."""
    frame, form = get_frame(db(), frame_id), FreezeFrameForm(request.form)
    good = form.validate()
    if good and frame.stage != "frozen" and form.version.data != frame.version:
        form.form_errors.append("This case list was read again since you opened the page. Look at it again.")
        good = False
    if good:
        try:
            freeze_frame(db(), frame_id, act())
        except (BadInput, WrongState) as refusal:
            form.add_error(refusal.sentence)
        else:
            flash("The case list is frozen. Samples can be drawn from it.", "success")
            return redirect(url_for("frame.frame_show", frame_id=frame_id), code=303)
    form.key.data, form.version.data = new_key(), frame.version
    return _freeze_page(frame, form), BAD


def _freeze_page(frame: Frame, form: FreezeFrameForm) -> str:
    filled = count_filled(list(list_filled(db(), frame, find_known_audits(db(), frame))))
    names = len(list_open_names(db(), frame.id))
    return render_template("frame/freeze.html", frame=frame, form=form, open_names=names, filled=filled)


@pages.page("/case-lists/<int:frame_id>/not-taken.<any(csv, xlsx):kind>", may=LEADS, opens="frame")
def frame_rejects(frame_id: int, kind: str) -> Any:
    """Every row that was not taken, with its number and the reason."""
    get_frame(db(), frame_id)
    headings = ("Sheet", "Row", "Why it was not taken")
    rows = [reject_row(row) for row in list_rejects(db(), frame_id, most=MOST_REJECTS)]
    return table_file(Sheet("Not taken", headings, rows), f"not-taken-{frame_id}", kind)


@pages.page("/case-lists/<int:frame_id>/list.csv", may=LEADS, opens="frame")
def frame_canonical(frame_id: int) -> Any:
    """The list as it is frozen and drawn from, byte for byte; anybody can repeat a draw with it."""
    frame = get_frame(db(), frame_id)
    content = canonical_csv(read_canonical_cases(db(), frame), frame.columns or ())
    return as_file(content, f"case-list-{frame_id}", "csv")

"""Saying which column is what, and reading the file: at once, or as a job with its progress."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for

from auditflow.adapters.case_list import SheetDescription
from auditflow.domain.errors import BadInput
from auditflow.domain.frame import case_type_label
from auditflow.domain.frame_mapping import check_mapping
from auditflow.models import Frame, Job
from auditflow.queries.frame import find_import_job, get_frame
from auditflow.services.frame import (
    cancel_import,
    describe_upload,
    fail_import,
    import_frame,
    queue_import,
    set_mapping,
    suggest_frame_mapping,
)
from auditflow.services.permission import done_before
from auditflow.web.request import act, db, new_key
from auditflow.web.routing import Pages
from forms.frame import MapColumnsForm, SheetColumns, map_columns_form

pages = Pages("frame_mapping", __name__)

LEADS = ("qa_lead",)
BAD = 400
AT_ONCE = 2_000
"""Lists of fewer rows are read while the person waits."""

CHANGED = "Somebody else has changed this case list since you opened the page. What you chose is still here: check it."


@pages.page("/case-lists/<int:frame_id>/columns", may=LEADS, opens="frame")
def frame_mapping_show(frame_id: int) -> Any:
    """Which column is what, as it was last time or as it seems."""
    frame = get_frame(db(), frame_id)
    if frame.stage == "frozen" or find_import_job(db(), frame):
        return redirect(url_for("frame.frame_show", frame_id=frame_id))
    try:
        sheets = describe_upload(db(), frame)
    except BadInput as refusal:
        return render_template("frame/gone.html", frame=frame, sentence=refusal.sentence)
    form = _form_class(frame, sheets)(key=new_key(), version=frame.version)
    return _page(frame, sheets, form)


def _form_class(frame: Frame, sheets: list[SheetDescription]) -> type[MapColumnsForm]:
    chosen = frame.mapping or suggest_frame_mapping(db(), frame)
    return map_columns_form([SheetColumns(s.name, s.headers, chosen.get(s.name, {})) for s in sheets])


def _page(frame: Frame, sheets: list[SheetDescription], form: MapColumnsForm) -> str:
    job = db().get(Job, frame.job_id) if frame.job_id is not None else None
    shown = [_sheet(number, sheet, form) for number, sheet in enumerate(sheets)]
    # The sheets that cases are taken from come first: a workbook has many others.
    shown.sort(key=lambda sheet: not sheet["open"])
    return render_template(
        "frame/columns.html",
        frame=frame,
        form=form,
        sheets=shown,
        taken=sum(bool(sheet["open"]) for sheet in shown),
        failed=job.message if job is not None and job.state == "failed" else "",
    )


def _sheet(number: int, sheet: SheetDescription, form: MapColumnsForm) -> dict[str, Any]:
    fields = form.sheet_fields(number)
    return {
        "name": sheet.name,
        "rows": sheet.rows,
        "kind": case_type_label(sheet.kind),
        "open": form.taken(number).data or any(field.errors for field in fields),
        "use": form.taken(number),
        "fields": [(field, _example(sheet, field.data)) for field in fields],
        "columns": [[header, ", ".join(sheet.examples.get(header, ()))] for header in sheet.examples],
        "forbidden": list(sheet.forbidden.items()),
    }


def _example(sheet: SheetDescription, header: str | None) -> str:
    """A few values of the chosen column, so that a wrong choice is seen."""
    found = sheet.examples.get(header or "", ())
    return f"For example: {', '.join(found)}" if found else ""


@pages.act("/case-lists/<int:frame_id>/columns", may=LEADS)
def frame_mapping_save(frame_id: int) -> Any:
    """Keep the choice and read the file."""
    frame = get_frame(db(), frame_id)
    if find_import_job(db(), frame) or done_before(db(), ("frame", frame_id), act()):
        return redirect(url_for("frame.frame_show", frame_id=frame_id), code=303)
    sheets = describe_upload(db(), frame)
    form = _form_class(frame, sheets)(request.form)
    good = form.validate()
    if good and form.version.data != frame.version:
        form.form_errors.append(CHANGED)
        good = False
    if good:
        try:
            return redirect(_read(frame, sheets, form.mapping()), code=303)
        except BadInput as refusal:
            fail_import(db(), frame_id)
            form.add_error(refusal.sentence)
    form.key.data, form.version.data = new_key(), frame.version
    return _page(frame, sheets, form), BAD


def _read(frame: Frame, sheets: list[SheetDescription], mapping: dict[str, dict[str, str]]) -> str:
    """Read the file now or later; the address of the page to go to."""
    check_mapping(mapping, {sheet.name: sheet.headers for sheet in sheets})
    mine = act()
    set_mapping(db(), frame, mapping, mine)
    if sum(sheet.rows for sheet in sheets if sheet.name in mapping) < AT_ONCE:
        import_frame(db(), frame.id, mine)
        return url_for("frame.frame_show", frame_id=frame.id)
    queue_import(db(), frame.id, mine)
    return url_for("frame_mapping.frame_progress", frame_id=frame.id)


@pages.page("/case-lists/<int:frame_id>/progress", may=LEADS)
def frame_progress(frame_id: int) -> Any:
    """How far the reading is; the page looks again by itself, with or without JavaScript."""
    frame = get_frame(db(), frame_id)
    job = find_import_job(db(), frame)
    if job is None:
        return redirect(url_for("frame.frame_show", frame_id=frame_id))
    return render_template("frame/progress.html", frame=frame, job=job)


@pages.page("/case-lists/<int:frame_id>/progress.json", may=LEADS)
def frame_progress_data(frame_id: int) -> Any:
    """The same for the script."""
    frame = get_frame(db(), frame_id)
    job = find_import_job(db(), frame)
    if job is None:
        return jsonify(next=url_for("frame.frame_show", frame_id=frame_id))
    return jsonify(label=job.message, done=job.done, total=job.total)


@pages.act("/case-lists/<int:frame_id>/cancel", may=LEADS)
def frame_cancel(frame_id: int) -> Any:
    """Stop reading: nothing of the file is kept, and the columns are chosen again."""
    frame = get_frame(db(), frame_id)
    if find_import_job(db(), frame) is None:
        return redirect(url_for("frame.frame_show", frame_id=frame_id), code=303)
    cancel_import(db(), frame_id, act())
    flash("Reading the file was cancelled. Nothing of it was kept.")
    return redirect(url_for("frame_mapping.frame_mapping_show", frame_id=frame_id), code=303)

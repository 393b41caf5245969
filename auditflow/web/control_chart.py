"""Control charts: a page that takes the months of a measure and shows its chart. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import render_template, request
from werkzeug.datastructures import CombinedMultiDict

from auditflow.adapters.control_chart import Series, read_months, read_number
from auditflow.adapters.csv_file import decoded, is_text, likely_delimiter
from auditflow.adapters.csv_rows import rows_of
from auditflow.domain.clock import local_date
from auditflow.domain.errors import BadInput
from auditflow.reporting.chart_words import how_worked_out, what_to_know
from auditflow.reporting.control_chart import ControlChart, Measure, Recalculation, make_control_chart
from auditflow.web.request import new_key, now, viewer
from auditflow.web.routing import Pages
from forms.control_chart import MOST_CHARACTERS, DrawControlChartForm
from forms.fields import clean_text

pages = Pages("control_chart", __name__)
Answer = TypeVar("Answer")

MEASURERS = ("qa_lead", "director", "head_of_service")
"""Those who see the figures of rounds from inside. The board sees what is published, the administrator settings."""
BAD = 400
LONGEST_NAME = 60


@pages.page("/charts", may=MEASURERS)
def control_chart_new() -> Any:
    """The form for a chart."""
    return render_template("control_chart/new.html", form=DrawControlChartForm(key=new_key()))


@pages.act("/charts", may=MEASURERS)
def control_chart_draw() -> Any:
    """The chart of what was sent, with the form as it was filled in. It writes nothing, so the answer is the page."""
    form = DrawControlChartForm(CombinedMultiDict([request.files, request.form]))
    name, content = _sent(form)
    form.validate()
    # Everything is looked at, so that whatever is wrong is said at once.
    target = _answer(form, "target", lambda: _target(form))
    series = _answer(form, "rows" if form.rows.data else "file", lambda: _months(form, name, content))
    chart = None if form.errors else _answer(form, "", lambda: _chart(form, series, target))
    if chart is None:
        return render_template("control_chart/new.html", form=form), BAD
    known, method = what_to_know(chart), how_worked_out(chart)
    return render_template("control_chart/show.html", form=form, chart=chart, known=known, method=method)


def _answer(form: DrawControlChartForm, field: str, read: Callable[[], Answer]) -> Answer | None:
    """What `read` gives; None when it refuses, with the refusal beside its question."""
    try:
        return read()
    except BadInput as refusal:
        form.add_error(refusal.sentence, field or _question(form, refusal))
        return None


def _sent(form: DrawControlChartForm) -> tuple[str, bytes]:
    """What the rows are called, and their bytes.

    The text of a file goes into the box, since a browser forgets the file, and is read as it stands there.
    """
    file = form.file.data
    if file is None:
        return "What you pasted", form.rows_sent()
    content = file.stream.read(MOST_CHARACTERS + 1)
    name = clean_text(file.filename, single_line=True)[:LONGEST_NAME]
    if len(content) > MOST_CHARACTERS or not is_text(content) or form.has_rows_of_its_own():
        return name, content
    form.take_rows(decoded(content))
    return name, form.rows_sent()


def _target(form: DrawControlChartForm) -> float | None:
    target = read_number(form.target.data or "")
    if target is not None and form.unit.data == "percent" and not 0 <= target <= 100:
        raise BadInput("The target of a percentage lies between 0 and 100.")
    return target


def _months(form: DrawControlChartForm, name: str, content: bytes) -> Series | None:
    """The months; None when the form has refused the file or the rows, or that there are none."""
    if form.file.errors or form.rows.errors:
        return None
    if len(content) > MOST_CHARACTERS:
        raise BadInput(f"{name} is larger than a file of months can be ({MOST_CHARACTERS:,} characters).")
    return read_months(rows_of(name, content, likely_delimiter(content)), percent=form.unit.data == "percent")


def _chart(form: DrawControlChartForm, series: Series | None, target: float | None) -> ControlChart:
    assert series is not None, "a form without errors has its months"
    measure = Measure(form.name.data or "", form.unit.data == "percent", form.direction, target)
    return make_control_chart(measure, series.values, series.months, _recalculations(form))


def _recalculations(form: DrawControlChartForm) -> list[Recalculation]:
    today, person = local_date(now()), viewer().name
    return [Recalculation(typed.month, typed.reason, person, today) for typed in form.recalculations()]


def _question(form: DrawControlChartForm, refusal: BadInput) -> str | None:
    """The field that a refusal of the chart is about; of a month given twice, the second."""
    if refusal.field != "recalculation":
        return refusal.field
    numbers = [typed.number for typed in form.recalculations() if typed.month == refusal.details["month"]]
    return f"since_{numbers[-1]}"

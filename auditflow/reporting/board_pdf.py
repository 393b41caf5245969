"""The board report as PDF: tagged, so that it can be read aloud (PDF/UA-1), with nothing fetched from anywhere.

WeasyPrint and pango are imported when a report is made: a machine that makes none need not have them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader

from auditflow.domain.errors import Refused
from auditflow.reporting.board_report import BoardReport

__all__ = ["board_pdf"]

HERE = Path(__file__).parent
CHART_STYLE = (
    "<style>text{font-family:'Liberation Sans',Arial,sans-serif;font-size:16px;fill:#0b0c0c}"
    ".b,.n,.w{font-weight:bold}.w{fill:#fff}</style>"
)
"""The page's styles do not reach into an SVG, which has to bring its own."""
NO_PDF = (
    "This machine cannot make PDFs: WeasyPrint, or the pango library that it draws text with, is not installed. The "
    "Word report needs neither. An administrator installs auditflow[pdf] and libpango-1.0-0, libpangoft2-1.0-0 and "
    "libharfbuzz-subset0."
)


def board_pdf(report: BoardReport) -> bytes:
    """The report's bytes, the same for the same report. Refused (`no_pdf`) where WeasyPrint or pango is missing."""
    weasyprint = _weasyprint()
    page = _templates().get_template("board_report.html").render(report=report)
    style = weasyprint.CSS(string=(HERE / "board_report.css").read_text(encoding="utf-8"), url_fetcher=_fetcher())
    html = weasyprint.HTML(string=page.replace("<desc ", f"{CHART_STYLE}<desc "), url_fetcher=_fetcher())
    return bytes(
        html.write_pdf(
            stylesheets=[style],
            finisher=_scope_headings,
            pdf_variant="pdf/ua-1",
            pdf_identifier=bytes.fromhex(report.about.results_sha256)[:16],
        )
    )


def _weasyprint() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as missing:  # OSError: the package is there, pango is not
        raise Refused(NO_PDF, code="no_pdf") from missing
    return weasyprint


def _fetcher() -> Any:
    """Reads what is written into the page itself (`data:`) and refuses every other address."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols={"data"}, allow_redirects=False)


@cache
def _templates() -> Environment:
    """The report's page beside this module, and the screens' charts."""
    loader = ChoiceLoader([FileSystemLoader(HERE), PackageLoader("auditflow")])
    return Environment(loader=loader, autoescape=True)


def _scope_headings(_: Any, pdf: Any) -> None:
    """Say of each table heading whether it heads a column or a row; PDF/UA asks for it, WeasyPrint leaves it out."""
    for element in pdf.objects:
        if isinstance(element, dict) and element.get("S") == "/TH":
            row = _parent(pdf, element)
            heads = "/Column" if _parent(pdf, row).get("S") == "/THead" else "/Row"
            element["A"]["Scope"] = heads


def _parent(pdf: Any, element: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = pdf.objects[int(element["P"].split()[0])]
    return found

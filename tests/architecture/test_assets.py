"""What is shipped to browsers: nothing that a council may not use, nothing missing, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "auditflow" / "static"
CSS = (STATIC / "app.css").read_text(encoding="utf-8")
SCRIPT = (STATIC / "app.js").read_text(encoding="utf-8")
TEMPLATES = sorted((ROOT / "auditflow" / "templates").rglob("*.html"))


@pytest.mark.parametrize(
    "forbidden", ["GDS Transport", "@font-face", "crown", "crest", "@import", 'url("http', "url(http"]
)
def test_the_style_sheet_brings_nothing_it_must_not(forbidden: str) -> None:
    assert forbidden not in CSS


def test_every_file_that_the_style_sheet_names_is_there() -> None:
    named = re.findall(r"url\(['\"]?(/static/[^)'\"]+)", CSS)
    assert named
    assert [name for name in named if not (ROOT / "auditflow" / name.lstrip("/")).is_file()] == []


def test_no_fonts_crowns_or_favicons_are_shipped() -> None:
    shipped = [path.name for path in STATIC.rglob("*") if path.is_file()]
    assert [name for name in shipped if re.search(r"woff|[ot]tf|crown|crest|favicon|logotype", name)] == []


def test_the_script_names_the_version_of_gov_uk_frontend_that_is_shipped() -> None:
    wanted = json.loads((ROOT / "assets" / "package.json").read_text(encoding="utf-8"))["devDependencies"][
        "govuk-frontend"
    ]
    assert f'"./govuk-frontend.min.js?v={wanted}"' in SCRIPT
    assert f'"{wanted}"' in (STATIC / "govuk-frontend.min.js").read_text(encoding="utf-8")
    assert f'--govuk-frontend-version: "{wanted}"' in CSS


def test_versions_are_exact_and_no_lock_file_names_a_registry() -> None:
    package = json.loads((ROOT / "assets" / "package.json").read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"[0-9.]+", version) for version in package["devDependencies"].values())
    assert not list((ROOT / "assets").glob("*lock*"))


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "auditflow" / "templates").as_posix()
)
def test_no_template_has_a_style_or_script_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert " style=" not in text
    assert "<style" not in text
    assert not re.search(r"\son[a-z]+=[\"']", text)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", text)
    assert "|safe" not in text or path.name == "fields.html"
    assert text.count("<script") == (1 if path.name == "base.html" else 0)

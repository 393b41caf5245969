"""Browsers keep styles and scripts for a year under an address that changes with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditflow.web import asset_version as module


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "app.css").write_text("a{}")
    (tmp_path / "app.js").write_text("1")
    monkeypatch.setattr(module, "STATIC", tmp_path)
    module.asset_version.cache_clear()
    yield tmp_path
    module.asset_version.cache_clear()


def test_any_change_changes_it(folder: Path) -> None:
    before = module.asset_version()
    assert before == module.asset_version()
    (folder / "app.js").write_text("2")
    module.asset_version.cache_clear()
    assert module.asset_version() != before


def test_it_stands_in_the_addresses_of_a_page() -> None:
    from tests.preview.app import create_preview

    app = create_preview()
    app.context_processor(lambda: {"asset_version": "abc123"})
    html = app.test_client().get("/page/work").get_data(as_text=True)
    assert "/static/app.css?v=abc123" in html
    assert "/static/app.js?v=abc123" in html

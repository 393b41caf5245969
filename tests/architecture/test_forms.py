"""Forms that pages show carry a key that says for whom they were made.

Without it, what somebody wrote before their session ended could not be given back after they signed in again.
"""

from __future__ import annotations

import re

from tests.architecture.sources import ROOT

WITHOUT_KEY = re.compile(r"\b[A-Z]\w*Form\((?:None|version=)(?![^\n]*\bkey=)[^\n]*")


def test_every_form_is_shown_with_a_key_for_its_person() -> None:
    found = [
        f"{path.name}: {line.group()}"
        for path in sorted((ROOT / "auditflow" / "web").glob("*.py"))
        for line in WITHOUT_KEY.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []

"""The files of `auditflow sample`: case list, design and manifest read strictly, sample and manifest written.

A case list is compared by its canonical form: the same columns in UTF-8 with LF line ends, rows by reference. A
frozen list downloaded from the product is in that form already; another file may be re-saved or re-sorted.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os.path import basename
from typing import Any

from auditflow.adapters.csv_file import csv_records, read_bytes
from auditflow.domain.errors import BadInput, Refused
from auditflow.domain.safe_cell import safe_cell
from auditflow.domain.sampling_design import Design
from auditflow.domain.sampling_draw import Draw
from auditflow.domain.sampling_values import clean_ref

__all__ = [
    "ListFile",
    "list_of",
    "manifest_of",
    "read_design",
    "read_list",
    "read_manifest",
    "sample_csv",
    "wanted_columns",
    "write_text",
]

_DEEPEST = 30


@dataclass(frozen=True)
class ListFile:
    """A case list as it stands in a file: header, rows as wide as the header, SHA-256 of the file's bytes."""

    name: str
    columns: list[str]
    rows: list[list[str]]
    source_sha256: str

    def check_columns(self, columns: Iterable[str]) -> None:
        """Refuse a list in which one of the columns that a design needs stands twice (BadInput)."""
        for column in columns:
            if self.columns.count(column) > 1:
                raise BadInput(f"{self.name} has the column “{column}” more than once.", field=column)

    def frame_sha256(self, ref: str) -> str:
        """SHA-256 of the list in canonical form, rows by the references in column `ref`.

        A list in which a reference cannot be read has none worth comparing: its rows keep their order.
        """
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self._by_reference(ref))
        return hashlib.sha256(text.getvalue().encode()).hexdigest()

    def _by_reference(self, ref: str) -> list[list[str]]:
        if ref not in self.columns:
            return self.rows
        place = self.columns.index(ref)
        try:
            return sorted(self.rows, key=lambda row: clean_ref(row[place]))
        except ValueError:
            return self.rows


def read_list(path: str) -> ListFile:
    """Read a case list from CSV (UTF-8, or Windows' own encoding). Row 1 is the header.

    Raises BadInput for what is not one, and for rows that are not as wide as the header, with their numbers.
    """
    return list_of(basename(path), read_bytes(path))


def list_of(name: str, content: bytes) -> ListFile:
    """The case list in the bytes of a CSV file called `name`; raises as `read_list`."""
    records = list(csv_records(name, content))
    while records and not any(records[-1]):
        records.pop()
    if not records:
        raise BadInput(f"{name} is empty: it needs a row of column names.")
    header, rows = records[0], [row or [""] * len(records[0]) for row in records[1:]]
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise BadInput(
                f"{name}, row {number}: it has {len(row)} cells where the header has {len(header)}.",
                details={"rows": [number]},
            )
    return ListFile(name, [cell.strip() for cell in header], rows, hashlib.sha256(content).hexdigest())


def read_design(path: str) -> Design:
    """Read a sampling design from YAML. Raises BadInput, with the line where there is one, for what is not one."""
    # Whoever checks a draw reads no design, and should not wait for it.
    from auditflow.cli.plain_yaml import Other, read_plain

    name, content = basename(path), read_bytes(path)
    try:
        data: object = read_plain(content.decode("utf-8-sig"))
    except (Other, ValueError):
        data = _read_yaml(name, content)
    return Design.from_dict(data)


def _read_yaml(name: str, content: bytes) -> object:
    """Any YAML, by PyYAML: loading it takes longer than a draw."""
    import yaml

    from auditflow.cli.strict_yaml import StrictLoader

    try:
        return yaml.load(content.decode("utf-8-sig"), Loader=StrictLoader)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        raise BadInput(f"{name}{where}: {failure.problem or failure.context}.", code="bad_design") from None
    except (yaml.YAMLError, ValueError, RecursionError) as failure:
        raise BadInput(f"{name} is not YAML that can be read ({failure}).", code="bad_design") from None


def read_manifest(path: str) -> dict[str, Any]:
    """Read a manifest (JSON). Raises BadInput for what is not one."""
    return manifest_of(basename(path), read_bytes(path))


def manifest_of(name: str, content: bytes) -> dict[str, Any]:
    """The manifest in the bytes of a JSON file called `name`. Raises BadInput for what is not one."""
    try:
        data = json.loads(content, object_pairs_hook=_unique, parse_constant=_no_constant)
        _check_depth(data)
    except (ValueError, RecursionError) as failure:
        raise BadInput(f"{name} is not JSON that can be read: {failure}.", code="bad_manifest") from None
    if not isinstance(data, dict):
        raise BadInput(f"{name} is not a manifest: it must be an object with keys and values.")
    return data


def wanted_columns(manifest: dict[str, Any]) -> tuple[str, ...]:
    """The columns that a manifest's design needs, the reference first; none if it is not a design."""
    try:
        return Design.from_dict(manifest.get("design")).columns
    except Refused:
        return ()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        raise ValueError(f"the key “{next(name for name in names if names.count(name) > 1)}” stands twice")
    return found


def _check_depth(data: Any) -> None:
    level = [data]
    for _depth in range(_DEEPEST):
        level = [
            item
            for value in level
            if isinstance(value, dict | list)
            for item in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise ValueError("it is nested too deeply")


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a number")


def sample_csv(draw: Draw) -> str:
    """The drawn sample as CSV: reference, stratum, kind (random), key and weight, in key order."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([safe_cell(draw.design.ref), "stratum", "kind", "key", "weight"])
    weights = draw.weights
    rows: list[Sequence[object]] = [
        [safe_cell(case.ref), safe_cell(case.stratum), "random", case.key, weights[case.stratum]]
        for case in draw.sample
    ]
    writer.writerows(rows)
    return text.getvalue()


def write_text(path: str, text: str) -> None:
    """Write a file in UTF-8. Raises BadInput when it cannot be written."""
    try:
        with open(path, "wb") as file:
            file.write(text.encode())
    except OSError as failure:
        raise BadInput(f"{basename(path)} cannot be written: {failure.strerror}.") from failure

"""A round's bundle as it was downloaded: the manifest of the draw that stands, and the case list in it, or a census's.

It came from somewhere, so nothing in it is trusted: a part that stands twice, is missing or is too large is a sentence.
"""

from __future__ import annotations

import re
from os.path import basename
from typing import TYPE_CHECKING, Any

from auditflow.cli.sample_files import ListFile, list_of, manifest_of, read_list
from auditflow.domain.errors import BadInput, Refused

if TYPE_CHECKING:
    import zipfile

__all__ = ["LIST", "LONGEST", "is_bundle", "is_census", "read_bundle"]

LIST = "list.csv"
CENSUS = "auditflow-census-"
LONGEST = 512 * 1024 * 1024
"""Bytes of all parts when they are unpacked: more than a million cases."""

_MANIFEST = re.compile(r"manifest-\d+\.json")
_LIST = re.compile(r"list-(\d{1,6})\.csv")
_NOTHING = "Nothing has been drawn for this round yet, so there is no draw to repeat."
_TAKEN = (
    "Nothing was drawn for this round: it audits the cases of round {} again, so there is no draw to repeat. "
    "README.txt in the bundle says how its cases are checked."
)


def is_bundle(path: str) -> bool:
    """Whether the file begins as a zip file does, whatever its name."""
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError as failure:
        raise BadInput(f"{basename(path)} cannot be read: {failure.strerror}.") from failure


def is_census(manifest: dict[str, Any]) -> bool:
    """Whether the manifest says that every case came in, instead of what was drawn."""
    return str(manifest.get("algorithm")).startswith(CENSUS)


def read_bundle(path: str, frame: str | None = None) -> tuple[dict[str, Any], list[ListFile]]:
    """The manifest of the draw that stands, and the case list in the file `frame`, or else in the bundle.

    Of a census, its lists in the order in which they came in. Raises BadInput for what is not a bundle, and Refused
    where nothing was drawn.
    """
    # Only here: a manifest beside its list is verified without what unpacking needs.
    import zipfile
    import zlib

    broken = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
    name = basename(path)
    try:
        with zipfile.ZipFile(path) as bundle:
            # No part unpacks to more than the size that it declares.
            if sum(info.file_size for info in bundle.infolist()) > LONGEST:
                raise BadInput(f"{name} unpacks to more than a bundle can be.", code="bad_bundle")
            told = _manifest(name, bundle)
            if is_census(told):
                return told, _lists(name, bundle, frame)
            return told, [list_of(LIST, _part(name, bundle, LIST)) if frame is None else read_list(frame)]
    except broken as failure:
        raise BadInput(f"{name} is not a zip file that can be read ({failure}).", code="bad_bundle") from None


def _manifest(name: str, bundle: zipfile.ZipFile) -> dict[str, Any]:
    standing = sorted({part for part in bundle.namelist() if _MANIFEST.fullmatch(part)})
    if len(standing) > 1:
        raise BadInput(f"{name} has more than one draw that stands: {', '.join(standing)}.", code="bad_bundle")
    if not standing:
        if "design.json" not in bundle.namelist():
            raise BadInput(f"{name} is not the bundle of a round: it holds no manifest.", code="bad_bundle")
        raise Refused(_NOTHING, code="nothing_drawn")
    told = manifest_of(standing[0], _part(name, bundle, standing[0]))
    if told.get("seed_source") == "none" and "baseline_id" in told:
        raise Refused(_TAKEN.format(told["baseline_id"]), code="nothing_drawn")
    return told


def _lists(name: str, bundle: zipfile.ZipFile, frame: str | None) -> list[ListFile]:
    if frame is not None:
        raise Refused(
            f"{name} is the bundle of a census, which has a list for each month: leave {basename(frame)} out."
        )
    numbers = sorted(int(found[1]) for part in set(bundle.namelist()) if (found := _LIST.fullmatch(part)))
    return [list_of(f"list-{n}.csv", _part(name, bundle, f"list-{n}.csv")) for n in numbers]


def _part(name: str, bundle: zipfile.ZipFile, part: str) -> bytes:
    found = [info for info in bundle.infolist() if info.filename == part]
    if len(found) != 1:
        raise BadInput(f"{name} has {len(found)} files called {part}: it needs one.", code="bad_bundle")
    return bundle.read(found[0])

"""Whether it is safe to open a workbook: xlsx and ods files are zip archives, and small ones can unpack to
more than a machine has.

Three dangers are looked for before the reader sees the file: an archive that unpacks without end, whatever
sizes it declares; a few cells so far apart that the rectangle between them, which the reader allocates
whole, is larger than the memory (that would end the process, not raise an error); and many cells that all
point at one long text, which the reader copies for each.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from xml.parsers import expat

from auditflow.adapters.case_list_extent import SMALLEST_CELL, OdsExtent, XlsxExtent, count_cells
from auditflow.adapters.case_list_lost import LostCells
from auditflow.adapters.case_list_shared import PART, SMALLEST_POINTER, SharedText, text_pointed_at
from auditflow.adapters.case_list_source import Source, not_a_spreadsheet, protected
from auditflow.domain.errors import BadInput
from auditflow.domain.frame import Note

__all__ = ["MAX_CELLS", "MAX_UNPACKED", "check_archive"]

MAX_UNPACKED = 1 << 30
"""Bytes to which a workbook may unpack: about 1,500,000 rows of 15 columns."""

MAX_CELLS = 40_000_000
"""Cells in the rectangles that hold a workbook's data, blank ones included; the reader takes 32 bytes for each,
and as much again for a cell that holds something."""

_BLOCK = 4 << 20
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    IndexError,
)
"""What a damaged archive makes the standard library raise."""

_ODS_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def check_archive(source: Source) -> list[Note]:
    """Raises BadInput unless this archive is a workbook that can be opened safely; what its reader will leave out."""
    lost = LostCells()
    with _zip_faults(source.name), source.open() as file, zipfile.ZipFile(file) as archive:
        _refuse_protected(source.name, archive)
        extent, shared = _extent_for(source.name, archive), SharedText()
        unpacked = 0
        for entry in archive.infolist():
            for block in _unpacked(archive, entry):
                unpacked += len(block)
                if unpacked > MAX_UNPACKED:
                    raise _too_large(source.name, f"it unpacks to more than {MAX_UNPACKED >> 20:,} MB")
                extent.see(entry.filename, block)
                lost.see(entry.filename, block)
                if entry.filename.lower().endswith(PART):
                    shared.see(block)
        if isinstance(extent, XlsxExtent):
            _refuse_scattered(source.name, extent, unpacked, archive)
        elif extent.cells() > MAX_CELLS:
            raise _too_scattered(source.name)
        # Counted only where it could be too much: it takes longer than reading a usual list.
        if shared.longest * (unpacked // SMALLEST_POINTER) > MAX_UNPACKED and _pointed_at(archive) > MAX_UNPACKED:
            raise _too_large(source.name, f"the text in its cells comes to more than {MAX_UNPACKED >> 20:,} MB")
    return lost.notes()


def _refuse_scattered(name: str, extent: XlsxExtent, unpacked: int, archive: zipfile.ZipFile) -> None:
    if extent.cells() > MAX_CELLS:
        extent = XlsxExtent(exactly=True)
        for entry in archive.infolist():
            for block in _unpacked(archive, entry):
                extent.see(entry.filename, block)
    if extent.cells() > MAX_CELLS or _too_many(unpacked, archive):
        raise _too_scattered(name)


def _too_many(unpacked: int, archive: zipfile.ZipFile) -> bool:
    """Whether there are more cells, with or without an address, than there is room for."""
    most = MAX_CELLS // 2
    return unpacked // SMALLEST_CELL > most and count_cells(_all_unpacked(archive, archive.infolist())) > most


def _pointed_at(archive: zipfile.ZipFile) -> int:
    texts = [entry for entry in archive.infolist() if entry.filename.lower().endswith(PART)]
    sheets = [entry for entry in archive.infolist() if entry not in texts]
    return text_pointed_at(_all_unpacked(archive, texts), _all_unpacked(archive, sheets))


def _all_unpacked(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> Iterator[bytes]:
    return chain.from_iterable(_unpacked(archive, entry) for entry in entries)


def _extent_for(name: str, archive: zipfile.ZipFile) -> XlsxExtent | OdsExtent:
    """What measures this kind of workbook. Raises BadInput for any other kind of archive."""
    if "xl/workbook.xml" in archive.namelist():
        return XlsxExtent()
    if _beginning(archive, "mimetype").strip().startswith(_ODS_MIMETYPE):
        return OdsExtent()
    raise not_a_spreadsheet(name, "another kind of file, or a part of it is missing")


def _beginning(archive: zipfile.ZipFile, part: str) -> bytes:
    """The first bytes of a part; none if there is no such part. Never all: a part may unpack without end."""
    if part not in archive.namelist():
        return b""
    with archive.open(part) as file:
        return file.read(_BLOCK)


def _refuse_protected(name: str, archive: zipfile.ZipFile) -> None:
    locked = any(entry.flag_bits & 1 for entry in archive.infolist())
    if locked or b"encryption-data" in _beginning(archive, "META-INF/manifest.xml"):
        raise protected(name)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry's bytes as they really unpack: the size that it declares is not believed."""
    entry.file_size = MAX_UNPACKED * 2
    with archive.open(entry) as file:
        while block := file.read(_BLOCK):
            yield block


def _too_scattered(name: str) -> BadInput:
    return _too_large(name, f"its cells spread over more than {MAX_CELLS:,} places")


def _too_large(name: str, why: str) -> BadInput:
    return BadInput(
        f"“{name}” is not safe to open: {why}. Copy the sheets that hold the cases into a new workbook "
        "and upload that.",
        field="file",
        code="too_large",
    )


@contextmanager
def _zip_faults(name: str) -> Iterator[None]:
    """A damaged archive is a sentence."""
    try:
        yield
    except _DAMAGE as fault:
        raise not_a_spreadsheet(name, "damaged, or was not uploaded completely") from fault

"""Workbooks that no spreadsheet program would write: damaged, protected, dangerous, or of another kind."""

import io
import struct
import zipfile

from tests.factories.annex_a import workbook_bytes

__all__ = ["encrypted_container", "lying_zip", "ods", "replaced_part", "sheet_xml", "zip_of"]

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def zip_of(parts: dict[str, bytes]) -> bytes:
    """An archive of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def replaced_part(part: str, content: bytes) -> bytes:
    """A small good workbook with one of its parts replaced."""
    return replaced_parts({part: content})


def replaced_parts(others: dict[str, bytes]) -> bytes:
    """A small good workbook with these of its parts replaced."""
    with zipfile.ZipFile(io.BytesIO(workbook_bytes({"Cases": [["Case ID", "Team"], ["A1", "North"]]}))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zip_of(parts | others)


def sheet_xml(cells: str, *, texts: str = "") -> bytes:
    """A good small workbook whose sheet has these rows, and whose shared texts are these, as in the file."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = f"<worksheet {space}><sheetData>{cells}</sheetData></worksheet>"
    shared = {"xl/sharedStrings.xml": f"<sst {space}>{texts}</sst>".encode()} if texts else {}
    return replaced_parts({"xl/worksheets/sheet1.xml": sheet.encode(), **shared})


def lying_zip(content: bytes, part: str, size: int) -> bytes:
    """The archive with the unpacked size of one part declared as `size`, in both places where it stands."""
    data = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo(part)
        directory = data.index(b"PK\x01\x02", archive.start_dir)
    while data[directory + 46 : directory + 46 + len(part)] != part.encode():
        directory = data.index(b"PK\x01\x02", directory + 4)
    struct.pack_into("<I", data, directory + 24, size)
    struct.pack_into("<I", data, entry.header_offset + 22, size)
    return bytes(data)


def encrypted_container() -> bytes:
    """An OLE container with the two streams in which a workbook with a password is wrapped."""
    names = ["Root Entry", "EncryptionInfo", "EncryptedPackage", ""]
    entries = b"".join(_directory_entry(name, kind) for name, kind in zip(names, (5, 2, 2, 0), strict=True))
    header = struct.pack("<8s16sHHHHH6xIIIIIIIIII", bytes.fromhex("d0cf11e0a1b11ae1"), b"", 62, 3, 0xFFFE, 9, 6,
                         0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)  # fmt: skip
    header += struct.pack("<108I", *[_FREE] * 108) + struct.pack("<I", 0)
    fat = struct.pack("<128I", _FAT, _END, *[_FREE] * 126)
    return header[:512].ljust(512, b"\xff") + fat + entries


def _directory_entry(name: str, kind: int) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    return struct.pack("<64sHBBIII16sIQQIQ", text, length, kind, 1, _FREE, _FREE, _FREE, b"", 0, 0, 0, 0, 0)


def ods(table: str, *, manifest: str = "") -> bytes:
    """An OpenDocument spreadsheet with one sheet, "Cases", of these rows as they would stand in the file."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    spaces = " ".join(f'xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "table", "text"))
    body = f'<office:spreadsheet><table:table table:name="Cases">{table}</table:table></office:spreadsheet>'
    content = f"<office:document-content {spaces}><office:body>{body}</office:body></office:document-content>"
    listed = (
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}">{manifest}</manifest:file-entry>'
    )
    return zip_of(
        {
            "mimetype": kind.encode(),
            "META-INF/manifest.xml": (
                f'<manifest:manifest xmlns:manifest="{_OFFICE}:manifest:1.0">{listed}</manifest:manifest>'
            ).encode(),
            "content.xml": content.encode(),
        }
    )

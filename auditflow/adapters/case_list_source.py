"""The bytes of an uploaded file, and what kind of file they are. A file is known by its content, not its name."""

import hashlib
import io
from enum import Enum
from pathlib import Path

from auditflow.domain.errors import BadInput

__all__ = ["MAX_BYTES", "FileKind", "Source", "kind_of", "not_a_spreadsheet", "protected"]

MAX_BYTES = 64 * 1024 * 1024
"""Largest file that is opened, by whichever way it comes: half a million rows of CSV."""

_BLOCK = 1 << 20
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = {
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
    b"Rar!": "a compressed file",
}
_WEB_PAGE = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")


class FileKind(Enum):
    """How a file is to be read."""

    TEXT = "text"
    WORKBOOK = "workbook"


class Source:
    """An uploaded file: a path or its bytes, and the name it came with."""

    def __init__(self, content: Path | bytes, name: str) -> None:
        self._content = content
        self.name = name

    def open(self) -> io.BytesIO | io.BufferedReader:
        """The bytes from the beginning."""
        return io.BytesIO(self._content) if isinstance(self._content, bytes) else self._content.open("rb")

    def size(self) -> int:
        """How many bytes there are."""
        return len(self._content) if isinstance(self._content, bytes) else self._content.stat().st_size

    def sha256(self) -> str:
        """The lower-case hexadecimal SHA-256 of the bytes."""
        with self.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def starts_with(self, start: bytes) -> bool:
        """Whether these are the first bytes."""
        with self.open() as file:
            return file.read(len(start)) == start

    def contains(self, needle: bytes) -> bool:
        """Whether these bytes occur anywhere in the file."""
        tail = b""
        with self.open() as file:
            while block := file.read(_BLOCK):
                if needle in tail + block:
                    return True
                tail = block[-len(needle) :]
        return False


def kind_of(source: Source) -> FileKind:
    """Whether this is text or a workbook. Raises BadInput if it is neither, empty, too large or protected."""
    if source.size() > MAX_BYTES:
        raise BadInput(f"“{source.name}” is larger than {MAX_BYTES >> 20} MB.", field="file")
    with source.open() as file:
        start = file.read(4096)
    if not start.strip(b"\x00\r\n\t ,;\xef\xbb\xbf"):
        raise BadInput(f"“{source.name}” is empty.", field="file")
    if start.startswith(_OLE):
        return _old_workbook(source)
    if start.startswith(b"PK\x03\x04"):
        return FileKind.WORKBOOK
    _refuse_foreign(source, start)
    return FileKind.TEXT


def _old_workbook(source: Source) -> FileKind:
    """The container of old xls files is also what a workbook with a password is wrapped in."""
    if source.contains(_ENCRYPTED):
        raise protected(source.name)
    return FileKind.WORKBOOK


def _refuse_foreign(source: Source, start: bytes) -> None:
    for magic, what in _FOREIGN.items():
        if start.startswith(magic):
            raise not_a_spreadsheet(source.name, what)
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_WEB_PAGE):
        raise not_a_spreadsheet(source.name, "a web page")


def protected(name: str) -> BadInput:
    """The refusal of a workbook that needs a password."""
    return BadInput(
        f"“{name}” is protected with a password. Save a copy without the password and upload that.",
        field="file",
        code="encrypted",
    )


def not_a_spreadsheet(name: str, what: str = "") -> BadInput:
    """The refusal of a file that is something else."""
    found = f" It is {what}." if what else ""
    return BadInput(
        f"“{name}” is not a spreadsheet that can be read.{found} Open it in a spreadsheet program, "
        "save it as xlsx or CSV, and upload that.",
        field="file",
        code="not_a_spreadsheet",
    )

"""An audit tool as plain data (the content of its YAML file, or the JSON that is stored), and back.

Reading is strict: unknown names, missing names and wrong types are refused, all of them at once, each with
the path to the place, so that a file reader can add the line. `tool_digest` names a version by its content.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from auditflow.domain.answers import canonical_json, sha256_hex
from auditflow.domain.errors import BadInput
from auditflow.domain.tool_definition import AuditTool

__all__ = ["BadTool", "Path", "Problem", "read_tool", "tool_digest", "tool_document"]

Path = tuple[str | int, ...]
"""Where in the document: names of mappings and places in lists (from 0)."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a tool: where, and a sentence."""

    path: Path
    sentence: str

    def __str__(self) -> str:
        place = say_path(self.path)
        return f"{place}: {self.sentence}" if place else self.sentence


class BadTool(BadInput):
    """The data is not an audit tool; `problems` lists everything that is wrong, first to last."""

    default_code = "bad_tool"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(str(problems[0]), details={"problems": [str(problem) for problem in problems]})
        self.problems = tuple(problems)


def say_path(path: Path) -> str:
    """A path in words: ("domains", 3, "lead") is "domains, number 4, lead"."""
    return ", ".join(f"number {step + 1}" if isinstance(step, int) else step for step in path)


def read_tool(document: object) -> AuditTool:
    """Build a tool from plain data. Raises BadTool; says nothing about its rules (see `tool_checks`)."""
    reader = _Reader()
    tool = reader.read(AuditTool, document, ())
    if reader.problems:
        raise BadTool(reader.problems)
    assert isinstance(tool, AuditTool)
    return tool


def tool_document(tool: AuditTool) -> dict[str, Any]:
    """The whole tool as plain data: `read_tool` of it is the same tool."""
    document = _plain(tool)
    assert isinstance(document, dict)
    return document


def tool_digest(tool: AuditTool) -> str:
    """The SHA-256 of the tool's canonical JSON, in hexadecimal."""
    return sha256_hex(canonical_json(tool_document(tool)))


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


class _Reader:
    """Builds records by their type hints and collects what does not fit."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def read(self, kind: Any, value: object, path: Path) -> Any:
        if is_dataclass(kind):
            return self._record(kind, value, path)
        if get_origin(kind) is tuple:
            return self._sequence(get_args(kind)[0], value, path)
        return self._scalar(kind, value, path)

    def _record(self, kind: Any, value: object, path: Path) -> Any:
        if not isinstance(value, Mapping):
            return self._refuse(path, f"this must be a group of names and values, not {_say(value)}.")
        hints = get_type_hints(kind)
        for name in value:
            if name not in hints:
                self._refuse((*path, str(name)), f"“{name}” is not a name that is known here.")
        given = {name: self.read(hints[name], value[name], (*path, name)) for name in hints if name in value}
        missing = [field.name for field in fields(kind) if field.default is MISSING and field.name not in given]
        for name in missing:
            self._refuse(path, f"“{name}” is missing.")
        return None if missing else kind(**given)

    def _sequence(self, kind: Any, value: object, path: Path) -> Any:
        if not isinstance(value, list | tuple):
            return self._refuse(path, f"this must be a list, not {_say(value)}.")
        return tuple(self.read(kind, item, (*path, place)) for place, item in enumerate(value))

    def _scalar(self, kind: type, value: object, path: Path) -> Any:
        if isinstance(value, kind) and not isinstance(value, bool):
            return value
        wanted = "a whole number" if kind is int else "text (put it in quotation marks)"
        return self._refuse(path, f"this must be {wanted}, not {_say(value)}.")

    def _refuse(self, path: Path, sentence: str) -> None:
        self.problems.append(Problem(path, sentence))


def _say(value: object) -> str:
    if value is None:
        return "blank"
    if isinstance(value, Mapping):
        return "a group"
    if isinstance(value, list | tuple):
        return "a list"
    return f"“{str(value)[:40]}”"

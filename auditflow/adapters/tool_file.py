"""Audit tools from YAML files: a strict reader that says what is wrong and on which line.

YAML's own readers keep the last of two equal names in silence and turn `no` into False; this one refuses
repeated names, anchors and aliases, several documents, and anything that the tool's records do not know.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

import yaml

from auditflow.domain.audit_tool import AuditTool, BadTool, Problem, check_tool, read_tool
from auditflow.domain.errors import BadInput

__all__ = ["LARGEST_FILE", "find_shipped", "load_folder", "load_shipped", "load_tool", "parse_tool"]

LARGEST_FILE = 1_000_000
"""The most bytes of a tool's file."""

_DEEPEST = 20
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
_Place = tuple[str | int, ...]
_Lines = dict[_Place, int]


def load_shipped() -> tuple[AuditTool, ...]:
    """Every version of every audit tool that comes with the product, by key and version."""
    return _shipped()


def find_shipped(key: str) -> AuditTool | None:
    """The newest version of a tool that comes with the product, or None."""
    return next((tool for tool in reversed(load_shipped()) if tool.key == key), None)


def load_tool(path: FilePath) -> AuditTool:
    """Read and check one tool's file. Raises BadInput with a sentence that names file and line."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path.name} could not be read: {error.strerror}.", code="unreadable") from error
    return parse_tool(content, name=path.name)


def parse_tool(content: bytes, *, name: str) -> AuditTool:
    """Read and check a tool from the bytes of a YAML file; `name` is what sentences call it.

    Raises BadInput; `details["problems"]` lists everything that is wrong, in the order of the file.
    """
    lines: _Lines = {}
    document = _plain(_compose(content, name), (), lines, name)
    try:
        return check_tool(read_tool(document))
    except BadTool as error:
        said = sorted(((_line(problem, lines), str(problem)) for problem in error.problems), key=lambda pair: pair[0])
        sentences = [f"{name}, line {line}: {sentence}" for line, sentence in said]
        more = f" ({len(sentences) - 1} more)" if len(sentences) > 1 else ""
        raise BadInput(sentences[0] + more, code="bad_tool", details={"problems": sentences}) from error


def load_folder(folder: Traversable) -> tuple[AuditTool, ...]:
    """Every tool of a folder's `.yaml` files, by key and version. Raises BadInput as `parse_tool` does."""
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".yaml")]
    tools = [parse_tool(entry.read_bytes(), name=entry.name) for entry in found]
    tools.sort(key=lambda tool: (tool.key, tool.version))
    for earlier, later in pairwise(tools):
        if (earlier.key, earlier.version) == (later.key, later.version):
            raise BadInput(f"Two files hold version {later.version} of the audit tool “{later.key}”.", code="bad_tool")
    return tuple(tools)


@lru_cache(maxsize=1)
def _shipped() -> tuple[AuditTool, ...]:
    return load_folder(files("forms").joinpath("tools"))


def _compose(content: bytes, name: str) -> yaml.Node:
    """The file as YAML nodes: one document, no anchors, not too large or deep."""
    if len(content) > LARGEST_FILE:
        raise BadInput(f"{name} is larger than {LARGEST_FILE:,} bytes; an audit tool is not.", code="too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{name} is not UTF-8 text (byte {error.start + 1:,}).", code="not_text") from error
    try:
        _refuse_events(text, name)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _refusal(error.problem_mark or error.context_mark, f"{error.problem or error.context}.", name) from error
    except yaml.YAMLError as error:
        raise BadInput(f"{name} is not YAML text that can be read.", code="not_yaml") from error
    if node is None:
        raise BadInput(f"{name} is empty.", code="empty")
    return node


def _refuse_events(text: str, name: str) -> None:
    """Refuse anchors and deep nesting as they are met, before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refusal(event.start_mark, "anchors (&) and aliases (*) are not used here; write it out.", name)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _refusal(event.start_mark, "this is nested too deeply.", name)


def _plain(node: yaml.Node, place: _Place, lines: _Lines, name: str) -> Any:
    """A node as plain data, noting the line of every place."""
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return {key: _plain(value, (*place, key), lines, name) for key, value in _pairs(node, place, lines, name)}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*place, number), lines, name) for number, item in enumerate(node.value)]
    if node.tag == "tag:yaml.org,2002:int":
        return _whole_number(node, name)
    if node.tag == "tag:yaml.org,2002:str":
        return node.value
    raise _refusal(node.start_mark, f"“{str(node.value)[:40]}” is not text: put it in quotation marks.", name)


def _pairs(node: yaml.MappingNode, place: _Place, lines: _Lines, name: str) -> Iterator[tuple[str, yaml.Node]]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
            raise _refusal(key.start_mark, "a name must be plain text.", name)
        if key.value in seen:
            raise _refusal(key.start_mark, f"“{key.value}” was already given on line {seen[key.value]}.", name)
        seen[key.value] = line
        lines[(*place, key.value)] = line
        yield key.value, value


def _whole_number(node: yaml.Node, name: str) -> int:
    if not _NUMBER.fullmatch(node.value):
        raise _refusal(node.start_mark, f"write “{str(node.value)[:40]}” as a plain whole number.", name)
    return int(node.value)


def _refusal(mark: Any, sentence: str, name: str) -> BadInput:
    place = f"{name}, line {mark.line + 1}" if mark else name
    return BadInput(f"{place}: {sentence}", code="bad_tool", details={"problems": [f"{place}: {sentence}"]})


def _line(problem: Problem, lines: _Lines) -> int:
    """The line of a problem's place, or of the nearest place around it that the file has."""
    place = problem.path
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)

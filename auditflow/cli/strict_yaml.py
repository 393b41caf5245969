"""YAML as people mean it: no key twice, and a word is a word.

Plain YAML 1.1 turns Yes and No into truth values, 0123 into 83 and 1:30 into 90, which would silently change a
status or a seed. Here only true and false, plain decimal numbers, null and days are anything but text.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

from auditflow.cli.plain_yaml import IMPLICIT

__all__ = ["StrictLoader"]

_STARTS = {"bool": "tf", "int": "-0123456789", "float": "-0123456789", "null": "n~", "timestamp": "0123456789"}
"""With which characters each kind of plain word begins."""


class StrictLoader(yaml.SafeLoader):
    """A safe loader that refuses repeated keys and reads plain words as text."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next node; an alias (`*name`) is an error: a design has no use for one."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not read here", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping; a key that stands twice, or that is not a single value, is an error with its line."""
        seen: set[str] = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a single value", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key “{key.value}” stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


for _tag, _pattern in IMPLICIT.items():
    StrictLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}",
        re.compile(_pattern),
        [*_STARTS[_tag], ""] if _tag == "null" else list(_STARTS[_tag]),
    )

"""What changed between two versions of an audit tool, in words that a person can check before publishing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditflow.domain.tool_definition import AuditTool
from auditflow.domain.tool_document import tool_document

__all__ = ["Change", "compare_tools", "shared_domains"]

_Place = tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One difference: where (titles, outermost first), and the words before and after.

    `before` is None for what was added, `after` is None for what was taken out.
    """

    where: tuple[str, ...]
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        """One of "added", "removed" and "changed"."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def compare_tools(old: AuditTool, new: AuditTool) -> list[Change]:
    """Every difference, in the order of the new version, what was taken out last; the version number apart.

    A domain or question is the same one when its key is the same, whatever its title or place.
    """
    before, after = _flat(old), _flat(new)
    names = {**_names(old), **_names(new)}
    places = [*after, *(place for place in before if place not in after)]
    return [
        Change(_say(place, names), before.get(place), after.get(place))
        for place in places
        if before.get(place) != after.get(place)
    ]


def shared_domains(*tools: AuditTool) -> tuple[str, ...]:
    """The keys of the domains that are in every version, in the order of the first."""
    return tuple(domain.key for domain in tools[0].domains if all(tool.domain(domain.key) for tool in tools))


def _flat(tool: AuditTool) -> dict[_Place, str]:
    document = tool_document(tool)
    del document["version"]
    return dict(_leaves(document, ()))


def _leaves(value: object, place: _Place) -> Iterator[tuple[_Place, str]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, (*place, str(name)))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        yield (*place, "order"), ", ".join(str(item["key"]) for item in value)
        for item in value:
            yield from _leaves(item, (*place, str(item["key"])))
    elif isinstance(value, list):
        yield place, ", ".join(str(item) for item in value)
    else:
        yield place, str(value)


def _names(tool: AuditTool) -> dict[_Place, str]:
    """What to call the places that have a title or a text of their own."""
    named: dict[_Place, str] = {("case_types", kind.key): kind.title for kind in tool.case_types}
    for domain in tool.domains:
        named["domains", domain.key] = domain.title
        for question in domain.questions:
            named["domains", domain.key, "questions", question.key] = question.text
    for party in tool.participation.parties:
        named["participation", "parties", party.key] = party.title
    return named


def _say(place: _Place, names: Mapping[_Place, str]) -> tuple[str, ...]:
    return tuple(
        names.get(place[: length + 1], step.replace("_", " ").capitalize()) for length, step in enumerate(place)
    )

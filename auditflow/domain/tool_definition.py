"""What an audit tool is made of: frozen records, no behaviour beyond looking things up.

A tool is data (a YAML file, or the JSON of a stored version); these records are its shape. The rules a tool
must meet are in `tool_checks`, reading and writing in `tool_document`.
"""

from dataclasses import dataclass
from functools import lru_cache

from auditflow.domain.grades import Grade

__all__ = [
    "PARTIES",
    "PARTY_FIELDS",
    "UNITS",
    "AuditTool",
    "CaseType",
    "Descriptors",
    "Domain",
    "ImmediateConcern",
    "Judgement",
    "Overall",
    "Participation",
    "Party",
    "Question",
    "Window",
    "Words",
]

PARTIES = ("practitioner", "child", "family")
"""Who may take part in an audit; a tool asks about some or all of them, each once."""

PARTY_FIELDS = ("took_part", "who", "how", "view", "why_not")
"""What is asked about each of them, in the order of the page."""

UNITS = ("child", "assessment", "plan", "staff_file")
"""What one case of an audit may be."""


@dataclass(frozen=True)
class Words:
    """What a field is called on the page, and the line of help under it."""

    label: str
    hint: str = ""


@dataclass(frozen=True)
class CaseType:
    """A status a case may have; `also` are other ways in which case lists write it."""

    key: str
    title: str
    also: tuple[str, ...] = ()

    def is_called(self, text: str) -> bool:
        """Whether `text` names this status: its key, title or another name, whatever the case and spacing."""
        return plain_name(text) in {plain_name(name) for name in (self.key, self.title, *self.also)}


@dataclass(frozen=True)
class Question:
    """A question answered yes, partly, no or not applicable.

    `applies_to` names the statuses it is asked for; empty means wherever its domain applies.
    """

    key: str
    text: str
    hint: str = ""
    applies_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Descriptors:
    """What practice looks like at each grade."""

    outstanding: str
    good: str
    requires_improvement: str
    inadequate: str

    def of(self, grade: Grade) -> str:
        """The description of one grade."""
        return str(getattr(self, grade.name.lower()))


@dataclass(frozen=True)
class Domain:
    """One part of the audit that is graded.

    It must be graded for the statuses in `required_for`; for those in `optional_for` the auditor may mark it
    not applicable, with a reason, when `not_applicable_when` is true; for others it is not asked.
    """

    key: str
    title: str
    short_title: str
    lead: str
    required_for: tuple[str, ...]
    questions: tuple[Question, ...]
    grades: Descriptors
    optional_for: tuple[str, ...] = ()
    not_applicable_when: str = ""

    def question(self, key: str) -> Question | None:
        """The question with that key, or None."""
        return next((question for question in self.questions if question.key == key), None)


@dataclass(frozen=True)
class Window:
    """How far back to look and how much of it to judge, in whole months; `guidance` says it on the page.

    In a re-audit the page says `re_audit_guidance`, with the day that judgement starts for `{judge_from}`.
    """

    look_back_months: int
    judge_months: int
    guidance: str
    re_audit_guidance: str


@dataclass(frozen=True)
class ImmediateConcern:
    """What every page of the audit says about a child who may be unsafe now."""

    question: str
    prompt: str


@dataclass(frozen=True)
class Judgement:
    """The fields under every grade, and what is said beside "Not applicable"."""

    reason: Words
    evidence: Words
    difference: Words
    not_applicable: str


@dataclass(frozen=True)
class Party:
    """What is asked about one of those who may take part; `key` is one of PARTIES."""

    key: str
    title: str
    took_part: Words
    who: Words
    how: Words
    view: Words
    why_not: Words

    def words(self, field: str) -> Words:
        """The label and hint of one of PARTY_FIELDS."""
        found = getattr(self, field)
        assert isinstance(found, Words)
        return found


@dataclass(frozen=True)
class Participation:
    """The section that asks who took part."""

    title: str
    lead: str
    parties: tuple[Party, ...]


@dataclass(frozen=True)
class Overall:
    """The section that grades the record as a whole."""

    title: str
    lead: str
    guidance: str
    reason: Words
    grades: Descriptors


@dataclass(frozen=True)
class AuditTool:
    """One version of an audit tool. What is in use never changes: a change is a new version."""

    key: str
    version: int
    title: str
    unit: str
    summary: str
    case_types: tuple[CaseType, ...]
    window: Window
    immediate_concern: ImmediateConcern
    judgement: Judgement
    domains: tuple[Domain, ...]
    participation: Participation
    overall: Overall

    def __hash__(self) -> int:
        # A tool is looked up in caches on every page; hashing all its words each time would cost more than it saves.
        return hash((self.key, self.version, self.title))

    def domain(self, key: str) -> Domain | None:
        """The domain with that key, or None."""
        return next((domain for domain in self.domains if domain.key == key), None)

    def case_type(self, text: str | None) -> CaseType | None:
        """The status that `text` names (see `CaseType.is_called`), or None if this tool does not know it."""
        return next((kind for kind in self.case_types if text and kind.is_called(text)), None)


@lru_cache(maxsize=4096)
def plain_name(text: str) -> str:
    """A name as it is compared: lower case, single spaces, underscores and hyphens read as spaces."""
    return " ".join(text.replace("_", " ").replace("-", " ").split()).casefold()

"""The tables. Importing this package registers every table with `Base.metadata`."""

from auditflow.models.action import Action, ActionFinding
from auditflow.models.alert import Alert
from auditflow.models.approval import Approval
from auditflow.models.audit_round import AuditRound, RoundAuditor, RoundResult
from auditflow.models.audit_tool import AuditToolVersion
from auditflow.models.base import Base
from auditflow.models.case_audit import (
    CaseAudit,
    Dispute,
    DomainGrade,
    Draft,
    DraftVersion,
    Reflection,
    Submission,
)
from auditflow.models.correction import Correction
from auditflow.models.frame import Frame, FrameCase, FrameReject, FrameUpload, MappingMemory, NameMatch
from auditflow.models.journal import Journal, JournalText, ReadLog, Seal, SealLeaf
from auditflow.models.moderation import Moderation, ModerationComment
from auditflow.models.outbox import Deadline, Job, Outbox, Setting, Stuck
from auditflow.models.person import Person, Role, person_role
from auditflow.models.report import Report
from auditflow.models.sample import CensusList, Draw, SampleCase
from auditflow.models.team import CouncilService, Team
from auditflow.models.timetable import CouncilTimetable

__all__ = [
    "Action",
    "ActionFinding",
    "Alert",
    "Approval",
    "AuditRound",
    "AuditToolVersion",
    "Base",
    "CaseAudit",
    "CensusList",
    "Correction",
    "CouncilService",
    "CouncilTimetable",
    "Deadline",
    "Dispute",
    "DomainGrade",
    "Draft",
    "DraftVersion",
    "Draw",
    "Frame",
    "FrameCase",
    "FrameReject",
    "FrameUpload",
    "Job",
    "Journal",
    "JournalText",
    "MappingMemory",
    "Moderation",
    "ModerationComment",
    "NameMatch",
    "Outbox",
    "Person",
    "ReadLog",
    "Reflection",
    "Report",
    "Role",
    "RoundAuditor",
    "RoundResult",
    "SampleCase",
    "Seal",
    "SealLeaf",
    "Setting",
    "Stuck",
    "Submission",
    "Team",
    "person_role",
]

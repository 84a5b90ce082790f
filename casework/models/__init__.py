from casework.models.calendar import CalendarDay
from casework.models.case import (
    Case,
    CaseGroupObjectPermission,
    CasePerson,
    CaseUserObjectPermission,
    NumberSeries,
)
from casework.models.deadline import Deadline, Reminder
from casework.models.document import Document, Wording
from casework.models.event import Event, SignOff
from casework.models.filing import Attachment, CorrectionItem, CorrectionRequest, Draft, Receipt
from casework.models.law import AmendedValue, Amendment, ImpactLine, ImpactSheet
from casework.models.notice import Message, Notice
from casework.models.operation import Finding, JobRun, StoreMark
from casework.models.reach import CalendarFeed, MailChoice
from casework.models.work import ExportJob, SavedFilter

__all__ = [
    "AmendedValue",
    "Amendment",
    "Attachment",
    "CalendarDay",
    "CalendarFeed",
    "Case",
    "CaseGroupObjectPermission",
    "CasePerson",
    "CaseUserObjectPermission",
    "CorrectionItem",
    "CorrectionRequest",
    "Deadline",
    "Document",
    "Draft",
    "Event",
    "ExportJob",
    "Finding",
    "ImpactLine",
    "ImpactSheet",
    "JobRun",
    "MailChoice",
    "Message",
    "Notice",
    "NumberSeries",
    "Receipt",
    "Reminder",
    "SavedFilter",
    "SignOff",
    "StoreMark",
    "Wording",
]

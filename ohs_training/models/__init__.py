from ohs_training.models.accreditation import Accreditation, Application, PlanSection, Revocation
from ohs_training.models.after import Certificate, CertificateBatch, Confirmation, Payment, Retention, Sitting, Spending
from ohs_training.models.attendance import LeaveRequest, MakeUp, RollCall, SignRecord
from ohs_training.models.classes import (
    ClassVersion,
    Exemption,
    Teacher,
    TimetableRow,
    Trainee,
    TrainingClass,
    VersionAnswer,
)
from ohs_training.models.supervision import Inspection, Order

__all__ = [
    "Accreditation",
    "Application",
    "Certificate",
    "CertificateBatch",
    "ClassVersion",
    "Confirmation",
    "Exemption",
    "Inspection",
    "LeaveRequest",
    "MakeUp",
    "Order",
    "Payment",
    "PlanSection",
    "Retention",
    "Revocation",
    "RollCall",
    "SignRecord",
    "Sitting",
    "Spending",
    "Teacher",
    "TimetableRow",
    "Trainee",
    "TrainingClass",
    "VersionAnswer",
]

from ojt_subsidy.models.course import Course, CourseIntake, CourseLedger, CourseSession, LedgerDigest
from ojt_subsidy.models.enrolment import Absence, Enrolment, EnrolmentStep, Survey, Trainee
from ojt_subsidy.models.money import (
    Closing,
    Evidence,
    ExchangeFile,
    InsuranceCheck,
    MoneyEntry,
    OutsideCourse,
    PaymentBatch,
    PaymentLine,
    UnitPayee,
)
from ojt_subsidy.models.service import Complaint

__all__ = [
    "Absence",
    "Closing",
    "Complaint",
    "Course",
    "CourseIntake",
    "CourseLedger",
    "CourseSession",
    "Enrolment",
    "EnrolmentStep",
    "Evidence",
    "ExchangeFile",
    "InsuranceCheck",
    "LedgerDigest",
    "MoneyEntry",
    "OutsideCourse",
    "PaymentBatch",
    "PaymentLine",
    "Survey",
    "Trainee",
    "UnitPayee",
]

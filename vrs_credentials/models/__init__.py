from vrs_credentials.models.applications import (
    ClassRecord,
    ExtensionApplication,
    HoursApplication,
    OwnEducation,
    Qualification,
    Renewal,
)
from vrs_credentials.models.courses import Attendance, AttendanceImport, Course, CourseField, Lecturer, LecturerPass
from vrs_credentials.models.register import Certificate, Extension, FollowUp, LedgerEntry, Professional, WayBack
from vrs_credentials.models.reviewing import Assignment, CommitteeSession, Opinion, SessionCase
from vrs_credentials.models.rosters import RosterFile, RosterJob
from vrs_credentials.models.site import JobPost, News, Question

__all__ = [
    "Assignment",
    "Attendance",
    "AttendanceImport",
    "Certificate",
    "ClassRecord",
    "CommitteeSession",
    "Course",
    "CourseField",
    "Extension",
    "ExtensionApplication",
    "FollowUp",
    "HoursApplication",
    "JobPost",
    "Lecturer",
    "LecturerPass",
    "LedgerEntry",
    "News",
    "Opinion",
    "OwnEducation",
    "Professional",
    "Qualification",
    "Question",
    "Renewal",
    "RosterFile",
    "RosterJob",
    "SessionCase",
    "WayBack",
]

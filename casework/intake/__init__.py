"""Uploaded files, judged by content and never by name or declared type (附件收件檢查). No Django models here."""

from casework.intake.judge import DEFAULT, Kind, Limits, Verdict, judge

__all__ = ["DEFAULT", "Kind", "Limits", "Verdict", "judge"]

"""What a 函 says in its own words: the matter of its 主旨, its enclosure, and figures written without the page's spaces."""

import re

from casework.models import Case
from kernel.dates import days_spelled
from vrs_credentials.models import (
    Certificate,
    Course,
    ExtensionApplication,
    HoursApplication,
    OwnEducation,
    Qualification,
    Renewal,
)
from vrs_credentials.params.clauses import KINDS

#: A space that a page puts between Chinese and a figure or a number.
_AIRY = re.compile(r"(?<=[^\x00-\x7f]) (?=[0-9A-Za-z])|(?<=[0-9A-Za-z]) (?=[^\x00-\x7f])")


def spelled(text: str) -> str:
    """A sentence of a page as a letter writes it: 有效期間115年11月22日至118年11月21日。"""
    return days_spelled(_AIRY.sub("", text)).rstrip("。") + "。"


def _thing(case: Case) -> str:
    return case.kind.partition(".")[2]


def matter(case: Case) -> str:
    """What was applied for, as the 主旨 names it."""
    match _thing(case):
        case "qualification":
            one = Qualification.objects.get(case=case)
            more = f"（{KINDS[one.speciality]}）" if one.speciality else ""
            return f"{KINDS[one.kind]}{more}資格認證"
        case "hours":
            row = HoursApplication.objects.get(case=case)
            return f"{KINDS[row.kind]}{row.get_purpose_display()}專業訓練時數認定"
        case "course":
            return f"「{Course.objects.get(case=case).title}」繼續教育課程審核"
        case "education":
            return f"「{OwnEducation.objects.get(case=case).title}」繼續教育時數認定"
        case "renewal":
            old = Renewal.objects.select_related("certificate").get(case=case).certificate
            return f"{old.kind_label}資格認證證明更新"
    old = ExtensionApplication.objects.select_related("certificate").get(case=case).certificate
    return f"{old.kind_label}資格展延"


def subject_line(case: Case, *, granted: bool) -> str:
    who = "貴單位" if case.organisation_id else "臺端"
    found = "經審查符合規定，准予核定" if granted else "經審查未符規定，不予核定"
    return f"{who}申請{matter(case)}一案，{found}，請查照。"


def enclosure(case: Case, *, granted: bool) -> str:
    """附件: the certificate that approval issues, anew or with its period moved."""
    if not granted:
        return "無"
    if _thing(case) == "extension":
        one = ExtensionApplication.objects.select_related("certificate").get(case=case).certificate
    else:
        one = Certificate.objects.filter(case=case).first()
    return f"{one.kind_label}資格認證證明1份（證明編號{one.number}）" if one else "無"

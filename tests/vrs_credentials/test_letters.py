"""核定函 and 不予核定函 of every kind of case: 主旨, 說明 and 附件 as a letter writes them."""

import re

import pytest
from django.template.loader import render_to_string

from accounts.clock import today
from casework.models import Case, Document
from casework.papers.documents import bytes_of
from kernel.dates import days_after, roc_long
from tests.vrs_credentials import world as w
from tests.vrs_credentials.test_hours import _away as away
from vrs_credentials.models import Certificate

pytestmark = pytest.mark.django_db
GRANTED, REFUSED = "一案，經審查符合規定，准予核定，請查照。", "一案，經審查未符規定，不予核定，請查照。"


def letter_of(case: Case) -> Document:
    """The letter, checked for what holds of each."""
    found = Document.objects.get(case=case, paper="vrs.letter")
    sentence, subject = found.context["sentence"], found.context["subject_line"]
    assert not re.search(r"[^\x00-\x7f] | [^\x00-\x7f]|/", sentence), sentence
    assert sentence.endswith("。") and not sentence.endswith("。。")
    assert case.title not in subject and bytes_of(found).startswith(b"%PDF")
    return found


def said(case: Case) -> tuple[str, str]:
    found = letter_of(case)
    return found.context["subject_line"], found.context["enclosure"]


def long(day: object) -> str:
    return roc_long(day).removeprefix("中華民國").removeprefix("民國")  # type: ignore[arg-type]


def test_a_qualification_encloses_its_certificate(here: w.World) -> None:
    one = w.certified(here)
    assert said(one.case) == (
        f"臺端申請就業服務員資格認證{GRANTED}",
        f"就業服務員資格認證證明1份（證明編號{one.number}）",
    )
    sentence = letter_of(one.case).context["sentence"]
    assert sentence == f"核定就業服務員資格，有效期間{long(one.starts_on)}至{long(one.valid_until)}。"


def test_a_refusal_of_the_committee(here: w.World) -> None:
    case = w.reject(here, w.turned_down(here), reason="科系不符。")
    assert said(case) == (f"臺端申請就業服務員資格認證{REFUSED}", "無")
    assert letter_of(case).context["sentence"] == f"經{long(today())}複審會議決議不通過，理由：科系不符。"


def test_hours_granted_and_refused(here: w.World) -> None:
    one = w.certified(here)
    case = w.approve(here, w.reported(here, w.hours_filed(here, one)))
    assert said(case) == (f"臺端申請就業服務員進用後專業訓練時數認定{GRANTED}", "無")
    assert letter_of(case).context["sentence"].startswith("認定專業訓練時數36小時（進用後，")
    case = w.reported(here, w.hours_filed(here, one))
    case = w.reject(here, case, reason="結訓證書不符")
    assert said(case) == (f"臺端申請就業服務員進用後專業訓練時數認定{REFUSED}", "無")


def test_a_course_of_an_institution_and_own_education(here: w.World) -> None:
    course = w.course_approved(here)
    assert said(course.case) == (f"貴單位申請「職業重建專業課程」繼續教育課程審核{GRANTED}", "無")
    w.older(w.certified(here), days_after(today(), -60))
    case = w.approve(here, w.to_approve(here, w.education_filed(here)))
    assert said(case) == (f"臺端申請「職業重建研討會」繼續教育時數認定{GRANTED}", "無")


def test_renewal_and_extension_enclose_the_certificate_of_the_new_period(here: w.World) -> None:
    old = w.older(w.certified(here), days_after(today(), -1060))
    w.give_hours(old, {"professional": "60", "ethics": "12"}, held_on=days_after(today(), -100), by=here.handler)
    case = w.approve(here, w.reported(here, w.renewal_filed(here, old)))
    new = Certificate.objects.get(case=case)
    assert said(case) == (
        f"臺端申請就業服務員資格認證證明更新{GRANTED}",
        f"就業服務員資格認證證明1份（證明編號{new.number}）",
    )


def test_an_extension_encloses_the_certificate_with_its_end_moved(here: w.World) -> None:
    one = w.certified(here)
    first = days_after(today(), 10)
    case = w.approve(here, w.reported(here, away(here, one, first, days_after(first, 149))))
    assert said(case) == (f"臺端申請就業服務員資格展延{GRANTED}", f"就業服務員資格認證證明1份（證明編號{one.number}）")
    one.refresh_from_db()
    letter = letter_of(case)
    assert letter.context["sentence"] == f"就業服務員資格效期展延150日，至{long(one.valid_until)}。"
    printed = render_to_string("papers/vrs/letter.html", {**letter.context, "paper": letter})
    assert f"附件：{letter.context['enclosure']}" in printed and f"（案號{case.number}）" in printed

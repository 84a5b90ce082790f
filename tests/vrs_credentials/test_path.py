"""The story of the issue: a new user applies, passes two reviewers and approval, gathers hours, renews, and is checked."""

import subprocess
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.cases.events import broken_links
from casework.deadlines.keeping import of_thing
from casework.errors import Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Deadline, Document
from casework.papers.documents import bytes_of
from kernel.dates import months_after
from tests.vrs_credentials import world as w
from vrs_credentials.models import Certificate, LedgerEntry
from vrs_credentials.selectors.register import current_certificates, standing
from vrs_credentials.services import certifying

pytestmark = pytest.mark.django_db


def at(day: str) -> time_machine.travel:
    return time_machine.travel(f"{day}T02:00:00+00:00", tick=False)


@pytest.mark.quick
def test_from_application_to_the_renewed_certificate(tmp_path: Path) -> None:
    with at("2024-12-12"):
        here = w.world()
        one = w.certified(here)
    assert (one.starts_on, one.valid_until) == (date(2024, 12, 12), date(2027, 12, 11))
    assert one.clause == "7-1-4" and one.kind == "placement"
    assert broken_links(Case.objects.get(pk=one.case_id)) == []
    # nine courses of six hours from rosters, six hours of ethics by own application: 54 + 6
    teacher = None
    for month in range(1, 10):
        with at(f"2025-{month:02d}-10"):
            teacher = teacher or w.lecturer(here)
            course = w.course_approved(here, starts_on=today(), teacher=teacher)
            assert course.number and course.number.startswith(f"2025{month:02d}10")
        with at(f"2025-{month:02d}-20"):
            w.credited(here, course, [here.applicant])
    with at("2026-03-01"):
        case = w.education_filed(here)
        w.approve(here, w.to_approve(here, case), approved_hours=Decimal("6"))
        found = standing(one, on=today(), law=law_in_force())
        assert (found.professional_law, found.ethics_quality, found.count.met) == (54, 6, True)
        assert not found.window_open and found.opens_on == date(2027, 9, 12)
    assert LedgerEntry.objects.filter(certificate=one).count() == 10
    with at("2027-10-01"):
        renewed = w.approve(here, w.reported(here, w.renewal_filed(here, one)))
        new = Certificate.objects.get(case=renewed)
        assert (new.starts_on, new.valid_until, new.previous) == (date(2027, 12, 12), date(2030, 12, 11), one)
        assert not of_thing(one).filter(met_at=None, withdrawn_at=None).exists()
        assert of_thing(new).get(code=certifying.ENDS).due_on == date(2030, 12, 11)
        assert [c.pk for c in current_certificates(here.applicant, on=today())] == [one.pk], (
            "one card for one qualification"
        )
        paper = Document.objects.get(case=renewed, paper="vrs_certificate")
        _checked_by_a_stranger(paper, "起生效")
    with at("2028-01-05"):
        assert [c.pk for c in current_certificates(here.applicant, on=today())] == [new.pk]
        _checked_by_a_stranger(paper, "資格有效至 119/12/11")
        _checked_by_a_stranger(Document.objects.get(case=one.case, paper="vrs_certificate"), f"已更新為 {new.number}")
    _signed(bytes_of(paper), tmp_path)


def _checked_by_a_stranger(paper: Document, says: str) -> None:
    page = Client().get(f"/check/{paper.number}/{paper.check_code}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert says in text and "就業服務員" in text and paper.context["national_id"] not in text


def _signed(content: bytes, folder: Path) -> None:
    """poppler accepts the signature over the whole file, and no longer once a byte is another."""

    def verdict(data: bytes) -> str:
        path = folder / "certificate.pdf"
        path.write_bytes(data)
        return subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout

    good = verdict(content)
    assert "Signature is Valid." in good and "Total document signed" in good, good
    place = content.index(b"/Type") + 3
    for spot in (place, len(content) // 2, content.index(b"%%EOF")):
        other = bytearray(content)
        other[spot] ^= 0x01
        assert "Signature is Valid." not in verdict(bytes(other))


def test_hours_clock_of_article_seven_runs_from_being_taken_on(here: w.World) -> None:
    """VRS-04: set at approval from the day in the application, met when 36 hours are recognised."""
    hired_on = today() - timedelta(days=20)
    one = w.certified(here, hired_on=hired_on)
    clock = of_thing(one.follow_up).get(code=certifying.FOLLOW_UP)
    assert clock.due_on == law_in_force().calendar.act_by(
        months_after(hired_on, 12)
    )  # 366 days where 2/29 lies between
    assert sorted(clock.reminders.values_list("days_before", flat=True)) == [30, 90, 180]

    case = w.approve(here, w.reported(here, w.hours_filed(here, one, hours="36")))
    assert case.state == "approved"
    assert Deadline.objects.get(pk=clock.pk).met_at
    assert standing(one, on=today(), law=law_in_force()).professional_law == 0, "第7條的三十六小時不計入更新"


def test_a_draft_cannot_be_filed_without_its_papers(here: w.World) -> None:
    case = w.drafted(here)
    case.attachments.filter(field="degree").update(removed_at=now())
    with pytest.raises(Refused, match="尚缺文件：學歷之證明文件"):
        perform(case, "file", by=here.applicant, at=now())
    case.refresh_from_db()
    assert case.state == "draft" and not case.filed_at

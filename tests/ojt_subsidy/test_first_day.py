"""Insurance is a fact of the first day of class: before it nothing is shown, accepted or matched, and what was does not count."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLog
from casework.cases.attachments import judged, keep_attachment
from casework.cases.doing import perform
from casework.errors import Refused
from casework.intake import Limits
from casework.intake.sample import paper
from casework.models import Case
from kernel.dates import TAIPEI
from ojt_subsidy.models import Evidence, InsuranceCheck, PaymentLine
from ojt_subsidy.services import evidence, exchange, paying
from tests.ojt_subsidy import world as w
from tests.ojt_subsidy.test_bad_input import _result

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(here):
    return w.admitted(here, w.published(here), w.trainee())


def _at(row, days, hour=10):
    return datetime.combine(row.course.starts_on + timedelta(days=days), time(hour), TAIPEI)


def _statement():
    return SimpleUploadedFile("明細.pdf", paper("投保明細", ["x"]), content_type="application/pdf")


def _client(user):
    one = Client(headers={"host": "localhost"})
    one.force_login(user)
    return one


def test_a_statement_is_taken_from_the_first_day_on(here, row):
    """SUB-25: the day before, the last minute before it, the day itself."""
    for at in (_at(row, -1), _at(row, -1, 23)):
        with pytest.raises(Refused, match="當日起才能辦理"):
            evidence.start_insurance(enrolment=row, by=row.person, at=at)
    one = evidence.start_insurance(enrolment=row, by=row.person, at=_at(row, 0, 0))
    perform(one.case, "add_paper", upload=_statement(), by=row.person, at=_at(row, 0, 0))
    perform(one.case, "file", by=row.person, at=_at(row, 0, 1))
    perform(one.case, "accept", records=w.EMPLOYED, by=here.officer, at=_at(row, 0))
    assert InsuranceCheck.objects.get().eligible


def _filed_early(row):
    """As it could be filed before: a statement a month old when the class begins."""
    case = evidence.open_case(
        kind="ojt_subsidy.evidence", title="投保明細", office=row.course.case.office, person=row.person, by=row.person, at=_at(row, -9)
    )  # fmt: skip
    one = Evidence.objects.create(case=case, kind="insurance", person=row.person, enrolment=row)
    verdict = judged(_statement(), Limits())
    keep_attachment(
        verdict, case=case, field="evidence", label="投保明細", upload=_statement(), by=row.person, at=_at(row, -9)
    )
    Case.objects.filter(pk=case.pk).update(state="filed", turn="office")
    return Evidence.objects.get(pk=one.pk)


def test_a_statement_from_before_the_first_day_is_not_accepted_even_after_it(here, row):
    one = _filed_early(row)
    for at, why in ((_at(row, -1), "當日起才能辦理"), (_at(row, 1), "之前上傳")):
        with pytest.raises(Refused, match=why):
            perform(one.case, "accept", records=w.EMPLOYED, by=here.officer, at=at)
    assert not InsuranceCheck.objects.exists()
    perform(one.case, "return", reason="請附開訓日以後之明細", by=here.officer, at=_at(row, 1))
    perform(one.case_id, "add_paper", upload=_statement(), by=row.person, at=_at(row, 2))
    perform(one.case, "file", by=row.person, at=_at(row, 2))
    perform(one.case, "accept", records=w.EMPLOYED, by=here.officer, at=_at(row, 3))
    assert InsuranceCheck.objects.get().eligible


def test_no_list_goes_out_and_no_result_comes_in_before_the_first_day(here, row):
    course, data = row.course, _result([row], here)
    before, on = _at(row, -1, 23), _at(row, 0, 0)
    with pytest.raises(Refused, match="當日起才能辦理"):
        exchange.export_file(office=here.branch, day=course.starts_on, by=here.officer, at=before)
    assert exchange.read_result(office=here.branch, data=data, at=before).problems
    with pytest.raises(Refused, match="未匯入任何資料.*尚未到"):
        exchange.import_file(office=here.branch, data=data, by=here.officer, at=before)
    assert not InsuranceCheck.objects.exists()
    exchange.export_file(office=here.branch, day=course.starts_on, by=here.officer, at=on)
    exchange.import_file(office=here.branch, data=data, by=here.officer, at=on)
    assert InsuranceCheck.objects.get().eligible


def test_a_check_from_before_the_first_day_does_not_count_at_approval(here, row):
    """Kept from before this was asked: the line waits for a check of the day."""
    early = w.insured(here, row)
    InsuranceCheck.objects.filter(pk=early.pk).update(at=_at(row, -1, 23))
    after = w.held(here, row.course, [row])
    one = w.closed(here, row.course, after)
    with pytest.raises(Refused, match="尚未完成開訓當日投保勾稽"):
        paying.approve_line(PaymentLine.objects.get(closing=one), by=here.chief, at=after)
    InsuranceCheck.objects.filter(pk=early.pk).update(at=_at(row, 0, 0))
    assert paying.approve_line(PaymentLine.objects.get(closing=one), by=here.chief, at=after).amount == 8000


def test_the_pages_say_from_which_day(here, row):
    """Only the trainee's pages and the officer's: what cannot be done yet is not offered."""
    upload, mine = (reverse(f"ojt_subsidy:{name}", args=[row.pk]) for name in ("insurance_upload", "enrolled"))
    with time_machine.travel(_at(row, -1), tick=False):
        early = _client(row.person)
        assert 'type="file"' not in early.get(upload).content.decode()
        assert upload not in early.get(mine).content.decode()
        assert early.post(upload, {"file": _statement()}).status_code == 422
        officer = _client(here.officer)
        asked = {"out": "", "office": here.branch.pk, "day": row.course.starts_on.isoformat(), "reason": "勾稽"}
        answer = officer.post(reverse("admin:subsidy_insurance"), asked)
        assert answer.status_code == 422 and "當日起才能辦理" in answer.content.decode()
    with time_machine.travel(_at(row, 0), tick=False):
        today = _client(row.person)
        assert 'type="file"' in today.get(upload).content.decode()
        assert upload in today.get(mine).content.decode()


def test_the_list_for_the_bureau_wants_a_reason_that_is_logged(here, row):
    """OA-20: a file of full identifiers is taken with a reason, as a single one is looked at."""
    page = reverse("admin:subsidy_insurance")
    with time_machine.travel(_at(row, 0), tick=False):
        officer = _client(here.officer)
        asked = {"out": "", "office": here.branch.pk, "day": row.course.starts_on.isoformat()}
        refused = officer.post(page, asked)
        assert refused.status_code == 422 and "請填寫「下載理由」" in refused.content.decode()
        assert row.person.national_id not in refused.content.decode()
        assert not AccessLog.objects.filter(action=AccessLog.Action.EXPORT).exists()
        given = officer.post(page, asked | {"reason": "函請勞保局比對"})
    assert row.person.national_id in given.content.decode("utf-8-sig")
    line = AccessLog.objects.get(action=AccessLog.Action.EXPORT)
    assert (line.user, line.reason) == (here.officer, "函請勞保局比對")
    assert row.person.national_id not in line.subject

"""Bad input as it is posted: a clear sentence, what was typed stays, nothing has changed."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from casework.cases.doing import perform
from casework.jobs import exports
from casework.models import Case, Notice
from casework.notices.delivery import deliver_due
from kernel.dates import TAIPEI, roc
from ojt_subsidy.forms.unit import ScreenForm
from ojt_subsidy.models import CourseIntake, Enrolment, InsuranceCheck, MoneyEntry, PaymentBatch, PaymentLine
from ojt_subsidy.services import batching, complaining, screening
from tests.ojt_subsidy import world as w
from tests.ojt_subsidy.test_bad_input import _result
from tests.ojt_subsidy.test_path import answered
from tests.ojt_subsidy.test_screens import client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("odd", ["9" * 4301, "²", "१", "-1", ""])
def test_a_filing_that_no_number_names_is_none(here, odd):
    course = w.published(here)
    answer = client(here.clerk).post(
        reverse("ojt_subsidy:enrolments", args=[course.code]), {"key": uuid4(), "act": "lapse", "enrolment": odd}
    )
    assert answer.status_code < 500
    assert ScreenForm({"act": "lapse", "enrolment": odd}).about == ("lapse", 0)


def _csv(data, name="file.csv"):
    return SimpleUploadedFile(name, data, "text/csv")


def _plan(**changes):
    starts = w.taipei_day(w.now()) + timedelta(days=20)
    return {
        "key": uuid4(), "intake": CourseIntake.objects.get().pk, "plan": "industry_talent", "unit_kind": "foundation", "title": "烘焙班",
        "category": "food", "occupation": "烘焙", "county": "67000", "place": "臺南市", "starts_on": starts.isoformat(),
        "ends_on": (starts + timedelta(days=7)).isoformat(), "content": "麵包", "teachers": "林師傅", "fee": "8000", "seats": "20",
        "others": "0", "advance_percent": "100", "weekday_1": starts.weekday(), "from_1": "19:00", "until_1": "22:00", **changes,
    }  # fmt: skip


def test_a_plan_of_four_months_is_filed_and_a_day_more_is_not(here):
    """SUB-19: begun on the 1st of a month, the last day of the third month after is the last."""
    clerk = client(here.clerk)
    today = w.taipei_day(w.now())
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    after = first
    for _ in range(4):
        after = (after + timedelta(days=32)).replace(day=1)
    every_day = {f"weekday_{n + 1}": n for n in range(4)} | {f"from_{n + 1}": "19:00" for n in range(4)}
    every_day |= {f"until_{n + 1}": "22:00" for n in range(4)}
    for last, stated in ((after - timedelta(days=1), "未超過"), (after, "開課期間超過4個月")):
        days = {"weekday_1": first.weekday(), "weekday_2": last.weekday()}
        if first.weekday() == last.weekday():
            days["weekday_2"] = (last.weekday() + 1) % 7
        given = _plan(starts_on=first.isoformat(), ends_on=last.isoformat(), title=f"班{last}") | every_day | days
        given = {name: value for name, value in given.items() if not name.endswith(("_3", "_4"))}
        answer = clerk.post(reverse("ojt_subsidy:file_course"), given)
        case = Case.objects.filter(title__contains=f"班{last}").first()
        if answer.status_code == 302:
            assert case is not None
            text = clerk.get(answer.url).content.decode()
            assert stated in text
            clerk.post(reverse("casework:act", args=[case.number, "file"]), {"key": uuid4(), "version": case.version})
            case.refresh_from_db()
            assert case.state == ("filed" if last < after else "draft")
        else:
            assert last == after
            assert stated in answer.content.decode()
            assert case is None


def test_sessions_that_overlap_over_midnight(here):
    clerk = client(here.clerk)
    starts = w.taipei_day(w.now()) + timedelta(days=20)
    night = {"weekday_1": starts.weekday(), "from_1": "22:00", "until_1": "01:00"}
    dawn = {"weekday_2": (starts.weekday() + 1) % 7, "from_2": "00:30", "until_2": "02:00"}
    given = _plan(ends_on=(starts + timedelta(days=1)).isoformat()) | night | dawn
    answer = clerk.post(reverse("ojt_subsidy:file_course"), given)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "授課時段重疊" in text
    assert "烘焙班" in text
    assert not Case.objects.exists()


def test_an_enrolment_for_somebody_else_a_replayed_form_and_a_clock_set_forward(here):
    course = w.published(here, w.taipei_day(w.now()) + timedelta(days=60))
    who = w.trainee()
    page = reverse("ojt_subsidy:enrol", args=[course.code])
    mine = client(who)
    # The page's own clock opens the button; the server's decides.
    early = mine.post(page, {"key": uuid4(), "person": who.pk, "now": "9999999999999"})
    assert early.status_code == 422
    assert "報名以伺服器時間為準" in early.content.decode()
    with time_machine.travel(w.opening(course), tick=False):
        mine.force_login(who)
        assert mine.post(page, {"key": uuid4(), "person": w.trainee().pk}).status_code == 404
        assert not Enrolment.objects.exists()
        form = {"key": uuid4(), "person": who.pk}
        first, replayed = mine.post(page, form), mine.post(page, form)
        assert (first.status_code, first.url) == (replayed.status_code, replayed.url)
        again = mine.post(page, {"key": uuid4(), "person": who.pk})
        assert again.status_code == 422
        assert "您已報名這門課程，報名序號為第 1 號" in again.content.decode()
    assert Enrolment.objects.count() == 1


def _days(paid, papers):
    return {"fee_paid_on": roc(paid), "papers_on": roc(papers)}


def test_nobody_is_admitted_before_fee_and_papers_and_what_was_typed_stays(here):
    """SUB-03: each sentence at its field, in the row it is about; the days are read afterwards on both sides."""
    course = w.published(here)
    row, day = w.enrolled(course, w.trainee()), w.taipei_day(w.now())
    clerk, page = client(here.clerk), reverse("ojt_subsidy:enrolments", args=[course.code])

    def refused(act, errors, **given):
        answer = clerk.post(page, {"key": uuid4(), "act": act, "enrolment": row.pk, **given})
        form, text = answer.context["form"], answer.content.decode()
        assert answer.status_code == 422 and form.errors == errors, form.errors
        for name in errors.keys() - {"__all__"}:
            assert f'href="#{act}-{row.pk}-{name}"' in text and f'id="{act}-{row.pk}-{name}"' in text
        assert all(f'value="{typed}"' in text for typed in given.values() if typed)

    past, next_day = roc(day - timedelta(days=1)), day + timedelta(days=1)
    refused("ask", {"respond_by": ["繳費期限不得早於今天。"]}, respond_by=past)
    refused("reject", {"reason": ["「不予錄訓」請填寫理由。"]}, reason="")
    screening.ask(row, by=here.clerk, at=w.now())
    wanted = {"fee_paid_on": ["請填寫「繳費日」。"], "papers_on": ["請填寫「繳件日」。"]}
    refused("admit", wanted)
    refused("admit", {"papers_on": wanted["papers_on"]}, fee_paid_on=roc(day))
    refused("admit", {"fee_paid_on": ["繳費日不得晚於今天。"]}, **_days(next_day, day))
    refused("admit", {"papers_on": ["繳件日不得晚於今天。"]}, **_days(day, next_day))
    refused("lapse", {"__all__": ["期限未過，或學員已確認參訓，不能逾期取消。"]})
    assert clerk.post(page, {"act": "%d", "enrolment": "%d"}).status_code == 422
    assert Enrolment.objects.get().state == "asked" and not MoneyEntry.objects.exists()

    assert clerk.post(page, {"act": "admit", "enrolment": row.pk, **_days(day, day)}).status_code == 302
    for text in (clerk.get(page), client(row.person).get(reverse("ojt_subsidy:enrolled", args=[row.pk]))):
        assert text.content.decode().count(f'<span class="num">{roc(day)}</span>') == 2


def test_twenty_one_of_forty_from_one_employer(here):
    course = w.published(here, seats=40)
    day, clerk = w.taipei_day(w.now()), client(here.clerk)
    rows = [w.enrolled(course, w.trainee(employer="大公司", number="04595257")) for _ in range(21)]
    for row in rows:
        screening.ask(row, by=here.clerk, at=w.now())
    for row in rows[:20]:
        screening.admit(row, fee_paid_on=day, papers_on=day, by=here.clerk, at=w.now())
    page = reverse("ojt_subsidy:enrolments", args=[course.code])
    answer = clerk.post(page, {"key": uuid4(), "act": "admit", "enrolment": rows[20].pk, **_days(day, day)})
    assert answer.status_code == 422
    assert "同一單位員工21人，超過核定人數二分之一（20人）" in answer.content.decode()
    assert Enrolment.objects.get(pk=rows[20].pk).state == "asked"


def test_insurance_rows_for_unknown_people(here):
    course = w.published(here)
    rows = [w.admitted(here, course, w.trainee()) for _ in range(2)]
    page = reverse("admin:subsidy_insurance")
    good = _result(rows, here)
    with time_machine.travel(datetime.combine(course.starts_on, time(9), TAIPEI), tick=False):
        _unknown_people(here, page, good, rows)


def _unknown_people(here, page, good, rows):
    officer = client(here.officer)
    stranger = good.replace(rows[0].receipt.encode(), b"115-999999-0001")

    def post(data, **more):
        return officer.post(page, {"key": uuid4(), "office": here.branch.pk, "file": _csv(data), **more})

    preview = post(stranger)
    assert preview.status_code == 200
    assert "1 列有誤，不能匯入" in preview.content.decode().replace('<span class="num">', "").replace("</span>", "")
    refused = post(stranger, apply="on")
    assert refused.status_code == 422
    assert "不是本分署的報名序號" in refused.content.decode()
    assert not InsuranceCheck.objects.exists()
    assert "沒有錯誤，可以匯入" in post(good).content.decode()
    assert not InsuranceCheck.objects.exists()
    for _ in range(2):
        assert post(good, apply="on").status_code == 302
    assert InsuranceCheck.objects.count() == 2


def test_a_bank_file_with_a_wrong_total(here):
    *_, after = w.approved(here, w.trainee(), w.trainee())
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    batch = batching.send_batch(batch, by=here.cashier, at=after)
    entries, cashier = MoneyEntry.objects.count(), client(here.cashier)
    page = reverse("admin:subsidy_batch", args=[batch.pk])
    good = answered(batch).decode("utf-8-sig").split("\r\n")
    for lines in ([*good[:-1], "合計,2,2,16001,0,0"], good[:-1], good[:2] + good[-1:], ["不是清冊"]):
        answer = cashier.post(page, {"key": uuid4(), "file": _csv("\r\n".join(lines).encode())})
        assert answer.status_code == 422, lines
        assert set(PaymentLine.objects.values_list("state", flat=True)) == {"sent"}
    assert MoneyEntry.objects.count() == entries
    assert not Notice.objects.filter(code="ojt_subsidy.paid").exists()


def test_a_line_taken_out_of_a_batch_waits_for_the_next(here):
    *_, after = w.approved(here, w.trainee(), w.trainee())
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    cashier, page = client(here.cashier), reverse("admin:subsidy_batch", args=[batch.pk])

    def take_out(**given):
        return cashier.post(page, {"key": uuid4(), "take_out": "", **given})

    for given, words in (
        ({"reference": "00002", "reason": " "}, "理由：請填寫"),
        ({"reference": "00009", "reason": "帳戶待查"}, "清冊內沒有序號「00009」"),
        ({"reference": "", "reason": "帳戶待查"}, "序號：請填寫"),
        ({"reference": "9" * 30, "reason": "帳戶待查"}, "清冊內沒有序號"),
        ({"reference": "115-000123-" + "9" * 5000, "reason": "帳戶待查"}, "清冊內沒有序號"),
        ({"reference": "00002", "reason": "查" * 201}, "最多 200 字，目前 201 字"),
    ):
        answer = take_out(**given)
        assert answer.status_code == 422 and words in answer.content.decode(), given
        assert given["reason"] in answer.content.decode()
    assert set(PaymentLine.objects.values_list("state", flat=True)) == {"batched"}

    assert take_out(reference="00002", reason="帳戶待查").status_code == 302
    batch.refresh_from_db()
    assert (batch.count, batch.total) == (1, 8000)
    out = PaymentLine.objects.get(batch=None)
    assert (out.state, out.reference, out.problem) == ("approved", "", "帳戶待查")
    assert out.closing.case.events.get(code="payment.unbatch").reason == "帳戶待查"
    assert take_out(reference="00002", reason="帳戶待查").status_code == 422
    for seen in ({}, {"count": 2, "total": 16_000}):
        answer = cashier.post(page, {"send": "", **seen}, follow=True)
        assert "清冊目前為 1 筆、8,000 元，請核對後再按「確認送交銀行」" in answer.content.decode()
        assert PaymentBatch.objects.get().state == "open"
    shown = cashier.get(page).content.decode()
    assert 'name="count" value="1"' in shown and 'name="total" value="8000"' in shown
    assert cashier.post(page, {"send": "", "count": 1, "total": 8000}).status_code == 302
    answer = cashier.post(page, {"take_out": "", "reference": "00001", "reason": "太晚"}, follow=True)
    assert "清冊已送銀行，不能移出。" in answer.content.decode()
    batch.refresh_from_db()
    assert batch.content.count("\nD,") == 1
    following, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    assert list(following.lines.all()) == [out]


@pytest.mark.parametrize("named", ["2", "２", " 00002 ", "receipt"])
def test_a_line_is_named_as_the_list_prints_it_or_shorter(here, named):
    *_, after = w.approved(here, w.trainee(), w.trainee())
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=after)
    line, page = batch.lines.get(reference="00002"), reverse("admin:subsidy_batch", args=[batch.pk])
    given = {"take_out": "", "reference": line.enrolment.receipt if named == "receipt" else named, "reason": "帳戶待查"}
    assert client(here.cashier).post(page, given).status_code == 302
    line.refresh_from_db()
    assert line.batch is None and 'maxlength="200"' not in client(here.cashier).get(page).content.decode()


def test_a_confidential_complaint_is_in_no_export_and_no_letter(here, mailoutbox):
    """SUB-16."""
    who = w.trainee("歐陽保密")
    case = complaining.file_complaint(
        person=who,
        county=here.county,
        course=w.published(here),
        about="teacher",
        body="講師遲到",
        confidential=True,
        at=w.now(),
    ).case
    perform(case, "take", by=here.complaints, at=w.now())
    perform(case, "answer", text="已請單位改善", by=here.complaints, at=w.now())
    for reader in (here.officer, here.complaints):
        for one in exports.EXPORTERS:
            if one.page.startswith(("work", "case")):
                _, found = one.rows(reader, "")
                assert all("歐陽保密" not in str(cell) for row in found for cell in row), one.page
    deliver_due(at=w.now() + timedelta(minutes=1))
    others = [letter for letter in mailoutbox if who.email not in letter.to]
    assert all("歐陽保密" not in letter.subject + letter.body for letter in others)
    assert all("歐陽保密" not in str(one.changes) + one.by_name + one.label + one.reason for one in case.events.all())

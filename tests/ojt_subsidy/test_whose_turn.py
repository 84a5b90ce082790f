"""等我處理 and the days of a trainee: to confirm after the unit asked; the chief's dossier; the cashier's lines."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.clock import today
from accounts.models import User
from casework.cases.doing import perform
from casework.desk.agenda import agenda
from casework.models import Case, Notice
from ojt_subsidy.acts import COURSE
from ojt_subsidy.models import Course, PaymentLine
from ojt_subsidy.services import batching, closing, enrolling, paying, screening
from tests.ojt_accounts.world import pdf
from tests.ojt_subsidy import world as w
from tests.ojt_subsidy.test_path import answered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def signed_in(user: User) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def waiting(user: User) -> list[dict[str, Any]]:
    return list(signed_in(user).get("/").context["waiting"])


def waits(user: User) -> list[str]:
    return [row["title"] for row in waiting(user)]


def test_a_trainee_sees_what_to_confirm_and_until_when(here: w.World) -> None:
    course = w.published(here)
    who, other = w.trainee(), w.trainee()
    row = w.enrolled(course, who)
    assert waits(who) == [] and agenda(who, today=today()) == []
    at = max(w.now(), w.opening(course))
    until = today() + timedelta(days=5)
    screening.ask(row, respond_by=until, by=here.clerk, at=at)
    assert waits(who) == [f"確認參訓並繳費：{course.title}"] and waits(other) == []
    [day] = agenda(who, today=today())
    assert (day.deadline.due_on, day.uid) == (until, f"ojt_subsidy.respond-ojt_subsidy.enrolment-{row.pk}")
    assert agenda(who, today=today(), until=until - timedelta(days=1)) == [] == agenda(other, today=today())
    enrolling.accept(row, by=who, at=at)
    assert waits(who) == [] and agenda(who, today=today()) == []


def test_chief_and_cashier_see_their_part_of_a_dossier(here: w.World) -> None:
    course = w.published(here)
    rows = [w.admitted(here, course, w.trainee())]
    w.insured(here, rows[0])
    at = w.held(here, course, rows)
    one = closing.start_closing(Course.objects.select_related("case").get(pk=course.pk), by=here.clerk, at=at)
    perform(one.case, "file", by=here.clerk, at=at)
    assert one.case.title in waits(here.officer) and one.case.title not in waits(here.chief)
    perform(one.case, "forward", by=here.officer, at=at)
    assert one.case.title in waits(here.chief) and one.case.title not in waits(here.officer)
    assert f"補助款待核定 1 筆：{course.title}" not in waits(here.chief)
    client, one.case = signed_in(here.chief), Case.objects.get(pk=one.case.pk)
    answer = client.post(
        reverse("admin:case_act", args=[one.case.number, "approve"]), {"key": uuid4(), "version": one.case.version}
    )
    assert answer.status_code == 302 and answer.url == reverse("admin:subsidy_payments", args=[one.case.number])
    assert waits(here.cashier) == [] and f"補助款待核定 1 筆：{course.title}" in waits(here.chief)
    assert waiting(here.chief)[-1]["url"] == answer.url
    assert not any("待核定" in one for who in (here.officer, here.outsider) for one in waits(who))
    w.approved_lines(here, one, at)
    assert waits(here.cashier) == ["待列入撥款清冊 1 筆"]
    assert f"補助款待核定 1 筆：{course.title}" not in waits(here.chief)


def came_back(here: w.World, at: datetime) -> datetime:
    """Every line in a batch, and the batch sent back by the bank."""
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=at)
    batch = batching.send_batch(batch, by=here.cashier, at=at)
    failed = tuple(batch.lines.values_list("reference", flat=True))
    batching.apply_result(batch, data=answered(batch, failed=failed), by=here.cashier, at=at)
    return at + timedelta(hours=1)


def test_what_the_bank_sent_back_waits_for_the_branch_and_for_the_trainee(here: w.World) -> None:
    who = w.trainee()
    rows, one, at = w.approved(here, who)
    later, said = came_back(here, at), f"補助款退匯 1 筆：{one.course.title}"
    for user in (here.cashier, here.officer, who):
        assert said in waits(user), user
    assert not any(said in waits(user) for user in (here.outsider, here.clerk, w.trainee()))
    assert next(row["url"] for row in waiting(who) if row["title"] == said) == reverse("ojt_subsidy:profile")
    page = signed_in(who).get(reverse("ojt_subsidy:enrolled", args=[rows[0].pk])).content.decode()
    assert "更正帳戶</a>" in page
    who.trainee.bank_account, who.trainee.bank_changed_at = "00019999999999", later
    who.trainee.save()
    assert said not in waits(who) and said in waits(here.officer)
    paying.correct_account(PaymentLine.objects.get(), by=here.officer, at=later)
    assert said not in waits(here.officer) and waits(here.cashier) == ["待列入撥款清冊 1 筆"]


def test_what_the_bank_sent_back_of_a_unit_waits_for_the_unit(here: w.World) -> None:
    who, account = w.trainee(), {"bank_code": "700", "bank_account": "00012345678901", "bank_holder": "工會"}
    _, one, at = w.approved(here, who, union=True)
    paying.save_unit_payee(one.case, by=here.union_clerk, at=at, **account)
    later, said = came_back(here, at), f"補助款退匯 1 筆：{one.course.title}"
    assert said in waits(here.union_clerk) and said in waits(here.cashier)
    assert said not in waits(who) and said not in waits(here.clerk)
    told = Notice.objects.get(user=who, code="ojt_subsidy.paid")
    assert "由訓練單位更正受款帳戶" in told.body and "個人報名資料" not in told.body
    paying.save_unit_payee(one.case, by=here.union_clerk, at=later, **account)
    assert said not in waits(here.union_clerk)
    paying.correct_account(PaymentLine.objects.get(), by=here.officer, at=later)
    batch, _ = batching.make_batch(office=here.branch, by=here.cashier, at=later)
    batch = batching.send_batch(batch, by=here.cashier, at=later)
    batching.apply_result(batch, data=answered(batch), by=here.cashier, at=later)
    [row] = [row for row in waiting(here.union_clerk) if row["title"].startswith("補助款待轉撥學員 1 筆")]
    assert row["url"] == reverse("ojt_subsidy:pass_on", args=[one.course.code])


def test_a_proof_is_confirmed_while_a_line_keeps_its_class_from_being_settled(here: w.World) -> None:
    """確認與正本相符 asks where the case stands, not whether the act that comes next is refused today."""
    _, one, at = w.approved(here, w.trainee(), union=True)
    perform(one.case, "add_proof", upload=pdf("轉撥.pdf"), by=here.union_clerk, at=at)
    proof, officer = one.case.attachments.get(field=paying.PROOF), signed_in(here.officer)
    number = one.case.number
    text = officer.get(reverse("admin:case", args=[number])).content.decode()
    assert "尚有補助款未辦結" in text and "確認與正本相符" in text
    given = {"key": uuid4(), "version": Case.objects.get(number=number).version}
    assert officer.post(reverse("admin:case_act", args=[number, "settle"]), given).status_code == 422
    given["key"] = uuid4()
    assert officer.post(reverse("admin:case_confirm", args=[number, proof.pk]), given).status_code == 302
    proof.refresh_from_db()
    assert proof.confirmed_by == here.officer


def test_a_course_that_takes_filings_or_is_taught_is_not_said_to_be_closed(here: w.World) -> None:
    course = w.published(here)
    page, office = reverse("casework:case", args=[course.case.number]), reverse("admin:case", args=[course.case.number])
    clerk, officer = signed_in(here.clerk), signed_in(here.officer)
    for state, said in (("published", "課程已公告，招生中"), ("running", "課程訓練中")):
        Case.objects.filter(pk=course.case_id).update(state=state)
        text = clerk.get(page).content.decode()
        assert said in text and "本案已結案" not in text
        assert f'href="{reverse("ojt_subsidy:enrolments", args=[course.code])}"' in text
        assert COURSE.state(state).label == officer.get(office).context["in_hands"]
        assert clerk.get(reverse("casework:mine")).content.decode().count("查看進度") == 1
    Case.objects.filter(pk=course.case_id).update(state="ended")
    assert "本案已結案" in clerk.get(page).content.decode()
    assert officer.get(office).context["in_hands"] == "已結案"

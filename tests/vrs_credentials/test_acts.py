"""Review, hours, courses, extension: what each act refuses and leaves."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.clock import now, today
from accounts.rights import can
from casework.errors import NotAllowed, NotPermitted, Refused
from casework.kernel.dates import days_after
from casework.models import Case, CaseUserObjectPermission, Notice
from casework.services.cases import move
from casework.services.deadlines import of_thing, sweep
from casework.services.law import law_in_force
from tests.vrs_credentials import world as w
from vrs_credentials.casetype import MACHINES
from vrs_credentials.models import AttendanceImport, Certificate, Extension, LedgerEntry
from vrs_credentials.permissions import GIVE_OPINION, VIEW_ASSIGNED
from vrs_credentials.selectors import register
from vrs_credentials.services import (
    attending,
    certifying,
    education,
    filing,
    ledger,
    qualifying,
    renewing,
    reviewing,
    training,
    uploading,
)

pytestmark = pytest.mark.django_db


def hours_filed(here: w.World, certificate: Certificate, hours: str = "36") -> Case:
    who = certificate.holder
    one = training.start(
        person=who, purpose="after", kind=certificate.kind, clause=certificate.clause, certificate=certificate, at=now()
    )
    data = {
        "course": "就業服務專業訓練", "hours": Decimal(hours), "trainer": "勞動力發展署", "class_name": "第一班",
        "starts_on": today() - timedelta(days=5), "ends_on": today() - timedelta(days=1), "disabilities": ["physical"],
    }  # fmt: skip
    row = training.save_record(one.case, position=None, data=data, by=who, at=now())
    uploading.add_paper(
        one.case,
        code="certificate",
        label="結訓證書",
        uploads=[w.pdf("正面"), w.pdf("反面")],
        by=who,
        at=now(),
        subject=row.code,
    )
    uploading.add_paper(
        one.case,
        code="pledge",
        label="切結書",
        uploads=[w.pdf("切結書")],
        by=who,
        at=now(),
        field="pledge",
        by_hand=True,
    )
    return filing.file(Case.objects.get(pk=one.case_id), by=who, at=now())


# --- the table: state × transition × role ---------------------------------------------------------------------------------


def _people(here: w.World) -> dict[str, Any]:
    return {
        "applicant": here.applicant, "handler": here.handler, "secretary": here.secretary, "reviewer": here.reviewers[2],
        "approver": here.approver, "clerk": here.clerk, "stranger": w.professional("外人"),
    }  # fmt: skip


_MAY = {
    "file": "applicant", "supply": "applicant", "withdraw": "applicant", "ask_supplement": "handler", "assign": "handler",
    "pass_review": "handler", "refer": "handler", "committee_pass": "secretary", "committee_reject": "secretary", "approve": "approver",
    "return_to_review": "approver", "report": "handler", "reject": "approver", "import_attendance": "applicant",
    "clear_attendance": "applicant", "return_attendance": "handler", "credit": "handler",
}  # fmt: skip


@pytest.mark.parametrize("thing", list(MACHINES))
def test_every_state_transition_and_role(here: w.World, thing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards aside (they have tests of their own): who may not is refused in every state, and who may goes where the table says."""
    from casework.casetypes import casetype
    from casework.services.cases import open_case

    machine, people = MACHINES[thing], _people(here)
    about = casetype(machine.kind)
    monkeypatch.setattr(
        type(about), "guards", property(lambda self: dict.fromkeys(filing_guards, lambda *given: None)), raising=False
    )
    owner = {"organisation": here.institution} if thing == "course" else {"person": here.applicant}
    case = open_case(kind=machine.kind, title="表", office=here.office, by=None, at=now(), **owner)
    for state in machine.states:
        for transition in machine.transitions:
            allowed = _MAY[transition.name]
            if thing == "course" and allowed == "applicant":
                allowed = "clerk"
            for role, user in people.items():
                case.refresh_from_db()
                case.state = state.code
                with transaction.atomic():
                    if role != allowed:
                        with pytest.raises(NotPermitted):
                            move(case, transition.name, by=user, at=now(), reason="理由")
                    elif state.code not in transition.sources:
                        with pytest.raises(NotAllowed):
                            move(case, transition.name, by=user, at=now(), reason="理由")
                    else:
                        move(case, transition.name, by=user, at=now(), reason="理由")
                        assert (case.state, case.turn) == (
                            transition.target,
                            machine.state(transition.target).turn.value,
                        )
                    transaction.set_rollback(True)


filing_guards = (
    "papers_complete", "records_complete", "window_open_and_hours_done", "away_long_enough", "items_named", "two_reviewers",
    "both_passed", "in_doubt", "minutes_kept", "letter_entered", "csv_and_sheet", "rows_without_errors",
)  # fmt: skip


# --- review ---------------------------------------------------------------------------------------------------------------


def test_reviewers_of_the_applicants_institution_stay_away(here: w.World) -> None:
    """VRS-03."""
    w.Membership.objects.create(user=here.applicant, organisation=here.institution, starts_on=date(2020, 1, 1))
    colleague = w.reviewer(here.office, "同事委員", here.institution)
    case = w.filed(here)
    with pytest.raises(Refused, match="同一機構單位"):
        reviewing.assign(case, reviewers=[colleague, here.reviewers[0]], by=here.handler, at=now())
    with pytest.raises(Refused, match="2 位不同"):
        reviewing.assign(case, reviewers=[here.reviewers[0]] * 2, by=here.handler, at=now())
    with pytest.raises(Refused, match="不是審查委員"):
        reviewing.assign(case, reviewers=[here.handler, here.reviewers[0]], by=here.handler, at=now())
    assert not CaseUserObjectPermission.objects.exists()
    course = w.course_filed(here)
    with pytest.raises(Refused, match="同一機構單位"):
        reviewing.assign(course.case, reviewers=[colleague, here.reviewers[0]], by=here.handler, at=now())


def test_a_reviewers_right_is_on_that_case_alone_and_ends_with_it(here: w.World) -> None:
    one, two = w.assigned(here), w.filed(here, w.professional("另一人"))
    first = here.reviewers[0]
    assert can(first, GIVE_OPINION, one) and can(first, VIEW_ASSIGNED, one)
    assert not can(first, GIVE_OPINION, two) and not can(here.reviewers[2], GIVE_OPINION, one)
    with pytest.raises(NotPermitted):
        reviewing.give_opinion(two, verdict="pass", by=first, at=now())
    w.approve(here, reviewing.pass_review(w.opined(here, one), by=here.handler, at=now()))
    assert not can(first, VIEW_ASSIGNED, one) and not CaseUserObjectPermission.objects.exists()


@pytest.mark.parametrize(
    ("verdicts", "step"),
    [
        (("pass", "pass"), "approve"),
        (("pass", "doubt"), "committee"),
        (("doubt", "doubt"), "committee"),
        (("pass", "supplement"), "supplement"),
    ],
)
def test_what_follows_from_two_opinions(here: w.World, verdicts: tuple[str, str], step: str) -> None:
    case = w.opined(here, w.assigned(here), *verdicts)
    assert reviewing.next_step(case, on=today()).result["next"] == step
    if step != "approve":
        with pytest.raises(Refused):
            reviewing.pass_review(case, by=here.handler, at=now())


def test_an_opinion_is_given_once_and_never_changed(here: w.World) -> None:
    case = w.assigned(here)
    reviewing.give_opinion(case, verdict="pass", by=here.reviewers[0], at=now())
    with pytest.raises(Refused, match="已提出意見"):
        reviewing.give_opinion(case, verdict="doubt", comment="改", by=here.reviewers[0], at=now())
    opinion = case.vrs_assignments.get(reviewer=here.reviewers[0]).opinion
    opinion.verdict = "doubt"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        opinion.save()
    assert not any("審查通過" in str(event.changes) for event in case.events.all()), (
        "nothing is read before both are in"
    )


def test_a_supplement_goes_round_and_is_reviewed_again(here: w.World) -> None:
    case = w.opined(here, w.assigned(here), "pass", "supplement")
    items = [{"target": "paper.degree", "label": "學歷", "problem": "影本不清楚"}]
    with pytest.raises(Refused, match="補件期限"):
        filing.ask_supplement(case, items=items, message="", by=here.handler, at=now())
    case = filing.ask_supplement(
        case, items=items, message="", due_on=days_after(today(), 7), by=here.handler, at=now()
    )
    assert (case.state, case.due_on) == ("supplement", days_after(today(), 7))
    with pytest.raises(Refused, match="尚有補正項目未回復"):
        filing.supply(case, by=here.applicant, at=now())
    from casework.services import corrections

    request = corrections.open_request(case)
    assert request
    corrections.answer(
        request.items.get(), case=Case.objects.get(pk=case.pk), text="已重新掃描", by=here.applicant, at=now()
    )
    case = filing.supply(case, by=here.applicant, at=now())
    assert case.state == "filed" and case.due_on is None
    case = w.to_approve(here, case)
    assert {one.round for one in case.vrs_assignments.all()} == {1, 2} and case.state == "to_approve"


def test_the_committee_rejects_with_a_letter_to_the_person(here: w.World) -> None:
    case = w.opined(here, w.assigned(here), "doubt", "pass")
    session = reviewing.call_session(
        office=here.office, held_on=today(), place="會議室", chair="主席", by=here.secretary, at=now()
    )
    case = reviewing.refer(case, session=session, by=here.handler, at=now())
    with pytest.raises(Refused, match="會議紀錄"):
        reviewing.decide(case, decision="reject", reason="不符", by=here.secretary, at=now())
    reviewing.keep_minutes(session, minutes="不通過", members="甲", by=here.secretary, at=now())
    case = reviewing.decide(case, decision="reject", reason="科系不符", by=here.secretary, at=now())
    assert case.state == "rejected" and "科系不符" in Notice.objects.get(code="vrs_credentials.rejected").body
    reviewing.close_session(session, by=here.secretary, at=now())


def test_course_supplements_have_two_days(here: w.World) -> None:
    """VRS-07."""
    course = w.course_filed(here)
    items = [{"target": "paper.handout", "label": "講義", "problem": "缺頁"}]
    case = filing.ask_supplement(course.case, items=items, message="", by=here.handler, at=now())
    assert case.due_on == law_in_force().calendar.act_by(days_after(today(), 2))


def test_a_lecturer_passed_once_needs_no_papers_again(here: w.World) -> None:
    """VRS-06."""
    teacher = w.course_approved(here).lecturers.get()
    course = w.courses.start(
        here.institution,
        data=w.course_data(days_after(today(), 50)),
        sets=[w.a_set()],
        lecturers=[teacher],
        by=here.clerk,
        at=now(),
    )
    uploading.add_paper(course.case, code="course_summary", label="摘要", uploads=[w.pdf()], by=here.clerk, at=now())
    assert filing.file(course.case, by=here.clerk, at=now()).state == "filed"
    other = w.courses.start(
        here.institution, data=w.course_data(days_after(today(), 50)), sets=[{**w.a_set(), "area": "別的領域"}], lecturers=[teacher],
        by=here.clerk, at=now(),
    )  # fmt: skip
    uploading.add_paper(other.case, code="course_summary", label="摘要", uploads=[w.pdf()], by=here.clerk, at=now())
    with pytest.raises(Refused, match="講師簡歷"):
        filing.file(other.case, by=here.clerk, at=now())


# --- attendance -------------------------------------------------------------------------------------------------------------


def _course(here: w.World, **given: Any) -> Any:
    return w.course_approved(here, starts_on=today() - timedelta(days=3), **given)


def _preview(course: Any, content: bytes) -> attending.Preview:
    return attending.preview(course.fields.first(), content, on=today(), law=law_in_force())


def _bad_rows(here: w.World, day: str) -> dict[str, tuple[tuple[str, str, str, str], str]]:
    mine = here.applicant.national_id or ""
    return {
        "wrong ID": ((day, "王小明", "A123456788", "3"), "檢查碼"),
        "unknown person": ((day, "王小明", "A123456789", "3"), "查無此人"),
        "another name": ((day, "王大明", mine, "3"), "姓名與系統登錄不符"),
        "hours above the course's": ((day, "王小明", mine, "6.5"), "不超過核定時數 6"),
        "no hours": ((day, "王小明", mine, ""), "時數未填"),
        "infinite hours": ((day, "王小明", mine, "Infinity"), "不是數字"),
        "a formula": ((day, "王小明", mine, "=1+1"), "不是數字"),
        "a day outside": (("2001/1/1", "王小明", mine, "3"), "不在開課期間"),
        "no day": (("昨天", "王小明", mine, "3"), "看不懂日期"),
        "a line break": ((day, '"王\n小明"', mine, "3"), "斷行"),
    }


@pytest.mark.parametrize(
    "what",
    [
        "wrong ID",
        "unknown person",
        "another name",
        "hours above the course's",
        "no hours",
        "infinite hours",
        "a formula",
        "a day outside",
        "no day",
        "a line break",
    ],
)
def test_bad_rows_are_named_with_number_and_reason_and_nothing_enters(here: w.World, what: str) -> None:
    """VRS-08."""
    w.certified(here)
    course = _course(here)
    day = course.starts_on.isoformat()
    row, reason = _bad_rows(here, day)[what]
    content = w.roster([(day, "王小明", here.applicant.national_id or "", "2"), row])
    found = _preview(course, content)
    (bad,) = found.wrong
    assert bad.number == 4 and reason in "；".join(bad.errors), bad.errors
    case = course.case
    attending.keep_sheet(case, upload=w.pdf("簽到"), by=here.clerk, at=now())
    with pytest.raises(Refused, match="第 4 列") as refusal:
        attending.import_attendance(case, files=[(course.fields.get(), "x.csv", content)], by=here.clerk, at=now())
    assert reason.split("。")[0] in refusal.value.message
    assert not AttendanceImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x80\xff\xfe\xfd\x80,\x80", "編碼"), (b"", "空的"), (b"%PDF-1.4", "不是試算表"), (b"a,b,c", "表頭"),
        ("上課日期,學員姓名,學員身分證字號(或居留證號),時數,離島地區,國際性質,授課者\r\n2026/1/1,甲,A123456789,1,否,否,否".encode(), "範例"),
    ],
)  # fmt: skip
def test_files_that_are_no_roster_get_a_sentence(here: w.World, content: bytes, says: str) -> None:
    assert says in _preview(_course(here), content).problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
def test_rosters_are_read_in_every_encoding_offices_save(here: w.World, encoding: str) -> None:
    w.certified(here)
    course = _course(here)
    day = course.starts_on
    rows = [(f"{day.year - 1911}/{day.month}/{day.day}", "王小明", here.applicant.national_id or "", "6")]
    assert _preview(course, w.roster(rows, encoding)).ok


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_rosters_come_as_sheets_too(here: w.World, kind: str) -> None:
    import io

    from casework.sheets import write

    w.certified(here)
    course = _course(here)
    from vrs_credentials.rules.attendance import COLUMNS, EXAMPLE

    out = io.BytesIO()
    write(
        kind,
        out,
        title="名冊",
        header=list(COLUMNS),
        rows=[
            list(EXAMPLE),
            [course.starts_on.isoformat(), "王小明", here.applicant.national_id, "6", "否", "否", "否"],
        ],
    )
    found = _preview(course, out.getvalue())
    assert found.ok, (found.problem, found.wrong)


def test_fifty_thousand_wrong_rows_give_a_report(here: w.World) -> None:
    course = _course(here)
    day = course.starts_on.isoformat()
    content = w.roster([(day, "無此人", "A123456789", "3")] * 50_000)
    found = _preview(course, content)
    assert len(found.wrong) == len(found.rows) == 50_000 and found.wrong[-1].number == 50_002
    assert not AttendanceImport.objects.exists()


def test_the_same_file_twice_adds_nothing_and_clearing_ends_with_approval(here: w.World) -> None:
    one = w.older(w.certified(here), today() - timedelta(days=30))
    course = _course(here)
    w.attended(here, course, [here.applicant])
    case, field = Case.objects.get(pk=course.case_id), course.fields.get()
    content = w.roster([(course.starts_on.isoformat(), "王小明", here.applicant.national_id or "", "6")])
    assert attending.import_attendance(case, files=[(field, "再一次.csv", content)], by=here.clerk, at=now()) == (0, 1)
    other = w.roster([(course.starts_on.isoformat(), "王小明", here.applicant.national_id or "", "5")])
    with pytest.raises(Refused, match="先清除"):
        attending.import_attendance(case, files=[(field, "別的.csv", other)], by=here.clerk, at=now())
    attending.clear_attendance(case, by=here.clerk, at=now())
    attending.import_attendance(
        Case.objects.get(pk=case.pk), files=[(field, "別的.csv", other)], by=here.clerk, at=now()
    )
    attending.credit_attendance(Case.objects.get(pk=case.pk), by=here.handler, at=now())
    assert register.balance(one, until=today())["professional"] == 5
    with pytest.raises(NotAllowed):
        attending.clear_attendance(Case.objects.get(pk=case.pk), by=here.clerk, at=now())
    entry = one.entries.get()
    ledger.correct(
        one,
        group="law",
        hours=Decimal(-2),
        held_on=today(),
        reason="時數誤植",
        by=here.handler,
        at=now(),
        corrects=entry,
    )
    assert register.balance(one, until=today())["professional"] == 3
    with pytest.raises(Refused, match="只剩 3 小時"):
        ledger.correct(
            one, group="law", hours=Decimal(-4), held_on=today(), reason="x", by=here.handler, at=now(), corrects=entry
        )
    with pytest.raises(NotPermitted):
        ledger.correct(one, group="law", hours=Decimal(1), held_on=today(), reason="x", by=here.clerk, at=now())


def test_two_fields_take_two_files_and_both_or_nothing(here: w.World) -> None:
    one = w.older(w.certified(here), today() - timedelta(days=30))
    course = _course(here, sets=[w.a_set("3"), {**w.a_set("2", "ethics"), "area": "倫理"}])
    case, (first, second) = course.case, course.fields.all()
    rows = w.roster([(course.starts_on.isoformat(), "王小明", here.applicant.national_id or "", "2")])
    with pytest.raises(Refused, match="簽到表"):
        attending.import_attendance(
            case, files=[(first, "1.csv", rows), (second, "2.csv", rows)], by=here.clerk, at=now()
        )
    attending.keep_sheet(case, upload=w.pdf("簽到"), by=here.clerk, at=now())
    with pytest.raises(Refused, match="尚缺：領域二"):
        attending.import_attendance(case, files=[(first, "1.csv", rows)], by=here.clerk, at=now())
    assert not AttendanceImport.objects.exists()
    attending.import_attendance(case, files=[(first, "1.csv", rows), (second, "2.csv", rows)], by=here.clerk, at=now())
    attending.credit_attendance(Case.objects.get(pk=case.pk), by=here.handler, at=now())
    assert {g: h for g, h in register.balance(one, until=today()).items() if h} == {"professional": 2, "ethics": 2}


# --- ledger, renewal, extension ---------------------------------------------------------------------------------------------


def test_the_ledger_is_never_changed_and_its_balance_is_its_sum(here: w.World) -> None:
    one = w.certified(here)
    w.give_hours(one, {"professional": "3.5", "ethics": "2"}, held_on=today(), by=here.handler)
    entry = one.entries.first()
    for change in (lambda: entry.save(), lambda: entry.delete(), lambda: LedgerEntry.objects.update(base=9)):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    assert register.balances([one.pk], until=today())[one.pk] == register.balance(one, until=today())
    assert register.balance(one, until=today() - timedelta(days=1)) == dict.fromkeys(
        ("professional", "law", "ethics", "quality"), 0
    )


@pytest.mark.parametrize(
    ("hours", "says"),
    [({"professional": "53.5", "ethics": "6"}, "專業課程+專業相關法規尚缺0.5小時"), ({"professional": "54", "ethics": "5.5"}, "專業倫理+專業品質尚缺0.5小時"),
     ({"professional": "60"}, "專業倫理+專業品質尚缺6小時"), ({"professional": "40", "ethics": "20"}, "專業課程+專業相關法規尚缺14小時")],
)  # fmt: skip
def test_renewal_below_the_count_says_what_is_missing(here: w.World, hours: dict[str, str], says: str) -> None:
    """VRS-10: 59.5 hours are not sixty."""
    one = w.older(w.certified(here), today() - timedelta(days=3 * 365 - 40))
    w.give_hours(one, hours, held_on=today() - timedelta(days=5), by=here.handler)
    with pytest.raises(Refused, match=says.replace("+", r"\+")) as refusal:
        renewing.start_renewal(one, person=here.applicant, at=now())
    assert refusal.value.outcomes[0].rule == "VRS-10" and len(refusal.value.outcomes[0].lines) == 3


def test_renewal_opens_three_months_before_and_not_a_day_earlier(here: w.World) -> None:
    """VRS-11."""
    import time_machine

    one = w.certified(here)
    w.give_hours(one, {"professional": "54", "ethics": "6"}, held_on=today(), by=here.handler)
    opens_on = register.standing(one, on=today(), law=law_in_force()).opens_on
    for day, ok in ((opens_on - timedelta(days=1), False), (opens_on, True), (one.valid_until, True)):
        with time_machine.travel(f"{day}T02:00:00+00:00", tick=False), transaction.atomic():
            if ok:
                assert renewing.start_renewal(one, person=here.applicant, at=now()).case.state == "draft"
            else:
                with pytest.raises(Refused, match="尚未開放申請"):
                    renewing.start_renewal(one, person=here.applicant, at=now())
            transaction.set_rollback(True)


def test_renewed_after_the_end_begins_on_the_day_of_application(here: w.World) -> None:
    """VRS-12."""
    one = w.older(w.certified(here), today() - timedelta(days=3 * 365 + 60))
    w.give_hours(one, {"professional": "54", "ethics": "6"}, held_on=today() - timedelta(days=80), by=here.handler)
    assert register.standing(one, on=today(), law=law_in_force()).label[0] == "已逾效期"
    case = w.approve(here, w.reported(here, w.renewal_filed(here, one)))
    assert Certificate.objects.get(case=case).starts_on == today()
    with pytest.raises(Refused, match="已更新"):
        renewing.start_renewal(one, person=here.applicant, at=now())


def _away(here: w.World, one: Certificate, away_from: date, away_until: date) -> Case:
    made = renewing.start_extension(
        one, reason="parental_leave", away_from=away_from, away_until=away_until, person=here.applicant, at=now()
    )
    for code in renewing.EXTENSION_PAPERS:
        uploading.add_paper(
            made.case, code=code, label=code, uploads=[w.pdf(code)], by=here.applicant, at=now(), field="pledge" if code == "pledge" else "document",
            by_hand=True,
        )  # fmt: skip
    return filing.file(Case.objects.get(pk=made.case_id), by=here.applicant, at=now())


def test_an_extension_moves_the_end_and_its_reminders(here: w.World) -> None:
    """VRS-13."""
    one = w.certified(here)
    before = one.valid_until
    first = today() + timedelta(days=10)
    case = w.approve(here, w.reported(here, _away(here, one, first, first + timedelta(days=149))))
    one.refresh_from_db()
    assert case.state == "approved" and one.valid_until == before + timedelta(days=150) and one.extension_days == 150
    assert of_thing(one).filter(code=certifying.ENDS, withdrawn_at=None).get().due_on == one.valid_until
    with pytest.raises(Refused, match="重疊"):
        _away(here, one, first + timedelta(days=149), first + timedelta(days=400))
    with pytest.raises(Refused, match="未滿 3 個月"):
        _away(here, one, first + timedelta(days=300), first + timedelta(days=330))
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        Extension.objects.create(
            certificate=one, case=w.filed(here, w.professional("另")), reason="parental_leave", starts_on=first, ends_before=first + timedelta(days=5),
            days=5, letter_number="x", approved_at=now(), approved_by=here.approver,
        )  # fmt: skip


def test_two_certificates_of_a_kind_never_share_a_day(here: w.World) -> None:
    one = w.certified(here)
    again = {
        f.name: getattr(one, f.name)
        for f in Certificate._meta.concrete_fields
        if f.name not in ("id", "case", "number", "previous")
    }
    other = w.filed(here, w.professional("別人"))
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        Certificate.objects.create(**{**again, "starts_on": one.valid_until}, number="X-1", case=other)
    following = {
        **again,
        "starts_on": one.ends_before,
        "ends_before": date(2099, 1, 1),
        "first_ends_before": date(2099, 1, 1),
    }
    Certificate.objects.create(**following, number="X-2", case=other)


def test_the_way_back_with_twenty_hours(here: w.World) -> None:
    """VRS-14."""
    one = w.older(w.certified(here), today() - timedelta(days=3 * 365 + 60))
    given = {
        "away_from": one.valid_until - timedelta(days=60),
        "away_until": today() - timedelta(days=5),
        "consent_on": today(),
        "consent_letter": "府勞字第1號",
    }
    with pytest.raises(NotPermitted):
        renewing.record_way_back(one, **given, by=here.applicant, at=now())
    with pytest.raises(Refused, match="未滿"):
        renewing.record_way_back(one, **{**given, "away_from": today() - timedelta(days=10)}, by=here.handler, at=now())
    renewing.record_way_back(one, **given, by=here.handler, at=now())
    one.refresh_from_db()
    assert register.standing(one, on=today(), law=law_in_force()).label[0] == "先行提供服務中"
    with pytest.raises(Refused, match="時數不足"):
        renewing.start_renewal(one, person=here.applicant, at=now())
    w.give_hours(one, {"professional": "20"}, held_on=today(), by=here.handler)
    case = w.approve(here, w.reported(here, w.renewal_filed(here, one)))
    assert Certificate.objects.get(case=case).starts_on == today()


def test_reminders_at_180_90_30_7_and_on_the_opening_day(here: w.World) -> None:
    one = w.certified(here)
    days = of_thing(one).get(code=certifying.ENDS).reminders.values_list("days_before", flat=True)
    opens = (one.valid_until - register.standing(one, on=today(), law=law_in_force()).opens_on).days
    assert set(days) == {180, 90, 30, 7, opens}
    for before in sorted(days, reverse=True):
        sweep(on=one.valid_until - timedelta(days=before), at=now())
    sweep(on=one.ends_before, at=now())
    told = list(
        Notice.objects.filter(
            user=here.applicant, code__in=["vrs_credentials.ends_soon", "vrs_credentials.ended"]
        ).order_by("pk")
    )
    assert len(told) == 6 and "可以申請資格更新了" in {one.subject for one in told} and "已屆滿" in told[-1].subject


def test_own_education_comes_within_six_months(here: w.World) -> None:
    """VRS-09."""
    import time_machine

    one = w.older(w.certified(here), date(2026, 1, 1))
    for day, ok in (("2026-12-30", True), ("2026-12-31", False)):
        with time_machine.travel(f"{day}T02:00:00+00:00", tick=False), transaction.atomic():
            call = lambda: w.education_filed(here, starts_on=date(2026, 6, 30), ended_on=date(2026, 6, 30))  # noqa: E731
            if ok:
                assert call().state == "filed"
            else:
                with pytest.raises(Refused, match="逾申請期限"):
                    call()
            transaction.set_rollback(True)
    with pytest.raises(Refused, match="沒有所勾選資格"):
        education.start(person=here.applicant, data=w.education_data(kinds=["assessor"]), at=now())
    assert one.entries.count() == 0


def test_a_pledge_with_an_electronic_signature_is_refused(here: w.World, settings: Any, tmp_path: Any) -> None:
    """VRS-02."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from casework.papers import render_html
    from casework.signing import sign

    one = qualifying.start(person=here.applicant, kind="placement", clause="7-1-1", answers={}, background={}, at=now())
    signed = SimpleUploadedFile("切結書.pdf", sign(render_html("<p>切結</p>"), reason="x"))
    give: Callable[..., Any] = lambda upload, **more: uploading.add_paper(  # noqa: E731
        one.case, code="pledge", label="切結書", uploads=[upload], by=here.applicant, at=now(), field="pledge", **more
    )
    with pytest.raises(Refused, match="不得使用電子簽名"):
        give(signed, by_hand=True)
    with pytest.raises(Refused, match="親簽"):
        give(w.pdf())
    with pytest.raises(Refused):
        give(SimpleUploadedFile("x.pdf", b"not a pdf"), by_hand=True)
    assert give(w.pdf(), by_hand=True).field == "pledge"

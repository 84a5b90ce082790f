"""The impact sheet over real schemes: exact on a crafted change, nothing of what is decided, nothing asked twice in vain."""

from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings

from casework.entitlements import ANSWERERS
from casework.law import amending, impact_sheets
from casework.law.impact import SOURCES
from casework.law.in_force import law_in_force
from casework.models import ImpactLine
from casework.rights import LAW_OFFICER
from kernel.law import Law, Value
from tests.casework.lawroom import approver, ministry
from tests.factories import AT, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fixed_day():
    with time_machine.travel(AT, tick=False):
        yield


def sheet(code: str, value: object, day: date, at=AT):
    by = UserFactory(roles=((LAW_OFFICER, ministry()),), is_staff=True)
    amendment = amending.draft(title="修正", citation="修正依據", in_force_from=day, by=by, at=at)
    amending.set_value(amendment, code=code, value=value, by=by, at=at)
    one = impact_sheets.ask_sheet(amendment, by=by, at=at)
    assert impact_sheets.run_sheet(one.pk, clock=lambda: at)
    one.refresh_from_db()
    return one


def told(one) -> list[tuple[str, str, str, str]]:
    return list(ImpactLine.objects.filter(sheet=one).order_by("pk").values_list("source", "what", "before", "after"))


@pytest.mark.parametrize(("ends_in_force", "moved"), [(0, True), (1, False)])
def test_certificates_in_thirty_days_instead_of_twenty(ends_in_force, moved):
    """A class that ends on the day is moved; one that ended the day before keeps the former term. Exactly this and no other."""
    from tests.ohs_training import world as w

    here = w.world()
    case = w.examined(here)
    at = w.at(w.SECOND + timedelta(days=3), "15:00")
    with time_machine.travel(at, tick=False):
        by = UserFactory(roles=((LAW_OFFICER, ministry()),), is_staff=True)
        amendment = amending.draft(
            title="延長發證期限", citation="修正依據", in_force_from=w.SECOND + timedelta(days=ends_in_force),
            retroactive_reason="測試", by=by, at=at,
        )  # fmt: skip
        amending.set_value(amendment, code="ohs.certificate_days", value=30, by=by, at=at)
        one = impact_sheets.ask_sheet(amendment, by=by, at=at)
        impact_sheets.run_sheet(one.pk, clock=lambda: at)
    one.refresh_from_db()
    expected = [("ohs_training.class", "結業證書發給期限", "115/12/28", "116/01/07")] if moved else []
    assert told(one) == expected
    assert (one.checked, one.changed, one.unanswered) == (one.total, int(moved), 0)
    line = ImpactLine.objects.filter(sheet=one).first()
    if moved:
        assert case.number in line.thing
        assert any(found["figure"] == 30 for found in line.lines)


def test_papers_issued_already_are_not_moved():
    from tests.ohs_training import world as w

    here = w.world()
    case = w.issued(here)
    before = case.events.values_list("digest", flat=True)
    at = w.at(w.SECOND + timedelta(days=6), "15:00")
    with time_machine.travel(at, tick=False):
        by = UserFactory(roles=((LAW_OFFICER, ministry()),), is_staff=True)
        amendment = amending.draft(
            title="縮短發證期限", citation="修正依據", in_force_from=w.SECOND, retroactive_reason="測試", by=by, at=at
        )
        amending.set_value(amendment, code="ohs.certificate_days", value=3, by=by, at=at)
        one = impact_sheets.ask_sheet(amendment, by=by, at=at)
        impact_sheets.run_sheet(one.pk, clock=lambda: at)
        assert [line for line in told(one) if "證書" in line[1]] == []
        amendment.refresh_from_db()
        stored = list(case.events.values_list("outcomes", flat=True))
        deadlines = list(case.deadlines.order_by("pk").values_list("code", "due_on", "outcome"))
        amending.put_in_force(amendment, by=approver(), at=at)
    assert list(case.events.values_list("outcomes", flat=True)) == stored
    assert list(case.deadlines.order_by("pk").values_list("code", "due_on", "outcome")) == deadlines
    assert list(case.events.values_list("digest", flat=True)) == list(before)


def test_seats_of_account_applications():
    from tests.ojt_accounts import world as w

    here = w.world()
    case = w.filed(here)
    one = sheet("oa.account_cap", 0, AT.date() + timedelta(days=30))
    assert [line[:2] for line in told(one)] == [("ojt_accounts.application", "OA-07")]
    before, after = told(one)[0][2:]
    assert before.startswith("符合")
    assert after.startswith("不符合")
    assert ImpactLine.objects.get().link == f"/admin/case/{case.number}/"
    # a lower limit that is kept all the same is no effect, though the sentence names another number
    assert told(sheet("oa.account_cap", 3, AT.date() + timedelta(days=30))) == []


def test_amounts_beyond_a_lower_cap(monkeypatch):
    ANSWERERS.clear()  # units of this world hold no rights of the year
    from tests.ojt_subsidy import world as w

    here, who = w.world(), w.trainee("王小明")
    row = w.admitted(here, w.published(here, AT.date() + timedelta(days=21), fee=14000), who)
    one = sheet("sub.cap", 5000, AT.date() + timedelta(days=10))
    assert [line for line in told(one) if line[0] == "ojt_subsidy.amount"] == [
        ("ojt_subsidy.amount", f"{row.course.case.number} 報名 {row.number} 預計補助", "11,200 元", "5,000 元")
    ]
    assert all(who.name not in line.thing for line in ImpactLine.objects.all())
    later = sheet("sub.cap", 5000, AT.date() + timedelta(days=22))  # the class begins the day before
    assert [line for line in told(later) if line[0] == "ojt_subsidy.amount"] == []


def test_idle_accounts_of_the_45_site():
    from tests.senior45 import world as w

    here = w.world()
    w.with_editor(here)
    one = sheet("s45.idle_days", 90, AT.date())
    moved = [line for line in told(one) if line[1] == "未登入自動關閉日"]
    assert moved
    assert {line[2:] for line in moved} == {("116/05/20", "116/02/19")}


def test_hours_for_renewal():
    from tests.vrs_credentials import world as w

    here = w.world()
    certificate = w.certified(here)
    one = sheet("vrs.education_hours", 80, AT.date())
    assert [(line.thing, line.what) for line in ImpactLine.objects.filter(sheet=one)] == [
        (f"{certificate.number} {certificate.kind_label}", "更新時數")
    ]


def test_a_draft_of_one_scheme_asks_no_other():
    sources = {one.code for one in SOURCES if one.reads(["ohs.certificate_days"])}
    assert sources == {"ohs_training.class", "ohs_training.accreditation"}
    assert {one.code.partition(".")[0] for one in SOURCES} == set(settings.SCHEMES)


def test_who_asks_nothing_of_the_change_is_asked_once():
    from casework.law.impact import Answer, OpenThing

    asked = []

    def answers(law: Law):
        asked.append(law)
        return {"日": Answer(str(law.at("oa.account_cap", AT.date()).value))}

    now = law_in_force()
    thing = OpenThing("甲", "", None, answers)
    assert impact_sheets.compare(thing, now, now.amended([("oa.correction_days", Value(30, "修正", AT.date()))])) == []
    assert len(asked) == 1
    found = impact_sheets.compare(thing, now, now.amended([("oa.account_cap", Value(9, "修正", AT.date()))]))
    assert [(one.before, one.after) for one in found] == [("6", "9")]

"""Ledger, renewal, extension, the way back, reminders, own education, pledges."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.deadlines.keeping import of_thing
from casework.deadlines.sweeping import sweep
from casework.errors import NotPermitted, Refused
from casework.law.in_force import law_in_force
from casework.models import Case, Notice
from tests.vrs_credentials import world as w
from vrs_credentials.models import Certificate, Extension, LedgerEntry
from vrs_credentials.selectors import register
from vrs_credentials.services import (
    certifying,
    education,
    qualifying,
    renewing,
    uploading,
)

pytestmark = pytest.mark.django_db


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
    return perform(made.case, "file", by=here.applicant, at=now()).case


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


@pytest.mark.parametrize(("approved", "opens"), [("2026-01-05", 91), ("2026-12-01", 90)])
def test_reminders_at_180_90_30_7_and_on_the_opening_day(here: w.World, approved: str, opens: int) -> None:
    """Three months before the end are 88 to 92 days: where they are 90, one reminder is both."""
    with time_machine.travel(f"{approved}T02:00:00+00:00"):
        one = w.certified(here)
        assert (one.valid_until - register.standing(one, on=today(), law=law_in_force()).opens_on).days == opens
        days = of_thing(one).get(code=certifying.ENDS).reminders.values_list("days_before", flat=True)
        assert sorted(days) == sorted({180, 90, 30, 7, opens})
        for before in sorted(days, reverse=True):
            sweep(on=one.valid_until - timedelta(days=before), at=now())
        sweep(on=one.ends_before, at=now())
    told = list(
        Notice.objects.filter(user=here.applicant, code__in=["vrs_credentials.ends_soon", "vrs_credentials.ended"])
        .order_by("pk")
        .values_list("subject", flat=True)
    )
    assert len(told) == len(days) + 1
    assert told.count("可以申請資格更新了") == 1 and "已屆滿" in told[-1]


def test_own_education_comes_within_six_months(here: w.World) -> None:
    """VRS-09."""
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

    from casework.papers.rendering import render_html
    from casework.papers.signing import sign

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

"""Rules kept by a constraint, a workflow or a paper: each shown to hold, and to refuse."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from accounts.clock import now
from accounts.models import AccessLog, Organisation, SetPasswordLink, User
from accounts.services.openings import open_password, password_is_open
from accounts.services.passwords import set_password_by_link
from casework.cases.casetypes import casetype
from casework.cases.doing import perform
from casework.errors import NotPermitted, Refused
from casework.models import Case, Notice
from casework.notices import delivery
from kernel.dates import roc, taipei_day
from ojt_accounts.forms.preparing import AccountFormForm, UnitFormForm
from ojt_accounts.models import Application, Pledge, TrainingAccount
from ojt_accounts.selectors import application_of, live_pledges, pledge_people, seats_taken
from ojt_accounts.services import preparing
from tests.ojt_accounts import world as w

pytestmark = pytest.mark.django_db


def start(here: w.World, **given: Any) -> Case:
    made = {
        "unit": here.unit, "kind": "new_unit", "program_year": here.intake.program_year, "county": here.county,
        "intake": here.intake, "by": here.contact, "at": now(), **given,
    }  # fmt: skip
    return preparing.start(**made).case


def save_account(here: w.World, case: Case, n: int, **changes: Any) -> None:
    perform(case, "account_form.saved", data=w.account(n, **changes), position=None, by=here.contact, at=now())


# --- OA-08: one account form and one pledge per person -----------------------------------------------------------------


def test_oa_08_one_person_one_account_form(here: w.World) -> None:
    case = start(here)
    save_account(here, case, 1)
    with pytest.raises(Refused, match="一人一張") as refused:
        save_account(here, case, 1, account_name="other12", email="other@example.com")
    assert refused.value.field == "national_id"


def test_oa_08_one_pledge_for_contact_custodian_and_applicant_at_once(here: w.World) -> None:
    case = start(here)
    same = {**w.UNIT_FORM, "contact": "申請人1", "custodian": "申請人1"}
    perform(case, "unit_form.saved", data=same, by=here.contact, at=now())
    save_account(here, case, 1)
    (pledge,) = live_pledges(application_of(case))
    assert (pledge.name, pledge.capacities) == ("申請人1", ["contact", "custodian", "applicant"])
    assert pledge.national_id == w.national_id(1)


# --- OA-11: a link, never a password ----------------------------------------------------------------------------------


def test_oa_11_the_letter_carries_a_link_that_works_once(here: w.World) -> None:
    w.done(here)
    user = User.objects.get(account_name="yct2026n1")
    notice = Notice.objects.get(user=user, code="ojt_accounts.account_opened")
    token = next(line for line in notice.body.splitlines() if "/set-password/" in line).rstrip("/").rsplit("/", 1)[1]
    assert "Abcdefg1234!" not in notice.body and not user.has_usable_password()
    delivery.deliver_due(at=now())
    assert any(token in letter.body and letter.to == [user.email] for letter in mail.outbox)
    set_password_by_link(token=token, password="Xk7!mountains", at=now())
    user.refresh_from_db()
    assert user.check_password("Xk7!mountains")
    with pytest.raises(Exception, match="已經使用過"):
        set_password_by_link(token=token, password="Xk8!mountains", at=now())


def test_oa_11_the_link_expires(here: w.World) -> None:
    w.done(here)
    link = SetPasswordLink.objects.get(user__account_name="yct2026n1")
    assert timedelta(0) < link.expires_at - link.created_at <= timedelta(days=7)


# --- OA-12: certificates, and passwords opened with a reason -----------------------------------------------------------


def test_oa_12_password_is_open_until_a_site_requires_certificates(here: w.World, settings: Any) -> None:
    today = taipei_day(now())
    settings.CERTIFICATE_SIGN_IN = False
    assert password_is_open(here.contact, on=today)
    settings.CERTIFICATE_SIGN_IN = True
    assert not password_is_open(here.contact, on=today)
    open_password(user=here.contact, reason="憑證遺失補發中", until=today, by=here.admin, at=now())
    assert password_is_open(here.contact, on=today)
    assert not password_is_open(here.contact, on=today + timedelta(days=1))
    assert AccessLog.objects.filter(action="password_opened", reason="憑證遺失補發中", user=here.admin).exists()


# --- OA-14: a leaver's access ends, the past keeps the name --------------------------------------------------------------


def test_oa_14_closing_keeps_a_person_who_serves_elsewhere(here: w.World) -> None:
    w.done(here)
    user = User.objects.get(account_name="yct2026n1")
    other, _ = w.unit("另一個單位", "22099131", now())
    w.grant_role(user=user, role_code="unit_contact", organisation=other, by=None, at=now())
    case = w.drafted(here, kind="cancellation", numbers=())
    perform(case, "account_form.copied", by=here.contact, at=now(), reason="人員離職")
    perform(case, "file", by=here.contact, at=now())
    w.checked(here, case)
    case = w.signed(here, case, here.officer, here.chief, here.approver)
    perform(case, "set", codes=["account.1"], set_on=taipei_day(now()), by=here.admin, at=now())
    user.refresh_from_db()
    assert user.is_active and not user.groups.filter(held_role__organisation=here.unit).exists()
    assert TrainingAccount.objects.get().name == "申請人1"
    opened = Case.objects.order_by("pk").first()
    assert opened and opened.events.filter(label__contains="申請人1").exists()


# --- OA-15, OA-23: true copies, signatures by hand ----------------------------------------------------------------------


def test_oa_15_a_copy_without_the_uploaders_word_is_refused(here: w.World) -> None:
    case = start(here)
    with pytest.raises(Refused, match="與正本相符") as refused:
        perform(case, "paper.added", paper="ttqs", upload=w.pdf(), attested=False, by=here.contact, at=now())
    assert refused.value.field == "attested" and not case.attachments.exists()


def test_oa_15_oa_23_oa_16_the_officer_cannot_sign_before_confirming(here: w.World) -> None:
    case = w.filed(here)
    sign = {"codes": w.codes(case), "by": here.officer, "at": now()}
    with pytest.raises(Refused, match="公文受文者"):
        perform(case, "sign_officer", **sign)
    checks = {"letter_to_us": True, "latest_grade": "", "grade_checked_on": taipei_day(now())}
    perform(case, "checks", by=here.officer, at=now(), **checks)
    with pytest.raises(Refused, match="與正本相符"):
        perform(case, "sign_officer", **sign)
    papers = list(case.attachments.values_list("pk", flat=True))
    perform(case, "confirm", papers=papers, pledges=[], by=here.officer, at=now())
    with pytest.raises(Refused, match="簽名或蓋章"):
        perform(case, "sign_officer", **sign)
    pledges = [p.pk for p in live_pledges(application_of(case))]
    perform(case, "confirm", papers=[], pledges=pledges, by=here.officer, at=now())
    assert perform(case, "sign_officer", **sign).case.state == "filed"


def test_oa_23_a_scan_needs_the_printed_pledge_first(here: w.World) -> None:
    case = start(here)
    save_account(here, case, 1)
    pledge = Pledge.objects.get(application__case=case, name="申請人1")
    with pytest.raises(Refused, match="戶籍地址"):
        perform(case, "pledge.scanned", pk=pledge.pk, upload=w.pdf(), by=here.contact, at=now())


# --- OA-16, OA-17: the branch -----------------------------------------------------------------------------------------------


def test_oa_16_filing_asks_for_the_letters_number_and_date(here: w.World) -> None:
    case = w.drafted(here)
    Application.objects.filter(case=case).update(letter_number="")
    with pytest.raises(Refused, match="公文發文字號"):
        perform(case, "file", by=here.contact, at=now())


def test_oa_17_the_branch_follows_from_the_county_and_counts_its_own_six(here: w.World) -> None:
    w.done(here, numbers=(1, 2, 3, 4, 5, 6))
    other, _ = w.branch("高屏澎東分署", "BR-KP", now())
    county = w.County.objects.create(code="64000", name="高雄市", branch=other)
    intake = w.Intake.objects.create(
        branch=other,
        program_year=here.intake.program_year,
        name="上半年",
        opens_on=here.intake.opens_on,
        closes_on=here.intake.closes_on,
    )
    case = start(here, county=county, intake=intake)
    assert case.office == other
    save_account(here, case, 7)
    here_registration = here.unit.ojt_registrations.get(branch=here.branch)
    assert seats_taken(here_registration) == 6
    renewal = start(here, kind="renewal")
    with pytest.raises(Refused, match="超過上限 6 組") as seventh:
        save_account(here, renewal, 8)
    assert all(f"yct2026n{n}" in seventh.value.message for n in range(1, 7))


def test_oa_17_another_branchs_intake_is_refused(here: w.World) -> None:
    other, _ = w.branch("高屏澎東分署", "BR-KP", now())
    county = w.County.objects.create(code="64000", name="高雄市", branch=other)
    with pytest.raises(Refused, match="高屏澎東分署") as refused:
        start(here, county=county)
    assert refused.value.field == "intake" and not Case.objects.exists()


# --- OA-18: mandatory fields as the printed forms star them --------------------------------------------------------------------


def test_oa_18_the_unit_form_requires_what_the_paper_stars() -> None:
    starred = {
        "plans", "full_name", "unified_number", "licence_number", "category", "ran_last_year", "ttqs_edition", "ttqs_grade",
        "address", "in_charge", "contact", "contact_phone", "custodian", "custodian_phone", "custodian_email", "insurance_number",
    }  # fmt: skip
    assert {name for name, field in UnitFormForm().fields.items() if field.required} == starred
    form = UnitFormForm({})
    assert not form.is_valid() and set(form.errors) == starred
    assert form.errors["contact"] == ["請填寫「聯絡人姓名」。"]


def test_oa_18_the_account_form_requires_what_the_paper_stars() -> None:
    form = AccountFormForm({"request": "open"}, kind="new_unit")
    assert not form.is_valid()
    assert set(form.errors) == {"plans", "name", "national_id", "email", "phone", "account_name"}
    grant = AccountFormForm({"request": "grant"}, kind="renewal")
    assert not grant.is_valid() and "account_name" not in grant.errors


# --- OA-20: confidentiality and identifiers ------------------------------------------------------------------------------------


def test_oa_20_the_pledge_keeps_the_version_that_was_shown(here: w.World) -> None:
    case = start(here)
    save_account(here, case, 1)
    pledge = Pledge.objects.select_related("wording").get(application__case=case, name="申請人1")
    before = pledge.wording
    tomorrow = taipei_day(now()) + timedelta(days=1)
    w.sync_wordings(at=now())
    from casework.papers.wordings import set_wording

    set_wording(
        code="ojt.pledge", body="新版文字", in_force_from=tomorrow, by=here.officer, at=now(), today=taipei_day(now())
    )
    pledge.refresh_from_db()
    assert pledge.wording == before and "保密" in before.body


def test_oa_20_identifiers_are_sealed_in_the_tables_and_masked_on_the_page(here: w.World) -> None:
    case = w.filed(here)
    number = w.national_id(1)
    with connection.cursor() as cursor:
        for table in ("ojt_accounts_accountform", "ojt_accounts_pledge"):
            cursor.execute(f"SELECT national_id FROM {table} WHERE national_id <> ''")
            assert all(value.startswith("v1:") and number not in value for (value,) in cursor.fetchall())
        cursor.execute("SELECT string_agg(e::text, '') FROM casework_event e")
        assert number not in cursor.fetchone()[0]
    shown = {one.number: one for one in casetype(case.kind).identifiers(case)}
    assert shown[number].masked == f"{number[:3]}****{number[-3:]}"


def test_oa_20_only_those_with_the_right_sign_or_see(here: w.World) -> None:
    case = w.filed(here)
    w.checked(here, case)
    _, elsewhere = w.branch("高屏澎東分署", "BR-KP", now())
    with pytest.raises(NotPermitted):
        perform(case, "sign_officer", codes=w.codes(case), by=elsewhere["officer"], at=now())


# --- OA-21: order ---------------------------------------------------------------------------------------------------------------


def test_oa_21_out_of_order_and_twice_are_refused(here: w.World) -> None:
    case = w.filed(here)
    w.checked(here, case)
    with pytest.raises(NotPermitted):
        perform(case, "sign_officer", codes=w.codes(case), by=here.chief, at=now())
    with pytest.raises(Refused, match="目前輪到「分署承辦人」核章"):
        w.signed(here, case, here.chief)
    both = w.person("承辦兼主管")
    for role in ("branch_officer", "branch_chief"):
        w.grant_role(user=both, role_code=role, organisation=here.branch, by=None, at=now())
    perform(case, "sign_officer", codes=w.codes(case), by=both, at=now())
    with pytest.raises(Refused, match="同一人不得簽核兩個步驟"):
        perform(case, "sign_chief", codes=w.codes(case), by=both, at=now())


def test_oa_21_a_return_starts_a_new_round(here: w.World) -> None:
    case = w.filed(here)
    w.checked(here, case)
    w.signed(here, case, here.officer)
    perform(case, "sign_chief", codes=w.codes(case), by=here.chief, at=now(), decision="return", comment="電話不符")
    with pytest.raises(Refused, match="目前輪到「分署承辦人」核章"):
        w.signed(here, case, here.chief)
    case = w.signed(here, case, here.officer, here.chief, here.approver)
    assert case.state == "setting"
    assert case.signoffs.filter(round=2).count() == 3 * len(w.codes(case))


# --- OA-22: the cover --------------------------------------------------------------------------------------------------------------


def test_oa_22_the_cover_lists_papers_with_pages_and_the_branchs_address(here: w.World) -> None:
    from ojt_accounts.documents import cover_context

    case = w.filed(here)
    cover = cover_context(application_of(case), today=taipei_day(now()))
    assert cover["case_number"] == case.number and cover["office_address"] == "臺南市官田區工業路40號"
    rows = {row["label"]: row for row in cover["rows"]}
    assert rows["TTQS 評核證書"]["pages"] == 1 and rows["資訊安全保密切結書"]["copies"] == 3
    assert cover["code"].startswith("data:image/svg+xml")


# --- OA-02: people who must sign again -----------------------------------------------------------------------------------------------


def test_oa_02_a_renewal_asks_pledges_of_both_persons_where_the_unit_form_says_anything_new(here: w.World) -> None:
    w.done(here)
    case = w.drafted(here, kind="renewal", numbers=(2,))
    assert [p.name for p in pledge_people(application_of(case))] == ["申請人2"]
    perform(case, "unit_form.saved", data={**w.UNIT_FORM, "contact": "新聯絡人"}, by=here.contact, at=now())
    assert [p.name for p in pledge_people(application_of(case))] == ["新聯絡人", "王志明", "申請人2"]
    perform(case, "unit_form.saved", data={**w.UNIT_FORM, "in_charge": "新負責人"}, by=here.contact, at=now())
    assert [p.name for p in pledge_people(application_of(case))] == ["陳美惠", "王志明", "申請人2"]
    perform(case, "unit_form.saved", data=w.UNIT_FORM, by=here.contact, at=now())
    assert [p.name for p in pledge_people(application_of(case))] == ["申請人2"]


def test_dates_on_papers_are_of_the_republic(here: w.World) -> None:
    from ojt_accounts.documents import unit_form_context

    case = w.filed(here)
    today = taipei_day(now())
    assert unit_form_context(application_of(case), today=today)["filed_on"] == roc(today)
    assert Organisation.objects.filter(kind="unit").count() == 1


def test_oa_03_nothing_is_filed_for_the_first_time_after_the_closing_date(here: w.World) -> None:
    case = w.drafted(here)
    today = taipei_day(now())
    w.Intake.objects.update(closes_on=today - timedelta(days=1))
    with pytest.raises(Refused, match="已於 .* 截止"):
        perform(case, "file", by=here.contact, at=now())
    w.Intake.objects.update(closes_on=today)
    assert perform(case, "file", by=here.contact, at=now()).case.state == "filed"


def test_oa_20_an_issued_papers_context_is_sealed(here: w.World) -> None:
    w.done(here)
    with connection.cursor() as cursor:
        cursor.execute("SELECT context FROM casework_document")
        rows = [text for (text,) in cursor.fetchall()]
    assert len(rows) == 2 and all(text.startswith("v1:") and w.national_id(1) not in text for text in rows)

"""註銷: what is ticked is taken away, and no more; the account ends when nothing is left or when asked (OA-14)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.clock import now
from accounts.models import User
from accounts.rights import can
from casework.cases.doing import perform
from casework.errors import Refused
from casework.models import Case, Deadline, Document, Notice
from kernel.dates import taipei_day
from ojt_accounts.models import AccountForm, PlanRight, TrainingAccount
from ojt_accounts.permissions import VIEW_UNIT
from ojt_accounts.rules.accounts import ClosingFacts, closing, plans_in_words
from ojt_accounts.selectors import application_of
from tests.ojt_accounts import world as w
from tests.ojt_accounts.faces import at, envelope, errors_at, signed_in

pytestmark = pytest.mark.django_db
NAME = "林佳穎"
TALENT, RECHARGE, SELF = "industry_talent", "recharge", "self_learning"


def closing_form(here: w.World, *plans: str, whole: bool = False, **given: Any) -> Case:
    """A draft cancellation with one form, posted as the browser does."""
    case = w.drafted(here, kind="cancellation", numbers=())
    mine, page = signed_in(here.contact), at("account_new", case.number)
    data = {
        **w.account(1, request="close", name=NAME, plans=list(plans), reason="業務調整"),
        **({"whole_account": "on"} if whole else {}),
    }
    data = {name: value for name, value in {**data, **given}.items() if name != "account_name"}
    answer = mine.post(page, {**data, **envelope(mine.get(page))})
    assert answer.status_code == 302, answer.content.decode()
    return case


def set_case(here: w.World, case: Case) -> Case:
    case = perform(case, "file", by=here.contact, at=now()).case
    w.checked(here, case)
    case = w.signed(here, case, here.officer, here.chief, here.approver)
    return perform(case, "set", codes=["account.1"], set_on=taipei_day(now()), by=here.admin, at=now()).case


def opened(here: w.World, *plans: str) -> tuple[TrainingAccount, User]:
    """One account in use with rights in these plans."""
    w.done(here)
    account = TrainingAccount.objects.get()
    (first,) = account.plan_rights.all()
    for plan in plans:
        if plan != first.plan:
            PlanRight.objects.create(
                account=account, program_year=first.program_year, plan=plan, starts_on=first.starts_on,
                ends_before=first.ends_before, granted_by_case=first.granted_by_case,
            )  # fmt: skip
    return account, User.objects.get(account_name="yct2026n1")


def left(account: TrainingAccount) -> set[str]:
    return set(account.plan_rights.filter(withdrawn_on=None).values_list("plan", flat=True))


def test_one_plan_of_two_goes_and_the_account_stays(here: w.World) -> None:
    account, user = opened(here, TALENT, RECHARGE)
    case = set_case(here, closing_form(here, RECHARGE))
    account.refresh_from_db()
    user.refresh_from_db()
    assert account.state == "open" and left(account) == {TALENT}
    assert user.is_active and can(user, VIEW_UNIT, here.unit)
    assert case.state == "done"
    # event, letters, paper and register say the same
    event = case.events.get(code="account.narrowed")
    year = here.intake.program_year
    assert f"{year} 年度充電起飛計畫；保留{year} 年度產業人才投資計畫" in event.label and event.reason == "業務調整"
    letter = Notice.objects.get(user=user, code="ojt_accounts.account_closed")
    assert "充電起飛計畫權限已於" in letter.body and "帳號繼續使用" in letter.body
    paper = Document.objects.get(case=case, paper="ojt.account_form")
    assert dict(paper.public)["註銷範圍"] == "充電起飛計畫（僅註銷所勾計畫；沒有計畫留下時，帳號一併註銷）"
    unit = signed_in(here.contact).get(at("unit_home")).content.decode()
    assert "已收回" in unit and "有效" in unit and "已註銷" not in unit
    assert Deadline.objects.filter(thing_id=account.pk, withdrawn_at=None).count() == 1


def test_the_last_plan_takes_the_account_with_it(here: w.World) -> None:
    account, user = opened(here, TALENT)
    set_case(here, closing_form(here, TALENT))
    account.refresh_from_db()
    user.refresh_from_db()
    assert account.state == "closed" and not left(account)
    assert not user.is_active and not user.groups.exists()
    assert not Deadline.objects.filter(thing_id=account.pk, withdrawn_at=None).exists()


def test_one_plan_after_the_other_ends_with_the_second(here: w.World) -> None:
    account, _ = opened(here, TALENT, RECHARGE)
    set_case(here, closing_form(here, RECHARGE))
    set_case(here, closing_form(here, TALENT))
    account.refresh_from_db()
    assert account.state == "closed"


def test_asked_in_so_many_words_the_account_goes_with_every_plan(here: w.World) -> None:
    account, user = opened(here, TALENT, RECHARGE)
    case = set_case(here, closing_form(here, RECHARGE, whole=True))
    account.refresh_from_db()
    user.refresh_from_db()
    assert account.state == "closed" and not left(account) and not user.is_active
    paper = Document.objects.get(case=case, paper="ojt.account_form")
    assert "一併註銷帳號" in dict(paper.public)["註銷範圍"]


def test_a_right_of_the_coming_year_keeps_the_account(here: w.World) -> None:
    account, user = opened(here, TALENT)
    (right,) = account.plan_rights.all()
    coming = PlanRight.objects.create(
        account=account, program_year=right.program_year + 1, plan=TALENT, starts_on=right.ends_before,
        ends_before=right.ends_before + timedelta(days=365), granted_by_case=right.granted_by_case,
    )  # fmt: skip
    set_case(here, closing_form(here, TALENT))
    account.refresh_from_db()
    user.refresh_from_db()
    assert account.state == "open" and user.is_active
    assert [one.pk for one in account.plan_rights.filter(withdrawn_on=None)] == [coming.pk]
    due = Deadline.objects.get(thing_id=account.pk, withdrawn_at=None)
    assert due.due_on == coming.ends_before - timedelta(days=1)


def test_a_right_that_has_ended_keeps_nobody(here: w.World) -> None:
    account, _ = opened(here, TALENT)
    PlanRight.objects.create(
        account=account, program_year=here.intake.program_year - 1, plan=TALENT,
        starts_on=taipei_day(now()) - timedelta(days=400), ends_before=taipei_day(now()),
        granted_by_case=account.plan_rights.get().granted_by_case,
    )  # fmt: skip
    set_case(here, closing_form(here, TALENT))
    account.refresh_from_db()
    assert account.state == "closed"


def test_a_person_of_another_scheme_keeps_their_sign_in(here: w.World) -> None:
    from ojt_subsidy.models import Trainee

    account, user = opened(here, TALENT)
    Trainee.objects.create(user=user, born_on=date(1980, 5, 5), saved_at=now())
    set_case(here, closing_form(here, TALENT))
    account.refresh_from_db()
    user.refresh_from_db()
    assert account.state == "closed" and user.is_active and not user.groups.exists()


def test_a_plan_the_account_does_not_have_is_said_at_the_field(here: w.World) -> None:
    opened(here, TALENT)
    case = w.drafted(here, kind="cancellation", numbers=())
    mine, page = signed_in(here.contact), at("account_new", case.number)
    data = w.account(1, request="close", name=NAME, plans=[SELF], reason="業務調整")
    del data["account_name"]
    answer = mine.post(page, {**data, **envelope(mine.get(page))})
    assert answer.status_code == 422 and "現有權限" in errors_at(answer, "plans")
    assert not AccountForm.objects.filter(application__case=case).exists()


def test_the_form_asks_a_reason_and_promises_no_link(here: w.World) -> None:
    opened(here, TALENT)
    case = w.drafted(here, kind="cancellation", numbers=())
    mine, page = signed_in(here.contact), at("account_new", case.number)
    shown = mine.get(page).content.decode()
    assert "密碼設定連結" not in shown and "註銷原因" in shown and "一併註銷帳號" in shown
    data = w.account(1, request="close", name=NAME, reason=" ")
    del data["account_name"]
    answer = mine.post(page, {**data, **envelope(mine.get(page))})
    assert answer.status_code == 422 and errors_at(answer, "reason")


def test_nothing_is_filed_while_a_reason_is_missing(here: w.World) -> None:
    opened(here, TALENT)
    case = w.drafted(here, kind="cancellation", numbers=())
    perform(case, "account_form.copied", by=here.contact, at=now())
    assert "尚未填寫註銷原因" in signed_in(here.contact).get(at("checklist", case.number)).content.decode()
    with pytest.raises(Refused, match="申請人1的註銷單尚未填寫註銷原因"):
        perform(case, "file", by=here.contact, at=now())
    AccountForm.objects.filter(application__case=case).update(reason="人員離職")
    assert perform(case, "file", by=here.contact, at=now()).case.state == "filed"


def test_the_reason_given_once_stands_on_every_copied_form(here: w.World) -> None:
    w.done(here, numbers=(1, 2))
    case = w.drafted(here, kind="cancellation", numbers=())
    mine = signed_in(here.contact)
    shown = mine.get(at("accounts", case.number))
    mine.post(at("accounts_copy", case.number), {"reason": "人員離職", **envelope(shown)})
    assert [form.reason for form in application_of(case).account_forms.all()] == ["人員離職"] * 2


def test_copying_brings_only_rights_that_stand(here: w.World) -> None:
    account, _ = opened(here, TALENT, RECHARGE)
    account.plan_rights.filter(plan=RECHARGE).update(withdrawn_on=taipei_day(now()))
    case = w.drafted(here, kind="cancellation", numbers=())
    perform(case, "account_form.copied", by=here.contact, at=now())
    assert application_of(case).account_forms.get().plans == [TALENT]


def test_the_decision_promises_no_link_and_the_case_page_shows_the_scope(here: w.World) -> None:
    opened(here, TALENT, RECHARGE)
    case = set_case(here, closing_form(here, RECHARGE))
    letter = Notice.objects.get(case=case, code="ojt_accounts.approved")
    assert "密碼" not in letter.body
    office = signed_in(here.officer).get(reverse("admin:case", args=[case.number])).content.decode()
    assert "僅註銷所勾計畫" in office and "業務調整" in office


def test_the_rule() -> None:
    held = ((115, TALENT), (115, RECHARGE), (116, TALENT))
    some = closing(ClosingFacts(115, (RECHARGE,), held))
    assert (
        some.withdrawn == ((115, RECHARGE),) and some.left == ((115, TALENT), (116, TALENT)) and not some.account_ends
    )
    year = closing(ClosingFacts(115, (TALENT, RECHARGE), held))
    assert year.left == ((116, TALENT),) and not year.account_ends
    assert closing(ClosingFacts(115, (TALENT, RECHARGE), held[:2])).account_ends
    assert closing(ClosingFacts(115, (TALENT,), held, whole_account=True)).account_ends
    assert closing(ClosingFacts(115, (TALENT,), ())).account_ends
    assert plans_in_words(held) == "115 年度產業人才投資計畫、充電起飛計畫；116 年度產業人才投資計畫"

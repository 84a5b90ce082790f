"""Pages with their own people: who gets in, what a form keeps, what an outsider with the same rights elsewhere sees."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.clock import now, today
from accounts.limits import REGISTER
from accounts.models import AccessLog, User
from casework.models import Case
from senior45.models import AccountRequest, Article, InventoryLine, SiteAccount
from senior45.selectors import lines_of
from senior45.services import designating, inventory
from tests.senior45 import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def posted(here: w.World, **changes: Any) -> dict[str, Any]:
    data = {**w.FORM, "office": here.point.pk, **changes}
    return {name: value for name, value in data.items() if value is not False}


def drawn_from(case: Case) -> dict[str, Any]:
    """What a page carries along that is drawn now."""
    return {"version": Case.objects.get(pk=case.pk).version}


def test_the_form_is_filled_in_sent_and_opened_on_screen(here: w.World) -> None:
    """S45-04: the whole path by pressing buttons."""
    new = as_(here.newcomer)
    answer = new.post(reverse("senior45:apply"), posted(here))
    case = Case.objects.get(kind="senior45.request")
    assert answer.status_code == 302 and answer["Location"] == reverse("casework:case", args=[case.number])
    for user, act, data in (
        (here.newcomer, "submit", {"accepted": "on"}), (here.head, "approve", {}), (here.window, "file", {}),
    ):  # fmt: skip
        page = as_(user).get(reverse("casework:case", args=[case.number]))
        assert page.status_code == 200
        if act != "submit":
            said = page.content.decode()
            assert {"approve": "等您辦理：核定。", "file": "等您辦理：提出申請。"}[act] in said
            assert 'href="#acts"' in said and "請繼續完成後送出" not in said
        done = as_(user).post(reverse("casework:act", args=[case.number, act]), data | drawn_from(case))
        assert done.status_code == 302, (act, done.content.decode()[-3000:])
    page = as_(here.opener).get(reverse("admin:case", args=[case.number]))
    assert "王小明" in page.content.decode()
    complete, given = reverse("admin:case_act", args=[case.number, "complete"]), drawn_from(case)
    done = as_(here.opener).post(complete, given | {"starts_on": ""})
    assert done.status_code == 422 and "權限起日" in done.content.decode()
    done = as_(here.opener).post(complete, given | {"starts_on": f"{today():%Y-%m-%d}"})
    assert done.status_code == 302
    assert SiteAccount.objects.get(user=here.newcomer).is_open
    done_page = as_(here.opener).get(reverse("admin:case", args=[case.number])).content.decode()
    assert "新增，帳號名稱：" in done_page and "原帳號" not in done_page
    home = as_(here.newcomer).get(reverse("senior45:home")).content.decode()
    assert "承辦（上稿）人員" in home and "不會因閒置關閉" in home


def test_bad_input_stays_in_the_form(here: w.World) -> None:
    answer = as_(here.newcomer).post(reverse("senior45:apply"), posted(here, email="不是信箱", title="", role="other"))
    html = answer.content.decode()
    assert answer.status_code == 422 and not AccountRequest.objects.exists()
    assert "不是信箱" in html and "王小明" in html and "請填寫「職稱」" in html and "請說明" in html


def test_a_second_press_makes_no_second_request(here: w.World) -> None:
    key = "11111111-2222-3333-4444-555555555555"
    client = as_(here.newcomer)
    first, second = (client.post(reverse("senior45:apply"), posted(here, key=key)) for _ in range(2))
    assert first["Location"] == second["Location"] and AccountRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("senior45:window", {"window", "bureau_window", "branch_window"}),
        ("senior45:inventory", {"window", "bureau_window", "branch_window"}),
        ("senior45:write", {"center_editor", "admin"}),
        ("admin:s45_accounts", {"opener", "other_opener", "lead_opener", "admin", "inventory"}),
        ("admin:s45_offices", {"opener", "other_opener", "lead_opener", "admin", "inventory"}),
        ("admin:s45_inventory", {"admin", "inventory"}),
    ],
)
def test_who_gets_in(here: w.World, name: str, people: set[str]) -> None:
    address = reverse(name)
    got = {who for who, user in here.people.items() if as_(user).get(address).status_code == 200}
    assert got == people


def test_the_outsider_with_the_same_rights_elsewhere_finds_nothing(here: w.World) -> None:
    w.with_editor(here)
    case, article = w.filed(here), w.submitted(here)
    addresses = [
        (here.other_opener, reverse("admin:case", args=[case.number])),
        (here.other_opener, reverse("admin:s45_office", args=[here.point.pk])),
        (here.bureau_window, reverse("casework:case", args=[case.number])),
        (here.center_editor, reverse("senior45:article", args=[article.case.number])),
        (here.center_reviewer, reverse("senior45:article", args=[article.case.number])),
        (here.center_editor, reverse("senior45:preview", args=[article.case.number])),
        (here.bureau_window, reverse("senior45:stop", args=[SiteAccount.objects.get(user=here.editor).pk])),
    ]
    for user, address in addresses:
        assert as_(user).get(address).status_code == 404, address
    press = reverse("senior45:press", args=[article.case.number, "publish"])
    assert as_(here.center_reviewer).post(press).status_code == 404
    # whoever writes the text and is not its reviewer is refused and logged
    assert as_(here.editor).post(press).status_code == 404
    assert AccessLog.objects.filter(action="refused", user=here.editor).count() == 1
    assert Case.objects.get(pk=article.case_id).state == "waiting"


def test_refusals_of_the_text_come_at_their_field_and_keep_the_rest(here: w.World) -> None:
    """S45-06."""
    w.with_editor(here)
    data = {
        "office": here.point.pk,
        "category": "press_release",
        "title": "標題",
        "body": "內文",
        "starts_on": "115/11/21",
        "until_on": "115/11/20",
    }
    answer = as_(here.editor).post(reverse("senior45:write"), data)
    html = answer.content.decode()
    assert answer.status_code == 422 and "不得刊登新聞稿" in html and "附件2" in html and 'value="標題"' in html
    answer = as_(here.editor).post(
        reverse("senior45:write"), {**data, "category": "event", "body": "<script>1</script>"}
    )
    assert answer.status_code == 422 and "&lt;script&gt;" in answer.content.decode()
    assert not Article.objects.exists()


def test_a_stale_form_gets_both_sides(here: w.World) -> None:
    w.with_editor(here)
    article = w.written(here)
    edit = reverse("senior45:edit", args=[article.case.number])
    data = {
        "office": here.point.pk,
        "category": "event",
        "title": "甲",
        "body": "內文",
        "starts_on": "115/11/21",
        "version": article.case.version,
    }
    client = as_(here.editor)
    assert client.post(edit, data).status_code == 302
    stale = client.post(edit, {**data, "title": "乙的文字"})
    assert stale.status_code == 409 and "乙的文字" in stale.content.decode()
    assert article.versions.get().title == "甲"


def test_a_window_posting_another_offices_line_is_told_why(here: w.World) -> None:
    """S45-10."""
    w.with_editor(here)
    inventory.open_due(at=now())
    own = InventoryLine.objects.get(account__user=here.editor)
    foreign = InventoryLine.objects.get(account__user=here.reviewer)
    client, address = as_(here.window), reverse("senior45:inventory")
    answer = client.post(address, {f"act_{own.pk}": "stop", f"reason_{own.pk}": "已調離", f"act_{foreign.pk}": "stop"})
    html = answer.content.decode()
    assert answer.status_code == 422 and "只能回覆本機關的帳號" in html and "已調離" in html
    assert set(InventoryLine.objects.values_list("state", flat=True)) == {"pending"}
    assert client.post(address, {f"act_{own.pk}": "keep"}).status_code == 302
    own.refresh_from_db()
    assert (own.state, own.answered_by) == ("keep", here.window)


def test_a_newcomer_registers_and_a_known_address_learns_nothing(here: w.World) -> None:
    form = {"name": "陳新人", "email": "new@example.com", "phone": "06-2991111", "account_name": "chenxr01"}
    first = Client().post(reverse("senior45:join"), form)
    second = Client().post(reverse("senior45:join"), {**form, "account_name": "other12345"})
    assert first.status_code == second.status_code == 200 and "請到信箱收信" in second.content.decode()
    user = User.objects.get(account_name="chenxr01")
    assert not user.has_usable_password() and not user.groups.exists()
    assert not User.objects.filter(account_name="other12345").exists()
    wrong = Client().post(reverse("senior45:join"), {**form, "email": "z@example.com", "account_name": "1abc"})
    assert wrong.status_code == 422 and "第 1 碼為英文" in wrong.content.decode()
    for _ in range(REGISTER.most - 2):
        last = Client().post(reverse("senior45:join"), {**form, "email": "x@example.com"})
    assert last.status_code == 429 and User.objects.filter(name="陳新人").count() == 1


def test_head_and_window_are_set_by_whoever_opens_for_the_office(here: w.World) -> None:
    page = reverse("admin:s45_office", args=[here.point.pk])
    form = {
        "role_code": "s45_window",
        "name": "新窗口",
        "email": "win@example.com",
        "phone": "06-2991111",
        "account_name": "",
    }
    assert as_(here.opener).post(page, form).status_code == 302
    user = User.objects.get(email="win@example.com")
    assert as_(user).get(reverse("senior45:window")).status_code == 200
    wrong = as_(here.opener).post(page, {**form, "email": here.head.email})
    assert wrong.status_code == 422 and "已屬於" in wrong.content.decode()
    mine = as_(here.opener).post(page, {**form, "name": here.opener.name, "email": here.opener.email})
    assert mine.status_code == 422 and "不能為自己授予" in mine.content.decode()
    assert not here.opener.groups.filter(held_role__role="s45_window").exists()
    assert as_(here.opener).post(page, {"remove": f"s45_window:{here.window.pk}"}).status_code == 302
    last = as_(here.opener).post(page, {"remove": f"s45_window:{user.pk}"})
    assert last.status_code == 422 and "唯一的" in last.content.decode()
    with pytest.raises(designating.NotPermitted):
        designating.undesignate(
            here.bureau, role_code="s45_head", user=here.bureau_head, by=here.other_opener, at=now()
        )


@pytest.mark.parametrize("n", [1, 12])
def test_lists_ask_as_often_for_one_as_for_twelve(here: w.World, django_assert_max_num_queries: Any, n: int) -> None:
    for k in range(n):
        w.account(w.person(f"人{k}"), here.job_center, "editor")
    client = as_(here.admin)
    client.get(reverse("admin:s45_accounts"))
    with django_assert_max_num_queries(16):
        client.get(reverse("admin:s45_accounts"))
    with django_assert_max_num_queries(18):
        client.get(reverse("admin:s45_offices"))


def test_who_has_the_form_now_is_said_to_each(here: w.World) -> None:
    case = w.at_head(here)
    address = reverse("casework:case", args=[case.number])
    assert "輪到您處理" in as_(here.head).get(address).content.decode()
    shown = as_(here.newcomer).get(address).content.decode()
    assert "目前由單位主管辦理" in shown and "輪到您處理" not in shown
    assert "目前在：單位主管" in as_(here.newcomer).get(reverse("casework:mine")).content.decode()
    assert case.title in as_(here.head).get("/").content.decode()


def test_an_inventory_stands_on_the_start_page_until_its_last_line_is_answered(here: w.World) -> None:
    w.with_editor(here)
    campaign = inventory.open_due(at=now())
    assert campaign is not None
    lines = list(lines_of(here.window, campaign))
    for left in range(len(lines), 0, -1):
        assert f"{left} 筆帳號待回覆" in as_(here.window).get("/").content.decode()
        inventory.answer(campaign, [(lines[left - 1].pk, "keep", "")], by=here.window, at=now())
    assert "筆帳號待回覆" not in as_(here.window).get("/").content.decode()
    assert "筆帳號待回覆" not in as_(here.editor).get("/").content.decode()


def test_only_who_will_use_the_account_sends_the_form(here: w.World) -> None:
    """The window sees the draft and may not accept the terms in somebody's name (S45-07)."""
    request = w.drafted(here)
    case = request.case
    address = reverse("casework:case", args=[case.number])
    shown = as_(here.window).get(address).content.decode()
    assert "輪到您處理" not in shown and f"須由申請人{request.name}本人登入" in shown
    assert case.title not in as_(here.window).get("/").content.decode()
    assert "輪到您處理" in as_(here.newcomer).get(address).content.decode()


def test_an_articles_page_says_why_an_act_is_off_and_wants_the_version_it_was_drawn_from(here: w.World) -> None:
    w.with_editor(here)
    case = w.submitted(here).case
    press = {
        act: reverse("senior45:press", args=[case.number, act])
        for act in ("publish", "send_back", "withdraw", "submit")
    }
    reviewer = as_(here.reviewer)
    html = reviewer.get(reverse("senior45:article", args=[case.number])).content.decode()
    assert press["publish"] in html and press["withdraw"] not in html and "這篇文稿目前沒有刊登。" in html
    assert reviewer.post(press["publish"]).status_code == 422
    silent = reviewer.post(press["send_back"], {"version": case.version})
    assert silent.status_code == 422 and "請填寫「說明」" in silent.content.decode()
    assert Case.objects.get(pk=case.pk).state == "waiting"
    assert reviewer.post(press["send_back"], {"version": case.version, "reason": "請補電話"}).status_code == 302
    assert Case.objects.get(pk=case.pk).state == "returned"
    assert as_(here.editor).post(press["submit"], {"version": case.version}).status_code == 409

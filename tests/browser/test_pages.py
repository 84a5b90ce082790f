"""Every page a person reaches: no violation of axe-core, at a desk and on a telephone, and never wider than the window.

One scene serves everybody, since to make it takes as long as to judge ten pages. A new page gets a line in PAGES.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from django.urls import reverse

from accounts.clock import now
from accounts.models import User
from accounts.services.passwords import issue_password_link
from accounts.services.roles import grant_role
from casework.cases.doing import perform
from casework.cases.work import claim
from casework.models import Case, Document, Message, Notice
from casework.notices import messages
from casework.papers.documents import check_url
from casework.rights import ADMINISTRATOR
from ojt_accounts.models import Registration
from tests.browser.conftest import Opens
from tests.browser.harness import judge_pages
from tests.ojt_accounts import world as w


@dataclass
class Scene:
    """One unit with an account and a renewal half filled in, one that must correct, one that waits for its first signature."""

    here: w.World
    done: Case
    draft: Case
    mending: Case
    mender: User
    waiting: Case
    token: str


def another(here: w.World, name: str, number: str) -> w.World:
    unit, contact = w.unit(name, number, now())
    return replace(here, unit=unit, contact=contact)


def _system(here: w.World) -> User:
    user = w.person("系統管理者")
    grant_role(user=user, role_code=ADMINISTRATOR, organisation=here.branch, by=None, at=now())
    return user


@pytest.fixture
def scene(site: str) -> Scene:
    here = w.world()
    second = another(here, "財團法人山水職業訓練基金會", "22099131")
    third = another(here, "財團法人嘉南技能發展基金會", "04541302")
    done = w.done(here)
    draft = w.drafted(here, kind="renewal", numbers=(2,))
    changed = {**w.UNIT_FORM, "custodian": "黃淑芬", "introduction": "辦理在職訓練二十年，" * 12}
    perform(draft, "unit_form.saved", data=changed, by=here.contact, at=now())
    mending = w.filed(second, numbers=(3,))
    item = {"target": "paper.charter", "label": "組織章程", "problem": "第 3 條缺頁，請重新掃描全份章程。"}
    perform(mending, "ask_correction", items=[item], message="請於期限內補正。", by=here.officer, at=now())
    waiting = w.filed(third, numbers=(4,))
    messages.write(waiting, kind=Message.Kind.TO_OFFICE, body="請問審查約需多久？", by=third.contact, at=now())
    claim(waiting, by=here.officer, at=now())
    w.checked(here, waiting)
    _, token = issue_password_link(user=here.contact, by=None, at=now())
    return Scene(here, done, Case.objects.get(pk=draft.pk), mending, second.contact, waiting, token)


Address = Callable[[Scene], str]


def at(name: str, *args: object) -> Address:
    return lambda scene: reverse(name, args=[arg(scene) if callable(arg) else arg for arg in args])


def _done(scene: Scene) -> str:
    return scene.done.number


def _draft(scene: Scene) -> str:
    return scene.draft.number


def _mending(scene: Scene) -> str:
    return scene.mending.number


def _waiting(scene: Scene) -> str:
    return scene.waiting.number


def _path(address: str) -> str:
    return "/" + address.split("/", 3)[3]


NO_SUCH_PAGE, NO_SUCH_TOKEN = "/no-such-page/", "/set-password/no-such-token/"
NO_SUCH_PAPER = "/check/D-115-999999/ABCDEFGHJKLM/"
MISSING = {NO_SUCH_PAGE: 404, NO_SUCH_TOKEN: 410, NO_SUCH_PAPER: 404}

#: Who reaches it → pages.
PAGES: dict[str, tuple[Callable[[Scene], User | None], list[Address]]] = {
    "visitor": (
        lambda scene: None,
        [
            at("portal:home"),
            at("ojt_accounts:home"),
            at("ojt_accounts:register"),
            at("ojt_accounts:registered"),
            at("account_login"),
            at("account_reset_password"),
            at("account_reset_password_done"),
            at("account_reset_password_from_key_done"),
            at("portal:set_password", lambda scene: scene.token),
            lambda scene: NO_SUCH_TOKEN,
            at("casework:check"),
            lambda scene: _path(check_url(Document.objects.first())),
            lambda scene: NO_SUCH_PAPER,
            at("casework:demo_mail"),
            at("portal:sitemap"),
            at("portal:accessibility"),
            at("portal:privacy"),
            lambda scene: NO_SUCH_PAGE,
        ],
    ),
    "contact": (
        lambda scene: scene.here.contact,
        [
            at("portal:home"),
            at("ojt_accounts:unit_home"),
            at("ojt_accounts:start"),
            at("ojt_accounts:checklist", _draft),
            at("ojt_accounts:unit", _draft),
            at("ojt_accounts:accounts", _draft),
            at("ojt_accounts:account_new", _draft),
            at("ojt_accounts:account", _draft, 1),
            at("ojt_accounts:papers", _draft),
            at("ojt_accounts:pledges", _draft),
            at("casework:mine"),
            at("casework:case", _done),
        ],
    ),
    "mender": (
        lambda scene: scene.mender,
        [
            at("casework:case", _mending),
            at("ojt_accounts:checklist", _mending),
            at("casework:act", _mending, "withdraw"),
            at("casework:inbox"),
            at("casework:notice", lambda scene: Notice.objects.filter(user=scene.mender).first().pk),
            at("portal:me"),
            at("portal:log"),
            at("usersessions_list"),
            at("account_reset_password"),
            at("casework:exports"),
        ],
    ),
    "account": (
        lambda scene: User.objects.get(account_name="yct2026n1"),
        [at("portal:home"), at("ojt_accounts:unit_home"), at("portal:me"), at("casework:mine"), at("mfa_index")],
    ),
    "officer": (
        lambda scene: scene.here.officer,
        [
            at("admin:index"),
            at("admin:work"),
            at("admin:case", _waiting),
            at("admin:case_act", _waiting, "ask_correction"),
            at("admin:case_act", _waiting, "sign_officer"),
            at("admin:case_reveal", _waiting, "account-1"),
            at("admin:case", _mending),
            lambda scene: reverse("admin:work") + "?tab=unassigned",
            lambda scene: reverse("admin:work") + "?tab=all&state=",
            at("admin:ojt_registers"),
            lambda scene: reverse("admin:ojt_registers") + "?list=accounts",
            at("admin:ojt_registration", lambda scene: Registration.objects.first().pk),
            at("admin:ojt_rollover"),
            at("admin:ojt_intakes"),
            at("admin:ojt_intake", lambda scene: scene.here.intake.pk),
            at("admin:calendar"),
            at("admin:law"),
        ],
    ),
    "administrator": (
        lambda scene: scene.here.admin,
        [
            at("admin:index"),
            at("admin:sign_in_help"),
            at("admin:sign_in_help_person", lambda scene: scene.here.contact.pk),
            at("admin:case", _done),
        ],
    ),
    "system": (
        lambda scene: _system(scene.here),
        [at("admin:people"), at("admin:people_person", lambda scene: scene.here.officer.pk)],
    ),
}


def test_pages(scene: Scene, opens: Opens) -> None:
    wrong, page = [], None
    for person, addresses in PAGES.values():
        page = opens(person(scene), on=page)
        wrong += judge_pages(page, (address(scene) for address in addresses), status=MISSING)
    assert not wrong, "\n\n".join(wrong)

"""What a signed certificate says of its holder is what was decided (VRS-15): a later print repeats it, and only the office mends it."""

import importlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.clock import now, today
from accounts.models import User
from casework.errors import NotPermitted, Refused
from casework.models import Document, Notice
from tests.vrs_credentials import world as w
from tests.vrs_credentials.test_hours import _away as away
from tests.vrs_credentials.test_pages import browser, get
from vrs_credentials.models import Certificate, Professional
from vrs_credentials.services import certifying, joining

pytestmark = pytest.mark.django_db
SAID = ("王小明", "民國79年5月1日")


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def printed(one: Certificate) -> tuple[str, str]:
    paper = Document.objects.get(paper="vrs_certificate", subject=f"certificate.{one.pk}", state="issued")
    return paper.context["name"], paper.context["birth_on"]


def become_somebody_else(user: User) -> None:
    """As if the rows behind had changed by whatever way."""
    Professional.objects.filter(user=user).update(birth_on=date(1971, 1, 2))
    User.objects.filter(pk=user.pk).update(name="王大同")


def test_a_reissue_says_what_was_decided(here: w.World) -> None:
    one = w.certified(here)
    number = here.applicant.national_id
    become_somebody_else(here.applicant)
    paper = certifying.reissue(one, reason="遺失", by=here.applicant, at=now())
    assert printed(one) == SAID and paper.context["national_id"] == number
    assert ("姓名", "王○明") in [tuple(row) for row in paper.public]


def test_an_extension_and_a_renewal_say_what_was_decided(here: w.World) -> None:
    one = w.older(w.certified(here), today() - timedelta(days=1060))
    w.give_hours(one, {"professional": "60", "ethics": "12"}, held_on=today() - timedelta(days=100), by=here.handler)
    become_somebody_else(here.applicant)
    first = today() + timedelta(days=2)
    case = away(here, one, first, first + timedelta(days=100))
    w.approve(here, w.reported(here, case))
    assert printed(one) == SAID
    one = w.older(Certificate.objects.get(pk=one.pk), today() - timedelta(days=1060))
    new = Certificate.objects.get(case=w.approve(here, w.reported(here, w.renewal_filed(here, one))))
    assert printed(new) == SAID


def _posted(here: w.World, birth_on: str, address: str = "臺北市中正區館前路77號") -> Any:
    given = {"birth_on": birth_on, "postal_code": "100", "address": address, "mobile": "0912345678"}
    return browser(here.applicant).post(reverse("vrs_credentials:profile"), given)


def test_the_birth_date_is_not_the_persons_to_change_once_it_was_decided_by(here: w.World) -> None:
    assert _posted(here, "79/05/02").status_code == 302, "nobody has gone by it yet"
    assert _posted(here, "79/05/01").status_code == 302
    case = w.filed(here)
    asked = _posted(here, "60/01/02")
    assert asked.status_code == 422 and f"申請案 {case.number} 審查中" in asked.content.decode()
    one = Certificate.objects.get(case=w.approve(here, w.to_approve(here, case)))
    asked = _posted(here, "60/01/02", address="臺北市大安區")
    text = asked.content.decode()
    assert asked.status_code == 422 and "出生日期已據以核定" in text and here.office.phone in text
    assert "60/01/02" in text and "臺北市大安區" in text, "what was typed stays"
    known = Professional.objects.get(user=here.applicant)
    assert (known.birth_on, known.address) == (date(1990, 5, 1), "臺北市中正區館前路77號")
    assert _posted(here, "79/05/01", address="臺北市大安區").status_code == 302, "the address is theirs"
    with pytest.raises(Refused):
        joining.become_professional(
            user=here.applicant,
            birth_on=date(1971, 1, 2),
            postal_code="100",
            address="x",
            mobile="0912345678",
            at=now(),
        )
    assert printed(one) == SAID


def test_the_office_mends_a_certificate_with_reason_and_proof(here: w.World) -> None:
    one = w.certified(here)
    page = reverse("admin:vrs_certificate", args=[one.pk])
    office = browser(here.approver)
    number = here.applicant.national_id or ""
    assert number not in office.get(page).content.decode(), "the office sees no whole number here"
    given = {
        "act": "certificate",
        "holder_name": "王曉明",
        "birth_on": "79/05/10",
        "reason": "更名",
        "proof": "戶籍謄本",
    }
    bare = office.post(page, {**given, "proof": ""})
    assert bare.status_code == 422 and printed(one) == SAID
    assert browser(here.handler).post(page, given).status_code == 404
    assert office.post(page, given).status_code == 302
    one.refresh_from_db()
    assert printed(one) == ("王曉明", "民國79年5月10日") and one.holder_national_id == number
    assert Professional.objects.get(user=here.applicant).birth_on == date(1990, 5, 10)
    event = one.case.events.get(code="certificate.corrected")
    assert event.reason == "更名（佐證文件：戶籍謄本）" and event.by == here.approver
    assert [(c["label"], c["before"], c["after"]) for c in event.changes] == [
        ("姓名", "王小明", "王曉明"), ("出生日期", "79/05/01", "79/05/10"),
    ]  # fmt: skip
    assert one.history.order_by("history_id").first().holder_name == "王小明", "what was is kept"
    before = Document.objects.filter(paper="vrs_certificate", subject=f"certificate.{one.pk}").order_by("pk").first()
    assert before is not None and before.state == "replaced" and before.context["name"] == "王小明"
    assert "姓名、出生日期已更正" in Notice.objects.get(user=here.applicant, code="vrs_credentials.corrected").body
    assert "更正證明記載事項" in get(office, "admin:vrs_certificate", one.pk)


def test_the_number_is_mended_masked_and_nothing_is_mended_into_the_same(here: w.World) -> None:
    one = w.certified(here)
    given = {"holder_name": "王小明", "birth_on": date(1990, 5, 1), "reason": "誤繕", "proof": "戶籍謄本", "at": now()}
    with pytest.raises(Refused, match="沒有不同"):
        certifying.correct_identity(one, national_id="", by=here.approver, **given)
    with pytest.raises(NotPermitted):
        certifying.correct_identity(one, national_id=w.national_id(4321), by=here.handler, **given)
    certifying.correct_identity(one, national_id=w.national_id(4321), by=here.approver, **given)
    paper = Document.objects.get(paper="vrs_certificate", subject=f"certificate.{one.pk}", state="issued")
    assert paper.context["national_id"] == w.national_id(4321)
    assert w.national_id(4321) not in str(one.case.events.get(code="certificate.corrected").changes)
    w.revoke(here, one)
    with pytest.raises(Refused, match="已撤銷"):
        certifying.correct_identity(one, national_id="", by=here.approver, **{**given, "holder_name": "王曉明"})


def test_what_was_renewed_from_a_certificate_is_mended_with_it_and_the_holder_is_told(here: w.World) -> None:
    """A renewal copies whom the certificate names: mended alone, the one in force went on naming somebody else."""
    one = w.older(w.certified(here), w.today() - timedelta(days=1060))
    w.give_hours(one, {"professional": "60", "ethics": "12"}, held_on=one.starts_on, by=here.handler)
    case = w.approve(here, w.reported(here, w.renewal_filed(here, one)))
    new = Certificate.objects.get(case=case)
    assert new.previous == one and printed(new) == SAID
    given = {
        "birth_on": date(1990, 5, 1),
        "national_id": "",
        "reason": "更名",
        "proof": "戶籍謄本",
        "by": here.approver,
    }
    certifying.correct_identity(one, holder_name="王曉明", at=now(), **given)
    for certificate in (one, new):
        certificate.refresh_from_db()
        assert printed(certificate)[0] == "王曉明"
        assert certificate.case.events.filter(code="certificate.corrected").count() == 1
        paper = Document.objects.get(paper="vrs_certificate", subject=f"certificate.{certificate.pk}", state="issued")
        assert paper.context["name"] == "王曉明"
    letters = Notice.objects.filter(user=here.applicant, code="vrs_credentials.corrected")
    assert letters.count() == 2 and any(f"證明 {new.number} 之姓名已更正" in letter.body for letter in letters)


def test_a_reissue_is_the_offices_paper_and_sends_mistakes_to_the_office(here: w.World) -> None:
    one = w.certified(here)
    paper = certifying.reissue(one, reason="遺失", by=here.applicant, at=now())
    assert paper.issued_by is None
    assert one.case.events.get(code="certificate.reissued").by == here.applicant
    shown = browser(here.approver).get(reverse("admin:casework_document_change", args=[paper.pk])).content.decode()
    assert here.office.name in shown and "王小明" not in re_issuer(shown)
    text = get(browser(here.applicant), "vrs_credentials:reissue", one.pk)
    assert "記載有誤者，請勿以遺失補發" in text and here.office.phone in text


def re_issuer(text: str) -> str:
    """The row 製發人 of the page."""
    return text.partition("製發人")[2].partition("</div>")[0]


def test_the_migration_fills_in_what_the_first_paper_printed(here: w.World) -> None:
    """And what the person's data say where a certificate has no paper."""
    one, bare = w.certified(here), w.certified(here, w.professional("無紙本"))
    Document.objects.filter(subject=f"certificate.{bare.pk}").update(subject="none")
    number = here.applicant.national_id
    become_somebody_else(here.applicant)
    Certificate.objects.update(holder_name="", holder_birth_on=None)
    migration = importlib.import_module("vrs_credentials.migrations.0004_holder_and_line")
    migration.name_holders(apps, None)
    one.refresh_from_db()
    bare.refresh_from_db()
    assert (one.holder_name, one.holder_birth_on, one.holder_national_id) == ("王小明", date(1990, 5, 1), number)
    assert (bare.holder_name, bare.holder_birth_on) == ("無紙本", date(1990, 5, 1))

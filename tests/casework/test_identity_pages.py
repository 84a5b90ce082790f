"""更名、更正字號 in the browser: the person asks with proof, one officer checks, a second confirms."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLog, Organisation, User
from accounts.services.roles import grant_role
from casework.desk.search import read_search
from casework.intake.sample import paper
from casework.models import Case, CasePerson
from casework.rights import ADMINISTRATOR
from tests.accounts.changes import MISTAKEN, RENEWED, changed, renewed
from tests.factories import AT, UserFactory, proven

pytestmark = pytest.mark.django_db
OLD, NEW = "AD30196818", "A900207177"
ASK = reverse("casework:identity")


@pytest.fixture(autouse=True)
def _no_second_factor(settings, tmp_path) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False
    settings.MEDIA_ROOT = str(tmp_path)


def officer(name: str = "", organisation: Organisation | None = None) -> tuple[User, Client]:
    """Of the agency itself, who may help everybody; or of one office."""
    where = organisation or Organisation.objects.get_or_create(name="本署", kind="agency")[0]
    user = UserFactory(**({"name": name} if name else {}))
    grant_role(user=user, role_code=ADMINISTRATOR, organisation=where, by=None, at=AT)
    return user, signed_in(user)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("證明.pdf", paper("戶籍謄本", ["更名"], 1), "application/pdf")


def asked(client: Client, **given: object):
    data = {
        "key": uuid4(),
        "name": "",
        "national_id": "",
        "kind": "",
        "reason": "換發新式統一證號",
        "proof": pdf(),
        **given,
    }
    return client.post(ASK, data)


def press(client: Client, user: User, act: str, **given: object):
    page = reverse("admin:sign_in_help_act", args=[user.pk, act])
    return client.post(page, {f"{act}-key": uuid4(), **{f"{act}-{name}": value for name, value in given.items()}})


def checked(client: Client, user: User, **given: object):
    seen = {
        "name": "",
        "national_id": "",
        "kind": "",
        "document": "居留證",
        "seen_on": "109/05/01",
        "reason": "本人臨櫃",
    }
    return press(client, user, "check", **{**seen, **given})


def test_the_whole_way_from_the_persons_page() -> None:
    user = proven(UserFactory(name="阮氏英", national_number=OLD))
    client = signed_in(user)
    assert ASK in client.get(reverse("portal:me")).content.decode()
    assert asked(client, national_id=NEW, kind=RENEWED).status_code == 302
    page = client.get(ASK).content.decode()
    assert "待核對證件" in page and "撤回申請" in page and NEW not in page
    _, first = officer()
    _, second = officer()
    listed = first.get(reverse("admin:sign_in_help")).content.decode()
    place = reverse("admin:sign_in_help_person", args=[user.pk])
    assert "待辦理的更正" in listed and f"{place}#change" in listed
    assert "更正字號：阮氏英" in first.get("/").content.decode()
    drawn = first.get(place).content.decode()
    change = user.identity_changes.get()
    proof = reverse("admin:sign_in_help_proof", args=[change.pk])
    assert proof in drawn and NEW not in drawn and "確認更正" not in drawn
    answer = first.get(proof)
    assert b"".join(answer.streaming_content).startswith(b"%PDF-") and "no-store" in answer["Cache-Control"]
    assert AccessLog.objects.filter(action="download", subject__contains=user.account_name).exists()

    other = checked(first, user, national_id="A223456781", kind=RENEWED)
    assert other.status_code == 422 and "與本人申請的字號不同" in other.content.decode()
    assert "本人臨櫃" in other.content.decode(), "what was typed stays"
    assert checked(first, user, national_id=NEW, kind=RENEWED).status_code == 302
    assert "須由另一位帳號管理人員確認" in first.get(place).content.decode()
    assert press(first, user, "agree", change=change.pk).status_code == 422
    assert (
        "更正字號：阮氏英" not in first.get("/").content.decode()
        and "更正字號：阮氏英" in second.get("/").content.decode()
    )
    assert press(second, user, "agree", change=change.pk).status_code == 302
    user.refresh_from_db()
    assert user.national_id == NEW
    for shown in (second.get(place).content.decode(), client.get(ASK).content.decode()):
        assert "曾用姓名及字號" in shown and "換發新號" in shown and OLD not in shown and NEW not in shown


def test_bad_input_is_said_at_the_field_and_keeps_the_rest() -> None:
    user = proven(UserFactory(name="阮氏英", national_number=OLD))
    client = signed_in(user)
    for given, said in (
        ({}, "請填寫更正後的姓名或字號"),
        ({"name": "阮氏英"}, "無須更正"),
        ({"national_id": "A900207178"}, "統一證號"),
        ({"national_id": NEW}, "請選擇原字號是否也是本人的"),
        ({"name": "阮英", "proof": ""}, "證明文件"),
        ({"name": "阮英", "proof": SimpleUploadedFile("a.pdf", b"%PDF-1.4 no", "application/pdf")}, "PDF"),
    ):
        answer = asked(client, **given)
        assert answer.status_code == 422, given
        assert said in answer.content.decode() and "換發新式統一證號" in answer.content.decode(), given
    assert not user.identity_changes.exists()


def test_a_second_application_waits_and_the_first_is_taken_back() -> None:
    user = UserFactory(name="阮氏英")
    client = signed_in(user)
    assert asked(client, name="阮英").status_code == 302
    assert asked(client, name="阮英英").status_code == 422
    assert client.post(reverse("casework:identity_withdraw")).status_code == 302
    assert client.post(reverse("casework:identity_withdraw")).status_code == 422
    assert asked(client, name="阮英英").status_code == 302


def test_what_is_refused_is_told_with_the_reason() -> None:
    user = UserFactory(name="阮氏英")
    asked(signed_in(user), name="阮英")
    _, client = officer()
    change = user.identity_changes.get()
    assert press(client, user, "refuse", change=change.pk, reason=" ").status_code == 422
    assert press(client, user, "refuse", change=change.pk, reason="證明文件看不清楚").status_code == 302
    assert "證明文件看不清楚" in user.notices.get(code="accounts.identity_change").body
    user.refresh_from_db()
    assert user.name == "阮氏英"


def test_an_officer_of_another_office_sees_neither_the_change_nor_its_proof() -> None:
    user = UserFactory(name="阮氏英")
    asked(signed_in(user), name="阮英")
    change = user.identity_changes.get()
    _, client = officer("", Organisation.objects.create(name="某分署", kind="branch"))
    assert "待辦理的更正" not in client.get(reverse("admin:sign_in_help")).content.decode()
    assert client.get(reverse("admin:sign_in_help_proof", args=[change.pk])).status_code == 404
    assert press(client, user, "agree", change=change.pk).status_code == 404
    _, central = officer()
    other = UserFactory()
    assert press(central, other, "agree", change=change.pk).status_code == 404, "a change of somebody else"


def test_nobody_handles_their_own() -> None:
    user, client = officer("阮氏英")
    page = client.get(reverse("admin:sign_in_help_person", args=[user.pk])).content.decode()
    assert "自己的更正由其他帳號管理人員辦理" in page
    answer = checked(client, user, name="阮英")
    assert answer.status_code == 422 and "不能辦理自己的更正" in answer.content.decode()


# --- looking up by any number --------------------------------------------------------------------------------------------------


def _found(case: Case, text: str) -> bool:
    return Case.objects.filter(read_search(text).where, pk=case.pk).exists()


def _case(number: str, **given: object) -> Case:
    office = Organisation.objects.get_or_create(name="本署", kind="agency")[0]
    return Case.objects.create(
        number=number,
        kind="toy",
        state="filed",
        turn="office",
        title="某案",
        office=office,
        created_at=AT,
        changed_at=AT,
        **given,
    )


def test_a_case_is_found_by_every_number_and_name_of_the_person() -> None:
    user = proven(UserFactory(name="阮氏英", national_number=OLD))
    under_old, own = _case("TOY-115-000001"), _case("TOY-115-000002", person=user)
    CasePerson.objects.create(case=under_old, id_index=user.claimed_id_index, name="阮氏英")
    assert not _found(under_old, NEW) and not _found(own, NEW)
    renewed(user, NEW)
    changed(user, name="阮英")
    for text in (OLD, NEW):
        assert _found(under_old, text) and _found(own, text), text
    assert _found(own, "阮氏英") and _found(own, "阮英")


def test_a_number_that_was_never_theirs_finds_nothing_of_them() -> None:
    user = proven(UserFactory(name="阮氏英", national_number=OLD))
    own = _case("TOY-115-000003", person=user)
    changed(user, national_id=NEW, kind=MISTAKEN)
    assert _found(own, NEW) and not _found(own, OLD)


def test_an_officer_stays_away_from_a_case_under_a_number_they_had(monkeypatch: pytest.MonkeyPatch) -> None:
    from casework.cases.recusal import standing_in

    user = proven(UserFactory(name="阮氏英", national_number=OLD))
    case = _case("TOY-115-000004")
    CasePerson.objects.create(case=case, id_index=user.claimed_id_index, name="阮氏英")
    renewed(user, NEW)
    assert Case.objects.filter(standing_in(user, []), pk=case.pk).exists()

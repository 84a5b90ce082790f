"""Pages as people walk them: professional, institution, office, strangers. Undefined variables of templates fail."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.clock import now, today
from accounts.models import User
from casework.cases.doing import perform
from casework.law.in_force import law_in_force
from casework.models import Case, Document
from kernel.dates import roc
from tests.vrs_credentials import world as w
from vrs_credentials.documents import blanks
from vrs_credentials.models import Certificate, Course, JobPost, LedgerEntry, News, Opinion, Question
from vrs_credentials.services import renewing, reviewing, rosters, site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = settings.DEMO = False


def browser(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def get(client: Client, name: str, *args: Any, status: int = 200, **query: Any) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, (name, answer.status_code, answer.headers.get("Location"))
    return answer.content.decode() if "pdf" not in answer.headers.get("Content-Type", "") else ""


def test_public_side_without_signing_in(here: w.World) -> None:
    """VRS-17."""
    course = w.course_approved(here)
    site.save_job(
        here.institution, by=here.clerk, at=now(),
        data={"title": "就業服務員", "kind": "placement", "place": "臺北", "pay": "40,000 元", "body": "內容", "contact": "電話",
              "opens_on": today(), "closes_on": today()},
    )  # fmt: skip
    site.save_news(
        data={"title": "線上申請", "body": "公告", "pinned": True, "published_on": today()}, by=here.handler, at=now()
    )
    client = browser(None)
    assert course.title in get(client, "vrs_credentials:home")
    for query in (
        {},
        {"q": course.title},
        {"kind": "placement", "group": "professional"},
        {"kind": "x", "group": "y", "page": "99"},
    ):
        assert course.title in get(client, "vrs_credentials:public_courses", **query)
    assert course.title not in get(client, "vrs_credentials:public_courses", kind="assessor")
    assert course.title in get(client, "vrs_credentials:public_course", course.number)
    assert "林講師" in get(client, "vrs_credentials:public_lecturers", q="就業")
    assert "A1" not in get(client, "vrs_credentials:public_lecturers")
    assert "就業服務員" in get(client, "vrs_credentials:public_jobs", kind="placement")
    get(client, "vrs_credentials:public_job", JobPost.objects.get().pk)
    get(client, "vrs_credentials:news")
    get(client, "vrs_credentials:news_item", News.objects.get().pk)
    get(client, "vrs_credentials:questions")
    text = get(client, "vrs_credentials:downloads")
    for code in blanks.BLANKS:
        pdf, typed = (
            client.get(reverse(f"vrs_credentials:{name}", args=args))
            for name, args in (("download", [code]), ("download_as", [code, "odt"]))
        )
        assert pdf.content.startswith(b"%PDF") and f'href="{pdf.request["PATH_INFO"]}"' in text
        assert b"opendocument.text" in typed.content[:90] and f'href="{typed.request["PATH_INFO"]}"' in text
        assert typed.headers["Content-Type"] == "application/vnd.oasis.opendocument.text"
    get(client, "vrs_credentials:download_as", "vrs.hours_form", "docx", status=404)
    get(client, "vrs_credentials:download", "no.such", status=404)
    hidden = w.course_approved(here, is_public=False, title="不公開的課", teacher=course.lecturers.get())
    assert "不公開的課" not in get(client, "vrs_credentials:public_courses")
    get(client, "vrs_credentials:public_course", hidden.number, status=404)


def test_joining_and_the_wizard(here: w.World) -> None:
    """VRS-01: a stranger becomes a member, answers questions and gets a clause with why and a checklist."""
    client = browser(None)
    given = {
        "account_name": "newbie01", "name": "陳𠮷新", "national_id": w.national_id(77001), "email": "new@example.com", "birth_on": "79/05/01",
        "postal_code": "100", "address": "臺北市", "mobile": "0912345678", "agree": "on",
    }  # fmt: skip
    wrong = client.post(reverse("vrs_credentials:join"), {**given, "national_id": "A123456788"})
    assert wrong.status_code == 422 and "陳𠮷新" in wrong.content.decode()
    assert client.post(reverse("vrs_credentials:join"), given).status_code == 200
    taken = client.post(reverse("vrs_credentials:join"), {**given, "email": "n2@example.com"})
    assert taken.status_code == 422 and "這個帳號已有人使用" in taken.content.decode()
    user = User.objects.get(account_name="newbie01")
    assert user.notices.get().body.count("/set-password/") == 1
    client = browser(user)
    answers = {
        "kind": "placement",
        "degree": "other",
        "licence": "false",
        "skill": "none",
        "programme": "true",
        "training": "0",
        "years": "1",
    }
    page = client.post(reverse("vrs_credentials:apply"), answers)
    text = page.content.decode()
    assert text.index("第七條第一項第四款") < text.index("第七條第一項第五款") and "學分學程證明" in text
    made = client.post(reverse("vrs_credentials:apply"), {**answers, "clause": "7-1-4"})
    assert made.status_code == 302
    number = made.headers["Location"].split("/")[-2]
    text = get(client, "vrs_credentials:application", number)
    assert "學歷之證明文件" in text and "消極資格聲明" in text and "尚缺" in text
    again = client.post(reverse("vrs_credentials:apply"), {**answers, "clause": "7-1-4"})
    assert again.status_code == 422 and "辦理中" in again.content.decode()
    upload = reverse("vrs_credentials:upload", args=[number, "degree"])
    assert client.post(upload, {"files": [w.pdf("一"), w.pdf("二", 2)]}).status_code == 302
    assert Case.objects.get(number=number).attachments.get(field="degree").pages == 3
    pledge = reverse("vrs_credentials:upload", args=[number, "pledge"])
    assert "親簽" in client.post(pledge, {"files": [w.pdf("切結")]}).content.decode()
    assert client.post(pledge, {"files": [w.pdf("切結")], "by_hand": "1"}).status_code == 302
    client.post(reverse("vrs_credentials:upload", args=[number, "programme"]), {"files": [w.pdf("學程")]})
    page = reverse("vrs_credentials:application", args=[number])
    assert client.post(page, {"chosen": "training"}).status_code == 302
    assert "時數認定申請表" in get(client, "vrs_credentials:application", number)
    assert client.post(page, {"chosen": "programme", "hired_on": "今天"}).status_code == 422
    client.post(page, {"chosen": "programme"})
    client.post(page, {"declare": "1"})
    for what in ("form", "pledge"):
        get(client, "vrs_credentials:print", number, what)
    case = Case.objects.get(number=number)
    filed = client.post(reverse("casework:act", args=[number, "file"]), {"version": case.version})
    assert filed.status_code == 302, filed.content.decode()[:2000]
    case.refresh_from_db()
    assert case.state == "filed"
    get(client, "casework:case", number)
    paper = case.attachments.filter(removed_at=None).first()
    gone = client.post(reverse("vrs_credentials:remove", args=[number, paper.pk]))
    assert gone.status_code == 422 and case.attachments.filter(pk=paper.pk, removed_at=None).exists()


@pytest.mark.parametrize("made", ["drafted", "education", "course", "extension"])
def test_a_wrong_file_is_said_at_its_field_on_the_page_it_came_from(here: w.World, made: str) -> None:
    """VRS-02."""
    who, code = here.applicant, "pledge"
    if made == "course":
        data = w.course_data(today() + timedelta(days=40))
        one: Any = w.courses.start(here.institution, data=data, sets=[w.a_set()], lecturers=[w.lecturer(here)], by=here.clerk, at=now())  # fmt: skip
        case, who, code = one.case, here.clerk, "course_summary"
    elif made == "education":
        w.older(w.certified(here), today() - timedelta(days=60))
        case = w.education.start(person=who, data=w.education_data(), at=now()).case
    elif made == "extension":
        first = today() + timedelta(days=10)
        case = renewing.start_extension(
            w.certified(here), reason="parental_leave", away_from=first, away_until=first + timedelta(days=149), person=who, at=now()
        ).case  # fmt: skip
    else:
        case = w.drafted(here)
    client, before = browser(who), case.attachments.count()
    picture = SimpleUploadedFile("學歷.pdf", b"\x89PNG\r\n\x1a\n" + b"0" * 64)
    answer = client.post(
        reverse("vrs_credentials:upload", args=[case.number, code]), {"files": [picture], "by_hand": "1"}
    )
    text = answer.content.decode()
    assert answer.status_code == 422 and case.title in text and "未能完成" not in text
    assert text.count("這個檔案看起來是 PNG 圖片，不是 PDF。") == 2, "at the field and in the summary"
    field = text.split(f'id="slot-{code}"')[1].split("</form>")[0]
    assert "field--error" in text and f'id="paper-{code}_files_error"' in field and 'aria-invalid="true"' in field
    assert text.count('aria-invalid="true"') == 1 and f'href="#paper-{code}_files"' in text
    assert ("checked" in field) is (code == "pledge") and case.attachments.count() == before
    assert f'action="{reverse("vrs_credentials:upload", args=[case.number, code])}"' in text
    nothing = client.post(reverse("vrs_credentials:upload", args=[case.number, code]), {"by_hand": "1"})
    assert nothing.status_code == 422 and "請選擇檔案。" in nothing.content.decode()


def test_a_day_of_a_case_says_how_many_clauses_there_were_and_does_not_read_them_out(here: w.World) -> None:
    case = w.filed(here)
    text = get(browser(case.person), "casework:as_of", case.number, on=roc(today()))
    rows = re.findall(r'data-label="名稱"><span>(.*?)</span>.*?data-label="當日"><span>(.*?)</span>', text)
    clauses = law_in_force().at("vrs.clauses", today()).value
    assert dict(rows)["遴用條款及審查需求文件"] == f"共 {len(clauses)} 項"
    assert "T-4；" not in text and all(len(said) <= 130 for _, said in rows), rows


def test_professional_pages(here: w.World) -> None:
    """VRS-15, VRS-16: dashboard, certificate, planner, renewal, extension, loss."""
    one = w.older(w.certified(here, hired_on=today() - timedelta(days=10)), today() - timedelta(days=3 * 365 - 40))
    client = browser(here.applicant)
    text = get(client, "vrs_credentials:dashboard")
    assert "尚缺 54 小時" in text and "尚缺 6 小時" in text and one.number in text
    for name in ("certificate", "plan", "renew", "extend", "reissue", "lapsed"):
        get(client, f"vrs_credentials:{name}", one.pk)
    refused = client.post(reverse("vrs_credentials:renew", args=[one.pk]))
    assert refused.status_code == 422 and "專業課程+專業相關法規尚缺54小時" in refused.content.decode()
    course = w.course_approved(here, starts_on=today() + timedelta(days=20), sets=[w.a_set("54")])
    before = (Case.objects.count(), LedgerEntry.objects.count())
    text = get(client, "vrs_credentials:plan", one.pk, more_ethics="6")
    assert course.title in text and "即可達到更新所需時數" in text
    first = (today() + timedelta(days=1)).isoformat()
    text = get(
        client, "vrs_credentials:plan", one.pk, away_from=first, away_until=(today() + timedelta(days=200)).isoformat()
    )
    assert "可申請展延" in text
    assert "請同時填寫" in get(client, "vrs_credentials:plan", one.pk, away_from=first)
    assert (Case.objects.count(), LedgerEntry.objects.count()) == before
    assert client.post(reverse("vrs_credentials:reissue", args=[one.pk]), {"reason": "遺失"}).status_code == 302
    states = sorted(Document.objects.filter(case=one.case, paper="vrs_certificate").values_list("state", flat=True))
    assert states == ["issued", "replaced"]
    extension = client.post(
        reverse("vrs_credentials:extend", args=[one.pk]),
        {"reason": "parental_leave", "away_from": first, "away_until": "2050-01-01"},
    )
    assert extension.status_code == 302
    number = extension.headers["Location"].split("/")[-2]
    get(client, "vrs_credentials:extension", number)
    get(client, "vrs_credentials:print", number, "form")
    page = client.post(
        reverse("vrs_credentials:extend", args=[one.pk]),
        {"reason": "parental_leave", "away_from": first, "away_until": "2020-01-01"},
    )
    assert page.status_code == 422 and "迄日不得早於起日" in page.content.decode()
    get(client, "vrs_credentials:hours")
    case = w.hours_filed(here, one)
    get(client, "vrs_credentials:hours_case", case.number)
    get(client, "vrs_credentials:print", case.number, "form")
    client.post(
        reverse("casework:autosave"),
        {"draft_key": "vrs.education", "title": "打到一半的研討會", "kinds": ["placement"]},
    )
    assert "打到一半的研討會" in get(client, "vrs_credentials:education_apply")
    case = w.education_filed(here, ended_on=today(), starts_on=today())
    get(client, "vrs_credentials:education", case.number)
    get(client, "casework:case", case.number)
    assert client.post(reverse("vrs_credentials:export"), {"format": "ods"}).status_code == 302
    stranger = browser(w.professional("外人"))
    for name in ("certificate", "plan", "renew", "extend", "reissue", "lapsed"):
        get(stranger, f"vrs_credentials:{name}", one.pk, status=404)
    get(stranger, "vrs_credentials:education", case.number, status=404)


def test_renewal_page(here: w.World) -> None:
    one = w.older(w.certified(here), today() - timedelta(days=3 * 365 - 40))
    w.give_hours(
        one, {"professional": "50", "law": "4", "ethics": "9"}, held_on=today() - timedelta(days=30), by=here.handler
    )
    client = browser(here.applicant)
    assert "申請換證" in get(client, "vrs_credentials:renew", one.pk)
    made = client.post(reverse("vrs_credentials:renew", args=[one.pk]))
    again = client.post(reverse("vrs_credentials:renew", args=[one.pk]))
    assert made.status_code == again.status_code == 302 and made.headers["Location"] == again.headers["Location"]
    number = made.headers["Location"].split("/")[-2]
    get(client, "vrs_credentials:renewal", number)
    get(client, "vrs_credentials:print", number, "form")


def test_institution_pages(here: w.World) -> None:
    """VRS-05, VRS-06, VRS-08 on screen: file a course, import a roster with errors, then without."""
    client = browser(here.clerk)
    for name in (
        "institution",
        "institution_profile",
        "course_file",
        "course_list",
        "lecturers",
        "lecturer_new",
        "job_new",
        "job_list",
        "attendance_list",
        "roster_example",
    ):
        get(client, f"vrs_credentials:{name}")
    # rows added below it by a program must not stick to the example, which is no data
    assert client.get(reverse("vrs_credentials:roster_example")).content.endswith(b"\r\n")
    bad = client.post(
        reverse("vrs_credentials:lecturer_new"), {**w.LECTURER, "clause": "1", "national_id": w.national_id(5)}
    )
    assert bad.status_code == 422 and "證書字號" in bad.content.decode()
    assert (
        client.post(
            reverse("vrs_credentials:lecturer_new"), {**w.LECTURER, "national_id": w.national_id(5)}
        ).status_code
        == 302
    )
    teacher = here.institution and w.courses.Lecturer.objects.get()
    given = {
        "title": "新課程", "is_public": "on", "mode": "onsite", "slot": "full", "starts_on": "116/03/01", "ends_on": "116/03/01", "fee": "0",
        "place": "臺北", "group_1": "professional", "competence_1": "就業服務", "area_1": "就業開拓", "hours_1": "6", "audience": ["placement"],
        "lecturers": [teacher.pk],
    }  # fmt: skip
    assert client.post(reverse("vrs_credentials:course_file"), {**given, "mode": "both"}).status_code == 422
    assert client.post(reverse("vrs_credentials:course_file"), {**given, "group_2": "ethics"}).status_code == 422
    made = client.post(reverse("vrs_credentials:course_file"), given)
    assert made.status_code == 302
    number = made.headers["Location"].split("/")[-2]
    get(client, "vrs_credentials:course", number)
    get(client, "vrs_credentials:print", number, "form")
    w.certified(here)
    course = w.course_approved(here, starts_on=today() - timedelta(days=3), teacher=teacher)
    page = reverse("vrs_credentials:attendance_import", args=[course.case.number])
    get(client, "vrs_credentials:attendance_import", course.case.number)
    day = course.starts_on.isoformat()
    wrong = w.roster([(day, "王小明", here.applicant.national_id, "9"), ("2001/1/1", "無此人", "A123456788", "x")])
    progress = reverse("vrs_credentials:import_progress", args=[course.case.number])
    assert client.post(page, {"roster_1": _file(wrong), "sheet": w.pdf("簽到")}).status_code == 302
    assert "等候檢查" in (text := get(client, "vrs_credentials:attendance_import", course.case.number))
    assert progress in text and "確定上傳" not in text
    polled = client.get(progress, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in polled.headers and progress in polled.content.decode()
    assert client.get(progress).status_code == 302
    assert rosters.run_waiting(at=now()) == 1
    polled = client.get(progress, headers={"HX-Request": "true"})
    assert polled.headers["HX-Refresh"] == "true" and progress not in polled.content.decode()
    text = get(client, "vrs_credentials:attendance_import", course.case.number)
    assert "時數 9 應大於 0 且不超過核定時數 6" in text and "上課日期" in text and "確定上傳" not in text
    report = b"".join(client.get(reverse("vrs_credentials:import_findings", args=[course.case.number]))).decode(
        "utf-8-sig"
    )
    assert [line.split(",")[1] for line in report.splitlines()] == ["列", "3", "4"] and "王小明" not in report
    assert not course.fields.get().imports.exists()
    good = w.roster([(day, "王小明", here.applicant.national_id, "6")], encoding="cp950")
    assert client.post(page, {"roster_1": _file(good)}).status_code == 302
    rosters.run_waiting(at=now())
    text = get(client, "vrs_credentials:attendance_import", course.case.number)
    assert "確定上傳" in text and "在上課日之後，匯入後不登錄時數" in text
    version = re.search(r'name="version" value="(\d+)"', text)
    assert version
    assert client.post(page, {"confirm": "1", "version": version[1]}).status_code == 302
    assert "等候匯入" in get(client, "vrs_credentials:attendance_import", course.case.number)
    rosters.run_waiting(at=now())
    assert get(client, "vrs_credentials:attendance_import", course.case.number).count("等候核定時數") == 1
    found = client.post(reverse("vrs_credentials:attendance_list"), {"course": course.number})
    assert "王小明" in found.content.decode()
    get(client, "vrs_credentials:import_findings", course.case.number, status=404)
    get(client, "casework:case", course.case.number)
    _, elsewhere = w.institution("別的機構", "22099131")
    for name in ("course", "attendance_import", "import_progress", "import_findings"):
        get(browser(elsewhere), f"vrs_credentials:{name}", course.case.number, status=404)
    get(browser(here.applicant), "vrs_credentials:institution", status=404)


def _file(content: bytes, name: str = "名冊.csv") -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content, content_type="text/csv")


def test_office_pages(here: w.World) -> None:
    """The whole review through the browser: assign, two opinions unseen by each other, committee, approval."""
    case = w.filed(here)
    handler, first, second, secretary, approver = (
        browser(one) for one in (here.handler, here.reviewers[0], here.reviewers[1], here.secretary, here.approver)
    )
    get(first, "admin:case", case.number, status=404)
    get(handler, "admin:case", case.number)
    _act(handler, case, "assign", reviewers=[one.pk for one in here.reviewers[:2]])
    assert case.number in get(first, "admin:vrs_review")
    get(first, "admin:case", case.number)
    get(browser(here.reviewers[2]), "admin:case", case.number, status=404)
    _act(first, case, "opinion", verdict="doubt", comment="科系不符之疑義")
    for client in (second, handler):
        text = get(client, "admin:case", case.number)
        assert "科系不符之疑義" not in text and "已提出（另一位提出後公開）" in text
    assert "科系不符之疑義" in get(first, "admin:case", case.number)
    _act(second, case, "opinion", verdict="pass", comment="")
    for client in (second, handler, secretary):
        assert "科系不符之疑義" in get(client, "admin:case", case.number)
    applicant = get(browser(here.applicant), "casework:case", case.number)
    assert "科系不符之疑義" not in applicant and here.reviewers[0].name not in applicant
    for one in Opinion.objects.all():
        get(handler, "admin:vrs_opinion_sheet", one.assignment_id)
    made = secretary.post(
        reverse("admin:vrs_sessions"),
        {"held_on": today().isoformat(), "place": "會議室", "chair": "主席", "members": "甲"},
    )
    assert made.status_code == 302
    session = reviewing.open_sessions(here.office).get()
    _act(handler, case, "refer", session=session.pk)
    get(secretary, "admin:vrs_session", session.pk)
    get(secretary, "admin:vrs_agenda", session.pk)
    address = reverse("admin:case_act", args=[case.number, "decide"])
    early = secretary.post(
        address, {"decision": "pass", "reason": "符合", "version": Case.objects.get(pk=case.pk).version}
    )
    assert early.status_code == 422 and "會議紀錄" in early.content.decode()
    secretary.post(reverse("admin:vrs_session", args=[session.pk]), {"minutes": "決議通過。", "members": "甲、乙"})
    _act(secretary, case, "decide", decision="pass", reason="符合條款")
    secretary.post(reverse("admin:vrs_session", args=[session.pk]), {"close": "1"})
    get(secretary, "admin:vrs_session", session.pk)
    _act(approver, case, "approve", letter_number=w.LETTER, letter_on=today().isoformat())
    get(first, "admin:case", case.number, status=404)
    one = Certificate.objects.get(case=case)
    get(handler, "admin:vrs_certificates")
    assert (
        one.number
        in handler.post(reverse("admin:vrs_certificates"), {"q": here.applicant.national_id}).content.decode()
    )
    page = reverse("admin:vrs_certificate", args=[one.pk])
    get(handler, "admin:vrs_certificate", one.pk)
    fixed = handler.post(
        page, {"act": "correct", "group": "law", "hours": "3", "held_on": today().isoformat(), "reason": "補登"}
    )
    assert fixed.status_code == 302 and one.entries.get().hours == 3
    assert handler.post(page, {"act": "hired", "hired_on": today().isoformat()}).status_code == 302
    assert handler.post(page, {"act": "revoke", "reason": "x"}).status_code == 404
    bare = approver.post(page, {"act": "revoke", "reason": "不實"})
    assert bare.status_code == 422 and "發文字號" in bare.content.decode()
    letter = {"letter_number": w.LETTER, "letter_on": today().isoformat()}
    assert approver.post(page, {"act": "revoke", "reason": "不實", **letter}).status_code == 302
    paper = Document.objects.get(case=case, paper="vrs_certificate")
    assert "撤銷" in get(browser(None), "casework:check", paper.number, paper.check_code)
    assert "已撤銷" in get(browser(here.applicant), "vrs_credentials:certificate", one.pk)
    for name in ("vrs_news", "vrs_questions"):
        get(handler, f"admin:{name}")
        get(approver, f"admin:{name}", status=404)
    question = site.ask(subject="問", body="題", by=here.applicant, at=now())
    assert (
        handler.post(reverse("admin:vrs_question", args=[question.pk]), {"answer": "答", "is_public": "on"}).status_code
        == 302
    )
    assert Question.objects.get().is_public and "答" in get(browser(None), "vrs_credentials:questions")


def _act(client: Client, case: Case, act: str, **given: Any) -> None:
    version = Case.objects.get(pk=case.pk).version
    answer = client.post(reverse("admin:case_act", args=[case.number, act]), {**given, "version": version})
    assert answer.status_code == 302, (
        act,
        answer.status_code,
        re.findall(r"errorlist.*?</ul>", answer.content.decode(), re.S)[:3],
    )


def test_an_opinion_after_the_case_moved_on_is_a_conflict(here: w.World) -> None:
    case = w.assigned(here)
    drawn = case.version
    perform(
        case,
        "ask_supplement",
        items=[{"target": "paper.degree", "label": "學歷", "problem": "不清楚"}],
        message="",
        due_on=today() + timedelta(days=7),
        by=here.handler,
        at=now(),
    )
    client = browser(here.reviewers[0])
    answer = client.post(
        reverse("admin:case_act", args=[case.number, "opinion"]),
        {"verdict": "pass", "comment": "我寫了很久的意見", "version": drawn},
    )
    assert answer.status_code == 409 and "我寫了很久的意見" in answer.content.decode()
    assert not Opinion.objects.exists()


def test_the_outsider_with_the_same_rights_elsewhere_sees_nothing(here: w.World) -> None:
    other = w.Organisation.objects.create(name="另一承辦單位", kind="commissioned")
    people = w.office_people(other, now())
    one = w.certified(here)
    for user in people.values():
        get(browser(user), "admin:case", one.case.number, status=404)
        get(browser(user), "admin:vrs_certificate", one.pk, status=404)


def test_lists_ask_a_bounded_number_of_questions(here: w.World, django_assert_max_num_queries: Any) -> None:
    teacher = w.lecturer(here)
    for n in range(3):
        w.course_approved(here, teacher=teacher, starts_on=today() + timedelta(days=10 + n))
    client = browser(None)
    with django_assert_max_num_queries(8):
        get(client, "vrs_credentials:public_courses")
    assert Course.objects.count() == 3
    w.certified(here)
    client = browser(here.applicant)
    with django_assert_max_num_queries(45):
        get(client, "vrs_credentials:dashboard")


__all__ = ["renewing"]

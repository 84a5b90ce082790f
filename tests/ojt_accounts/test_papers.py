"""The four papers of the pack as somebody holds them: their text, their marks, their pages, and who is named on them."""

import re
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.clock import now, today
from casework.cases.doing import perform
from casework.models import Case, Document
from casework.papers import rendering
from casework.papers.documents import bytes_of
from kernel.dates import roc
from ojt_accounts import documents
from ojt_accounts.models import Application
from ojt_accounts.params import CATEGORIES
from ojt_accounts.selectors import application_of, live_forms, live_pledges
from tests.ojt_accounts import world as w

pytestmark = pytest.mark.django_db

UNIT_FORM, ACCOUNT, PLEDGE, COVER = "ojt.unit_form", "ojt.account_form", "ojt.pledge", "ojt.cover"
A4_AT_60 = (497, 702)
#: Faces of the official Kai typeface; the two after the first hold what lies beyond the basic plane.
KAI = {"TW-Kai", "TW-Kai-Ext-B", "TW-Kai-Plus"}
RARE = "𠮷田美惠"


def text_of(content: bytes) -> str:
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return found.stdout.decode()


def squeezed(content: bytes) -> str:
    """Without the spaces of the layout."""
    return re.sub(r"\s+", "", text_of(content))


def picture(content: bytes, folder: Path) -> Image.Image:
    """The only page at 60 dots an inch."""
    path = folder / "paper.pdf"
    path.write_bytes(content)
    subprocess.run(["pdftoppm", "-r", "60", "-gray", "-png", "-singlefile", path, folder / "paper"], check=True)
    with Image.open(folder / "paper.png") as opened:
        return opened.convert("L")


def ink(page: Image.Image) -> float:
    return sum(page.histogram()[:160]) / (page.width * page.height)


def fonts(content: bytes) -> set[str]:
    found = subprocess.run(["pdffonts", "-"], input=content, capture_output=True, check=True).stdout.decode()
    return {line.split()[0].split("+")[-1] for line in found.splitlines()[2:]}


def printed(case: Case, paper: str, pk: int | None = None) -> bytes:
    application = application_of(case)
    application.case = case
    return rendering.render(paper, documents.print_context(application, paper, today=today(), pk=pk))


def all_of(case: Case) -> dict[str, bytes]:
    application = application_of(case)
    return {
        UNIT_FORM: printed(case, UNIT_FORM),
        ACCOUNT: printed(case, ACCOUNT, live_forms(application)[0].position),
        PLEDGE: printed(case, PLEDGE, live_pledges(application)[0].pk),
        COVER: printed(case, COVER),
    }


# --- blank -------------------------------------------------------------------------------------------------------------------

#: What the pack prints on each form; the star marks what the unit must fill in (OA-18).
BLANK = {
    UNIT_FORM: (
        "建立訓練機構名稱申請表", "專案計畫名稱＊", "機構名稱全銜＊", "統一編號＊", "立案證號＊", "機構別代碼＊", "地址＊",
        "負責人姓名＊", "聯絡人姓名＊", "聯絡人電話＊", "保險證號＊", "單位大小章＊", "分署承辦人", "分署科室主管", "決行",
        "產業人才投資計畫", "提升勞工自主學習計畫", "充電起飛計畫", "區域產業據點職業訓練計畫(在職)", "外訓版通過(含)或合格",
    ),
    ACCOUNT: (
        "使用者帳號單", "申請", "賦予", "註銷", "申請專案別年度＊", "申請人姓名＊", "身分證字號＊", "申請人Email＊",
        "聯絡電話＊", "使用者帳號＊", "同過往(舊有開通人員)", "申請人(簽章)＊", "申請單位主管(簽章)＊", "單位印信＊",
        "分署承辦人", "科室主管", "決行", "系統帳號設定人員", "帳號啟用／註銷／賦予日期", "12～16碼", "5～15碼",
    ),
    PLEDGE: (
        "資訊安全保密切結書", "立切結書人", "此致", "請簽名或蓋章，勿僅電腦繕打", "身分證字號", "戶籍地址", "聯絡電話", "中華民國",
        "保密責任不因專案結束、職務異動、離職或工作地點變更而終止", "負全部法律責任", "不以任何方式洩漏", "文字版本",
    ),
}  # fmt: skip


@pytest.mark.parametrize("paper", BLANK)
def test_a_blank_form_says_what_the_pack_says_and_nothing_is_marked(here: w.World, tmp_path: Path, paper: str) -> None:
    content = documents.blank(paper, today=today())
    text = squeezed(content)
    # a label that wraps in a narrow column is cut into lines that the layout interleaves: its characters are all there
    missing = [words for words in BLANK[paper] if words not in text and not _scattered(words, content)]
    assert not missing
    assert "☑" not in text and "None" not in text
    assert rendering.page_count(content) == 1
    page = picture(content, tmp_path)
    assert page.size == A4_AT_60 and 0.01 < ink(page) < 0.3
    assert fonts(content) <= KAI


def _scattered(words: str, content: bytes) -> bool:
    """Read cell by cell instead of line by line."""
    found = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return words in re.sub(r"\s+", "", found.stdout.decode())


def test_the_category_codes_are_printed_on_the_unit_form(here: w.World) -> None:
    """OA-19."""
    text = squeezed(documents.blank(UNIT_FORM, today=today()))
    for code, label in CATEGORIES.items():
        assert re.sub(r"\s+", "", f"{code}{label}") in text


# --- filled in -----------------------------------------------------------------------------------------------------------------


def test_every_paper_is_one_page_of_kai_with_its_case_number(here: w.World, tmp_path: Path) -> None:
    case = w.filed(here)
    for paper, content in all_of(case).items():
        text = squeezed(content)
        assert rendering.page_count(content) == 1, paper
        assert case.number in text and "None" not in text, paper
        page = picture(content, tmp_path)
        assert page.size == A4_AT_60 and 0.01 < ink(page) < 0.3, paper
        assert fonts(content) <= KAI, paper


def test_marks_stand_where_they_were_made(here: w.World) -> None:
    text = squeezed(printed(w.filed(here), UNIT_FORM))
    for words in (
        "☑產業人才投資計畫",
        "□提升勞工自主學習計畫",
        "☑訓練機構版",
        "☑銅牌",
        "□金牌",
        "□是",
        "☑否",
        "□外訓版",
    ):
        assert words in text
    assert text.count("☑") == 4
    assert "720201臺南市官田區工業路1號" in text and "林文山" in text and "王志明" in text


@pytest.mark.parametrize(
    ("edition", "grade", "marks"),
    [
        ("training_institution", "gold", ("☑訓練機構版", "☑金牌", "□外訓版")),
        ("training_institution", "pass", ("☑訓練機構版", "☑通過", "□外訓版")),
        ("external_training", "pass", ("□訓練機構版", "□通過", "☑外訓版")),
        ("external_training", "qualified", ("□訓練機構版", "□金牌", "☑外訓版")),
    ],
)
def test_edition_and_grade(here: w.World, edition: str, grade: str, marks: tuple[str, ...]) -> None:
    case = w.drafted(here, numbers=())
    data = {**w.UNIT_FORM, "ttqs_edition": edition, "ttqs_grade": grade}
    perform(case, "unit_form.saved", data=data, by=here.contact, at=now())
    text = squeezed(printed(case, UNIT_FORM))
    assert [mark for mark in marks if mark not in text] == []


FULL = {
    "plans": ["industry_talent", "self_learning", "recharge", "regional_base"],
    "host": "歐陽𠮷野美惠",
    "host_phone": "06-698-5945#1234",
    "in_charge_phone": "06-698-5945#1235",
    "contact_mobile": "0912-345-678",
    "contact_fax": "06-698-5941",
    "contact_email": "contact.person@training-centre.org.tw",
    "specialities": "電腦應用、烘焙、照顧服務、美容美髮、機電整合、水電修護、會計實務",
    "introduction": "本中心成立於民國七十五年，辦理在職勞工訓練逾三十年。",
    "capacity": "每期 60 人",
    "fire_safety": "114年檢查合格",
    "members": 1234,
    "members_insured": 1200,
    "employees_insured": 34,
    "registered_address": "臺南市新營區民治路36號10樓之1",
}


@pytest.mark.parametrize(
    ("changes", "pages"),
    [
        ({}, 1),
        ({"introduction": "本中心成立於民國七十五年，辦理在職勞工訓練逾三十年，" * 12 + "以上。"}, 2),
    ],
)
def test_a_full_unit_form_keeps_to_its_page_and_a_long_story_goes_overleaf(
    here: w.World, changes: dict[str, str], pages: int
) -> None:
    case = w.drafted(here, numbers=())
    data = {**w.UNIT_FORM, **FULL, **changes}
    perform(case, "unit_form.saved", data=data, by=here.contact, at=now())
    content = printed(case, UNIT_FORM)
    assert rendering.page_count(content) == pages
    raw = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    text = re.sub(r"\s+", "", raw.stdout.decode())
    values = [str(value) for name, value in data.items() if name not in ("plans", "category", "ran_last_year")]
    shown = [value for value in values if value not in ("training_institution", "bronze")]
    assert [value for value in shown if re.sub(r"\s+", "", value) not in text] == []


def test_a_rare_character_is_printed_and_can_be_searched(here: w.World, tmp_path: Path) -> None:
    case = w.drafted(here, numbers=())
    perform(case, "account_form.saved", data=w.account(1, name=RARE), position=None, by=here.contact, at=now())
    content = printed(case, ACCOUNT, 1)
    assert RARE in squeezed(content)
    assert "TW-Kai-Ext-B" in fonts(content)
    before = picture(printed_with_name(case, "　田美惠"), tmp_path)
    assert ink(picture(content, tmp_path)) > ink(before), "the character is an empty place"


def printed_with_name(case: Case, name: str) -> bytes:
    application = application_of(case)
    application.case = case
    context = documents.account_form_context(application, live_forms(application)[0], today=today())
    return rendering.render(ACCOUNT, {**context, "name": name})


def test_requests_of_the_account_form(here: w.World) -> None:
    w.done(here)
    case = w.drafted(here, kind="renewal", numbers=())
    perform(case, "account_form.copied", by=here.contact, at=now())
    text = squeezed(printed(case, ACCOUNT, 1))
    assert "□申請☑賦予□註銷" in text
    assert "☑同過往(舊有開通人員)yct2026n1" in text or ("☑同過往" in text and "yct2026n1" in text)
    case = w.drafted(here, kind="cancellation", numbers=())
    perform(case, "account_form.copied", by=here.contact, at=now())
    assert "□申請□賦予☑註銷" in squeezed(printed(case, ACCOUNT, 1))


def test_the_branch_part_fills_as_it_is_signed(here: w.World) -> None:
    """OA-21."""
    for part in ("officer", "chief", "approver", "admin"):
        person = getattr(here, part)
        person.name = {"officer": "陳承辦", "chief": "黃主管", "approver": "李決行", "admin": "吳設定"}[part]
        person.save()
    case = w.filed(here)
    w.checked(here, case)
    assert "陳承辦" not in squeezed(printed(case, ACCOUNT, 1))
    case = w.signed(here, case, here.officer)
    text = squeezed(printed(case, ACCOUNT, 1))
    assert "陳承辦" in text and "黃主管" not in text
    case = w.signed(here, case, here.chief, here.approver)
    forms = [printed(case, ACCOUNT, 1), printed(case, UNIT_FORM)]
    assert all(name in squeezed(form) for form in forms for name in ("陳承辦", "黃主管", "李決行"))
    assert "吳設定" not in squeezed(forms[0])
    perform(case, "set", codes=["account.1"], set_on=today(), by=here.admin, at=now())
    issued = {one.paper: bytes_of(one) for one in Document.objects.filter(case=case)}
    assert "吳設定" in squeezed(issued[ACCOUNT]) and squeezed(issued[ACCOUNT]).count(roc(today())) >= 5


# --- identifiers and codes -------------------------------------------------------------------------------------------------


def test_the_identifier_stands_only_on_its_own_persons_papers(here: w.World) -> None:
    """OA-20: on the account form and the pledge, which are made for it, and nowhere else."""
    case = w.filed(here, numbers=(1, 2))
    application = application_of(case)
    ids = [w.national_id(1), w.national_id(2)]
    for number, form in zip(ids, live_forms(application), strict=True):
        text = squeezed(printed(case, ACCOUNT, form.position))
        assert number in text and all(other not in text for other in ids if other != number)
    for pledge in live_pledges(application):
        text = squeezed(printed(case, PLEDGE, pledge.pk))
        assert pledge.national_id in text and pledge.name in text
        assert not any(other in text for other in ids if other != pledge.national_id)
    for paper in (UNIT_FORM, COVER):
        text = squeezed(printed(case, paper))
        assert not re.search(r"[A-Z][1289]\d{8}", text)


def test_the_name_on_the_pledge_is_left_to_be_signed(here: w.World) -> None:
    """OA-23: beside 姓名 there is a place and no typed name."""
    case = w.drafted(here)
    pledge = live_pledges(application_of(case))[0]
    before, after = text_of(printed(case, PLEDGE, pledge.pk)).split("中華民國")
    assert pledge.name not in before
    assert pledge.name in after and pledge.capacity_labels in re.sub(r"\s+", "", after)


def test_an_issued_paper_is_checked_with_what_is_printed_on_it(here: w.World) -> None:
    """Number and code typed from the foot of the paper, as somebody without a camera does."""
    w.done(here)
    document = Document.objects.get(paper=ACCOUNT)
    text = text_of(bytes_of(document))
    number = re.search(r"文件編號\s*(D-\d+-\d+)", text)
    code = re.search(r"查驗碼\s*([A-Z0-9-]+)", text)
    assert number and code
    client = Client()
    answer = client.get(reverse("casework:check"), {"number": number[1], "code": code[1].lower()}, follow=True)
    page = answer.content.decode()
    assert "這份文件目前有效" in page and document.number in page
    assert w.national_id(1) not in page and "申請人1" not in page


# --- the cover and the batch -----------------------------------------------------------------------------------------------


def test_the_cover_lists_what_goes_into_the_envelope(here: w.World) -> None:
    """OA-22."""
    here.branch.postal_code, here.branch.phone = "720201", "06-6985945"
    here.branch.save()
    case = w.filed(here, numbers=(1, 2))
    rows = [re.sub(r"\s+", " ", line).strip() for line in text_of(printed(case, COVER)).splitlines()]
    text = " ".join(rows)
    for words in ("720201 臺南市官田區工業路40號", "勞動部勞動力發展署雲嘉南分署 收", case.number, here.unit.name):
        assert words in text
    assert "2 使用者帳號申請／註銷／賦予單 2" in rows
    pledges = len(live_pledges(application_of(case)))
    assert f"3 資訊安全保密切結書 {pledges}" in rows
    assert "4 公文 1 1" in rows and "7 組織章程 1 1" in rows


def test_a_batch_is_split_into_each_ones_pages(here: w.World, tmp_path: Path) -> None:
    case = w.filed(here, numbers=(1, 2, 3))
    application: Application = application_of(case)
    application.case = case
    forms = live_forms(application)
    contexts = [documents.account_form_context(application, form, today=today()) for form in forms]
    split = rendering.render_batch(ACCOUNT, contexts)
    assert len(split) == 3
    for form, content in zip(forms, split, strict=True):
        text = squeezed(content)
        assert rendering.page_count(content) == 1
        assert form.national_id in text and text.count("身分證字號＊") == 1
        assert picture(content, tmp_path).size == A4_AT_60
    above_the_foot = (0, 0, 497, 600)
    alone = picture(rendering.render(ACCOUNT, contexts[1]), tmp_path).crop(above_the_foot)
    assert alone.tobytes() == picture(split[1], tmp_path).crop(above_the_foot).tobytes()


def test_the_same_paper_looks_the_same_again(here: w.World, tmp_path: Path) -> None:
    """Reprint is not regenerate: the kept bytes; and a working copy is drawn alike."""
    case = w.done(here)
    document = Document.objects.get(paper=ACCOUNT)
    assert bytes_of(document) == bytes_of(Document.objects.get(pk=document.pk))
    first, second = (picture(printed(case, UNIT_FORM), tmp_path) for _ in range(2))
    assert first.size == second.size and first.tobytes() == second.tobytes()

"""展示資料: the 45+ site's people, accounts near and past 180 days, leavers, an inventory half answered, texts in each state."""

import io
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.clock import now
from accounts.demo import Demonstration, DemoRole, ToldAmendment
from accounts.models import User
from accounts.services.roles import grant_role
from casework.cases.doing import perform
from casework.demo import demo_person
from casework.law.in_force import law_in_force
from casework.models import Notice
from casework.papers.wordings import sync_wordings
from kernel.dates import ONE_DAY, taipei_day
from senior45.models import InventoryLine, SiteAccount, SiteOffice
from senior45.selectors import leaver_outcome
from senior45.services import articles, inventory, leavers, requests
from senior45.services.accounts import give_right, role_from_rights, set_idle_deadline
from senior45.services.offices import load_site_offices

LEAD, BRANCH, CENTER, JOB = "WDA-SP", "WDA-YCT", "WDA-YCT-SC", "WDA-YCT-J7"
BUREAU, POINT, DESK = "GOV-67000-B", "GOV-67000-P1", "GOV-67000-D1"

#: (account, name, office, role of the form, rights, label of the sign-in button)
PEOPLE = (
    ("s45admin", "蔡明哲", LEAD, "agency_head", ("system_admin",), "45+ 系統總管理者（身特組）"),
    ("s45lead", "許雅惠", LEAD, "agency_officer", ("opener",), "45+ 帳號開通人員（身特組）"),
    ("s45check", "何志豪", LEAD, "agency_officer", ("inventory",), "45+ 帳號清查者（身特組）"),
    ("s45branch", "吳佩珊", BRANCH, "agency_officer", ("opener",), "45+ 帳號開通人員（雲嘉南分署）"),
    ("s45reviewer", "鄭淑芬", BUREAU, "county_head", ("reviewer",), "45+ 審稿人員（臺南市勞工局）"),
    ("s45editor", "林冠宇", POINT, "point_staff", ("editor",), "45+ 上稿人員（臺南市銀髮據點）"),
    ("s45center", "郭怡君", CENTER, "service_staff", ("editor",), ""),
    ("s45centerrev", "洪國榮", CENTER, "service_head", ("reviewer",), ""),
)
#: 單位主管 and 聯繫窗口.
DESIGNATED = (
    ("s45head", "邱文彬", (POINT, DESK), "s45_head", "45+ 單位主管（臺南市銀髮據點）"),
    ("s45window", "曾美玲", (POINT, DESK), "s45_window", "45+ 聯繫窗口（臺南市銀髮據點）"),
    ("s45jobhead", "廖建宏", (JOB, CENTER, BRANCH), "s45_head", ""),
    ("s45jobwindow", "賴惠如", (JOB, CENTER, BRANCH), "s45_window", ""),
    ("s45bureauhead", "施俊傑", (BUREAU,), "s45_head", ""),
    ("s45bureauwindow", "周曉琪", (BUREAU,), "s45_window", ""),
)
#: Days since the last sign-in; the last one is closed by the sweep.
IDLE = (
    (149, "s45idle149", "葉秀蘭"),
    (166, "s45idle166", "潘志明"),
    (177, "s45idle177", "簡淑惠"),
    (180, "s45idle180", "鍾文雄"),
    (181, "s45idle181", "游麗華"),
)
LEAVERS = ((1, "s45leaver1", "江宜庭"), (3, "s45leaver3", "詹前利"), (4, "s45leaver4", "龔玉梅"))


def office(code: str) -> SiteOffice:
    return SiteOffice.objects.select_related("organisation", "branch__organisation", "bureau__organisation").get(
        organisation__code=code
    )


def build() -> int:
    """Nothing is added twice: the first person's account says that all is there."""
    if SiteAccount.objects.filter(user__account_name=PEOPLE[0][0]).exists():
        return 0
    at = now()
    sync_wordings(at=at)
    load_site_offices()
    for name, person, place, role, rights, _ in PEOPLE:
        _account(
            demo_person(name, person),
            office(place),
            role,
            rights,
            opened=at - timedelta(days=300),
            signed_in=taipei_day(at) - ONE_DAY,
        )
    for name, person, places, role, _ in DESIGNATED:
        user = demo_person(name, person)
        for place in places:
            grant_role(user=user, role_code=role, organisation=office(place).organisation, by=None, at=at)
    _idle(at)
    _leavers(at)
    made = _requests(at)
    made += _articles(at)
    # Letters of what happened weeks ago are mailed from today on, like any other.
    Notice.objects.filter(code__startswith="senior45.", next_try_at__lt=at).update(next_try_at=at)
    return made + _inventory(at)


def _account(
    user: User, place: SiteOffice, role: str, rights: tuple[str, ...], *, opened: datetime, signed_in: date | None
) -> SiteAccount:
    opened_on = taipei_day(opened)
    idle_from = max(opened_on, signed_in or opened_on)
    account = SiteAccount.objects.create(
        user=user,
        office=place,
        role=role,
        title="承辦人",
        opened_on=opened_on,
        last_sign_in_on=signed_in,
        idle_from=idle_from,
    )
    for right in rights:
        give_right(account, right, starts_on=opened_on, case=None, by=None, at=opened)
    role_from_rights(account, on=opened_on, by=None, at=opened)
    # As of the day of the last sign-in, so that the warnings that were due since are due now.
    set_idle_deadline(account, at=now() - timedelta(days=(taipei_day(now()) - idle_from).days))
    return account


def _idle(at: datetime) -> None:
    for days, name, person in IDLE:
        signed_in = taipei_day(at) - timedelta(days=days)
        _account(
            demo_person(name, person),
            office(JOB),
            "service_staff",
            ("editor",),
            opened=at - timedelta(days=400),
            signed_in=signed_in,
        )


def _leavers(at: datetime) -> None:
    """Leaving so long ago that today is their first, third and fourth working day; the last is closed by the sweep."""
    window, calendar = User.objects.get(account_name="s45window"), law_in_force().calendar
    for working_days, name, person in LEAVERS:
        account = _account(
            demo_person(name, person),
            office(POINT),
            "point_staff",
            ("editor",),
            opened=at - timedelta(days=200),
            signed_in=taipei_day(at) - timedelta(days=20),
        )
        left_on, day = taipei_day(at), calendar.next_working(taipei_day(at))
        while calendar.working_days_between(left_on, day) < working_days:
            left_on -= ONE_DAY
        leavers.report_leaving(account, leaves_on=left_on, by=window, at=at)
        assert leaver_outcome(account, filed_on=None, on=left_on, law=law_in_force()).result["late"] is False


FORM = {"change": "new", "role": "point_staff", "role_text": "", "duty": "service_staff", "business": True, "hand_over": False, "title": "就業服務員", "phone": "06-2991111"}  # fmt: skip


def _requests(at: datetime) -> int:
    """A request in every state, at the silver point."""
    head, window = (User.objects.get(account_name=name) for name in ("s45head", "s45window"))
    opener = User.objects.get(account_name="s45branch")
    names = ("高雅婷", "沈家豪", "韓佳蓉", "范姜明", "翁慧敏", "柯志偉", "白雪芬", "杜俊宏")
    for n, (name, until) in enumerate(
        zip(names, ("draft", "at_head", "at_window", "filed", "returned", "done", "refused", "withdrawn"), strict=True)
    ):
        user = demo_person(f"s45new{n}", name)
        data = {**FORM, "name": name, "email": user.email, "rights": ["editor"]}
        case = requests.start(office=office(POINT), change="new", data=data, by=user, at=at).case
        if until == "draft":
            continue
        perform(case, "submit", accepted=True, by=user, at=at)
        if until == "withdrawn":
            perform(case, "withdraw", by=user, at=at, reason="改由他人申請")
        if until in ("at_head", "withdrawn"):
            continue
        perform(case, "approve", by=head, at=at)
        if until == "at_window":
            continue
        perform(case, "file", by=window, at=at)
        if until == "returned":
            perform(case, "send_back", reason="請補充職稱與業務內容。", by=opener, at=at)
        elif until == "done":
            perform(case, "complete", by=opener, at=at)
        elif until == "refused":
            perform(case, "refuse", reason="業務未涉及中高齡者及高齡者就業。", by=opener, at=at)
    return len(names)


TEXTS = (
    ("draft", "event", "銀髮微型就業說明會", "下週三上午於東區區公所辦理。"),
    ("waiting", "hot_news", "臺南市銀髮人才服務據點搬遷公告", "自下月起搬遷至新址，服務時間不變。"),
    ("returned", "event", "長者數位學習營", "教您用手機找工作。"),
    ("published", "event", "45+ 現場徵才活動：二十家友善雇主等您來", ""),
    ("published", "hot_news", "雇主僱用獎助開放申請", "僱用45歲以上失業者，最高可申請12個月獎助。"),
    ("expiring", "event", "退休再就業講座", "名額有限，請儘早報名。"),
    ("expired", "event", "上月就業博覽會", "活動圓滿結束。"),
    ("withdrawn", "hot_news", "停止受理公告（誤植）", "內容有誤。"),
    ("revised", "hot_news", "就業服務站服務時間調整", "週一至週五上午8時至下午5時。"),
    ("discarded", "event", "重複建立的草稿", "捨棄。"),
)
LONG = (
    "# 活動資訊\n\n- **時間**：下週六上午9時至12時\n- **地點**：臺南市勞工育樂中心\n- **對象**：45歲以上求職者\n\n"
    "# 參加方式\n\n1. 攜帶身分證件\n2. 現場填寫求職登記表\n3. 也可先撥打 [0800-777-888](tel:0800777888) 預約\n\n"
    "> 現場備有座位、放大鏡與專人協助，請慢慢來。\n\n| 時段 | 內容 |\n|---|---|\n| 9:00 | 報到 |\n| 9:30 | 雇主說明 |\n| 10:30 | 現場面談 |\n"
)


def _articles(at: datetime) -> int:
    """A text in each state, by the silver point's editor and its bureau's reviewer; and three stories of the silver centre."""
    editor, reviewer = (User.objects.get(account_name=name) for name in ("s45editor", "s45reviewer"))
    on = taipei_day(at)
    for n, (state, category, title, body) in enumerate(TEXTS):
        days = {"expiring": (on, on + timedelta(days=4)), "expired": (on - timedelta(days=40), on - timedelta(days=9))}
        starts_on, ends_before = days.get(state, (on - timedelta(days=n), None))
        text = {
            "category": category,
            "title": title,
            "summary": body[:60],
            "body": body or LONG,
            "starts_on": starts_on,
            "ends_before": ends_before,
        }
        done = at if state != "expired" else at - timedelta(days=30)
        case = articles.start(office=office(POINT), data=text, by=editor, at=done).case
        if state == "draft":
            continue
        if state == "discarded":
            perform(case, "discard", by=editor, at=at)
            continue
        if not body:
            perform(case, "picture.added", picture=_picture(), alt="徵才活動現場，求職者與廠商面談", by=editor, at=at)
        perform(case, "submit", by=editor, at=done)
        if state == "waiting":
            continue
        if state == "returned":
            perform(case, "send_back", reason="請補充報名方式與聯絡電話。", by=reviewer, at=at)
            continue
        perform(case, "publish", by=reviewer, at=done)
        if state == "expired":
            perform(case, "expire", by=None, at=at)
        if state == "withdrawn":
            perform(case, "withdraw", reason="內容誤植，另行公告。", by=reviewer, at=at)
        if state == "revised":
            perform(case, "revise", by=editor, at=at)
            changed = {**text, "body": "週一至週五上午8時30分至下午5時30分。\n\n週六上午照常服務。"}
            perform(case, "edited", data=changed, by=editor, at=at)
            perform(case, "submit", by=editor, at=at)
    return len(TEXTS) + _stories(at)


def _stories(at: datetime) -> int:
    editor, reviewer = (User.objects.get(account_name=name) for name in ("s45center", "s45centerrev"))
    stories = (
        (
            "success_story",
            "六十二歲重返職場：陳先生的咖啡夢",
            "從公務員退休後，陳先生到社區咖啡館當學徒，半年後成為正職。\n\n「慢慢學，沒關係。」",
        ),
        ("friendly_employer", "友善頭家：南瀛食品的彈性班表", "把八小時拆成四小時，讓員工照顧家人也能工作。"),
        ("masters_forum", "名人講堂：工作是最好的保養", "講者分享四十年的職涯轉折。"),
        ("generations", "世代合作：師傅與徒弟的一天", "六十歲的老師傅與二十三歲的徒弟，如何一起把訂單做完。"),
        ("announcement", "銀髮人才資源中心年度課程公告", "年度課程自下月起受理報名。"),
        ("press_release", "雲嘉南銀髮人才資源中心滿週年", "一年來協助一千二百位銀髮朋友就業。"),
    )
    for category, title, body in stories:
        text = {
            "category": category,
            "title": title,
            "summary": body[:50],
            "body": body,
            "starts_on": taipei_day(at),
            "ends_before": None,
        }
        case = articles.start(office=office(CENTER), data=text, by=editor, at=at).case
        perform(case, "submit", by=editor, at=at)
        perform(case, "publish", by=reviewer, at=at)
    return len(stories)


def _picture() -> SimpleUploadedFile:
    """A drawn picture: a photograph would need its owner's leave."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (1600, 900), "#e7f0f3")
    draw = ImageDraw.Draw(picture)
    for n in range(8):
        x = 120 + n * 180
        draw.rectangle((x, 480, x + 130, 700), fill="#12506b" if n % 2 else "#72818a")
        draw.ellipse((x + 25, 360, x + 105, 440), fill="#b4470a" if n % 2 else "#1b5a33")
    draw.rectangle((60, 720, 1540, 760), fill="#0b3a50")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return SimpleUploadedFile("activity.jpg", out.getvalue(), content_type="image/jpeg")


def _inventory(at: datetime) -> int:
    """This half-year's inventory, half of the lines answered."""
    campaign = inventory.open_due(at=at)
    if campaign is None:
        return 0
    for place, window in ((POINT, "s45window"), (JOB, "s45jobwindow")):
        by = User.objects.get(account_name=window)
        lines = list(InventoryLine.objects.filter(campaign=campaign, office=office(place)).order_by("pk"))
        half = [(one.pk, "stop", "已調離") if n == 0 else (one.pk, "keep", "") for n, one in enumerate(lines[::2])]
        inventory.answer(campaign, half, by=by, at=at)
    return 1


DEMO = Demonstration(
    45,
    "45+就業資源網",
    build,
    tuple(
        DemoRole(label, name, "45+就業資源網")
        for name, *_, label in (*DESIGNATED, *PEOPLE, ("s45new0", "45+ 新進人員（申請中）"))
        if label
    ),
    draft=ToldAmendment("網站帳號閒置關閉縮短為 120 日", "帳號申請及使用規定修正（展示）", "s45.idle_days", 120),
)

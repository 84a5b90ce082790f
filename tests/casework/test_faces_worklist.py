"""The work list: what it shows, what it costs, what it does to many cases at once."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.cases.moving import set_people
from casework.desk.desk import desk_of
from casework.desk.worklist import COUNT_CAP, Criteria, Sort, Tab, spell_count, tab_counts, work_page
from casework.models import Case, ExportJob, SavedFilter
from tests.casework import toy
from tests.casework.conftest import NOW
from tests.factories import UserFactory

WORK = "/admin/work/"
TODAY = date(2026, 11, 20)
ID = "A123456789"


def many(scene, count, **fields):
    return [
        toy.case(office=scene.branch, unit=scene.unit, at=NOW + timedelta(minutes=n), title=f"申請{n}", **fields)
        for n in range(count)
    ]


def queries(client, address):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


@pytest.mark.parametrize("tab", list(Tab))
def test_list_costs_the_same_for_ten_and_sixty_rows(scene, tab):
    client = scene.client(scene.officer)
    past = TODAY - timedelta(days=3)
    many(scene, 10, assignee=scene.officer, due_on=past)
    client.get(WORK)
    few = queries(client, f"{WORK}?tab={tab}")
    many(scene, 50, assignee=scene.officer, due_on=past)
    assert queries(client, f"{WORK}?tab={tab}") == few
    assert few <= 15


def test_index_costs_the_same_for_ten_and_sixty_rows(scene):
    client = scene.client(scene.officer)
    many(scene, 10, assignee=scene.officer)
    client.get("/admin/")
    few = queries(client, "/admin/")
    many(scene, 50, assignee=scene.officer)
    assert queries(client, "/admin/") == few


def test_tabs_part_the_cases(scene):
    mine = toy.case(office=scene.branch, unit=scene.unit, at=NOW, assignee=scene.officer)
    theirs = toy.case(office=scene.branch, unit=scene.unit, at=NOW, assignee=scene.colleague, due_on=TODAY)
    free = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    late = toy.case(office=scene.branch, unit=scene.unit, at=NOW, due_on=TODAY - timedelta(days=1))
    toy.case(office=scene.branch, unit=scene.unit, at=NOW, state="draft")
    toy.case(office=scene.elsewhere, unit=scene.unit, at=NOW)
    desk = desk_of(scene.officer)

    def shown(tab, **asked):
        return {case.pk for case in work_page(Criteria(tab=tab, today=TODAY, **asked), desk).rows}

    assert shown(Tab.MINE) == {mine.pk}
    assert shown(Tab.TEAM) == {mine.pk, theirs.pk, free.pk, late.pk}
    assert shown(Tab.UNASSIGNED) == {free.pk, late.pk}
    assert shown(Tab.OVERDUE) == {late.pk}
    assert shown(Tab.ALL) == {mine.pk, theirs.pk, free.pk, late.pk}  # nobody at the office reads a draft
    assert shown(Tab.TEAM, assignee=scene.colleague.pk) == {theirs.pk}
    assert tab_counts(desk, TODAY) == {Tab.MINE: 1, Tab.MY_TURN: 0, Tab.TEAM: 4, Tab.UNASSIGNED: 2, Tab.OVERDUE: 1}


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_walk_every_row_once_and_back(scene, sort):
    cases = many(scene, 23, due_on=TODAY)
    Case.objects.filter(pk__in=[case.pk for case in cases[:9]]).update(changed_at=NOW)
    desk, criteria = desk_of(scene.officer), Criteria(tab=Tab.TEAM, today=TODAY, sort=sort)
    whole = [case.pk for case in work_page(criteria, desk, size=100).rows]
    pages, cursor = [], ""
    while True:
        page = work_page(criteria, desk, cursor=cursor, size=5)
        pages.append([case.pk for case in page.rows])
        if not page.following:
            break
        cursor, last = page.following, page
    assert [pk for page in pages for pk in page] == whole
    assert len(whole) == 23
    back = work_page(criteria, desk, cursor=work_page(criteria, desk, cursor=cursor, size=5).preceding, size=5)
    assert [case.pk for case in back.rows] == pages[-2]
    assert last.preceding
    assert not work_page(criteria, desk, size=5).preceding


def test_rows_of_several_offices_come_in_one_order(scene):
    for office in (scene.branch, scene.elsewhere):
        for n in range(4):
            toy.case(office=office, unit=scene.unit, at=NOW + timedelta(minutes=n * 2 + (office == scene.branch)))
    both = UserFactory(roles=((toy.OFFICER, scene.branch), (toy.OFFICER, scene.elsewhere)))
    rows = work_page(Criteria(tab=Tab.TEAM, today=TODAY), desk_of(both), size=6).rows
    moments = [case.changed_at for case in rows]
    assert moments == sorted(moments, reverse=True)
    assert len({case.office_id for case in rows}) == 2


@pytest.mark.parametrize("cursor", ["", "x", "~", "5~昨天", "-~2026-01-01", "9~2026-11-20T10:00:00"])
def test_a_cursor_nobody_wrote_begins_at_the_start(scene, cursor):
    case = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    answer = scene.client(scene.officer).get(WORK, {"tab": "team", "from": cursor})
    assert case.number in answer.content.decode()


def test_counts_stop_at_the_cap():
    assert spell_count(COUNT_CAP) == "1,000"
    assert spell_count(COUNT_CAP + 1) == "1,000+"


# --- filters ---------------------------------------------------------------------------------------------------------


def found(scene, **asked):
    answer = scene.client(scene.officer).get(WORK, {"tab": "all", **asked})
    assert answer.status_code == 200
    return {row.case.pk for row in answer.context["rows"]}


def test_filters(scene):
    one = toy.case(office=scene.branch, unit=scene.unit, at=NOW, received_on=date(2026, 11, 1))
    two = toy.case(office=scene.branch, unit=scene.unit, at=NOW, kind=toy.OTHER, received_on=date(2026, 11, 2))
    done = toy.case(office=scene.branch, unit=scene.unit, at=NOW, state="approved", received_on=date(2026, 11, 3))
    assert found(scene, kind=toy.OTHER) == {two.pk}
    assert found(scene, state="approved") == {done.pk}
    assert found(scene, turn="nobody") == {done.pk}
    assert found(scene, since="115/11/02") == {two.pk, done.pk}
    assert found(scene, until="115/11/02") == {one.pk, two.pk}
    assert found(scene, since="115/11/02", until="2026-11-02") == {two.pk}


def test_a_date_nobody_can_read_is_named_at_its_field(scene):
    case = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    answer = scene.client(scene.officer).get(WORK, {"tab": "all", "since": "115/13/01"})
    text = answer.content.decode()
    assert "這一天不存在" in text
    assert 'value="115/13/01"' in text
    assert case.number in text


# --- search ----------------------------------------------------------------------------------------------------------


def searched(scene, typed):
    """Posted as the box posts it; the address it ends at, and the rows."""
    answer = scene.client(scene.officer).post(WORK, {"q": typed}, follow=True)
    address = answer.redirect_chain[-1][0]
    return address, {row.case.pk for row in answer.context["rows"]} if "rows" in (answer.context or {}) else set()


@pytest.fixture
def sought(scene):
    case = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    set_people(case, [(ID, "陳大文")])
    toy.case(office=scene.branch, unit=scene.other_unit, at=NOW)
    hidden = toy.case(office=scene.elsewhere, unit=scene.unit, at=NOW)
    set_people(hidden, [(ID, "陳大文")])
    return case


def test_search_by_number_opens_the_case(scene, sought):
    address, _ = searched(scene, f" {sought.number.lower()} ")
    assert address == reverse("admin:case", args=[sought.number])


@pytest.mark.parametrize(
    "typed", ["TY-115", "ty115", "工業會", "04595257", "０４５９５２５７", "陳大文", ID, "ａ１２３４５６７８９"]
)
def test_search_by_each_kind_of_word(scene, sought, typed):
    _, rows = searched(scene, typed)
    assert sought.pk in rows
    everybody = 2 if "115" in typed else 1
    assert len(rows) == everybody


def test_an_identifier_never_stands_in_an_address_nor_in_a_saved_filter(scene, sought):
    client = scene.client(scene.officer)
    address, _ = searched(scene, ID)
    assert ID not in address
    assert client.get(WORK, {"q": ID}).headers["Location"] == address
    client.post("/admin/work/filters/", {"name": "找人", "query": address.partition("?")[2]})
    assert ID not in SavedFilter.objects.get().query


def test_an_identifier_is_compared_by_its_digest_alone(scene, sought):
    with CaptureQueriesContext(connection) as caught:
        searched(scene, ID)
    assert not [query for query in caught.captured_queries if ID in query["sql"]]


def test_a_mistyped_identifier_says_so(scene, sought):
    answer = scene.client(scene.officer).post(WORK, {"q": "A123456788"}, follow=True)
    assert "檢查碼不符" in answer.content.decode()


# --- bulk ------------------------------------------------------------------------------------------------------------


def press(client, act, cases, key="6f1c1e0e-3a57-4a86-9f0e-000000000001", **more):
    boxes = [f"{case.pk}:{case.version}" for case in cases]
    return client.post("/admin/work/bulk/", {"act": act, "case": boxes, "key": key, **more})


def test_bulk_answers_row_by_row(scene):
    free = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    taken = toy.case(office=scene.branch, unit=scene.unit, at=NOW, assignee=scene.colleague)
    stale = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    hidden = toy.case(office=scene.elsewhere, unit=scene.unit, at=NOW)
    stale.version -= 1
    answer = press(scene.client(scene.officer), "claim", [free, taken, stale, hidden])
    rows = {row["number"]: row for row in answer.context["rows"]}
    assert rows[free.number]["ok"]
    assert rows[taken.number]["answer"] == "案件已由陳同仁認領。"
    assert "已有新的異動" in rows[stale.number]["answer"]
    assert rows[""]["answer"] == "找不到這件案件。"
    assert hidden.number not in answer.content.decode()
    assert [Case.objects.get(pk=one.pk).assignee for one in (free, taken, stale, hidden)] == [
        scene.officer,
        scene.colleague,
        None,
        None,
    ]


def test_a_second_press_gets_the_first_answer(scene):
    case = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    client = scene.client(scene.officer)
    first = press(client, "claim", [case])
    events = case.events.count()
    second = press(client, "claim", [case])
    assert second.context["rows"] == first.context["rows"]
    assert case.events.count() == events


def test_bulk_reassign(scene):
    case = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    client = scene.client(scene.officer)
    assert press(client, "reassign", [case], to="").status_code == 302
    assert press(client, "reassign", [case], to=str(scene.outsider.pk)).status_code == 302
    press(client, "reassign", [case], to=str(scene.colleague.pk))
    case.refresh_from_db()
    assert case.assignee == scene.colleague


def test_bulk_with_nothing_ticked_goes_back(scene):
    answer = scene.client(scene.officer).post("/admin/work/bulk/", {"act": "claim", "query": "tab=team"})
    assert answer.headers["Location"] == "/admin/work/?tab=team"


# --- saved filters, export -------------------------------------------------------------------------------------------


def test_saved_filter_is_the_persons_own(scene):
    client = scene.client(scene.officer)
    client.post("/admin/work/filters/", {"name": "本月", "query": "tab=team&since=115/11/01&from=9~x&evil=1"})
    saved = SavedFilter.objects.get()
    assert saved.query == "tab=team&since=115%2F11%2F01"
    assert "本月" in client.get(WORK).content.decode()
    assert "本月" not in scene.client(scene.colleague).get(WORK).content.decode()
    assert scene.client(scene.colleague).post(f"/admin/work/filters/{saved.pk}/delete/").status_code == 404
    client.post(f"/admin/work/filters/{saved.pk}/delete/")
    assert not SavedFilter.objects.exists()


def test_filter_without_a_name_is_refused_on_a_page(scene):
    answer = scene.client(scene.officer).post("/admin/work/filters/", {"name": " ", "query": "tab=team"})
    assert answer.status_code == 422
    assert "取個名稱" in answer.content.decode()


def test_export_of_the_filtered_list(scene):
    from casework.jobs.exports import run_export

    shown = toy.case(office=scene.branch, unit=scene.unit, at=NOW)
    toy.case(office=scene.branch, unit=scene.unit, at=NOW, kind=toy.OTHER)
    toy.case(office=scene.elsewhere, unit=scene.unit, at=NOW)
    client = scene.client(scene.officer)
    answer = client.post("/admin/work/export/", {"query": f"tab=team&kind={toy.KIND}", "format": "csv"})
    assert answer.headers["Location"] == "/cases/exports/"
    job = ExportJob.objects.get()
    run_export(job.pk, at=NOW)
    job.refresh_from_db()
    assert (job.state, job.rows) == ("done", 1)
    text = b"".join(client.get(f"/cases/exports/{job.pk}/file/").streaming_content).decode("utf-8-sig")
    assert shown.number in text
    assert f"值{shown.pk}" in text
    assert scene.client(scene.colleague).get(f"/cases/exports/{job.pk}/file/").status_code == 404


def test_export_in_a_format_nobody_offers_is_refused_on_a_page(scene):
    answer = scene.client(scene.officer).post("/admin/work/export/", {"query": "", "format": "pdf"})
    assert answer.status_code == 422
    assert "ODS、XLSX 或 CSV" in answer.content.decode()

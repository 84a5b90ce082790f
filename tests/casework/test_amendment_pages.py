"""The pages of amendments as people use them: draft, value by its kind, sheet, second person, public page."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from casework.jobs.exports import run_export
from casework.law import impact_sheets
from casework.law.amendments import coming, lately
from casework.law.impact import SOURCES, Source
from casework.law.in_force import law_in_force
from casework.models import Amendment, ExportJob, ImpactLine
from casework.schemes import schemes
from kernel.law import FIGURES
from tests.casework.lawroom import DAYS, FIGURES_OF_TOY, approver, drafted, drafter
from tests.factories import AT, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _toy(settings):
    settings.STAFF_SECOND_FACTOR = False
    FIGURES.add(*FIGURES_OF_TOY)
    with time_machine.travel(AT, tick=False):
        yield


def post_value(client, amendment, code, **fields):
    return client.post(reverse("admin:amendment_value", args=[amendment.pk, code]), fields)


def test_from_draft_to_the_public_page(client):
    first, second = drafter(), approver()
    client.force_login(first)
    new = client.post(
        reverse("admin:amendment_new"), {"title": "延長測試期限", "citation": "修正依據", "in_force_from": "115/12/1"}
    )
    amendment = Amendment.objects.get()
    assert new.url == reverse("admin:amendment_figures", args=[amendment.pk])
    assert DAYS in client.get(new.url + "?q=測試期限").text
    assert post_value(client, amendment, DAYS, leaf_0="30").status_code == 302
    page = client.get(reverse("admin:amendment", args=[amendment.pk])).text
    assert "20 日" in page
    assert "30 日" in page
    client.post(reverse("admin:amendment_act", args=[amendment.pk, "assess"]))
    assert impact_sheets.run_waiting(clock=lambda: AT) == 1
    client.force_login(second)
    amendment.refresh_from_db()
    client.post(reverse("admin:amendment_act", args=[amendment.pk, "enforce"]), {"version": amendment.version})
    amendment.refresh_from_db()
    assert amendment.put_in_force_by == second
    assert "115/12/01" in client.get(reverse("admin:law")).text
    client.logout()
    public = client.get(reverse("casework:rules"))
    assert "測試期限" in public.text
    assert "即將生效" in public.text and "新近施行" not in public.text
    for day, state, place in (
        (date(2026, 11, 30), "已排定生效", "即將生效"),
        (date(2026, 12, 1), "施行中", "新近施行"),
        (date(2027, 1, 30), "施行中", "新近施行"),
        (date(2027, 1, 31), "施行中", ""),
    ):
        assert amendment.word(day) == state
        law = law_in_force()
        found = {"即將生效": coming(law, day), "新近施行": lately(law, day)}
        assert [label for label, rows in found.items() if DAYS in [one.figure.code for one in rows]] == (
            [place] if place else []
        )


@pytest.mark.parametrize(
    ("code", "typed", "field", "words"),
    [
        (DAYS, {"leaf_0": "三十"}, "leaf_0", "請填寫整數"),
        (DAYS, {"leaf_0": ""}, "leaf_0", "請填寫"),
        (DAYS, {"leaf_0": "-3"}, "leaf_0", "不得小於 0"),
        (DAYS, {"leaf_0": "3651"}, "leaf_0", "不得超過 3,650 日"),
        ("toy.kinds", {"leaf_0": ["a", "zz"]}, "leaf_0", "不是可選的項目"),
        ("oa.password_length", {"leaf_0": "12\n十六"}, "leaf_0", "「十六」不是整數"),
        ("oa.password_length", {"leaf_0": "16\n12"}, "leaf_0", "由小到大"),
        ("oa.ttqs_accepted.recharge", {"leaf_0": "金牌／訓練機構版"}, "leaf_0", "不能放在這個位置"),
        ("oa.ttqs_accepted.recharge", {"leaf_0": "訓練機構版"}, "leaf_0", "每行應有 2 個項目"),
        ("ohs.withdrawal_percent", {"leaf_0": "120"}, "leaf_0", "0 至 100"),
        ("ohs.audiences", {"leaf_0": "醫師", "leaf_1": ""}, "leaf_1", "請填寫"),
        ("vrs.weight_island", {"leaf_0": "兩倍"}, "leaf_0", "請填寫數字"),
    ],
)
def test_wrong_input_is_named_at_its_field_and_stays_typed(client, code, typed, field, words):
    amendment = drafted(drafter())
    client.force_login(amendment.drafted_by)
    answer = post_value(client, amendment, code, **typed, note="這段留著")
    assert answer.status_code == 200
    assert any(words in one for one in answer.context["form"].errors[field])
    assert "這段留著" in answer.text
    assert list(amendment.values.values_list("code", flat=True)) == [DAYS]


@pytest.mark.parametrize(
    ("code", "typed", "value"),
    [
        ("toy.kinds", {"leaf_0": ["a", "b"]}, ["a", "b"]),
        ("oa.password_length", {"leaf_0": "12\n64"}, [12, 64]),
        ("oa.ttqs_accepted.recharge", {"leaf_0": "訓練機構版／金牌\n外訓版／合格"},
         [["training_institution", "gold"], ["external_training", "qualified"]]),
        ("s45.idle_lock.county", {"leaf_0": "1"}, True),
        ("s45.opened_by.county", {"leaf_0": "hq_lead"}, "hq_lead"),
        ("sub.rounding", {"leaf_0": "half_up"}, "half_up"),
        ("vrs.weight_island", {"leaf_0": "1.5"}, "1.5"),
        ("ohs.confirm_days", {"leaf_0": "30", "nothing": "on"}, None),
        ("ohs.audiences", {"leaf_0": "醫師", "leaf_1": "護理人員", "added": "hygienist：職業衛生技師"},
         {"doctor": "醫師", "nurse": "護理人員", "hygienist": "職業衛生技師"}),
    ],
)  # fmt: skip
def test_each_kind_of_value_is_typed_as_what_it_is(client, code, typed, value):
    amendment = drafted(drafter())
    client.force_login(amendment.drafted_by)
    answer = post_value(client, amendment, code, **typed)
    assert answer.status_code == 302, answer.context["form"].errors
    assert amendment.values.get(code=code).value == value


def test_a_large_value_is_edited_a_part_at_a_time(client):
    amendment = drafted(drafter())
    client.force_login(amendment.drafted_by)
    address = reverse("admin:amendment_value", args=[amendment.pk, "vrs.clauses"])
    assert 'href="?part=3"' in client.get(address).text
    form = client.get(f"{address}?part=3").context["form"]
    years = next(name for name, leaf in form.leaves.items() if leaf.path == (3, "years"))
    typed = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    typed = {
        name: {True: "1", False: "0"}[v] if isinstance(v, bool) else "" if v is None else v for name, v in typed.items()
    }
    typed |= {name: form.fields[name].prepare_value(typed[name]) for name in form.leaves}
    answer = client.post(f"{address}?part=3", typed | {years: "2"})
    assert answer.status_code == 302, answer.context["form"].errors
    rows = amendment.values.get(code="vrs.clauses").value
    assert rows[3]["years"] == 2
    assert len(rows) > 10


def test_reaching_back_asks_for_its_reason_at_the_field(client):
    client.force_login(drafter())
    given = {"title": "甲", "citation": "乙", "in_force_from": "115/11/19"}
    answer = client.post(reverse("admin:amendment_new"), given)
    assert "溯及" in answer.context["form"].errors["retroactive_reason"][0]
    assert not Amendment.objects.exists()


def test_the_drafter_sees_no_button_to_put_in_force(client):
    amendment = drafted(drafter())
    client.force_login(amendment.drafted_by)
    assert "核定，排定生效" not in client.get(reverse("admin:amendment", args=[amendment.pk])).text


def test_nobody_without_the_right_drafts_or_acts(client):
    amendment = drafted(drafter())
    client.force_login(UserFactory(is_staff=True))
    assert client.get(reverse("admin:amendment_new")).status_code == 404
    assert post_value(client, amendment, DAYS, leaf_0="9").status_code == 404
    for what in ("assess", "enforce", "withdraw", "drop"):
        assert client.post(reverse("admin:amendment_act", args=[amendment.pk, what])).status_code == 404
    assert client.get(reverse("admin:amendment", args=[amendment.pk])).status_code == 200


# --- the sheet -------------------------------------------------------------------------------------------------------


@pytest.fixture
def sheet():
    """A finished sheet with a line in each of two offices."""
    SOURCES.add(Source("toy", "測試事項", ("toy.",), lambda on: 0, lambda on: ()))
    amendment = drafted(drafter())
    one = impact_sheets.ask_sheet(amendment, by=amendment.drafted_by, at=AT)
    impact_sheets.run_sheet(one.pk, clock=lambda: AT)
    here, there = OrganisationFactory(name="此地分署"), OrganisationFactory(name="他處分署")
    for office in (here, there):
        ImpactLine.objects.create(
            sheet=one, source="toy", thing=f"{office.name}的案件", office=office, what="期限", before="20 日", after="30 日",
            lines=[{"rule": "TY-01", "citation": "測試要點", "text": "30 日", "met": None, "comparison": "", "inputs": {},
                    "figure": 30, "unit": "日", "in_force_from": None, "confirmed": True}],
        )  # fmt: skip
    return one, here


def seen(client, sheet):
    return [
        name
        for name in ("此地分署的案件", "他處分署的案件")
        if name in client.get(reverse("admin:impact", args=[sheet.pk])).text
    ]


def test_a_sheet_shows_each_office_its_own_lines(client, sheet):
    from tests.casework import toy

    one, here = sheet
    with toy.entered():
        client.force_login(UserFactory(roles=((toy.READER, here),), is_staff=True))
        assert seen(client, one) == ["此地分署的案件"]
    client.force_login(UserFactory(is_staff=True))
    assert seen(client, one) == []
    client.force_login(approver())
    assert len(seen(client, one)) == 2


def test_the_list_is_exported_with_the_same_eyes(client, sheet):
    from tests.casework import toy

    one, here = sheet
    with toy.entered():
        client.force_login(UserFactory(roles=((toy.READER, here),), is_staff=True))
        client.post(reverse("admin:impact_export", args=[one.pk]), {"format": "csv", "query": ""})
        job = ExportJob.objects.get()
        assert run_export(job.pk, at=AT)
    job.refresh_from_db()
    with job.file.open("rb") as file:
        text = file.read().decode("utf-8-sig")
    assert "此地分署的案件" in text
    assert "他處分署" not in text


def test_a_sheet_costs_the_same_however_long_it_is(client, sheet, django_assert_max_num_queries):
    one, here = sheet
    ImpactLine.objects.bulk_create(
        ImpactLine(sheet=one, source="toy", thing=str(n), office=here, what="期限", before="1", after="2")
        for n in range(45)
    )
    client.force_login(approver())
    with django_assert_max_num_queries(14):
        client.get(reverse("admin:impact", args=[one.pk]))


# --- the public page -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", schemes(), ids=lambda one: one.name)
def test_every_rule_figure_and_contradiction_of_a_scheme_is_public(client, scheme):
    from kernel import rulebook
    from kernel.law import declared_law

    page = client.get(reverse("casework:rules_of", args=[scheme.slug])).text
    rules = [one for one in rulebook.all_rules() if one.module.partition(".")[0] == scheme.name]
    figures = [one for one in declared_law().values() if one.code.startswith(f"{scheme.prefix}.")]
    assert len(rules) >= 12
    assert figures
    assert [one.id for one in rules if f'id="{one.id}"' not in page] == []
    assert [one.code for one in figures if f'id="{one.code}"' not in page] == []
    assert scheme.contradictions
    for one in scheme.contradictions:
        assert one.choice in page
    assert ("※ 原始文件未載明" in page) == any(not one.values[-1].confirmed for one in figures)


@pytest.mark.parametrize("scheme", schemes(), ids=lambda one: one.name)
def test_contradictions_name_rules_and_figures_there_are(scheme):
    from kernel import rulebook
    from kernel.law import declared_law

    known = {one.id for one in rulebook.all_rules()}
    for one in scheme.contradictions:
        assert set(one.rules) <= known, one.subject
        assert set(one.figures) <= set(declared_law()), one.subject


def test_the_rules_are_searched(client):
    found = client.get(reverse("casework:rules"), {"q": "缺課"}).text
    assert 'id="OHS-09"' in found
    assert 'id="OA-10"' not in found
    assert "找不到符合的規定" in client.get(reverse("casework:rules"), {"q": "不存在的詞"}).text


def test_a_figure_stands_with_the_rule_that_asks_for_it(client):
    from casework.schemes.rulepages import figures_named
    from kernel import rulebook
    from kernel.law import declared_law

    codes = tuple(sorted(declared_law()))
    assert "oa.account_cap" in figures_named(rulebook.get("OA-07"), codes)
    assert figures_named(rulebook.get("OHS-11"), codes) == ["ohs.certificate_days"]
    # a code made of parts: the three caps, and not every figure of the scheme
    assert figures_named(rulebook.get("OHS-07"), codes) == [
        "ohs.enrolled_min",
        "ohs.in_service_cap",
        "ohs.in_service_discussion_cap",
        "ohs.professional_cap",
    ]
    assert "s45.idle_warning_days" in figures_named(rulebook.get("S45-09"), codes)


def test_the_public_reads_words_and_no_codes(client):
    from casework.schemes.rulepages import plain
    from kernel.law import declared_law

    coded = {
        one.code: plain(one, value.value)
        for one in declared_law().values()
        for value in one.values
        if value.value is not None and re.search(r"[a-z]+_[a-z_]+", plain(one, value.value))
    }
    assert coded == {}

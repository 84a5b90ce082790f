"""The commands: what they print last, what they exit with, and that each names the offender."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection

from casework.cases.events import record
from casework.cases.moving import lock
from casework.deadlines import keeping
from casework.jobs import consistency
from casework.management import clause_list
from casework.models import Attachment, Case, Deadline, Document, ExportJob, Notice, Reminder
from kernel import rulebook
from tests.casework.jobs import AT, ON, case, handlers, kind_of_case, person

DAY = timedelta(days=1)
ROOT = django_settings.BASE_DIR


def ran(name: str, *args: str, **options: object) -> tuple[list[str], int]:
    """What a command printed, and its exit code."""
    out = io.StringIO()
    try:
        call_command(name, *args, stdout=out, stderr=out, **options)
    except SystemExit as end:
        return out.getvalue().splitlines(), int(end.code or 0)
    return out.getvalue().splitlines(), 0


@pytest.fixture
def kind() -> Iterator[None]:
    with kind_of_case():
        yield


def owe(one: Case, *, due: date = ON, **more) -> Deadline:
    return keeping.set_deadline(
        **{
            "case": one,
            "code": "test.answer",
            "rule": "OA-01",
            "label": "答復",
            "citation": "第三點",
            "counted_from": due - DAY,
            "due_on": due,
            "at": AT,
            **more,
        }
    )


# --- sweep -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@time_machine.travel(AT + 3 * DAY, tick=False)
def test_sweep_rehearses_then_does_then_has_nothing_left(kind: None) -> None:
    late, warned = case(), case()
    owe(late, due=ON + DAY)
    owe(warned, due=ON + 30 * DAY, remind_days=(28,))
    with handlers() as register:
        register("test.answer")
        lines, code = ran("sweep", "--rehearse")
        assert code == 0
        assert lines == [
            f"逾期 115/11/21 {late.number} 答復（test.answer，第三點）",
            f"提醒（28 日前） 115/12/20 {warned.number} 答復（test.answer，第三點）",
            "115/11/23 試算，未變更：逾期 1、提醒 1、稍後再試 0、失敗 0",
        ]
        assert ran("sweep") == (["115/11/23 完成：逾期 1、提醒 1、稍後再試 0、失敗 0"], 0)
        assert ran("sweep") == (["115/11/23 完成：逾期 0、提醒 0、稍後再試 0、失敗 0"], 0)


@pytest.mark.django_db
@time_machine.travel(AT, tick=False)
def test_a_day_to_come_is_only_rehearsed(kind: None) -> None:
    owe(case())
    assert ran("sweep", "--rehearse", "--on", "115/11/21")[0][-1].startswith("115/11/21 試算，未變更：逾期 1")
    with pytest.raises(CommandError, match="rehearse"):
        call_command("sweep", "--on", "2026-11-21")
    assert Deadline.objects.filter(lapsed_at=None).count() == 1
    with pytest.raises(CommandError, match="看不懂日期"):
        call_command("sweep", "--on", "tomorrow")


@pytest.mark.django_db
@time_machine.travel(AT + DAY, tick=False)
def test_a_failing_handler_is_told_and_exits_1(kind: None) -> None:
    owe(case())
    with handlers() as register:
        register("test.answer", lambda rows, at: 1 / 0)
        lines, code = ran("sweep")
    assert code == 1
    assert "ZeroDivisionError" in lines[0]
    assert lines[-1].endswith("失敗 1")


# --- rule cases ------------------------------------------------------------------------------------------------------


def _manage(*args: str) -> subprocess.CompletedProcess[str]:
    """manage.py in a process of its own, with a database nobody listens for."""
    environ = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    return subprocess.run(
        [sys.executable, "manage.py", *args], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60
    )


def test_rule_cases_need_no_database(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text('- {name: 錯, rule: ID-1, facts: {value: "A123456788"}, expect: {met: true}}\n', encoding="utf-8")
    assert ran("rule_cases", "tests/casework/cases/identifiers.yaml") == (["55 passed, 0 failed"], 0)
    both = _manage("rule_cases", "tests/casework/cases/identifiers.yaml", str(wrong))
    assert both.returncode == 1
    assert both.stdout.splitlines() == [
        f"FAILED {wrong}: ID-1 錯: met: expected true, got false",
        "55 passed, 1 failed",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "- {name: x, rule: ZZ-99, facts: {}, expect: {met: true}}",
        "- {name: x, rule: ID-1, facts: {number: A123456789}, expect: {met: true}}",
        "- {name: x, rule: ID-1, facts: {}, expect: {met: true}}",
        "- {name: x, rule: ID-1, facts: {value: A123456789}, expect: {}}",
        "name: not a list",
        "- [",
    ],
)
def test_what_is_not_understood_fails(tmp_path: Path, text: str) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    lines, code = ran("rule_cases", str(path))
    assert (lines[-1], code) == ("0 passed, 1 failed", 1)


def test_a_file_that_is_not_there_fails() -> None:
    lines, code = ran("rule_cases", "nowhere.yaml")
    assert (lines[-1], code) == ("0 passed, 1 failed", 1)


def test_the_reasoning_can_be_shown() -> None:
    lines, _ = ran("rule_cases", "--lines", str(ROOT / "tests/casework/cases/identifiers.yaml"))
    assert any("身分證字號檢查碼相符" in line and "編碼規則" in line for line in lines)


# --- clauses ---------------------------------------------------------------------------------------------------------


@contextmanager
def _book(*rules: rulebook.Rule) -> Iterator[None]:
    with rulebook.RULES.kept():
        rulebook.RULES.clear()
        rulebook.RULES.add(*rules)
        yield


def _rule(rule_id: str, app: str, screens: tuple[str, ...] = ("health_live",), clause: str = "第一點") -> rulebook.Rule:
    return rulebook.Rule(rule_id, clause, "規定。", f"{app}.rules.some", None, None, screens)


def _function(rule_id: str, app: str) -> rulebook.Rule:
    return replace(_rule(rule_id, app, ()), function=test_a_file_that_is_not_there_fails)


DRAWN = {"asked": ["page:health_live"], "refused": [], "day": "2026-12-01"}
HEARD = dict.fromkeys((*clause_list.KERNEL_RULES, "ZZ-01", "ZZ-02"), DRAWN)


@pytest.fixture
def schemes(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with the tests of one scheme, whose manifest says it has two rules."""
    (tmp_path / "tests" / "zz_built").mkdir(parents=True)
    (tmp_path / "tests" / "zz_built" / "cases.yaml").write_text(
        "- {rule: ZZ-01}\n- {rule: ID-1}\n- {rule: ID-2}\n- {rule: ID-3}\n"
    )
    (tmp_path / "tests" / "casework").mkdir()
    (tmp_path / "tests" / "casework" / "test_x.py").write_text("# ZZ-02, ZZ-03 named in passing\n")
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "asked.json").write_text(json.dumps(HEARD))
    manifest = SimpleNamespace(name="zz_built", rules=("ZZ-01", "ZZ-02"))
    monkeypatch.setattr(clause_list, "schemes", lambda: (manifest,))
    return tmp_path


def _ids() -> list[rulebook.Rule]:
    return [rulebook.get(one) for one in clause_list.KERNEL_RULES]


def test_a_rule_with_everything_is_no_gap(schemes: Path) -> None:
    (schemes / "tests" / "zz_built" / "test_more.py").write_text("# ZZ-02\n")
    with _book(*_ids(), _rule("ZZ-01", "zz_built"), _rule("ZZ-02", "zz_built")):
        lines, code = ran("clauses")
    assert (lines[-1], code) == ("5 clauses, 0 gaps", 0)
    assert (
        lines[3]
        == "ZZ-01｜第一點｜zz_built.rules.some（資料庫、畫面或文件）｜page:health_live｜tests/zz_built/cases.yaml｜2026-12-01"
    )


def test_acts_that_ask_are_named_with_where_it_refused_and_the_day(schemes: Path) -> None:
    (schemes / "tests" / "zz_built" / "test_more.py").write_text("# ZZ-02\n")
    line = {"asked": ["act:zz.case.file", "page:health_live"], "refused": ["act:zz.case.file"], "day": "2026-11-30"}
    (schemes / "docs" / "asked.json").write_text(json.dumps(HEARD | {"ZZ-02": line}))
    with _book(*_ids(), _rule("ZZ-01", "zz_built"), _function("ZZ-02", "zz_built")):
        lines, code = ran("clauses")
    assert code == 0
    assert lines[4].split("｜")[3:] == [
        "act:zz.case.file（曾不符）、page:health_live", "tests/zz_built/test_more.py", "2026-11-30",
    ]  # fmt: skip


@pytest.mark.parametrize("heard", [{}, {"asked": [], "refused": [], "day": "2026-12-01"}])
def test_a_rule_that_only_tests_ask_is_a_gap(schemes: Path, heard: dict[str, object]) -> None:
    (schemes / "tests" / "zz_built" / "test_more.py").write_text("# ZZ-02\n")
    (schemes / "docs" / "asked.json").write_text(json.dumps(HEARD | {"ZZ-02": heard}))
    with _book(*_ids(), _rule("ZZ-01", "zz_built"), _function("ZZ-02", "zz_built")):
        lines, code = ran("clauses", "--gaps")
    assert (len(lines), code) == (2, 1)
    assert lines[0].startswith("ZZ-02｜") and lines[0].endswith("｜缺：詢問（僅測試使用）")


@pytest.mark.parametrize(
    ("rule", "gap"),
    [
        (None, "規定"),
        (_rule("ZZ-02", "zz_built", ()), "畫面"),
        (_rule("ZZ-02", "zz_built", ("zz:nowhere",)), "畫面「zz:nowhere」不存在"),
        (_rule("ZZ-02", "zz_built", ("health_live", "health_ready")), "畫面「health_ready」未經測試"),
        (_rule("ZZ-02", "zz_built", ("paper:nowhere",)), "畫面「paper:nowhere」不存在"),
        (_rule("ZZ-02", "zz_built", clause=" "), "條次"),
        (_rule("ZZ-02", "zz_built"), "測試"),
    ],
)
def test_each_thing_missing_is_a_gap(schemes: Path, rule: rulebook.Rule | None, gap: str) -> None:
    if gap != "測試":
        (schemes / "tests" / "zz_built" / "test_more.py").write_text("# ZZ-02\n")
    with _book(*_ids(), _rule("ZZ-01", "zz_built"), *([rule] if rule else [])):
        lines, code = ran("clauses", "--gaps")
    assert code == 1
    assert [line.rpartition("｜")[2] for line in lines[:-1]] == [f"缺：{gap}"]
    assert lines[0].startswith("ZZ-02｜")
    assert lines[-1] == "5 clauses, 1 gaps"


def test_ids_are_told_from_longer_ones(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "a.py").write_text("# OA-10, XOA-01 and S45-03\n")
    found = clause_list.tests_by_id(tmp_path / "tests")
    assert set(found) == {"OA-10", "XOA-01", "S45-03"}
    assert found["OA-10"] == ["tests/a.py"]


# --- verify_events ---------------------------------------------------------------------------------------------------


def _walked() -> Case:
    one = case()
    for n in range(3):
        record(lock(one), "note", f"第 {n} 次", by=None, at=AT)
    return Case.objects.get(pk=one.pk)


def _tamper(statement: str, *params: object) -> None:
    """What only somebody with the database in hand can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE casework_event DISABLE TRIGGER append_only")
        cursor.execute(statement, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE casework_event ENABLE TRIGGER append_only")


@pytest.mark.django_db
def test_whole_chains_verify(kind: None) -> None:
    _walked()
    _walked()
    assert ran("verify_events") == (["2 cases, 8 events, 0 broken"], 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE casework_event SET reason = '改' WHERE case_id = %s AND seq = 2",
        "UPDATE casework_event SET at = at + interval '1 microsecond' WHERE case_id = %s AND seq = 4",
        "UPDATE casework_event SET by_name = '別人' WHERE case_id = %s AND seq = 1",
        "DELETE FROM casework_event WHERE case_id = %s AND seq = 4",
        "DELETE FROM casework_event WHERE case_id = %s AND seq = 2",
        "DELETE FROM casework_event WHERE case_id = %s",
    ],
)
def test_a_tampered_chain_is_named(kind: None, statement: str) -> None:
    whole, broken = _walked(), _walked()
    _tamper(statement, broken.pk)
    lines, code = ran("verify_events")
    assert (code, lines[-1]) == (1, "2 cases, 8 events, 1 broken")
    assert broken.number in lines[0]
    assert not any(whole.number in line for line in lines)


# --- check_consistency -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@time_machine.travel(AT, tick=False)
def test_a_sound_database_has_no_contradictions(kind: None) -> None:
    one = case()
    with handlers() as register:
        register("test.answer")
        owe(one, due=ON + 9 * DAY, remind_days=(3,))
        assert ran("check_consistency") == (["0 contradictions"], 0)


def _contradiction(word: str, *, count: int = 1) -> None:
    with time_machine.travel(AT, tick=False):
        lines, code = ran("check_consistency")
    assert code == 1
    assert lines[-1] == f"{count} contradictions", lines
    assert sum(word in line for line in lines[:-1]) == count, lines


@pytest.mark.django_db
def test_a_case_whose_state_turn_or_day_does_not_fit_is_named(kind: None) -> None:
    one = case()
    Case.objects.filter(pk=one.pk).update(turn="nobody")
    _contradiction(one.number)
    Case.objects.filter(pk=one.pk).update(turn="office", due_on=ON)
    _contradiction(f"{one.number} 的期限記為 115/11/20，應為 無")
    Case.objects.filter(pk=one.pk).update(due_on=None, state="lost")
    _contradiction("狀態「lost」不存在")
    Case.objects.filter(pk=one.pk).update(kind="gone")
    _contradiction("種類「gone」不存在")


@pytest.mark.django_db
def test_deadlines_forgotten_without_owner_or_handler_are_named(kind: None) -> None:
    one = case()
    with handlers() as register:
        register("test.answer")
        row = owe(one, due=ON + DAY)
        Deadline.objects.filter(pk=row.pk).update(due_on=ON - 3 * DAY)
        Case.objects.filter(pk=one.pk).update(due_on=ON - 3 * DAY)
        _contradiction("排程尚未處理")
        Deadline.objects.filter(pk=row.pk).update(due_on=ON - 2 * DAY)
        Case.objects.filter(pk=one.pk).update(due_on=ON - 2 * DAY)
        with time_machine.travel(AT, tick=False):
            assert ran("check_consistency")[1] == 0, "late, not forgotten"
        Deadline.objects.filter(pk=row.pk).update(thing_kind="casework.case", thing_id=0)
        _contradiction("casework.case 0 不存在")
        Deadline.objects.filter(pk=row.pk).update(thing_kind="gone.thing")
        _contradiction("gone.thing 0 不存在")
        Deadline.objects.filter(pk=row.pk).update(thing_kind="", thing_id=None, met_at=AT)
        Case.objects.filter(pk=one.pk).update(due_on=None)
        Reminder.objects.create(deadline=row, on=ON, days_before=1)
        _contradiction("已結束，仍有")
    Reminder.objects.all().delete()
    Deadline.objects.filter(pk=row.pk).update(met_at=None)
    Case.objects.filter(pk=one.pk).update(due_on=ON - 2 * DAY)
    _contradiction("沒有處理程式")


@pytest.mark.django_db
def test_files_that_are_gone_or_changed_are_named(kind: None) -> None:
    one, user = case(), person()
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of b"abc"
    paper = Document(
        number="D-115-000001",
        case=one,
        paper="x",
        title="x",
        template_version="x",
        context={},
        check_code="x",
        sha256=digest,
        issued_at=AT,
    )
    paper.file.save("x.pdf", ContentFile(b"abc"))
    upload = Attachment(
        case=one,
        field="letter",
        label="公文",
        original_name="x.pdf",
        media_type="application/pdf",
        size=3,
        sha256=digest,
        uploaded_at=AT,
        uploaded_by=user,
    )
    upload.file.save("x.pdf", ContentFile(b"abc"))
    assert list(consistency.contradictions(at=AT)) == []
    for row, name in ((paper, "文件 D-115-000001"), (upload, f"{one.number} 的附件「公文」")):
        path = Path(row.file.path)
        path.write_bytes(b"abd")
        _contradiction(name)
        path.unlink()
        _contradiction("檔案不存在")
        path.write_bytes(b"abc")
    Path(upload.file.path).unlink()
    upload.removed_at = AT
    upload.save()
    assert list(consistency.contradictions(at=AT)) == []


@pytest.mark.django_db
def test_jobs_that_stand_still_are_named(kind: None) -> None:
    user, old = person(), AT - consistency.STUCK
    notice = Notice.objects.create(
        key="x", user=user, code="x", subject="補正通知", body="x", created_at=old, next_try_at=old
    )
    _contradiction("「補正通知」")
    notice.next_try_at = old + timedelta(seconds=1)
    notice.save()
    ExportJob.objects.create(user=user, page="x", title="案件清單", format="ods", created_at=old)
    _contradiction("「案件清單」")


@pytest.mark.django_db
def test_every_kind_adds_its_own_checks() -> None:
    with kind_of_case(consistency=lambda: ["帳號 abc 沒有使用者"]):
        _contradiction("帳號 abc 沒有使用者")

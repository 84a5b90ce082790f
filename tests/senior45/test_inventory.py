"""帳號清查: opens by itself, is answered, reminds, escalates, ends in a signed report (S45-10)."""

import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import time_machine

from accounts.clock import now
from casework.cases.doing import perform
from casework.deadlines.sweeping import sweep
from casework.errors import Refused
from casework.jobs.exports import request_export, run_export
from casework.models import Case, Document, Notice
from casework.papers.documents import bytes_of
from casework.sheets.reading import read
from kernel.dates import TAIPEI
from senior45 import tasks
from senior45.models import Campaign, InventoryLine, LineAnswer, SiteAccount
from senior45.services import inventory
from senior45.views import sheets  # noqa: F401 - registers the exporter
from tests.senior45 import world as w

pytestmark = pytest.mark.django_db


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=TAIPEI)


@pytest.fixture(autouse=True)
def _before_the_days_below() -> Iterator[None]:
    """The people and accounts are there before the half year these tests speak of."""
    with time_machine.travel(noon(date(2026, 12, 1))):
        yield


NEW_YEAR = date(2027, 1, 1)


@pytest.mark.parametrize(
    ("days", "starts"),
    [
        ((date(2026, 12, 31), NEW_YEAR), [date(2026, 7, 1), NEW_YEAR]),
        ((NEW_YEAR, date(2027, 1, 2), date(2027, 6, 30), date(2027, 7, 1)), [NEW_YEAR, date(2027, 7, 1)]),
        ((date(2027, 1, 9), date(2027, 1, 9)), [NEW_YEAR]),
    ],
)
def test_it_opens_by_itself_once_a_half_year_also_after_nights_missed(here: w.World, days, starts) -> None:
    for day in days:
        with time_machine.travel(noon(day), tick=False):
            tasks.open_inventory()
    assert list(Campaign.objects.order_by("period_starts_on").values_list("period_starts_on", flat=True)) == starts


def test_from_opening_to_the_signed_report(here: w.World, tmp_path: Path) -> None:
    w.with_editor(here)
    with time_machine.travel(noon(NEW_YEAR), tick=False):
        campaign = inventory.open_due(at=now())
        assert campaign is not None and campaign.answer_by == date(2027, 1, 31)
        assert campaign.lines.count() == SiteAccount.objects.filter(state="open").count() == 9
        told = set(Notice.objects.filter(code="senior45.inventory").values_list("user__name", flat=True))
        assert told == {"window", "bureau_window", "branch_window", "inventory"}
        line = InventoryLine.objects.get(account__user=here.editor)
        assert line.rights == "承辦（上稿）人員" and line.office == here.point
        inventory.answer(campaign, [(line.pk, "keep", "")], by=here.window, at=now())
        inventory.answer(campaign, [(line.pk, "stop", "已調離")], by=here.window, at=now())
        assert list(LineAnswer.objects.filter(line=line).values_list("act", "by_name")) == [
            ("keep", "window"), ("correct", "window"), ("stop", "window"),
        ]  # fmt: skip
        with pytest.raises(Refused, match="不能結束"):
            perform(campaign.case, "finish", by=here.inventory, at=now())
    for day, reminded in (
        (date(2027, 1, 20), 0),
        (date(2027, 1, 21), 2),
        (date(2027, 1, 27), 2),
        (date(2027, 1, 28), 4),
    ):
        with time_machine.travel(noon(day), tick=False):
            sweep(on=day, at=now())
        assert Notice.objects.filter(subject__startswith="催辦").count() == reminded, day
    with time_machine.travel(noon(date(2027, 1, 31)), tick=False):
        sweep(on=date(2027, 1, 31), at=now())
        assert not campaign.lines.filter(state="escalated").exists()
    with time_machine.travel(noon(date(2027, 2, 1)), tick=False):
        sweep(on=date(2027, 2, 1), at=now())
        assert campaign.lines.filter(state="escalated").count() == 8
        late = set(Notice.objects.filter(subject__startswith="逾期未回覆").values_list("user__name", flat=True))
        assert late == {"inventory", "opener", "bureau_window", "branch_window"}
        late_answer = InventoryLine.objects.get(account__user=here.reviewer)
        inventory.answer(campaign, [(late_answer.pk, "keep", "")], by=here.bureau_window, at=now())
        perform(Case.objects.get(pk=campaign.case_id), "finish", by=here.inventory, at=now())
        assert inventory.carry_out_due(at=now()) == 1
        assert inventory.carry_out_due(at=now()) == 0
    account = SiteAccount.objects.get(user=here.editor)
    assert (account.state, account.closing) == ("closed", "inventory") and "已調離" in account.closed_reason
    assert SiteAccount.objects.filter(state="open").count() == 8  # unanswered lines are reported, nothing more
    states = dict(campaign.lines.values_list("account__user__name", "state"))
    assert states["editor"] == "stopped" and states["reviewer"] == "kept" and states["admin"] == "escalated"
    document = Document.objects.get(case=campaign.case)
    assert document.context["counts"] == {"total": 9, "kept": 1, "stopped": 1, "unanswered": 7}
    report = tmp_path / "report.pdf"
    report.write_bytes(bytes_of(document))
    checked = subprocess.run(["pdfsig", "-nocert", report], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in checked and "Total document signed" in checked
    changed = report.read_bytes().replace(b"/Producer", b"/Produces", 1)
    (tmp_path / "changed.pdf").write_bytes(changed)
    checked = subprocess.run(
        ["pdfsig", "-nocert", tmp_path / "changed.pdf"], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid" not in checked


def test_unanswered_lines_end_as_the_setting_said_when_it_began(here: w.World) -> None:
    with time_machine.travel(noon(NEW_YEAR), tick=False):
        campaign = inventory.open_due(at=now())
        Campaign.objects.filter(pk=campaign.pk).update(unanswered="stop")
    with time_machine.travel(noon(date(2027, 2, 1)), tick=False):
        sweep(on=date(2027, 2, 1), at=now())
        perform(Case.objects.get(pk=campaign.case_id), "finish", by=here.inventory, at=now())
        assert inventory.carry_out_due(at=now()) == 1
        assert inventory.carry_out_due(at=now()) == 0
    assert not SiteAccount.objects.filter(state="open").exists()
    assert set(SiteAccount.objects.values_list("closing", flat=True)) == {"inventory"}


def test_the_sheet_has_every_line(here: w.World, tmp_path: Path) -> None:
    campaign = inventory.open_due(at=now())
    job = request_export(
        user=here.inventory,
        page="senior45.inventory",
        title="清查",
        query=f"campaign={campaign.pk}",
        format="ods",
        at=now(),
    )
    run_export(job.pk, at=now())
    job.refresh_from_db()
    assert (job.state, job.rows) == ("done", 8)
    with job.file.open("rb") as file:
        rows = read(file.read())
    assert len(rows) >= 9 and any("審稿人員" in row for row in rows)
    job = request_export(
        user=here.window,
        page="senior45.inventory",
        title="清查",
        query=f"campaign={campaign.pk}",
        format="ods",
        at=now(),
    )
    run_export(job.pk, at=now())
    job.refresh_from_db()
    assert job.state == "failed"

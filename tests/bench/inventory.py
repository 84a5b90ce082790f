"""A campaign over 50,000 accounts: opening, the windows' answers, the progress page's questions, ending with its signed report."""

from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext

from tests.bench._timing import timed

AT = datetime(2027, 1, 1, 1, 0, tzinfo=UTC)


def run(quick: bool) -> dict[str, Any]:
    from accounts.models import User
    from accounts.services.roles import grant_role
    from casework.cases.doing import perform
    from casework.papers.documents import bytes_of
    from senior45.models import InventoryLine, SiteAccount
    from senior45.selectors import counts_by_office, line_counts
    from senior45.services import inventory
    from senior45.services.accounts import give_right, role_from_rights
    from senior45.views.sheets import inventory_rows
    from tests.bench import _senior45 as many
    from tests.bench._scratch import scratch_database

    count, offices = (1_000, 10) if quick else (50_000, 500)
    with scratch_database():
        lead = many.lead()
        places = many.centres(offices)
        many.accounts(count, places, idle_from=date(2026, 12, 1))
        runner = User.objects.create(account_name="runner", name="清查者", email="runner@example.com")
        own = SiteAccount.objects.create(
            user=runner, office=lead, role="agency_officer", opened_on=date(2026, 1, 1), idle_from=date(2026, 12, 1)
        )
        give_right(own, "inventory", starts_on=date(2026, 1, 1), case=None, by=None, at=AT)
        role_from_rights(own, on=date(2027, 1, 1), by=None, at=AT)
        window = User.objects.create(account_name="window", name="窗口", email="window@example.com")
        for place in [lead, *places]:
            grant_role(user=window, role_code="s45_window", organisation=place.organisation, by=None, at=AT)
        many.analysed()
        opening, campaign = timed(lambda: inventory.open_due(at=AT))
        keys = list(InventoryLine.objects.order_by("office", "pk").values_list("pk", flat=True))
        answers = [(pk, "stop", "離職") if n % 100 == 0 else (pk, "keep", "") for n, pk in enumerate(keys)]

        def answer() -> None:
            for start in range(0, len(answers), 50):
                inventory.answer(campaign, answers[start : start + 50], by=window, at=AT)

        answering, _ = timed(answer)
        reset_queries()
        with CaptureQueriesContext(connection) as asked:
            progress, _ = timed(lambda: (counts_by_office(campaign), line_counts(campaign.lines.all())))
        sheet, rows = timed(lambda: sum(1 for _ in inventory_rows(runner, f"campaign={campaign.pk}")[1]))
        ending, done = timed(lambda: perform(campaign.case, "finish", by=runner, at=AT))
        carrying, _ = timed(lambda: inventory.carry_out_due(at=AT))
        document = done.case.documents.get()
        report, content = timed(lambda: bytes_of(document))
        stopped = SiteAccount.objects.filter(closing="inventory").count()
    if rows != count + 1 or stopped != (count + 1 + 99) // 100:
        raise AssertionError(f"{rows} lines, {stopped} stopped")
    return {
        "accounts": count,
        "offices": offices,
        "open_ms": round(opening * 1000),
        "answers_per_second": round(len(answers) / answering),
        "progress_ms": round(progress * 1000),
        "progress_queries": len(asked),
        "sheet_rows_ms": round(sheet * 1000),
        "stopped": stopped,
        "finish_ms": round(ending * 1000),
        "carry_out_ms": round(carrying * 1000),
        "report_ms": round(report * 1000),
        "report_kb": len(content) // 1024,
    }

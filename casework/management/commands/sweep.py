"""`manage.py sweep [--rehearse] [--on DATE]`: lapse what is overdue and send what reminders are due, now."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.clock import now, today
from casework.deadlines.sweeping import sweep
from casework.models import Deadline, Reminder
from kernel.dates import DateError, parse_day, roc


class Command(BaseCommand):
    help = "處理已屆期的期限與提醒；--rehearse 只列出將發生的事，不變更任何資料。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rehearse", action="store_true", help="只列出，不變更")
        parser.add_argument("--on", metavar="DATE", help="以這一天為今日，例：115/11/20（預設為今日）")

    def handle(self, *args: Any, **options: Any) -> None:
        rehearse = options["rehearse"]
        on = self._day(options["on"])
        if on > today() and not rehearse:
            # What has not come cannot be overdue: it would take effect before its time and could not be taken back.
            raise CommandError("未來的日期只能搭配 --rehearse 試算。")
        loud = rehearse or options["verbosity"] > 1
        report = sweep(on=on, at=now(), rehearse=rehearse, listen=self._tell if loud else None)
        for sentence in report.failed:
            self.stderr.write(f"失敗：{sentence}")
        word = "試算，未變更" if rehearse else "完成"
        self.stdout.write(
            f"{roc(on)} {word}：逾期 {report.lapsed.total()}、提醒 {report.reminded.total()}、"
            f"稍後再試 {report.left}、失敗 {len(report.failed)}"
        )
        if report.failed:
            raise SystemExit(1)

    def _day(self, text: str | None) -> date:
        if text is None:
            return today()
        try:
            return parse_day(text)
        except DateError as error:
            raise CommandError(str(error)) from None

    def _tell(self, deadline: Deadline, reminder: Reminder | None) -> None:
        what = f"提醒（{reminder.days_before} 日前）" if reminder else "逾期"
        whose = deadline.case.number if deadline.case else f"{deadline.thing_kind} {deadline.thing_id}"
        self.stdout.write(
            f"{what} {roc(deadline.due_on)} {whose} {deadline.label}（{deadline.code}，{deadline.citation}）"
        )

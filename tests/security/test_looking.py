"""The eyes of the walk see: an identifier put where none belongs is found, in every form in which the portal gives things away.

Without this, a walk that finds nothing (test_demonstration) could also be one that cannot read what it opened.
"""

import io
import json
import logging
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import connection
from django.template import engines

from accounts.models import AccessLog
from accounts.services.access import record_access
from casework.models import Notice
from casework.notices.delivery import deliver_due
from casework.notices.outbox import notify
from casework.sheets import writing
from tests.casework.conftest import NOW
from tests.factories import UserFactory
from tests.security import needles
from tests.security.demonstration import readable_pdf
from tests.security.test_demonstration import Lines
from tests.security.walk import words_of

NUMBER = "A123456789"
ROWS = (["姓名", "身分證字號"], [["王小明", NUMBER]])


def _sheet(kind: str) -> bytes:
    out = io.BytesIO()
    header, rows = ROWS
    writing.write(kind, out, title="名冊", header=header, rows=rows)
    return out.getvalue()


GIVEN: dict[str, Callable[[], bytes]] = {
    "HTML": lambda: engines["django"].from_string("<td>{{ n }}</td>").render({"n": NUMBER}).encode(),
    "PDF": lambda: readable_pdf(f"<html><body><td>{NUMBER}</td></body></html>"),
    "ODS": lambda: _sheet(writing.ODS),
    "XLSX": lambda: _sheet(writing.XLSX),
    "CSV": lambda: _sheet(writing.CSV),
    "JSON": lambda: json.dumps({"n": NUMBER}).encode(),
}


@pytest.mark.parametrize("form", GIVEN)
def test_an_identifier_in_a_file_is_seen(form: str) -> None:
    assert NUMBER.encode() in words_of(GIVEN[form]())


@pytest.mark.django_db
def test_an_identifier_in_a_letter_is_seen_in_its_row_and_is_what_is_sent() -> None:
    """Mail is written from the row of its notice and from nothing else, so looking at the rows is looking at the mail."""
    who = UserFactory(email="who@example.test")
    notify(users=[who], code="toy.told", subject="通知", body=f"您的 {NUMBER}", key="seen", case=None, at=NOW)
    deliver_due(at=NOW)
    assert NUMBER in mail.outbox[0].body
    assert needles.tables_with([NUMBER]) == {Notice._meta.db_table: 1}


@pytest.mark.django_db
def test_an_identifier_in_the_history_and_in_the_access_log_is_seen() -> None:
    who = UserFactory(name=NUMBER)
    record_access(AccessLog.Action.DOWNLOAD, at=NOW, user=who, subject=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casework_historicalamendment (id, title, citation, in_force_from, retroactive_reason, state, drafted_at, "
            "withdrawn_reason, version, history_date, history_type) VALUES (1, %s, '', now(), '', 'draft', now(), '', 1, now(), '+')",
            [NUMBER],
        )
    found = needles.tables_with([NUMBER])
    assert {"accounts_accesslog", "casework_historicalamendment", "accounts_user"} <= set(found)


def test_an_identifier_in_a_line_of_the_log_is_masked_and_another_text_is_not() -> None:
    lines = Lines()
    lines.emit(logging.makeLogRecord({"msg": {"event": f"opened {NUMBER}", "who": "lina88"}}))
    assert NUMBER not in lines.lines[0]
    assert "lina88" in lines.lines[0]

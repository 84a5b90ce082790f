"""Drafts ready to file, their contact signed in, and the press of the button as a browser sends it."""

import http.client
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID, uuid4

from accounts.clock import today
from casework.models import Case
from kernel.dates import roc
from tests.bench import filing as bench
from tests.ojt_accounts.world import standing

#: A paper every new unit hands in.
PAPER = "letter"


@dataclass
class Desk:
    cases: list[Case]
    cookie: str
    token: str


def drafts(count: int) -> Desk:
    cases, contact = bench._drafts(count)
    return Desk(cases, *bench._signed_in(contact))


def press(port: int, desk: Desk, case: Case, key: UUID | None = None, timeout: float = 15) -> tuple[int, str]:
    """(status, location); (0, '') where nobody answered. The key stays the same when the person presses again."""
    body = urlencode({"version": case.version, "key": key or uuid4(), "csrfmiddlewaretoken": desk.token})
    headers = {"Cookie": desk.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", f"/cases/{case.number}/act/file/", body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location") or ""
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def upload(port: int, desk: Desk, case: Case, content: bytes, *, stop_after: int | None = None) -> tuple[int, str]:
    """One paper of the checklist, as the page posts it: (status, page). With `stop_after` only so many bytes are sent, and
    the connection is left open for whoever kills the other end."""
    boundary = uuid4().hex
    typed = {name: roc(value) if isinstance(value, date) else value for name, value in standing(today()).items()}
    fields = {
        "version": case.version,
        "key": uuid4(),
        "csrfmiddlewaretoken": desk.token,
        f"{PAPER}-attested": "on",
        **typed,
    }
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{PAPER}-file"; filename="paper.pdf"\r\n'
    body = (
        f"{''.join(parts)}{head}Content-Type: application/pdf\r\n\r\n".encode()
        + content
        + f"\r\n--{boundary}--\r\n".encode()
    )
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.putrequest("POST", f"/ojt/{case.number}/papers/")
        for name, value in (
            ("Cookie", desk.cookie),
            ("Content-Type", f"multipart/form-data; boundary={boundary}"),
            ("Content-Length", str(len(body))),
        ):
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(body[:stop_after])
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def said(page: str) -> str:
    """The errors a page shows."""
    return " ".join(re.findall(r'class="field__error"[^>]*>([^<]+)', page))[:300] or page[:200]

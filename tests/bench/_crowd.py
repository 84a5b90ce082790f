"""A crowd before a course: people with their data and their sessions, made in bulk, and raw HTTP presses of a button."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.middleware.csrf import _get_new_csrf_string

from accounts import crypto
from accounts.clock import now
from accounts.models import User
from casework.entitlements import ANSWERERS
from ojt_subsidy.models import Course, Trainee
from tests.ojt_subsidy import world as w


@dataclass
class Visitor:
    person: User
    cookie: str
    token: str


def course_for(seats: int, opens_at: datetime) -> Course:
    """A published course that opens at a moment."""
    ANSWERERS.clear()
    here = w.world()
    course = w.published(here, seats=seats)
    Course.objects.filter(pk=course.pk).update(opens_at=opens_at)
    return Course.objects.get(pk=course.pk)


def crowd(count: int, first: int = 1) -> list[Visitor]:
    """People who have filled in their data and are signed in."""
    people = []
    for n in range(first, first + count):
        number = w.national_id(5_000_000 + n)
        person = User(account_name=f"crowd{n:06d}", name=f"學員{n}", email=f"crowd{n}@example.com", national_id=number)
        person.claimed_id_index, person.password = crypto.index(number), "!"
        people.append(person)
    User.objects.bulk_create(people, batch_size=1000)
    Trainee.objects.bulk_create(
        [Trainee(user=p, born_on=date(1990, 1, 1), employer=f"公司{p.pk}", saved_at=now()) for p in people],
        batch_size=1000,
    )
    store, sessions, visitors = SessionStore(), [], []
    for person in people:
        data = {
            SESSION_KEY: str(person.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: person.get_session_auth_hash(),
            "signed_in_at": int(now().timestamp()),
            "seen_at": int(now().timestamp()),
            "idle_limit": 0,
        }
        key, token = uuid4().hex, _get_new_csrf_string()
        sessions.append(
            Session(
                session_key=key, session_data=store.encode(data), expire_date=datetime.now(UTC) + timedelta(hours=2)
            )
        )
        visitors.append(
            Visitor(person, f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={token}", token)
        )
    Session.objects.bulk_create(sessions, batch_size=1000)
    return visitors


@dataclass
class Press:
    status: int
    seconds: float
    location: str = ""
    body: str = ""


async def press(address: str, path: str, visitor: Visitor, fields: dict[str, Any], gate: asyncio.Semaphore) -> Press:
    """One POST over a connection of its own."""
    parts = urlsplit(address)
    body = urlencode({"csrfmiddlewaretoken": visitor.token, **fields}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\nCookie: {visitor.cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    async with gate:
        started = time.perf_counter()
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(head + body)
        await writer.drain()
        answer = await reader.read(-1)
        writer.close()
        seconds = time.perf_counter() - started
    text = answer.decode("utf-8", "replace")
    header, _, rest = text.partition("\r\n\r\n")
    location = next((line[10:] for line in header.split("\r\n") if line.lower().startswith("location: ")), "")
    return Press(int(header.split(" ", 2)[1]), seconds, location, rest)

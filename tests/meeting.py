"""Many people at few cases: threads press random acts of one scheme, its jobs and the sweep run beside them; then what must hold
is asked. Names no scheme: acts, people, jobs and what contradicts what are those the scheme declares.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from celery import current_app
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection

from accounts.clock import now, today
from accounts.errors import Refused as AccountsRefused
from accounts.errors import is_busy
from accounts.models import User
from accounts.rights import holders
from accounts.roles import Side, right
from casework.cases import work
from casework.cases.casetypes import all_casetypes, casetype
from casework.cases.doing import perform, why_not
from casework.cases.events import broken_links
from casework.cases.receipts import once
from casework.deadlines.sweeping import sweep
from casework.errors import Busy, NotAllowed, NotPermitted, Stale
from casework.intake.sample import paper
from casework.jobs import consistency
from casework.models import Case, Message
from casework.notices.messages import write
from kernel.acts import Act
from kernel.dates import roc

REFUSALS = (AccountsRefused, NotAllowed, NotPermitted, Stale, Case.DoesNotExist)
#: So few that people meet.
HOT = 6
#: Beside the acts of a case, how often of a hundred.
BESIDE = 25


@dataclass
class Walked:
    """What a walk came to."""

    scheme: str
    outcomes: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    #: Neither done nor refused in words: what a person would have read as an error page.
    unexpected: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    deadlocks: int = 0

    def said(self) -> dict[str, Any]:
        return {
            "scheme": self.scheme, **self.outcomes, "kinds_done": len(self.acts), "deadlocks": self.deadlocks,
            "unexpected": dict(self.unexpected), "broken": self.broken[:10],
        }  # fmt: skip


def walk(scheme: str, *, seconds: float = 600, steps: int = 1_000_000, threads: int = 8, seed: int = 0) -> Walked:
    """So long, or so many steps of each thread. Needs rows that other connections see."""
    current_app.loader.import_default_modules()  # the jobs, as a worker knows them
    walked, before, until = Walked(scheme), _deadlocks(), time.monotonic() + seconds
    keeping, hot = threading.Lock(), _hot(scheme, random.Random(seed))

    def run(number: int) -> None:
        rng = random.Random(seed * 1000 + number)
        try:
            for _ in range(steps):
                if time.monotonic() > until:
                    return
                name, outcome, why = _step(scheme, rng.choice(hot), rng)
                with keeping:
                    walked.outcomes[outcome] += 1
                    if outcome == "done":
                        walked.acts[name] += 1
                    if outcome == "unexpected":
                        walked.unexpected[f"{name}: {why}"] += 1
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for one in running:
        one.start()
    for one in running:
        one.join(seconds + 120)
    assert not any(one.is_alive() for one in running), "somebody waits for ever"
    walked.broken = list(_broken(scheme))
    walked.deadlocks = _deadlocks() - before
    return walked


def _hot(scheme: str, rng: random.Random) -> list[int]:
    """Cases that are somebody's to act on, of every kind some."""
    found: list[int] = []
    kinds = sorted(about.kind for about in all_casetypes() if about.kind.startswith(f"{scheme}."))
    for kind in kinds:
        open_ones = list(Case.objects.filter(kind=kind).exclude(turn="nobody").values_list("pk", flat=True))
        found += rng.sample(open_ones, min(len(open_ones), max(2, HOT // len(kinds))))
    return found


def _step(scheme: str, pk: int, rng: random.Random) -> tuple[str, str, str]:
    """What was tried, what became of it, and what went wrong."""
    name = "?"
    try:
        name, do = _something(scheme, pk, rng)
        if do is None:
            return name, "nobody", ""
        do()
    except Busy:
        return name, "busy", ""
    except REFUSALS:
        return name, "refused", ""
    except Exception as error:
        if isinstance(error, OperationalError) and is_busy(
            error
        ):  # an act without a receipt: the page says the sentence
            return name, "busy", ""
        return name, "unexpected", f"{type(error).__name__}: {error}"[:160]
    return name, "done", ""


# ── what somebody does ─────────────────────────────────────────────────────────────────────────────────────────────────


def _something(scheme: str, pk: int, rng: random.Random) -> tuple[str, Callable[[], Any] | None]:
    case = Case.objects.select_related("office", "organisation", "person").get(pk=pk)
    if rng.randrange(100) < BESIDE:
        return _beside(scheme, case, rng)
    acts = casetype(case.kind).table.buttons
    if not acts:  # its acts stand on pages of their own
        return "?", None
    act = rng.choice(acts)
    user = _somebody(act.right, case, rng)
    return act.code, _press(act, case, user, rng) if user else None


def _beside(scheme: str, case: Case, rng: random.Random) -> tuple[str, Callable[[], Any] | None]:
    rights = casetype(case.kind).view_rights
    officer = _somebody(rng.choice(rights), case, rng) if rights else None
    jobs = [
        entry["task"] for entry in current_app.conf.beat_schedule.values() if entry["task"].startswith(f"{scheme}.")
    ]
    name = rng.choice(["sweep", "claim", "release", "message", *(jobs if rng.random() < 0.2 else ())])
    at = now()
    if name == "sweep":
        return name, lambda: sweep(on=today() + timedelta(days=1), at=at + timedelta(days=1))
    if name in jobs:
        return name, current_app.tasks[name].run
    if officer is None:
        return name, None
    if name == "message":
        return name, lambda: write(case, kind=Message.Kind.TO_OFFICE, body="請問辦理情形？", by=officer, at=at)
    act = work.claim if name == "claim" else work.release
    return name, lambda: act(case, by=officer, at=at, version=case.version)


def _somebody(code: str, case: Case, rng: random.Random) -> User | None:
    office = right(code).side is Side.OFFICE
    place = case.office if office else case.organisation
    people = list(holders(code, place)) if place is not None else []
    if not office and case.person is not None:
        people.append(case.person)
    return rng.choice(people) if people else None


def _press(act: Act, case: Case, user: User, rng: random.Random) -> Callable[[], Any] | None:
    """As the button does it; None where its form does not take what is typed here."""
    given: dict[str, Any] = {}
    if act.form is not None and not why_not(act, case, user, now()):
        form = act.form(case=case)
        data, files = _typed(form, rng)
        form = act.form(data=data, files=files, case=case)
        for name in ("version", "key"):
            form.fields.pop(name, None)
        if not form.is_valid():
            return None
        given = dict(form.cleaned_data)
    at, key = now(), uuid4()

    def do() -> dict[str, Any]:
        if why := why_not(act, case, user, now()):
            raise NotAllowed(why)
        perform(case, act.code, by=user, at=at, version=case.version, **given)
        return {}

    return lambda: once(user=user, key=key, act=act.code, thing=case.number, at=at, do=do)


def _typed(form: forms.BaseForm, rng: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """Something for every field, by its type."""
    data: dict[str, Any] = {}
    files: dict[str, Any] = {}
    for name, one in form.fields.items():
        key, initial = form.add_prefix(name), form.get_initial_for_field(one, name)
        if isinstance(one, forms.FileField):
            files[key] = SimpleUploadedFile("文件.pdf", _paper(), content_type="application/pdf")
        elif isinstance(one, forms.ModelMultipleChoiceField | forms.MultipleChoiceField):
            data[key] = [value for value, _ in one.choices][:3]
        elif isinstance(one, forms.ChoiceField):
            data[key] = rng.choice([value for value, _ in one.choices if value] or [""])
        elif isinstance(one, forms.BooleanField):
            data[key] = rng.random() < 0.8
        elif initial not in (None, ""):
            data[key] = roc(initial) if isinstance(initial, date) else initial
        elif "Date" in type(one).__name__:
            data[key] = roc(today() + timedelta(days=rng.choice([0, 0, 0, 7, 14])))
        elif isinstance(one, forms.IntegerField):
            data[key] = getattr(one, "min_value", None) or 1
        else:
            data[key] = "依規定辦理"
    return data, files


@cache
def _paper() -> bytes:
    return paper("文件", ["內容"])


# ── what must hold ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _broken(scheme: str) -> Iterator[str]:
    """Chains, states and days of cases, what the schemes say contradicts; nothing of mail and files that no worker has made."""
    yield from consistency.cases_in_their_states()
    yield from consistency.cases_with_their_days()
    yield from consistency.deadlines_with_their_owners()
    for about in all_casetypes():
        if about.kind.startswith(f"{scheme}."):
            yield from about.consistency()
    for case in Case.objects.filter(kind__startswith=f"{scheme}.").iterator():
        yield from broken_links(case)


def _deadlocks() -> int:
    """As PostgreSQL counts them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot(), deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[1])

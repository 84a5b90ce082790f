"""What the tests of jobs share: a kind of case that belongs to no scheme, people, cases, a second connection."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection

from accounts.models import Organisation, User
from accounts.roles import RIGHTS, Right, Side
from accounts.services.roles import grant_role
from casework.cases.casetypes import KINDS, CaseType
from casework.cases.moving import open_case
from casework.deadlines import keeping
from casework.deadlines.handlers import HANDLERS, Handler
from casework.models import Case, Deadline
from casework.rights import ADMINISTRATOR
from kernel.acts import Act, Acts, State, Turn

KIND = "test.jobs"
AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
ON = date(2026, 11, 20)
_serial = count(1)

TABLE = Acts(
    KIND,
    (State("filed", "已送件", Turn.OFFICE), State("closed", "已結案", Turn.NOBODY, final=True)),
    (Act("close", "結案", "filed → closed", "test.close"),),
)


@contextmanager
def kind_of_case(**about: Any) -> Iterator[CaseType]:
    """The kind registered for one test only: registries are shared by the whole process."""
    one = CaseType(**{"kind": KIND, "label": "測試案件", "series": "TJ", "table": TABLE, "view_rights": (), **about})
    with KINDS.kept(), RIGHTS.kept():
        RIGHTS.put(Right("test.close", "結案", Side.OFFICE))
        KINDS.add(one)
        yield one


@contextmanager
def handlers() -> Iterator[Callable[..., None]]:
    """Enters a handler, forgotten at the end."""
    with HANDLERS.kept():
        yield lambda *given, **more: HANDLERS.add(Handler(*given, **more))


def person(**fields: Any) -> User:
    n = next(_serial)
    return User.objects.create(
        **{"account_name": f"jobs{n}", "email": f"jobs{n}@example.org", "name": f"王小明{n}", **fields}
    )


def administrator() -> User:
    """Keeps the calendar and watches the mail."""
    user = person()
    grant_role(user=user, role_code=ADMINISTRATOR, organisation=office(), by=None, at=AT)
    return user


def office() -> Organisation:
    return Organisation.objects.create(name="測試分署", kind=Organisation.Kind.BRANCH)


def case(**fields: Any) -> Case:
    return open_case(
        **{
            "kind": KIND,
            "title": "測試案件",
            "office": fields.pop("office", None) or office(),
            "by": None,
            "at": AT,
            **fields,
        }
    )


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run each on a connection of its own, started together; what they returned. An error in one is raised here."""
    start = threading.Barrier(len(works))
    answers: list[Any] = [None] * len(works)
    errors: list[BaseException] = []

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            answers[place] = work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if errors:
        raise errors[0]
    return answers


def owe(one: Case | None, *, code: str = "test.answer", due: date = ON, at: datetime = AT, **more: Any) -> Deadline:
    """A deadline due on a day, counted from five days before."""
    return keeping.set_deadline(
        case=one,
        code=code,
        rule="OA-01",
        label="答復",
        citation="第三點",
        counted_from=due - timedelta(days=5),
        due_on=due,
        at=at,
        **more,
    )

"""課程查詢 over 50,000 courses, a two-character keyword: the bare SQL of the question, the same choice of rows through the ORM, the
rows with all that a list shows, and the whole page with its count and its HTML."""

import statistics
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from accounts.clock import now, today
from casework.models import Case
from ojt_subsidy.models import Course, CourseLedger
from ojt_subsidy.selectors.catalogue import Asked, bigrams, first_named, listed
from tests.bench._crowd import course_for
from tests.bench._scratch import scratch_database
from tests.bench._timing import timed

WORDS = (
    "機器人",
    "烘焙",
    "會計",
    "網頁設計",
    "長照",
    "英語",
    "財金",
    "咖啡",
    "焊接",
    "行銷",
    "資料分析",
    "室內配線",
    "園藝",
    "攝影",
)
#: Rounds before any is counted: plans and templates are made once.
WARM = 4
_BARE = """
SELECT c.id, c.title FROM ojt_subsidy_course c JOIN casework_case k ON k.id = c.case_id
WHERE c.published_at IS NOT NULL AND k.state IN ('published', 'running', 'ended') AND c.starts_on >= %s AND c.words @> %s::varchar(2)[]
ORDER BY c.starts_on, c.id LIMIT 20
"""


def run(quick: bool) -> dict[str, Any]:
    count, rounds = (800, 10) if quick else (50_000, 60)
    with scratch_database():
        _fill(count)
        visitor = Client(headers={"host": "localhost"})
        took: dict[str, list[float]] = {"bare": [], "chosen": [], "rows": [], "page": []}
        for n in range(rounds + WARM):
            word = WORDS[n % len(WORDS)][:2]
            seconds = {
                "bare": timed(lambda word=word: _bare(word))[0],
                "chosen": timed(lambda word=word: list(_found(word).values_list("pk", flat=True)))[0],
            }
            seconds["rows"], rows = timed(lambda word=word: first_named(_found(word)))
            if not rows or any(word not in one.title for one in rows):
                raise AssertionError(f"{word}: {[one.title for one in rows[:3]]}")
            seconds["page"], answer = timed(
                lambda word=word, n=n: visitor.get(
                    reverse("ojt_subsidy:catalogue"), {"q": word}, REMOTE_ADDR=f"10.0.0.{n}"
                )
            )
            if answer.status_code != 200 or rows[0].title not in answer.content.decode():
                raise AssertionError(f"{word}: {answer.status_code}")
            if n >= WARM:
                for name, value in seconds.items():
                    took[name].append(value)
    bare = statistics.median(took["bare"])
    return {
        "courses": count,
        "bare_p95_ms": _p95(took["bare"]),
        "search_p50_ms": round(statistics.median(took["rows"]) * 1000, 1),
        "search_p95_ms": _p95(took["rows"]),
        "choice_ratio_to_bare_sql": round(statistics.median(took["chosen"]) / bare, 2),
        "search_ratio_to_bare_sql": round(statistics.median(took["rows"]) / bare, 2),
        "page_p95_ms": _p95(took["page"]),
        "page_ratio_to_bare_sql": round(statistics.median(took["page"]) / bare, 2),
    }


def _found(word: str) -> QuerySet[Course]:
    return listed(Asked(q=word), on=today())[:20]


def _bare(word: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_BARE, [today(), bigrams(word)])
        return cursor.fetchall()


def _p95(seconds: list[float]) -> float:
    return round(sorted(seconds)[int(len(seconds) * 0.95)] * 1000, 1)


def _fill(count: int) -> None:
    """Copies of one course with words of their own."""
    first = course_for(30, now())
    case, day = Case.objects.get(pk=first.case_id), today()
    cases = []
    for n in range(count):
        one = Case.objects.get(pk=case.pk) if n == 0 else case
        cases.append(
            Case(
                **{f.attname: getattr(one, f.attname) for f in Case._meta.concrete_fields if not f.primary_key}
                | {"number": f"SC-998-{n:06d}"}
            )
        )
    cases = Case.objects.bulk_create(cases, batch_size=2000)
    fields = [f.attname for f in Course._meta.concrete_fields if not f.primary_key]
    courses = []
    for n, one in enumerate(cases):
        title = f"{WORDS[n % len(WORDS)]}{('基礎', '進階', '實作')[n % 3]}班第{n}期"
        own = {"case_id": one.pk, "code": f"998-{n:06d}", "title": title, "words": bigrams(f"{title} 工業路{n}號")}
        own["starts_on"] = day + timedelta(days=n % 180)
        own["ends_on"] = own["starts_on"] + timedelta(days=30)
        courses.append(Course(**{name: getattr(first, name) for name in fields} | own))
    courses = Course.objects.bulk_create(courses, batch_size=2000)
    CourseLedger.objects.bulk_create([CourseLedger(course=c, seats=30) for c in courses], batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ojt_subsidy_course; ANALYZE casework_case; ANALYZE ojt_subsidy_courseledger")

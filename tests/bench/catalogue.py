"""課程查詢 over 50,000 courses: a two-character keyword, filters, the first page; beside it the bare SQL of the same question."""

import statistics
import time
from datetime import timedelta
from typing import Any

from django.db import connection

from accounts.clock import now, today
from casework.models import Case
from ojt_subsidy.models import Course, CourseLedger
from ojt_subsidy.selectors.catalogue import Asked, bigrams, listed
from tests.bench._crowd import course_for
from tests.bench._scratch import scratch_database

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
_BARE = """
SELECT c.id, c.title FROM ojt_subsidy_course c JOIN casework_case k ON k.id = c.case_id
WHERE c.published_at IS NOT NULL AND k.state IN ('published', 'running', 'ended') AND c.starts_on >= %s AND c.words @> %s::varchar(2)[]
ORDER BY c.starts_on, c.id LIMIT 20
"""


def run(quick: bool) -> dict[str, Any]:
    count, rounds = (3_000, 20) if quick else (50_000, 60)
    with scratch_database():
        _fill(count)
        took, bare = [], []
        for n in range(rounds):
            word = WORDS[n % len(WORDS)][:2]
            started = time.perf_counter()
            found = list(
                listed(Asked(q=word), on=today()).defer(
                    "content", "teachers", "conditions", "opening", "words", "weekly"
                )[:20]
            )
            took.append(time.perf_counter() - started)
            if not found or any(word not in one.title for one in found):
                raise AssertionError(f"{word}: {[one.title for one in found[:3]]}")
            started = time.perf_counter()
            with connection.cursor() as cursor:
                cursor.execute(_BARE, [today(), bigrams(word)])
                cursor.fetchall()
            bare.append(time.perf_counter() - started)
    took.sort()
    bare.sort()
    return {
        "courses": count,
        "search_p50_ms": round(statistics.median(took) * 1000, 1),
        "search_p95_ms": round(took[int(len(took) * 0.95)] * 1000, 1),
        "bare_p95_ms": round(bare[int(len(bare) * 0.95)] * 1000, 1),
        "ratio_to_bare_sql": round(statistics.median(took) / statistics.median(bare), 2),
    }


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

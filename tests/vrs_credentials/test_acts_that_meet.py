"""Two people at one thing that is no case: news, a job, a lecturer, an upload; each with a control."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from accounts.clock import now, today
from accounts.models import Organisation
from casework.cases import changing
from casework.cases.doing import perform
from casework.errors import Refused
from casework.models import Notice
from tests.meeting import walk
from tests.parallel import meanwhile, meet, together, unlocked
from tests.vrs_credentials import world as w
from vrs_credentials.models import JobPost, Lecturer, News, RosterJob
from vrs_credentials.services import attending, courses, joining, rosters, site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
NEWS = {"title": "公告", "body": "內容", "pinned": False, "published_on": today()}


@pytest.fixture
def here(transactional_db: None) -> w.World:
    return w.world()


def _news(here: w.World) -> News:
    return site.save_news(data=NEWS, by=here.handler, at=now())


def test_news_taken_down_stays_down_though_somebody_has_its_form_open(here: w.World) -> None:
    made = _news(here)
    drawn, stale = changing.seen(made), News.objects.get(pk=made.pk)
    site.remove_news(made, by=here.handler, at=now())
    for given in ({"news": stale}, {"news": News.objects.get(pk=made.pk), "seen": drawn}):
        with pytest.raises(Refused, match="已有變更"):
            site.save_news(data={**NEWS, "title": "改過"}, by=here.handler, at=now(), **given)
    made.refresh_from_db()
    assert made.removed_at is not None
    assert made.title == "公告"


def test_control_a_row_saved_whole_brings_it_back(here: w.World) -> None:
    made = _news(here)
    stale = News.objects.get(pk=made.pk)
    site.remove_news(made, by=here.handler, at=now())
    stale.title = "改過"
    stale.save()
    assert News.objects.get(pk=made.pk).removed_at is None


def test_of_two_editors_at_once_the_second_is_told(here: w.World) -> None:
    made = _news(here)
    acts = [
        lambda title=title: site.save_news(
            data={**NEWS, "title": title}, news=News(**{f.attname: getattr(made, f.attname) for f in made._meta.fields}),
            by=here.handler, at=now(),
        )
        for title in ("甲", "乙")
    ]  # fmt: skip
    answers = together(acts)
    assert sum(isinstance(one, Refused) for one in answers) == 1, answers


def test_control_without_the_row_held_the_second_writes_over_the_first(
    here: w.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _news(here)
    unlocked(monkeypatch, site)
    real = changing.unchanged

    def judged(row: Any, drawn_from: str | None) -> None:
        real(row, drawn_from)
        meet()

    monkeypatch.setattr(changing, "unchanged", judged)
    stale = News.objects.get(pk=made.pk)
    answers = together(
        [
            lambda title=title: site.save_news(data={**NEWS, "title": title}, news=stale, by=here.handler, at=now())
            for title in ("甲", "乙")
        ]
    )
    assert all(isinstance(one, News) for one in answers), answers


def test_a_job_a_lecturer_and_an_institution_are_written_as_they_were_drawn(here: w.World) -> None:
    data = {
        "title": "職重員", "kind": "employment", "place": "臺南", "pay": "面議", "body": "x", "contact": "x", "opens_on": today(),
        "closes_on": today() + timedelta(days=9),
    }  # fmt: skip
    job = site.save_job(here.institution, data=data, by=here.clerk, at=now())
    teacher = w.lecturer(here)
    body = Organisation.objects.get(pk=here.institution.pk)
    who = {"by": here.clerk, "at": now()}
    written = {name: getattr(teacher, name) for name in courses.LECTURER_FIELDS}
    of_body = {"name": body.name, "address": "新址", "phone": body.phone, "email": body.email}
    before = [JobPost.objects.get(pk=job.pk), Lecturer.objects.get(pk=teacher.pk)]
    site.save_job(here.institution, data={**data, "pay": "四萬"}, job=job, **who)
    courses.save_lecturer(here.institution, data={**written, "phone": "0912345678"}, lecturer=teacher, **who)
    joining.change_institution(body, **of_body, **who)
    stale = [
        lambda: site.save_job(here.institution, data=data, job=before[0], **who),
        lambda: courses.save_lecturer(here.institution, data=written, lecturer=before[1], **who),
        lambda: joining.change_institution(here.institution, **{**of_body, "address": "舊址"}, **who),
    ]
    for act in stale:
        with pytest.raises(Refused, match="已有變更"):
            act()
    assert (JobPost.objects.get().pay, Organisation.objects.get(pk=body.pk).address) == ("四萬", "新址")


def test_a_form_carries_how_its_row_stood(here: w.World) -> None:
    made = _news(here)
    from django.test import Client

    client = Client()
    client.force_login(here.handler)
    address = f"/admin/vrs/news/{made.pk}/"
    page = client.get(address)
    assert page.status_code == 200
    drawn = page.context["form"].initial["seen"]
    assert drawn == changing.seen(made)
    site.save_news(data={**NEWS, "title": "同事改過"}, news=made, by=here.handler, at=now())
    posted = {"title": "我改的", "body": "我打的字", "published_on": "115/12/01", "seen": drawn}
    answer = client.post(address, posted)
    assert answer.status_code == 422
    assert "已有變更" in answer.content.decode()
    assert "我打的字" in answer.content.decode()
    made.refresh_from_db()
    assert made.title == "同事改過"


def test_one_institution_joins_once_however_often_it_is_sent(here: w.World) -> None:
    given = {"unified_number": "12345675", "name": "新單位", "address": "臺南", "phone": "06", "contact": "王小明"}
    answers = together(
        [lambda n=n: joining.join_institution(**given, email=f"n{n}@example.com", at=now()) for n in range(3)]
    )
    assert Organisation.objects.filter(unified_number="12345675").count() == 1
    assert not [one for one in answers if isinstance(one, IntegrityError)], answers


# --- uploads ---------------------------------------------------------------------------------------------------------


def _checked(here: w.World) -> RosterJob:
    """A roster that was checked a week ago and waits for 確定上傳."""
    one = w.older(w.certified(here), today() - timedelta(days=30))
    course = w.course_approved(here, starts_on=today() - timedelta(days=3))
    attending.keep_sheet(course.case, upload=w.pdf("簽到"), by=here.clerk, at=now())
    content = w.roster([(course.starts_on.isoformat(), "王小明", one.holder.national_id or "", "6")])
    files = [(course.fields.get(), SimpleUploadedFile("名冊.csv", content))]
    job = perform(course.case, "upload_rosters", files=files, by=here.clerk, at=now()).answer
    assert rosters.run(job.pk, at=now())
    RosterJob.objects.filter(pk=job.pk).update(created_at=now() - 2 * rosters.KEPT)
    job.refresh_from_db()
    assert job.state == RosterJob.State.READY, job.problem
    return job


def test_an_upload_confirmed_meanwhile_is_not_dropped(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    job = _checked(here)
    came_to = meanwhile(
        monkeypatch, rosters, "locking", lambda: perform(job.case, "confirm_rosters", by=here.clerk, at=now()).answer
    )
    assert rosters.drop_old(at=now()) == 0
    assert came_to().pk == job.pk
    job.refresh_from_db()
    assert job.state == RosterJob.State.CONFIRMED
    assert job.files.get().file


def test_control_a_job_saved_as_it_was_read_is_dropped(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    job = _checked(here)
    stale = RosterJob.objects.get(pk=job.pk)
    perform(job.case, "confirm_rosters", by=here.clerk, at=now())
    rosters._end(stale, RosterJob.State.DROPPED, at=now())
    job.refresh_from_db()
    assert job.state == RosterJob.State.DROPPED


def test_what_was_imported_is_told_in_the_same_transaction(here: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    job = _checked(here)
    perform(job.case, "confirm_rosters", by=here.clerk, at=now())

    class Killed(BaseException):
        pass

    def killed(*given: Any, **named: Any) -> None:
        raise Killed

    told = rosters._tell
    monkeypatch.setattr(rosters, "_tell", killed)
    with pytest.raises(Killed):
        rosters.run(job.pk, at=now())
    job.refresh_from_db()
    assert job.state == RosterJob.State.IMPORTING
    monkeypatch.setattr(rosters, "_tell", told)
    assert rosters.run_waiting(at=now()) == 1
    job.refresh_from_db()
    assert job.state == RosterJob.State.DONE
    assert Notice.objects.filter(code="vrs_credentials.roster", user=here.clerk).count() == 1


def test_many_people_at_a_few_cases_break_nothing(here: w.World) -> None:
    w.filed(here)
    w.reported(here, w.hours_filed(here, w.certified(here, w.professional("李大華", 7))))
    w.course_filed(here)
    walked = walk("vrs_credentials", steps=10)
    assert not walked.unexpected, walked.said()
    assert not walked.broken, walked.said()
    assert walked.outcomes["done"], walked.said()

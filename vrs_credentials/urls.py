"""Addresses of the scheme: the professional's side, the institution's, and the public's. The office's pages are in admin.py."""

from django.urls import path

from casework import converters  # noqa: F401  (enters <case:…>)
from vrs_credentials.views import (
    dashboard,
    education,
    institution,
    joining,
    papers,
    public,
    qualification,
    renewing,
    training,
)

app_name = "vrs_credentials"
urlpatterns = [
    # the public's
    path("", public.home, name="home"),
    path("courses/", public.courses, name="public_courses"),
    path("courses/board/<str:number>/", public.course, name="public_course"),
    path("lecturers/approved/", public.lecturers, name="public_lecturers"),
    path("jobs/", public.jobs, name="public_jobs"),
    path("jobs/<int:pk>/", public.job, name="public_job"),
    path("news/", public.news, name="news"),
    path("news/<int:pk>/", public.news_item, name="news_item"),
    path("downloads/", public.downloads, name="downloads"),
    path("downloads/<str:code>/", public.download, name="download"),
    path("questions/", public.questions, name="questions"),
    path("join/", joining.join, name="join"),
    path("join/institution/", joining.join_institution, name="join_institution"),
    # the professional's
    path("profile/", joining.profile, name="profile"),
    path("me/", dashboard.dashboard, name="dashboard"),
    path("me/export/", dashboard.export, name="export"),
    path("me/certificates/<int:pk>/", dashboard.certificate, name="certificate"),
    path("me/certificates/<int:pk>/plan/", dashboard.planner, name="plan"),
    path("me/certificates/<int:pk>/reissue/", dashboard.reissue, name="reissue"),
    path("me/certificates/<int:pk>/renew/", renewing.renew, name="renew"),
    path("me/certificates/<int:pk>/extend/", renewing.extend, name="extend"),
    path("me/certificates/<int:pk>/lapsed/", renewing.lapsed, name="lapsed"),
    path("apply/", qualification.apply, name="apply"),
    path("apply/<case:number>/", qualification.application, name="application"),
    path("hours/", training.hours, name="hours"),
    path("hours/<case:number>/", training.hours_case, name="hours_case"),
    path("hours/<case:number>/<int:position>/", training.hours_case, name="hours_record"),
    path("education/", education.education_apply, name="education_apply"),
    path("education/<case:number>/", education.education_case, name="education"),
    path("renewals/<case:number>/", renewing.renewal, name="renewal"),
    path("extensions/<case:number>/", renewing.extension, name="extension"),
    path("papers/<case:number>/<int:pk>/remove/", papers.remove, name="remove"),
    path("papers/<case:number>/<slug:code>/", papers.upload, name="upload"),
    path("print/<case:number>/<slug:what>/", papers.print_case, name="print"),
    # the institution's
    path("institution/", institution.home, name="institution"),
    path("institution/profile/", joining.institution_profile, name="institution_profile"),
    path("institution/courses/", institution.course_list, name="course_list"),
    path("institution/courses/new/", institution.course_file, name="course_file"),
    path("institution/courses/<case:number>/", institution.course, name="course"),
    path("institution/courses/<case:number>/attendance/", institution.attendance_import, name="attendance_import"),
    path("institution/courses/<case:number>/attendance/progress/", institution.import_progress, name="import_progress"),
    path("institution/attendance/", institution.attendance_list, name="attendance_list"),
    path("institution/attendance/example/", institution.roster_example, name="roster_example"),
    path("institution/lecturers/", institution.lecturers, name="lecturers"),
    path("institution/lecturers/new/", institution.lecturer, name="lecturer_new"),
    path("institution/lecturers/<int:pk>/", institution.lecturer, name="lecturer"),
    path("institution/jobs/", institution.job_list, name="job_list"),
    path("institution/jobs/new/", institution.job, name="job_new"),
    path("institution/jobs/<int:pk>/", institution.job, name="job"),
    path("institution/jobs/<int:pk>/remove/", institution.job_remove, name="job_remove"),
]

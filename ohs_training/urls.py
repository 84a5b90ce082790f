"""Addresses of institution, trainee and public. The offices' pages are entered in admin.py."""

from django.urls import path

from ohs_training.views import attendance, classpage, institution, planning, running, trainee

app_name = "ohs_training"
urlpatterns = [
    path("", institution.home, name="home"),
    path("institutions/", institution.institutions, name="institutions"),
    path("apply/", institution.apply, name="apply"),
    path("applications/<case:number>/", institution.accreditation, name="accreditation"),
    path("my/", trainee.my_records, name="my_records"),
    path("my/<int:pk>/confirm/", trainee.confirm, name="confirm"),
    path("my/certificates/<int:pk>/", trainee.certificate, name="my_certificate"),
    path("worker.js", attendance.worker, name="worker"),
    path("classes/new/", planning.class_new, name="class_new"),
    path("classes/last-day/", planning.last_day, name="last_day"),
    path("classes/<case:number>/", classpage.class_page, name="class"),
    path("classes/<case:number>/plan/", planning.plan, name="plan"),
    path("classes/<case:number>/teachers/", planning.teachers, name="teachers"),
    path("classes/<case:number>/timetable/", planning.timetable, name="timetable"),
    path("classes/<case:number>/roster/", planning.roster_page, name="roster"),
    path("classes/<case:number>/roster/template/", planning.roster_template, name="roster_template"),
    path("classes/<case:number>/roster/new/", planning.trainee, name="trainee_new"),
    path("classes/<case:number>/roster/<int:pk>/", planning.trainee, name="trainee"),
    path("classes/<case:number>/roster/<int:pk>/remove/", planning.trainee_remove, name="trainee_remove"),
    path("classes/<case:number>/roster/<int:pk>/photo/", classpage.photo, name="photo"),
    path("classes/<case:number>/versions/", planning.versions, name="versions"),
    path("classes/<case:number>/attendance/", attendance.attendance, name="attendance"),
    path("classes/<case:number>/attendance/template/", attendance.sheet_template, name="sheet_template"),
    path("classes/<case:number>/attendance/sheet/", attendance.sheet, name="sheet"),
    path("classes/<case:number>/attendance/signature/<int:pk>/", attendance.signature, name="signature"),
    path("classes/<case:number>/tablet/", attendance.tablet, name="tablet"),
    path("classes/<case:number>/tablet/state/", attendance.tablet_state, name="tablet_state"),
    path("classes/<case:number>/tablet/sign/", attendance.tablet_sign, name="tablet_sign"),
    path("classes/<case:number>/roll-call/", attendance.roll_call, name="roll_call"),
    path("classes/<case:number>/absence/", running.absence, name="absence"),
    path("classes/<case:number>/absence/<int:pk>/", running.leave_change, name="leave_change"),
    path("classes/<case:number>/practice/", running.practice, name="practice"),
    path("classes/<case:number>/fees/", running.fees, name="fees"),
    path("classes/<case:number>/certificates/", running.certificates, name="certificates"),
    path("classes/<case:number>/certificates/batch/", running.batch, name="batch"),
    path("classes/<case:number>/certificates/<int:pk>/", running.certificate_change, name="certificate_change"),
    path("classes/<case:number>/certificates/<int:pk>/reply/", running.dispute, name="dispute"),
    path("classes/<case:number>/records/", running.records, name="records"),
    path("classes/<case:number>/print/<slug:paper>/", classpage.printed, name="print"),
]

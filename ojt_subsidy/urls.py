"""Addresses of the public, the trainee and the unit. The branch's pages are entered in admin.py."""

from django.urls import path

from ojt_subsidy.views import catalogue, complaints, evidence, help, joining, money, printing, trainee, unit

app_name = "ojt_subsidy"
urlpatterns = [
    # the public
    path("courses/", catalogue.catalogue, name="catalogue"),
    path("courses/clock/", catalogue.clock, name="clock"),
    path("courses/open-data.csv", catalogue.open_data, {"kind": "csv"}, name="open_data_csv"),
    path("courses/open-data.json", catalogue.open_data, {"kind": "json"}, name="open_data_json"),
    path("courses/<slug:code>/", catalogue.course, name="course"),
    path("courses/<slug:code>/ledger/", catalogue.ledger, name="ledger"),
    path("courses/<slug:code>/calendar.ics", catalogue.calendar, name="calendar"),
    path("courses/<slug:code>/enrol/", trainee.enrol, name="enrol"),
    path("subsidy/help/", help.help_list, name="help"),
    path("subsidy/help/<slug:slug>/", help.help_topic, name="help_topic"),
    path("subsidy/join/", joining.join, name="join"),
    path("subsidy/join/sent/", joining.joined, name="joined"),
    # the trainee
    path("subsidy/profile/", joining.personal, name="profile"),
    path("subsidy/mine/", trainee.mine, name="mine"),
    path("subsidy/mine/<int:pk>/", trainee.enrolled, name="enrolled"),
    path("subsidy/mine/<int:pk>/accept/", trainee.stand_in, name="stand_in"),
    path("subsidy/mine/<int:pk>/withdraw/", trainee.withdraw, name="withdraw"),
    path("subsidy/mine/<int:pk>/survey/", trainee.survey, name="survey"),
    path("subsidy/mine/<int:pk>/insurance/", evidence.insurance_upload, name="insurance_upload"),
    path("subsidy/mine/<int:pk>/receipt.pdf", printing.receipt, name="receipt"),
    path("subsidy/mine/<int:pk>/payment.pdf", printing.notice, name="payment_notice"),
    path("subsidy/balance/", money.balance, name="balance"),
    path("subsidy/balance/statement.pdf", printing.statement, name="balance_statement"),
    path("subsidy/payments/", money.payments, name="payments"),
    path("subsidy/identity/", evidence.identity, name="identity"),
    path("subsidy/identity/single-supporter/", evidence.single_supporter, name="single_supporter"),
    path("subsidy/evidence/<case:number>/", evidence.evidence_page, name="evidence"),
    path("subsidy/complaints/", complaints.complaints, name="complaints"),
    path("subsidy/complaints/new/", complaints.complain, name="complain"),
    # the unit
    path("subsidy/classes/", unit.classes, name="classes"),
    path("subsidy/classes/new/", unit.file_course, name="file_course"),
    path("subsidy/classes/plan/<case:number>/", unit.file_course, name="file_course_edit"),
    path("subsidy/classes/<slug:code>/enrolments/", unit.enrolments, name="enrolments"),
    path("subsidy/classes/<slug:code>/statements/<int:pk>/", unit.statement, name="statement"),
    path("subsidy/classes/<slug:code>/attendance/", unit.attendance, name="attendance"),
    path("subsidy/classes/<slug:code>/attendance/<int:number>/", unit.attendance, name="attendance_session"),
    path("subsidy/classes/<slug:code>/results/", unit.results, name="results"),
    path("subsidy/classes/<slug:code>/closing/", unit.closing, name="closing"),
    path("subsidy/classes/<slug:code>/pass-on/", unit.pass_on, name="pass_on"),
    path("subsidy/classes/<slug:code>/papers/<slug:paper>/", printing.of_class, name="class_paper"),
    path("subsidy/classes/<slug:code>/certificates/<int:pk>/", printing.certificate, name="certificate"),
]

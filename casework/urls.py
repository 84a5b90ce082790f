"""Addresses of the applicant's side and of the public check page. The office's are in admin_site."""

from django.urls import path

from casework.views import applicant, check, demo_mail, files, identity, inbox, reach, rules, standing, whatif

app_name = "casework"
urlpatterns = [
    path("cases/", applicant.mine, name="mine"),
    path("cases/search/", applicant.search, name="search"),
    path("cases/inbox/", inbox.inbox, name="inbox"),
    path("cases/inbox/<int:pk>/", inbox.notice, name="notice"),
    path("me/identity/", identity.ask, name="identity"),
    path("me/identity/withdraw/", identity.withdraw, name="identity_withdraw"),
    path("me/notices/", reach.settings_page, name="reach"),
    path("me/calendar/new/", reach.make_feed, name="feed_make"),
    path("me/calendar/stop/", reach.drop_feed, name="feed_drop"),
    path("calendar/<str:token>.ics", reach.feed, name="feed"),
    path("cases/exports/", inbox.exports, name="exports"),
    path("cases/exports/<int:pk>/file/", inbox.export_file, name="export_file"),
    path("cases/autosave/", inbox.autosave, name="autosave"),
    path("cases/papers/<int:pk>/", files.attachment, name="attachment"),
    path("cases/documents/<case:number>/", files.document, name="document"),
    path("cases/<case:number>/", applicant.case, name="case"),
    path("cases/<case:number>/act/<slug:act>/", applicant.act, name="act"),
    path("cases/<case:number>/as-of/", standing.of_applicant, name="as_of"),
    path("cases/<case:number>/message/", applicant.message, name="message"),
    path("cases/<case:number>/corrections/<int:item>/", applicant.correction_answer, name="correction_answer"),
    path("demo/mail/", demo_mail.demo_mail, name="demo_mail"),
    path("whatif/", whatif.questions, name="whatifs"),
    path("whatif/<slug:code>/", whatif.question, name="whatif"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<slug:scheme>/", rules.rules_of, name="rules_of"),
    path("check/", check.form, name="check"),
    path("check/<case:number>/<slug:code>/", check.check, name="check"),
]

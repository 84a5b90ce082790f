"""Addresses of the unit's side. The branch's pages are entered in admin.py."""

from django.urls import path

from ojt_accounts.views import papers, preparing, printing, registering, unit

app_name = "ojt_accounts"
urlpatterns = [
    path("", unit.home, name="home"),
    path("unit/", unit.unit_home, name="unit_home"),
    path("start/", unit.start, name="start"),
    path("register/", registering.register, name="register"),
    path("register/sent/", registering.registered, name="registered"),
    path("blank/<slug:paper>/", printing.blank, name="blank"),
    path("<case:number>/", preparing.checklist, name="checklist"),
    path("<case:number>/unit/", preparing.unit, name="unit"),
    path("<case:number>/accounts/", preparing.accounts, name="accounts"),
    path("<case:number>/accounts/copy/", preparing.copy_accounts, name="accounts_copy"),
    path("<case:number>/accounts/new/", preparing.account, name="account_new"),
    path("<case:number>/accounts/<int:position>/", preparing.account, name="account"),
    path("<case:number>/accounts/<int:position>/remove/", preparing.remove_account, name="account_remove"),
    path("<case:number>/papers/", papers.papers, name="papers"),
    path("<case:number>/pledges/", papers.pledges, name="pledges"),
    path("<case:number>/print/<slug:paper>/", printing.printed, name="print"),
    path("<case:number>/print/<slug:paper>/<int:pk>/", printing.printed, name="print_one"),
]

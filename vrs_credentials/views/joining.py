"""加入會員 and basic data."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.clock import now
from accounts.limits import REGISTER, limited
from casework.views.acting import acting, into_form
from vrs_credentials.forms.applying import (
    InstitutionForm,
    JoinForm,
    JoinInstitutionForm,
    OwnInstitutionForm,
    ProfileForm,
)
from vrs_credentials.permissions import VIEW_OWN
from vrs_credentials.services import joining
from vrs_credentials.views.common import form_page, institution_of, page, professional_of

PURPOSE = (
    "勞動部勞動力發展署及其委託單位為辦理專業人員資格審查、時數登錄及證明核發，蒐集您的姓名、身分證字號、出生日期及聯絡資料，於法令所定期間內利用；"
    "您得查詢、閱覽、更正或請求停止利用。"
)


def _joining(request: HttpRequest, form: JoinForm | JoinInstitutionForm, act: object, title: str) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("vrs_credentials:profile")
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "agree"}
        with into_form(request, form) as tried:
            act(**given, at=now())  # type: ignore[operator]
        if tried.ok:  # the same answer whether or not the address belongs to somebody already
            account = given.get("account_name") or given["unified_number"]
            return page(request, "joined", {"email": given["email"], "account": account}, title="請收信")
    return form_page(request, form, title=title, button="加入會員", intro=PURPOSE)


@login_not_required
@acting
@limited(REGISTER)
def join(request: HttpRequest) -> HttpResponse:
    """專業人員加入會員: the password is set through a mailed link."""
    return _joining(request, JoinForm(request.POST or None), joining.join, "專業人員加入會員")


@login_not_required
@acting
@limited(REGISTER)
def join_institution(request: HttpRequest) -> HttpResponse:
    """機構註冊, by a visitor or under the account of whoever is signed in."""
    if request.user.is_authenticated:
        return _register_own(request)
    return _joining(request, JoinInstitutionForm(request.POST or None), joining.join_institution, "機構單位加入會員")


def _register_own(request: HttpRequest) -> HttpResponse:
    form = OwnInstitutionForm(request.POST or None, initial={"email": request.user.email, "phone": request.user.phone})  # type: ignore[union-attr]
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "agree"}
        with into_form(request, form) as tried:
            joining.register_institution(**given, user=request.user, at=now())  # type: ignore[arg-type]
        if tried.ok:
            messages.success(request, "已註冊機構單位，由您的帳號辦理。")
            return redirect("vrs_credentials:institution")
    return form_page(request, form, title="機構單位註冊", button="註冊", intro=PURPOSE)


@acting
def profile(request: HttpRequest) -> HttpResponse:
    """基本資料: also how somebody with an account of another scheme begins here."""
    known = professional_of(request)
    initial = (
        {name: getattr(known, name) for name in ProfileForm.base_fields} if known else {"mobile": request.user.phone}
    )
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            joining.become_professional(user=request.user, **form.cleaned_data, at=now())
        if tried.ok:
            messages.success(request, "已儲存基本資料。")
            return redirect("vrs_credentials:dashboard")
    return form_page(request, form, title="專業人員基本資料", intro="核定公文寄發地址以這裡填寫之通訊地址為主。")


@acting
def institution_profile(request: HttpRequest) -> HttpResponse:
    """基本資料維護 (機構單位)."""
    body = institution_of(request, VIEW_OWN)
    names = ("name", "address", "phone", "email")
    form = InstitutionForm(request.POST or None, row=body, initial={n: getattr(body, n) for n in names})
    if request.method == "POST" and form.is_valid():
        with into_form(request, form) as tried:
            joining.change_institution(body, **form.answers, seen=form.posted_seen, by=request.user, at=now())
        if tried.ok:
            messages.success(request, "已儲存單位基本資料。")
            return redirect("vrs_credentials:institution")
    return form_page(request, form, title="基本資料維護")

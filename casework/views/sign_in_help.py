"""登入協助: a person who cannot sign in, and an officer who helps: lift the lock, take the card off, open the password (OA-12);
and whose national ID it is: confirm it by the original document, release a wrongly claimed one; another name or number of the
person, checked by one officer and confirmed by a second."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.care import in_care_of
from accounts.catalogue import HELP_SIGN_IN
from accounts.clock import now, today
from accounts.http import SignedIn
from accounts.identity import contested_pairs, past
from accounts.models import PasswordOpening, User
from accounts.services.bindings import release_certificate
from accounts.services.identity_changes import (
    check_identity_change,
    confirm_identity_change,
    open_identity_change,
    refuse_identity_change,
)
from accounts.services.lockout import lift_lock, locked_until, person_named
from accounts.services.openings import open_password, signs_in_by_card, withdraw_opening
from accounts.services.proving import confirm_identity, release_identity
from accounts.services.users import reopen_user
from casework.cases.attachments import judged
from casework.forms import ActForm, NameField, PersonIdField, PortalForm, RocDateField
from casework.forms.identity import (
    DOCUMENTS,
    AnswerChangeForm,
    CheckChangeForm,
    RefuseChangeForm,
    choices,
)
from casework.intake import Limits
from casework.views.acting import acting, into_form, once_here
from casework.views.agency import page
from casework.views.identity import waiting_changes
from casework.views.registers import require
from kernel.asked import whole_number

PER_PAGE = 50


def _reason(label: str, example: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=300, help_text=f"例：{example}", widget=forms.Textarea(attrs={"rows": 2})
    )


class FindForm(PortalForm):
    who = forms.CharField(
        label="帳號或電子郵件",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class UnlockForm(ActForm):
    reason = _reason("解除鎖定的理由", "本人來電，經核對身分無誤")


class ReleaseForm(ActForm):
    reason = _reason("解除憑證綁定的理由", "憑證遺失，已補發新卡")


class OpeningForm(ActForm):
    reason = _reason("特殊情形", "自然人憑證遺失補發中")
    until = RocDateField(label="開放至")


class ReopenForm(ActForm):
    reason = _reason("恢復登入的理由", "停用係登錄錯誤，經原辦理單位查明")


class ConfirmForm(ActForm):
    name = NameField(label="證件上的姓名", help_text="請依證件正本填寫，不要照系統資料填寫。")
    national_id = PersonIdField(
        label="證件上的身分證字號或統一證號", help_text="請依證件正本完整輸入，不要照系統資料填寫。"
    )
    document = forms.ChoiceField(
        label="核對的證件正本",
        choices=choices(DOCUMENTS),
        help_text="須為附照片的證件。",
    )
    seen_on = RocDateField(label="核對日期")
    note = forms.CharField(label="收文號或備註", max_length=100, help_text="例：本人臨櫃；收文號 1150001234")


class ClaimForm(ActForm):
    reason = _reason("釋出的理由", "真正持有人持身分證正本到場，此帳號填寫的字號非其本人所有")


@dataclass(frozen=True, slots=True)
class Act:
    """One thing an officer may do; `do` gets (user, by, at, **answers)."""

    form: type[ActForm]
    do: Callable[..., object]
    done: str


def _of_change(do: Callable[..., object]) -> Callable[..., object]:
    """The same act on the change that stood on the page."""

    def done(*, user: User, change: int, **given: Any) -> object:
        return do(get_object_or_404(user.identity_changes, pk=change), **given)

    return done


ACTS = {
    "unlock": Act(UnlockForm, lift_lock, "已解除登入鎖定。"),
    "release": Act(ReleaseForm, release_certificate, "已解除憑證綁定，下次以新憑證登入時重新核對後綁定。"),
    "open": Act(OpeningForm, open_password, "已開放密碼登入。"),
    "reopen": Act(ReopenForm, reopen_user, "已恢復登入，並通知本人。"),
    "check": Act(CheckChangeForm, check_identity_change, "已核對，等另一位帳號管理人員確認後更正。"),
    "agree": Act(AnswerChangeForm, _of_change(confirm_identity_change), "已更正，並通知本人。"),
    "refuse": Act(RefuseChangeForm, _of_change(refuse_identity_change), "已退回，沒有更正。"),
    "confirm": Act(ConfirmForm, confirm_identity, "已確認身分證字號，並通知本人。"),
    "give_back": Act(ClaimForm, release_identity, "已釋出身分證字號，並通知本人。"),
}


def _theirs(request: SignedIn) -> QuerySet[User]:
    require(request, HELP_SIGN_IN)
    return in_care_of(request.user)


def _rows(openings: Any) -> list[dict[str, Any]]:
    return [{"opening": one, **_state(one)} for one in openings]


def _contested(theirs: QuerySet[User]) -> list[list[tuple[User, bool]]]:
    """Pairs of accounts of which one alone can be right, each with whether it is in the officer's care; one of them is."""
    pairs = contested_pairs()
    keys = set(theirs.filter(pk__in=[one.pk for pair in pairs for one in pair]).values_list("pk", flat=True))
    return [[(one, one.pk in keys) for one in pair] for pair in pairs if keys & {one.pk for one in pair}]


def _state(opening: PasswordOpening) -> dict[str, Any]:
    if opening.withdrawn_at:
        return {"word": "已收回", "tone": "calm", "live": False}
    live = opening.until >= today()
    return {"word": "開放中" if live else "已到期", "tone": "warn" if live else "calm", "live": live}


@require_GET
@acting
def people(request: SignedIn) -> HttpResponse:
    """Find the person; below, numbers that two state with proof, and every password that is or was open."""
    theirs = _theirs(request)
    form = FindForm(request.GET if "who" in request.GET else None)
    if form.is_bound and form.is_valid():
        found = person_named(form.cleaned_data["who"])
        if found is not None and theirs.filter(pk=found.pk).exists():
            return redirect("admin:sign_in_help_person", found.pk)
        form.add_error("who", "在您的轄管範圍內查無這個帳號或電子郵件，請確認後再試。")
    hidden = [f"{who}__{name}" for who in ("user", "opened_by") for name in ("national_id", "password")]
    rows = PasswordOpening.objects.filter(user__in=theirs.values("pk")).select_related("user", "opened_by")
    shown = Paginator(rows.defer(*hidden).order_by("-opened_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": shown,
        "rows": _rows(shown),
        "required": settings.CERTIFICATE_SIGN_IN,
        "contested": _contested(theirs),
        "changes": waiting_changes(request.user),
        "button": "查詢",
    }
    return page(request, "sign_in_help", context, title="登入協助", status=422 if form.errors else 200)


@require_GET
@acting
def person(request: SignedIn, pk: int) -> HttpResponse:
    return _shown(request, get_object_or_404(_theirs(request), pk=pk), {})


def _shown(request: SignedIn, user: User, tried: dict[str, ActForm]) -> HttpResponse:
    at, change = now(), open_identity_change(user)
    drawn = {code: {"change": change.pk} for code in ("agree", "refuse")} if change else {}
    context = {
        "person": user,
        "change": change,
        "past": past(user),
        "own": user.pk == request.user.pk,
        "checked_here": change is not None and change.checked_by_id == request.user.pk,
        "locked_until": locked_until(user, at=at),
        "by_card": signs_in_by_card(user),
        "required": settings.CERTIFICATE_SIGN_IN,
        "bindings": user.certificates.select_related("released_by").defer("released_by__national_id"),
        "bound": user.certificates.filter(released_at=None).exists(),
        "document": User.Proof.OFFICE,
        "rows": _rows(
            user.password_openings.select_related("opened_by").defer("opened_by__national_id").order_by("-pk")
        ),
        "forms": {
            code: tried.get(code) or one.form(prefix=code, initial=drawn.get(code)) for code, one in ACTS.items()
        },
    }
    title = f"登入協助：{user.name}"
    return page(request, "sign_in_help_person", context, title=title, status=422 if tried else 200)


@require_POST
@acting
def act(request: SignedIn, pk: int, act: str) -> HttpResponse:
    user = get_object_or_404(_theirs(request), pk=pk)
    if act == "withdraw":
        opening = get_object_or_404(user.password_openings, pk=whole_number(request.POST.get("opening")))
        withdraw_opening(opening, by=request.user, at=now())
        messages.success(request, "已收回密碼登入。")
        return redirect("admin:sign_in_help_person", pk)
    if act not in ACTS:
        raise Http404
    one = ACTS[act]
    form = one.form(request.POST, request.FILES, prefix=act)
    if form.is_valid():
        with into_form(request, form) as tried:
            if proof := form.cleaned_data.get("proof"):
                judged(proof, Limits(), field="proof")
            _once(request, f"sign_in_help.{act}", form, one, user, at=now())
        if tried.ok:
            if act == "unlock":  # the limiter in the cache counts the same guesses
                get_adapter().forget_attempts(request, user)
            messages.success(request, one.done)
            return redirect("admin:sign_in_help_person", pk)
    return _shown(request, user, {act: form})


def _once(request: SignedIn, code: str, form: ActForm, one: Act, user: User, *, at: datetime) -> None:
    def do() -> dict[str, Any]:
        one.do(user=user, by=request.user, at=at, **form.answers)
        return {"user": user.pk}

    once_here(request, form, code, at=at, do=do)

"""帳號使用（停用）申請表 (附件1) and what is pressed on it."""

from itertools import groupby
from typing import Any

from django import forms

from accounts.clock import today
from accounts.models import User
from casework.forms import ActForm, NameField, PhoneField, PortalForm, RocDateField
from casework.models import Case
from senior45.models import AccountRequest, SiteOffice
from senior45.models.accounts import ROLE_CHOICES
from senior45.params import RIGHT_LABELS, AccountRole, Right
from senior45.selectors import offices

Change = AccountRequest.Change


def office_choices(rows: Any) -> list[tuple[str, list[tuple[int, str]]]]:
    """Offices under their branch, headquarters first: a hundred names in one list would not be found."""

    def group(office: SiteOffice) -> str:
        return office.branch.organisation.label if office.branch else "本署及各分署"

    ordered = sorted(rows, key=lambda one: (one.branch_id or 0, one.pk))
    return [
        (name, [(one.pk, f"{one}（{one.get_kind_display()}）") for one in found])
        for name, found in groupby(ordered, group)
    ]


class RequestForm(ActForm):
    """The applicant's part. Labels are those of the printed form."""

    change = forms.ChoiceField(
        label="帳號異動類型",
        choices=[(Change.NEW.value, "新增"), (Change.RESUME.value, "恢復使用（原帳號已停用）")],
        widget=forms.RadioSelect,
    )
    office = forms.ModelChoiceField(SiteOffice.objects.none(), label="申請單位", empty_label="請選擇")
    role = forms.ChoiceField(label="使用者帳號角色", choices=[("", "請選擇"), *ROLE_CHOICES])
    role_text = forms.CharField(label="其他角色說明", required=False, max_length=60, help_text="角色選「其他」時請說明")
    duty = forms.ChoiceField(
        label="職務",
        choices=[("", "請選擇"), *AccountRequest.Duty.choices],
        help_text="本署、分署及縣市政府為主管或業務承辦人員；公立就業服務機構、銀髮中心及據點為主管或就業服務員（第2點）",
    )
    business = forms.BooleanField(
        label="業務涉及中高齡者及高齡者（含銀髮）就業、職業訓練、創業或其他相關業務", required=False
    )
    rights = forms.MultipleChoiceField(
        label="使用者權限",
        choices=[
            (right.value, RIGHT_LABELS[right])
            for right in (Right.OPENER, Right.REVIEWER, Right.EDITOR, Right.INVENTORY, Right.SYSTEM_ADMIN)
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text="各分署帳號開通人員、各機關審稿人員有人數限制（附件1、附件2）；承辦人員依實務需求提出。帳號清查者及系統總管理者僅設於身特組。",
    )
    hand_over = forms.BooleanField(
        label="接替現任人員（職務交接）",
        required=False,
        help_text="有人數限制之權限現有人員擔任時勾選；新任權限生效時，現任人員之權限同時終止",
    )
    name = NameField(label="姓名")
    title = forms.CharField(label="職稱", max_length=60)
    phone = PhoneField(label="電話", help_text="含區碼，例：02-89956399#1365")
    email = forms.EmailField(label="電子信箱", help_text="帳號及設定密碼連結寄送至此信箱")

    GROUPS = (
        ("申請", ("change", "office")),
        ("角色與權限", ("role", "role_text", "duty", "business", "rights", "hand_over")),
        ("使用者資料", ("name", "title", "phone", "email")),
    )

    def __init__(self, *args: Any, user: User, request: AccountRequest | None = None, **kwargs: Any) -> None:
        initial = {"name": user.name, "phone": user.phone, "email": user.email, "change": Change.NEW.value}
        if request is not None:
            initial = {name: getattr(request, name) for name in AccountRequest.FIELDS} | {"office": request.office_id}
        kwargs["initial"] = {**initial, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        field = self.fields["office"]
        rows = offices().filter(is_active=True)
        field.queryset = rows  # type: ignore[attr-defined]
        field.choices = [("", "請選擇"), *office_choices(rows)]  # type: ignore[attr-defined]
        if request is not None:
            for name in ("change", "office"):
                self.fields[name].disabled = True
                self.fields[name].help_text = "送出後不能變更；要改請撤回後重新申請"

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(heading, [self[name] for name in names]) for heading, names in self.GROUPS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") == AccountRole.OTHER and not data.get("role_text"):
            self.add_error("role_text", "角色為「其他」時請說明（附件1「使用者帳號角色」欄）。")
        if data.get("role") and data["role"] != AccountRole.OTHER:
            data["role_text"] = ""
        return data


class StopForm(ActForm):
    """停止使用, of one's own account or (the window) of somebody's who leaves."""

    leaves_on = RocDateField(label="離職生效日", required=False, help_text="離職停用者填寫，例：115/11/20")
    stop_reason = forms.CharField(
        label="停用原因", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("leaves_on") and not data.get("stop_reason") and not self.errors:
            self.add_error("stop_reason", "請填寫停用原因；離職者請填離職生效日。")
        return data


class CaseForm(PortalForm):
    """A form drawn for one case."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)


class AcceptForm(CaseForm):
    accepted = forms.BooleanField(
        label="本人遵守個人資料保密、專業倫理及「本系統帳號申請及使用規定」相關規定",
        help_text='請先閱讀<a href="/senior45/terms/">使用者同意事項</a>（第5點、第6點）',
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        # what is signed stays signed until somebody changes it; only the user is offered the tick (consent_is_the_users)
        if case.account_request.change == Change.STOP or case.account_request.accepted_at:
            del self.fields["accepted"]


class CommentForm(CaseForm):
    comment = forms.CharField(label="意見", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(CaseForm):
    reason = forms.CharField(
        label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text="會通知申請人與聯繫窗口"
    )


class WithdrawForm(CaseForm):
    reason = forms.CharField(label="撤回原因", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class CompleteForm(CaseForm):
    """開通: from when the rights hold, for a hand-over on a later day."""

    starts_on = RocDateField(label="權限起日", help_text="交接者可填日後之日，現任人員之權限於該日終止")
    comment = forms.CharField(
        label="處理說明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.fields["starts_on"].initial = today()
        if case.account_request.change == Change.STOP:
            del self.fields["starts_on"]


class LeavingForm(PortalForm):
    """The window enters when somebody leaves."""

    leaves_on = RocDateField(label="離職生效日", help_text="例：115/11/20")


class RegisterForm(PortalForm):
    """A person the portal does not know yet."""

    name = NameField(label="姓名")
    email = forms.EmailField(label="電子信箱", help_text="設定密碼連結寄送至此信箱，請用公務信箱")
    phone = PhoneField(label="電話", help_text="含區碼，例：02-89956399#1365")
    account_name = forms.CharField(
        label="登入帳號",
        max_length=30,
        help_text="5～30 碼，第 1 碼為英文，限英文字母及數字",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


class DesignateForm(PortalForm):
    """單位主管 or 聯繫窗口 of an office."""

    role_code = forms.ChoiceField(label="設為", choices=[("s45_head", "單位主管"), ("s45_window", "指定聯繫窗口")])
    name = NameField(label="姓名")
    email = forms.EmailField(label="電子信箱")
    phone = PhoneField(label="電話")
    account_name = forms.CharField(
        label="登入帳號", max_length=30, required=False, help_text="新人員可指定；不填由系統依信箱產生"
    )

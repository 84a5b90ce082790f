"""Which forms of an application are signed, by which chain, over which content (OA-21)."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.cases.chain import Step, StepState, chain_state, content_digest, next_step
from casework.models import Case, SignOff
from ojt_accounts.models import AccountForm, Application
from ojt_accounts.permissions import SET_ACCOUNT, SIGN_APPROVER, SIGN_CHIEF, SIGN_OFFICER
from ojt_accounts.selectors import form_values, live_forms, unit_form_needed

#: 承辦 → 主管 → 決行: what every form needs before the case is decided.
DECISION = (
    Step("分署承辦人", SIGN_OFFICER),
    Step("分署科室主管", SIGN_CHIEF),
    Step("決行", SIGN_APPROVER),
)
#: The account form goes on to whoever sets the account.
ACCOUNT = (*DECISION, Step("系統帳號設定人員", SET_ACCOUNT))
UNIT_FORM = "unit_form"


@dataclass(frozen=True, slots=True)
class SignedForm:
    """A form of the application as it goes round."""

    code: str
    label: str
    chain: tuple[Step, ...]
    digest: str
    account_form: AccountForm | None = None


def account_content(form: AccountForm) -> dict[str, object]:
    """What the signatures stand for. The two of a 註銷單 only where filled in: what was signed before they existed stays signed."""
    closing = {name: value for name in ("reason", "whole_account") if (value := getattr(form, name))}
    return closing | {
        "request": form.request,
        "plans": form.plans,
        "name": form.name,
        "national_id": form.national_id_index,
        "email": form.email,
        "phone": form.phone,
        "account_name": form.account_name,
    }


def forms_to_sign(application: Application) -> list[SignedForm]:
    """The unit form where one is required (OA-02), and every account form.

    A correction ends the round of every form: papers and particulars beside the form may have changed.
    """
    found, asked = [], application.case.correction_requests.count()
    corrected = {"corrections": asked} if asked else {}
    if unit_form_needed(application):
        content = form_values(application.unit_form) | corrected
        found.append(SignedForm(UNIT_FORM, "訓練機構名稱申請表", DECISION, content_digest(content)))
    for form in live_forms(application):
        label = f"帳號{form.get_request_display()}單（{form.label}）"
        found.append(SignedForm(form.code, label, ACCOUNT, content_digest(account_content(form) | corrected), form))
    return found


def chains(application: Application) -> list[tuple[SignedForm, list[StepState]]]:
    """Every form that is signed, with its chain as it stands."""
    rows = list(application.case.signoffs.select_related("person"))
    return [(form, states_of(application.case, form, rows)) for form in forms_to_sign(application)]


def states_of(case: Case, form: SignedForm, rows: Sequence[SignOff] | None = None) -> list[StepState]:
    return chain_state(case, form.code, form.chain, form.digest, rows)


def forms_due(application: Application, right: str) -> list[SignedForm]:
    """The forms on which this right's step is due."""
    return [form for form, states in chains(application) if (due := next_step(states)) and due.step.right == right]


def decided(states: Sequence[StepState]) -> bool:
    """承辦, 主管 and 決行 have signed."""
    return all(one.signoff is not None for one in states[: len(DECISION)])

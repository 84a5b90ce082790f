"""What stands open in the scheme, for impact sheets: requests not decided, and open accounts with their idle days."""

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from casework.law.impact import Answer, OpenThing, day, source_of_rows, verdict
from casework.models import Case
from kernel.law import Law
from senior45.models import SiteAccount
from senior45.selectors import findings, idle_outcome, leaver_outcome
from senior45.states import REQUEST_ENDS, REQUEST_KIND

FIGURES = ("s45.",)


def _requests() -> QuerySet[Case]:
    return Case.objects.filter(kind=REQUEST_KIND).exclude(state__in=REQUEST_ENDS).select_related("office")


def _request(case: Case, on: date) -> OpenThing:
    def ask(law: Law) -> Mapping[str, Answer]:
        found: dict[str, Answer] = {}
        for one in findings(case, on=on, law=law):
            name = f"{one.rule}{'、' + str(one.facts['right']) if 'right' in one.facts else ''}"
            found[name] = Answer(day(one, "answer_by"), one) if "answer_by" in one.result else verdict(one)
        return found

    return OpenThing(f"{case.number} {case.title}", reverse("admin:case", args=[case.number]), case.office_id, ask)


def _accounts() -> QuerySet[SiteAccount]:
    rows = SiteAccount.objects.filter(state=SiteAccount.State.OPEN)
    return rows.select_related("office__organisation", "office__branch")


def _account(account: SiteAccount, on: date) -> OpenThing:
    def ask(law: Law) -> Mapping[str, Answer]:
        idle = idle_outcome(account, on=on, law=law)
        found = {"未登入自動關閉日": Answer(day(idle, "closes_on") if idle.result["closes_on"] else "不自動關閉", idle)}
        if account.leaves_on:
            leaver = leaver_outcome(account, filed_on=None, on=on, law=law)
            found["離職停用期限"] = Answer(day(leaver, "file_by"), leaver)
        return found

    office = account.office
    in_charge = office.branch.organisation_id if office.branch else office.organisation_id
    return OpenThing(
        f"網站帳號 {account.pk}（{office.organisation.label}）", reverse("admin:s45_accounts"), in_charge, ask
    )


OPEN_THINGS = (
    source_of_rows(REQUEST_KIND, "45+ 帳號申請", FIGURES, _requests, _request),
    source_of_rows("senior45.account", "45+ 網站帳號", FIGURES, _accounts, _account),
)

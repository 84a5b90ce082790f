"""What stands open in the scheme, for impact sheets: cases not decided, certificates not lapsed, training after being taken on."""

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from casework.cases.casetypes import all_casetypes, casetype
from casework.law.impact import Answer, OpenThing, day, source_of_rows, verdict
from casework.models import Case
from kernel.law import Law
from vrs_credentials.models import Certificate, FollowUp
from vrs_credentials.selectors.outcomes import findings, renewal_outcomes
from vrs_credentials.selectors.register import follow_up_outcome

FIGURES = ("vrs.",)


def _cases() -> QuerySet[Case]:
    """Every kind of the scheme, in the states that are not its end."""
    rows = Case.objects.none()
    for about in all_casetypes():
        if about.kind.startswith("vrs_credentials."):
            open_ = [state.code for state in about.table.states if not state.final]
            rows |= Case.objects.filter(kind=about.kind, state__in=open_)
    return rows.select_related("office")


def _case(case: Case, on: date) -> OpenThing:
    def ask(law: Law) -> Mapping[str, Answer]:
        return {one.rule: verdict(one) for one in findings(case, on=on, law=law)}

    # the title may name the person: the sheet is read by many
    label = f"{case.number} {casetype(case.kind).label}"
    return OpenThing(label, reverse("admin:case", args=[case.number]), case.office_id, ask)


def _certificates() -> QuerySet[Certificate]:
    rows = Certificate.objects.filter(state=Certificate.State.VALID, renewed_as=None)
    return rows.select_related("case", "way_back")


def _certificate(one: Certificate, on: date) -> OpenThing:
    def ask(law: Law) -> Mapping[str, Answer]:
        window, period, count, *back = renewal_outcomes(one, applied_on=max(on, one.starts_on), on=on, law=law)
        found = {
            "更新申請開放日": Answer(day(window, "opens_on"), window),
            "更新時數": verdict(count),
            "更新後效期": Answer(f"{day(period, 'valid_from')} 至 {day(period, 'valid_until')}", period),
        }
        if back:
            found["先行提供服務"] = verdict(back[0])
        return found

    return OpenThing(
        f"{one.number} {one.kind_label}", reverse("admin:vrs_certificate", args=[one.pk]), one.case.office_id, ask
    )


def _follow_ups() -> QuerySet[FollowUp]:
    held = FollowUp.objects.filter(certificate__state=Certificate.State.VALID)
    return held.filter(done_at=None).select_related("certificate__case")


def _follow_up(one: FollowUp, on: date) -> OpenThing:
    certificate = one.certificate

    def ask(law: Law) -> Mapping[str, Answer]:
        outcome = follow_up_outcome(one, on=on, law=law)
        return {"進用後訓練期限": Answer(day(outcome, "due_on"), outcome)}

    return OpenThing(
        f"{certificate.number} 進用後訓練",
        reverse("admin:vrs_certificate", args=[certificate.pk]),
        certificate.case.office_id,
        ask,
    )


OPEN_THINGS = (
    source_of_rows("vrs_credentials.case", "資格與時數案件", FIGURES, _cases, _case),
    source_of_rows("vrs_credentials.certificate", "資格認證證明", FIGURES, _certificates, _certificate),
    source_of_rows("vrs_credentials.follow_up", "進用後訓練", FIGURES, _follow_ups, _follow_up),
)

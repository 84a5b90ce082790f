"""Certificates, balances of the ledger, and what each certificate says of itself on a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from casework.deadlines.things import kind_of
from casework.models import Case, Deadline, Document
from kernel.dates import roc
from kernel.law import Law
from kernel.outcome import Outcome
from vrs_credentials.models import Certificate, FollowUp, LedgerEntry, Renewal
from vrs_credentials.rules import extension, hours, renewal
from vrs_credentials.rules.ledger import GROUPS

ONE_DAY = timedelta(days=1)
ZERO = Decimal(0)


def certificates_of(user: User) -> QuerySet[Certificate]:
    return Certificate.objects.filter(holder=user).select_related("previous", "case").order_by("kind", "-starts_on")


def current_certificates(user: User, *, on: date) -> list[Certificate]:
    """Of each qualification the one in force on the day; else the one that begins, else what was held last. Not what was revoked."""
    found: dict[tuple[str, str], Certificate] = {}
    for one in certificates_of(user).filter(state=Certificate.State.VALID):
        last = found.setdefault((one.kind, one.speciality), one)
        if one.holds(on) and last.starts_on > on:
            found[one.kind, one.speciality] = one
    return list(found.values())


def revoked_certificates(user: User, *, on: date) -> list[Certificate]:
    """Of each qualification that a person has lost and not got again, the one revoked last."""
    held = {(one.kind, one.speciality) for one in current_certificates(user, on=on)}
    found: dict[tuple[str, str], Certificate] = {}
    for one in certificates_of(user).filter(state=Certificate.State.REVOKED).order_by("-revoked_at"):
        if (one.kind, one.speciality) not in held:
            found.setdefault((one.kind, one.speciality), one)
    return list(found.values())


def certificate_at(holder: int, kind: str, day: date) -> Certificate | None:
    """The certificate of a kind that hours held on a day belong to: the one in force then, or the last before it."""
    rows = Certificate.objects.filter(holder=holder, kind=kind, state=Certificate.State.VALID, starts_on__lte=day)
    return rows.order_by("-starts_on").first()


# --- balance ---------------------------------------------------------------------------------------------------------


def counting(*, until: date, held_from: date | None = None, held_until: date | None = None) -> Q:
    """Entries in a balance: approved by the day, held in the closed span, without the initial training of 第7條."""
    asked = Q(approved_on__lte=until, initial_training=False)
    if held_from is not None:
        asked &= Q(held_on__gte=held_from)
    if held_until is not None:
        asked &= Q(held_on__lte=held_until)
    return asked


def balances(certificates: Iterable[int], *, until: date) -> dict[int, dict[str, Decimal]]:
    """Balance of many certificates at a date, by group: one statement."""
    rows = (
        LedgerEntry.objects.filter(counting(until=until), certificate__in=list(certificates))
        .order_by()
        .values_list("certificate", "group")
        .annotate(total=Sum("hours"))
    )
    found: dict[int, dict[str, Decimal]] = {}
    for certificate, group, total in rows:
        found.setdefault(certificate, dict.fromkeys(GROUPS, ZERO))[group] = total
    return found


def all_balances(*, until: date) -> dict[int, dict[str, Decimal]]:
    """The balance of every certificate at a date."""
    rows = (
        LedgerEntry.objects.filter(counting(until=until))
        .order_by()
        .values_list("certificate", "group")
        .annotate(total=Sum("hours"))
    )
    found: dict[int, dict[str, Decimal]] = {}
    for certificate, group, total in rows.iterator(chunk_size=20_000):
        found.setdefault(certificate, dict.fromkeys(GROUPS, ZERO))[group] = total
    return found


def balance(
    certificate: Certificate, *, until: date, held_from: date | None = None, held_until: date | None = None
) -> dict[str, Decimal]:
    rows = LedgerEntry.objects.filter(
        counting(until=until, held_from=held_from, held_until=held_until), certificate=certificate
    )
    sums = dict(rows.order_by().values_list("group").annotate(total=Sum("hours")))
    return {group: sums.get(group) or ZERO for group in GROUPS}


def recognised(certificate: Certificate) -> Decimal:
    """Hours of the training after being taken on (VRS-04), corrections taken off."""
    total = certificate.entries.filter(initial_training=True).aggregate(total=Sum("hours"))["total"]
    return max(ZERO, total or ZERO)


def hours_outcome(given: Mapping[str, Decimal], *, on: date, law: Law) -> Outcome:
    """VRS-10. A group below zero (corrections outweigh it) counts as none."""
    plain = {group: max(ZERO, value.normalize() if value else ZERO) for group, value in given.items()}
    return renewal.hours(renewal.HoursFacts(renewal.Hours(**plain)), on=on, law=law)


# --- one certificate on a day ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """What a certificate says of itself on a day; every date with its Outcome."""

    certificate: Certificate
    on: date
    hours: Mapping[str, Decimal]
    #: First day whose education counts on the day.
    since: date
    window: Outcome
    period: Outcome
    count: Outcome
    way_back: Outcome | None = None
    follow_up: Outcome | None = None
    open_renewal: Renewal | None = None
    #: The certificate it was renewed as; also one that was revoked since.
    successor: Certificate | None = None
    documents: Sequence[Document] = ()
    deadlines: Sequence[Deadline] = field(default_factory=tuple)

    @property
    def opens_on(self) -> date:
        return date.fromisoformat(self.window.result["opens_on"])

    @property
    def window_open(self) -> bool:
        return bool(self.window.result["open"])

    @property
    def lapsed(self) -> bool:
        return bool(self.window.result["lapsed"])

    @property
    def revoked(self) -> bool:
        return self.certificate.state == Certificate.State.REVOKED

    @property
    def renewed(self) -> Certificate | None:
        """The certificate that goes on from this one."""
        one = self.successor
        return one if one is not None and one.state == Certificate.State.VALID else None

    @property
    def last(self) -> bool:
        """Whether anything can still be applied for on it: neither revoked nor followed by another."""
        return not self.revoked and self.successor is None

    @property
    def days_left(self) -> int:
        return (self.certificate.valid_until - self.on).days

    @property
    def professional_law(self) -> Any:
        return self.count.result["professional_law"]

    @property
    def ethics_quality(self) -> Any:
        return self.count.result["ethics_quality"]

    @property
    def may_renew(self) -> bool:
        back = self.way_back is not None and self.way_back.result["may_renew"]
        return (bool(self.count.met) or back) and self.last and self.on >= self.opens_on

    @property
    def serving(self) -> tuple[str, str]:
        """Whether the holder may serve on the day, in a sentence with its tone: what people come to the page for."""
        if self.revoked:
            return "資格已撤銷，不得提供服務。", "bad"
        if self.on < self.certificate.starts_on:
            return f"自 {roc(self.certificate.starts_on)} 起得提供服務。", "info"
        if self.lapsed and self.renewed is not None and self.renewed.holds(self.on):
            return f"資格已更新為 {self.renewed.number}，請看該證明。", "info"
        if self.lapsed and (self.way_back is None or not self.way_back.met):
            applied_on = self.open_renewal.applied_on if self.open_renewal else None
            if applied_on and applied_on <= self.certificate.valid_until:
                return "已於屆滿前申請更新，審核期間得繼續提供服務（說明書壹、一）。", "info"
            return f"資格已於 {roc(self.certificate.valid_until)} 屆滿，目前不得提供服務。", "bad"
        if self.follow_up is not None and not self.follow_up.met:
            return f"目前不得提供服務：{self.follow_up.sentence}", "bad"
        if self.lapsed and self.way_back is not None:
            hours_by, missing = date.fromisoformat(self.way_back.result["hours_by"]), self.way_back.result["missing"]
            left = (
                f"請於 {roc(hours_by)} 前完成尚缺之 {missing} 小時繼續教育。"
                if missing
                else "應完成之時數已足，請申請更新。"
            )
            return f"經同意先行提供服務；{left}", "warn"
        return "目前得提供服務。", "good"

    @property
    def label(self) -> tuple[str, str]:
        """Word and tone of the badge."""
        if self.revoked:
            return "已撤銷", "bad"
        if self.on < self.certificate.starts_on:
            return "尚未生效", "calm"
        if self.renewed is not None:
            return ("已更新", "calm") if self.lapsed else ("有效（已更新）", "good")
        if self.open_renewal and self.open_renewal.applied_on:
            return "更新審核中", "info"
        if self.lapsed:
            return ("先行提供服務中", "warn") if self.way_back and self.way_back.met else ("已逾效期", "bad")
        if self.open_renewal:
            return "更新審核中", "info"
        if self.window_open and self.last:
            return "可申請更新", "warn"
        return "有效", "good"


def spans(certificate: Certificate, *, applied_on: date, law: Law) -> tuple[Outcome, date, date]:
    """VRS-12 and the days whose education counts: of this certificate, and within the three years before the application."""
    facts = renewal.PeriodFacts(certificate.valid_until, applied_on, certificate.extension_days)
    outcome = renewal.renewed_period(facts, on=applied_on, law=law)
    since = max(date.fromisoformat(outcome.result["education_from"]), certificate.starts_on)
    return outcome, since, applied_on


def standing(certificate: Certificate, *, on: date, law: Law) -> Standing:
    """Today's answer for one certificate."""
    applied_on = max(on, certificate.starts_on)
    period, since, until = spans(certificate, applied_on=applied_on, law=law)
    sums = balance(certificate, until=on, held_from=since, held_until=until)
    window = renewal.window(renewal.WindowFacts(certificate.valid_until), on=on, law=law)
    return Standing(
        certificate=certificate,
        on=on,
        hours=sums,
        since=since,
        window=window,
        period=period,
        count=hours_outcome(sums, on=on, law=law),
        way_back=way_back_outcome(certificate, on=on, law=law),
        follow_up=follow_up_outcome(clock, on=on, law=law)
        if (clock := getattr(certificate, "follow_up", None))
        else None,
        successor=Certificate.objects.filter(previous=certificate).first(),
        open_renewal=certificate.renewals.filter(closed_at=None).select_related("case").first(),
        documents=list(certificate_documents(certificate)),
        deadlines=list(deadlines_of(certificate)),
    )


def follow_up_outcome(one: FollowUp, *, on: date, law: Law) -> Outcome:
    """VRS-04 on the hours recognised so far."""
    facts = hours.FollowUpFacts(
        follow_up=one.follow_up, hired_on=one.hired_on, done=recognised(one.certificate), consent=one.consent,  # type: ignore[arg-type]
        before_hours=one.before_hours, case_manager_years=one.case_manager_years,
    )  # fmt: skip
    return hours.follow_up(facts, on=on, law=law)


def way_back_outcome(certificate: Certificate, *, on: date, law: Law) -> Outcome | None:
    """VRS-14, where consent to serve is recorded: hours since the consent count."""
    back = getattr(certificate, "way_back", None)
    if back is None:
        return None
    sums = balance(certificate, until=on, held_from=back.consent_on, held_until=on)
    facts = extension.LapsedFacts(
        valid_until=certificate.valid_until,
        away_from=back.away_from,
        away_until=back.away_until,
        consent_on=back.consent_on,
        hours=max(ZERO, sum(sums.values(), ZERO)),
    )
    return extension.way_back(facts, on=on, law=law)


def deadlines_of(certificate: Certificate) -> QuerySet[Deadline]:
    """Its own, that of the training after being taken on, and that of the way back."""
    things = [certificate, getattr(certificate, "follow_up", None), getattr(certificate, "way_back", None)]
    asked = Q()
    for one in filter(None, things):
        asked |= Q(thing_kind=kind_of(one), thing_id=one.pk)
    rows = Deadline.objects.filter(asked, withdrawn_at=None)
    return rows.order_by("due_on", "pk")


def certificate_documents(certificate: Certificate) -> QuerySet[Document]:
    rows = Document.objects.filter(
        case=certificate.case, paper="vrs_certificate", subject=f"certificate.{certificate.pk}"
    )
    return rows.defer("context").order_by("-issued_at", "-pk")


def entries_of(certificate: Certificate) -> QuerySet[LedgerEntry]:
    return (
        certificate.entries.select_related("approved_by").defer("approved_by__national_id").order_by("-held_on", "-pk")
    )


def own_cases(user: User) -> QuerySet[Case]:
    return (
        Case.objects.filter(person=user, kind__startswith="vrs_credentials.")
        .select_related("office")
        .order_by("-changed_at")
    )

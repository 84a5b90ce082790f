"""What must agree in the register whoever wrote it (manage.py check_consistency)."""

from django.db.models import F, Q

from vrs_credentials.models import Certificate, LedgerEntry


def contradictions() -> list[str]:
    """Certificates renewed across kinds or standing on a revoked one, ends moved by other than their extensions, entries
    outside any period."""
    found = [
        f"{one.number}：更新前後之資格類別不同"
        for one in Certificate.objects.filter(previous__isnull=False).select_related("previous")
        if (one.kind, one.holder_id) != (one.previous.kind, one.previous.holder_id)
    ]
    alive = Certificate.objects.filter(state=Certificate.State.VALID, previous__state=Certificate.State.REVOKED)
    found += [f"{one.number}：更新前之證明已撤銷，本證明仍為有效" for one in alive]
    for one in Certificate.objects.exclude(ends_before=F("first_ends_before")).prefetch_related("extensions"):
        days = sum(extension.days for extension in one.extensions.all())
        if days != one.extension_days:
            found.append(f"{one.number}：效期展延 {one.extension_days} 日，核定之展延合計 {days} 日")
    early = LedgerEntry.objects.filter(Q(held_on__lt=F("certificate__starts_on")), source__in=("course", "own"))
    found += [
        f"{one.certificate.number}：{one.held_on} 的時數早於證明生效日"
        for one in early.select_related("certificate")[:100]
    ]
    return found

"""Rows for the figures of vrs_credentials: people with certificates, made fast and taken away again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from accounts import crypto
from accounts.models import Organisation, User
from casework.models import Case
from vrs_credentials.models import Certificate, LedgerEntry, Professional

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
STARTS = date(2024, 12, 12)


def national_id(n: int) -> str:
    body = f"1{n:07d}"
    total = 1 + sum(int(d) * w for d, w in zip(body, (8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"A{body}{(10 - total % 10) % 10}"


def name(n: int) -> str:
    """The n-th invented name: names take no digits."""
    return f"量{chr(0x4E00 + n % 20_000)}"


@contextmanager
def scene() -> Iterator[None]:
    """Everything made inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def people(number: int) -> list[Certificate]:
    """People with one certificate each, in bulk."""
    office = Organisation.objects.create(name="量測用承辦單位", kind=Organisation.Kind.COMMISSIONED)
    users = []
    for n in range(number):
        user = User(account_name=f"bench{n}", email=f"bench{n}@example.org", name=name(n), password="!")
        user.claimed_id_index = crypto.index(national_id(n))
        user.national_id, user.national_id_proven_at, user.national_id_proof = national_id(n), AT, User.Proof.CARD
        users.append(user)
    users = User.objects.bulk_create(users, batch_size=2000)
    Professional.objects.bulk_create(
        [Professional(user=u, birth_on=date(1990, 1, 1), address="臺北市", joined_at=AT) for u in users],
        batch_size=2000,
    )
    cases = Case.objects.bulk_create(
        [
            Case(number=f"VQ-999-{n:06d}", kind="vrs_credentials.qualification", state="approved", turn="nobody", title="量測", office=office,
                 person=user, created_at=AT, changed_at=AT)
            for n, user in enumerate(users)
        ],
        batch_size=2000,
    )  # fmt: skip
    ends = date(2027, 12, 12)
    return Certificate.objects.bulk_create(
        [
            Certificate(number=f"VRS-999-{n:06d}", holder=user, kind="placement", clause="7-1-4", starts_on=STARTS, ends_before=ends,
                        first_ends_before=ends, letter_number="量測", letter_on=STARTS, issued_on=STARTS, case=case)
            for n, (user, case) in enumerate(zip(users, cases, strict=True))
        ],
        batch_size=2000,
    )  # fmt: skip


def hours(certificates: list[Certificate], each: int) -> None:
    """Ledger entries by COPY: four groups in turn."""
    groups = ("professional", "law", "ethics", "quality")
    names = ("certificate_id", "group", "base", "weight", "hours", "held_on", "source", "title", "initial_training", "reason",
             "approved_on", "approved_at", "approved_by_id")  # fmt: skip
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor, cursor.copy(f"COPY {LedgerEntry._meta.db_table} ({quoted}) FROM STDIN") as copy:
        for certificate in certificates:
            for n in range(each):
                day = STARTS + timedelta(days=20 * n)
                copy.write_row(
                    (certificate.pk, groups[n % 4], Decimal(3), Decimal(1), Decimal(3), day, "correction", "量測", False, "", day, AT,
                     certificate.holder_id)
                )  # fmt: skip


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE vrs_credentials_ledgerentry; ANALYZE vrs_credentials_certificate; ANALYZE accounts_user"
        )


def table_of(model: Any) -> str:
    return str(model._meta.db_table)

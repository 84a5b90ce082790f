"""Cards for the tests: one authority for the whole run, since keys take time to make."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from accounts.certificates.authorities import Authorities
from accounts.certificates.software_card import Card, Issuer, make_card, make_crl, make_issuer, new_key

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NUMBER, NAME = "A123456789", "王小明"


@dataclass(frozen=True)
class World:
    root: Issuer
    issuer: Issuer
    stranger: Issuer
    key: rsa.RSAPrivateKey

    def card(self, name: str = NAME, *, issuer: Issuer | None = None, **given: Any) -> Card:
        """王小明's card, valid for a year around AT, unless said otherwise."""
        if not {"last_four", "unified_number", "organisation_oid"} & set(given):
            given["last_four"] = NUMBER[-4:]
        given = {"begins": AT - 100 * DAY, "ends": AT + 265 * DAY, "key": self.key, **given}
        return make_card(issuer or self.issuer, name, **given)

    @property
    def trusted(self) -> Authorities:
        return self.trusting()

    def trusting(self, *revoked: Card, begins: datetime = AT - DAY, ends: datetime = AT + DAY) -> Authorities:
        lists = (
            make_crl(self.root, begins=AT - DAY, ends=AT + 30 * DAY),
            make_crl(self.issuer, *(one.certificate for one in revoked), begins=begins, ends=ends),
        )
        return Authorities((self.root.certificate,), (self.issuer.certificate,), lists)

    def without_crl(self, *, of_root: bool = False) -> Authorities:
        whole = self.trusted
        return replace(whole, crls=whole.crls[1:] if of_root else whole.crls[:1])


@cache
def world() -> World:
    root = make_issuer("測試總管理中心", at=AT)
    return World(root, make_issuer("測試管理中心", at=AT, under=root), make_issuer("不明管理中心", at=AT), new_key())

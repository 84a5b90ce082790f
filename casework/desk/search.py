"""The search box: what was typed decides where it is looked for. An identifier is looked up by its index, never compared."""

import re
import unicodedata
from dataclasses import dataclass

from django.db.models import Q

from accounts import crypto
from accounts.identity import bearing, named, same_person
from accounts.models import Organisation
from casework.models import CasePerson
from kernel.characters import visible
from kernel.identifiers import IdentifierError, looks_like_person_id, plain, read_person_id

_NUMBER = re.compile(r"([A-Z]{1,5})-?(\d{2,3})(?:-(\d{1,9}))?")
#: More organisations than this under one name is no search any more.
MAX_ORGANISATIONS = 200


@dataclass(frozen=True, slots=True)
class Search:
    """Where to look, and how it was understood (a word for the page); `problem` when nothing can be looked up."""

    where: Q
    understood: str = ""
    problem: str = ""


NOWHERE = Q(pk__in=())


def read_search(text: str) -> Search:
    """Case number (whole, or series and year), national ID, unified number, else names."""
    typed = " ".join(unicodedata.normalize("NFKC", visible(text)).split())
    code = plain(typed)
    if looks_like_person_id(code):
        return _by_person_id(code)
    if found := _NUMBER.fullmatch(code.replace(" ", "")):
        series, year, serial = found.groups()
        if serial:
            return Search(Q(number=f"{series}-{int(year)}-{int(serial):06d}"), "案號")
        return Search(Q(number__startswith=f"{series}-{int(year)}-"), "案號開頭")
    if re.fullmatch(r"\d{8}", code):
        units = Organisation.objects.filter(unified_number=code).values_list("pk", flat=True)
        return Search(Q(organisation_id__in=list(units)), "統一編號")
    return _by_name(typed)


def _by_person_id(code: str) -> Search:
    try:
        return by_index(crypto.index(read_person_id(code)))
    except IdentifierError as error:
        return Search(NOWHERE, "身分證字號", str(error))


def by_index(index: str) -> Search:
    """By the keyed digest of an identifier: what an address may carry in the identifier's place."""
    cases = CasePerson.objects.filter(id_index__in=same_person([index])[index]).values_list("case_id", flat=True)
    people = bearing(index).values_list("pk", flat=True)
    return Search(Q(pk__in=list(cases[:1000])) | Q(person_id__in=list(people)), "身分證字號（完全相符）")


def index_of(text: str) -> str:
    """The digest for an identifier typed without a mistake; empty for anything else."""
    try:
        return crypto.index(read_person_id(text)) if looks_like_person_id(text) else ""
    except IdentifierError:
        return ""


def _by_name(name: str) -> Search:
    units = Organisation.objects.filter(Q(name__holding=name) | Q(short_name__holding=name))
    found = list(units.values_list("pk", flat=True)[: MAX_ORGANISATIONS + 1])
    if len(found) > MAX_ORGANISATIONS:
        return Search(NOWHERE, "名稱", f"名稱含「{name}」的單位太多，請多輸入幾個字。")
    cases = CasePerson.objects.filter(name__spelled=name).values_list("case_id", flat=True)
    people = named(name).values_list("pk", flat=True)
    return Search(
        Q(organisation_id__in=found) | Q(pk__in=list(cases[:1000])) | Q(person_id__in=list(people[:1000])), "單位或姓名"
    )

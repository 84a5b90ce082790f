"""A row's fields written anew, and what that changed in words: the lines an event keeps."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.utils.crypto import salted_hmac

from casework.errors import Refused
from kernel.saying import said

Labels = Mapping[str, Mapping[Any, Any]]


def in_words(row: Model | type[Model], name: str, value: Any, labels: Labels | None = None) -> str:
    """The value of a field: a choice by its label, another row by its name. `labels` has what the field's choices do not."""
    if isinstance(value, Model):
        return str(value)
    field = row._meta.get_field(name)
    known = (labels or {}).get(name) or dict(getattr(getattr(field, "base_field", field), "flatchoices", ()))
    return said(value, known)


CHANGED = "這筆資料在您開啟本頁之後已有變更，為免覆蓋他人的修改，這次沒有存入；請重新開啟本頁核對後再填。"


def seen(row: Model | None) -> str:
    """How a row stands, in a few letters that a form carries along; says nothing of what is in it. Empty for none yet."""
    if row is None or row.pk is None:
        return ""
    values = [str(getattr(row, field.attname)) for field in row._meta.concrete_fields]
    return salted_hmac("casework.seen", "\x1f".join([row._meta.label, *values]), algorithm="sha256").hexdigest()[:24]


def unchanged(row: Model | None, drawn_from: str | None) -> None:
    """What a case's version is for a case: raises Refused where the row, held, is not as the form was drawn from. Nothing
    is asked where the form carries nothing: there was no row yet."""
    if drawn_from and drawn_from != seen(row):
        raise Refused(CHANGED)


def rewrite(row: Model, data: Mapping[str, Any], *, labels: Labels | None = None) -> list[dict[str, str]]:
    """Set the fields, without saving; one line for each that now reads otherwise: field, label, before, after."""
    changes = []
    for name, value in data.items():
        before, after = (in_words(row, name, one, labels) for one in (getattr(row, name), value))
        setattr(row, name, value)
        if before != after:
            label = str(row._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            changes.append({"field": name, "label": label, "before": before, "after": after})
    return changes

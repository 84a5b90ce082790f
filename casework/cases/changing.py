"""A row's fields written anew, and what that changed in words: the lines an event keeps."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from kernel.saying import said

Labels = Mapping[str, Mapping[Any, Any]]


def in_words(row: Model | type[Model], name: str, value: Any, labels: Labels | None = None) -> str:
    """The value of a field: a choice by its label, another row by its name. `labels` has what the field's choices do not."""
    if isinstance(value, Model):
        return str(value)
    field = row._meta.get_field(name)
    known = (labels or {}).get(name) or dict(getattr(getattr(field, "base_field", field), "flatchoices", ()))
    return said(value, known)


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

"""A text column encrypted at rest (see crypto). The field object holds no state of a row; filtering on it is refused."""

import json
from typing import Any

from django.core.exceptions import FieldError
from django.db import models

from accounts import crypto


class EncryptedTextField(models.TextField):
    description = "text encrypted at rest"

    @property
    def origin(self) -> str:
        """`table.column`, to which every value is bound."""
        # A history table keeps the column's origin, so that a row's past can be read too.
        table = self.model._meta.db_table.replace("historical", "", 1)
        return f"{table}.{self.attname}"

    def get_prep_value(self, value: Any) -> str | None:
        value = super().get_prep_value(value)
        return value if value in (None, "") else crypto.encrypt(value, column=self.origin)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if value in (None, "") else crypto.decrypt(value, column=self.origin)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError("An encrypted column is looked up by its index column.")
        return super().get_lookup(lookup_name)


class EncryptedJSONField(EncryptedTextField):
    """JSON encrypted at rest: what a paper prints, identifiers among it."""

    description = "JSON encrypted at rest"
    #: What a row is given and gives: for whoever reads types (django-stubs).
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else super().get_prep_value(json.dumps(value, ensure_ascii=False))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return json.loads(text) if text else None

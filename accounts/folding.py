"""Names found by any of their spellings: `name__spelled="台北"` equals, `name__holding="台北"` contains 臺北 (kernel.characters).

The database folds its side by `fold_text`, an immutable function that an index can hold; a test compares the two, character by
character. Where the tables of the kernel change, a migration replaces the function (`DEFINITION`) and rebuilds its indexes.
"""

from typing import Any

from django.db.models import CharField, F, Func, TextField
from django.db.models.lookups import Contains, Exact

from kernel.characters import FOLDED_FIRST, FOLDED_LAST, fold


def _literal(text: str) -> str:
    return "U&'" + "".join(f"\\+{ord(char):06X}" for char in text) + "'"


def _translated(inner: str, table: dict[str, str]) -> str:
    """SQL's translate takes away what has nothing to be turned into: such characters stand last."""
    kept = sorted(char for char, to in table.items() if to)
    gone = sorted(char for char, to in table.items() if not to)
    return f"translate({inner}, {_literal(''.join(kept + gone))}, {_literal(''.join(table[char] for char in kept))})"


_FOLD = "normalize(" + _translated("normalize(" + _translated("$1", FOLDED_FIRST) + ", NFKC)", FOLDED_LAST) + ", NFKC)"
DEFINITION = (
    "CREATE OR REPLACE FUNCTION fold_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE "
    f"AS $fold$ SELECT {_FOLD} $fold$"
)


def folded(name: str) -> Func:
    """The column as it is compared, for an index."""
    return Func(F(name), function="fold_text", output_field=CharField())


class _Folded:
    """Both sides of a comparison folded."""

    operator: str

    def process_lhs(self, *given: Any, **more: Any) -> tuple[str, Any]:
        sql, params = super().process_lhs(*given, **more)  # type: ignore[misc]
        return f"fold_text({sql})", params

    def get_prep_lookup(self) -> str:
        text = str(self.rhs)  # type: ignore[attr-defined]
        return fold(text) or text

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return str(connection.operators[self.operator] % rhs)


@CharField.register_lookup
@TextField.register_lookup
class Spelled(_Folded, Exact):
    lookup_name, operator = "spelled", "exact"


@CharField.register_lookup
@TextField.register_lookup
class Holding(_Folded, Contains):
    lookup_name, operator = "holding", "contains"

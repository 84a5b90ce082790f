"""Every outcome that is kept anywhere in the database, and those that asked again say something else."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import JSONField

from casework.law.in_force import law_in_force
from kernel.facts import FactsError, Impossible
from kernel.outcome import Outcome
from kernel.rulebook import again

#: The two terms of a branch are counted under the ids of rules that ask something else, and keep no facts (ojt_accounts/rules/terms.py).
TERMS = {"OA-01", "OA-21"}
#: What the demonstration adds to an explanation it cites so.
ADDED = "展示資料"


def stored() -> Iterator[tuple[str, Outcome]]:
    """Where it stands, and what was answered. Whatever a column of JSON holds that looks like an outcome is one."""
    for model in apps.get_models():
        columns = [field.name for field in model._meta.concrete_fields if isinstance(field, JSONField)]
        for pk, *values in model.objects.order_by("pk").values_list("pk", *columns) if columns else ():
            for column, value in zip(columns, values, strict=True):
                for data in _outcomes(value):
                    yield f"{model._meta.label} {pk} {column}", Outcome.from_json(data)


def _outcomes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and {"rule", "on", "met", "result", "lines", "facts"} <= set(value):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _outcomes(inner)


def otherwise_now(kept: list[tuple[str, Outcome]]) -> list[str]:
    """Those whose rule, asked again on the facts kept with them, gives other lines or cannot be asked."""
    law, found = law_in_force(), []
    for where, outcome in kept:
        if not outcome.facts and (outcome.rule in TERMS or not outcome.result):
            continue  # without a result it is what a unit is told in fewer words; the whole stands with the payment
        lines = tuple(line for line in outcome.lines if line.citation != ADDED)
        try:
            same = again(outcome, law=law).lines == lines
        except (FactsError, Impossible) as error:
            found.append(f"{where} {outcome.rule}: {error}")
        else:
            found += [] if same else [f"{where} {outcome.rule}: other lines"]
    return found

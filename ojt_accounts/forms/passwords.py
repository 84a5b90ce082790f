"""The composition rule of passwords (OA-10) as a validator of Django's, switched on in the settings."""

from typing import Any

from django.core.exceptions import ValidationError

from accounts.clock import today
from casework.law.in_force import law_in_force
from ojt_accounts.rules.accounts import WordFacts, password


class CompositionValidator:
    """Names every part that is missing. The outcome, whose facts hold the word itself, is dropped here and kept nowhere."""

    def validate(self, password_typed: str, user: Any = None) -> None:
        outcome = password(WordFacts(password_typed), on=today(), law=law_in_force())
        missing = [line.text for line in outcome.refusals]
        if missing:
            raise ValidationError([ValidationError(f"{text}。", code="composition") for text in missing])

    def get_help_text(self) -> str:
        shortest, longest = law_in_force().at("oa.password_length", today()).value
        return f"{shortest}～{longest} 碼，須包含半形的英文大寫、小寫、數字及符號，不得有空白。"

"""Password rules of every account, and those that schemes bring: one password per person, so they hold for everybody."""

from typing import Any, Protocol

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from accounts import clock
from accounts.models import PasswordHistory, User
from kernel.registry import Registry


class SimilarPasswordValidator(password_validation.UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return "密碼與您的%(verbose_name)s太相近，容易被猜到，請換一個。"

    def get_help_text(self) -> str:
        return "不能與您的帳號、電子郵件或姓名太相近。"


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "這個密碼太常見，容易被猜到，請換一個。"

    def get_help_text(self) -> str:
        return "不能是常見的密碼。"


class FormerPasswordValidator:
    """The last three passwords, the present one among them, may not be used again. Remembers each password set (its hash)."""

    def __init__(self, barred: int = 3) -> None:
        self.barred = barred

    def validate(self, password: str, user: Any = None) -> None:
        if not isinstance(user, User) or user.pk is None:
            return
        former = list(user.password_history.values_list("encoded", flat=True)[: self.barred])
        if user.password not in former:  # set before passwords were remembered, or loaded from elsewhere
            former = [user.password, *former][: self.barred]
        if any(check_password(password, encoded) for encoded in former):
            raise ValidationError(f"新密碼不能與最近 {self.barred} 次使用過的密碼相同。", code="former_password")

    def password_changed(self, password: str, user: Any = None) -> None:
        if not isinstance(user, User) or user.pk is None:
            return
        PasswordHistory.objects.create(user=user, encoded=user.password, set_at=clock.now())
        kept = user.password_history.values_list("pk", flat=True)[: self.barred]
        user.password_history.exclude(pk__in=list(kept)).delete()

    def get_help_text(self) -> str:
        return f"不能與最近 {self.barred} 次使用過的密碼相同。"


class PasswordRule(Protocol):
    """A validator as Django knows it."""

    def validate(self, password_typed: str, user: Any = None) -> None: ...
    def get_help_text(self) -> str: ...


PASSWORD_RULES: Registry[PasswordRule] = Registry("password rule", lambda one: type(one).__qualname__)


class SchemesValidator:
    """Asks the rules that schemes bring."""

    def validate(self, password: str, user: Any = None) -> None:
        for one in PASSWORD_RULES:
            one.validate(password, user)

    def get_help_text(self) -> str:
        return "".join(one.get_help_text() for one in PASSWORD_RULES)

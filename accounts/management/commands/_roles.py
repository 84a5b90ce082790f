"""What `grant_role` and `revoke_role` share: the page 人員與角色 from the machine, for whoever cannot open it."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.management.base import CommandError

from accounts.clock import now
from accounts.errors import NotPermitted, Refused
from accounts.models import Organisation, User
from accounts.reach import granted_roles, office_named, offices_in_reach
from accounts.services.lockout import person_named
from accounts.tables import TablesCommand


class RoleCommand(TablesCommand):
    change: ClassVar[Callable[..., None]]
    done: ClassVar[str]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", nargs="?", help="帳號或電子郵件")
        parser.add_argument("role", nargs="?", help="角色代碼")
        parser.add_argument("office", nargs="?", help="機關的名稱、簡稱、代碼或統一編號")
        parser.add_argument("--by", help="辦理的系統管理者（帳號），須管理該機關")
        parser.add_argument("--reason", help="理由")
        parser.add_argument("--list", action="store_true", help="列出角色與機關")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self._list()
            return
        missing = [name for name in ("account", "role", "office", "by", "reason") if not options[name]]
        if missing:
            raise CommandError(f"缺少：{'、'.join(missing)}。以 --list 列出角色與機關。")
        user, by = self._person(options["account"]), self._person(options["by"])
        one = next((one for one in granted_roles() if one.code == options["role"]), None)
        if one is None:
            raise CommandError(f"沒有可授予的角色「{options['role']}」。以 --list 列出角色與機關。")
        command = type(self).__module__.rpartition(".")[2]
        try:
            office = office_named(options["office"], offices_in_reach(by), one)
            type(self).change(
                user=user,
                role_code=one.code,
                organisation=office,
                reason=f"{options['reason']}（manage.py {command}）",
                by=by,
                at=now(),
            )
        except (Refused, NotPermitted) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.name}（{user.account_name}）{office.name}：{self.done}「{one.label}」。")

    def _person(self, typed: str) -> User:
        found = person_named(typed)
        if found is None:
            raise CommandError(f"查無帳號或電子郵件「{typed}」。")
        return found

    def _list(self) -> None:
        kinds = dict(Organisation.Kind.choices)
        self.stdout.write("角色：")
        for one in granted_roles():
            self.stdout.write(f"  {one.code}　{one.label}（{'、'.join(str(kinds[kind]) for kind in one.kinds)}）")
        self.stdout.write("機關：")
        held_in = {kind for one in granted_roles() if one.staff for kind in one.kinds}
        for office in Organisation.objects.filter(is_active=True, kind__in=held_in).order_by("kind", "code", "name"):
            self.stdout.write(f"  {office.code or office.unified_number}　{office.name}（{office.get_kind_display()}）")

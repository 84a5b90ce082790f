"""`manage.py first_administrator`: who begins a site. Asks for what was not given."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email

from accounts.clock import now
from accounts.errors import Refused
from accounts.services.appointing import first_administrator
from accounts.tables import TablesCommand
from kernel.identifiers import IdentifierError, read_name


class Command(TablesCommand):
    help = "建立第一位系統管理者（本署），並寄送、印出設定密碼的連結；已有系統管理者時不作用。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", help="姓名")
        parser.add_argument("--account", help="帳號：5～30 碼，第 1 碼為英文，限英文字母及數字")
        parser.add_argument("--email", help="電子郵件")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = {"name": "姓名", "account": "帳號", "email": "電子郵件"}
        given = {key: (options[key] or input(f"{label}：")).strip() for key, label in asked.items()}
        try:
            name = read_name(given["name"])
            validate_email(given["email"])
            user, link = first_administrator(name=name, account_name=given["account"], email=given["email"], at=now())
        except (Refused, IdentifierError) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError("電子郵件格式不正確，例：chen@wda.gov.tw。") from error
        self.stdout.write(f"{user.name}（{user.account_name}）已設為本署的系統管理者。")
        if link:
            self.stdout.write(f"請開啟下列連結設定密碼，只能使用一次（同一連結已寄至 {user.email}）：\n{link}")
        else:
            self.stdout.write("請以原有密碼登入。")

"""`manage account administrator LOGIN NAME` and `manage account password LOGIN`: what no page can do for the operator.

`manage account apart` lists the accounts with roles that have to be kept apart, and ends with 1 if there are any.
The password is asked for, or read from the first line of standard input when that is no terminal.
"""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.timezone import localtime

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.queries import mixed_accounts
from accounts.roles import Role
from accounts.rules import apart_on
from accounts.services import change_password, create_user, grant_role
from ground import clock
from ground.errors import Refused


class Command(BaseCommand):
    help = "建立系统管理员账号，或者重设一个账号的密码（都记入台账）"

    def add_arguments(self, parser: CommandParser) -> None:
        todo = parser.add_subparsers(dest="todo", required=True)
        administrator = todo.add_parser("administrator", help="建立系统管理员账号")
        administrator.add_argument("login", metavar="LOGIN")
        administrator.add_argument("name", metavar="NAME")
        password = todo.add_parser("password", help="重设密码")
        password.add_argument("login", metavar="LOGIN")
        todo.add_parser("apart", help="列出兼任须分开的职责的账号，有的话以 1 结束")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["todo"] == "apart":
            self._list_mixed()
            return
        try:
            if options["todo"] == "administrator":
                _administrator(options["login"], options["name"])
            else:
                _password(options["login"])
        except Refused as refusal:
            raise CommandError("\n".join(fault.message for fault in refusal.faults)) from refusal
        self.stdout.write("已办理。")

    def _list_mixed(self) -> None:
        today = localtime(clock.now()).date()
        found = mixed_accounts(today)
        for mixed in found:
            self.stdout.write(
                f"{mixed.user.username}\t" + "、".join(grant.in_words for grant in mixed.grants)
            )
        if found:
            table = apart_on(today)
            raise CommandError(
                f"请由系统管理员只留一类职责：{table.reading}（{table.cited}）。", returncode=1
            )
        self.stdout.write("没有账号兼任须分开的职责。")


@transaction.atomic
def _administrator(login: str, name: str) -> None:
    now = clock.now()
    user = create_user(username=login, name=name, password=_asked(), actor=SYSTEM, now=now)
    grant_role(user=user, role=Role.ADMINISTRATOR, actor=SYSTEM, now=now)


def _password(login: str) -> None:
    user = User.objects.filter(username=login).first()
    if user is None:
        raise CommandError("没有这个登录名。")
    change_password(user=user, password=_asked(), actor=SYSTEM, now=clock.now())


def _asked() -> str:
    return getpass("新密码：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")

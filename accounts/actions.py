"""What the ledger's entries of this app are called."""

from __future__ import annotations

from typing import Final

ACTIONS: Final = {
    "role.grant": "授予角色",
    "role.revoke": "撤销角色",
    "user.block": "停用账号",
    "user.create": "建立账号",
    "user.password": "修改密码",
    "user.unblock": "启用账号",
}

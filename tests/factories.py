"""Small makers for tests. People get their roles through the services, as in the portal."""

from __future__ import annotations

from itertools import count

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.services import create_user, grant_role
from ground import clock

_numbers = count(1)


def make_user(*grants: str, name: str = "", username: str = "") -> User:
    """A user with `grants` such as "office_head:park" (role:scope key) or "reviewer" (whole portal)."""
    number = next(_numbers)
    user = create_user(
        username=username or f"user{number}",
        name=name or f"用户{number}",
        password="demo password",
        email=f"user{number}@example.com",
        actor=SYSTEM,
        now=clock.now(),
        demo=True,
    )
    for grant in grants:
        role, _, key = grant.partition(":")
        grant_role(user=user, role=role, scope_key=key, scope_label=key, actor=SYSTEM, now=clock.now())
    return user

"""The one door for state: nothing else in the portal assigns `state` (an architecture test enforces it)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import has_role, require_role
from audit.services import record
from ground.errors import Refused
from ground.models import Stateful
from ground.statetable import Move, StateTable


def why_not(obj: Stateful, name: str, *, public: bool = False) -> str:
    """Why `obj` can't go through the move `name` from where it stands, in one sentence; "" if it can.

    `public`: in the words for applicants and the public, not in the office's.
    """
    table = type(obj).STATES
    step = table.move(name)
    return "" if obj.state_code in step.sources else _not_from(table, obj.state_code, step, public=public)


def may_move(obj: Stateful, name: str, actor: object) -> bool:
    """Whether the door would open now for `actor`: state and role, as `move` asks for them."""
    step = type(obj).STATES.move(name)
    return obj.state_code in step.sources and has_role(actor, *step.who, **obj.scopes())


def _not_from(table: StateTable, code: str, step: Move, *, public: bool = False) -> str:
    state = table.state(code)
    return f"“{state.public if public else state.office}”状态下不能{step.label}。"


@transaction.atomic
def move(
    obj: Stateful,
    name: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    article: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Take `obj` through the move `name` of its table.

    1. Lock the row. 2. Check that its state is a source of the move (Refused "wrong_state").
    3. Check that `actor` holds one of the move's roles in the object's scope (PermissionDenied).
    4. Set the state and save. 5. Write the ledger entry. `obj` is brought up to date in place.
    """
    table = type(obj).STATES
    step = table.move(name)
    locked = type(obj)._base_manager.select_for_update(of=("self",)).only("pk", "state").get(pk=obj.pk)  # type: ignore[misc]
    before = locked.state_code
    if before not in step.sources:
        raise Refused(
            "wrong_state", f"{_not_from(table, before, step)}请刷新页面查看最新情况。", article=article
        )
    require_role(actor, *step.who, **obj.scopes())
    type(obj)._base_manager.filter(pk=obj.pk).update(state=step.target)  # type: ignore[misc]
    setattr(obj, "state", step.target)  # noqa: B010  (the only place that sets it)
    record(
        actor=actor,
        action=f"{table.name}.{name}",
        subject=obj,
        at=now,
        article=article,
        before={"state": before},
        after={"state": step.target},
        details={"label": step.label, **({"reason": reason} if reason else {}), **(details or {})},
    )

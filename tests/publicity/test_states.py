"""Every state × move × role of this app: allowed exactly where the table says so."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import PUBLIC, SYSTEM
from accounts.moves import move
from accounts.roles import ROLE_KINDS, Role, Scope
from ground.errors import Refused
from ground.models import Stateful
from publicity import services
from publicity.models import Notice
from tests.factories import make_user
from tests.publicity.factories import CLOSES, PUBLISHED, House, award, object_to, owner_of, publish


def notice(house: House) -> Stateful:
    return Notice.objects.create(
        kind="announcement",
        scheme=house.cycle.scheme,
        cycle=house.cycle,
        title="公告",
        body="正文",
        drafted_by=house.clerk,
        drafted_at=PUBLISHED,
    )


def objection(house: House) -> Stateful:
    return object_to(publish(house).entries.first(), PUBLISHED)


def honour(house: House) -> Stateful:
    return award(house)[0]


def payment(house: House) -> Stateful:
    return award(house)[0].payment


def incident(house: House) -> Stateful:
    held = award(house)[0]
    return services.report_incident(
        honour=held,
        event="failed_check",
        confirmed_on=date(2026, 10, 9),
        description="x",
        upload=None,
        actor=owner_of(held.organisation),
        now=CLOSES,
    )


def case(house: House) -> Stateful:
    return services.open_revocation_case(
        honour=award(house)[0], ground="fraud", summary="x", incident=None, actor=house.clerk, now=CLOSES
    )


@pytest.mark.parametrize("maker", [notice, objection, honour, payment, incident, case])
def test_every_state_move_and_role(park: House, maker) -> None:
    thing = maker(park)
    scopes = thing.scopes()
    actors: dict[str, object] = {Role.SYSTEM: SYSTEM, "public": PUBLIC}
    for kind in ROLE_KINDS:
        key = {Scope.PORTAL: "", Scope.SCHEME: "park"}.get(kind.scope_kind, scopes.get(kind.scope_kind, "1"))
        actors[kind.code] = make_user(f"{kind.code}:{key}" if key else kind.code)
    actors["other_scheme"] = make_user("office_head:city", "authority:city", "finance:city")
    for state in thing.STATES.codes:
        for step in thing.STATES.moves:
            for role, actor in actors.items():
                allowed = state in step.sources and role in step.who
                with transaction.atomic():
                    type(thing)._base_manager.filter(pk=thing.pk).update(state=state)
                    try:
                        move(thing, step.name, actor=actor, now=CLOSES)
                        done = True
                    except (Refused, PermissionDenied):
                        done = False
                    transaction.set_rollback(True)
                assert done is allowed, (state, step.name, role)

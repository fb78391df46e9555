"""Every state × move × role: the door accepts exactly what the table says, in the scope alone, citing an article."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import PUBLIC, SYSTEM
from accounts.models import RoleGrant, User
from accounts.moves import move
from accounts.roles import ROLE_KINDS, ROLES, Role, Scope
from applications.models import Correction, OrganisationClaim, Recommendation
from applications.states import APPLICATION, CLAIM, CORRECTION, RECOMMENDATION
from audit.models import Entry
from awards.law import editions
from awards.states import CYCLE
from documents.services import store_file
from ground import clock
from ground.errors import Refused
from ground.models import Stateful
from ground.statetable import StateTable
from publicity.states import HONOUR, INCIDENT, NOTICE, OBJECTION, PAYMENT, REVOCATION
from scoring.models import Consolidation, MisconductCase, Panel, Sheet
from scoring.services import register_reviewer
from scoring.states import CONSOLIDATION, MISCONDUCT, PANEL, SHEET
from tests.applications.builders import pdf, recommender_of
from tests.factories import make_user
from tests.scoring.results.builders import Year, make_year

TABLES = (
    CYCLE, APPLICATION, RECOMMENDATION, CORRECTION, CLAIM, PANEL, SHEET, CONSOLIDATION, MISCONDUCT,
    NOTICE, OBJECTION, HONOUR, PAYMENT, INCIDENT, REVOCATION,
)  # fmt: skip
# The door is tried on a real row of these in tests/publicity/test_states.py.
IN_PUBLICITY = {NOTICE, OBJECTION, HONOUR, PAYMENT, INCIDENT, REVOCATION}
CONTESTS = [code for code in editions.codes() if editions.get(code).family == "contest"]
IN_FORCE = [code for code in CONTESTS if not editions.get(code).missing()]


# ---------------------------------------------------------------- the tables themselves


def test_every_table_is_known_here() -> None:
    used, waiting = set(), list(Stateful.__subclasses__())
    while waiting:
        model = waiting.pop()
        used.add(model.STATES)
        waiting += model.__subclasses__()
    assert used == set(TABLES)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_who_names_roles_there_are(table: StateTable) -> None:
    for step in table.moves:
        assert step.who, step.name
        assert set(step.who) <= {*ROLES, Role.SYSTEM, Role.ONESELF}, step.name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_is_reached_and_labelled(table: StateTable) -> None:
    reached, waiting = {table.initial}, [table.initial]
    while waiting:
        for step in table.moves_from(waiting.pop()):
            if step.target not in reached:
                reached.add(step.target)
                waiting.append(step.target)
    assert reached == set(table.codes)
    for state in table.states:
        assert state.office.strip()
        assert state.public.strip()


def test_administrators_and_the_supervisor_move_nothing() -> None:
    hands_off = {Role.ADMINISTRATOR, Role.SUPERVISOR}
    assert [
        (table.name, step.name) for table in TABLES for step in table.moves if hands_off & set(step.who)
    ] == []


def test_there_are_editions_in_force() -> None:
    assert {"park-2023", "city-2016"} <= set(IN_FORCE)


@pytest.mark.parametrize("code", IN_FORCE)
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_basis_is_a_key_of_every_edition(table: StateTable, code: str) -> None:
    edition = editions.get(code)
    for step in table.moves:
        if step.basis:
            assert edition.has(step.basis), (step.name, step.basis)
            article = edition.article(step.basis)
            assert not article or article.partition("(")[0] in edition.articles, (step.name, article)


# ---------------------------------------------------------------- the door


def cycle(year: Year) -> Stateful:
    return year.cycle


def application(year: Year) -> Stateful:
    file = year.enter("甲", material=None)
    file.recommender = recommender_of(year.cycle)[1]
    file.save(update_fields=["recommender"])
    return file


def recommendation(year: Year) -> Stateful:
    file = application(year)
    return Recommendation.objects.create(application=file, recommender=file.recommender, asked_at=year.now)


def correction(year: Year) -> Stateful:
    return Correction.objects.create(
        application=application(year),
        due_at=year.now + timedelta(days=5),
        requested_by=year.clerk,
        requested_at=year.now,
    )


def claim(year: Year) -> Stateful:
    file = application(year)
    paper = store_file(pdf("claim"), actor=year.clerk, now=year.now, allowed=("pdf",))
    return OrganisationClaim.objects.create(
        organisation=file.organisation, scheme=year.cycle.scheme, claimant=make_user(), name="张", post="总监",
        phone="1", wish="owner", licence=paper, authorisation=paper, filed_at=year.now, due_at=year.now,
    )  # fmt: skip


def panel(year: Year) -> Stateful:
    return Panel.objects.create(cycle=year.cycle, kind="material", name="一", created_at=year.now)


def sheet(year: Year) -> Stateful:
    reviewer = register_reviewer(
        user=make_user(), kind="reviewer", employer="协会", employer_uscc="", industries="C", qualification="",
        actor=year.clerk, now=year.now,
    )  # fmt: skip
    return Sheet.objects.create(
        application=application(year), panel=panel(year), reviewer=reviewer, stage="site", opened_at=year.now
    )


def consolidation(year: Year) -> Stateful:
    return Consolidation.objects.get(application=application(year), stage="material")


def complaint(year: Year) -> Stateful:
    """With all that a decision needs, so that the table alone is tried."""
    return MisconductCase.objects.create(
        cycle=year.cycle, ground="favour", statement="x", filed_by=year.clerk, filed_at=year.now,
        reviewer=sheet(year).reviewer, number="x", decided_on=year.now.date(), treatment="keep",
    )  # fmt: skip


def attempt(thing: Stateful, state: str, name: str, actor: Any, now: datetime) -> str:
    """What the door says to `actor` about the move from `state`; nothing of it stays."""
    with transaction.atomic():
        type(thing)._base_manager.filter(pk=thing.pk).update(state=state)
        before = Entry.objects.count()
        try:
            with transaction.atomic():
                move(thing, name, actor=actor, now=now)
        except Refused as refusal:
            answer = refusal.code
        except PermissionDenied:
            answer = "denied"
        else:
            answer = str(type(thing)._base_manager.get(pk=thing.pk).state_code)
        written = Entry.objects.count() - before
        transaction.set_rollback(True)
    assert written == (0 if answer in ("wrong_state", "denied") else 1)
    return answer


def holder_of(*grants: str) -> User:
    """Somebody with all of `grants`, as no service gives them to one person."""
    user = make_user()
    for grant in grants:
        role, _, key = grant.partition(":")
        kind = ROLES[role].scope_kind
        RoleGrant.objects.create(user=user, role=role, scope_kind=kind, scope_key=key, granted_at=clock.now())
    return user


@pytest.mark.django_db
@pytest.mark.parametrize(
    "maker",
    [cycle, application, recommendation, correction, claim, panel, sheet, consolidation, complaint],
    ids=lambda m: m.__name__,
)
def test_the_door_follows_the_table(now: datetime, maker: Callable[[Year], Stateful]) -> None:
    thing = maker(make_year(now))
    table, scopes = thing.STATES, thing.scopes()

    def grant(code: str, *, foreign: bool = False) -> str:
        kind = ROLES[code].scope_kind
        if kind == Scope.PORTAL:
            return code
        return f"{code}:{'999999' if foreign else scopes.get(kind, '1')}"

    everything = holder_of(*(grant(kind.code) for kind in ROLE_KINDS))
    holders: dict[str, Any] = {kind.code: make_user(grant(kind.code)) for kind in ROLE_KINDS}
    holders |= {Role.SYSTEM: SYSTEM, "public": PUBLIC}
    if Scope.PERSON in scopes:
        holders[Role.ONESELF] = User.objects.get(pk=scopes[Scope.PERSON])
    foreign = holder_of(
        *(grant(kind.code, foreign=True) for kind in ROLE_KINDS if kind.scope_kind != Scope.PORTAL)
    )
    for step in table.moves:
        for state in table.codes:
            if state not in step.sources:
                for actor in (everything, SYSTEM):
                    assert attempt(thing, state, step.name, actor, now) == "wrong_state", (state, step.name)
                continue
            for role, actor in holders.items():
                kind = ROLES[role].scope_kind if role in ROLES else ""
                in_scope = kind in ("", Scope.PORTAL) or kind in scopes
                expected = step.target if role in step.who and in_scope else "denied"
                assert attempt(thing, state, step.name, actor, now) == expected, (state, step.name, role)
            assert attempt(thing, state, step.name, foreign, now) == "denied", (state, step.name)


def test_every_table_is_tried_somewhere() -> None:
    here = {CYCLE, APPLICATION, RECOMMENDATION, CORRECTION, CLAIM, PANEL, SHEET, CONSOLIDATION, MISCONDUCT}
    assert here | IN_PUBLICITY == set(TABLES)

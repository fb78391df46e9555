"""A registered organisation, its owner, somebody who claims it, and the office that decides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from applications import services
from applications.models import Organisation, OrganisationClaim
from applications.queries import members_of
from ground.errors import Refused
from notifications.models import InboxItem
from tests.applications import builders
from tests.factories import make_user


@dataclass
class World:
    now: datetime
    owner: User
    organisation: Organisation
    claimant: User
    clerk: User
    head: User

    def data(self, **changes: Any) -> dict[str, Any]:
        return {
            "uscc": self.organisation.uscc,
            "scheme": "park",
            "name": "陈认领",
            "post": "质量总监",
            "phone": "0512-69990000",
            "wish": "owner",
            "statement": "原负责人已经离职",
            "licence": builders.pdf("licence"),
            "authorisation": builders.pdf("letter"),
        } | changes

    def file(self, **changes: Any) -> OrganisationClaim:
        return services.file_claim(data=self.data(**changes), actor=self.claimant, now=self.now)

    def lapsed(self) -> OrganisationClaim:
        claim = self.file()
        assert services.sweep_claims(now=claim.due_at) == 1
        claim.refresh_from_db()
        return claim

    def roles(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for grant in members_of(self.organisation):
            found.setdefault(grant.user.username, []).append(grant.role.removeprefix("applicant_"))
        return found


def make_world(now: datetime) -> World:
    builders.running_cycle(now)
    owner, organisation = builders.applicant(now)
    return World(
        now,
        owner,
        organisation,
        make_user(username="claimant"),
        make_user("office_clerk:park"),
        make_user("office_head:park"),
    )


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refused) as refusal:
        yield
    assert refusal.value.codes == (code,)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def letters(user: User) -> list[InboxItem]:
    return list(InboxItem.objects.filter(user=user, kind="organisation.claim").order_by("pk"))

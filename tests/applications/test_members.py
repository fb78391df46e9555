"""Colleagues: the owner lets them in by login name, and never locks everybody out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import RoleGrant, User
from applications import services
from applications.services.starting import APPLY_DUTY
from ground.errors import Refused
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


def test_the_owner_lets_a_colleague_in_and_out(now: datetime, client_of: Login) -> None:
    owner, organisation = builders.applicant(now)
    colleague = make_user(username="colleague")
    address = reverse("applications:members", args=[organisation.pk])
    assert client_of(colleague).get(address).status_code == 404
    given = {"username": "colleague", "role": "applicant_editor"}
    assert client_of(owner).post(address, given).status_code == 302
    colleague = User.objects.get(pk=colleague.pk)
    assert client_of(colleague).get(address).context["form"] is None
    assert client_of(colleague).post(address, given).status_code == 403
    grant = RoleGrant.objects.get(user=colleague)
    remove = reverse("applications:remove_member", args=[organisation.pk, grant.pk])
    assert client_of(colleague).post(remove).status_code == 403
    assert client_of(owner).get(remove).status_code == 200
    assert client_of(owner).post(remove).status_code == 302
    assert client_of(User.objects.get(pk=colleague.pk)).get(address).status_code == 404


@pytest.mark.parametrize("username", ["nobody", "official"])
def test_officials_and_strangers_are_no_colleagues(now: datetime, username: str) -> None:
    owner, organisation = builders.applicant(now)
    make_user("office_head:park", username="official")
    with pytest.raises(Refused) as refusal:
        services.add_member(
            organisation=organisation, username=username, role="applicant_editor", actor=owner, now=now
        )
    assert refusal.value.code == "user_unknown"


def test_no_other_role_is_given_away(now: datetime) -> None:
    owner, organisation = builders.applicant(now)
    make_user(username="colleague")
    with pytest.raises(Refused) as refusal:
        services.add_member(
            organisation=organisation, username="colleague", role="office_head", actor=owner, now=now
        )
    assert refusal.value.code == "choice_unknown"


def test_somebody_stays_responsible(now: datetime) -> None:
    owner, organisation = builders.applicant(now)
    grant = RoleGrant.objects.get(user=owner)
    with pytest.raises(Refused) as refusal:
        services.remove_member(organisation=organisation, grant=grant, actor=owner, now=now)
    assert refusal.value.code == "last_owner"
    stranger, _ = builders.applicant(now)
    with pytest.raises(PermissionDenied):
        services.remove_member(organisation=organisation, grant=grant, actor=stranger, now=now)


def test_a_grant_elsewhere_is_out_of_reach(now: datetime, client_of: Login) -> None:
    owner, organisation = builders.applicant(now)
    stranger, _ = builders.applicant(now)
    grant = RoleGrant.objects.get(user=stranger)
    address = reverse("applications:remove_member", args=[organisation.pk, grant.pk])
    assert client_of(owner).post(address).status_code == 404


@pytest.mark.parametrize("role", ["applicant_owner", "applicant_editor"])
def test_who_writes_the_file_has_its_duty_and_its_dates_on_the_first_page(
    now: datetime, client_of: Login, role: str
) -> None:
    _, application = builders.draft(builders.running_cycle(now), now)
    writer = make_user(f"{role}:{application.organisation_id}")
    page = client_of(writer).get(reverse("applications:home"))
    (duty,) = page.context["duties"]
    assert (duty.kind, duty.subject_id) == (APPLY_DUTY, str(application.pk))
    assert page.content.decode().count("2026年9月2日 09:00:00（北京时间）") >= 3

"""Figures, history, invitations by mail, handing over, and the code that the office has to compare."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import RoleGrant, User
from applications import services
from applications.models import Invitation, YearFigures
from applications.services import invitations, years
from audit.models import Entry
from ground.errors import Refused
from notifications.services import sweep_outbox
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
NEWCOMER = {"username": "newcomer", "name": "新同事", "phone": "", "password": "quality portal 26"}


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def link_in_mail(now: datetime, address: str) -> str:
    sweep_outbox(now)
    letter = next(letter for letter in mail.outbox if letter.to == [address])
    return "/invitations/" + letter.body.split("/invitations/")[1].split()[0]


# ---- three years of figures ----
def test_three_years_are_entered_read_and_remembered(now: datetime, client_of: Login) -> None:
    owner, organisation = builders.applicant(now)
    address = reverse("applications:year_figures", args=[organisation.pk])
    given = {"revenue_2025": "12,345,678.90", "net_profit_2025": "-3.5", "exports_2025": "０"}
    assert client_of(owner).post(address, given).status_code == 302
    row = YearFigures.objects.get(organisation=organisation, year=2025)
    assert (row.revenue, row.net_profit, row.exports, row.tax) == (
        Decimal("12345678.90"), Decimal("-3.50"), Decimal(0), None,
    )  # fmt: skip
    assert Entry.objects.filter(action="organisation.figures").count() == 1
    client_of(owner).post(address, given)
    assert Entry.objects.filter(action="organisation.figures").count() == 1  # nothing new
    client_of(owner).post(address, given | {"revenue_2025": "13000000"})
    page = client_of(owner).get(reverse("applications:organisation_history", args=[organisation.pk]))
    words = page.content.decode()
    assert "<del>12345678.9</del> → <ins>13000000</ins>" in words
    assert "2025 年度营业收入" in words


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("revenue_2025", "-1"),
        ("tax_2024", "-0.01"),
        ("total_assets_2023", "abc"),
        ("research_2023", "1" * 30),
        ("revenue_2023", "1.234"),
        ("exports_2025", "101"),
    ],
)
def test_figures_that_make_no_sense(now: datetime, client_of: Login, field: str, value: str) -> None:
    owner, organisation = builders.applicant(now)
    address = reverse("applications:year_figures", args=[organisation.pk])
    page = client_of(owner).post(address, {"revenue_2025": "100", field: value})
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert f'value="{value}"' in page.content.decode()
    assert not YearFigures.objects.exists()


def test_bodies_without_profit_give_volume_and_satisfaction(now: datetime, client_of: Login) -> None:
    owner, organisation = builders.applicant(now, kind="institution", industry="Q", category="service")
    address = reverse("applications:year_figures", args=[organisation.pk])
    bad = client_of(owner).post(address, {"satisfaction_2025": "100.01"})
    assert "satisfaction_2025" in bad.context["form"].errors
    given = {"service_volume_2025": "120000", "service_unit": "人次", "satisfaction_2025": "96.5"}
    assert client_of(owner).post(address, given).status_code == 302
    row = YearFigures.objects.get(year=2025)
    assert (row.service_volume, row.service_unit, row.satisfaction) == (120000, "人次", Decimal("96.5"))


def test_who_reads_and_who_writes_figures(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    owner, application = builders.submitted(cycle, now)
    organisation = application.organisation
    address = reverse("applications:year_figures", args=[organisation.pk])
    clerk, stranger = make_user("office_clerk:park"), builders.applicant(now)[0]
    viewer = make_user(f"applicant_viewer:{organisation.pk}")
    assert client_of(clerk).get(address).status_code == 200
    assert client_of(viewer).get(address).status_code == 200
    assert client_of(stranger).get(address).status_code == 404
    for reader in (clerk, viewer):
        assert client_of(reader).post(address, {"revenue_2025": "1"}).status_code == 403
    assert client_of(owner).get(address).status_code == 200


# ---- history ----
def test_the_history_shows_before_and_after(now: datetime, client_of: Login) -> None:
    owner, organisation = builders.applicant(now, employees=320)
    data = builders.organisation_data(name=organisation.name) | {"employees": 350}
    services.update_organisation(organisation=organisation, data=data, actor=owner, now=now)
    address = reverse("applications:organisation_history", args=[organisation.pk])
    client = client_of(owner)
    with CaptureQueriesContext(connection) as taken:
        words = client.get(address).content.decode()
    assert len(taken) <= 15
    assert "<del>320</del> → <ins>350</ins>" in words
    assert "职工人数" in words
    assert client_of(builders.applicant(now)[0]).get(address).status_code == 404


# ---- invitations ----
def test_a_person_without_an_account_is_led_into_the_role(now: datetime, client_of: Login) -> None:
    owner, organisation = builders.applicant(now)
    address = reverse("applications:invite_member", args=[organisation.pk])
    given = {"email": "New@Example.com", "role": "applicant_editor"}
    assert client_of(owner).post(address, given).status_code == 302
    link = link_in_mail(now, "new@example.com")
    visitor = Client()
    assert organisation.name in visitor.get(link).content.decode()
    assert visitor.post(link, NEWCOMER).url == reverse("applications:home")
    made = User.objects.get(username="newcomer")
    assert made.email == "new@example.com"
    assert [(grant.role, grant.scope_key) for grant in made.grants] == [
        ("applicant_editor", str(organisation.pk))
    ]
    assert visitor.get(reverse("applications:organisation", args=[organisation.pk])).status_code == 200
    again = Client().post(link, NEWCOMER | {"username": "second"})
    assert again.status_code == 409
    assert not User.objects.filter(username="second").exists()


def test_somebody_with_an_account_accepts_after_login(now: datetime, client_of: Login) -> None:
    owner, organisation = builders.applicant(now)
    invitation = services_invite(organisation, owner, now)
    colleague = make_user()
    link = invitation.link
    assert client_of(colleague).get(link).status_code == 200
    assert not fresh(colleague).grants
    assert client_of(colleague).post(link).status_code == 302
    assert [grant.role for grant in fresh(colleague).grants] == ["applicant_editor"]


def services_invite(organisation: object, owner: User, now: datetime) -> Invitation:
    return invitations.invite_member(
        organisation=organisation, email="c@example.com", role="applicant_editor", actor=owner, now=now
    )


def test_an_invitation_runs_out_is_revoked_and_replaced(now: datetime, client_of: Login) -> None:
    owner, organisation = builders.applicant(now)
    first = services_invite(organisation, owner, now)
    second = services_invite(organisation, owner, now)
    colleague = make_user()

    def code(invitation: Invitation, when: datetime) -> str:
        with pytest.raises(Refused) as refusal:
            invitations.accept_invitation(invitation=invitation, actor=colleague, now=when)
        return refusal.value.code

    assert code(first, now) == "invitation_revoked"
    assert code(second, now + timedelta(days=7, seconds=1)) == "invitation_expired"
    revoke = reverse("applications:revoke_invitation", args=[second.pk])
    assert client_of(colleague).post(revoke).status_code == 404
    assert client_of(owner).post(revoke).status_code == 302
    assert code(second, now) == "invitation_revoked"
    assert not RoleGrant.objects.filter(user=colleague).exists()


def test_forged_links_and_wrong_people(now: datetime, client_of: Login) -> None:
    owner, organisation = builders.applicant(now)
    invitation = services_invite(organisation, owner, now)
    assert Client().get("/invitations/forged/").status_code == 404
    link = invitation.link
    assert Client().get(link[:-3] + "xx/").status_code == 404
    for role in ("office_head:park", "reviewer", "supervisor"):
        official = make_user(role)
        assert client_of(official).post(link).status_code == 409
    assert Invitation.objects.get().accepted_at is None
    viewer = make_user(f"applicant_editor:{organisation.pk}")
    with pytest.raises(PermissionDenied):
        services_invite(organisation, viewer, now)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "x" * 260 + "@example.com"}, "email"),
        ({"role": "office_head"}, "role"),
        ({"role": ""}, "role"),
    ],
)
def test_invitations_that_go_nowhere(
    now: datetime, client_of: Login, change: dict[str, str], field: str
) -> None:
    owner, organisation = builders.applicant(now)
    address = reverse("applications:invite_member", args=[organisation.pk])
    page = client_of(owner).post(address, {"email": "a@example.com", "role": "applicant_viewer"} | change)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not Invitation.objects.exists()


def test_a_recommender_lets_a_colleague_sign(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    signer, body = builders.recommender_of(cycle)
    address = reverse("applications:colleagues", args=[body.pk])
    assert client_of(make_user("recommender:999")).get(address).status_code == 404
    assert client_of(signer).post(address, {"email": "deputy@example.com"}).status_code == 302
    visitor = Client()
    link = link_in_mail(now, "deputy@example.com")
    assert visitor.post(link, NEWCOMER).url == reverse("applications:recommendations")
    _, application = builders.submitted(cycle, now, recommender=body)
    recommendation = application.recommendations.get()
    done = visitor.post(
        reverse("applications:sign_recommendation", args=[recommendation.pk]),
        {"opinion": "同意推荐", "signatory": "张示例"},
    )
    assert done.status_code == 302
    recommendation.refresh_from_db()
    assert recommendation.signed_by.username == "newcomer"


# ---- handing over ----
def test_ownership_passes_once_with_a_confirmation(now: datetime, client_of: Login) -> None:
    owner, organisation = builders.applicant(now)
    heir = make_user(f"applicant_editor:{organisation.pk}")
    grant = RoleGrant.objects.get(user=heir)
    address = reverse("applications:transfer_ownership", args=[organisation.pk, grant.pk])
    assert client_of(heir).post(address, {"agreed": "on"}).status_code == 403
    assert client_of(owner).post(address, {}).status_code == 422
    assert client_of(owner).post(address, {"agreed": "on"}).status_code == 302
    assert [g.role for g in fresh(heir).grants] == ["applicant_owner"]
    assert [g.role for g in fresh(owner).grants] == ["applicant_editor"]
    assert client_of(fresh(owner)).post(address, {"agreed": "on"}).status_code == 403


# ---- the code ----
def test_the_office_clears_the_flag_with_a_note(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    owner, application = builders.submitted(
        cycle, now, uscc="91350211M0000XUF46", uscc_confirmed=True, licence=builders.pdf("licence")
    )
    organisation = application.organisation
    address = reverse("applications:verify_code", args=[organisation.pk])
    clerk = make_user("office_clerk:park")
    assert client_of(owner).post(address, {"note": "一致"}).status_code == 403
    assert client_of(builders.applicant(now)[0]).get(address).status_code == 404
    file = reverse("applications:licence", args=[organisation.pk])
    for user in (owner, clerk, make_user("office_head:park"), make_user("supervisor")):
        assert client_of(user).get(file).status_code == 200
    sees = ("committee:park", "authority:park", f"recommender:{application.recommender_id}")
    page = reverse("applications:organisation", args=[organisation.pk])
    for user in map(make_user, sees):
        shown = client_of(user).get(page)
        assert (shown.status_code, file in shown.content.decode()) == (200, False)
        assert client_of(user).get(file).status_code == 404
    assert file in client_of(clerk).get(page).content.decode()
    for user in (builders.applicant(now)[0], make_user("reviewer"), make_user("office_clerk:city")):
        assert client_of(user).get(file).status_code == 404
    assert client_of(clerk).post(address, {"note": " "}).status_code == 422
    assert client_of(clerk).post(address, {"note": "与营业执照一致"}).status_code == 302
    organisation.refresh_from_db()
    assert organisation.uscc_unverified is False
    with pytest.raises(Refused) as refusal:
        years.verify_code(organisation=organisation, note="x", actor=clerk, now=now)
    assert refusal.value.code == "wrong_state"

"""A recommending body delegates one file or its desk: the deputy sees that alone, signs as one, until the day or the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application, Invitation, Recommender
from applications.queries import applications_visible_to, recommendations_visible_to
from applications.queries.people import own_recommenders
from applications.queries.visibility import desk_of_recommender
from applications.services.delegating import delegate_desk, end_delegation, sweep_delegations
from applications.services.invitations import accept_invitation
from audit.models import Entry
from ground import clock
from ground.errors import Refused
from notifications.models import InboxItem
from tests.applications import builders
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


class Desk:
    """A body with one of its people, two files that wait for its word, and somebody to act for it."""

    def __init__(self, now: datetime) -> None:
        self.now, self.cycle = now, builders.running_cycle(now)
        self.member, self.body = builders.recommender_of(self.cycle)
        self.first, self.second = self.file(), self.file()
        self.deputy = make_user(name="孙受托")

    def file(self) -> Application:
        return builders.submitted(self.cycle, self.now, recommender=self.body)[1]

    def delegate(self, application: Application | None, days: int = 10) -> Invitation:
        offer = delegate_desk(
            recommender=self.body, application=application, email="deputy@example.com",
            until=(self.now + timedelta(days=days)).date(), actor=self.member, now=self.now,
        )  # fmt: skip
        accept_invitation(invitation=offer, actor=self.again, now=self.now)
        return Invitation.objects.get(pk=offer.pk)

    @property
    def again(self) -> User:
        """The deputy with the roles of this moment."""
        return User.objects.get(pk=self.deputy.pk)

    def sees(self, now: datetime | None = None) -> set[int]:
        who = (self.again, now or self.now)
        seen = set(applications_visible_to(*who).values_list("pk", flat=True))
        asked = set(recommendations_visible_to(*who).values_list("application_id", flat=True))
        assert asked == seen
        return seen


@kept
def desk(now: datetime) -> Desk:
    return Desk(now)


def sign(application: Application, user: User, now: datetime) -> None:
    builders.sign(application, user, now)


def test_one_file_is_seen_and_signed_and_no_other(desk: Desk, client_of: Login) -> None:
    assert desk.sees() == set()
    desk.delegate(desk.first)
    assert desk.sees() == {desk.first.pk}
    assert not own_recommenders(desk.again).exists()
    client = client_of(desk.again)
    listed = client.get(reverse("applications:recommendations")).content.decode()
    assert desk.first.organisation.name in listed
    assert desk.second.organisation.name not in listed
    asked = desk.first.recommendations.get()
    assert "受委托" in client.get(reverse("applications:recommendation", args=[asked.pk])).content.decode()
    other = desk.second.recommendations.get()
    for name in ("recommendation", "sign_recommendation", "decline_recommendation"):
        assert client.get(reverse(f"applications:{name}", args=[other.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        sign(desk.second, desk.again, desk.now)
    sign(desk.first, desk.again, desk.now)
    office = client_of(make_user("office_clerk:park")).get(desk.first.get_absolute_url()).content.decode()
    assert "张示例（受委托）" in office
    own = client_of(desk.first.created_by).get(desk.first.get_absolute_url()).content.decode()
    assert "张示例（受委托）" in own
    entry = Entry.objects.get(action="recommendation.sign")
    assert entry.content["details"]["signatory"] == "张示例（受委托）"
    assert "delegation" in entry.content["details"]


def test_the_whole_desk_is_what_comes_later_too(desk: Desk) -> None:
    desk.delegate(None)
    later = desk.file()
    assert desk.sees() == {desk.first.pk, desk.second.pk, later.pk}
    assert InboxItem.objects.filter(user=desk.deputy, kind="recommendation.asked").count() == 1
    foreign = builders.submitted(desk.cycle, desk.now)[1]
    assert foreign.pk not in desk.sees()
    with pytest.raises(PermissionDenied):
        sign(foreign, desk.again, desk.now)
    sign(later, desk.again, desk.now)


def test_a_member_of_the_body_signs_in_its_own_name(desk: Desk) -> None:
    sign(desk.first, desk.member, desk.now)
    assert desk.first.recommendations.get().signer == "张示例"


def test_it_ends_when_the_body_says_so(desk: Desk, client_of: Login) -> None:
    one, whole = desk.delegate(desk.first), desk.delegate(None)
    client = client_of(desk.member)
    assert client.post(reverse("applications:end_delegation", args=[whole.pk])).status_code == 302
    assert desk.sees() == {desk.first.pk}
    end_delegation(delegation=one, actor=desk.member, now=desk.now)
    end_delegation(delegation=one, actor=desk.member, now=desk.now)
    assert desk.sees() == set()
    assert not desk.again.grants
    assert Entry.objects.filter(action="delegation.end").count() == 2
    assert client_of(desk.again).get(reverse("applications:recommendations")).status_code == 403


def test_it_ends_with_its_last_day(desk: Desk) -> None:
    desk.delegate(desk.first, days=1)
    last = (desk.now + timedelta(days=1)).replace(hour=23, minute=59)
    after = last + timedelta(minutes=1)
    assert sweep_delegations(now=last) == 0
    with pytest.raises(PermissionDenied):
        sign(desk.first, desk.again, after)  # before any sweep
    assert [sweep_delegations(now=after) for _ in range(2)] == [1, 0]
    assert desk.sees() == set()
    assert Entry.objects.filter(action="delegation.expire").count() == 1


def test_nothing_is_read_after_the_last_day_though_no_sweep_has_run(desk: Desk, client_of: Login) -> None:
    desk.delegate(desk.first, days=1)
    desk.delegate(None, days=1)
    last = (desk.now + timedelta(days=1)).replace(hour=23, minute=59, second=59)
    asked = reverse("applications:recommendation", args=[desk.first.recommendations.get().pk])
    client = client_of(desk.again)
    after = last + timedelta(seconds=1)
    assert desk.sees(last) == {desk.first.pk, desk.second.pk}
    assert desk.sees(after) == set()
    assert desk.deputy in desk_of_recommender(desk.body.pk, last)
    assert desk.deputy not in desk_of_recommender(desk.body.pk, after)
    with clock.frozen(last):
        assert client.get(asked).status_code == 200
    with clock.frozen(after):
        for address in (asked, desk.first.get_absolute_url()):
            assert client.get(address).status_code == 404
        assert not client.get(reverse("applications:recommendations")).context["page"].object_list


def test_the_offer_says_what_and_until_when_and_is_taken_back(desk: Desk, client_of: Login) -> None:
    client, until = client_of(desk.member), (desk.now + timedelta(days=5)).date()
    address = reverse("applications:delegations", args=[desk.body.pk])
    given = {"email": "deputy@example.com", "application": desk.first.pk, "until": until.isoformat()}
    assert client.post(address, given).status_code == 302
    offer = Invitation.objects.get()
    page = Client().get(offer.link).content.decode()
    assert f"对{desk.first.organisation.name}的推荐（委托至 2026年8月8日）" in page
    assert client.post(reverse("applications:end_delegation", args=[offer.pk])).status_code == 409
    assert client.post(reverse("applications:revoke_invitation", args=[offer.pk])).url == address
    with pytest.raises(Refused) as refused:
        accept_invitation(invitation=offer, actor=desk.deputy, now=desk.now)
    assert refused.value.code == "invitation_revoked"


def test_no_offer_is_taken_up_after_its_day(desk: Desk) -> None:
    offer = delegate_desk(
        recommender=desk.body, application=None, email="deputy@example.com", until=desk.now.date(),
        actor=desk.member, now=desk.now,
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        accept_invitation(invitation=offer, actor=desk.deputy, now=desk.now + timedelta(days=1))
    assert refused.value.code == "invitation_expired"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"until": ""}, "until"),
        ({"until": "2026-08-02"}, "until"),
        ({"until": "2027-08-05"}, "until"),
        ({"application": "999999"}, "application"),
    ],
)
def test_delegations_that_go_nowhere(
    desk: Desk, client_of: Login, change: dict[str, str], field: str
) -> None:
    address = reverse("applications:delegations", args=[desk.body.pk])
    given = {"email": "deputy@example.com", "application": "", "until": "2026-08-10"} | change
    page = client_of(desk.member).post(address, given)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not Invitation.objects.exists()


def test_only_the_body_delegates_and_no_deputy_delegates_on(desk: Desk, client_of: Login) -> None:
    whole = desk.delegate(None)
    address = reverse("applications:delegations", args=[desk.body.pk])
    stranger = builders.recommender_of(desk.cycle)[0]
    for user in (desk.again, stranger, make_user("office_head:park")):
        assert client_of(user).get(address).status_code == 404
        ended = client_of(user).post(reverse("applications:end_delegation", args=[whole.pk]))
        assert ended.status_code == 404
        with pytest.raises(PermissionDenied):
            delegate_desk(
                recommender=Recommender.objects.get(pk=desk.body.pk), application=None,
                email="x@example.com", until=desk.now.date(), actor=user, now=desk.now,
            )  # fmt: skip
    with pytest.raises(Refused) as refused:
        services_signed_file(desk)
    assert refused.value.code == "choice_unknown"


def services_signed_file(desk: Desk) -> None:
    """What is answered already can't be delegated by itself."""
    sign(desk.first, desk.member, desk.now)
    with clock.frozen(desk.now):
        desk.delegate(desk.first)


def test_a_file_that_goes_to_another_body_is_seen_no_more(desk: Desk) -> None:
    desk.delegate(desk.first)
    services.decline_recommendation(
        recommendation=desk.first.recommendations.get(), reason="不在辖区", signatory="张", actor=desk.member,
        now=desk.now,
    )  # fmt: skip
    owner = desk.first.created_by
    application = Application.objects.get(pk=desk.first.pk)
    services.choose_recommender(
        application=application, recommender=builders.recommender_of(desk.cycle)[1], actor=owner, now=desk.now
    )
    services.submit_application(application=application, actor=owner, now=desk.now)
    assert set(applications_visible_to(desk.again, desk.now)) == set()

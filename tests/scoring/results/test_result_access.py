"""Who sees the pages from the shortlist to the approval, and who may do what on them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from scoring.models import Approval, Attendance, Meeting, Resolution, Shortlist, Vote
from tests.factories import make_user
from tests.scoring.results.builders import Year, make_year, owner_of, url

Login = Callable[[User], Client]
PAGES = ("shortlist", "ranking", "meeting", "approval", "nominate_next")
GRANTS = (
    "office_clerk:park",
    "office_head:park",
    "committee:park",
    "authority:park",
    "finance:park",
    "supervisor",
    "administrator",
    "reviewer",
    "office_head:city",
    "committee:city",
    "authority:city",
)
SEEN = {
    "shortlist": {"office_clerk:park": 200, "office_head:park": 200, "supervisor": 200},
    "ranking": dict.fromkeys(
        ("office_clerk:park", "office_head:park", "committee:park", "authority:park", "supervisor"), 200
    ),
    "meeting": dict.fromkeys(
        ("office_clerk:park", "office_head:park", "committee:park", "authority:park", "supervisor"), 200
    ),
    "approval": dict.fromkeys(
        ("office_clerk:park", "office_head:park", "committee:park", "authority:park", "supervisor"), 200
    ),
    "nominate_next": {"office_head:park": 200},
}
# In sight of the cycle's results, but not of this page.
DENIED = {
    "shortlist": {"committee:park", "authority:park"},
    "nominate_next": {"office_clerk:park", "committee:park", "authority:park", "supervisor"},
}


ACTS = (
    ("start_site_review", (), {"office_head:park": 409}),
    ("freeze_ranking", (), {"office_head:park": 409}),
    ("close_meeting", (), {"office_head:park": 409}),
    ("record_attendance", ("member",), {"office_head:park": 302, "office_clerk:park": 302}),
    ("cast_vote", ("file",), {"committee:park": 422}),
    ("record_resolution", ("file",), {"office_head:park": 422}),
    ("shortlist", (), {"office_head:park": 422}),
    ("meeting", (), {"office_head:park": 422, "office_clerk:park": 422}),
    ("approval", (), {"authority:park": 422}),
    ("nominate_next", (), {"office_head:park": 422}),
)
EMPTY = {"csrfmiddlewaretoken": "what every form sends"}
READERS = {"office_clerk:park", "office_head:park", "committee:park", "authority:park", "supervisor"}


@pytest.mark.parametrize("view", PAGES)
def test_every_page_for_every_role(ranked: Year, client_of: Login, view: str) -> None:
    found = {grant: client_of(make_user(grant)).get(url(view, ranked)).status_code for grant in GRANTS}
    assert found == {
        grant: SEEN[view].get(grant) or (403 if grant in DENIED.get(view, ()) else 404) for grant in GRANTS
    }


@pytest.mark.parametrize("view", PAGES)
def test_visitors_log_in_first(ranked: Year, client: Client, view: str) -> None:
    answer = client.get(url(view, ranked))
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={url(view, ranked)}")


@pytest.mark.parametrize("view", PAGES)
def test_applicants_see_nothing_of_it_not_even_of_their_own(
    ranked: Year, client_of: Login, view: str
) -> None:
    for role in ("applicant_owner", "applicant_editor", "applicant_viewer"):
        client = client_of(owner_of(ranked.files["苏州甲精密"], role))
        assert client.get(url(view, ranked)).status_code == 404


@pytest.mark.parametrize("grant", ["committee:park", "authority:park"])
@pytest.mark.parametrize("state", ["material", "site"])
def test_committee_and_authority_come_in_once_ranked(
    year: Year, client_of: Login, grant: str, state: str
) -> None:
    year.enter("苏州甲精密", 700)
    year.set_state(state)
    client = client_of(make_user(grant))
    assert {client.get(url(page, year)).status_code for page in PAGES} == {404}


@pytest.mark.parametrize(
    ("view", "grants"),
    [
        ("committee", {"committee:park", "committee:city"}),
        ("authority", {"authority:park", "authority:city"}),
    ],
)
def test_first_pages(ranked: Year, client_of: Login, view: str, grants: set[str]) -> None:
    for grant in GRANTS:
        answer = client_of(make_user(grant)).get(reverse(f"scoring:{view}"))
        assert answer.status_code == (200 if grant in grants else 403)
        if grant in grants:
            shown = str(ranked.cycle) in answer.content.decode()
            assert shown is grant.endswith("park")


@pytest.mark.parametrize(("name", "args", "allowed"), ACTS)
def test_every_act_for_every_role(
    ranked: Year, called: Meeting, client_of: Login, name: str, args: tuple[str, ...], allowed: dict[str, int]
) -> None:
    """An empty POST: the form again for who may, 403 for who may read only, 404 for whom it is out of sight."""
    keys = {"member": ranked.first.pk, "file": ranked.files["苏州甲精密"].pk}
    address = url(name, ranked, *(keys[arg] for arg in args))
    for grant in GRANTS:
        status = client_of(make_user(grant)).post(address, EMPTY).status_code
        expected = allowed.get(grant) or (403 if grant in READERS else 404)
        assert status == expected, grant
    assert not Vote.objects.exists()
    assert not Resolution.objects.exists()
    assert not Approval.objects.exists()
    assert not Shortlist.objects.exists()


@pytest.mark.parametrize("name", ["start_site_review", "freeze_ranking", "close_meeting"])
def test_consequences_follow_from_posts_only(
    ranked: Year, called: Meeting, client_of: Login, name: str
) -> None:
    assert client_of(ranked.head).get(url(name, ranked)).status_code == 405


def test_a_vote_page_of_another_scheme_or_cycle_is_not_there(
    ranked: Year, called: Meeting, client_of: Login
) -> None:
    other = make_year(ranked.now, scheme="city")
    other.enter("外", 700)
    other.freeze()
    other.call()
    client = client_of(ranked.first)
    foreign = other.files["外"].pk
    assert client.get(url("cast_vote", ranked, foreign)).status_code == 404
    assert client.get(url("cast_vote", other, foreign)).status_code == 404
    assert client_of(ranked.head).get(url("record_resolution", ranked, foreign)).status_code == 404
    outsider = other.first
    answer = client_of(ranked.head).post(url("record_attendance", ranked, outsider.pk), {"present": "yes"})
    assert answer.status_code == 404
    assert not Attendance.objects.filter(meeting=called, member=outsider).exists()

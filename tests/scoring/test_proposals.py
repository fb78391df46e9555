"""Automatic panels on the office's pages: asked for, looked at, changed, taken out and in as a table, confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from ground.errors import Refused
from scoring import services
from scoring.models import Panel, PanelProposal, Recusal
from scoring.rules.replacement import UNDER_INQUIRY
from scoring.services import Seat
from scoring.views import proposals as pages
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, make_house
from tests.scoring.complaining import filed
from tests.scoring.office import Login, page

MOST = 15


@kept
def staffed(house: House) -> House:
    """Two applicants, seven reviewers, two of them experts."""
    for place in range(7):
        house.reviewer(kind="expert" if place < 2 else "reviewer")
    return house


def ask(client: Client, house: House, **changes: Any) -> PanelProposal:
    answer = client.post(
        page("ask_proposal", house.cycle.pk), {"kind": "material", "size": 3, "most": 1} | changes
    )
    assert answer.status_code == 302, answer.content.decode()
    return PanelProposal.objects.latest("pk")


def made(house: House, now: datetime, **changes: Any) -> PanelProposal:
    given = {"cycle": house.cycle, "kind": "material", "size": 3, "most": 1, "actor": house.clerk, "now": now}
    proposal = services.ask_proposal(**given | changes)
    services.compute_proposal(proposal=proposal, actor=house.clerk, now=now)
    return proposal


def table(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("plan.csv", text.encode("utf-8-sig"), content_type="text/csv")


def test_from_asking_to_panels(staffed: House, client_of: Login) -> None:
    client = client_of(staffed.clerk)
    proposal = ask(client, staffed)
    assert (proposal.stage, len(proposal.teams)) == ("ready", 2)
    shown = client.get(proposal.get_absolute_url())
    text = shown.content.decode()
    assert "确认并组建 2 个评审组" in text
    assert "熟悉本组 1 家中 1 家的行业（C）" in text
    assert Panel.objects.count() == 0
    assert client.get(page("confirm_proposal", proposal.pk)).status_code == 200
    answer = client.post(page("confirm_proposal", proposal.pk), {"revision": proposal.revision})
    assert answer.status_code == 302
    panels = list(Panel.objects.order_by("name"))
    assert [(panel.name, panel.members.count(), panel.applications.count(), panel.state) for panel in panels] == [
        ("第一组", 3, 1, "forming"), ("第二组", 3, 1, "forming"),
    ]  # fmt: skip
    assert all(panel.members.filter(lead=True).count() == 1 for panel in panels)
    assert "已按这份方案组建评审组" in client.get(proposal.get_absolute_url()).content.decode()
    actions = Entry.objects.filter(action__in=("proposal.ask", "proposal.confirm", "panel.form"))
    assert sorted(actions.values_list("action", flat=True)) == [
        "panel.form",
        "panel.form",
        "proposal.ask",
        "proposal.confirm",
    ]
    assert client.post(page("confirm_proposal", proposal.pk), {"revision": 0}).status_code == 422


def test_a_proposed_member_with_an_open_complaint_is_marked(staffed: House, client_of: Login) -> None:
    client = client_of(staffed.clerk)
    bench = [staffed.pool[2], staffed.pool[0], staffed.pool[3]]
    seats = [Seat(one, lead=one == bench[0], industry_expert=one == bench[1]) for one in bench]
    staffed.form(seats, [staffed.applicant()])
    proposal = ask(client, staffed)
    assert UNDER_INQUIRY not in client.get(proposal.get_absolute_url()).content.decode()
    people = {seat["person"] for team in proposal.teams for seat in team["seats"]}
    seated = next(one for one in bench if one.pk in people)
    filed(staffed, reviewer=seated)
    shown = client.get(proposal.get_absolute_url()).context["shown"]
    told = {seat.person.id for team in shown.rows for seat in team.seats if UNDER_INQUIRY in seat.reasons}
    assert told == {seated.pk}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": 2}, "size_off_scale"),
        ({"size": 16}, "size_off_scale"),
        ({"most": 0}, "most_off_scale"),
        ({"kind": "x"}, "kind_unknown"),
    ],
)
def test_what_is_off_the_scale_is_refused(
    staffed: House, now: datetime, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        made(staffed, now, **changes)
    assert refusal.value.codes == (code,)


def test_a_bad_number_keeps_what_was_typed(staffed: House, client_of: Login) -> None:
    answer = client_of(staffed.clerk).post(
        page("ask_proposal", staffed.cycle.pk), {"kind": "material", "size": "2", "most": "77"}
    )
    assert answer.status_code == 422
    assert 'value="77"' in answer.content.decode()
    assert not PanelProposal.objects.exists()


def test_the_wrong_stage_is_refused(now: datetime, db: None) -> None:
    with pytest.raises(Refused) as refusal:
        made(make_house(now, state="open"), now)
    assert refusal.value.codes == ("wrong_stage",)


def test_asking_anew_drops_the_open_one(staffed: House, now: datetime) -> None:
    first = made(staffed, now)
    made(staffed, now)
    first.refresh_from_db()
    assert first.stage == "dropped"
    with pytest.raises(Refused) as refusal:
        services.confirm_proposal(proposal=first, revision=0, actor=staffed.clerk, now=now)
    assert refusal.value.codes == ("not_ready",)


def test_a_large_one_is_left_to_the_worker(
    staffed: House, client_of: Login, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "AT_ONCE", 1)
    client = client_of(staffed.clerk)
    proposal = ask(client, staffed)
    assert proposal.stage == "waiting"
    assert "排队中" in client.get(proposal.get_absolute_url()).content.decode()
    PanelProposal.objects.filter(pk=proposal.pk).update(
        stage="working", claimed_at=now, done=3, total=9, step="安排评审员"
    )
    assert "安排评审员（3 / 9）" in client.get(proposal.get_absolute_url()).content.decode()
    assert services.sweep_proposals(now=now + timedelta(minutes=4)) == 0
    assert services.sweep_proposals(now=now + timedelta(minutes=6)) == 1
    assert services.sweep_proposals(now=now + timedelta(minutes=7)) == 0
    proposal.refresh_from_db()
    assert (proposal.stage, len(proposal.teams)) == ("ready", 2)


def test_a_fault_of_ours_is_said_and_can_be_asked_again(
    staffed: House, client_of: Login, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scoring.services.proposals.propose", lambda *_, **__: 1 / 0)
    proposal = made(staffed, now)
    assert proposal.stage == "failed"
    assert "重新提出" in client_of(staffed.clerk).get(proposal.get_absolute_url()).content.decode()


def test_a_conflict_that_came_up_since_holds_the_confirmation(
    staffed: House, client_of: Login, now: datetime
) -> None:
    proposal = made(staffed, now)
    team = proposal.teams[0]
    Recusal.objects.create(
        reviewer_id=team["seats"][0]["person"], application_id=team["files"][0], kind="family", reason="x",
        source="declared", recorded_at=now,
    )  # fmt: skip
    client = client_of(staffed.clerk)
    assert "须回避" in client.get(proposal.get_absolute_url()).content.decode()
    with pytest.raises(Refused) as refusal:
        services.confirm_proposal(proposal=proposal, revision=0, actor=staffed.clerk, now=now)
    assert refusal.value.codes == ("conflict_of_interest",)
    assert Panel.objects.count() == 0


def test_a_group_changed_by_hand(staffed: House, client_of: Login, now: datetime) -> None:
    proposal = made(staffed, now)
    client = client_of(staffed.clerk)
    address = page("arrange_team", proposal.pk, 1)
    assert client.get(address).status_code == 200
    other = proposal.teams[1]["files"]
    seats = [seat["person"] for seat in proposal.teams[0]["seats"]]
    form = {
        "kind": "material", "name": "甲组", "applications": [*proposal.teams[0]["files"], *other], "seats": seats,
        "lead": seats[0], "experts": [seat["person"] for seat in proposal.teams[0]["seats"] if seat["expert"]],
    }  # fmt: skip
    assert client.post(address, form | {"step": "look"}).status_code == 200
    assert client.post(address, form).status_code == 302
    proposal.refresh_from_db()
    assert [(team["name"], len(team["files"])) for team in proposal.teams] == [("甲组", 2), ("第二组", 0)]
    assert proposal.revision == 1
    assert "第二组：没有申报材料" in client.get(proposal.get_absolute_url()).content.decode()
    assert (
        client.post(page("arrange_team", proposal.pk, 2), {"kind": "material", "name": "第二组"}).status_code
        == 302
    )
    proposal.refresh_from_db()
    assert [team["name"] for team in proposal.teams] == ["甲组"]
    assert client.get(page("arrange_team", proposal.pk, 2)).status_code == 200
    assert client.get(page("arrange_team", proposal.pk, 3)).status_code == 404
    with pytest.raises(Refused) as refusal:
        services.confirm_proposal(proposal=proposal, revision=0, actor=staffed.clerk, now=now)
    assert refusal.value.codes == ("stale_version",)


def test_a_table_is_tried_before_it_changes_anything(staffed: House, client_of: Login, now: datetime) -> None:
    proposal = made(staffed, now)
    client = client_of(staffed.clerk)
    text = client.get(page("export_proposal", proposal.pk)).content.decode("utf-8-sig")
    address = page("import_proposal", proposal.pk)
    assert client.get(address).status_code == 200
    same = client.post(address, {"table": table(text)})
    assert same.context["changes"] == []
    spare = next(one for one in staffed.pool if one.user.username not in text)
    gone = next(
        line for line in text.splitlines() if "第一组,评审员" in line and line.split(",")[4:6] == ["", ""]
    )
    cells = gone.split(",")
    changed = text.replace(gone, f"第一组,评审员,{spare.user.username},{spare.user.name},,,")
    tried = client.post(address, {"table": table(changed)})
    assert set(tried.context["changes"]) == {
        f"{cells[3]}离开第一组。",
        f"{spare.user.name}进入第一组（评审员）。",
    }
    proposal.refresh_from_db()
    assert proposal.revision == 0
    token = tried.context["token"]
    assert client.post(address, {"step": "apply", "token": token}).status_code == 302
    proposal.refresh_from_db()
    assert spare.pk in [seat["person"] for seat in proposal.teams[0]["seats"]]
    assert client.post(address, {"step": "apply", "token": token}).status_code == 422
    assert client.post(address, {"step": "apply", "token": "x"}).status_code == 422


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01", "评审组,类别,编号,名称\n一组,评审员,nobody,某人".encode("gb18030"), b"a,b\n1,2"],
)
def test_a_table_that_cannot_be_read_changes_nothing(
    staffed: House, client_of: Login, now: datetime, content: bytes
) -> None:
    proposal = made(staffed, now)
    upload = SimpleUploadedFile("plan.csv", content, content_type="text/csv")
    assert (
        client_of(staffed.clerk).post(page("import_proposal", proposal.pk), {"table": upload}).status_code
        == 422
    )
    proposal.refresh_from_db()
    assert proposal.revision == 0


def test_dropping_it(staffed: House, client_of: Login, now: datetime) -> None:
    proposal = made(staffed, now)
    client = client_of(staffed.clerk)
    assert client.get(page("drop_proposal", proposal.pk)).status_code == 200
    assert client.post(page("drop_proposal", proposal.pk)).status_code == 302
    assert client.post(page("drop_proposal", proposal.pk)).status_code == 422
    assert "已放弃" in client.get(proposal.get_absolute_url()).content.decode()


def test_who_sees_and_who_changes(staffed: House, client_of: Login, now: datetime) -> None:
    proposal = made(staffed, now)
    city = make_user("office_clerk:city")
    for name in ("proposal", "export_proposal", "confirm_proposal", "drop_proposal", "import_proposal"):
        address = page(name, proposal.pk)
        assert client_of(city).get(address).status_code == 404
        assert client_of(staffed.pool[0].user).get(address).status_code == 404
        reads = name in ("proposal", "export_proposal")
        assert client_of(make_user("supervisor")).get(address).status_code == (200 if reads else 403)


def test_an_official_with_a_conflict_leaves_it_to_colleagues(
    staffed: House, client_of: Login, now: datetime
) -> None:
    proposal = made(staffed, now)
    uscc = staffed.applications[0].organisation.uscc
    both = staffed.official("office_clerk", employer_uscc=uscc).user
    assert client_of(both).get(proposal.get_absolute_url()).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_queries(now: datetime, db: None, client_of: Login, count: int) -> None:
    house = make_house(now)
    for _ in range(count):
        house.applicant()
    for place in range(3 * count):
        house.reviewer(kind="expert" if place % 3 == 0 else "reviewer")
    proposal = made(house, now)
    assert len(proposal.teams) == count
    client = client_of(house.clerk)
    for name, args in (("proposal", ()), ("confirm_proposal", ()), ("arrange_team", (1,))):
        address = page(name, proposal.pk, *args)
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        shown = [query["sql"] for query in caught]
        assert len(shown) <= MOST, "\n".join(shown)
        NUMBERS.setdefault(name, len(shown))
        assert NUMBERS[name] == len(shown), "\n".join(shown)


NUMBERS: dict[str, int] = {}


def test_a_plan_with_an_unregistered_expert_is_confirmed_by_the_head_alone(
    staffed: House, client_of: Login, now: datetime
) -> None:
    proposal = made(staffed, now, most=2)
    (team,) = proposal.teams
    layman = staffed.pool[4].pk
    for seat in team["seats"]:
        seat["expert"] = False
    team["seats"][2] |= {"person": layman, "expert": True}
    PanelProposal.objects.filter(pk=proposal.pk).update(teams=[team])
    clerk, head = client_of(staffed.clerk), client_of(staffed.head)
    address, sent = page("confirm_proposal", proposal.pk), {"revision": proposal.revision}
    assert f'href="{address}"' not in clerk.get(proposal.get_absolute_url()).content.decode()
    assert f'href="{address}"' in head.get(proposal.get_absolute_url()).content.decode()
    assert 'name="override"' not in clerk.get(address).content.decode()
    for client, reason in ((clerk, "没有别人"), (head, "")):
        assert client.post(address, sent | {"override": reason}).status_code == 422
    assert not Panel.objects.exists()
    assert head.post(address, sent | {"override": "没有别人"}).status_code == 302
    assert Panel.objects.get().members.get(industry_expert=True).reviewer_id == layman

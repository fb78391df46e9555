"""A reviewer hands a file back before sealing it; the office lets the best fitting one take over in one step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from accounts.models import User
from applications.models import Application
from audit.queries import entries_of
from ground.errors import Refused
from notifications.queries import duties_for, inbox_visible_to
from scoring import services
from scoring.models import NO_CONFLICT, Consolidation, DeclinedFile, Panel, Reviewer, Sheet, Unavailability
from scoring.queries import sheets_visible_to
from scoring.queries.benches import bench_of
from scoring.queries.declined import candidates_for
from scoring.queries.visibility import assignments_of, files_open_to, panels_visible_to
from scoring.rules.replacement import UNDER_INQUIRY
from tests.factories import make_user
from tests.scoring.builders import House, pledge, seal, settle_all, sheets_of
from tests.scoring.complaining import filed

Login = Callable[[User], Client]


def decline(house: House, reviewer: Reviewer, application: Application | None = None) -> DeclinedFile:
    return services.decline_file(
        reviewer=reviewer,
        application=application or house.applications[0],
        reason="时间冲突",
        actor=reviewer.user,
        now=house.now,
    )


def decliner(house: House, size: int = 3) -> tuple[Panel, Reviewer]:
    panel = house.panel(size)
    return panel, house.pool[-1]


def page(declined: DeclinedFile) -> str:
    return reverse("scoring:replace_reviewer", args=[declined.pk])


# ---------------------------------------------------------------- handing back


def test_the_file_is_out_of_sight_and_the_office_is_asked(house: House, client_of: Login) -> None:
    panel, reviewer = decliner(house)
    first, second = house.applications
    client = client_of(reviewer.user)
    address = reverse("scoring:decline_file", args=[first.pk])
    assert address in client.get(reverse("scoring:desk")).content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "出差"}).status_code == 302
    sheet = Sheet.objects.get(reviewer=reviewer, application=first)
    assert sheet.state == "void"
    assert "已推辞" in client_of(house.clerk).get(panel.get_absolute_url()).content.decode()
    assert not sheets_visible_to(reviewer.user).filter(pk=sheet.pk).exists()
    assert [list(rows) for rows in (files_open_to(reviewer.user), assignments_of(reviewer.user))] == [
        [second]
    ] * 2
    gone = (
        address,
        reverse("scoring:sheet", args=[sheet.pk]),
        reverse("scoring:declare", args=[first.pk]),
        reverse("scoring:file", args=[first.pk, first.report_id]),
    )
    assert [client.get(one).status_code for one in gone] == [404] * 4
    for name in ("scoring:desk", "scoring:recusal"):
        assert first.organisation.name not in client.get(reverse(name)).content.decode()
    mine = client.get(panel.get_absolute_url()).content.decode()
    assert second.organisation.name in mine
    assert first.organisation.name not in mine
    duty = duties_for(house.clerk).get(kind="scoring.replace")
    assert duty.link == page(DeclinedFile.objects.get())
    assert inbox_visible_to(house.head).filter(subject__startswith="评审员推辞").count() == 1
    assert not duties_for(reviewer.user).filter(title__contains=first.organisation.name).exists()
    assert "出差" in client_of(house.clerk).get(duty.link).content.decode()
    assert "等待安排接替" in client_of(house.clerk).get(panel.get_absolute_url()).content.decode()


def test_a_panel_of_nothing_else_is_out_of_sight(house: House) -> None:
    panel, reviewer = decliner(house)
    for application in house.applications:
        decline(house, reviewer, application)
    assert not panels_visible_to(reviewer.user).filter(pk=panel.pk).exists()
    assert panels_visible_to(house.pool[0].user).filter(pk=panel.pk).exists()


def test_what_is_sealed_is_not_handed_back(house: House, now: datetime) -> None:
    panel, reviewer = decliner(house)
    seal(sheets_of(panel, house.applications[0])[2], 50, now)
    with pytest.raises(Refused) as refused:
        decline(house, reviewer)
    assert refused.value.code == "nothing_to_decline"


def test_the_lead_hands_over_first(house: House) -> None:
    house.panel()
    with pytest.raises(Refused) as refused:
        decline(house, house.pool[0])
    assert refused.value.code == "lead_declines"
    assert not DeclinedFile.objects.exists()


def test_nobody_declines_for_another_or_what_is_not_theirs(house: House, client_of: Login) -> None:
    _, reviewer = decliner(house)
    with pytest.raises(PermissionDenied):
        services.decline_file(
            reviewer=reviewer, application=house.applications[0], reason="x", actor=house.clerk, now=house.now
        )
    stranger = client_of(house.reviewer().user)
    assert stranger.get(reverse("scoring:decline_file", args=[house.applications[0].pk])).status_code == 404


def test_a_panel_of_enough_goes_on_without_them(house: House, now: datetime) -> None:
    panel, reviewer = decliner(house, 4)
    first = house.applications[0]
    for sheet in sheets_of(panel, first):
        if sheet.reviewer != reviewer:
            seal(sheet, 50, now)
    declined = decline(house, reviewer)
    assert Consolidation.objects.get(application=first).state == "open"
    services.leave_unreplaced(declined=declined, reason="余下三人", actor=house.clerk, now=now)
    assert not duties_for(house.clerk).filter(kind="scoring.replace").exists()
    with pytest.raises(Refused) as refused:
        services.leave_unreplaced(declined=declined, reason="再来", actor=house.clerk, now=now)
    assert refused.value.code == "already_settled"


def test_what_was_being_settled_waits_for_the_successor(house: House, now: datetime) -> None:
    panel, reviewer = decliner(house, 4)
    first = house.applications[0]
    for sheet in sheets_of(panel, first):
        if sheet.reviewer != reviewer:
            seal(sheet, 50, now)
    declined = decline(house, reviewer)
    report = Consolidation.objects.get(application=first)
    settle_all(report, 50, now)
    fresh = house.reviewer(industries="C")
    services.replace_reviewer(declined=declined, reviewer=fresh, actor=house.clerk, now=now)
    assert list(assignments_of(fresh.user)) == [declined.application], (
        "nothing to say about the panel's others"
    )
    report.refresh_from_db()
    assert (report.state, report.items.count()) == ("waiting", 0)
    pledge(fresh, house.cycle, now)
    services.declare_recusal(
        reviewer=fresh, application=first, kind=NO_CONFLICT, reason="", actor=fresh.user, now=now
    )
    seal(Sheet.objects.get(reviewer=fresh), 60, now)
    report.refresh_from_db()
    assert report.state == "open"


def test_too_few_cannot_be_left(house: House, client_of: Login) -> None:
    _, reviewer = decliner(house)
    declined = decline(house, reviewer)
    answer = client_of(house.clerk).post(
        reverse("scoring:leave_unreplaced", args=[declined.pk]), {"reason": "忙"}
    )
    assert answer.status_code == 422
    assert "不足规定人数" in answer.content.decode()


# ---------------------------------------------------------------- taking over


def test_in_one_step_somebody_else_takes_over(house: House, client_of: Login) -> None:
    _panel, reviewer = decliner(house)
    first, _second = house.applications
    fresh = house.reviewer()
    declined = decline(house, reviewer)
    client = client_of(house.clerk)
    assert client.post(page(declined), {"reviewer": fresh.pk}).status_code == 302
    declined.refresh_from_db()
    assert (declined.replacement, declined.settled_at) == (fresh, house.now)
    assert list(Sheet.objects.filter(reviewer=fresh).values_list("application", "state")) == [
        (first.pk, "draft")
    ]
    assert bench_of(Consolidation.objects.get(application=first)).short is False
    assert (
        inbox_visible_to(fresh.user).filter(subject=f"请您接替评审：{first.organisation.name}").count() == 1
    )
    assert not duties_for(house.clerk).filter(kind__in=("scoring.replace", "scoring.mend_panel")).exists()
    assert [one.action for one in entries_of(declined)] == ["file.decline", "file.replace"]
    assert client.post(page(declined), {"reviewer": fresh.pk}).status_code == 422
    assert "接替" in client.get(page(declined)).content.decode()


def test_the_lost_industry_expert_is_replaced_by_one(house: House) -> None:
    panel = house.panel()
    expert = house.pool[1]
    plain, able = house.reviewer(industries="C"), house.reviewer(kind="expert", industries="C")
    declined = decline(house, expert)
    assert [one.reviewer for one in candidates_for(declined, house.clerk, needed=True)] == [able, plain]
    with pytest.raises(Refused) as refused:
        services.replace_reviewer(declined=declined, reviewer=plain, actor=house.clerk, now=house.now)
    assert refused.value.codes == ("not_an_expert",)
    services.replace_reviewer(declined=declined, reviewer=able, actor=house.clerk, now=house.now)
    assert panel.members.get(reviewer=able).industry_expert is True


def test_only_the_head_lets_somebody_unfit_take_over_and_says_why(house: House, client_of: Login) -> None:
    house.panel()
    plain, full = house.reviewer(industries="C"), house.reviewer(load_limit=0)
    declined = decline(house, house.pool[1])
    clerk, head = client_of(house.clerk), client_of(house.head)
    assert full.user.name not in clerk.get(page(declined)).content.decode()
    told = head.get(page(declined)).content.decode()
    assert told.index(plain.user.name) < told.index(full.user.name)
    for client, reason in ((clerk, "没有别人"), (head, "")):
        answer = client.post(page(declined), {"reviewer": plain.pk, "override": reason})
        assert answer.status_code == 422
        assert 'data-code="not_an_expert"' in answer.content.decode()
        assert not Sheet.objects.filter(reviewer=plain).exists()
    assert 'name="override"' in answer.content.decode()
    sent = {"reviewer": full.pk, "override": "没有登记的专家，也没有别人"}
    assert head.post(page(declined), sent).status_code == 302
    assert Sheet.objects.filter(reviewer=full).exists()
    details = entries_of(declined).get(action="file.replace").content["details"]
    assert (details["reason"], len(details["despite"])) == ("没有登记的专家，也没有别人", 2)


@pytest.mark.parametrize("who", ["member", "conflicted", "disqualified", "decliner", "full"])
def test_who_cannot_take_over_is_neither_proposed_nor_seated(house: House, who: str) -> None:
    _, reviewer = decliner(house)
    first = house.applications[0]
    made = {
        "member": house.pool[0],
        "conflicted": house.reviewer(employer_uscc=first.organisation.uscc),
        "disqualified": house.reviewer(),
        "decliner": reviewer,
        "full": house.reviewer(load_limit=0),
    }
    Reviewer.objects.filter(pk=made["disqualified"].pk).update(disqualified_at=house.now)
    declined = decline(house, reviewer)
    one = Reviewer.objects.select_related("user").get(pk=made[who].pk)
    assert one not in [row.reviewer for row in candidates_for(declined, house.clerk, needed=False)]
    with pytest.raises(Refused) as refused:
        services.replace_reviewer(declined=declined, reviewer=one, actor=house.clerk, now=house.now)
    assert (
        refused.value.codes
        == {
            "member": ("reviews_already",),
            "conflicted": ("conflict_of_interest",),
            "disqualified": ("reviewer_disqualified",),
            "decliner": ("declined_before",),
            "full": ("load_exceeded",),
        }[who]
    )


def test_who_sees_and_does_it(house: House, client_of: Login) -> None:
    _, reviewer = decliner(house)
    declined = decline(house, reviewer)
    insider = house.official("office_head", employer_uscc=house.applications[0].organisation.uscc)
    found = {
        name: (client_of(user).get(page(declined)).status_code, client_of(user).post(page(declined)).status_code)
        for name, user in {
            "clerk": house.clerk, "supervisor": make_user("supervisor"), "city": make_user("office_head:city"),
            "insider": insider.user, "decliner": reviewer.user, "member": house.pool[0].user,
        }.items()
    }  # fmt: skip
    assert found == {
        "clerk": (200, 422),
        "supervisor": (200, 403),
        **dict.fromkeys(("city", "insider", "decliner", "member"), (404, 404)),
    }
    for letter in inbox_visible_to(insider.user):
        assert house.applications[0].organisation.name not in f"{letter.subject}{letter.body}"


@pytest.mark.parametrize("sent", ["", "0", "x", "²", "9" * 30])
def test_nonsense_seats_nobody(house: House, client_of: Login, sent: str) -> None:
    _, reviewer = decliner(house)
    declined = decline(house, reviewer)
    assert client_of(house.clerk).post(page(declined), {"reviewer": sent}).status_code == 422


def test_the_page_asks_the_same_number_of_queries(house: House, client_of: Login) -> None:
    _, reviewer = decliner(house)
    declined, client, counts = decline(house, reviewer), client_of(house.clerk), []
    for _ in range(2):
        one = house.reviewer()
        today = localtime(house.now).date()
        Unavailability.objects.create(reviewer=one, since=today, until=today + timedelta(days=2))
        client.get(page(declined))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page(declined)).status_code == 200
        counts.append(len(asked))
        house.reviewer()
    assert counts[0] == counts[1] <= 16


def test_who_has_not_accepted_the_invitation_comes_last(house: House) -> None:
    _, reviewer = decliner(house)
    declined = decline(house, reviewer)
    entry = {
        "kind": "expert",
        "employer": "检测院",
        "employer_uscc": "",
        "industries": "C",
        "qualification": "",
    }
    one = services.invite_reviewer(
        email="x@example.org", name="新人", entry=entry, actor=house.clerk, now=house.now
    )
    house.reviewer()
    last = candidates_for(declined, house.clerk, needed=False)[-1]
    assert (last.entry.reviewer, last.reasons[0].code) == (one, "invited")


def test_a_complaint_is_told_to_who_may_see_it(house: House, client_of: Login) -> None:
    """It bars nobody before it is decided; an office of another scheme does not learn of it."""
    first, second = house.applications
    house.panel(applications=[second])
    accused = house.pool[0]
    house.panel(applications=[first])
    declined = decline(house, house.pool[-1], first)
    case = filed(house, reviewer=accused)

    def proposed(user: User) -> list[Reviewer]:
        return [row.reviewer for row in candidates_for(declined, user, needed=False)]

    def told(user: User) -> list[Reviewer]:
        rows = candidates_for(declined, user, needed=False)
        return [row.reviewer for row in rows if "inquiry" in [one.code for one in row.reasons]]

    stranger = make_user("office_clerk:mayor")
    assert (told(house.clerk), told(stranger)) == ([accused], [])
    assert proposed(house.clerk)[-1] == accused != proposed(stranger)[-1]
    assert UNDER_INQUIRY in client_of(house.clerk).get(page(declined)).content.decode()
    services.dismiss_complaint(case=case, reason="查无实据。", actor=house.head, now=house.now)
    assert told(house.clerk) == []
    assert proposed(house.clerk) == proposed(stranger)

"""组建、修改、启动评审组的页面：规则逐条指出而所选不丢；启动以后补充评审员、另定组长."""

from __future__ import annotations

from datetime import datetime

from django.utils.html import strip_tags

from awards.models import Cycle
from scoring import services
from scoring.models import Panel, PanelMember, Sheet
from scoring.services import Seat
from tests.scoring.builders import House
from tests.scoring.complaining import filed
from tests.scoring.office import Login, page, picks, standing

# ---------------------------------------------------------------- forming and changing


def test_every_broken_rule_with_its_article_and_nothing_picked_is_lost(
    house: House, client_of: Login
) -> None:
    insider = house.reviewer(employer_uscc=house.applications[0].organisation.uscc)
    layman = house.reviewer(industries="")
    data = picks([Seat(insider), Seat(layman, industry_expert=True)], house, name="")
    answer = client_of(house.clerk).post(page("form_panel", house.cycle.pk), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    for words in (
        "请给评审组起一个名称",
        "评审组不少于 3 人，现有 2 人。（第二十四条）",
        "请确定一名组长。（第二十四条）",
        "没有登记为所评行业（C）的行业专家。（第二十四条）",
        f"{insider.user.name}与苏州甲精密制造有限公司有利害关系",
    ):
        assert words in text
    context = answer.context
    assert context["members"] == {insider.pk, layman.pk}
    assert context["experts"] == {layman.pk}
    assert context["applications"] == {row.pk for row in house.applications}
    assert not Panel.objects.exists()


def test_who_leads_or_is_the_expert_is_a_member(house: House, client_of: Login) -> None:
    seats = house.bench()
    data = picks(seats, house, seats=[seats[2].reviewer.pk])
    answer = client_of(house.clerk).post(page("form_panel", house.cycle.pk), data)
    panel = Panel.objects.get()
    assert answer.url == page("panel", panel.pk)
    found = {(m.reviewer_id, m.lead, m.industry_expert) for m in panel.members.all()}
    assert found == {(seat.reviewer.pk, seat.lead, seat.industry_expert) for seat in seats}


def test_looking_for_people_saves_nothing_and_keeps_what_was_picked(house: House, client_of: Login) -> None:
    seats = house.bench()
    house.reviewer(name="李一", employer="华东质量研究院")
    data = picks(seats, house) | {"step": "look", "q": "华东"}
    answer = client_of(house.clerk).post(page("form_panel", house.cycle.pk), data)
    assert answer.status_code == 200
    shown = [entry.reviewer.user.name for entry in answer.context["candidates"]]
    assert set(shown[:3]) == {seat.reviewer.user.name for seat in seats}
    assert shown[3:] == ["李一"]
    assert 'value="一组"' in answer.content.decode()
    assert "有内容需要改正" not in answer.content.decode()
    assert not Panel.objects.exists()


def test_conflicts_load_and_other_seats_are_in_sight(house: House, client_of: Login) -> None:
    house.panel(applications=[house.applications[1]])
    insider = house.reviewer(employer_uscc=house.applications[0].organisation.uscc)
    answer = client_of(house.clerk).get(page("form_panel", house.cycle.pk))
    rows = {entry.reviewer.pk: entry for entry in answer.context["candidates"]}
    assert rows[insider.pk].conflicts == (house.applications[0],)
    assert rows[house.pool[0].pk].reviewer.open_sheets == 1
    assert len(rows[house.pool[0].pk].seats) == 1
    assert answer.context["applications"] == {house.applications[0].pk}


def test_whoever_seats_people_is_told_of_open_complaints(
    house: House, client_of: Login, now: datetime
) -> None:
    """When a panel is formed and when a member has to be made up for; once it is decided the mark goes."""
    first, second = house.applications
    accused = house.reviewer(name="被投诉人", kind="expert")
    house.form([Seat(accused, industry_expert=True), *house.bench()], [second])
    case = filed(house, reviewer=accused)
    client, mark = client_of(house.clerk), "被投诉人 有投诉待结论"

    def marked(address: str) -> bool:
        words = " ".join(strip_tags(client.get(address).content.decode()).split())
        assert "被投诉人" in words
        assert (mark in words) == ("有投诉待结论" in words)
        return mark in words

    panel = house.panel(applications=[first])
    house.applicant()  # which waits for a panel
    services.declare_recusal(
        reviewer=house.pool[-1], application=first, kind="family", reason="x",
        actor=house.pool[-1].user, now=now,
    )  # fmt: skip
    places = [page("form_panel", house.cycle.pk), page("seat_substitute", panel.pk)]
    assert [marked(place) for place in places] == [True, True]
    services.dismiss_complaint(case=case, reason="查无实据。", actor=house.head, now=now)
    assert [marked(place) for place in places] == [False, False]


def test_the_same_person_in_both_panels_is_warned_of_not_refused(house: House, client_of: Login) -> None:
    seats = house.bench()
    house.form(seats, [house.applications[0]])
    house.applications[0].state = "shortlisted"
    house.applications[0].save()
    data = picks(seats, house, kind="site", applications=[house.applications[0].pk])
    answer = client_of(house.clerk).post(page("form_panel", house.cycle.pk), data, follow=True)
    assert Panel.objects.filter(kind="site").exists()
    assert "同时在材料评审组和现场评审组" in answer.content.decode()


def test_an_unknown_kind_is_no_page(house: House, client_of: Login) -> None:
    address = page("form_panel", house.cycle.pk)
    assert client_of(house.clerk).get(address, {"kind": "board"}).status_code == 404


def test_a_panel_is_changed_until_it_starts(house: House, client_of: Login) -> None:
    panel = house.form(house.bench())
    client, address = client_of(house.clerk), page("change_panel", panel.pk)
    before = client.get(address).context
    assert before["members"] == {seat.reviewer_id for seat in panel.members.all()}
    assert before["leads"] == {house.pool[0].pk}
    fresh = house.bench(4)
    assert client.post(address, picks(fresh, house, name="新一组")).url == page("panel", panel.pk)
    panel.refresh_from_db()
    assert panel.name == "新一组"
    assert set(panel.members.values_list("reviewer", flat=True)) == {seat.reviewer.pk for seat in fresh}
    services.start_panel(panel=panel, actor=house.clerk, now=house.now)
    answer = client.post(address, picks(house.bench(), house, name="再改"))
    assert answer.status_code == 422
    assert "评审组已经启动" in answer.content.decode()


def test_a_panel_that_loses_everybody_is_refused(house: House, client_of: Login) -> None:
    """All boxes unticked may send nothing at all: that is an answer too, not a look at the page."""
    panel = house.form(house.bench())
    answer = client_of(house.clerk).post(page("change_panel", panel.pk), {})
    assert answer.status_code == 422
    assert {"name", "applications"} & set(answer.context["form"].errors)
    assert panel.members.count() == len(house.bench())


# ---------------------------------------------------------------- starting and mending


def test_the_start_states_its_consequences_and_refuses_with_reasons(
    house: House, client_of: Login, now: datetime
) -> None:
    seats = house.bench()
    panel = house.form(seats)
    client, address = client_of(house.clerk), page("start_panel", panel.pk)
    assert "收到 6 份评分表" in client.get(address).content.decode()
    services.declare_recusal(
        reviewer=seats[2].reviewer,
        application=house.applications[0],
        kind="family",
        reason="x",
        actor=seats[2].reviewer.user,
        now=now,
    )
    answer = client.post(address)
    assert answer.status_code == 422
    assert "有利害关系，须回避" in answer.content.decode()
    assert not Sheet.objects.exists()


def test_a_substitute_for_the_one_who_is_recused(house: House, client_of: Login, now: datetime) -> None:
    panel = house.panel()
    first = house.applications[0]
    client, address = client_of(house.clerk), page("seat_substitute", panel.pk)
    assert "不需要补充评审员" in client.get(address).content.decode()
    member = house.pool[1]
    services.declare_recusal(
        reviewer=member, application=first, kind="family", reason="x", actor=member.user, now=now
    )
    insider = house.reviewer(employer_uscc=first.organisation.uscc)
    fresh = house.reviewer(kind="expert")
    shown = {entry.reviewer.pk: entry.conflicts for entry in client.get(address).context["candidates"]}
    assert shown == {insider.pk: (first,), fresh.pk: ()}
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"reviewer": insider.pk}).status_code == 422
    assert client.post(address, {"reviewer": fresh.pk, "industry_expert": "on"}).status_code == 302
    assert PanelMember.objects.get(reviewer=fresh).industry_expert
    assert [sheet.application for sheet in Sheet.objects.filter(reviewer=fresh)] == [first]


def test_another_member_leads_with_a_reason(house: House, client_of: Login) -> None:
    panel = house.panel()
    client, address = client_of(house.clerk), page("change_lead", panel.pk)
    offered = client.get(address).context["form"].fields["reviewer"].queryset
    assert set(offered) == {house.pool[1], house.pool[2]}
    assert client.post(address, {"reviewer": house.pool[1].pk, "reason": ""}).status_code == 422
    assert client.post(address, {"reviewer": house.pool[1].pk, "reason": "原组长出差"}).status_code == 302
    assert panel.members.get(lead=True).reviewer == house.pool[1]


def test_a_recused_lead_is_the_offices_next_step(house: House, client_of: Login, now: datetime) -> None:
    panel = house.panel(4)
    leader = house.pool[0]
    services.declare_recusal(
        reviewer=leader,
        application=house.applications[0],
        kind="family",
        reason="x",
        actor=leader.user,
        now=now,
    )
    assert standing(client_of(house.clerk), house).href == page("change_lead", panel.pk)


def test_the_site_panel_shows_both_stages(house: House, client_of: Login, now: datetime) -> None:
    Cycle.objects.filter(pk=house.cycle.pk).update(state="site")
    house.cycle.refresh_from_db()
    for application in house.applications:
        application.state = "shortlisted"
        application.save()
    client = client_of(house.clerk)
    assert standing(client, house).label == "组建现场评审组"
    panel = house.panel(kind="site")
    text = client.get(page("panel", panel.pk)).content.decode()
    assert text.count("陈述答辩") >= 2
    assert text.count("现场评审") >= 2
    Cycle.objects.filter(pk=house.cycle.pk).update(state="ranked")
    assert standing(client, house).href == page("ranking", house.cycle.pk)

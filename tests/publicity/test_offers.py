"""A page offers an action only where state and role would let it through, and says why where they would not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from ground import clock
from notifications.queries import duties_for
from publicity import services
from publicity.models import Honour, Incident, Notice, Objection
from tests.publicity.factories import CLOSES, PUBLISHED, House, award, make_list, object_to, owner_of, publish

ClientOf = Callable[[User], Client]
FORM = '<form class="form'


def page(name: str, *args: object) -> str:
    return reverse(f"publicity:{name}", args=args)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def report(honour: Honour) -> Incident:
    return services.report_incident(
        honour=honour,
        event="failed_check",
        confirmed_on=CLOSES.date(),
        description="抽查不合格",
        upload=None,
        actor=owner_of(honour.organisation),
        now=CLOSES,
    )


def test_a_closed_notice_is_neither_changed_nor_published_nor_taken_off(
    park: House, client_of: ClientOf
) -> None:
    award(park)
    notice, head = Notice.objects.get(kind="publicity"), client_of(park.deputy)
    for name, args, why in (
        ("revise_notice", [notice.pk], "“公示期满”的公示不能再改动。"),
        ("record_site", [notice.pk, "authority"], "“公示期满”的公示不能再改动。"),
        ("publish_notice", [notice.pk], "“公示期满”的公示不能再改动。"),
        ("withdraw_notice", [notice.pk], "“公示期满”状态下不能撤下。"),
    ):
        text = text_of(head, page(name, *args))
        assert why in text, name
        assert FORM not in text, name
        assert "发布公示</button>" not in text, name


def test_an_announced_year_offers_nothing_more(park: House, client_of: ClientOf) -> None:
    award(park)
    head = client_of(park.head)
    desk = text_of(head, page("draft", park.cycle.pk))
    for name in ("announce", "announce_vacancy"):
        assert page(name, park.cycle.pk) not in desk
        assert FORM not in text_of(head, page(name, park.cycle.pk))
    assert "/withdraw/" not in desk
    assert "/edit/" not in desk
    timetable = text_of(head, reverse("awards:set_timetable", args=[park.cycle.pk]))
    assert "“已公告”阶段不能再改工作安排。" in timetable
    assert FORM not in timetable
    cancel = text_of(head, reverse("awards:cancel_cycle", args=[park.cycle.pk]))
    assert "“已公告”状态下不能取消年度。" in cancel
    assert FORM not in cancel
    assert "取消本年度</a>" not in text_of(head, reverse("awards:cycle", args=[park.cycle.pk]))


def test_while_a_second_list_runs_the_first_is_not_announced(park: House, client_of: ClientOf) -> None:
    """The service refuses in publicity, so the page offers nothing, though candidates are past their window."""
    publish(park)
    services.sweep_windows(now=CLOSES)
    type(park.cycle).objects.filter(pk=park.cycle.pk).update(state="publicity")
    head = client_of(park.head)
    assert page("announce", park.cycle.pk) not in text_of(head, page("draft", park.cycle.pk))
    assert "公示期满以后才能公告" in text_of(head, page("announce", park.cycle.pk))


def test_who_may_not_take_the_next_step_is_told_whose_it_is(park: House, client_of: ClientOf) -> None:
    notice = publish(park)
    desk = page("draft", park.cycle.pk)
    objection = object_to(notice.entries.all()[2], PUBLISHED)
    assert "/withdraw/" not in text_of(client_of(park.head), desk)  # an objection has to be answered first
    services.accept_objection(objection=objection, actor=park.clerk, now=PUBLISHED)
    assert "核查结论由主任作出。" in text_of(client_of(park.clerk), page("objection", objection.pk))
    services.sweep_windows(now=CLOSES)
    assert "公示期满，由主任办理公告。" in text_of(client_of(park.clerk), desk)
    assert page("announce", park.cycle.pk) in text_of(client_of(park.head), desk)


def test_the_drafter_is_told_that_another_publishes(park: House, client_of: ClientOf) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.head, now=PUBLISHED)
    for address in (page("draft", park.cycle.pk), page("publish_notice", notice.pk)):
        text = text_of(client_of(park.head), address)
        assert "您是这份公示的拟稿人" in text
        assert "发布公示</button>" not in text
    assert "还没有登记" in text_of(client_of(park.deputy), page("draft", park.cycle.pk))


def test_the_head_alone_refuses_what_holds_a_candidate(park: House, client_of: ClientOf) -> None:
    notice = publish(park)
    objection = object_to(notice.entries.all()[0], PUBLISHED)
    refusing = page("refuse_objection", objection.pk)
    assert refusing in text_of(client_of(park.clerk), page("objection", objection.pk))
    services.sweep_windows(now=CLOSES)
    text = text_of(client_of(park.clerk), page("objection", objection.pk))
    assert refusing not in text
    assert "须由主任办理" in text
    assert refusing in text_of(client_of(park.head), page("objection", objection.pk))


def test_taking_up_an_objection_is_the_clerks_and_its_conclusion_the_heads(park: House) -> None:
    objection = object_to(publish(park).entries.all()[0], PUBLISHED)
    kinds = lambda user: {duty.kind for duty in duties_for(user)}  # noqa: E731
    assert "publicity.verify_objection" in kinds(park.clerk)
    assert "publicity.decide_objection" not in kinds(park.head)
    services.accept_objection(objection=objection, actor=park.clerk, now=PUBLISHED)
    assert "publicity.decide_objection" in kinds(park.head)
    assert "publicity.decide_objection" not in kinds(park.clerk)
    services.decide_objection(
        objection=Objection.objects.get(),
        upheld=False,
        conclusion="不属实",
        applicant_reply="经核查，异议不成立。",
        actor=park.head,
        now=PUBLISHED,
    )
    for user in (park.clerk, park.head):
        assert not kinds(user) & {"publicity.verify_objection", "publicity.decide_objection"}


def test_one_case_at_a_time(park: House, client_of: ClientOf, stopped: clock.StoppedClock) -> None:
    honour = award(park)[0]
    stopped.move_to(CLOSES)
    incident = report(honour)
    clerk, opening = client_of(park.clerk), page("open_case", honour.pk)
    data = {"ground": "fraud", "summary": "材料造假"}
    told = clerk.post(f"{opening}?incident={incident.pk}", data, follow=True).content.decode()
    assert "结论由主任报告评定委" in told
    assert "由评定办主任调查核实后报告评定委。" in told
    case = honour.revocation_cases.get()
    for address in (page("certificate", honour.check_code), page("incident", incident.pk)):
        text = text_of(clerk, address)
        assert opening not in text
        assert case.get_absolute_url() in text
    again = text_of(clerk, opening)
    assert "已有在办的撤销案件" in again
    assert FORM not in again
    assert clerk.post(opening, data).status_code == 422
    head = client_of(park.head)
    assert "待评定委审议" not in text_of(head, page("case", case.pk))
    effect = text_of(client_of(park.authority), page("case_step", case.pk, "effect"))
    assert "“调查核实”状态下不能决定撤销。" in effect
    assert FORM not in effect


def test_after_the_title_there_is_nothing_to_report(park: House, client_of: ClientOf) -> None:
    honour = award(park)[0]
    Honour.objects.filter(pk=honour.pk).update(state="expired")
    text = text_of(client_of(owner_of(honour.organisation)), page("report_incident", honour.pk))
    assert "称号已不在有效期内" in text
    assert FORM not in text


@pytest.mark.parametrize("method", ["post", "put"])
def test_the_feed_is_read_only(client: Client, park: House, method: str) -> None:
    assert getattr(client, method)(page("feed")).status_code == 405
    assert client.head(page("feed")).status_code == 200

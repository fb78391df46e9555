"""The visits of a site panel: who plans, who reads; what the applicant is shown, and what it never is."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.timezone import localtime

from ground import clock
from ground.clock import SHANGHAI
from ground.errors import Refused
from notifications.models import InboxItem
from scoring import services
from scoring.models import Panel, VisitLine
from tests.factories import make_user
from tests.scoring.builders import House, declare_all
from tests.scoring.reviewing import Browser, member, read, user
from tests.scoring.visiting import DAY, codes, line, owner, question, sent, visit_plan

QUESTION = "请核实模具寿命台账的秘密问题"


def test_office_and_lead_plan_it_and_members_read_it(site: House, panel: Panel, client_of: Browser) -> None:
    first, second = site.applications
    visit = visit_plan(site, panel, first)
    visit_plan(site, panel, second, actor=user(panel, 0))
    people = [member(panel, place).reviewer for place in (0, 1)]
    for change, code in (
        ({"ends_on": DAY - timedelta(days=1)}, "ends_before_start"),
        ({"place": " "}, "place_missing"),
        ({"members": []}, "nobody_goes"),
        ({"members": [*people, site.reviewer()]}, "not_a_member"),
        ({"members": people[1:]}, "lead_stays_away"),
    ):
        assert code in codes(lambda change=change: visit_plan(site, panel, first, **change)), code
    with pytest.raises(PermissionDenied):
        visit_plan(site, panel, first, actor=user(panel, 1))
    base = f"/scoring/panels/{panel.pk}/visits/"
    for who, listed, plan, shown in (
        (site.clerk, 200, 200, 200),
        (user(panel, 0), 200, 200, 200),
        (user(panel, 1), 200, 403, 200),
        (make_user("supervisor"), 200, 403, 200),
        (make_user("office_head:city"), 404, 404, 404),
        (owner(first), 404, 404, 404),
        (site.reviewer().user, 404, 404, 404),
    ):
        client = client_of(who)
        found = [
            client.get(url).status_code for url in (base, f"{base}{first.pk}/", visit.get_absolute_url())
        ]
        assert found == [listed, plan, shown], who


def test_a_visit_keeps_to_the_days_of_its_stage(site: House, panel: Panel, client_of: Browser) -> None:
    """The first and the last day are days of the stage; without a timetable nothing can be held against a day."""
    milestone = site.cycle.milestones.get(kind="site")
    first, last = (localtime(at).date() for at in (milestone.starts_at, milestone.due_at))
    early, late = first - timedelta(days=1), last + timedelta(days=1)
    plan = lambda starts, ends: visit_plan(  # noqa: E731
        site, panel, site.applications[0], starts_on=starts, ends_on=ends
    )
    for starts, ends, fields in (
        (early, first, {"starts_on"}),
        (last, late, {"ends_on"}),
        (late, late, {"starts_on", "ends_on"}),
    ):
        with pytest.raises(Refused) as refused:
            plan(starts, ends)
        assert {(fault.code, fault.field) for fault in refused.value.faults} == {
            ("outside_stage", field) for field in fields
        }
    assert (plan(first, last).starts_on, plan(last, last).ends_on) == (first, last)
    client, address = client_of(site.clerk), f"/scoring/panels/{panel.pk}/visits/{site.applications[0].pk}/"
    assert "现场评审环节是" in read(client, address)
    milestone.delete()
    assert plan(early, late).ends_on == late
    assert "现场评审环节是" not in read(client, address)


def test_the_plan_is_filled_in_on_a_page(site: House, panel: Panel, client_of: Browser) -> None:
    address = f"/scoring/panels/{panel.pk}/visits/{site.applications[0].pk}/"
    client = client_of(user(panel, 0))
    seats = [member(panel, place).reviewer_id for place in range(3)]
    form = {
        "starts_on": "2026-08-11",
        "ends_on": "2026-08-10",
        "place": "一号门",
        "members": seats,
        "lead": seats[0],
    }
    wrong = client.post(address, form)
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"ends_on"})
    answer = client.post(address, form | {"ends_on": "2026-08-12"})
    assert answer.status_code == 302
    assert "2026年8月11日至2026年8月12日" in read(client, answer.url)


def test_the_applicant_reads_what_was_sent_and_nothing_else(
    site: House, panel: Panel, client_of: Browser
) -> None:
    first = site.applications[0]
    question(site, first, "4.1.2", QUESTION)
    person = owner(first)
    client = client_of(person)
    page = f"/applications/{first.pk}/visit/"
    visit = visit_plan(site, panel, first)
    send = lambda: services.send_visit(visit=visit, actor=site.clerk, now=site.now)  # noqa: E731
    assert codes(send) == {"agenda_empty"}
    added = line(site, visit, "agenda", site.clerk)
    assert codes(send) == {"agenda_incomplete"}
    assert "安排还没有定" in read(client, page)
    services.remove_line(line=added, actor=site.clerk, now=site.now)
    sent(site, visit)
    line(site, visit, "interview", user(panel, 0), subject="访谈秘密", notes="记录秘密")
    shown = read(client, page)
    for word in ("首次会议", "进车间戴安全帽", "星湖街 1 号", "3 人"):
        assert word in shown
    names = [member(panel, place).reviewer.user.name for place in range(3)]
    for word in (QUESTION, "秘密", *names):
        assert word not in shown
    letter = InboxItem.objects.get(user=person, kind="application.visit")
    assert (QUESTION in letter.body, letter.link) == (False, page)
    agenda = VisitLine.objects.get(kind="agenda", removed_at=None)
    services.save_visit(
        visit=visit,
        values={f"line-{agenda.pk}-subject": "改了的会议"},
        revision=visit.revision,
        actor=site.clerk,
        now=site.now,
    )
    assert "改了的会议" not in read(client, page)
    told = read(client_of(site.clerk), visit.get_absolute_url())
    assert "申报组织看到的还是发出的那一份" in told
    assert "重新发给申报组织" in told
    services.send_visit(visit=visit, actor=site.clerk, now=site.now + timedelta(hours=1))
    assert codes(send) == {"plan_unchanged"}
    assert "重新发给申报组织" not in read(client_of(site.clerk), visit.get_absolute_url())
    assert "改了的会议" in read(client, page)
    assert InboxItem.objects.filter(user=person, subject__startswith="现场评审安排调整").count() == 1
    assert client_of(owner(site.applications[1])).get(page).status_code == 404


def test_nobody_is_sent_what_cannot_be_kept_to(site: House, panel: Panel, client_of: Browser) -> None:
    visit = visit_plan(site, panel, site.applications[0])
    agenda = line(site, visit, "agenda", site.clerk, on=DAY, starts=time(9), subject="首次会议")

    def refused(now: datetime = site.now, **fields: object) -> set[str]:
        VisitLine.objects.filter(pk=agenda.pk).update(**fields)
        return codes(lambda: services.send_visit(visit=visit, actor=site.clerk, now=now))

    assert refused(on=DAY + timedelta(days=1)) == {"agenda_off_days"}
    assert refused(on=DAY, ends=time(9)) == {"agenda_ends_early"}
    assert refused(on=DAY - timedelta(days=1), ends=time(8)) == {"agenda_off_days", "agenda_ends_early"}
    last = datetime.combine(DAY, time(23, 59), tzinfo=SHANGHAI)
    assert refused(last + timedelta(minutes=1), on=DAY, ends=time(10)) == {"visit_over"}
    page = client_of(site.clerk)
    assert "发给申报组织" in read(page, visit.get_absolute_url())
    with clock.frozen(last + timedelta(minutes=1)):
        assert "发给申报组织" not in read(page, visit.get_absolute_url())
    visit.refresh_from_db()
    assert visit.sent_at is None
    services.send_visit(visit=visit, actor=site.clerk, now=last)
    assert visit.sent_at == last


def test_who_is_recused_or_has_not_declared_is_out(site: House, client_of: Browser) -> None:
    panel = site.form(site.bench(), kind="site")
    services.start_panel(panel=panel, actor=site.clerk, now=site.now)
    visit = visit_plan(site, panel, site.applications[0])
    client = client_of(user(panel, 2))
    assert client.get(visit.get_absolute_url()).status_code == 404
    declare_all(panel, site.now)
    assert client.get(visit.get_absolute_url()).status_code == 200
    services.declare_recusal(
        reviewer=member(panel, 2).reviewer,
        application=site.applications[0],
        kind="shareholding",
        reason="持股",
        actor=user(panel, 2),
        now=site.now,
    )
    assert client.get(visit.get_absolute_url()).status_code == 404
    with pytest.raises(PermissionDenied):
        services.save_visit(
            visit=visit, values={"opening_text": "我"}, revision=0, actor=user(panel, 2), now=site.now
        )
    sent(site, visit)
    assert visit.sent is not None
    assert visit.sent["people"] == 2
    assert not InboxItem.objects.filter(user=user(panel, 2), link=visit.get_absolute_url()).exists()
    assert site.applications[0].organisation.name not in read(client, f"/scoring/panels/{panel.pk}/visits/")

"""Presentations: the lot is drawn once, recorded, told to whom it concerns; the day is the scores' deadline."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from applications.models import Application, Organisation
from audit.models import AccessLog, Entry
from ground.clock import SHANGHAI
from ground.errors import Refused
from notifications.models import Duty, InboxItem
from rewards import recompute
from scoring import services
from scoring.forms.presentation import SwapForm
from scoring.models import Panel, PresentationSchedule, PresentationSlot
from scoring.rules.lot import draw, draw_digest
from tests.factories import make_user
from tests.scoring.builders import House, declare_all, seal
from tests.scoring.reviewing import MOST, Browser, member, queries, read, sheet_of, user
from tests.scoring.visiting import codes, drawn, make_site, owner, planned, site_panel, slot_of

SEED = "20260810"


def swap(house: House, schedule: PresentationSchedule, one: int, other: int, reason: str = "有事") -> None:
    slots = {slot.position: slot for slot in PresentationSlot.objects.all()}
    services.swap_presentations(
        schedule=schedule,
        first=slots[one],
        second=slots[other],
        reason=reason,
        actor=house.clerk,
        now=house.now,
    )


def printed(client: Client, panel: Panel) -> str:
    """The words of the schedule's PDF, without the breaks of its lines."""
    answer = client.get(f"/scoring/panels/{panel.pk}/schedule/pdf/")
    assert answer.status_code == 200
    pages = PdfReader(BytesIO(answer.content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_the_draw_gives_the_slots_out_and_stays_on_record(site: House) -> None:
    panel = site_panel(site)
    schedule = drawn(site, panel, SEED, spare=1)
    numbers = [application.number for application in site.applications]
    order = [lot.number for lot in draw(SEED, numbers)]
    assert [s.application and s.application.number for s in schedule.slots.all()] == [*order, None]
    assert schedule.digest == draw_digest(SEED, numbers)
    entry = Entry.objects.get(action="presentation.draw")
    for word in (SEED, *numbers, schedule.digest, "高监督"):
        assert word in entry.payload


def test_without_a_seed_the_portal_makes_one(site: House) -> None:
    schedule = drawn(site, site_panel(site), seed="")
    assert (schedule.seed_source, len(schedule.seed)) == ("portal", 32)
    assert [lot.number for lot in draw(schedule.seed, schedule.drawn_list)] == schedule.drawn_order


def test_it_is_drawn_once(site: House) -> None:
    panel = site_panel(site)
    schedule = drawn(site, panel)
    given = {"schedule": schedule, "seed": "another", "actor": site.clerk, "now": site.now}
    assert codes(lambda: services.draw_presentations(witness="甲", **given)) == {"already_drawn"}
    assert codes(lambda: planned(site, panel)) == {"already_drawn"}


def test_what_speaks_against_a_plan_and_a_draw(site: House) -> None:
    panel = site_panel(site)
    assert codes(lambda: planned(site, panel, minutes=240, gap=0, spare=1)) == {"slots_missing"}
    assert codes(lambda: planned(site, panel, days=(site.now.date(),))) == {"slot_past"}
    schedule = planned(site, panel)
    given = {"schedule": schedule, "actor": site.clerk}
    later = site.now + timedelta(days=30)
    draw_it = services.draw_presentations
    assert codes(lambda: draw_it(seed="a\nb", witness=" ", now=site.now, **given)) == {
        "witness_missing",
        "seed_unfit",
    }
    assert codes(lambda: draw_it(seed="", witness="甲", now=later, **given)) == {"slot_past"}
    extra = site.applicant(state="shortlisted")
    panel.applications.add(extra)
    assert codes(lambda: draw_it(seed="", witness="甲", now=site.now, **given)) == {"list_changed"}
    assert PresentationSlot.objects.exclude(application=None).count() == 0


def test_a_panel_that_has_not_started_draws_nothing(site: House) -> None:
    panel = site.form(site.bench(), kind="site")
    schedule = planned(site, panel)
    act = lambda: services.draw_presentations(  # noqa: E731
        schedule=schedule, seed="", witness="甲", actor=site.clerk, now=site.now
    )
    assert codes(act) == {"panel_not_working"}


def test_each_applicant_is_told_its_own_time_only(site: House) -> None:
    people = [owner(application) for application in site.applications]
    drawn(site, site_panel(site))
    for application, person, other in zip(
        site.applications, people, reversed(site.applications), strict=True
    ):
        letter = InboxItem.objects.get(user=person, kind="application.presentation")
        at = slot_of(application).starts_at.astimezone(SHANGHAI)
        assert letter.subject == f"陈述答辩安排：2026年8月10日 {at.hour}:{at:%M}，三楼会议室"
        assert letter.link.startswith(application.get_absolute_url())
        assert other.organisation.name not in letter.body
        assert other.number not in letter.body


def test_after_the_draw_only_a_swap_with_a_reason_changes_it(site: House) -> None:
    panel = site_panel(site)
    people = [owner(application) for application in site.applications]
    schedule = drawn(site, panel, spare=1)
    before = [slot.application for slot in schedule.slots.all()]
    assert codes(lambda: swap(site, schedule, 1, 2, " ")) == {"reason_missing"}
    assert codes(lambda: swap(site, schedule, 1, 1)) == {"same_slot"}
    swap(site, schedule, 1, 3, "甲家秘密的理由")
    assert [slot.application for slot in schedule.slots.all()] == [None, before[1], before[0]]
    assert Entry.objects.filter(action="presentation.swap").count() == 1
    told = InboxItem.objects.filter(user__in=people, subject__startswith="陈述答辩时间调整")
    assert [letter.link for letter in told] == [f"/applications/{before[0].pk}/visit/"]
    assert not any("秘密" in letter.body for letter in told)
    schedule.refresh_from_db()
    assert schedule.drawn_order == [before[0].number, before[1].number]
    with pytest.raises(Refused):
        services.swap_presentations(
            schedule=schedule,
            first=schedule.slots.get(position=1),
            second=schedule.slots.get(position=2),
            reason="晚了",
            actor=site.clerk,
            now=site.now + timedelta(days=30),
        )


def test_a_swap_names_the_applicants_as_filed(site: House) -> None:
    schedule = drawn(site, site_panel(site))
    moved = site.applications[0]
    filed = moved.organisation.name
    Organisation.objects.filter(pk=moved.organisation_id).update(name="苏州改名以后有限公司")
    Application.objects.filter(pk=moved.pk).update(submitted_register={"name": filed})
    form = SwapForm(slots=list(schedule.slots.all()))
    labels = [str(label) for _, label in form.fields["first"].choices]
    assert [label for label in labels if label.endswith(filed)]
    assert not [label for label in labels if "改名" in label]


def test_only_the_office_plans_draws_and_swaps(site: House, client_of: Browser) -> None:
    panel = site_panel(site)
    drawn(site, panel)
    base = f"/scoring/panels/{panel.pk}/schedule/"
    for who, status in (
        (site.clerk, 200),
        (user(panel, 0), 403),
        (make_user("supervisor"), 403),
        (make_user("office_head:city"), 404),
        (owner(site.applications[0]), 404),
    ):
        client = client_of(who)
        for page in ("plan/", "draw/", "swap/"):
            assert client.get(base + page).status_code == status, (who, page)


def test_the_scores_are_due_on_the_day(site: House, client_of: Browser) -> None:
    panel = site_panel(site)
    first = site.applications[0]
    sheet = sheet_of(panel, 1, first, "presentation")
    drawn(site, panel, spare=1)
    due = datetime(2026, 8, 10, 23, 59, tzinfo=SHANGHAI)
    duty = Duty.objects.get(kind="scoring.score", subject_id=str(sheet.pk))
    assert duty.due_at == due
    visit = Duty.objects.get(kind="scoring.score", subject_id=str(sheet_of(panel, 1, first, "site").pk))
    assert visit.due_at != due
    desk = read(client_of(user(panel, 1)), "/scoring/desk/")
    assert "2026年8月10日 23:59" in desk
    assert "三楼会议室" in desk
    assert "2026年8月10日 23:59:00（北京时间） 截止" in read(
        client_of(user(panel, 1)), f"/scoring/sheets/{sheet.pk}/"
    )


def test_who_is_late_is_marked_and_can_still_seal(site: House, client_of: Browser) -> None:
    panel = site_panel(site)
    drawn(site, panel)
    page = f"/scoring/panels/{panel.pk}/schedule/"
    client = client_of(site.clerk)
    assert "已过当日封存时限" not in read(client, page)
    PresentationSlot.objects.update(
        starts_at=site.now - timedelta(days=2), ends_at=site.now - timedelta(days=1)
    )
    assert read(client, page).count("已过当日封存时限") == 2
    for place in range(3):
        seal(sheet_of(panel, place, site.applications[0], "presentation"), 55, site.now)
    shown = read(client, page)
    assert shown.count("已过当日封存时限") == 1
    assert "已封存 3 / 3" in shown


def test_the_office_fills_in_the_plan_and_draws(site: House, client_of: Browser) -> None:
    panel = site_panel(site)
    client, base = client_of(site.clerk), f"/scoring/panels/{panel.pk}/schedule/"
    assert "还没有排定场次" in read(client, base)
    form = {
        "days": "2026-8-10\n2026年8月11日",
        "opens": "09:00",
        "closes": "11:00",
        "minutes": "40",
        "gap": "10",
        "breaks": "10:00-10:15",
        "rooms": "一号厅\n二号厅",
        "spare": "0",
    }
    wrong = client.post(base + "plan/", form | {"days": "八月十日", "breaks": "中午", "closes": "08:00"})
    assert wrong.status_code == 422
    assert "八月十日" in wrong.content.decode()
    assert set(wrong.context["form"].errors) == {"days", "breaks", "closes"}
    assert client.post(base + "plan/", form).status_code == 302
    assert [slot.room for slot in PresentationSlot.objects.all()] == ["一号厅", "二号厅"]
    assert "还没有抽签" in read(client, base)
    assert "日程还没有定" in read(client_of(user(panel, 1)), base)
    assert client.post(base + "draw/", {"seed": "", "witness": ""}).status_code == 422
    assert client.post(base + "draw/", {"seed": SEED, "witness": "高监督"}).status_code == 302
    shown = read(client, base)
    for lot in draw(SEED, [application.number for application in site.applications]):
        assert lot.digest in shown
    given = client.get(base + "?input=json")
    assert (given["Content-Type"], given.json()["seed"]) == ("application/json; charset=utf-8", SEED)
    drawn_order = [lot.number for lot in draw(SEED, [row.number for row in site.applications])]
    assert recompute.compute("lot", given.json()) == {"order": drawn_order}
    assert f"recompute lot lot-{panel.pk}.json" in shown
    pdf = client.get(base + "pdf/")
    assert (pdf.status_code, pdf.content[:4]) == (200, b"%PDF")


def test_an_empty_form_is_refused_like_any_other(site: House, client_of: Browser) -> None:
    panel = site_panel(site)
    client, base = client_of(site.clerk), f"/scoring/panels/{panel.pk}/schedule/"
    assert client.post(base + "plan/", {}).status_code == 422
    drawn(site, panel)
    for page in ("draw/", "swap/"):
        sent = client.post(base + page, {})
        assert (sent.status_code, bool(sent.context["form"].errors)) == (422, True), page


def test_who_must_keep_out_of_one_applicant_sees_neither_its_slot_nor_the_list(
    site: House, client_of: Browser
) -> None:
    panel = site_panel(site)
    drawn(site, panel, SEED)
    hidden, shown = site.applications
    services.declare_recusal(
        reviewer=member(panel, 2).reviewer,
        application=hidden,
        kind="shareholding",
        reason="持股",
        actor=user(panel, 2),
        now=site.now,
    )
    page = read(client_of(user(panel, 2)), f"/scoring/panels/{panel.pk}/schedule/")
    assert shown.organisation.name in page
    given = client_of(user(panel, 2)).get(f"/scoring/panels/{panel.pk}/schedule/?input=json")
    assert given["Content-Type"].startswith("text/html")
    for word in (hidden.organisation.name, hidden.number, SEED):
        assert word not in page
        assert word not in given.content.decode()
    assert SEED in read(client_of(user(panel, 1)), f"/scoring/panels/{panel.pk}/schedule/")
    kept, whole = (printed(client_of(user(panel, place)), panel) for place in (2, 1))
    everything = (hidden.organisation.name, shown.organisation.name, SEED)
    assert [word in kept for word in everything] == [False, True, False]
    assert [word in whole for word in everything] == [True, True, True]


def test_a_member_prints_the_schedule_once_it_is_drawn(site: House, client_of: Browser) -> None:
    panel = site_panel(site)
    client, page = client_of(user(panel, 1)), f"/scoring/panels/{panel.pk}/schedule/"
    schedule = planned(site, panel)
    assert client.get(page + "pdf/").status_code == 404
    assert "日程表（PDF）" not in read(client, page)
    services.draw_presentations(
        schedule=schedule, seed=SEED, witness="高监督", actor=site.clerk, now=site.now
    )
    assert f'href="{page}pdf/"' in read(client, page)
    words = printed(client, panel)
    assert all(application.organisation.name in words for application in site.applications)
    assert AccessLog.objects.filter(action="download", detail="陈述答辩日程").count() == 1


def test_the_applicant_reads_its_own_time_only(site: House, client_of: Browser) -> None:
    panel = site_panel(site)
    first, second = site.applications
    mine, theirs = client_of(owner(first)), client_of(owner(second))
    assert "时间还没有定" in read(mine, f"/applications/{first.pk}/visit/")
    drawn(site, panel)
    at = slot_of(first).starts_at.astimezone(SHANGHAI)
    assert f"2026年8月10日 {at:%H:%M}–" in read(mine, f"/applications/{first.pk}/visit/").replace(
        " 9:", " 09:"
    )
    assert theirs.get(f"/applications/{first.pk}/visit/").status_code == 404
    assert client_of(site.clerk).get(f"/applications/{first.pk}/visit/").status_code == 404
    assert f'href="/applications/{first.pk}/visit/"' in read(mine, first.get_absolute_url())


def test_it_costs_the_same_with_one_row_and_with_three(now: datetime, db: None, client_of: Browser) -> None:
    house = make_site(now, 4)
    few, many = house.applications[:1], house.applications[1:]
    seats = house.bench()
    spent = []
    for applications in (few, many):
        panel = house.form(seats, applications, kind="site")
        services.start_panel(panel=panel, actor=house.clerk, now=now)
        declare_all(panel, now)
        drawn(house, panel)
        page = f"/scoring/panels/{panel.pk}/schedule/"
        spent.append([queries(client_of(who), page) for who in (house.clerk, user(panel, 1))])
    assert spent[0] == spent[1]
    assert max(spent[0]) <= MOST


def test_the_public_learns_nothing(site: House, client: Client, client_of: Browser) -> None:
    panel = site_panel(site)
    drawn(site, panel)
    for page in ("", "pdf/"):
        address = f"/scoring/panels/{panel.pk}/schedule/{page}"
        assert client.get(address).status_code == 302
        assert client_of(make_user()).get(address).status_code == 404

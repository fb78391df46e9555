"""A site panel at work, and its schedule of presentations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from applications.models import Application
from ground.errors import Refused
from scoring import services
from scoring.models import (
    ConsolidatedItem,
    Consolidation,
    Panel,
    PresentationSchedule,
    PresentationSlot,
    Reviewer,
    Sheet,
    SheetItem,
    SiteVisit,
    VisitLine,
)
from scoring.queries.score_forms import score_form
from scoring.rules.slots import Plan
from tests.scoring.builders import House, make_house
from tests.scoring.results.builders import owner_of

DAY = date(2026, 8, 10)


def make_site(now: datetime, applicants: int = 2) -> House:
    """A park whose shortlisted applicants are visited."""
    house = make_house(now, state="site")
    for place in range(applicants):
        house.applicant(state="shortlisted", name=f"苏州{'甲乙丙丁戊己'[place]}现场有限公司")
    return house


def site_panel(house: House, **changes: Any) -> Panel:
    return house.panel(kind="site", **changes)


def plan(**changes: Any) -> Plan:
    given = {
        "days": (DAY,),
        "opens": time(9),
        "closes": time(17),
        "minutes": 40,
        "gap": 10,
        "breaks": ((time(12), time(13, 30)),),
        "rooms": ("三楼会议室",),
    } | changes
    return Plan(**given)


def planned(house: House, panel: Panel, spare: int = 0, **changes: Any) -> PresentationSchedule:
    return services.plan_presentations(
        panel=panel, plan=plan(**changes), spare=spare, actor=house.clerk, now=house.now
    )


def drawn(house: House, panel: Panel, seed: str = "20260810", spare: int = 0) -> PresentationSchedule:
    return services.draw_presentations(
        schedule=planned(house, panel, spare), seed=seed, witness="高监督", actor=house.clerk, now=house.now
    )


def slot_of(application: Application) -> PresentationSlot:
    return PresentationSlot.objects.select_related("application").get(application=application)


def owner(application: Application) -> User:
    return owner_of(application)


def visit_plan(house: House, panel: Panel, application: Application, **changes: Any) -> SiteVisit:
    """A planned visit of the whole panel, by its clerk."""
    people = [member.reviewer for member in panel.members.select_related("reviewer__user").order_by("id")]
    given = {
        "panel": panel,
        "application": application,
        "starts_on": DAY,
        "ends_on": DAY,
        "place": "星湖街 1 号",
        "safety": "进车间戴安全帽",
        "lead": people[0],
        "members": people,
        "actor": house.clerk,
        "now": house.now,
    } | changes
    return services.plan_visit(**given)


def line(house: House, visit: SiteVisit, kind: str, by: User, **fields: Any) -> VisitLine:
    made = services.add_line(visit=visit, kind=kind, actor=by, now=house.now)
    if fields:
        values = {f"line-{made.pk}-{name}": value for name, value in fields.items()}
        services.save_visit(visit=visit, values=values, revision=visit.revision, actor=by, now=house.now)
    return made


def sent(house: House, visit: SiteVisit) -> SiteVisit:
    line(house, visit, "agenda", house.clerk, on=DAY, starts=time(9), subject="首次会议", who="高层")
    services.send_visit(visit=visit, actor=house.clerk, now=house.now)
    return visit


def question(
    house: House,
    application: Application,
    item: str,
    text: str,
    percent: int = 50,
    reviewer: Reviewer | None = None,
) -> Sheet:
    """A sealed sheet of the material review, its report signed, that asks `text` on `item` and gave all items `percent`."""
    panel, _ = Panel.objects.get_or_create(
        cycle=house.cycle,
        kind="material",
        name="材料组",
        defaults={"state": "finished", "created_at": house.now},
    )
    sheet = Sheet.objects.create(
        application=application,
        panel=panel,
        reviewer=reviewer or house.reviewer(),
        stage="material",
        opened_at=house.now,
    )
    SheetItem.objects.create(sheet=sheet, item=item, percent=percent, to_verify=text)
    Sheet.objects.filter(pk=sheet.pk).update(state="sealed", sealed_at=house.now, digest="0" * 64)
    report, made = Consolidation.objects.get_or_create(application=application, stage="material", panel=panel)
    if made:
        codes = score_form(house.cycle, "material").codes
        ConsolidatedItem.objects.bulk_create(
            ConsolidatedItem(consolidation=report, item=code, percent=percent) for code in codes
        )
        Consolidation.objects.filter(pk=report.pk).update(
            state="signed", score=Decimal(500), digest="0" * 64, signed_at=house.now
        )
    return sheet


def report_signed(application: Application, stage: str = "site") -> None:
    """As signing the site report leaves it."""
    Consolidation.objects.filter(application=application, stage=stage).update(
        state="signed", score=Decimal(500), digest="0" * 64
    )


def codes(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refusal:
        act()
    return {fault.code for fault in refusal.value.faults}

"""A site panel at work, and its schedule of presentations."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from accounts.models import User
from applications.models import Application
from scoring import services
from scoring.models import Panel, PresentationSchedule, PresentationSlot
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

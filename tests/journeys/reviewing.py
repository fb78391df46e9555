"""Steps 5 and 6: panels, recusal, sheets, consolidated reports; then the shortlist and the site review."""

from __future__ import annotations

from datetime import timedelta

from demo import judging
from scoring.models import Panel
from scoring.services import start_material_review
from tests.journeys.year import Year

MATERIAL_SEATS = (1, 5, 6)
SITE_SEATS = (3, 8, 7)
WHY_THESE = "按材料评审得分从高到低，并考虑现场评审力量确定。"


def review_material(year: Year) -> None:
    roster, cycle, now = year.cast.roster, year.cycle, year.cast.now
    start_material_review(cycle=cycle, actor=roster.users[f"{year.scheme}_clerk"], now=now)
    accepted = cycle.applications.filter(state="accepted")
    panel = judging.form_panel(roster, cycle, Panel.Kind.MATERIAL, MATERIAL_SEATS, accepted, now)
    judging.declare_none(panel, now)
    judging.score(roster, judging.open_sheets(panel), now + timedelta(days=2))
    judging.sign_reports(panel, now + timedelta(days=3))


def shortlist(year: Year, keys: tuple[str, ...]) -> None:
    """The head ticks who goes on, with a reason, and opens the site review."""
    head, cycle = year.head, year.cycle
    head.open(f"/cycles/{cycle.pk}/shortlist/")
    head.press("确定入围名单")
    head.sees("有内容需要改正", "请至少选择一家")
    for key in keys:
        head.main.get_by_label(f"{year.file(key).organisation.name}入围").check()
    head.fill(确定入围的理由=WHY_THESE)
    head.press("确定入围名单")
    head.sees("入围名单已确定", WHY_THESE)
    head.press("开始陈述答辩与现场评审")


def review_on_site(year: Year) -> None:
    """Presentation and site visit by the site panel."""
    roster, cycle, now = year.cast.roster, year.cycle, year.cast.now
    chosen = cycle.applications.filter(state="shortlisted")
    panel = judging.form_panel(roster, cycle, Panel.Kind.SITE, SITE_SEATS, chosen, now)
    judging.declare_none(panel, now)
    for stage in ("presentation", "site"):
        judging.score(roster, judging.open_sheets(panel, stage), now + timedelta(days=2))
        judging.sign_reports(panel, now + timedelta(days=3), stage)

"""What office and lead read of a panel that has lost somebody."""

from __future__ import annotations

from datetime import datetime

from scoring.models import Panel
from scoring.queries.composition import composition_findings
from scoring.queries.desk import led_consolidations
from scoring.queries.progress import panels_with_seats, progress_of
from tests.kept import kept
from tests.scoring.builders import House, make_house
from tests.scoring.complaining import approved
from tests.scoring.reviewing import Browser, read


@kept
def house(now: datetime, db: None) -> House:
    made = make_house(now)
    made.applicant()
    made.panel(3)
    return made


def findings(house: House) -> dict[str, tuple[str, str]]:
    progress = progress_of(panels_with_seats(Panel.objects.all(), house.head), house.cycle)[0]
    return {row.condition: (row.outcome, row.message) for row in composition_findings(progress)}


def test_the_disqualified_are_no_members_of_a_composition(house: House) -> None:
    assert {outcome for outcome, _ in findings(house).values()} == {"pass"}
    approved(house, house.pool[0], "substitute")
    found = findings(house)
    assert found["panel_minimum"] == ("fail", "评审组不少于 3 人，现有 2 人。")
    assert found["panel_lead"] == ("fail", "没有能履职的组长。")
    assert found["misconduct"][1] == f"评审资格已取消：{house.pool[0].user.name}。"
    approved(house, house.pool[1], "substitute")
    assert findings(house)["panel_industry_experts"] == ("fail", "没有能评审的行业专家。")


def test_the_lead_reads_what_is_lacking(house: House, client_of: Browser) -> None:
    lead = house.pool[0]
    assert [row.lacks for row in led_consolidations(lead)] == [""]
    approved(house, house.pool[1], "substitute")
    assert [row.lacks for row in led_consolidations(lead)] == ["还缺 1 名评审员，还缺行业专家"]
    page = read(client_of(lead.user), "/scoring/desk/")
    assert "还缺 1 名评审员，还缺行业专家" in page
    assert "等待全部封存" not in page

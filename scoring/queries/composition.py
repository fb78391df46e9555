"""How panels stand against the rules of their composition, and who sits in panels of both kinds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from awards.law.findings import Finding
from scoring.queries.progress import Progress


def composition_findings(progress: Progress) -> list[Finding]:
    """How the panel stands against the rules of its composition, each with its article."""
    edition = progress.panel.cycle.edition
    minimum, experts_needed = (
        int(edition.value("panel_minimum")),
        int(edition.value("panel_industry_experts")),
    )
    forming = progress.panel.state == "forming"
    members = [member for member in progress.members if member.reviewer.disqualified_at is None]
    lead = next((member for member in members if member.lead), None)
    experts = [member.reviewer.user.name for member in members if member.industry_expert]
    recused = sorted(
        {
            f"{cell.member.reviewer.user.name}与{line.application.filed_name}"
            for line in progress.lines
            for cell in line.cells
            if cell.kind == "recused"
        }
    )
    barred = [member.reviewer.user.name for member in progress.members if member.reviewer.disqualified_at]
    return [
        Finding(
            "panel_minimum",
            "pass" if len(members) >= minimum else "fail",
            edition.article("panel_minimum"),
            f"评审组不少于 {minimum} 人，现有 {len(members)} 人。",
        ),
        Finding(
            "panel_lead",
            "pass" if lead else "fail",
            edition.article("panel_lead"),
            f"组长：{lead.reviewer.user.name}。" if lead else "没有能履职的组长。",
        ),
        Finding(
            "panel_industry_experts",
            "pass" if len(experts) >= experts_needed else "fail",
            edition.article("panel_industry_experts"),
            f"行业专家：{'、'.join(experts)}。" if experts else "没有能评审的行业专家。",
        ),
        Finding(
            "confidentiality",
            "fail" if recused and forming else "pass",
            edition.article("confidentiality"),
            f"{'须回避' if forming else '已回避，不参加评审'}：{'；'.join(recused)}。"
            if recused
            else "没有成员与本组的申报组织有利害关系。",
        ),
        *(
            [
                Finding(
                    "misconduct",
                    "fail",
                    edition.article("misconduct"),
                    f"评审资格已取消：{'、'.join(barred)}。",
                )
            ]
            if barred
            else []
        ),
    ]


def doubly_seated_names(progress: Collection[Progress]) -> list[str]:
    """Who sits in panels of both kinds (allowed, but worth a look)."""
    kinds: dict[int, set[str]] = defaultdict(set)
    names = {}
    for entry in progress:
        for member in entry.members:
            if member.reviewer.disqualified_at is not None:
                continue
            kinds[member.reviewer_id].add(entry.panel.kind)
            names[member.reviewer_id] = member.reviewer.user.name
    return sorted(names[key] for key, found in kinds.items() if len(found) > 1)

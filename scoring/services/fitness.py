"""Whether reviewers can do the work of a panel: there in its stage, within their limit, trained, expert where they sit as one.

The regulations are silent on the first three: what follows is the edition's `unfit_reviewers`, a reading. Where it has none,
nothing is asked. Somebody without any training on record is not refused: nothing says that theirs has expired. They ask for
an industry expert without saying who is one: rules.experts does, and `unregistered_expert`, a reading, who decides otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from accounts.actors import Actor
from applications.models import Application
from awards.models import Cycle
from ground.errors import Fault, refuse_if
from scoring.models import Panel
from scoring.permissions import is_head
from scoring.queries.eligible import PoolEntry, load_of, pool_entries_in, stage_span
from scoring.rules.experts import expert_for
from scoring.services.seating import Seat

KEY: Final = "unfit_reviewers"
EXPERTS: Final = "unregistered_expert"


def fitness_faults(
    cycle: Cycle, kind: str, seats: Sequence[Seat], files: int, *, panel: Panel | None = None
) -> list[Fault]:
    """Who of `seats` can't take `files` applicants of a panel of `kind`: reviewer_absent, load_exceeded, training_expired.

    `panel`: the one that is changed; its own applicants are not counted twice.
    """
    if not cycle.edition.has(KEY) or kind not in Panel.Kind.values:
        return []
    people = [seat.reviewer for seat in seats]
    loads = load_of(cycle, [one.pk for one in people], without=panel)
    span = stage_span(cycle, kind)
    days = f"（{span[0]:%Y-%m-%d} 至 {span[1]:%Y-%m-%d}）" if span else ""
    entries = pool_entries_in(cycle, people, kind=kind)
    return [fault for entry in entries for fault in _faults(entry, loads[entry.reviewer.pk] + files, days)]


def expert_faults(cycle: Cycle, seats: Sequence[Seat], applications: Sequence[Application]) -> list[Fault]:
    """Who of `seats` sits as industry expert without being registered as one for a trade of `applications`."""
    trades = sorted({application.organisation.industry for application in applications})
    return [
        Fault(
            "not_an_expert",
            f"{seat.reviewer.user.name}没有登记为所评行业（{'、'.join(trades)}）的行业专家。",
            "experts",
            cycle.edition.article("panel_industry_experts"),
        )
        for seat in seats
        if seat.industry_expert
        and trades
        and not expert_for(seat.reviewer.kind, seat.reviewer.industries, trades)
    ]


def refuse_unfit(
    faults: Collection[Fault], *, override: str, actor: Actor, cycle: Cycle
) -> dict[str, object]:
    """Refuse `faults`, unless the edition leaves it to the head and `actor` is the head with a reason for it.

    Returns what the ledger keeps: {} where nobody was unfit. Refused: the faults, override_by_head.
    """
    if not faults:
        return {}
    reason = override.strip()
    keys = {EXPERTS if fault.code == "not_an_expert" else KEY for fault in faults}
    if reason and all(cycle.edition.has(key) and cycle.edition.value(key) == "head_decides" for key in keys):
        if is_head(actor, cycle):
            return {"reason": reason, "despite": sorted({fault.message for fault in faults})}
        words = "只有评定办主任可以写明理由后仍然列入。"
        refuse_if([*faults, Fault("override_by_head", words, "override")])
    refuse_if(faults)
    return {}


def _faults(entry: PoolEntry, load: int, days: str) -> list[Fault]:
    name, found = entry.reviewer.user.name, []
    if entry.away_throughout:
        found.append(Fault("reviewer_absent", f"{name}在整个环节{days}都不能参加。", "seats"))
    if entry.limit is not None and load > entry.limit:
        words = f"{name}本年度最多承担 {entry.limit} 家，列入后为 {load} 家。"
        found.append(Fault("load_exceeded", words, "seats"))
    if entry.training_valid is False:
        found.append(Fault("training_expired", f"{name}的评审员培训在本环节结束前到期。", "seats"))
    return found

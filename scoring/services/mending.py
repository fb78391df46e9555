"""What can happen to a panel after it has started: a substitute, another lead, the end."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move
from audit.services import record
from ground.errors import Fault, Refused, refuse_if
from scoring.models import Consolidation, Panel, PanelMember, Reviewer, Sheet
from scoring.permissions import require_office
from scoring.queries.benches import GONE, bench_of, due_of, lead_of, owed_to, short_benches
from scoring.queries.conflicts import conflicted
from scoring.services import notices
from scoring.services.fitness import expert_faults, fitness_faults, refuse_unfit
from scoring.services.handing import first_due, hand_out, lock_panel
from scoring.services.opening import start_over
from scoring.services.recusal import detect_recusals
from scoring.services.seating import Seat, conflict_fault, reviewer_faults


@transaction.atomic
def seat_substitute(
    *, panel: Panel, seat: Seat, actor: Actor, now: datetime, override: str = ""
) -> PanelMember:
    """Seat one more reviewer in a started panel, for the applications that lack reviewers.

    They do after a recusal, and where the committee has decided that a substitute scores in place of a void sheet.

    `override`: why the head seats somebody although unfit (services.fitness), for as many applications as lack reviewers.

    Refused: panel_not_working, no_vacancy, seated_twice, reviewer_disqualified, not_an_expert, conflict_of_interest,
    reviewer_absent, load_exceeded, training_expired, override_by_head.
    """
    locked = lock_panel(panel)
    require_office(actor, locked.cycle)
    if locked.state != "working":
        raise Refused("panel_not_working", "评审组没有在评审中，不能补充评审员。")
    detect_recusals(cycle=locked.cycle, now=now)
    vacant = short_benches(locked)
    if not vacant:
        raise Refused("no_vacancy", "每家申报组织的评审员人数都符合规定，不需要补充。")
    applications = list({row.application_id: row.application for row in vacant}.values())
    faults = reviewer_faults(locked.cycle, [seat], applications)
    if locked.members.filter(reviewer=seat.reviewer).exists():
        faults.append(Fault("seated_twice", f"{seat.reviewer.user.name}已在这个评审组。", "reviewer"))
    unfit = fitness_faults(locked.cycle, locked.kind, [seat], len(applications), panel=locked)
    needing = [row.application for row in vacant if (bench := bench_of(row)).experts < bench.experts_needed]
    unfit += expert_faults(locked.cycle, [seat], needing or applications)
    if faults:
        refuse_if([*faults, *unfit])
    despite = refuse_unfit(unfit, override=override, actor=actor, cycle=locked.cycle)
    member = PanelMember.objects.create(
        panel=locked, reviewer=seat.reviewer, lead=False, industry_expert=seat.industry_expert
    )
    record(
        actor=actor,
        action="panel.substitute",
        subject=locked,
        at=now,
        article=locked.cycle.edition.article("panel_minimum"),
        after={"reviewer": seat.reviewer.user.username, "applications": [a.number for a in applications]},
        details=despite or None,
    )
    sheets = hand_out(locked, [seat.reviewer], [(row.application, row.stage) for row in vacant], now)
    for row, sheet in zip(vacant, sheets, strict=True):
        pay_substitute(row, sheet)
        start_over(row, reason="补充了评审员，合议须等其封存后重做", now=now)
    notices.ask_declaration(member, locked, due_at=first_due(locked, now), now=now)
    if not short_benches(locked):
        notices.drop(notices.MEND_PANEL, locked, now=now)
    return member


def pay_substitute(consolidation: Consolidation, sheet: Sheet) -> None:
    """`sheet` is what the committee's approval owed to the report, if it did."""
    owed = owed_to(consolidation).select_for_update(of=("self",)).first()
    if owed is not None:
        owed.fresh = sheet
        owed.save(update_fields=["fresh"])


@transaction.atomic
def change_lead(*, panel: Panel, reviewer: Reviewer, reason: str, actor: Actor, now: datetime) -> None:
    """Let another member lead (the lead is recused or prevented).

    Refused: reason_missing, not_a_member, reviewer_disqualified, conflict_of_interest.
    """
    locked = lock_panel(panel)
    require_office(actor, locked.cycle)
    member = locked.members.filter(reviewer=reviewer).select_related("reviewer__user").first()
    faults = [] if reason.strip() else [Fault("reason_missing", "请写明另定组长的理由。", "reason")]
    if member is None:
        faults.append(Fault("not_a_member", "组长须从本组评审员中确定。", "reviewer"))
    elif member.reviewer.disqualified_at is not None:
        faults.append(
            Fault(
                "reviewer_disqualified",
                f"{member.reviewer.user.name}的评审资格已取消。",
                "reviewer",
                locked.cycle.edition.article("misconduct"),
            )
        )
    pending = list(
        locked.consolidations.exclude(state="signed").select_related("application__organisation", "panel")
    )
    faults += [
        conflict_fault(locked.cycle, reviewer, row.application)
        for row in pending
        if conflicted(reviewer, row.application)
    ]
    refuse_if(faults)
    assert member is not None
    before = lead_of(locked)
    locked.members.filter(lead=True).update(lead=False)
    locked.members.filter(pk=member.pk).update(lead=True)
    record(
        actor=actor,
        action="panel.change_lead",
        subject=locked,
        at=now,
        article=locked.cycle.edition.article("panel_lead"),
        before={"lead": before.reviewer.user.username if before else ""},
        after={"lead": reviewer.user.username},
        details={"reason": reason.strip()},
    )
    for row in pending:
        if row.state == "open":
            notices.drop(notices.SETTLE, row, now=now)
            notices.ask_lead(row, reviewer.user, due_at=due_of(locked.cycle, row.stage) or now, now=now)
    notices.drop(notices.NAME_LEAD, locked, now=now)
    if not short_benches(locked):
        notices.drop(notices.MEND_PANEL, locked, now=now)


@transaction.atomic
def finish_panel(*, panel: Panel, actor: Actor, now: datetime) -> bool:
    """Close a panel whose reports are all signed (those of withdrawn applications don't count); whether it closed."""
    locked = lock_panel(panel)
    open_rows = locked.consolidations.exclude(state="signed").exclude(application__state__in=GONE)
    if locked.state != "working" or open_rows.exists():
        return False
    notices.drop(notices.NAME_LEAD, locked, now=now)
    move(locked, "finish", actor=actor, now=now, article=locked.cycle.edition.article("shortlist"))
    panel.refresh_from_db(fields=["state"])
    notices.tell_office(
        locked.cycle,
        subject=f"{locked}已完成评审",
        body=f"{locked.cycle}{locked}的评审报告已全部签署。",
        link=locked.get_absolute_url(),
        key=f"panel:{locked.pk}:finished",
        now=now,
    )
    return True

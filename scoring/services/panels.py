"""Opening the material review, and forming and starting panels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor
from accounts.moves import move
from applications.models import Application
from audit.services import record
from awards.models import Cycle
from ground.errors import Fault, Refused, refuse_if
from scoring.models import Consolidation, Panel, PanelMember
from scoring.permissions import require_office
from scoring.queries.benches import due_of
from scoring.queries.conflicts import blind
from scoring.services import notices
from scoring.services.fitness import expert_faults, fitness_faults, refuse_unfit
from scoring.services.handing import first_due, hand_out, lock_panel
from scoring.services.recusal import detect_recusals
from scoring.services.seating import Seat, seating_faults

UNDECIDED = ("submitted", "recommended", "correcting")
STARTS_IN = {Panel.Kind.MATERIAL: "material", Panel.Kind.SITE: "site"}


@transaction.atomic
def start_material_review(*, cycle: Cycle, actor: Actor, now: datetime) -> None:
    """Begin the material review once every submitted application has its eligibility decision.

    Refused: wrong_state, application_undecided (one fault for each), nothing_accepted.
    """
    require_office(actor, cycle)
    locked = lock_cycle(cycle)
    edition = locked.edition
    applications = list(Application.objects.filter(cycle=locked).select_related("organisation"))
    refuse_if(
        Fault(
            "application_undecided",
            f"{application.organisation.name}还没有资格审核结论，请先作出结论。",
            article=edition.article("application_files"),
        )
        for application in applications
        if application.state in UNDECIDED
    )
    accepted = [application for application in applications if application.state == "accepted"]
    if not accepted:
        raise Refused("nothing_accepted", "没有通过资格审核的申报，不能开始材料评审。")
    move(
        locked,
        "start_material",
        actor=actor,
        now=now,
        article=edition.article("criteria"),
        details={"accepted": len(accepted)},
    )
    cycle.refresh_from_db(fields=["state"])
    detect_recusals(cycle=locked, now=now)
    notices.ask_office(
        notices.FORM_PANELS,
        locked,
        locked,
        title=f"组建材料评审组：{locked}",
        link=reverse("scoring:panels", args=[locked.pk]),
        due_at=due_of(locked, "material") or now,
        now=now,
    )


@transaction.atomic
def form_panel(
    *,
    cycle: Cycle,
    kind: str,
    name: str,
    seats: Sequence[Seat],
    applications: Iterable[Application],
    actor: Actor,
    now: datetime,
    override: str = "",
) -> Panel:
    """Form a panel; every rule that is broken is reported, with its article.

    `override`: why the head seats somebody although unfit (services.fitness); it goes into the ledger.

    Refused: wrong_stage, name_missing, name_taken, too_few_reviewers, no_lead, several_leads, no_industry_expert,
    not_an_expert, seated_twice, reviewer_disqualified, no_applications, application_not_ready, already_assigned,
    conflict_of_interest, reviewer_absent, load_exceeded, training_expired, override_by_head. Somebody who also sits in
    the other kind of panel is only warned of (benches.doubly_seated).
    """
    require_office(actor, cycle)
    locked = lock_cycle(cycle)
    detect_recusals(cycle=locked, now=now)
    chosen = list(applications)
    unfit = [*fitness_faults(locked, kind, seats, len(chosen)), *expert_faults(locked, seats, chosen)]
    if hard := seating_faults(locked, kind, name, seats, chosen, panel=None):
        refuse_if([*hard, *unfit])
    despite = refuse_unfit(unfit, override=override, actor=actor, cycle=locked)
    panel = Panel.objects.create(cycle=locked, kind=kind, name=name.strip(), created_at=now)
    _seat(panel, seats, chosen, now)
    record(
        actor=actor,
        action="panel.form",
        subject=panel,
        at=now,
        article=locked.edition.article("panel_minimum"),
        after=_snapshot(seats, chosen),
        details=despite or None,
    )
    _close_forming_duty(locked, now)
    return panel


@transaction.atomic
def change_panel(
    *,
    panel: Panel,
    name: str,
    seats: Sequence[Seat],
    applications: Iterable[Application],
    actor: Actor,
    now: datetime,
    override: str = "",
) -> None:
    """Change a panel that has not started. Files that `actor` is recused from stay in it: they can't be seen, so
    leaving them out is no choice. Who stays seated is not asked again whether they are fit, unless files are added; an
    expert who stays one, unless the files are others. Refused: panel_started, and all that form_panel refuses.
    """
    locked = lock_panel(panel)
    require_office(actor, locked.cycle)
    if locked.state != "forming":
        raise Refused("panel_started", "评审组已经启动。要换人请用“补充评审员”或“另定组长”。")
    detect_recusals(cycle=locked.cycle, now=now)
    seen = blind(locked.applications.all(), actor)
    chosen = [*applications, *locked.applications.exclude(pk__in=seen.values("pk"))]
    before = {member.reviewer_id for member in locked.members.all()}
    grown = len(chosen) > locked.applications.count()
    asked = [seat for seat in seats if grown or seat.reviewer.pk not in before]
    unfit = fitness_faults(locked.cycle, locked.kind, asked, len(chosen), panel=locked)
    unfit += expert_faults(locked.cycle, _new_experts(locked, seats, chosen), chosen)
    if hard := seating_faults(locked.cycle, locked.kind, name, seats, chosen, panel=locked):
        refuse_if([*hard, *unfit])
    despite = refuse_unfit(unfit, override=override, actor=actor, cycle=locked.cycle)
    locked.name = panel.name = name.strip()
    locked.save(update_fields=["name"])
    for member in locked.members.select_related("reviewer__user"):
        notices.drop(notices.DECLARE, locked, now=now, user=member.reviewer.user)
    notices.drop(notices.NAME_LEAD, locked, now=now)
    locked.members.all().delete()
    _seat(locked, seats, chosen, now)
    record(
        actor=actor,
        action="panel.change",
        subject=locked,
        at=now,
        article=locked.cycle.edition.article("panel_minimum"),
        before={"reviewers": sorted(before)},
        after=_snapshot(seats, chosen),
        details=despite or None,
    )


@transaction.atomic
def start_panel(*, panel: Panel, actor: Actor, now: datetime) -> None:
    """Hand out the work.

    1. Look for conflicts anew; 2. check every rule again; 3. move; 4. a consolidation for each application and stage;
    5. a sheet for each reviewer; 6. duties due at the stage's milestone. Refused: as form_panel, and timetable_missing.
    """
    locked = lock_panel(panel)
    cycle = locked.cycle
    require_office(actor, cycle)
    detect_recusals(cycle=cycle, now=now)
    members = list(locked.members.select_related("reviewer__user"))
    seats = [Seat(member.reviewer, member.lead, member.industry_expert) for member in members]
    chosen = list(locked.applications.select_related("organisation"))
    faults = seating_faults(cycle, locked.kind, locked.name, seats, chosen, panel=locked)
    if cycle.state != STARTS_IN[Panel.Kind(locked.kind)]:
        faults.append(Fault("wrong_stage", "评定年度还没有进入这个评审环节，不能启动评审组。"))
    dues = {stage: due_of(cycle, stage) for stage in locked.stages}
    faults += [
        Fault("timetable_missing", f"工作安排里还没有“{stage.label}”的起止时间，请先补上。")
        for stage, due in dues.items()
        if due is None
    ]
    refuse_if(faults)
    move(locked, "start", actor=actor, now=now, article=cycle.edition.article("panel_minimum"))
    panel.refresh_from_db(fields=["state"])
    Consolidation.objects.bulk_create(
        Consolidation(panel=locked, application=application, stage=stage)
        for application in chosen
        for stage in locked.stages
    )
    hand_out(
        locked, [member.reviewer for member in members], [(a, s) for a in chosen for s in locked.stages], now
    )


def _new_experts(panel: Panel, seats: Sequence[Seat], chosen: Sequence[Application]) -> list[Seat]:
    """Who of `seats` has not been that panel's expert for the same files before."""
    if {row.pk for row in chosen} != set(panel.applications.values_list("pk", flat=True)):
        return list(seats)
    before = set(panel.members.filter(industry_expert=True).values_list("reviewer_id", flat=True))
    return [seat for seat in seats if seat.reviewer.pk not in before]


def lock_cycle(cycle: Cycle) -> Cycle:
    rows = Cycle.objects.select_for_update(of=("self",)).select_related("scheme", "edition_record")
    return rows.get(pk=cycle.pk)


def _seat(panel: Panel, seats: Sequence[Seat], applications: Sequence[Application], now: datetime) -> None:
    members = PanelMember.objects.bulk_create(
        PanelMember(panel=panel, reviewer=seat.reviewer, lead=seat.lead, industry_expert=seat.industry_expert)
        for seat in seats
    )
    panel.applications.set(applications)
    due_at = first_due(panel, now)
    for member in members:
        notices.ask_declaration(member, panel, due_at=due_at, now=now)


def _snapshot(seats: Sequence[Seat], applications: Sequence[Application]) -> dict[str, object]:
    return {
        "reviewers": [
            {
                "username": seat.reviewer.user.username,
                "lead": seat.lead,
                "industry_expert": seat.industry_expert,
            }
            for seat in seats
        ],
        "applications": [application.number for application in applications],
    }


def _close_forming_duty(cycle: Cycle, now: datetime) -> None:
    """The office's duty to form material panels is done when every accepted application has one."""
    waiting = Application.objects.filter(cycle=cycle, state="accepted").exclude(
        panels__kind=Panel.Kind.MATERIAL
    )
    if not waiting.exists():
        notices.drop(notices.FORM_PANELS, cycle, now=now)

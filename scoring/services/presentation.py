"""Presentations: slots, the lot, changes after it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor
from accounts.permissions import person
from applications.models import Application
from applications.queries import people_of_organisation
from audit.services import record
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if
from notifications.services import post, reschedule_duties
from scoring.models import (
    Panel,
    PresentationSchedule,
    PresentationSlot,
    PresentationSwap,
    Sheet,
    Stage,
)
from scoring.permissions import require_office
from scoring.queries.conflicts import without_conflict
from scoring.queries.presentation import dues_of, presenting, stage_article
from scoring.rules import lot
from scoring.rules.slots import Plan, slots_of
from scoring.services import notices
from scoring.services.handing import lock_panel

SEED_MOST: Final = 64
SEED_BYTES: Final = 16


@transaction.atomic
def plan_presentations(
    *, panel: Panel, plan: Plan, spare: int, actor: Actor, now: datetime
) -> PresentationSchedule:
    """Make the slots of a site panel, as many as it has applicants and `spare` free ones; a plan not drawn is replaced.

    Refused: not_a_site_panel, already_drawn, nobody_presents, slots_missing, slot_past.
    """
    locked = lock_panel(panel)
    require_office(actor, locked.cycle)
    if locked.kind != Panel.Kind.SITE:
        raise Refused("not_a_site_panel", "陈述答辩由现场评审组进行，材料评审组没有日程。")
    former = PresentationSchedule.objects.filter(panel=locked).first()
    if former is not None and former.drawn_at is not None:
        raise Refused("already_drawn", "已经抽签，场次不能重排。确需调整的，请用“调换场次”。")
    needed = presenting(locked).count()
    if not needed:
        raise Refused("nobody_presents", "这个评审组没有要听取陈述答辩的申报组织。")
    slots = list(slots_of(plan, SHANGHAI))
    wanted = needed + spare
    faults = []
    if len(slots) < wanted:
        words = f"要排 {wanted} 场，照这样只能排 {len(slots)} 场。请增加日期、延长时间或缩短每家时长。"
        faults.append(Fault("slots_missing", words, "days"))
    if slots and slots[0].starts <= now:
        faults.append(Fault("slot_past", "第一场的时间已经过去，请改日期或开始时间。", "days"))
    refuse_if(faults)
    if former is not None:
        former.delete()
    schedule = PresentationSchedule.objects.create(
        panel=locked,
        days=[day.isoformat() for day in plan.days],
        opens=plan.opens,
        closes=plan.closes,
        minutes=plan.minutes,
        gap=plan.gap,
        breaks=[[f"{first:%H:%M}", f"{last:%H:%M}"] for first, last in plan.breaks],
        rooms=list(plan.rooms),
        planned_by=person(actor),
        planned_at=now,
    )
    PresentationSlot.objects.bulk_create(
        PresentationSlot(
            schedule=schedule, position=place, starts_at=slot.starts, ends_at=slot.ends, room=slot.room
        )
        for place, slot in enumerate(slots[:wanted], start=1)
    )
    record(
        actor=actor,
        action="presentation.plan",
        subject=schedule,
        at=now,
        article=_article(locked),
        after={"slots": [_slot_words(slot.starts, slot.room) for slot in slots[:wanted]]},
    )
    return schedule


@transaction.atomic
def draw_presentations(
    *,
    schedule: PresentationSchedule,
    seed: str,
    witness: str,
    actor: Actor,
    now: datetime,
) -> PresentationSchedule:
    """Give the slots out by lot (rules.lot), for good.

    1. Lock; 2. the seed that was given, or one made here if it is empty; 3. list and order; 4. the slots in that order;
    5. the ledger: seed, list, order; 6. letters to applicants and members; 7. the members' duties end with the day.
    Refused: already_drawn, panel_not_working, witness_missing, seed_unfit, list_changed, slot_past.
    """
    locked = _locked(schedule)
    panel = locked.panel
    require_office(actor, panel.cycle)
    applications = list(presenting(panel))
    slots = list(locked.slots.all())
    seed, witness = seed.strip(), witness.strip()
    refuse_if(_draw_faults(locked, seed, witness, len(applications), slots, now))
    source = PresentationSchedule.Source.GIVEN if seed else PresentationSchedule.Source.PORTAL
    seed = seed or secrets.token_hex(SEED_BYTES)
    by_number = {application.number: application for application in applications}
    document = lot.draw_document(seed, by_number.keys())
    order = [found.number for found in lot.draw(seed, by_number.keys())]
    for slot, number in zip(slots, order, strict=False):
        slot.application = by_number[number]
    PresentationSlot.objects.bulk_update(slots, ["application"])
    locked.seed, locked.seed_source, locked.witness = seed, source, witness
    locked.drawn_list, locked.drawn_order = sorted(by_number), order
    locked.digest = lot.draw_digest(seed, by_number.keys())
    locked.drawn_by, locked.drawn_at = person(actor), now
    locked.save()
    record(
        actor=actor,
        action="presentation.draw",
        subject=locked,
        at=now,
        article=_article(panel),
        after={**document, "source": source.value, "witness": witness, "digest": locked.digest},
    )
    for slot in slots:
        if slot.application is not None:
            _tell_applicant(slot, now)
    _tell_members(
        locked,
        f"陈述答辩日程已定：{panel}",
        "评定办已经抽签排定陈述答辩的顺序，请按时到场。",
        f"schedule:{locked.pk}:drawn",
        now,
    )
    _move_duties(panel, [application.pk for application in applications])
    return locked


@transaction.atomic
def swap_presentations(
    *,
    schedule: PresentationSchedule,
    first: PresentationSlot,
    second: PresentationSlot,
    reason: str,
    actor: Actor,
    now: datetime,
) -> PresentationSwap:
    """Let two slots change hands after the draw; whoever is concerned is told.

    Refused: not_drawn, reason_missing, same_slot, slot_of_other_schedule, slots_free, slot_past.
    """
    locked = _locked(schedule)
    require_office(actor, locked.panel.cycle)
    if locked.drawn_at is None:
        raise Refused("not_drawn", "还没有抽签，不需要调换。")
    slots = {slot.pk: slot for slot in _blind_slots(locked, actor)}
    faults = [] if reason.strip() else [Fault("reason_missing", "请写明调换的理由。", "reason")]
    if first.pk == second.pk:
        faults.append(Fault("same_slot", "请选择两个不同的场次。", "second"))
    if not {first.pk, second.pk} <= slots.keys():
        faults.append(Fault("slot_of_other_schedule", "请选择本日程中的场次。", "first"))
    refuse_if(faults)
    one, other = slots[first.pk], slots[second.pk]
    if one.application is None and other.application is None:
        raise Refused("slots_free", "这两个场次都没有安排申报组织。", field="first")
    refuse_if(
        Fault("slot_past", f"{slot}已经开始，不能再调换。", name)
        for slot, name in ((one, "first"), (other, "second"))
        if slot.starts_at <= now
    )
    swap = PresentationSwap.objects.create(
        schedule=locked,
        first=one,
        second=other,
        first_application=one.application,
        second_application=other.application,
        reason=reason.strip(),
        swapped_by=person(actor),
        swapped_at=now,
    )
    before = _held(one, other)
    one.application, other.application = other.application, one.application
    PresentationSlot.objects.filter(pk__in=(one.pk, other.pk)).update(application=None)
    PresentationSlot.objects.bulk_update([one, other], ["application"])
    record(
        actor=actor,
        action="presentation.swap",
        subject=locked,
        at=now,
        article=_article(locked.panel),
        before=before,
        after=_held(one, other),
        details={"reason": reason.strip()},
    )
    moved = [slot for slot in (one, other) if slot.application is not None]
    for slot in moved:
        _tell_applicant(slot, now, swap=swap)
    _tell_members(
        locked,
        f"陈述答辩场次有调换：{locked.panel}",
        "评定办调换了陈述答辩的场次，请查看最新日程。",
        f"schedule:{locked.pk}:swap:{swap.pk}",
        now,
    )
    _move_duties(locked.panel, [slot.application_id for slot in moved if slot.application_id])
    return swap


def _draw_faults(
    locked: PresentationSchedule,
    seed: str,
    witness: str,
    needed: int,
    slots: list[PresentationSlot],
    now: datetime,
) -> list[Fault]:
    if locked.drawn_at is not None:
        return [Fault("already_drawn", "已经抽过签。抽签只有一次，不能重来。")]
    faults = []
    if locked.panel.state != "working":
        faults.append(Fault("panel_not_working", "请先启动评审组，名单定下来再抽签。"))
    if not witness:
        faults.append(Fault("witness_missing", "请写明见证抽签的人。", "witness"))
    if "\n" in seed or "'" in seed or len(seed) > SEED_MOST:
        faults.append(Fault("seed_unfit", f"种子是一行文字，最多 {SEED_MOST} 字，不含单引号。", "seed"))
    if not needed or needed > len(slots):
        words = f"现在有 {needed} 家、{len(slots)} 个场次，名单已经变化，请重新排定场次。"
        faults.append(Fault("list_changed", words))
    if slots and slots[0].starts_at <= now:
        faults.append(Fault("slot_past", "第一场的时间已经过去，请重新排定场次。"))
    return faults


def _locked(schedule: PresentationSchedule) -> PresentationSchedule:
    rows = PresentationSchedule.objects.select_for_update(of=("self",)).select_related(
        "panel__cycle__scheme", "panel__cycle__edition_record"
    )
    return rows.get(pk=schedule.pk)


def _blind_slots(schedule: PresentationSchedule, actor: Actor) -> list[PresentationSlot]:
    rows = schedule.slots.select_related("application__organisation", "application__cycle")
    return list(without_conflict(rows, actor))


def _article(panel: Panel) -> str:
    return stage_article(panel.cycle, Stage.PRESENTATION)


def _slot_words(starts_at: datetime, room: str) -> str:
    at = starts_at.astimezone(SHANGHAI)
    return f"{at.year}年{at.month}月{at.day}日 {at.hour}:{at:%M}，{room}"


def _held(*slots: PresentationSlot) -> dict[str, object]:
    return {str(slot.position): slot.application.number if slot.application else "" for slot in slots}


def _tell_applicant(slot: PresentationSlot, now: datetime, *, swap: PresentationSwap | None = None) -> None:
    """The applicant learns its own time and place, and nothing of the others: not why two changed places either."""
    application: Application | None = slot.application
    if application is None:
        return
    words = _slot_words(slot.starts_at, slot.room)
    minutes = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
    changed = "原来的安排已调整，以本次通知为准。\n\n" if swap else ""
    post(
        to=people_of_organisation(application.organisation_id),
        kind="application.presentation",
        subject=f"陈述答辩{'时间调整' if swap else '安排'}：{words}",
        body=(
            f"{application.organisation.name}：\n\n{changed}贵单位的陈述答辩在 {words}，共 {minutes} 分钟。"
            "请提前 15 分钟到场。"
        ),
        link=reverse("scoring:visit_notice", args=[application.pk]),
        key=f"presentation:{application.pk}:{swap.pk if swap else 'drawn'}",
        now=now,
    )


def _tell_members(schedule: PresentationSchedule, subject: str, body: str, key: str, now: datetime) -> None:
    members = schedule.panel.members.filter(reviewer__disqualified_at=None).select_related("reviewer__user")
    post(
        to=[member.reviewer.user for member in members],
        kind="scoring",
        subject=subject,
        body=body,
        link=schedule.get_absolute_url(),
        key=key,
        now=now,
    )


def _move_duties(panel: Panel, applications: Iterable[int]) -> None:
    """Scores of a presentation are sealed on its day, where the edition says so."""
    dues = dues_of(panel.cycle, applications)
    sheets = Sheet.objects.filter(
        panel=panel, stage=Stage.PRESENTATION, state="draft", application__in=dues.keys()
    )
    for sheet in sheets:
        reschedule_duties(kind=notices.SCORE, subject=sheet, due_at=dues[sheet.application_id])

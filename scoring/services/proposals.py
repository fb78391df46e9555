"""Asking for a proposal of panels, computing it, changing it by hand, and forming the panels from it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from accounts.actors import Actor
from accounts.permissions import person
from applications.models import Application
from audit.services import record
from awards.models import Cycle
from ground.errors import Fault, Refused, refuse_if
from scoring.models import Panel, PanelProposal, Reviewer
from scoring.permissions import require_office
from scoring.queries.assignment import names_taken, task_of, teams_document, teams_of
from scoring.queries.waiting import waiting_in
from scoring.rules.assignment import propose
from scoring.rules.teams import HEAD_DECIDES, Team, against
from scoring.services.panels import form_panel, lock_cycle
from scoring.services.seating import FORMS_IN, Seat

log = logging.getLogger(__name__)
Stage = PanelProposal.Stage
OPEN: Final = (Stage.WAITING, Stage.WORKING, Stage.READY, Stage.FAILED)
GIVEN_UP_AFTER: Final = timedelta(minutes=5)
LARGEST_PANEL: Final = 15


@transaction.atomic
def ask_proposal(
    *, cycle: Cycle, kind: str, size: int, most: int, actor: Actor, now: datetime
) -> PanelProposal:
    """Ask for a proposal of panels of `size` reviewers with at most `most` files each; an open one is dropped.

    Refused: kind_unknown, wrong_stage, nothing_waits, size_off_scale, most_off_scale.
    """
    require_office(actor, cycle)
    locked = lock_cycle(cycle)
    edition, faults = locked.edition, []
    minimum = int(edition.value("panel_minimum"))
    if kind not in Panel.Kind.values:
        raise Refused("kind_unknown", "请选择材料评审组或现场评审组。", field="kind")
    if locked.state not in FORMS_IN[Panel.Kind(kind)]:
        faults.append(Fault("wrong_stage", "评定年度不在这个评审环节，不能组建这类评审组。", "kind"))
    elif why_none := waiting_in(locked, [Panel.Kind(kind)], actor)[0].why_none:
        faults.append(Fault("nothing_waits", why_none, "kind"))
    if not minimum <= size <= LARGEST_PANEL:
        article = edition.article("panel_minimum")
        faults.append(Fault("size_off_scale", f"每组 {minimum} 至 {LARGEST_PANEL} 人。", "size", article))
    if not 1 <= most <= 1000:
        faults.append(Fault("most_off_scale", "每组最多的家数为 1 至 1000。", "most"))
    refuse_if(faults)
    PanelProposal.objects.filter(cycle=locked, kind=kind, stage__in=OPEN).update(stage=Stage.DROPPED)
    proposal = PanelProposal.objects.create(
        cycle=locked, kind=kind, size=size, most=most, asked_by=person(actor), asked_at=now
    )
    record(actor=actor, action="proposal.ask", subject=proposal, at=now, after={"size": size, "most": most})
    return proposal


def sweep_proposals(*, now: datetime) -> int:
    """Compute every proposal asked for; returns how many. Several workers may sweep at once."""
    made = 0
    while (proposal := _claim(now)) is not None:
        _compute(proposal, now)
        made += 1
    return made


def compute_proposal(*, proposal: PanelProposal, actor: Actor, now: datetime) -> None:
    """Compute a small one at once, without waiting for the worker; nothing happens if a worker has it already."""
    require_office(actor, proposal.cycle)
    if (job := _claim(now, only=proposal.pk)) is not None:
        _compute(job, now)
    proposal.refresh_from_db()


@transaction.atomic
def arrange_proposal(
    *, proposal: PanelProposal, teams: Sequence[Team], revision: int, actor: Actor, now: datetime
) -> None:
    """Put `teams` in the place of those proposed; what is against them is shown, and refused when they are confirmed.

    `revision`: the one the change was made from. Refused: not_ready, stale_version, name_missing, name_taken.
    """
    locked = _lock(proposal, actor)
    if locked.revision != revision:
        raise Refused("stale_version", "方案刚被别人改过，请看过最新的方案再改。")
    names = [team.name.strip() for team in teams]
    faults = []
    if not all(names):
        faults.append(Fault("name_missing", "请给每个评审组起一个名称。", "name"))
    taken = Panel.objects.filter(cycle=locked.cycle, kind=locked.kind, name__in=names)
    if len(set(names)) < len(names) or taken.exists():
        faults.append(Fault("name_taken", "本年度已有同名的评审组，请换一个名称。", "name"))
    refuse_if(faults)
    before = locked.teams
    locked.teams, locked.revision = teams_document(teams), locked.revision + 1
    locked.save(update_fields=["teams", "revision"])
    proposal.teams, proposal.revision = locked.teams, locked.revision
    record(
        actor=actor,
        action="proposal.arrange",
        subject=locked,
        at=now,
        before={"teams": before},
        after={"teams": locked.teams},
    )


@transaction.atomic
def confirm_proposal(
    *, proposal: PanelProposal, revision: int, actor: Actor, now: datetime, override: str = ""
) -> list[Panel]:
    """Form the proposed panels, all or none; each by `form_panel` with all its rules.

    `override`: why the head forms them although somebody is unfit (services.fitness). Files without a panel stay without
    one. Refused: not_ready, stale_version, nothing_proposed, what is against the teams (rules.teams.against), and all that
    form_panel refuses.
    """
    locked = _lock(proposal, actor)
    if locked.revision != revision:
        raise Refused("stale_version", "方案刚被别人改过，请看过最新的方案再确认。")
    task = task_of(locked.cycle, locked.kind, size=locked.size, most=locked.most)
    teams = teams_of(locked, task)
    if not teams:
        raise Refused("nothing_proposed", "方案里没有评审组。")
    article = locked.cycle.edition.article("panel_minimum")
    refuse_if(
        Fault(note.code, note.message, article=article)
        for note in against(task, teams)
        if note.bad and note.code not in HEAD_DECIDES
    )
    people = Reviewer.objects.select_related("user").in_bulk(
        {seat.person for team in teams for seat in team.seats}
    )
    files = Application.objects.select_related("organisation").in_bulk(
        {file for team in teams for file in team.files}
    )
    made = [
        form_panel(
            cycle=locked.cycle,
            kind=locked.kind,
            name=team.name,
            seats=[Seat(people[seat.person], seat.lead, seat.expert) for seat in team.seats],
            applications=[files[file] for file in team.files],
            actor=actor,
            now=now,
            override=override,
        )
        for team in teams
    ]
    locked.stage = proposal.stage = Stage.CONFIRMED
    locked.save(update_fields=["stage"])
    record(
        actor=actor,
        action="proposal.confirm",
        subject=locked,
        at=now,
        article=article,
        after={"panels": [panel.pk for panel in made], "revision": locked.revision},
    )
    return made


@transaction.atomic
def drop_proposal(*, proposal: PanelProposal, actor: Actor, now: datetime) -> None:
    """Give a proposal up. Refused: already_over."""
    locked = _row(proposal, actor)
    if locked.stage not in OPEN:
        raise Refused("already_over", "这份方案已经确认或放弃。")
    locked.stage = proposal.stage = Stage.DROPPED
    locked.save(update_fields=["stage"])
    record(actor=actor, action="proposal.drop", subject=locked, at=now)


def _row(proposal: PanelProposal, actor: Actor) -> PanelProposal:
    rows = PanelProposal.objects.select_for_update(of=("self",))
    locked = rows.select_related("cycle__scheme", "cycle__edition_record").get(pk=proposal.pk)
    require_office(actor, locked.cycle)
    return locked


def _lock(proposal: PanelProposal, actor: Actor) -> PanelProposal:
    locked = _row(proposal, actor)
    if locked.stage != Stage.READY:
        raise Refused("not_ready", "方案还没有算出，或者已经确认、放弃。")
    return locked


@transaction.atomic
def _claim(now: datetime, *, only: int | None = None) -> PanelProposal | None:
    """The next one to compute; one whose worker has died is taken up again."""
    given_up = Q(stage=Stage.WORKING, claimed_at__lt=now - GIVEN_UP_AFTER)
    waiting = PanelProposal.objects.select_for_update(skip_locked=True, of=("self",))
    if only is not None:
        waiting = waiting.filter(pk=only)
    job = waiting.filter(Q(stage=Stage.WAITING) | given_up).order_by("pk").first()
    if job is not None:
        job.stage, job.claimed_at, job.done, job.step = Stage.WORKING, now, 0, "正在准备"
        job.save(update_fields=["stage", "claimed_at", "done", "step"])
    return job


def _compute(job: PanelProposal, now: datetime) -> None:
    mine = PanelProposal.objects.filter(pk=job.pk, stage=Stage.WORKING, claimed_at=job.claimed_at)

    def tell(done: int, total: int, words: str) -> None:
        mine.update(done=done, total=total, step=words)

    try:
        cycle = Cycle.objects.select_related("scheme", "edition_record").get(pk=job.cycle_id)
        task = task_of(cycle, job.kind, size=job.size, most=job.most)
        made = propose(replace(task, names=names_taken(cycle, job.kind)), progress=tell)
    except Exception:
        log.exception("proposal %s could not be computed", job.pk)
        mine.update(
            stage=Stage.FAILED, step="计算时出错，请重新提出；仍不成功请联系管理员。", finished_at=now
        )
        return
    mine.update(
        stage=Stage.READY,
        teams=teams_document(made.teams),
        notes=[{"code": note.code, "message": note.message, "bad": note.bad} for note in made.notes],
        step="",
        finished_at=now,
    )

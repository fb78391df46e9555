"""The committee's meeting: who is called and there, how they vote, and how it is closed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import User
from accounts.moves import move
from accounts.permissions import has_role, person, require_role
from accounts.queries import holders_of
from accounts.roles import OFFICE_ROLES, Role, Scope
from applications.models import Application
from applications.states import APPLICATION
from audit.services import record
from awards.models import Cycle, Milestone
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties, open_duty
from scoring.models import Attendance, Meeting, Ranking, RankingRow, Resolution, Vote

DUTY = "meeting.vote"
Outcome = Resolution.Outcome


@transaction.atomic
def call_meeting(
    *, cycle: Cycle, held_at: datetime, place: str, chair: str, actor: Actor, now: datetime
) -> Meeting:
    """Call the committee (召集审议会议) on a frozen ranking; every member gets the duty to vote.

    Refused: wrong_stage, meeting_called, place_missing, chair_missing, no_members.
    """
    locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
    require_role(actor, *OFFICE_ROLES, **locked.scopes())
    article = locked.edition.article("decision_order")
    if locked.state != "ranked":
        raise Refused("wrong_stage", "锁定排名之后才能召集审议会议。", article=article)
    if Meeting.objects.filter(cycle=locked).exists():
        raise Refused("meeting_called", "本年度的审议会议已经召集。", article=article)
    members = list(holders_of(Role.COMMITTEE, scope_kind=Scope.SCHEME, scope_key=locked.scheme.code))
    faults = []
    if not place.strip():
        faults.append(Fault("place_missing", "请填写会议地点。", "place"))
    if not chair.strip():
        faults.append(Fault("chair_missing", "请填写会议主持人。", "chair"))
    if not members:
        faults.append(Fault("no_members", "这个奖项还没有评定委委员的账号，请先由系统管理员授权。"))
    refuse_if(faults)
    meeting = Meeting.objects.create(
        cycle=locked,
        held_at=held_at,
        place=place.strip(),
        chair=chair.strip(),
        called_by=person(actor),
        called_at=now,
    )
    Attendance.objects.bulk_create(
        [Attendance(meeting=meeting, member=member, present=True) for member in members]
    )
    for member in members:
        open_duty(
            kind=DUTY,
            subject=meeting,
            title=f"审议表决：{locked}",
            link=reverse("scoring:meeting", args=[locked.pk]),
            due_at=_deliberation_due(locked, held_at),
            now=now,
            user=member,
        )
    record(
        actor=actor,
        action="meeting.call",
        subject=meeting,
        at=now,
        article=article,
        after={"held_at": held_at, "place": meeting.place, "chair": meeting.chair},
    )
    return meeting


@transaction.atomic
def record_attendance(*, meeting: Meeting, member: User, present: bool, actor: Actor, now: datetime) -> None:
    """Note who is there (出席). Refused: meeting_closed, not_a_member, has_voted."""
    locked = open_meeting(meeting, actor, *OFFICE_ROLES)
    if not has_role(member, Role.COMMITTEE, **locked.cycle.scopes()):
        raise Refused("not_a_member", "出席人员必须是本奖项的评定委委员。", field="member")
    if not present and locked.votes.filter(member=member).exists():
        raise Refused("has_voted", "这位委员已经表决，不能登记为缺席。", field="member")
    Attendance.objects.update_or_create(meeting=locked, member=member, defaults={"present": present})
    record(
        actor=actor,
        action="meeting.attendance",
        subject=locked,
        at=now,
        after={"member": member.pk, "present": present},
    )


@transaction.atomic
def cast_vote(
    *, meeting: Meeting, application: Application, choice: str, reason: str, actor: Actor, now: datetime
) -> Vote:
    """A member votes on one candidate, or recuses themself (回避). Cast again before the resolution, it replaces.

    Refused: meeting_closed, absent, not_a_candidate, resolved, choice_unknown, reason_missing (against and recused).
    """
    locked = open_meeting(meeting, actor, Role.COMMITTEE)
    attendance = Attendance.objects.filter(meeting=locked, member_id=actor.pk).first()
    if attendance is None or not attendance.present:
        raise Refused("absent", "您登记为未出席本次会议，不能表决。请与评定办联系。")
    row_of(locked, application)
    if locked.resolutions.filter(application=application).exists():
        raise Refused("resolved", "这个候选组织已经形成决议，不能再改表决。")
    if choice not in Vote.Choice.values:
        raise Refused("choice_unknown", "请选择同意、不同意、弃权或回避。", field="choice")
    if choice in (Vote.Choice.AGAINST, Vote.Choice.RECUSED) and not reason.strip():
        raise Refused("reason_missing", "表决“不同意”或“回避”时，请写明理由。", field="reason")
    vote, _ = Vote.objects.update_or_create(
        meeting=locked,
        application=application,
        member_id=actor.pk,
        defaults={"choice": choice, "reason": reason.strip(), "cast_at": now},
    )
    record(actor=actor, action="meeting.vote", subject=application, at=now, after={"choice": str(choice)})
    waiting = set(candidates_of(locked)) - set(
        locked.votes.filter(member_id=actor.pk).values_list("application_id", flat=True)
    )
    if not waiting and isinstance(actor, User):
        close_duties(kind=DUTY, subject=locked, now=now, user=actor)
    return vote


@transaction.atomic
def close_meeting(*, meeting: Meeting, actor: Actor, now: datetime) -> None:
    """Close the meeting once every candidate has its resolution; the list goes to the authority.

    Awards become candidates (拟授奖); all others of the shortlist are not selected. Refused: unresolved.
    """
    locked = open_meeting(meeting, actor, Role.OFFICE_HEAD)
    edition = locked.cycle.edition
    resolutions = {resolution.application_id: resolution for resolution in locked.resolutions.all()}
    missing = [pk for pk in candidates_of(locked) if pk not in resolutions]
    if missing:
        raise Refused(
            "unresolved",
            f"还有 {len(missing)} 个候选组织没有形成决议。",
            article=edition.article("decision_order"),
        )
    for application in Application.objects.filter(cycle=locked.cycle, state="shortlisted").select_related(
        "cycle__scheme"
    ):
        resolution = resolutions.get(application.pk)
        awarded = resolution is not None and resolution.outcome == Outcome.AWARD
        name = "nominate" if awarded else "not_select"
        reason = resolution.reason if resolution else "综合排名未达到奖级或超出名额"
        basis = edition.article(APPLICATION.move(name).basis)
        move(application, name, actor=actor, now=now, reason=reason, article=basis)
    locked.closed_at = now
    locked.save(update_fields=["closed_at"])
    close_duties(kind=DUTY, subject=locked, now=now)
    move(locked.cycle, "record_resolution", actor=actor, now=now, article=edition.article("decision_order"))
    ask_authority(locked.cycle, now=now)


def candidates_of(meeting: Meeting) -> list[int]:
    """The applications the committee has to resolve on: ranked into a tier, or left undecided by a tie."""
    ranking = Ranking.objects.get(cycle=meeting.cycle)
    tied = {number for entry in ranking.result["undecided"] for number in entry["ids"]}
    return [
        row.application_id
        for row in ranking.rows.select_related("application")
        if row.tier or row.application.number in tied
    ]


def ask_authority(cycle: Cycle, *, now: datetime) -> None:
    """The authority's duty to approve the list that waits."""
    open_duty(
        kind="list.approve",
        subject=cycle,
        title=f"审定获奖候选名单：{cycle}",
        link=reverse("scoring:approval", args=[cycle.pk]),
        due_at=_deliberation_due(cycle, now),
        now=now,
        role=Role.AUTHORITY,
        scope_kind=Scope.SCHEME,
        scope_key=cycle.scheme.code,
    )


def open_meeting(meeting: Meeting, actor: Actor, *roles: str) -> Meeting:
    """Lock the meeting for somebody of `roles`; who may not act is not told how it stands. Refused: meeting_closed."""
    locked = (
        Meeting.objects.select_for_update(of=("self",)).select_related("cycle__scheme").get(pk=meeting.pk)
    )
    require_role(actor, *roles, **locked.cycle.scopes())
    if locked.closed_at is not None:
        raise Refused("meeting_closed", "审议会议已经结束。")
    return locked


def row_of(meeting: Meeting, application: Application) -> RankingRow:
    """The candidate's row in the ranking. Refused: not_a_candidate."""
    if application.pk not in candidates_of(meeting):
        raise Refused("not_a_candidate", "这个组织不在候选名单中。", field="application")
    return RankingRow.objects.select_related("application").get(application=application)


def _deliberation_due(cycle: Cycle, otherwise: datetime) -> datetime:
    deadline = cycle.timetable.get(Milestone.Kind.DELIBERATION)
    return deadline.due_at if deadline else otherwise

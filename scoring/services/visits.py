"""The visit on site: planned, sent to the applicant, its minutes signed, its photos kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime

from accounts.actors import Actor
from accounts.permissions import person
from applications.models import Application
from applications.queries import people_of_organisation
from audit.services import record
from awards.models import Cycle
from documents import rules
from documents.services import store_file, take_upload
from ground.errors import Fault, Refused, refuse_if
from notifications.services import post
from scoring.models import Panel, Reviewer, SiteVisit, Stage, VisitLine, VisitPhoto
from scoring.queries.presentation import stage_article
from scoring.queries.visits import (
    Access,
    able_members,
    access_to,
    days_of_stage,
    plan_to_send,
    visited,
    visits_visible_to,
)
from scoring.services.handing import lock_panel

PHOTO_KINDS: Final = ("png", "jpg")
PHOTO_UPLOAD: Final = "scoring.visit_photo"
PHOTOS_MOST: Final = 100
MINUTES: Final = {"opening": "首次会议", "closing": "末次会议"}


@transaction.atomic
def plan_visit(
    *,
    panel: Panel,
    application: Application,
    starts_on: date,
    ends_on: date,
    place: str,
    safety: str,
    lead: Reviewer,
    members: Collection[Reviewer],
    actor: Actor,
    now: datetime,
) -> SiteVisit:
    """Plan the visit to one applicant, or change the plan. What was sent to the applicant stays until it is sent again.

    Refused: panel_not_working, outside_stage, ends_before_start, place_missing, nobody_goes, not_a_member, lead_stays_away.
    """
    locked = lock_panel(panel)
    former = SiteVisit.objects.select_for_update().filter(application=application).first()
    in_sight = visited(locked, actor).filter(pk=application.pk).exists()
    _require(in_sight and access_to(locked, application, former, person(actor)).plan)
    if locked.state != "working" or locked.kind != Panel.Kind.SITE:
        raise Refused("panel_not_working", "请先启动现场评审组，再安排现场评审。")
    chosen, able = set(members), set(able_members(locked, application))
    faults = _outside_stage(locked.cycle, starts_on, ends_on)
    if ends_on < starts_on:
        faults.append(Fault("ends_before_start", "结束日期不能早于开始日期。", "ends_on"))
    if not place.strip():
        faults.append(Fault("place_missing", "请写明地点。", "place"))
    if not chosen:
        faults.append(Fault("nobody_goes", "请选择参加现场评审的人员。", "members"))
    if not chosen <= able:
        faults.append(Fault("not_a_member", "参加人员须是本组能评审这家的成员。", "members"))
    if lead not in chosen:
        faults.append(Fault("lead_stays_away", "带队的人须在参加人员中。", "lead"))
    refuse_if(faults)
    visit = former or SiteVisit(application=application, panel=locked)
    visit.starts_on, visit.ends_on = starts_on, ends_on
    visit.place, visit.safety, visit.lead = place.strip(), safety.strip(), lead
    visit.planned_by, visit.planned_at = person(actor), now
    visit.save()
    visit.members.set(chosen)
    record(
        actor=actor,
        action="visit.plan",
        subject=visit,
        at=now,
        article=_article(locked),
        after={
            "application": application.number,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "place": visit.place,
            "lead": lead.user.username,
            "members": sorted(one.user.username for one in chosen),
        },
    )
    return visit


@transaction.atomic
def send_visit(*, visit: SiteVisit, actor: Actor, now: datetime) -> None:
    """Show the applicant the plan and the agenda as they stand; tell it and those who go.

    Refused: agenda_empty, agenda_incomplete (a line without date, time or subject), agenda_off_days, agenda_ends_early,
    visit_over (nobody can prepare for a day that has passed), plan_unchanged (they were shown just that).
    """
    locked, access = locked_visit(visit, actor)
    _require(access.plan)
    lines = list(locked.lines.filter(kind=VisitLine.Kind.AGENDA, removed_at=None))
    if not lines:
        raise Refused("agenda_empty", "日程还没有内容，请先添加。")
    refuse_if(
        Fault("agenda_incomplete", f"日程第 {place} 行缺少日期、开始时间或内容，请补上。")
        for place, line in enumerate(lines, start=1)
        if line.on is None or line.starts is None or not line.subject.strip()
    )
    refuse_if(_amiss(locked, lines, localtime(now).date()))
    again = locked.sent_at is not None
    going = able_members(locked.panel, locked.application).filter(visits=locked)
    plan = plan_to_send(locked, lines, len(going))
    if locked.sent == plan:
        raise Refused("plan_unchanged", "安排和日程与已发给申报组织的相同，不需要再发。")
    locked.sent = plan
    locked.sent_by, locked.sent_at = person(actor), now
    locked.save(update_fields=["sent", "sent_by", "sent_at"])
    visit.sent, visit.sent_at = locked.sent, now
    record(
        actor=actor,
        action="visit.send",
        subject=locked,
        at=now,
        article=_article(locked.panel),
        after=locked.sent,
    )
    application = locked.application
    first, last = _day(locked.starts_on), _day(locked.ends_on)
    days = first if first == last else f"{first}至{last}"
    post(
        to=people_of_organisation(application.organisation_id),
        kind="application.visit",
        subject=f"现场评审{'安排调整' if again else '安排'}：{days}",
        body=(
            f"{application.organisation.name}：\n\n现场评审在 {days} 进行，地点：{locked.place}。"
            "日程和安全须知见办理页面，请提前做好准备。"
        ),
        link=reverse("scoring:visit_notice", args=[application.pk]),
        key=f"visit:{locked.pk}:applicant:{now.isoformat()}",
        now=now,
    )
    post(
        to=[one.user for one in going],
        kind="scoring",
        subject=f"现场评审{'安排调整' if again else '安排'}：{application.organisation.name}，{days}",
        body=f"{application.organisation.name}的现场评审安排已发给申报组织，请查看日程和安全须知。",
        link=locked.get_absolute_url(),
        key=f"visit:{locked.pk}:members:{now.isoformat()}",
        now=now,
    )


@transaction.atomic
def sign_minutes(*, visit: SiteVisit, part: str, actor: Actor, now: datetime) -> None:
    """Whoever leads the visit signs the minutes of the "opening" or "closing" meeting; they never change afterwards.

    Refused: minutes_signed, minutes_incomplete (one fault for time, people, text), minutes_ahead.
    """
    locked, access = locked_visit(visit, actor)
    _require(access.sign)
    label = MINUTES[part]
    at, signed = getattr(locked, f"{part}_at"), getattr(locked, f"{part}_signed_at")
    if signed is not None:
        raise Refused("minutes_signed", f"{label}纪要已经签署。")
    faults = [
        Fault("minutes_incomplete", f"{label}的{words}还没有填写。", f"{part}_{name}")
        for name, words in (("at", "时间"), ("present", "到会人员"), ("text", "纪要"))
        if not getattr(locked, f"{part}_{name}")
    ]
    if at is not None and at > now:
        faults.append(Fault("minutes_ahead", f"{label}还没有开，不能签署。", f"{part}_at"))
    refuse_if(faults)
    setattr(locked, f"{part}_signed_at", now)
    setattr(visit, f"{part}_signed_at", now)
    locked.save(update_fields=[f"{part}_signed_at"])
    record(
        actor=actor,
        action="visit.sign_minutes",
        subject=locked,
        at=now,
        article=_article(locked.panel),
        after={
            "part": part,
            "at": at,
            "present": getattr(locked, f"{part}_present"),
            "text": getattr(locked, f"{part}_text"),
        },
    )


@transaction.atomic
def add_photo(
    *,
    visit: SiteVisit,
    upload: File[bytes] | str,
    actor: Actor,
    now: datetime,
    caption: str = "",
    client_id: UUID | None = None,
) -> VisitPhoto:
    """Keep a picture taken on site: a file, or the token of an upload for the purpose PHOTO_UPLOAD and the visit.

    What a device sends again under the same `client_id` is kept once, also when it was taken off meanwhile.
    Refused: too_many_photos, file_* (documents.store_file), upload_* (documents.take_upload), at the field "upload".
    """
    locked, access = locked_visit(visit, actor)
    _require(access.write)
    known = locked.photos.filter(client_id=client_id).first() if client_id else None
    if known is not None:
        return known
    if locked.photos.filter(removed_at=None).count() >= PHOTOS_MOST:
        raise Refused("too_many_photos", f"最多 {PHOTOS_MOST} 张照片。", field="upload")
    try:
        if isinstance(upload, str):
            upload = take_upload(token=upload, purpose=PHOTO_UPLOAD, key=str(locked.pk), actor=actor, now=now)
        stored = store_file(upload, actor=actor, now=now, allowed=PHOTO_KINDS)
    except Refused as refusal:
        raise Refused.many(
            [Fault(fault.code, fault.message, "upload", fault.article) for fault in refusal.faults]
        ) from refusal
    photo = VisitPhoto.objects.create(
        visit=locked,
        file=stored,
        name=rules.file_name(str(upload.name or "")),
        caption=caption,
        client_id=client_id,
        added_by=person(actor),
        added_at=now,
    )
    record(
        actor=actor,
        action="visit.add_photo",
        subject=locked,
        at=now,
        after={"name": photo.name, "digest": stored.digest},
    )
    return photo


@transaction.atomic
def remove_photo(*, photo: VisitPhoto, actor: Actor, now: datetime) -> None:
    """Take a picture off; the file stays, and the ledger says who took it off. Removing twice changes nothing."""
    locked, access = locked_visit(photo.visit, actor)
    _require(access.write)
    if not VisitPhoto.objects.filter(pk=photo.pk, removed_at=None).update(removed_at=now):
        return
    record(actor=actor, action="visit.remove_photo", subject=locked, at=now, before={"name": photo.name})


def locked_visit(visit: SiteVisit, actor: Actor) -> tuple[SiteVisit, Access]:
    """The visit's row, locked, and what `actor` may do with it: nothing with one out of their sight."""
    rows = SiteVisit.objects.select_for_update(of=("self",)).select_related(
        "panel__cycle__scheme", "panel__cycle__edition_record", "application__organisation"
    )
    locked = rows.get(pk=visit.pk)
    if not visits_visible_to(actor).filter(pk=locked.pk).exists():
        return locked, Access()
    return locked, access_to(locked.panel, locked.application, locked, person(actor))


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied("现场评审由评定办、带队的人和参加人员办理；报告签署后不再修改。")


def _article(panel: Panel) -> str:
    return stage_article(panel.cycle, Stage.SITE)


def _amiss(visit: SiteVisit, lines: Sequence[VisitLine], today: date) -> list[Fault]:
    """What nobody could keep to: a visit that is over, a line on another day or with its end before its beginning."""
    first, last = visit.starts_on, visit.ends_on
    days = _day(first) if first == last else f"{_day(first)}至{_day(last)}"
    found = []
    if last < today:
        found.append(Fault("visit_over", f"现场评审的日期（{days}）已经过去，请先修改安排，再发给申报组织。"))
    for place, line in enumerate(lines, start=1):
        if line.on and not first <= line.on <= last:
            words = f"日程第 {place} 行的日期不在现场评审的日期（{days}）之内，请改正。"
            found.append(Fault("agenda_off_days", words))
        if line.starts and line.ends and line.ends <= line.starts:
            found.append(Fault("agenda_ends_early", f"日程第 {place} 行的结束时间须晚于开始时间，请改正。"))
    return found


def _outside_stage(cycle: Cycle, starts_on: date, ends_on: date) -> list[Fault]:
    """Which of the days lies outside the stage by the cycle's timetable."""
    days = days_of_stage(cycle)
    if days is None:
        return []
    first, last = days
    words = f"现场评审环节是 {_day(first)}至{_day(last)}，请选其间的日期；确需在别的日子的，请评定办先调整工作安排。"
    given = (("starts_on", starts_on), ("ends_on", ends_on))
    return [Fault("outside_stage", words, name) for name, day in given if not first <= day <= last]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

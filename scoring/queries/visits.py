"""Visits on site: who sees the plan, who the record, and who writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localtime

from accounts.models import User
from accounts.permissions import in_portal
from accounts.roles import Role
from applications.models import Application
from applications.queries import own_applications
from awards.models import Cycle
from scoring.models import Consolidation, Panel, PanelMember, Reviewer, Sheet, SiteVisit, Stage, VisitLine
from scoring.queries.benches import GONE
from scoring.queries.conflicts import without_conflict
from scoring.queries.visibility import files_open_to, office_schemes


@dataclass(frozen=True)
class Access:
    """What one person may do with a visit, or with the plan of one: all False where it is out of sight.

    `plan`: change plan and agenda, and send them; `record`: read what was found; `write`: write it; `sign`: the minutes.
    """

    plan: bool = False
    record: bool = False
    write: bool = False
    sign: bool = False


def days_of_stage(cycle: Cycle) -> tuple[date, date] | None:
    """The first and the last day of the site review by the cycle's timetable; None where it isn't in there."""
    milestone = cycle.timetable.get(Stage.SITE)
    if milestone is None:
        return None
    return localtime(milestone.starts_at).date(), localtime(milestone.due_at).date()


def visits_visible_to(user: object) -> QuerySet[SiteVisit]:
    """Visits of one's panel once the file is open to oneself; for the office those of its scheme, the supervisor all."""
    rows = SiteVisit.objects.select_related(
        "application__organisation",
        "application__cycle__scheme",
        "application__cycle__edition_record",
        "panel",
        "lead__user",
    )
    if not isinstance(user, User):
        return rows.none()
    return without_conflict(rows, user).filter(_seen(user))


def visits_to_write(user: User) -> QuerySet[SiteVisit]:
    """The visits on which `user` goes along and still writes: what a device takes along."""
    signed = Consolidation.objects.filter(
        application_id=OuterRef("application_id"), stage=Stage.SITE, state="signed"
    )
    going = visits_visible_to(user).filter(members__user_id=user.pk)
    return going.exclude(Exists(signed)).order_by("starts_on", "pk")


def visited(panel: Panel, user: object) -> QuerySet[Application]:
    """The panel's applications that `user` may read a plan of or make one for, each with its visit."""
    rows = panel.applications.exclude(state__in=GONE).select_related("organisation", "visit__lead__user")
    if not isinstance(user, User):
        return rows.none()
    if not (in_portal(user, Role.SUPERVISOR) or panel.cycle.scheme.code in office_schemes(user)):
        rows = rows.filter(pk__in=files_open_to(user).values("pk"))
    return without_conflict(rows, user, "").order_by("number")


def access_to(panel: Panel, application: Application, visit: SiteVisit | None, user: User) -> Access:
    """What `user` may do; the visit (or the application that has none yet) is in sight."""
    signed = (
        Consolidation.objects.filter(application=application, stage=Stage.SITE)
        .values_list("state", flat=True)
        .first()
    ) == "signed"
    seat = (
        PanelMember.objects.filter(panel=panel, reviewer__user_id=user.pk, reviewer__disqualified_at=None)
        .values("reviewer_id", "lead")
        .first()
    )
    office = panel.cycle.scheme.code in office_schemes(user)
    if seat is None:
        return Access(plan=office and not signed, record=signed)
    me = seat["reviewer_id"]
    leads = seat["lead"] if visit is None else visit.lead_id == me
    goes = visit is not None and visit.members.filter(pk=me).exists()
    return Access(
        plan=(leads or seat["lead"] or office) and not signed,
        record=True,
        write=goes and not signed,
        sign=leads and not signed,
    )


def able_members(panel: Panel, application: Application) -> QuerySet[Reviewer]:
    """The panel's members who may visit that applicant: with a live sheet of the site stage."""
    sheets = Sheet.objects.filter(
        reviewer=OuterRef("pk"), application=application, stage=Stage.SITE, panel=panel
    ).exclude(state="void")
    return (
        Reviewer.objects.filter(Exists(sheets), disqualified_at=None, seats__panel=panel)
        .select_related("user")
        .order_by("-seats__lead", "pk")
    )


def going(visit: SiteVisit) -> QuerySet[Reviewer, Any]:
    """Who was put down for the visit, each with `able`: whether they still may go."""
    able = able_members(visit.panel, visit.application).filter(pk=OuterRef("pk"))
    return visit.members.select_related("user").annotate(able=Exists(able))


def plan_to_send(visit: SiteVisit, agenda: Iterable[VisitLine], people: int) -> dict[str, Any]:
    """What the applicant is shown when the visit is sent as it stands; `people`: how many may still go."""
    return {
        "starts_on": visit.starts_on.isoformat(),
        "ends_on": visit.ends_on.isoformat(),
        "place": visit.place,
        "safety": visit.safety,
        "people": people,
        "agenda": [_line_to_send(line) for line in agenda],
    }


def plan_sent(user: object, application: Application) -> dict[str, Any] | None:
    """What the applicant was shown of the visit; nothing for anybody else."""
    if not own_applications(user).filter(pk=application.pk).exists():
        return None
    return SiteVisit.objects.filter(application=application).values_list("sent", flat=True).first()


def plan_of_visit(sent: dict[str, Any] | None) -> dict[str, Any] | None:
    """What was sent, with its days as dates again."""
    if sent is None:
        return None
    agenda = [{**line, "on": date.fromisoformat(line["on"])} for line in sent["agenda"]]
    days = {name: date.fromisoformat(sent[name]) for name in ("starts_on", "ends_on")}
    return {**sent, **days, "agenda": agenda}


def _seen(user: User) -> Q:
    if in_portal(user, Role.SUPERVISOR):
        return Q()
    seat = PanelMember.objects.filter(
        panel_id=OuterRef("panel_id"), reviewer__user_id=user.pk, reviewer__disqualified_at=None
    )
    seated = Q(Exists(seat)) & Q(application__in=files_open_to(user).values("pk"))
    return seated | Q(application__cycle__scheme__code__in=office_schemes(user))


def _line_to_send(line: VisitLine) -> dict[str, str]:
    return {
        "on": line.on.isoformat() if line.on else "",
        "starts": f"{line.starts:%H:%M}" if line.starts else "",
        "ends": f"{line.ends:%H:%M}" if line.ends else "",
        "subject": line.subject,
        "who": line.who,
        "place": line.place,
    }

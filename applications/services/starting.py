"""Starting an application, and the window in which that and the submission are possible."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.permissions import person
from accounts.roles import Role, Scope
from applications.models import Application, Organisation
from applications.permissions import require_writer
from applications.queries import deadline, is_past
from applications.queries.facts import refusal_for_ban
from audit.services import record
from awards.models import Cycle, Milestone
from ground.errors import Refused
from ground.moments import deadline_words, to_the_second
from notifications.services import open_duty

APPLY_DUTY: Final = "application.submit"


@transaction.atomic
def start_application(
    *, cycle: Cycle, organisation: Organisation, actor: Actor, now: datetime
) -> Application:
    """Begin the application of an organisation in a cycle and open the duty to finish it.

    Refused: cycle_not_open, not_started, deadline_passed, banned (with article and date), application_exists.
    """
    require_writer(actor, organisation)
    require_calling(cycle, now)
    if refusal := refusal_for_ban(organisation.uscc, cycle.scheme.code, now):
        raise refusal
    try:
        with transaction.atomic():
            application = Application.objects.create(
                cycle=cycle,
                organisation=organisation,
                category=organisation.category,
                created_by=person(actor),
                created_at=now,
            )
    except IntegrityError as error:
        raise Refused(
            "application_exists", "本组织在这个评定年度已经有一份申报，请继续填写那一份。"
        ) from error
    open_apply_duty(application, now)
    record(
        actor=actor,
        action="application.start",
        subject=application,
        at=now,
        after={"state": application.state, "edition": cycle.edition.digest},
    )
    return application


def require_calling(cycle: Cycle, now: datetime) -> None:
    """Refused unless the call is open and now lies in the application window, the last second included."""
    milestone = cycle.timetable.get(Milestone.Kind.APPLICATION)
    if milestone is not None and is_past(milestone.due_at, now):
        raise Refused(
            "deadline_passed",
            f"申报已于 {deadline_words(milestone.due_at)} 截止，不能再提交。已填写的内容为您保留。",
        )
    if cycle.state not in ("open", "checking") or milestone is None:
        raise Refused("cycle_not_open", "这个评定年度目前不接受申报，请留意申报通知。")
    if now < milestone.starts_at:
        raise Refused("not_started", f"申报从 {to_the_second(milestone.starts_at)} 开始，届时再来办理。")


def open_apply_duty(application: Application, now: datetime) -> None:
    """The duty of the organisation to finish and submit by the application deadline."""
    due_at = deadline(application)
    if due_at is not None:
        open_duty(
            kind=APPLY_DUTY,
            subject=application,
            title=f"完成并提交申报：{application.cycle}",
            link=application.get_absolute_url(),
            due_at=due_at,
            now=now,
            role=Role.APPLICANT_EDITOR,
            scope_kind=Scope.ORGANISATION,
            scope_key=str(application.organisation_id),
        )

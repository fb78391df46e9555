"""The holder's duty to report (报告义务): every report is taken, a late one is marked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move
from accounts.roles import APPLICANT_WRITERS, OFFICE_ROLES, Role
from audit.services import record
from awards.law.editions import Edition
from awards.law.workdays import UnknownYear
from awards.queries import entered_calendars
from documents.services import Upload, receive_upload
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties, open_duty, post
from publicity import queries
from publicity.models import Honour, Incident, edition_of
from publicity.permissions import acting_user
from publicity.rules import duties
from publicity.services import basis
from publicity.services.locking import lock_of_honour

NOTE_DUTY: Final = "publicity.note_incident"
UPLOAD_PURPOSE: Final = "publicity.incident"
FILE_KINDS: Final = ("pdf", "docx", "jpg", "png")
LONGEST_REST: Final = timedelta(days=9)


@transaction.atomic
def report_incident(
    *,
    honour: Honour,
    event: str,
    confirmed_on: date,
    description: str,
    upload: Upload | None,
    actor: Actor,
    now: datetime,
) -> Incident:
    """Take a written report from the holder. Never refused for being late: it is marked, and shown to the office.

    Refused: honour_not_valid (the duty lasts as long as the title), event_unknown, confirmed_in_future,
    description_missing, upload_*, file_*.
    """
    honour = Honour.objects.select_related(
        "scheme", "organisation", "cycle__scheme", "cycle__edition_record"
    ).get(pk=honour.pk)
    reporter = acting_user(actor, *APPLICANT_WRITERS, organisation=str(honour.organisation_id))
    edition = edition_of(honour.cycle)
    today = now.astimezone(SHANGHAI).date()
    article = basis.article(edition, basis.REPORT)
    if words := why_no_report(honour, today):
        raise Refused("honour_not_valid", words, article=article)
    events = {known.code: known for known in edition.events("incident_events")}
    refuse_if(_faults(event, set(events), confirmed_on, today, description, article))
    stored, name = None, ""
    if upload is not None:
        stored, name = receive_upload(
            upload=upload,
            purpose=UPLOAD_PURPOSE,
            key=str(honour.pk),
            kinds=FILE_KINDS,
            actor=actor,
            now=now,
        )
    due = due_day(edition, confirmed_on)
    incident = Incident.objects.create(
        honour=honour,
        event=event,
        confirmed_on=confirmed_on,
        due_on=due,
        description=description.strip(),
        file=stored,
        file_name=name,
        late=today > due,
        article=events[event].article,
        reported_by=reporter,
        reported_at=now,
    )
    record(
        actor=actor,
        action="incident.report",
        subject=incident,
        at=now,
        article=incident.article,
        details={
            "event": event,
            "confirmed_on": confirmed_on,
            "due_on": due,
            "late": incident.late,
            "file": stored.digest if stored else "",
        },
    )
    _ask_the_office(incident, now)
    return incident


def why_no_report(honour: Honour, today: date) -> str:
    """Why the holder has nothing to report any more, in one sentence; "" while the title is valid."""
    return "" if honour.state_on(today) == "valid" else "称号已不在有效期内，没有须报告的事项。"


@transaction.atomic
def note_incident(*, incident: Incident, note: str, actor: Actor, now: datetime) -> Incident:
    """Put a report on file (备案) with the office's note. Office. Refused: note_missing, wrong_state."""
    incident = lock_of_honour(incident)
    acting_user(actor, *OFFICE_ROLES, scheme=incident.honour.scheme.code)
    if not note.strip():
        raise Refused("note_missing", "请填写处理意见。", field="note")
    article = basis.article(edition_of(incident.honour.cycle), basis.REPORT)
    move(incident, "note", actor=actor, now=now, article=article, reason=note.strip())
    incident.office_note = note.strip()
    incident.save(update_fields=["office_note"])
    close_duties(kind=NOTE_DUTY, subject=incident, now=now)
    post(
        to=queries.people_of(incident.honour.organisation),
        kind="publicity.incident_noted",
        subject="事项报告已备案",
        body=f"{incident.honour.organisation.name}关于“{incident.event_label}”的报告已备案。处理意见：{incident.office_note}",
        link="/honours/mine/",
        key=f"incident:{incident.pk}:noted",
        now=now,
    )
    return incident


def due_day(edition: Edition, confirmed_on: date) -> date:
    """The last day for a report (报告期限).

    A report must not fail because next year's holidays are not announced yet: then the day is given the longest
    roll that any notice so far has brought, so that nobody is marked late who may not be.
    """
    try:
        return duties.report_due(edition, confirmed_on, entered_calendars())
    except UnknownYear:
        nominal = confirmed_on + timedelta(days=edition.value(basis.REPORT))
        return nominal + LONGEST_REST


def _faults(
    event: str, events: set[str], confirmed_on: date, today: date, description: str, article: str
) -> list[Fault]:
    faults = []
    if event not in events:
        faults.append(Fault("event_unknown", "请选择须报告的情形。", "event", article))
    if confirmed_on > today:
        faults.append(Fault("confirmed_in_future", "确认之日不能晚于今天。", "confirmed_on", article))
    if not description.strip():
        faults.append(Fault("description_missing", "请写明事项经过、影响和已采取的措施。", "description"))
    return faults


def _ask_the_office(incident: Incident, now: datetime) -> None:
    scheme, late = incident.honour.scheme, "（逾期报告）" if incident.late else ""
    link = f"/incidents/{incident.pk}/"
    open_duty(
        kind=NOTE_DUTY,
        subject=incident,
        title=f"处理事项报告{late}：{incident.honour.organisation.name}",
        link=link,
        due_at=now + basis.VERIFICATION,
        now=now,
        role=Role.OFFICE_CLERK,
        scope_kind="scheme",
        scope_key=scheme.code,
    )
    post(
        to=queries.people_with(scheme, *OFFICE_ROLES),
        kind="publicity.incident",
        subject=f"收到事项报告{late}：{incident.honour.organisation.name}",
        body=f"情形：{incident.event_label}。请备案，或者启动调查。",
        link=link,
        key=f"incident:{incident.pk}:reported",
        now=now,
    )

"""Presentations: whose slots one sees, and until when the scores of a presentation are sealed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from django.db.models import Count, Q, QuerySet

from applications.models import Application
from applications.queries import own_applications
from awards.models import Cycle
from ground.clock import SHANGHAI
from scoring.models import Panel, PresentationSchedule, PresentationSlot, Sheet, Stage
from scoring.queries.benches import GONE, LIVE, due_of
from scoring.queries.conflicts import without_conflict
from scoring.queries.visibility import panels_visible_to

SAME_DAY: Final = "presentation_sealed_same_day"
LAST_MINUTE: Final = time(23, 59)


@dataclass(frozen=True)
class Heard:
    """A slot with how many of the panel's sheets on it are sealed, and until when they should be."""

    slot: PresentationSlot
    sealed: int
    seats: int
    due: datetime | None

    @property
    def gone(self) -> bool:
        """The applicant has withdrawn or is out since the draw."""
        return self.slot.application is not None and self.slot.application.state in GONE

    @property
    def open(self) -> bool:
        return self.sealed < self.seats


def stage_article(cycle: Cycle, stage: str) -> str:
    """The article on which a stage rests; empty where the edition names none."""
    return next((known.article for known in cycle.edition.stages if known.code == stage), "")


def schedules_visible_to(user: object) -> QuerySet[PresentationSchedule]:
    """Schedules of the panels that `user` sees: their office, their members, the supervisor."""
    rows = PresentationSchedule.objects.select_related("panel__cycle__scheme", "drawn_by", "planned_by")
    return rows.filter(panel__in=panels_visible_to(user).values("pk"))


def presenting(panel: Panel) -> QuerySet[Application]:
    """Whom the panel hears: its applications that are still in."""
    return panel.applications.exclude(state__in=GONE).select_related("organisation").order_by("number")


def slots_seen(schedule: PresentationSchedule, user: object) -> list[Heard]:
    """The slots of a schedule that `user` sees, in order; those of an applicant they are recused from are left out."""
    rows = schedule.slots.select_related("application__organisation")
    slots = list(without_conflict(rows, user))
    count = Count("pk", filter=Q(state="sealed"))
    sheets = (
        Sheet.objects.filter(panel=schedule.panel_id, stage=Stage.PRESENTATION, state__in=LIVE)
        .order_by()
        .values_list("application_id")
        .annotate(sealed=count, seats=Count("pk"))
    )
    counted = {key: (sealed, seats) for key, sealed, seats in sheets}
    cycle = schedule.panel.cycle
    return [
        Heard(slot, *counted.get(slot.application_id, (0, 0)), due=seal_by(cycle, slot)) for slot in slots
    ]


def own_slot(user: object, application: Application) -> PresentationSlot | None:
    """The applicant's own time and room, once drawn; nothing for anybody else."""
    if not own_applications(user).filter(pk=application.pk).exists():
        return None
    return PresentationSlot.objects.filter(application=application).first()


def heard_of(applications: Iterable[int]) -> dict[int, PresentationSlot]:
    """Application → its slot, once drawn. One query, none for no applications."""
    keys = list(applications)
    rows = PresentationSlot.objects.filter(application__in=keys) if keys else ()
    return {slot.application_id: slot for slot in rows if slot.application_id is not None}


def dues_of(cycle: Cycle, applications: Iterable[int]) -> dict[int, datetime]:
    """Application → until when the scores of its presentation are to be sealed; only where the edition asks for the day."""
    found = {key: seal_by(cycle, slot) for key, slot in heard_of(applications).items()}
    return {key: due for key, due in found.items() if due is not None}


def dues_by_number(cycle: Cycle) -> dict[str, datetime]:
    """As `dues_of`, for all of a cycle by the application's number. One query."""
    slots = PresentationSlot.objects.filter(application__cycle=cycle).select_related("application")
    dues = {slot.application.number: seal_by(cycle, slot) for slot in slots if slot.application}
    return {number: due for number, due in dues.items() if due is not None}


def due_of_sheet(sheet: Sheet) -> datetime | None:
    """Until when a sheet is to be sealed: the day of the presentation where one is drawn, else the stage's milestone."""
    cycle = sheet.application.cycle
    drawn = dues_of(cycle, [sheet.application_id]) if sheet.stage == Stage.PRESENTATION else {}
    return drawn.get(sheet.application_id) or due_of(cycle, sheet.stage)


def is_late(due: datetime, sealed_at: datetime) -> bool:
    """Whether a sheet was sealed after the day of the presentation."""
    return sealed_at.astimezone(SHANGHAI).date() > due.astimezone(SHANGHAI).date()


def sealed_late(cycle: Cycle, sheets: Iterable[Sheet]) -> frozenset[int]:
    """The keys of the presentation's sheets that were sealed after its day, by what the edition asks for. One query."""
    sealed = [sheet for sheet in sheets if sheet.stage == Stage.PRESENTATION and sheet.sealed_at]
    dues = dues_of(cycle, {sheet.application_id for sheet in sealed})
    return frozenset(
        sheet.pk
        for sheet in sealed
        if sheet.sealed_at
        and sheet.application_id in dues
        and is_late(dues[sheet.application_id], sheet.sealed_at)
    )


def seal_by(cycle: Cycle, slot: PresentationSlot) -> datetime | None:
    """The end of the slot's day in Shanghai; None where the edition does not ask for the day."""
    edition = cycle.edition
    if not (edition.has(SAME_DAY) and edition.value(SAME_DAY)):
        return None
    return datetime.combine(slot.starts_at.astimezone(SHANGHAI).date(), LAST_MINUTE, SHANGHAI)

"""After a cycle was cancelled: everybody who has work in it is told once, and has nothing left to do in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Model
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import User
from applications.models import Application, Correction, Recommendation
from applications.queries.visibility import people_of_organisation, people_of_recommender
from audit.queries import subjects_of
from audit.services import record
from awards.models import Cycle
from awards.queries import cancellation_reason
from notifications.services import close_duties_on, post
from scoring.models import Consolidation, Panel, Sheet

TOLD: Final = "cycle.cancellation_told"
# Whose part in the year was over before.
GONE: Final = ("withdrawn", "refused", "disqualified")


def sweep_cancelled(*, now: datetime) -> int:
    """Tell of every cancelled cycle that has not been told of; return how many. Twice has the effect of once."""
    told = subjects_of(TOLD, Cycle)
    cycles = Cycle.objects.filter(state="cancelled").exclude(pk__in=[int(key) for key in told])
    return sum(_tell(pk, now) for pk in cycles.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _tell(pk: int, now: datetime) -> int:
    """One cycle: 1. claim it; 2. letters to applicants with a file, to bodies asked to sign, to reviewers on panels;
    3. close their duties; 4. note in the ledger that they were told, which keeps it from being told again.
    """
    cycle = (
        Cycle.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("scheme")
        .filter(pk=pk)
        .first()
    )
    if cycle is None or str(pk) in subjects_of(TOLD, Cycle):
        return 0
    applications = list(
        Application.objects.filter(cycle=cycle).exclude(state__in=GONE).select_related("organisation")
    )
    waiting = list(
        Recommendation.objects.filter(application__in=applications, state="waiting").select_related(
            "application__organisation"
        )
    )
    reviewers = list(User.objects.filter(reviewer__seats__panel__cycle=cycle).distinct())
    _write_letters(cycle, applications, waiting, reviewers, now)
    for subjects in _with_duties(cycle, applications, waiting):
        close_duties_on(subjects=subjects, now=now)
    record(
        actor=SYSTEM,
        action=TOLD,
        subject=cycle,
        at=now,
        details={
            "applications": len(applications),
            "recommendations": len(waiting),
            "reviewers": len(reviewers),
        },
    )
    return 1


def _write_letters(
    cycle: Cycle,
    applications: list[Application],
    waiting: list[Recommendation],
    reviewers: list[User],
    now: datetime,
) -> None:
    reason = cancellation_reason(cycle)
    because = f"\n\n理由：{reason}" if reason else ""
    for application in applications:
        post(
            to=people_of_organisation(application.organisation_id),
            kind="cycle.cancelled",
            subject=f"{cycle}已取消",
            body=f"{cycle}已取消，不再接受和评审申报。{application.organisation.name}的申报内容为您保留，只能查看。{because}",
            link=application.get_absolute_url(),
            key=f"cycle:{cycle.pk}:cancelled:application:{application.pk}",
            now=now,
        )
    for recommendation in waiting:
        post(
            to=people_of_recommender(recommendation.recommender_id),
            kind="cycle.cancelled",
            subject=f"{cycle}已取消，不必再签署推荐意见",
            body=f"{cycle}已取消。{recommendation.application.organisation.name}的推荐意见不必再签署。{because}",
            link=reverse("applications:recommendations"),
            key=f"cycle:{cycle.pk}:cancelled:recommendation:{recommendation.pk}",
            now=now,
        )
    post(
        to=reviewers,
        kind="cycle.cancelled",
        subject=f"{cycle}已取消，评审任务终止",
        body=f"{cycle}已取消，您在评审组里的任务终止，不必再评分。{because}",
        link=reverse("scoring:desk"),
        key=f"cycle:{cycle.pk}:cancelled:reviewer",
        now=now,
    )


def _with_duties(
    cycle: Cycle, applications: list[Application], waiting: list[Recommendation]
) -> Iterable[list[Model]]:
    """Everything of the cycle on which somebody may have a duty, kind by kind."""
    yield [cycle]
    yield list(applications)
    yield list(waiting)
    yield list(Correction.objects.filter(application__cycle=cycle, state="open"))
    yield list(Panel.objects.filter(cycle=cycle))
    yield list(Sheet.objects.filter(panel__cycle=cycle))
    yield list(Consolidation.objects.filter(panel__cycle=cycle))

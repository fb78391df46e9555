"""A file that nobody recommends and that can't be handed in again: what becomes of it is for the office to decide."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse

from accounts.roles import Role, Scope
from applications.models import Application
from applications.queries import deadline, is_past
from applications.queries.opening import CANCELLED
from applications.queries.visibility import office_of
from awards.models import Milestone
from ground.moments import deadline_words
from notifications.services import close_duties, open_duty, post

DECLINED_DUTY: Final = "application.declined"


def ask_office(application: Application, now: datetime) -> None:
    """Give the head the duty to decide, due with the eligibility check, and tell the office; twice is once.

    Only for a declined file whose application deadline has gone by; in the caller's transaction.
    """
    if application.state != "declined" or application.cycle.state == CANCELLED:
        return
    if not is_past(deadline(application), now):
        return
    link = reverse("applications:eligibility", args=[application.pk])
    open_duty(
        kind=DECLINED_DUTY,
        subject=application,
        title=f"未获推荐，作出审核结论：{application.organisation.name}",
        link=link,
        due_at=deadline(application, Milestone.Kind.ELIGIBILITY) or now,
        now=now,
        role=Role.OFFICE_HEAD,
        scope_kind=Scope.SCHEME,
        scope_key=application.cycle.scheme.code,
    )
    recommendation = application.recommendations.filter(state="declined").first()
    reason = f"\n\n推荐单位的理由：{recommendation.opinion}" if recommendation else ""
    until = deadline(application, Milestone.Kind.RECOMMENDATION)
    after = f"推荐截止 {deadline_words(until)} 以后，由主任作出结论。" if until else "由主任作出结论。"
    post(
        to=office_of(application.cycle.scheme.code),
        kind="application.declined_late",
        subject=f"未获推荐，等待评定办处理：{application.organisation.name}",
        body=(
            f"{application}未获{application.recommender}推荐。申报已经截止，申报组织不能修改后重新提交，"
            f"也不能改选推荐单位。{after}{reason}"
        ),
        link=link,
        key=f"application.declined_late:{application.pk}:{application.version}",
        now=now,
    )


def settle(application: Application, now: datetime) -> None:
    """There is nothing left for the office to decide: decided, withdrawn, or handed in again."""
    close_duties(kind=DECLINED_DUTY, subject=application, now=now)

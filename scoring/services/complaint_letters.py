"""Who hears of a complaint about a reviewer, and whose step is next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from accounts.models import User
from accounts.roles import Scope
from notifications.services import close_duties, open_duty, post
from scoring.models import MisconductCase
from scoring.services import notices

DUTY: Final = "scoring.misconduct"
FOLLOW_UP: Final = "scoring.misconduct_follow_up"
REMINDED_AFTER: Final = timedelta(days=10)
Treatment = MisconductCase.Treatment


def follow_up(case: MisconductCase, now: datetime) -> None:
    """Who is next after the decision, and what a locked ranking asks for."""
    days = case.cycle.edition.value("publicity_days")
    words = {
        Treatment.KEEP: "已封存的评分表保留，报告和得分不变。",
        Treatment.SUBSTITUTE: "有关评分表作废，请为有空缺的评审组补充评审员重评。",
        Treatment.WITHOUT: "有关评分表作废，由其余评审员重新合议、签署报告。",
        Treatment.NEW_ROUND: (
            "已锁定的排名和已公布的结果不改变。请评定委就受影响的组织重新审议，另作决议，"
            f"经批准机关批准后另行公示 {days} 天；已授予称号的，按撤销称号的程序办理。"
        ),
    }[Treatment(case.treatment)]
    notices.tell_office(
        case.cycle,
        subject=f"评定委已批准取消评审资格：{case}",
        body=words,
        link=case.get_absolute_url(),
        key=f"misconduct:{case.pk}:approved",
        now=now,
    )
    if case.treatment == Treatment.NEW_ROUND:
        notices.ask_office(
            FOLLOW_UP,
            case,
            case.cycle,
            title=f"请评定委重新审议受影响的组织：{case}",
            link=case.get_absolute_url(),
            due_at=now + REMINDED_AFTER,
            now=now,
        )


def ask(case: MisconductCase, role: str, words: str, now: datetime) -> None:
    """The next step is a duty of `role`; the one before it ends."""
    close_duties(kind=DUTY, subject=case, now=now)
    open_duty(
        kind=DUTY,
        subject=case,
        title=f"{words}：{case}",
        link=case.get_absolute_url(),
        due_at=now + REMINDED_AFTER,
        now=now,
        role=role,
        scope_kind=Scope.SCHEME,
        scope_key=case.cycle.scheme.code,
    )


def tell(case: MisconductCase, subject: str, body: str, now: datetime) -> None:
    """To whoever complained."""
    write(case, [case.filed_by], subject, body, now)


def write(case: MisconductCase, to: Iterable[User], subject: str, body: str, now: datetime) -> None:
    post(
        to=to,
        kind="scoring",
        subject=f"{subject}：{case.cycle}",
        body=body,
        link=case.get_absolute_url(),
        key=f"misconduct:{case.pk}:{case.state}:{subject}",
        now=now,
    )

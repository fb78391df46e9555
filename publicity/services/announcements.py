"""The announcement (公告): honours, certificates, prize orders, and letters, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor
from accounts.moves import move, why_not
from accounts.roles import Role
from applications.models import Application, Letter
from applications.services import send_letter
from awards.models import Cycle
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused
from notifications.services import close_duties, post
from publicity import queries
from publicity.models import Notice, NoticeEntry, edition_of
from publicity.permissions import acting_user
from publicity.services import basis
from publicity.services.honours import award_honour
from publicity.services.locking import lock_cycle, lock_notices
from publicity.services.notices import print_head
from publicity.services.windows import ANNOUNCE_DUTY, close_window, hold_candidates
from scoring.queries.feedback import feedback_of

HOLD_ALL: Final = "all"


@transaction.atomic
def announce(*, cycle: Cycle, number: str, reason: str, actor: Actor, now: datetime) -> Notice:
    """Announce everybody whose window is over and whom no objection holds. The head of the office.

    Held ones wait; then a reason why the others go first is needed (or the edition lets all wait). Called again after
    a release, it takes just those who were held.
    1. close windows that are over but not swept yet, hold whom an objection names; 2. who goes, who waits; 3. the
    announcement and its entries; 4. honour, certificate number, prize order, standing record for each; 5. move the
    applications, the notice and the cycle; 6. print the ledger's head; 7. letters.
    Refused: number_missing, number_taken, reason_missing, all_wait, nobody_to_announce, wrong_state.
    """
    notices = list(lock_notices(Notice.objects.filter(cycle=cycle, kind=Notice.Kind.PUBLICITY)))
    for notice in notices:
        if notice.state == "published" and notice.closes_at is not None and notice.closes_at <= now:
            close_window(notice, now=now)
        elif notice.state == "closed":
            hold_candidates(notice, now=now)
    cycle = lock_cycle(cycle.pk)
    head = acting_user(actor, Role.OFFICE_HEAD, scheme=cycle.scheme.code)
    edition = edition_of(cycle)
    article = basis.article(edition, basis.ANNOUNCEMENT)
    entries = list(queries.candidates_after_publicity(cycle))
    ready = [entry for entry in entries if entry.application and entry.application.state == "candidate"]
    waiting = [entry for entry in entries if entry.application and entry.application.state == "held"]
    _check(cycle, number, reason, ready, waiting, article)

    announcement = Notice.objects.create(
        kind=Notice.Kind.ANNOUNCEMENT,
        scheme=cycle.scheme,
        cycle=cycle,
        title=f"关于公布{cycle}获奖组织名单的公告",
        number=number.strip(),
        body=_body(cycle, ready),
        drafted_by=head,
        drafted_at=now,
        published_by=head,
        published_at=now,
    )
    NoticeEntry.objects.bulk_create(
        NoticeEntry(
            notice=announcement,
            application=entry.application,
            organisation=entry.organisation,
            name=entry.name,
            tier=entry.tier,
            repeat=entry.repeat,
            position=position,
        )
        for position, entry in enumerate(ready, start=1)
    )
    for entry in ready:
        award_honour(entry=entry, announcement=announcement, actor=actor, now=now)
    details = {"number": announcement.number, "announced": len(ready), "waiting": len(waiting)}
    move(announcement, "issue", actor=actor, now=now, article=article, reason=reason.strip(), details=details)
    move(cycle, "announce", actor=actor, now=now, article=article, reason=reason.strip(), details=details)
    print_head(announcement, actor, now)
    close_duties(kind=ANNOUNCE_DUTY, subject=cycle, now=now)
    for entry in ready:
        _offer_feedback(entry, cycle, now)
    _tell_the_others(cycle, announcement, now)
    return announcement


@transaction.atomic
def announce_vacancy(*, cycle: Cycle, number: str, actor: Actor, now: datetime) -> Notice:
    """Announce that the year's prizes stay vacant (奖项空缺): quotas are ceilings, nothing is filled up.

    Refused: number_missing, number_taken, not_vacant, wrong_state.
    """
    cycle = lock_cycle(cycle.pk)
    head = acting_user(actor, Role.OFFICE_HEAD, scheme=cycle.scheme.code)
    article = basis.article(edition_of(cycle), basis.ANNOUNCEMENT)
    _check_number(cycle, number, article)
    if not queries.is_vacant(cycle):
        raise Refused("not_vacant", "还有拟授奖或者待批准的组织，不能公告奖项空缺。", article=article)
    announcement = Notice.objects.create(
        kind=Notice.Kind.ANNOUNCEMENT,
        scheme=cycle.scheme,
        cycle=cycle,
        title=f"关于{cycle}评定结果的公告",
        number=number.strip(),
        body=f"依照《{edition_of(cycle).title}》，{cycle}评定工作已经完成，本年度没有授奖的组织，奖项空缺。",
        drafted_by=head,
        drafted_at=now,
        published_by=head,
        published_at=now,
    )
    details = {"number": announcement.number, "announced": 0}
    move(announcement, "issue", actor=actor, now=now, article=article, details=details)
    move(cycle, "announce_vacancy", actor=actor, now=now, article=article, details=details)
    print_head(announcement, actor, now)
    close_duties(kind=ANNOUNCE_DUTY, subject=cycle, now=now)
    _tell_the_others(cycle, announcement, now)
    return announcement


def _check_number(cycle: Cycle, number: str, article: str) -> None:
    if not number.strip():
        raise Refused("number_missing", "请填写公告的文号。", field="number", article=article)
    if Notice.objects.filter(
        scheme=cycle.scheme, kind=Notice.Kind.ANNOUNCEMENT, number=number.strip()
    ).exists():
        raise Refused("number_taken", "这个文号已有别的公告使用，请核对。", field="number")


def fault_against_announcing(
    cycle: Cycle, ready: Sequence[NoticeEntry], waiting: Sequence[NoticeEntry]
) -> Fault | None:
    """What keeps the list from being announced now, whatever is filled in; None if nothing does."""
    article = basis.article(edition_of(cycle), basis.ANNOUNCEMENT)
    if why_not(cycle, "announce"):
        words = f"年度正处于“{cycle.office_state}”，公示期满以后才能公告。"
        return Fault("wrong_state", words, article=article)
    if waiting and edition_of(cycle).value("objections")["hold"] == HOLD_ALL:
        words = "有组织因异议暂缓；按本版规则，须待异议全部办结后一并公告。"
        return Fault("all_wait", words, article=article)
    if not ready:
        words = "没有可以公告的组织：公示期未满、异议未办结，或者已经公告。"
        return Fault("nobody_to_announce", words, article=article)
    return None


def _check(
    cycle: Cycle, number: str, reason: str, ready: list[NoticeEntry], waiting: list[NoticeEntry], article: str
) -> None:
    _check_number(cycle, number, article)
    if fault := fault_against_announcing(cycle, ready, waiting):
        raise Refused.many([fault])
    if waiting and not reason.strip():
        names = "、".join(entry.name_line for entry in waiting)
        raise Refused(
            "reason_missing",
            f"{names}因异议未办结而暂缓。请说明其余组织先行公告的理由，或者等异议办结后一并公告。",
            field="reason",
            article=basis.article(edition_of(cycle), basis.OBJECTION),
        )


def _body(cycle: Cycle, ready: list[NoticeEntry]) -> str:
    edition = edition_of(cycle)
    approvals = {
        f"{entry.notice.approval.document_number}": None
        for entry in ready
        if entry.notice.approval is not None
    }
    years = edition.value("validity_years")
    return (
        f"依照《{edition.title}》，{cycle}获奖组织名单经{edition.bodies['committee'].name}审议、"
        f"{edition.bodies['authority'].name}批准（{'、'.join(approvals)}），公示期满，现予公告。\n"
        f"称号自公告之日起有效{years}年。希望获奖组织珍惜荣誉，继续提高质量，带动更多组织改进质量管理。"
    )


def _tell_the_others(cycle: Cycle, announcement: Notice, now: datetime) -> None:
    for application in queries.others_of(cycle):
        _tell_other(application, cycle, announcement, now)


def _tell_other(application: Application, cycle: Cycle, announcement: Notice, now: datetime) -> None:
    on = now.astimezone(SHANGHAI)
    link = _feedback_link(application)
    send_letter(
        application=application,
        kind=Letter.Kind.RESULT,
        post_as="publicity.not_awarded",
        subject=f"{cycle}评定结果告知",
        body=(
            f"{cycle}获奖名单已于{on.year}年{on.month}月{on.day}日公告，{application.organisation.name}未列入名单。"
            f"感谢参与。{'评审反馈可以在平台查阅。' if link else ''}"
        ),
        link=link or application.get_absolute_url(),
        key=f"cycle:{cycle.pk}:not_awarded:{application.pk}",
        now=now,
    )


def _offer_feedback(entry: NoticeEntry, cycle: Cycle, now: datetime) -> None:
    """Winners get a letter of its own: the congratulations lead to the certificate."""
    if entry.application is None or not (link := _feedback_link(entry.application)):
        return
    post(
        to=queries.people_of(entry.organisation),
        kind="publicity.feedback",
        subject=f"{cycle}评审反馈可以查阅",
        body="评审组对贵组织的主要优势和改进机会的意见，可以在平台查阅。",
        link=link,
        key=f"cycle:{cycle.pk}:feedback:{entry.application.pk}",
        now=now,
    )


def _feedback_link(application: Application) -> str:
    """Where the feedback stands; empty where the edition gives none or no panel has concluded."""
    return reverse("scoring:feedback", args=[application.pk]) if feedback_of(application) else ""

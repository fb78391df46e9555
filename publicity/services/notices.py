"""Putting an approved list before the public (公示): publication by a second person, and taking it off again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move, why_not
from accounts.roles import Role
from audit.services import publish_head
from awards.law.editions import Edition
from documents.services import next_number
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties, post
from publicity import queries
from publicity.models import Notice, edition_of, tier_name
from publicity.permissions import acting_user
from publicity.services import basis
from publicity.services.drafting import PUBLISH_DUTY, cycle_of, must_be_draft
from publicity.services.locking import lock_notice
from publicity.services.windows import count_window


@transaction.atomic
def publish_notice(*, notice: Notice, actor: Actor, now: datetime) -> Notice:
    """Open the window (公示期). The head of the office, who may not be the person that drafted it.

    1. four eyes; 2. every required site is recorded; 3. count the window from the last of them; 4. number and move;
    5. move the cycle; 6. print the ledger's head; 7. tell the organisations on the list.
    Refused: four_eyes, site_missing (one fault a site), calendar_unknown (names the year), window_over, wrong_state.
    """
    notice = lock_notice(notice.pk)
    cycle = cycle_of(notice)
    publisher = acting_user(actor, Role.OFFICE_HEAD, scheme=notice.scheme.code)
    must_be_draft(notice)
    edition = edition_of(cycle)
    article = basis.article(edition, basis.PUBLICITY)
    refuse_if(faults_against_publishing(notice, edition, publisher))
    recorded = {site.code: site for site in notice.sites.all()}
    times = [recorded[site.code].published_at for site in edition.sites]
    window = count_window(edition, times)
    if window.closes_at <= now:
        raise Refused("window_over", "按登记的登载时间，公示期已经过去。请核对登载时间。", article=article)
    notice.published_by, notice.published_at = publisher, max(times).astimezone(SHANGHAI)
    notice.mode, notice.rolled = window.mode, window.rolled
    notice.day_one, notice.last_day, notice.closes_at = window.day_one, window.last_day, window.closes_at
    notice.number = numbered(notice, "公示", now)
    notice.save(
        update_fields=[
            "published_by",
            "published_at",
            "mode",
            "rolled",
            "day_one",
            "last_day",
            "closes_at",
            "number",
        ]
    )
    move(
        notice,
        "publish",
        actor=actor,
        now=now,
        article=article,
        details={
            "number": notice.number,
            "sites": [
                {"name": s.name, "url": s.url, "published_at": s.published_at} for s in recorded.values()
            ],
            "day_one": window.day_one,
            "last_day": window.last_day,
            "closes_at": window.closes_at,
        },
    )
    if cycle.state in ("approved", "publicity_closed"):
        move(cycle, "start_publicity", actor=actor, now=now, article=article)
    print_head(notice, actor, now)
    close_duties(kind=PUBLISH_DUTY, subject=notice, now=now)
    _tell_the_listed(notice, now)
    return notice


@transaction.atomic
def withdraw_notice(*, notice: Notice, reason: str, actor: Actor, now: datetime) -> Notice:
    """Take a draft, or a notice whose window still runs, off again (a mistake in it). The head; with a reason.

    The list needs another notice, and that one its own full window. Refused: reason_missing, wrong_state,
    objections_open (they have to be answered first).
    """
    notice = lock_notice(notice.pk)
    acting_user(actor, Role.OFFICE_HEAD, scheme=notice.scheme.code)
    if not reason.strip():
        raise Refused("reason_missing", "请说明撤下的理由。", field="reason")
    if not why_not(notice, "withdraw") and (words := why_not_withdrawn(notice)):
        raise Refused("objections_open", words)
    move(notice, "withdraw", actor=actor, now=now, reason=reason.strip())
    close_duties(kind=PUBLISH_DUTY, subject=notice, now=now)
    return notice


def numbered(notice: Notice, word: str, now: datetime) -> str:
    """The next number of this office's notices: 园区质量奖公示〔2026〕1号."""
    year = now.astimezone(SHANGHAI).year
    number = next_number(f"notice:{notice.kind}:{notice.scheme.code}", year)
    return f"{notice.scheme.short_name}{word}〔{year}〕{number}号"


def print_head(notice: Notice, actor: Actor, now: datetime) -> None:
    """Print the ledger's head on the notice: nothing that came before can be changed unnoticed afterwards."""
    notice.ledger_head = publish_head(subject=notice, actor=actor, now=now)
    notice.save(update_fields=["ledger_head"])


def faults_against_publishing(notice: Notice, edition: Edition, publisher: object) -> list[Fault]:
    """What keeps `publisher` from publishing a draft: four eyes, then the sites not recorded yet."""
    if getattr(publisher, "pk", None) == notice.drafted_by_id:
        words = "公示由一人拟稿、另一人发布：您是这份公示的拟稿人，请由另一位主任发布。"
        return [Fault("four_eyes", words, article=basis.article(edition, basis.PUBLICITY))]
    recorded = {site.code for site in notice.sites.all()}
    article = basis.article(edition, "sites")
    return [
        Fault("site_missing", f"还没有登记“{site.name}”的登载网址和时间。", article=article)
        for site in edition.sites
        if site.code not in recorded
    ]


def why_not_withdrawn(notice: Notice) -> str:
    """Why a notice can't be taken off, in one sentence; "" if it can."""
    if words := why_not(notice, "withdraw"):
        return words
    open_ones = queries.holding(queries.objections_on(notice)).exists()
    return "这份公示还有未办结的异议，请先办结再撤下。" if open_ones else ""


def _tell_the_listed(notice: Notice, now: datetime) -> None:
    cycle = cycle_of(notice)
    closes = f"{notice.last_day:%Y年%-m月%-d日} 24:00" if notice.last_day else ""
    for entry in notice.entries.select_related("organisation"):
        post(
            to=queries.people_of(entry.organisation),
            kind="publicity.listed",
            subject=f"你单位已列入公示名单：{tier_name(cycle, entry.tier)}",
            body=f"{entry.organisation.name}已列入《{notice.title}》，公示至{closes}。公示期满无异议的，将按程序公告。",
            link=notice.get_absolute_url(),
            key=f"notice:{notice.pk}:listed:{entry.organisation_id}",
            now=now,
        )

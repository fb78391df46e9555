"""Putting an approved list before the public (公示): draft, outside sites, publication by a second person."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move, why_not
from accounts.roles import OFFICE_ROLES, Role
from applications.models import Application
from audit.services import publish_head, record
from awards.law.editions import Edition
from awards.models import Cycle
from documents.services import next_number
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties, open_duty, post
from publicity import queries
from publicity.models import Notice, NoticeEntry, NoticeSite, edition_of, tier_name
from publicity.permissions import acting_user
from publicity.services import basis
from publicity.services.locking import lock_cycle, lock_notice
from publicity.services.windows import count_window
from scoring.models import Approval

PUBLISH_DUTY = "publicity.publish"


@transaction.atomic
def draft_notice(*, approval: Approval, actor: Actor, now: datetime) -> Notice:
    """Draft the notice of an approved list, with one entry for each organisation on it. Office, clerk or head.

    Refused: notice_exists (a notice of this approval stands), list_empty.
    """
    cycle = lock_cycle(approval.cycle_id)
    drafter = acting_user(actor, *OFFICE_ROLES, scheme=cycle.scheme.code)
    edition = edition_of(cycle)
    article = basis.article(edition, basis.PUBLICITY)
    live = Notice.objects.filter(approval=approval, kind=Notice.Kind.PUBLICITY).exclude(state="withdrawn")
    if live.exists():
        raise Refused(
            "notice_exists", "这一批名单已有公示，不必重复拟稿；需要重拟的先撤下原公示。", article=article
        )
    if not approval.list:
        raise Refused("list_empty", "批准的名单里没有组织，无须公示。", article=article)
    notice = Notice.objects.create(
        kind=Notice.Kind.PUBLICITY,
        scheme=cycle.scheme,
        cycle=cycle,
        approval=approval,
        title=_title(cycle, approval),
        body=_body(cycle, edition, approval),
        drafted_by=drafter,
        drafted_at=now,
    )
    _enter_list(notice, approval)
    record(
        actor=actor,
        action="notice.draft",
        subject=notice,
        at=now,
        article=article,
        details={
            "approval": approval.document_number,
            "approved_on": approval.approved_on,
            "list": len(approval.list),
        },
    )
    open_duty(
        kind=PUBLISH_DUTY,
        subject=notice,
        title=f"登记规定网站并发布：{notice.title}",
        link=f"/cycles/{cycle.pk}/publicity/",
        due_at=now + basis.NEXT_WORKING_STEP,
        now=now,
        role=Role.OFFICE_HEAD,
        scope_kind="scheme",
        scope_key=cycle.scheme.code,
    )
    return notice


@transaction.atomic
def revise_notice(*, notice: Notice, title: str, body: str, actor: Actor, now: datetime) -> Notice:
    """Change the words of a draft. Whoever does so counts as its drafter, so another person has to publish it.

    Refused: wrong_state, words_missing.
    """
    notice = lock_notice(notice.pk)
    drafter = acting_user(actor, *OFFICE_ROLES, scheme=notice.scheme.code)
    _must_be_draft(notice)
    if not title.strip() or not body.strip():
        raise Refused("words_missing", "请填写公示的标题和正文。", field="body" if title.strip() else "title")
    before = {"title": notice.title, "body": notice.body}
    notice.title, notice.body, notice.drafted_by = title.strip(), body.strip(), drafter
    notice.save(update_fields=["title", "body", "drafted_by"])
    record(
        actor=actor,
        action="notice.revise",
        subject=notice,
        at=now,
        before=before,
        after={"title": notice.title, "body": notice.body},
    )
    return notice


@transaction.atomic
def record_site(
    *, notice: Notice, code: str, url: str, published_at: datetime, actor: Actor, now: datetime
) -> NoticeSite:
    """Record where and when the list was put up on one of the edition's required sites; again replaces it. Office.

    Refused (all faults at once): wrong_state, site_unknown, site_url_bad, site_in_future, site_before_approval.
    """
    notice = lock_notice(notice.pk)
    acting_user(actor, *OFFICE_ROLES, scheme=notice.scheme.code)
    _must_be_draft(notice)
    edition = edition_of(_cycle(notice))
    names = {site.code: site.name for site in edition.sites}
    article = basis.article(edition, "sites")
    refuse_if(_site_faults(notice, names, code, url, published_at, now, article))
    site, _ = NoticeSite.objects.update_or_create(
        notice=notice,
        code=code,
        defaults={"name": names[code], "url": url.strip(), "published_at": published_at},
    )
    record(
        actor=actor,
        action="notice.record_site",
        subject=notice,
        at=now,
        article=article,
        details={"site": site.name, "url": site.url, "published_at": published_at},
    )
    return site


@transaction.atomic
def publish_notice(*, notice: Notice, actor: Actor, now: datetime) -> Notice:
    """Open the window (公示期). The head of the office, who may not be the person that drafted it.

    1. four eyes; 2. every required site is recorded; 3. count the window from the last of them; 4. number and move;
    5. move the cycle; 6. print the ledger's head; 7. tell the organisations on the list.
    Refused: four_eyes, site_missing (one fault a site), calendar_unknown (names the year), window_over, wrong_state.
    """
    notice = lock_notice(notice.pk)
    cycle = _cycle(notice)
    publisher = acting_user(actor, Role.OFFICE_HEAD, scheme=notice.scheme.code)
    _must_be_draft(notice)
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


def _cycle(notice: Notice) -> Cycle:
    if notice.cycle is None:
        raise ValueError("a notice of candidates belongs to a cycle")
    return notice.cycle


def why_fixed(notice: Notice) -> str:
    """Why words and sites of a notice can't be changed any more, in one sentence; "" for a draft."""
    draft = notice.state == "draft" and notice.kind == Notice.Kind.PUBLICITY
    return "" if draft else f"“{notice.office_state}”的公示不能再改动。"


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


def _must_be_draft(notice: Notice) -> None:
    if words := why_fixed(notice):
        raise Refused("wrong_state", f"{words}请刷新页面查看最新情况。")


def _title(cycle: Cycle, approval: Approval) -> str:
    further = "" if approval.round == 1 else f"（第{approval.round}批）"
    return f"关于{cycle}拟授奖组织名单的公示{further}"


def _body(cycle: Cycle, edition: Edition, approval: Approval) -> str:
    bodies = edition.bodies
    approved = approval.approved_on
    return (
        f"依照《{edition.title}》，{cycle}拟授奖组织名单已经{bodies['committee'].name}审议，"
        f"并由{bodies['authority'].name}批准（{approval.document_number}，"
        f"{approved.year}年{approved.month}月{approved.day}日）。现予公示，听取社会各方面意见。\n"
        f"对名单所列组织有异议的，请在公示期内以真实姓名或者单位名称提出，写明联系方式、事实和理由，并尽可能附上证据。"
        f"{bodies['office'].name}负责核查，并为异议人保密。"
    )


def _enter_list(notice: Notice, approval: Approval) -> None:
    ids = [row["application_id"] for row in approval.list]
    known = Application.objects.in_bulk(ids)
    NoticeEntry.objects.bulk_create(
        NoticeEntry(
            notice=notice,
            application=known[row["application_id"]],
            organisation_id=known[row["application_id"]].organisation_id,
            tier=row["tier"],
            repeat=row["basis"] == "repeat",
            position=position,
        )
        for position, row in enumerate(approval.list, start=1)
    )


def _site_faults(
    notice: Notice,
    names: dict[str, str],
    code: str,
    url: str,
    published_at: datetime,
    now: datetime,
    article: str,
) -> list[Fault]:
    faults = []
    if code not in names:
        faults.append(Fault("site_unknown", "不是规定的公示网站。", "code", article))
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or ""):
        faults.append(Fault("site_url_bad", "请填写完整网址，以 http:// 或 https:// 开头。", "url"))
    if published_at > now:
        faults.append(
            Fault("site_in_future", "登载时间不能晚于现在：请在网站登出以后再登记。", "published_at", article)
        )
    approval = notice.approval
    if approval is not None and published_at.astimezone(SHANGHAI).date() < approval.approved_on:
        faults.append(
            Fault(
                "site_before_approval",
                "登载时间早于批准日期：名单批准之后才能公示。",
                "published_at",
                basis.article(edition_of(_cycle(notice)), basis.ANNOUNCEMENT),
            )
        )
    return faults


def _tell_the_listed(notice: Notice, now: datetime) -> None:
    cycle = _cycle(notice)
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

"""Drafting the notice of an approved list (公示拟稿): its words, the names on it, the outside sites it stands on."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from accounts.actors import Actor
from accounts.roles import OFFICE_ROLES, Role
from applications.models import Application
from audit.services import record
from awards.law.editions import Edition
from awards.models import Cycle
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if
from notifications.services import open_duty
from publicity.models import Notice, NoticeEntry, NoticeSite, edition_of
from publicity.permissions import acting_user
from publicity.services import basis
from publicity.services.locking import lock_cycle, lock_notice
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
    must_be_draft(notice)
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
    must_be_draft(notice)
    edition = edition_of(cycle_of(notice))
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


def cycle_of(notice: Notice) -> Cycle:
    """The cycle of a notice of candidates; a notice of a revocation may have none and never comes here."""
    if notice.cycle is None:
        raise ValueError("a notice of candidates belongs to a cycle")
    return notice.cycle


def why_fixed(notice: Notice) -> str:
    """Why words and sites of a notice can't be changed any more, in one sentence; "" for a draft."""
    draft = notice.state == "draft" and notice.kind == Notice.Kind.PUBLICITY
    return "" if draft else f"“{notice.office_state}”的公示不能再改动。"


def must_be_draft(notice: Notice) -> None:
    """Refused: wrong_state."""
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
    known = Application.objects.select_related("organisation").in_bulk(ids)
    NoticeEntry.objects.bulk_create(
        NoticeEntry(
            notice=notice,
            application=known[row["application_id"]],
            organisation_id=known[row["application_id"]].organisation_id,
            name=known[row["application_id"]].filed_name,
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
                basis.article(edition_of(cycle_of(notice)), basis.ANNOUNCEMENT),
            )
        )
    return faults

"""Objections (异议): anyone may file one, the office verifies, the head decides, the applicant gets the result in writing."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Any, Final

from django.core.files.base import File
from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move
from accounts.roles import OFFICE_ROLES, Role
from applications.models import Application, Letter
from applications.services import send_letter
from audit.services import record
from documents.services import next_number, receive_upload
from ground.clock import SHANGHAI
from ground.digest import sm3_hex
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties, open_duty, post
from publicity import queries
from publicity.models import Notice, NoticeEntry, Objection, edition_of
from publicity.permissions import acting_user, is_head
from publicity.services import basis
from publicity.services.locking import lock_notice
from publicity.services.windows import hold_candidates, is_late
from scoring.services import note_objection

VERIFY_DUTY: Final = "publicity.verify_objection"
DECIDE_DUTY: Final = "publicity.decide_objection"
EVIDENCE_KINDS: Final = ("pdf", "docx", "jpg", "png")
EVIDENCE_BYTES: Final = 20 * 1024 * 1024
# Without I, L, O, U, 0, 1: nobody misreads a receipt number.
RECEIPT_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

_NO_NAME: Final = re.compile(
    r"匿名|无名|某某|佚名|不具名|不方便透露|热心(市民|群众|网友)|知情(人|者)|anonym", re.IGNORECASE
)
_PHONE: Final = re.compile(r"\+?[\d\-()（） 转#]{7,}")
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@transaction.atomic
def file_objection(
    *,
    entry: NoticeEntry,
    objector_kind: str,
    objector_name: str,
    contact: str,
    statement: str,
    upload: File[bytes] | None,
    actor: Actor,
    now: datetime,
) -> Objection:
    """Take an objection to one organisation on a notice. Anyone may; it needs a real name, a contact and reasons.

    One second before the window's end is in time. What comes later is kept and marked late; whether to take it up is
    the office's choice. If the window has meanwhile been closed by the sweep, an objection in time still holds.
    Refused: not_in_publicity, anonymous_objection, contact_missing, statement_missing, objector_kind_unknown; and
    store_file's codes.
    """
    notice = lock_notice(entry.notice_id)
    edition = edition_of(notice.cycle) if notice.cycle else None
    article = basis.article(edition, basis.OBJECTION) if edition else ""
    if words := why_no_objection(notice):
        raise Refused("not_in_publicity", words, article=article)
    refuse_if(_faults(objector_kind, objector_name, contact, statement, article))
    stored, name = None, ""
    if upload is not None:
        stored, name = receive_upload(
            upload=upload,
            purpose="",
            key="",
            kinds=EVIDENCE_KINDS,
            actor=actor,
            now=now,
            max_bytes=EVIDENCE_BYTES,
        )
    objection = Objection.objects.create(
        entry=entry,
        receipt=_receipt(now),
        objector_kind=objector_kind,
        objector_name=objector_name.strip(),
        contact=contact.strip(),
        statement=statement.strip(),
        evidence=stored,
        evidence_name=name,
        received_at=now,
        late=is_late(now, notice),
    )
    record(
        actor=actor,
        action="objection.file",
        subject=objection,
        at=now,
        article=article,
        details={
            "notice": notice.title,
            "organisation": entry.organisation.name,
            "late": objection.late,
            "content_digest": sm3_hex(objection.statement.encode()),
        },
    )
    note_objection(
        organisation=entry.organisation,
        contact=objection.contact,
        account=actor.pk,
        source_key=f"objection:{objection.pk}",
        now=now,
    )
    _ask_the_office(objection, now)
    if notice.state == "closed" and not objection.late:
        hold_candidates(notice, now=now)
    return objection


def why_no_objection(notice: Notice) -> str:
    """Why nobody can object to a list, in one sentence; "" while it is public, after its window as well."""
    public = notice.kind == Notice.Kind.PUBLICITY and notice.state in ("published", "closed")
    return "" if public else "这份名单不在公示中，不能提出异议。"


@transaction.atomic
def accept_objection(*, objection: Objection, actor: Actor, now: datetime) -> Objection:
    """Take an objection up for verification (受理). Office. Taking up a late one holds its candidate as well.

    The clerk's duty to verify goes on; the head's begins, who alone concludes.
    """
    objection, notice_closed = _locked(objection)
    acting_user(actor, *OFFICE_ROLES, **objection.scopes())
    move(objection, "accept", actor=actor, now=now, article=_article(objection))
    _ask(objection, DECIDE_DUTY, "作出核查结论：异议", Role.OFFICE_HEAD, now)
    if notice_closed:
        hold_candidates(objection.entry.notice, now=now)
    return objection


@transaction.atomic
def refuse_objection(*, objection: Objection, reason: str, actor: Actor, now: datetime) -> Objection:
    """Not take it up (不予受理), with a reason that its sender can read. Office; the head alone where it holds a candidate.

    Refused: reason_missing, head_must_refuse, wrong_state.
    """
    objection, _ = _locked(objection)
    decider = acting_user(actor, *OFFICE_ROLES, **objection.scopes())
    if not reason.strip():
        raise Refused("reason_missing", "请说明不予受理的理由，异议人凭受理编号可以看到。", field="reason")
    if words := why_left_to_the_head(objection, actor):
        raise Refused("head_must_refuse", words)
    move(objection, "refuse", actor=actor, now=now, reason=reason.strip(), article=_article(objection))
    objection.conclusion, objection.decided_by, objection.decided_at = reason.strip(), decider, now
    objection.save(update_fields=["conclusion", "decided_by", "decided_at"])
    close_duties(kind=VERIFY_DUTY, subject=objection, now=now)
    _release_if_free(objection, actor, now)
    return objection


def why_left_to_the_head(objection: Objection, actor: object) -> str:
    """Why `actor` may not refuse an objection, in one sentence: it holds a candidate, whom the head alone frees."""
    application = objection.entry.application
    if application and application.state == "held" and not is_head(actor, objection.entry.notice.scheme):
        return "这件异议正使候选组织暂缓，不予受理即解除暂缓，须由主任办理。"
    return ""


@transaction.atomic
def decide_objection(
    *, objection: Objection, upheld: bool, conclusion: str, applicant_reply: str, actor: Actor, now: datetime
) -> Objection:
    """Conclude a verification. The head. Upheld: the candidate is struck; dismissed: released if nothing else holds it.

    The organisation is told in writing (`applicant_reply`); the conclusion stays inside.
    Refused: conclusion_missing, reply_missing, reply_names_objector, wrong_state.
    """
    objection, _ = _locked(objection)
    decider = acting_user(actor, Role.OFFICE_HEAD, **objection.scopes())
    article = _article(objection)
    refuse_if(_decision_faults(objection, conclusion, applicant_reply, article))
    move(objection, "uphold" if upheld else "dismiss", actor=actor, now=now, article=article)
    objection.conclusion, objection.applicant_reply = conclusion.strip(), applicant_reply.strip()
    objection.decided_by, objection.decided_at = decider, now
    objection.save(update_fields=["conclusion", "applicant_reply", "decided_by", "decided_at"])
    close_duties(kind=VERIFY_DUTY, subject=objection, now=now)
    close_duties(kind=DECIDE_DUTY, subject=objection, now=now)
    application = objection.entry.application
    if upheld and application is not None and application.state in ("candidate", "held"):
        move(
            application,
            "strike",
            actor=actor,
            now=now,
            article=article,
            reason=f"异议成立（{objection.receipt}）",
        )
    elif not upheld:
        _release_if_free(objection, actor, now)
    _answer_the_organisation(objection, now)
    return objection


def _locked(objection: Objection) -> tuple[Objection, bool]:
    """The objection with its notice locked before it, so that decisions and the closing of a window wait in turn."""
    notice = lock_notice(objection.entry.notice_id)
    fresh = (
        Objection.objects.select_for_update(of=("self",))
        .select_related(
            "entry__organisation", "entry__application__cycle__scheme", "entry__application__organisation"
        )
        .get(pk=objection.pk)
    )
    fresh.entry.notice = notice
    return fresh, notice.state == "closed"


def _release_if_free(objection: Objection, actor: Actor, now: datetime) -> None:
    """Free a held candidate as soon as no undecided objection names it (解除暂缓). Held ones are freed by the head alone."""
    application = objection.entry.application
    if application is None:
        return
    application = Application.objects.select_related("cycle__scheme", "organisation").get(pk=application.pk)
    still = queries.holding(Objection.objects.filter(entry__application=application)).exclude(pk=objection.pk)
    if application.state == "held" and not still.exists():
        move(application, "release", actor=actor, now=now, article=_article(objection))


def _article(objection: Objection) -> str:
    cycle = objection.entry.notice.cycle
    return basis.article(edition_of(cycle), basis.OBJECTION) if cycle else ""


def _faults(kind: str, name: str, contact: str, statement: str, article: str) -> list[Fault]:
    faults = []
    if kind not in Objection.Objector.values:
        faults.append(Fault("objector_kind_unknown", "请选择以个人还是单位名义提出。", "objector_kind"))
    least = 4 if kind == Objection.Objector.UNIT else 2
    if len(re.sub(r"[\s\W\d_]", "", name)) < least or _NO_NAME.search(name):
        faults.append(
            Fault(
                "anonymous_objection",
                "异议须以真实姓名或者单位全称提出，匿名的不予接收。您的身份只有评定办核查人员和监督人员能看到。",
                "objector_name",
                article,
            )
        )
    if not (_PHONE.fullmatch(contact.strip()) or _MAIL.fullmatch(contact.strip())):
        faults.append(Fault("contact_missing", "请填写有效的电话或者电子邮箱，便于核实。", "contact"))
    if len(statement.strip()) < 10:
        faults.append(Fault("statement_missing", "请写明异议的事实和理由（不少于 10 个字）。", "statement"))
    return faults


def _decision_faults(objection: Objection, conclusion: str, reply: str, article: str) -> list[Fault]:
    faults = []
    if not conclusion.strip():
        faults.append(Fault("conclusion_missing", "请填写核查结论。", "conclusion"))
    if not reply.strip():
        faults.append(
            Fault("reply_missing", "核查结果须书面告知申报组织，请填写告知内容。", "applicant_reply", article)
        )
    if objection.objector_name in reply or objection.contact in reply:
        faults.append(
            Fault(
                "reply_names_objector",
                "告知申报组织的内容里出现了异议人的姓名或联系方式，请删去。",
                "applicant_reply",
            )
        )
    return faults


def _receipt(now: datetime) -> str:
    """YY2026-0007-K3M9QXWP: the number says when and which, the letters keep others from guessing it."""
    year = now.astimezone(SHANGHAI).year
    tail = "".join(secrets.choice(RECEIPT_LETTERS) for _ in range(8))
    return f"YY{year}-{next_number('objection', year):04d}-{tail}"


def _ask(objection: Objection, kind: str, words: str, role: str, now: datetime) -> None:
    notice = objection.entry.notice
    late = "（公示期满后收到）" if objection.late else ""
    open_duty(
        kind=kind,
        subject=objection,
        title=f"{words} {objection.receipt[:11]}{late}",
        link=objection.get_absolute_url(),
        due_at=max(notice.closes_at or now, objection.received_at + basis.VERIFICATION),
        now=now,
        role=role,
        scope_kind="scheme",
        scope_key=notice.scheme.code,
    )


def _ask_the_office(objection: Objection, now: datetime) -> None:
    notice = objection.entry.notice
    words = "（公示期满后收到）" if objection.late else ""
    _ask(objection, VERIFY_DUTY, "核查异议", Role.OFFICE_CLERK, now)
    post(
        to=queries.people_with(notice.scheme, *OFFICE_ROLES),
        kind="publicity.objection",
        subject=f"收到异议{words}：{objection.entry.organisation.name}",
        body=f"《{notice.title}》收到一件异议，请核查。",
        link=objection.get_absolute_url(),
        key=f"objection:{objection.pk}:received",
        now=now,
    )


def _answer_the_organisation(objection: Objection, now: datetime) -> None:
    application = objection.entry.application
    words: dict[str, Any] = {
        "subject": "公示异议核查结果告知书",
        "body": objection.applicant_reply,
        "link": application.get_absolute_url() if application else "",
        "key": f"objection:{objection.pk}:result",
    }
    if application is None:
        people = queries.people_of(objection.entry.organisation)
        post(to=people, kind="publicity.objection_result", now=now, **words)
    else:
        kind = Letter.Kind.OBJECTION
        send_letter(
            application=application, kind=kind, post_as="publicity.objection_result", now=now, **words
        )

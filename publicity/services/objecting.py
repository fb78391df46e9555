"""Filing an objection (提出异议): anyone may, with a real name, a contact and reasons; the office is asked to verify it."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Final

from django.core.files.base import File
from django.db import transaction

from accounts.actors import Actor
from accounts.roles import OFFICE_ROLES, Role
from audit.services import record
from documents.services import next_number, receive_upload
from ground.clock import SHANGHAI
from ground.digest import sm3_hex
from ground.errors import Fault, Refused, refuse_if
from notifications.services import open_duty, post
from publicity import queries
from publicity.models import Notice, NoticeEntry, Objection, edition_of
from publicity.services import basis
from publicity.services.locking import lock_notice
from publicity.services.windows import hold_candidates, is_late
from scoring.services import note_objection

VERIFY_DUTY: Final = "publicity.verify_objection"
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


def _receipt(now: datetime) -> str:
    """YY2026-0007-K3M9QXWP: the number says when and which, the letters keep others from guessing it."""
    year = now.astimezone(SHANGHAI).year
    tail = "".join(secrets.choice(RECEIPT_LETTERS) for _ in range(8))
    return f"YY{year}-{next_number('objection', year):04d}-{tail}"


def ask(objection: Objection, kind: str, words: str, role: str, now: datetime) -> None:
    """Open the duty `kind` of a role in the office for an objection, due with the window or by the office's own term."""
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
    ask(objection, VERIFY_DUTY, "核查异议", Role.OFFICE_CLERK, now)
    post(
        to=queries.people_with(notice.scheme, *OFFICE_ROLES),
        kind="publicity.objection",
        subject=f"收到异议{words}：{objection.entry.organisation.name}",
        body=f"《{notice.title}》收到一件异议，请核查。",
        link=objection.get_absolute_url(),
        key=f"objection:{objection.pk}:received",
        now=now,
    )

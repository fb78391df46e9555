"""What becomes of an objection (异议): the office verifies, the head decides, the applicant gets the result in writing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move
from accounts.roles import OFFICE_ROLES, Role
from applications.models import Application, Letter
from applications.services import send_letter
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties, post
from publicity import queries
from publicity.models import Objection, edition_of
from publicity.permissions import acting_user, is_head
from publicity.services import basis
from publicity.services.locking import lock_notice
from publicity.services.objecting import VERIFY_DUTY, ask
from publicity.services.windows import hold_candidates

DECIDE_DUTY: Final = "publicity.decide_objection"


@transaction.atomic
def accept_objection(*, objection: Objection, actor: Actor, now: datetime) -> Objection:
    """Take an objection up for verification (受理). Office. Taking up a late one holds its candidate as well.

    The clerk's duty to verify goes on; the head's begins, who alone concludes.
    """
    objection, notice_closed = _locked(objection)
    acting_user(actor, *OFFICE_ROLES, **objection.scopes())
    move(objection, "accept", actor=actor, now=now, article=_article(objection))
    ask(objection, DECIDE_DUTY, "作出核查结论：异议", Role.OFFICE_HEAD, now)
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

"""Claiming an organisation that somebody else has registered: filed, answered by the owner, decided, or taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from accounts.actors import SYSTEM, Actor
from accounts.models import User
from accounts.moves import move
from accounts.permissions import person, require_role
from accounts.roles import APPLICANT_ROLES, Role, Scope
from applications.models import Organisation, OrganisationClaim
from applications.queries.claims import deciding_schemes
from applications.queries.visibility import members_of
from applications.services import claim_letters
from applications.services.membership import make_member, replace_owners, transfer_ownership
from applications.services.registration import code_of
from audit.services import record
from documents.services import receive_upload
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if
from notifications.services import close_duties, open_duty

ANSWER_DUTY: Final = "applications.answer_claim"
DECIDE_DUTY: Final = "applications.decide_claim"
LICENCE_UPLOAD: Final = "applications.claim_licence"
AUTHORISATION_UPLOAD: Final = "applications.claim_authorisation"
PAPER_KINDS: Final = ("pdf", "png", "jpg")
WORDS: Final = ("name", "post", "phone")
ANSWERS: Final = ("hand_over", "admit", "object")
# What the head may decide → (move, whether the owners so far stay as editors).
OUTCOMES: Final = {
    "replace": ("grant_owner", False),
    "succeed": ("grant_owner", True),
    "member": ("grant_member", True),
    "refuse": ("refuse", True),
}


@transaction.atomic
def file_claim(*, data: Mapping[str, Any], actor: Actor, now: datetime) -> OrganisationClaim:
    """Say who one is, with the papers; the present owner is told and may answer until the end of the last day.

    `data`: uscc, scheme (code of the award whose office decides), name, post, phone, wish, statement, licence and
    authorisation (each a file or the token of an upload).
    1. Only accounts that do nothing but apply. 2. All faults of the fields. 3. The code must be registered, the claimant
    without what is asked for (a member may ask to be the owner: the one of today may be gone), without an open claim
    to it and within the limit of claims. 4. The papers. 5. Ledger, duty, letters.
    Refused: required, text_too_long, choice_unknown, uscc_format, not_registered, already_member, claim_open,
    too_many_claims, upload_*, file_*.
    """
    claimant = _claimant(actor)
    User.objects.select_for_update(no_key=True).get(pk=claimant.pk)
    values, faults = _read(data)
    scheme = deciding_schemes().filter(code=str(data.get("scheme") or "")).first()
    if scheme is None:
        faults.append(Fault("choice_unknown", "请选择由哪个评定办受理。", "scheme"))
    code, fault = code_of(data)
    faults += [fault] if fault else []
    refuse_if(faults)
    assert scheme is not None
    organisation = _claimable(code, claimant, values["wish"], now)
    licence = _paper(data, "licence", LICENCE_UPLOAD, actor, now)
    authorisation = _paper(data, "authorisation", AUTHORISATION_UPLOAD, actor, now)
    claim = OrganisationClaim.objects.create(
        organisation=organisation,
        scheme=scheme,
        claimant=claimant,
        licence=licence[0],
        licence_name=licence[1],
        authorisation=authorisation[0],
        authorisation_name=authorisation[1],
        filed_at=now,
        due_at=_end_of_day(now, settings.CLAIM_ANSWER_DAYS),
        **values,
    )
    record(
        actor=actor,
        action="claim.file",
        subject=claim,
        at=now,
        after={**values, "scheme": claim.scheme.code, "due_at": claim.due_at},
        details={"licence": licence[0].digest, "authorisation": authorisation[0].digest},
    )
    open_duty(
        kind=ANSWER_DUTY,
        subject=claim,
        title=f"答复认领申请：{organisation.name}",
        link=reverse("applications:answer_claim", args=[claim.pk]),
        due_at=claim.due_at,
        now=now,
        role=Role.APPLICANT_OWNER,
        scope_kind=Scope.ORGANISATION,
        scope_key=str(organisation.pk),
    )
    claim_letters.tell_of_filing(claim, now)
    return claim


@transaction.atomic
def answer_claim(
    *, claim: OrganisationClaim, answer: str, words: str, actor: Actor, now: datetime
) -> OrganisationClaim:
    """The present owner agrees (hand_over: the claimant owns from now on; admit: joins as editor) or objects with reasons.

    Late answers count until the office has decided. Refused: choice_unknown, reason_missing, wrong_state, own_claim,
    official_account, claimant_gone.
    """
    claim = _locked(claim)
    require_role(actor, Role.APPLICANT_OWNER, organisation=str(claim.organisation_id))
    owner = person(actor)
    if owner.pk == claim.claimant_id:
        raise Refused("own_claim", "这是您自己提出的申请，由其他负责人答复或评定办决定。")
    if answer not in ANSWERS:
        raise Refused("choice_unknown", "请选择怎样答复。", field="answer")
    if answer == "object" and not words.strip():
        raise Refused("reason_missing", "请说明理由，供评定办决定时参考。", field="words")
    move(claim, answer, actor=actor, now=now, reason=words.strip())
    claim.answer, claim.answered_by, claim.answered_at = words.strip(), owner, now
    claim.save(update_fields=["answer", "answered_by", "answered_at"])
    close_duties(kind=ANSWER_DUTY, subject=claim, now=now)
    if answer == "object":
        _ask_the_head(claim, now)
        claim_letters.tell_of_objection(claim, now)
        return claim
    claimant = _still_fit(claim)
    grant = make_member(organisation=claim.organisation, user=claimant, actor=actor, now=now)
    if answer == "hand_over":
        transfer_ownership(organisation=claim.organisation, grant=grant, actor=actor, now=now)
    close_duties(kind=DECIDE_DUTY, subject=claim, now=now)
    claim_letters.tell_of_agreement(claim, now)
    return claim


@transaction.atomic
def decide_claim(
    *, claim: OrganisationClaim, outcome: str, reason: str, actor: Actor, now: datetime
) -> OrganisationClaim:
    """The head decides, once the owner has objected or the term is over; a refusal needs not wait. Both sides get the reason.

    `outcome`: replace (the claimant owns; the owners so far lose every role here, and invitations still open end),
    succeed (the claimant owns; they stay as editors), member, refuse.
    Refused: choice_unknown, reason_missing, wrong_state, official_account, claimant_gone.
    """
    claim = _locked(claim)
    require_role(actor, Role.OFFICE_HEAD, scheme=claim.scheme.code)
    if outcome not in OUTCOMES:
        raise Refused("choice_unknown", "请选择怎样决定。", field="outcome")
    if not reason.strip():
        raise Refused("reason_missing", "请写明理由，会写进给双方的信。", field="reason")
    step, keep = OUTCOMES[outcome]
    owners = list(members_of(claim.organisation).filter(role=Role.APPLICANT_OWNER))
    details = {"outcome": outcome, "owners": [grant.user.username for grant in owners]}
    move(claim, step, actor=actor, now=now, reason=reason.strip(), details=details)
    claim.reason, claim.decided_by, claim.decided_at = reason.strip(), person(actor), now
    claim.save(update_fields=["reason", "decided_by", "decided_at"])
    if step != "refuse":
        claimant = _still_fit(claim)
        if step == "grant_owner":
            replace_owners(
                organisation=claim.organisation, heir=claimant, keep=keep, reason=reason, actor=actor, now=now
            )
        else:
            make_member(organisation=claim.organisation, user=claimant, actor=actor, now=now)
    for kind in (ANSWER_DUTY, DECIDE_DUTY):
        close_duties(kind=kind, subject=claim, now=now)
    claim_letters.tell_of_decision(claim, [grant.user for grant in owners], keep=keep, now=now)
    return claim


@transaction.atomic
def withdraw_claim(*, claim: OrganisationClaim, actor: Actor, now: datetime) -> OrganisationClaim:
    """The claimant takes the claim back before it is agreed to or decided. A new one may follow. Refused: wrong_state."""
    claim = _locked(claim)
    move(claim, "withdraw", actor=actor, now=now)
    claim.withdrawn_at = now
    claim.save(update_fields=["withdrawn_at"])
    for kind in (ANSWER_DUTY, DECIDE_DUTY):
        close_duties(kind=kind, subject=claim, now=now)
    claim_letters.tell_of_withdrawal(claim, now)
    return claim


def sweep_claims(*, now: datetime) -> int:
    """Hand over to the office what its owner has not answered in time. Returns how many."""
    due = OrganisationClaim.objects.filter(state="waiting", due_at__lte=now).order_by("pk")
    return sum(_lapse(pk, now) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _lapse(pk: int, now: datetime) -> bool:
    claim = _locked(OrganisationClaim.objects.get(pk=pk))
    if claim.state != "waiting" or claim.due_at > now:
        return False
    move(claim, "lapse", actor=SYSTEM, now=now)
    close_duties(kind=ANSWER_DUTY, subject=claim, now=now)
    _ask_the_head(claim, now)
    claim_letters.tell_of_lapse(claim, now)
    return True


def _ask_the_head(claim: OrganisationClaim, now: datetime) -> None:
    open_duty(
        kind=DECIDE_DUTY,
        subject=claim,
        title=f"决定组织认领：{claim.organisation.name}",
        link=claim.get_absolute_url(),
        due_at=_end_of_day(now, settings.CLAIM_DECISION_DAYS),
        now=now,
        role=Role.OFFICE_HEAD,
        scope_kind=Scope.SCHEME,
        scope_key=claim.scheme.code,
    )


def _claimant(actor: Actor) -> User:
    user = person(actor)
    if any(grant.role not in APPLICANT_ROLES for grant in user.grants):
        raise PermissionDenied("承担评定工作的账号不能认领申报组织，请使用单独的申报账号。")
    return user


def _read(data: Mapping[str, Any]) -> tuple[dict[str, str], list[Fault]]:
    values, faults = {}, []
    for name in (*WORDS, "statement"):
        field = OrganisationClaim._meta.get_field(name)
        text = str(data.get(name) or "").strip()
        if name in WORDS and not text:
            faults.append(Fault("required", f"请填写{field.verbose_name}。", name))  # type: ignore[union-attr]
        elif len(text) > field.max_length:  # type: ignore[union-attr,operator]
            words = f"{field.verbose_name}最多 {field.max_length} 字。"  # type: ignore[union-attr]
            faults.append(Fault("text_too_long", words, name))
        values[name] = text
    values["wish"] = str(data.get("wish") or "")
    if values["wish"] not in OrganisationClaim.Wish.values:
        faults.append(Fault("choice_unknown", "请选择请求的权限。", "wish"))
    for name, words in (("licence", "营业执照或法人登记证书"), ("authorisation", "授权书")):
        if not data.get(name):
            faults.append(Fault("required", f"请上传{words}。", name))
    return values, faults


def _claimable(code: str, claimant: User, wish: str, now: datetime) -> Organisation:
    """The organisation with this code. Says no more of it than that it is registered."""
    filed = OrganisationClaim.objects.filter(claimant=claimant)
    if filed.filter(filed_at__gt=now - settings.CLAIMS_PERIOD).count() >= settings.CLAIMS_PER_ACCOUNT:
        raise Refused(
            "too_many_claims",
            f"一个账号 {settings.CLAIMS_PERIOD.days} 天内最多提出 {settings.CLAIMS_PER_ACCOUNT} 件认领申请。"
            "还需要办理的，请带证照联系评定办公室。",
        )
    organisation = Organisation.objects.filter(uscc=code).first()
    if organisation is None:
        words = "这个代码还没有登记，不需要认领。请直接登记申报组织。"
        raise Refused("not_registered", words, field="uscc")
    held = set(members_of(organisation).filter(user=claimant).values_list("role", flat=True))
    if Role.APPLICANT_OWNER in held:
        raise Refused("already_member", "您已经是这个组织的申报负责人，不需要认领。", field="uscc")
    if held and wish != OrganisationClaim.Wish.OWNER:
        words = "您已经是这个组织的成员。现负责人联系不上、需要接任的，请选“接任申报负责人”。"
        raise Refused("already_member", words, field="wish")
    if filed.filter(organisation=organisation, state__in=("waiting", "objected", "unanswered")).exists():
        words = "您已对这个代码提出过申请，正在办理。办理情况见“我的申报”。"
        raise Refused("claim_open", words, field="uscc")
    return organisation


def _paper(data: Mapping[str, Any], name: str, purpose: str, actor: Actor, now: datetime) -> Any:
    return receive_upload(
        upload=data[name], purpose=purpose, key="", kinds=PAPER_KINDS, actor=actor, now=now, field=name
    )


def _locked(claim: OrganisationClaim) -> OrganisationClaim:
    """The claim as it stands, behind the lock of its organisation: changes of owners wait in turn."""
    Organisation.objects.select_for_update().get(pk=claim.organisation_id)
    rows = OrganisationClaim.objects.select_for_update(of=("self",))
    return rows.select_related("organisation", "scheme", "claimant").get(pk=claim.pk)


def _still_fit(claim: OrganisationClaim) -> User:
    """The claimant, if the account is still one that applies and nothing else."""
    claimant = claim.claimant
    if not claimant.is_active:
        raise Refused("claimant_gone", "申请人的账号已经停用，不能授予权限。")
    if any(grant.role not in APPLICANT_ROLES for grant in claimant.grants):
        raise Refused("official_account", "申请人的账号已另有评定工作，不能再承担申报。")
    return claimant


def _end_of_day(now: datetime, days: int) -> datetime:
    """24:00 of the last of `days` whole days after today."""
    return datetime.combine(now.astimezone(SHANGHAI).date() + timedelta(days=days + 1), time.min, SHANGHAI)

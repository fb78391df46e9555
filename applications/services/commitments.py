"""The commitments of a file: asked for by a mailed link and signed without an account, or signed on paper and uploaded.

One mechanism sends the links: accounts.invitations. What a signature covers and when it ends: models.Commitment.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.actors import Actor, PublicActor
from accounts.invitations import GOOD_FOR, email_faults, end, invitation_of, issue, require_open, take_up
from accounts.models import User
from accounts.permissions import person
from applications.models import Application, Commitment, CommitmentInvitation, Organisation
from applications.permissions import is_applicant, is_writer, require_writer
from applications.queries import deadline, is_past
from applications.queries.commitments import in_charge, words_of
from applications.queries.opening import CANCELLED, EDITABLE
from applications.queries.parts import signed_for
from applications.queries.visibility import people_of_organisation
from applications.rules.commitments import same_person
from applications.services import commitment_letters
from applications.services.locking import lock
from applications.services.receiving import SHEET_UPLOAD
from audit.services import record
from documents.services import Upload, receive_upload
from ground.clock import SHANGHAI
from ground.errors import Fault, Refused, refuse_if

SHEET_KINDS: Final = ("pdf", "png", "jpg")
LINK_ENDED: Final = "commitments.end_link"
# Letters to one person about one file while a link is good: enough for every mistyped address, no more.
LETTERS_MAXIMUM: Final = 10
POST_MAXIMUM: Final = 60
Way = Commitment.Way


def from_token(token: str) -> CommitmentInvitation | None:
    """The link that was mailed; None for a forged or mangled one."""
    rows = CommitmentInvitation.objects.select_related(
        "application__organisation", "application__cycle__scheme", "application__cycle__edition_record",
        "application__recommender", "application__report", "application__self_assessment", "invited_by",
    )  # fmt: skip
    return invitation_of(token, rows)


def why_not_signed(application: Application, now: datetime) -> str:
    """Why nobody can sign for this file now, in one sentence; "" if somebody can."""
    if application.cycle.state == CANCELLED or application.state not in EDITABLE:
        return "这份申报已经提交或者不再办理，不能再签署承诺。"
    if is_past(deadline(application), now):
        return "申报已经截止，不能再签署承诺。"
    return ""


def require_good(link: CommitmentInvitation, now: datetime) -> None:
    """Refused unless somebody can still sign by this link.

    Codes: invitation_used, invitation_revoked, invitation_expired, not_signable, in_charge_changed.
    """
    require_open(link, now)
    _require_signable(link.application, now)
    name = in_charge(link.application)
    if not is_writer(link.invited_by, link.application.organisation_id):
        raise Refused(
            "invitation_revoked",
            f"寄出链接的{link.invited_by.name}已不再经办这份申报，这个链接失效。请经办人重新寄出。",
        )
    if not same_person(link.signatory, name):
        raise Refused(
            "in_charge_changed", f"组织登记的法定代表人已变更为{name}，这个链接不再有效。请经办人重新寄出。"
        )


@transaction.atomic
def ask_to_sign(*, application: Application, email: str, actor: Actor, now: datetime) -> CommitmentInvitation:
    """Mail the person in charge a personal link. An earlier link ends.

    The address of somebody else who works on the file is refused: whoever typed it would sign for the other.
    Refused: not_signable, email_invalid, email_of_member, too_many_invitations.
    """
    lock(application)
    require_writer(actor, application.organisation_id)
    _require_signable(application, now)
    email, name = email.strip().lower(), in_charge(application)
    refuse_if(email_faults(email))
    members = people_of_organisation(application.organisation_id).filter(email__iexact=email)
    if any(not same_person(member.name, name) for member in members):
        raise Refused(
            "email_of_member", f"这是申报经办人的邮箱。请填写{name}本人的邮箱，由本人签署。", field="email"
        )
    sent = application.commitment_invitations.filter(invited_at__gt=now - GOOD_FOR).count()
    if sent >= LETTERS_MAXIMUM:
        raise Refused(
            "too_many_invitations",
            f"{GOOD_FOR.days} 天内已经寄出 {sent} 封，不能再寄。请改用纸质承诺书。",
            field="email",
        )
    _end_links(application, actor, now)
    made = CommitmentInvitation(application=application, email=email, signatory=name)
    issue(made, "commitments.send_link", actor=actor, now=now, signatory=name)
    commitment_letters.ask(made, now)
    commitment_letters.tell_of_link(made, now)
    return made


@transaction.atomic
def sign_commitments(
    *, invitation: CommitmentInvitation, signatory: str, signatory_post: str, actor: Actor, now: datetime
) -> Commitment:
    """The person in charge signs on the page behind the mailed link; the day is that of the server.

    1. Lock the file, then the link. 2. The link is good, and somebody may still sign. 3. The name is that of whoever
    the register names, and no colleague is logged in as himself. 4. The signature, in place of an earlier one; the
    link is used up. 5. The applicant's people are told.
    Refused: as require_good; not_in_charge, post_required, post_too_long.
    """
    application = invitation.application
    lock(application)
    locked = CommitmentInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    locked.application = application
    require_good(locked, now)
    name = in_charge(application)
    faults = _name_faults(signatory, name) + _post_faults(signatory_post)
    if _is_colleague(actor, application, name):
        words = f"您以{actor.name}的账号登录着。请{name}本人打开邮件中的链接签署。"
        faults.append(Fault("not_in_charge", words, "signatory"))
    refuse_if(faults)
    made = _keep(
        Commitment(application=application, way=Way.LINK, signatory=name, email=locked.email),
        signatory_post,
        now.astimezone(SHANGHAI).date(),
        now,
    )
    signer = PublicActor(name=name, ledger_label=f"{name}（邮件链接，{locked.email}）")
    take_up(locked, "commitments.sign", actor=signer, now=now, **_told(made))
    commitment_letters.tell_of_signature(made, locked, now)
    return made


@transaction.atomic
def record_signed_sheet(
    *,
    application: Application,
    signatory_post: str,
    signed_on: date,
    scan: Upload,
    actor: Actor,
    now: datetime,
) -> Commitment:
    """Take in the scan of the printed sheet that the person in charge has signed and stamped, for the file as it stands now.

    The sheet may have been printed earlier; its own digest is on it, and the record says that this one is of the upload.

    Refused: not_signable, post_required, date_in_future, date_too_early (before the file was begun), file_*, upload_*.
    """
    lock(application)
    require_writer(actor, application.organisation_id)
    _require_signable(application, now)
    faults = _post_faults(signatory_post)
    if signed_on > now.astimezone(SHANGHAI).date():
        faults.append(Fault("date_in_future", "签署日期不能在今天之后。", "signed_on"))
    begun = application.created_at.astimezone(SHANGHAI).date()
    if signed_on < begun:
        words = f"签署日期不能早于开始填写申报的 {begun.year}年{begun.month}月{begun.day}日。"
        faults.append(Fault("date_too_early", words, "signed_on"))
    refuse_if(faults)
    stored, name = receive_upload(
        upload=scan,
        purpose=SHEET_UPLOAD,
        key=str(application.pk),
        kinds=SHEET_KINDS,
        actor=actor,
        now=now,
        field="scan",
    )
    _end_links(application, actor, now)
    made = _keep(
        Commitment(
            application=application,
            way=Way.SHEET,
            signatory=in_charge(application),
            scan=stored,
            scan_name=name,
            recorded_by=person(actor),
        ),
        signatory_post,
        signed_on,
        now,
    )
    record(
        actor=actor,
        action="commitments.record_sheet",
        subject=application,
        at=now,
        after=_told(made) | {"name": name, "scan": stored.digest},
        details={"digest_as_of": "upload"},
    )
    return made


def end_commitments(application: Application, actor: Actor, now: datetime) -> None:
    """A file that is taken back needs another signature. In the caller's transaction, which holds the lock."""
    for given in application.commitments.filter(ended_at=None):
        _end(given, now)
        record(actor=actor, action="commitments.end", subject=application, at=now, before=_told(given))


def end_links_of(*, organisation: Organisation, users: Collection[int], actor: Actor, now: datetime) -> None:
    """End the open links that these people (keys) asked for: they are removed or replaced.

    In the caller's transaction. Whoever acts now mails another.
    """
    links = CommitmentInvitation.objects.select_for_update(of=("self",)).select_related("application")
    for link in links.filter(
        application__organisation=organisation, invited_by__in=users, accepted_at=None, revoked_at=None
    ).order_by("pk"):
        end(link, LINK_ENDED, actor=actor, now=now, signatory=link.signatory)


def _keep(fresh: Commitment, post: str, signed_on: date, now: datetime) -> Commitment:
    """Save the signature for the file as it stands, in place of the one before."""
    application = fresh.application
    for earlier in application.commitments.filter(ended_at=None):
        _end(earlier, now)
    fresh.post, fresh.signed_on, fresh.recorded_at = post.strip(), signed_on, now
    fresh.words = list(words_of(application.cycle.edition).sentences)
    fresh.digest = signed_for(application, now)
    fresh.save()
    return fresh


def _end(given: Commitment, now: datetime) -> None:
    given.ended_at = now
    given.save(update_fields=["ended_at"])


def _end_links(application: Application, actor: Actor, now: datetime) -> None:
    for earlier in application.commitment_invitations.filter(accepted_at=None, revoked_at=None):
        end(earlier, LINK_ENDED, actor=actor, now=now, signatory=earlier.signatory)


def _told(given: Commitment) -> dict[str, object]:
    """What the ledger keeps of a signature."""
    return {
        "way": given.way,
        "signatory": given.signatory,
        "post": given.post,
        "signed_on": given.signed_on,
        "digest": given.digest,
    }


def _require_signable(application: Application, now: datetime) -> None:
    if words := why_not_signed(application, now):
        raise Refused("not_signable", words)


def _is_colleague(actor: Actor, application: Application, name: str) -> bool:
    """Whether somebody of the organisation other than the one in charge is logged in at the signer's page."""
    member = isinstance(actor, User) and is_applicant(actor, application.organisation_id)
    return member and not same_person(actor.name, name)


def _name_faults(signatory: str, name: str) -> list[Fault]:
    if same_person(signatory, name):
        return []
    words = f"请填写{name}的姓名，由本人签署。法定代表人（主要负责人）已经变更的，请经办人先修改组织信息。"
    return [Fault("not_in_charge", words, "signatory")]


def _post_faults(post: str) -> list[Fault]:
    if not post.strip():
        return [Fault("post_required", "请填写职务。", "signatory_post")]
    if len(post.strip()) > POST_MAXIMUM:
        return [Fault("post_too_long", f"职务最多 {POST_MAXIMUM} 字。", "signatory_post")]
    return []

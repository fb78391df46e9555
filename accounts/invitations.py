"""Invitations by mail: a signed link, good once and for a while. Whom to what, and the letters, are each app's own."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, TypeVar

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.urls import reverse

from accounts.actors import Actor
from accounts.permissions import person
from audit.services import record
from ground.errors import Fault, Refused

GOOD_FOR: Final = timedelta(days=7)
LONGEST_EMAIL: Final = 254
Kind = TypeVar("Kind", bound="MailedInvitation")


class MailedInvitation(models.Model):
    """An invitation by mail (邀请). A kind gives the name of the page behind its link, who invites, and its `subject`:
    what the ledger keeps it under.
    """

    PAGE: ClassVar[str]
    HOST: ClassVar[str]
    # What it is called to whoever opens it, what the host has to do again, and what is said once it has been used.
    CALLED: ClassVar[str] = "这份邀请"
    AGAIN: ClassVar[str] = "重新邀请"
    ONCE_USED: ClassVar[str] = "请直接登录。"

    email = models.EmailField("邮箱", max_length=LONGEST_EMAIL)
    nonce = models.CharField(max_length=32, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField("邀请时间")
    expires_at = models.DateTimeField("有效期至")
    accepted_at = models.DateTimeField("接受时间", null=True, blank=True)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ("-invited_at", "-id")

    @property
    def subject(self) -> models.Model:
        raise NotImplementedError

    @property
    def link(self) -> str:
        """The address in the mail: signed, so that nobody makes one up."""
        return reverse(self.PAGE, args=[signing.dumps([self.pk, self.nonce], salt=_salt(type(self)))])


def invitation_of(token: str, rows: models.QuerySet[Kind]) -> Kind | None:
    """The one of `rows` that a link belongs to; None for a forged or mangled one."""
    try:
        pk, nonce = signing.loads(token, salt=_salt(rows.model))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return rows.filter(pk=pk, nonce=nonce).first()


def email_faults(email: str) -> list[Fault]:
    """email_invalid at the field `email`."""
    try:
        validate_email(email)
    except ValidationError:
        return [Fault("email_invalid", "请填写有效的邮箱地址。", "email")]
    return [Fault("email_invalid", "邮箱地址过长。", "email")] if len(email) > LONGEST_EMAIL else []


def require_open(invitation: MailedInvitation, now: datetime) -> None:
    """Refused unless it can still be accepted: invitation_used, invitation_revoked, invitation_expired."""
    again = f"如有需要，请联系{invitation.HOST}{invitation.AGAIN}。"
    if invitation.accepted_at is not None:
        raise Refused("invitation_used", f"{invitation.CALLED}已经用过了，{invitation.ONCE_USED}")
    if invitation.revoked_at is not None:
        raise Refused("invitation_revoked", f"{invitation.CALLED}已经失效。{again}")
    if now > invitation.expires_at:
        raise Refused("invitation_expired", f"{invitation.CALLED}已经过期。{again}")


def issue(fresh: MailedInvitation, action: str, *, actor: Actor, now: datetime, **told: Any) -> None:
    """Save it with a link of its own. `told`: what the ledger keeps beside address and term."""
    fresh.nonce = secrets.token_urlsafe(16)
    fresh.invited_by, fresh.invited_at, fresh.expires_at = person(actor), now, now + GOOD_FOR
    fresh.save()
    after = {"email": fresh.email, **told, "expires_at": fresh.expires_at}
    _note(fresh, action, actor, now, after=after)


def take_up(locked: MailedInvitation, action: str, *, actor: Actor, now: datetime, **told: Any) -> None:
    """Mark it as accepted; its link is good no more."""
    locked.accepted_at = now
    locked.save()
    _note(locked, action, actor, now, after={"email": locked.email, **told})


def end(locked: MailedInvitation, action: str, *, actor: Actor, now: datetime, **told: Any) -> None:
    """Take it back."""
    locked.revoked_at = now
    locked.save(update_fields=["revoked_at"])
    _note(locked, action, actor, now, before={"email": locked.email, **told})


def _note(invitation: MailedInvitation, action: str, actor: Actor, now: datetime, **content: Any) -> None:
    details = {"invitation": invitation.pk}
    record(actor=actor, action=action, subject=invitation.subject, at=now, details=details, **content)


def _salt(kind: type[models.Model]) -> str:
    return f"{kind._meta.app_label}.invitation"

"""Who reads what: everybody their own inbox; duties by name or by role held."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Scope
from notifications.models import CalendarLink, Duty, InboxItem


def inbox_visible_to(user: User) -> QuerySet[InboxItem]:
    """The letters of `user` and of nobody else, newest first."""
    return InboxItem.objects.filter(user_id=user.pk)


def unread_count(user: User) -> int:
    return inbox_visible_to(user).filter(read_at=None).count()


def duties_for(user: User) -> QuerySet[Duty]:
    """Open duties of `user`, by name or by a role held in the scope, the most urgent first."""
    theirs = Q(user_id=user.pk)
    for grant in user.grants:
        held = Q(role=grant.role)
        if grant.scope_kind != Scope.PORTAL:
            held &= Q(scope_kind=grant.scope_kind, scope_key=grant.scope_key)
        theirs |= held
    return Duty.objects.filter(theirs, closed_at=None)


def calendar_link_of(user: User) -> CalendarLink | None:
    return CalendarLink.objects.filter(user=user).first()


def calendar_links_by(token_digest: str) -> QuerySet[CalendarLink]:
    """The link with this secret, while its owner's account is active."""
    return CalendarLink.objects.filter(token_digest=token_digest, user__is_active=True).select_related("user")


def people_of(duty: Duty) -> QuerySet[User]:
    """Whom a reminder of `duty` goes to: its user, or every active holder of its role in its scope."""
    active = User.objects.filter(is_active=True)
    if duty.user_id is not None:
        return active.filter(pk=duty.user_id)
    in_scope = Q(role_grants__scope_kind=Scope.PORTAL) | Q(
        role_grants__scope_kind=duty.scope_kind, role_grants__scope_key=duty.scope_key
    )
    holds = Q(role_grants__role=duty.role, role_grants__revoked_at=None) & in_scope
    return active.filter(holds).distinct().order_by("pk")

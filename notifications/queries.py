"""Who reads what: everybody their own inbox; duties by name or by role held."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.roles import ACT_FOR, Scope
from notifications.models import CalendarLink, Duty, InboxItem


def inbox_visible_to(user: User) -> QuerySet[InboxItem]:
    """The letters of `user` and of nobody else, newest first."""
    return InboxItem.objects.filter(user_id=user.pk)


def unread_count(user: User) -> int:
    return inbox_visible_to(user).filter(read_at=None).count()


def duties_for(user: User) -> QuerySet[Duty]:
    """Open duties of `user`, by name or by a role held in the scope or acted for there, most urgent first; none withheld."""
    theirs = Q(user_id=user.pk)
    for grant in user.grants:
        acted_for = [role for role, actors in ACT_FOR.items() if grant.role in actors]
        held = Q(role__in=(grant.role, *acted_for))
        if grant.scope_kind != Scope.PORTAL:
            held &= Q(scope_kind=grant.scope_kind, scope_key=grant.scope_key)
        theirs |= held
    return Duty.objects.filter(theirs & ~_withheld_from(user.pk), closed_at=None)


def _withheld_from(user_id: int) -> Q:
    return Q(Exists(Duty.withheld_from.through.objects.filter(duty_id=OuterRef("pk"), user_id=user_id)))


def calendar_link_of(user: User) -> CalendarLink | None:
    return CalendarLink.objects.filter(user=user).first()


def calendar_links_by(token_digest: str) -> QuerySet[CalendarLink]:
    """The link with this secret, while its owner's account is active."""
    return CalendarLink.objects.filter(token_digest=token_digest, user__is_active=True).select_related("user")


def people_of(duty: Duty) -> QuerySet[User]:
    """Whom a reminder of `duty` goes to: its user, or whoever is active and holds its role in its scope or acts for it there."""
    withheld = Duty.withheld_from.through.objects.filter(duty_id=duty.pk).values("user_id")
    active = User.objects.filter(is_active=True).exclude(pk__in=withheld)
    if duty.user_id is not None:
        return active.filter(pk=duty.user_id)
    in_scope = Q(role_grants__scope_kind=Scope.PORTAL) | Q(
        role_grants__scope_kind=duty.scope_kind, role_grants__scope_key=duty.scope_key
    )
    roles = ACT_FOR.get(duty.role, (duty.role,))
    holds = Q(role_grants__role__in=roles, role_grants__revoked_at=None) & in_scope
    return active.filter(holds).distinct().order_by("pk")

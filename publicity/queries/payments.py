"""Prize money: who sees it, and how it is searched."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.permissions import in_portal, scopes_of
from accounts.roles import Role, Scope
from ground.words import containing
from publicity.models import (
    Payment,
)
from publicity.permissions import MONEY_READERS
from publicity.queries.holders import organisations_called


def payments_visible_to(user: object) -> QuerySet[Payment]:
    payments = Payment.objects.select_related(
        "honour__organisation", "honour__scheme", "honour__cycle__scheme", "honour__cycle__edition_record"
    ).defer("honour__cycle__edition_record__content", "honour__cycle__call_text")
    if in_portal(user, Role.SUPERVISOR):
        return payments
    return payments.filter(honour__scheme__code__in=scopes_of(user, Scope.SCHEME, *MONEY_READERS))


def payments_matching(
    payments: QuerySet[Payment],
    *,
    state: str = "",
    scheme: str = "",
    year: int | None = None,
    words: str = "",
) -> QuerySet[Payment]:
    if state:
        payments = payments.filter(state=state)
    if scheme:
        payments = payments.filter(honour__scheme__code=scheme)
    if year is not None:
        payments = payments.filter(honour__cycle__year=year)
    if words:
        payments = payments.filter(
            Q(honour__organisation__in=organisations_called(words))
            | containing(words.strip(), "voucher")
            | Q(honour__certificate_number=words.strip().upper())
        )
    return payments

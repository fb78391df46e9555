"""`{% load assessment %}`: how the self-assessment writes its figures."""

from __future__ import annotations

from decimal import Decimal

from django import template

from applications.rules import self_scores

register = template.Library()


@register.filter
def figure(value: Decimal | None) -> str:
    """1234.5000 → 1234.5; nothing → —."""
    return "—" if value is None else self_scores.plain_number(value)

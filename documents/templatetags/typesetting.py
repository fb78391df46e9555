"""`{% load typesetting %}`: what the templates of official documents need besides the portal's own filters."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import segno
from django import template

from documents import rules

register = template.Library()
register.filter("paragraphs", rules.paragraphs)
register.filter("mark_points", rules.mark_points)


@register.filter
def document_date(value: date | None) -> str:
    """2026年9月28日, of a date or of a time in Asia/Shanghai."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo("Asia/Shanghai"))
    return rules.document_date(value)


@register.filter
def qr(address: str) -> str:
    """A QR code of `address` as a data URI (SVG): medium error correction, quiet zone left to the page."""
    return str(segno.make_qr(address, error="m").svg_data_uri(border=0))

"""Addresses of pages about a cycle, by url name. Those of higher apps are known by name alone."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from awards.models import Cycle


def page_of_cycle(name: str, cycle: Cycle) -> str:
    """The address of the page `name` of this cycle, or "" where no such page takes a cycle."""
    if not name:
        return ""
    try:
        return reverse(name, kwargs={"cycle_id": cycle.pk})
    except NoReverseMatch:
        return ""

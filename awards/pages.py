"""Addresses of pages, by url name, most of them about a cycle. Those of higher apps are known by name alone."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from awards.models import Cycle


def page_named(name: str) -> str:
    """The address of a page that takes no argument, or "" where there is none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def page_of_cycle(name: str, cycle: Cycle) -> str:
    """The address of the page `name` of this cycle, or "" where no such page takes a cycle."""
    if not name:
        return ""
    try:
        return reverse(name, kwargs={"cycle_id": cycle.pk})
    except NoReverseMatch:
        return ""

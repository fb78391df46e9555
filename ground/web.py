"""What every view needs: refusals onto forms, and paging."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest

from ground.errors import Refused

PER_PAGE = 25


@contextmanager
def refusals_on(form: BaseForm) -> Iterator[None]:
    """Put the faults of a refusal onto `form`: at the field if the form has it, else on top. Nothing typed is lost.

    The code stays with the error (data-code in the error summary). The view checks `form.errors` afterwards and
    renders the page again with status 422.
    """
    try:
        yield
    except Refused as refusal:
        for fault in refusal.faults:
            message = f"{fault.message}（{fault.article}）" if fault.article else fault.message
            field = fault.field if fault.field in form.fields else None
            form.add_error(field, ValidationError(message, code=fault.code))


def page_of(request: HttpRequest, rows: QuerySet[Any] | list[Any], per_page: int = PER_PAGE) -> Page[Any]:
    """The page of `rows` that `?page=` asks for; a page out of range is the nearest one."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))

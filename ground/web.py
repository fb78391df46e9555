"""What every view needs: what was posted, refusals onto forms, and paging."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.http.request import RawPostDataException
from django.utils.datastructures import MultiValueDict

from ground.errors import Refused
from ground.text import plain_throughout

PER_PAGE = 25
# Fewer rows than this PostgreSQL reads at once whatever is asked of it.
MANY = 1000


def posted(request: HttpRequest) -> QueryDict | None:
    """The form data of a POST, even an empty one; None otherwise. (`request.POST or None` takes an empty form for none.)"""
    return request.POST if request.method == "POST" else None


def posted_files(request: HttpRequest) -> MultiValueDict[str, Any] | None:
    """The files of a POST, even of one without any; None otherwise."""
    return request.FILES if request.method == "POST" else None


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


def sent_body(request: HttpRequest) -> bytes:
    """What was sent, as it came; nothing where it came in the parts of a form, which were read as such already."""
    try:
        return request.body
    except RawPostDataException:
        return b""


def sent_json(request: HttpRequest) -> Any:
    """What a script sent, its texts plain. Raises ValueError when the body is no JSON."""
    try:
        return plain_throughout(json.loads(sent_body(request)))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


class LongList(Paginator):  # type: ignore[type-arg]  # takes none at run time
    """A paginator that stays quick where a list is long.

    PostgreSQL would otherwise join and build every row before the page only to drop it: the keys of the page come
    first and its rows alone are joined, and the second half of the list is read from its end.
    """

    def page(self, number: int | str) -> Page[Any]:
        rows = self.object_list
        if not isinstance(rows, QuerySet) or self.count <= MANY:
            return super().page(number)
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        behind = min(first + self.per_page, self.count)
        backwards = first > self.count // 2
        ordered, cut = _totally_ordered(rows), slice(first, behind)
        if backwards:
            ordered, cut = ordered.reverse(), slice(self.count - behind, self.count - first)
        if rows._fields is None:  # model objects, with all that is joined to them and counted about them
            shown = list(ordered.filter(pk__in=ordered.values("pk")[cut]))
        else:
            shown = list(ordered[cut])
        return Page(shown[::-1] if backwards else shown, number, self)


def _totally_ordered(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows alike in all they are sorted by stand by their key, whichever end the list is read from."""
    keys = rows.query.order_by or rows.query.get_meta().ordering
    return rows if {"pk", "-pk", "id", "-id"} & {*map(str, keys)} else rows.order_by(*keys, "pk")


def page_of(
    request: HttpRequest,
    rows: QuerySet[Any] | list[Any],
    per_page: int = PER_PAGE,
    *,
    counted: int | None = None,
) -> Page[Any]:
    """The page of `rows` that `?page=` asks for; a page out of range is the nearest one. `counted`: how many, if known."""
    pages = LongList(rows, per_page)
    if counted is not None:
        pages.count = counted
    return pages.get_page(request.GET.get("page"))

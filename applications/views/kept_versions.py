"""The pages of kept versions, whatever part they are of: the list of them, and one that can be put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from applications import services
from applications.models.versions import KeptVersion

Kept = TypeVar("Kept", bound=KeptVersion)


def list_versions(
    request: HttpRequest, template: str, place: Mapping[str, Any], versions: Sequence[Any]
) -> HttpResponse:
    """What is kept of the part that `place` names."""
    context = {**place, "versions": versions, "kept": services.VERSIONS_KEPT}
    return render(request, template, context)


def show_version(
    request: HttpRequest,
    template: str,
    versions: QuerySet[Kept],
    version_id: int,
    *,
    restore: Callable[..., object],
    back: str,
    compared: Callable[[Kept], Mapping[str, Any]],
) -> HttpResponse:
    """One of `versions` beside what stands now (`compared`); POST puts it back and leads to the part's page."""
    version = get_object_or_404(versions.select_related("saved_by"), pk=version_id)
    if request.method == "POST":
        restore(version=version, actor=request.user, now=request.now)
        messages.success(request, "已恢复这一版。恢复前的内容仍在历史版本里。")
        return redirect(back)
    return render(request, template, {"version": version, **compared(version)})

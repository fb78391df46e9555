"""Earlier versions of an item, and two texts that have to become one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from applications import services
from applications.forms.assessment import ConflictForm
from applications.models import ConflictCopy, ItemVersion
from applications.permissions import is_writer
from applications.queries.assessment import item_of
from applications.rules import difference
from applications.views.assessment_item import criteria_item
from applications.views.kept_versions import list_versions, show_version
from applications.views.posting import renewed, writable
from applications.views.reaching import assessed
from ground.web import posted, refusals_on


@require_safe
def item_versions(request: HttpRequest, application_id: int, item: str) -> HttpResponse:
    """What is kept of an item: when, by whom, how many words."""
    application = assessed(request, application_id)
    asked = criteria_item(application, item)
    rows = ItemVersion.objects.filter(item__application=application, item__code=asked.code)
    versions = list(rows.select_related("saved_by").defer("text", "figures"))
    place = {"application": application, "item": asked}
    return list_versions(request, "applications/item_versions.html", place, versions)


@require_http_methods(["GET", "HEAD", "POST"])
def item_version(request: HttpRequest, application_id: int, item: str, version_id: int) -> HttpResponse:
    """One version against what stands now; POST puts it back."""
    application = assessed(request, application_id, write=request.method == "POST")
    asked = criteria_item(application, item)

    def compared(version: ItemVersion) -> dict[str, object]:
        current = item_of(application, asked.code)
        return {
            "application": application,
            "item": asked,
            "current": current,
            "pieces": difference.inline(version.text, current.text if current else ""),
            "same": current is not None and version.text == current.text,
            "writable": writable(request, application, f"item-{asked.code}"),
        }

    return show_version(
        request,
        "applications/item_version.html",
        ItemVersion.objects.filter(item__application=application, item__code=asked.code).select_related(
            "item__application__cycle"
        ),
        version_id,
        restore=services.restore_item_version,
        back=reverse("applications:assessment_item", args=[application.pk, asked.code]),
        compared=compared,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def item_conflict(request: HttpRequest, application_id: int, item: str) -> HttpResponse:
    """Two people's texts side by side; take one, or merge them. The one not taken stays among the versions."""
    application = assessed(request, application_id, write=True)
    asked = criteria_item(application, item)
    copy = ConflictCopy.objects.select_related("item__application", "item__saved_by").filter(
        item__application=application, item__code=asked.code, user=request.user
    ).first()  # fmt: skip
    back = redirect("applications:assessment_item", application_id=application.pk, item=asked.code)
    if copy is None:
        messages.info(request, "没有需要合并的内容。")
        return back
    row = copy.item
    initial = {"version": row.text_revision, "text": difference.union(row.text, copy.text)}
    form = ConflictForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        choices = {"mine": copy.text, "theirs": row.text}
        with refusals_on(form):
            services.settle_conflict(
                copy=copy,
                text=choices.get(request.POST.get("choice", ""), form.cleaned_data["text"]),
                version=form.cleaned_data["version"],
                actor=request.user,
                now=request.now,
            )
            messages.success(request, "已保存。没有采用的一份留在历史版本里，可以随时找回。")
            return back
        row.refresh_from_db()
        form = renewed(form, row.text_revision)
    theirs, mine = difference.sides(row.text, copy.text)
    context = {
        "application": application,
        "item": asked,
        "row": row,
        "copy": copy,
        "form": form,
        "theirs": theirs,
        "mine": mine,
        "writable": is_writer(request.user, application.organisation_id),
        "key": f"application-{application.pk}-item-{asked.code}",
    }
    return render(request, "applications/item_conflict.html", context, status=422 if form.errors else 200)

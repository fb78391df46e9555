"""Working on site without a network: the page that a device keeps, the devices, and whether one may go on.

The page, its worker and its manifest hold the program only and nothing of anybody: they need no login, so that a browser
can keep them. Everything else is the reviewer's own, asked for by name of the device.
"""

from __future__ import annotations

import json
from typing import Any, Final

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground.errors import Refused
from ground.web import page_of, sent_json
from scoring import services
from scoring.models import OfflineDevice, Reviewer
from scoring.queries import desk
from scoring.queries.conflicts import reviewer_of
from scoring.queries.visits import visits_to_write

# How long a device opens what it keeps without having reached the portal, and the largest file it takes along.
DAYS: Final = 7
MOST_BYTES: Final = 50 * 1024 * 1024
PASSPHRASE: Final = 8
# Pictures that wait on a device: the largest one, and how many of one visit.
PHOTO_BYTES: Final = 10 * 1024 * 1024
PHOTOS_KEPT: Final = 30
ASSETS: Final = (
    "css/tokens.css",
    "css/portal.css",
    "css/sheet.css",
    "css/offline.css",
    "js/portal.js",
    "js/offline-vault.js",
    "js/offline-server.js",
    "js/offline-kept.js",
    "js/offline-parts.js",
    "js/offline-item.js",
    "js/offline-jump.js",
    "js/offline-door.js",
    "js/offline-sheet.js",
    "js/offline-visit.js",
    "js/offline.js",
    "img/logo.svg",
    "img/favicon.svg",
)


# ---- the program


@require_safe
@login_not_required
@csp_replace({"frame-src": [SELF, "blob:"], "object-src": [SELF, "blob:"]})  # type: ignore[untyped-decorator]
def offline(request: HttpRequest) -> HttpResponse:
    """The page that works without a network; what it shows comes from the device."""
    context = {
        "days": DAYS,
        "passphrase": PASSPHRASE,
        "megabytes": MOST_BYTES // 1024 // 1024,
        "photo_megabytes": PHOTO_BYTES // 1024 // 1024,
        "photos": PHOTOS_KEPT,
    }
    return render(request, "scoring/offline/page.html", context)


@require_safe
@login_not_required
def offline_worker(request: HttpRequest) -> HttpResponse:
    """The service worker of that page; its scope is the folder it is served from."""
    context = {"page": reverse("scoring:offline"), "assets": json.dumps([static(path) for path in ASSETS])}
    return render(request, "scoring/offline/worker.js", context, content_type="text/javascript")


@require_safe
@login_not_required
def offline_manifest(request: HttpRequest) -> HttpResponse:
    """What the page is called and looks like when it is installed."""
    page = reverse("scoring:offline")
    content = {
        "id": page,
        "name": "现场评分（离线）",
        "short_name": "现场评分",
        "lang": "zh-Hans",
        "start_url": page,
        "scope": page,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#12448c",
        "icons": [{"src": static("img/logo.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    return JsonResponse(content, content_type="application/manifest+json")


# ---- the devices


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """My devices, and how to use one more."""
    own = own_devices(reviewer_or_403(request))
    context = {"page": page_of(request, own), "days": DAYS}
    return render(request, "scoring/devices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke_device(request: HttpRequest, device_id: int) -> HttpResponse:
    """What happens when a device is stopped; then stop it."""
    device = get_object_or_404(own_devices(reviewer_or_403(request)), pk=device_id)
    if request.method == "POST":
        services.revoke_device(device=device, actor=request.user, now=request.now)
        messages.success(request, f"“{device.name}”已停用，下次联网时会清除其中的评分资料。")
        return redirect("scoring:devices")
    return render(request, "scoring/revoke_device.html", {"device": device, "days": DAYS})


@require_safe
@never_cache
def device_session(request: HttpRequest) -> JsonResponse:
    """Who is logged in, for a page that a device has kept."""
    reviewer = reviewer_or_403(request)
    return JsonResponse({"user": reviewer.user_id, "name": reviewer.user.name, "csrf": get_token(request)})


@require_POST
def add_device(request: HttpRequest) -> JsonResponse:
    """Enter this browser among my devices: 200 with the server's half of the key, 422 {message}."""
    try:
        name = str(sent_by_device(request).get("name", ""))
        device = services.add_device(
            reviewer=reviewer_or_403(request), name=name, actor=request.user, now=request.now
        )
    except Refused as refusal:
        return JsonResponse({"message": str(refusal)}, status=422)
    return JsonResponse(
        {"device": device.pk, "user": device.reviewer.user_id, "key": device.key, "days": DAYS}
    )


@require_POST
def device_contact(request: HttpRequest, device_id: int) -> JsonResponse:
    """The device asks whether it may go on: 200 with key, my open sheets and visits, 410 when it has to delete everything."""
    reviewer = reviewer_or_403(request, disqualified=True)
    device = get_object_or_404(own_devices(reviewer), pk=device_id)
    if not services.note_contact(device=device, actor=request.user, now=request.now):
        return JsonResponse({"message": "这台设备已停用。"}, status=410)
    sheets = [
        {"id": row.sheet.pk, "revision": row.sheet.revision}
        for row in desk.open_sheets(reviewer)
        if row.opens
    ]
    visits = [{"id": row.pk} for row in visits_to_write(request.user)]
    return JsonResponse({"key": device.key, "days": DAYS, "sheets": sheets, "visits": visits})


def own_devices(reviewer: Reviewer) -> Any:
    return OfflineDevice.objects.filter(reviewer=reviewer).select_related("reviewer__user")


def reviewer_or_403(request: HttpRequest, *, disqualified: bool = False) -> Reviewer:
    reviewer = reviewer_of(request.user)
    if reviewer is None or (reviewer.disqualified_at is not None and not disqualified):
        raise PermissionDenied("离线评分由评审员使用。")
    return reviewer


def sent_by_device(request: HttpRequest) -> dict[str, Any]:
    try:
        sent = sent_json(request)
    except ValueError:
        sent = None
    return sent if isinstance(sent, dict) else {}

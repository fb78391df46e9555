"""The front door: what is open, what is in publicity, what was announced, and where to look things up."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from awards.queries import open_calls
from publicity import queries
from publicity.forms import CertificateForm

RECENT = 6
STEPS = (
    {
        "title": "看通知",
        "text": "在申报通知里看条件、材料和时间安排。",
        "href": "/cycles/",
        "link": "申报通知",
    },
    {
        "title": "登记组织",
        "text": "注册账号，用统一社会信用代码登记申报组织。",
        "href": "/accounts/register/",
        "link": "注册账号",
    },
    {"title": "填写并提交", "text": "填写申报条件、组织概述，上传自评报告和证明材料，选择推荐单位。"},
    {
        "title": "等待评定",
        "text": "资格审核、材料评审、陈述答辩、现场评审、审议、公示，每一步都可以查看进度。",
    },
)


@require_safe
@login_not_required
def landing(request: HttpRequest) -> HttpResponse:
    """The visitor's first page: at most five queries, whatever there is to show."""
    notices = queries.public_notices()
    running = queries.notices_matching(notices, running=True).order_by("closes_at")[:RECENT]
    context = {
        "open_calls": open_calls(request.now),
        "running": list(running),
        "announced": list(notices.exclude(kind="publicity").order_by("-published_at", "-id")[:RECENT]),
        "certificate_form": CertificateForm(),
        "steps": STEPS,
    }
    return render(request, "publicity/landing.html", context)

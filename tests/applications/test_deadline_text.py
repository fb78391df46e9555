"""A deadline has one text, to the second, wherever a person reads it: page, mail, letter, PDF, receipt, refusal."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import User
from applications import services
from applications.models import Application
from applications.services.drafting import why_no_choice
from applications.services.submission import why_not_taken_back
from awards.models import Cycle, Milestone
from awards.rules.call import draft_call
from ground import clock
from ground.errors import Refused
from ground.moments import SHANGHAI
from notifications.models import InboxItem
from notifications.services import sweep_reminders
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
DAY = "2026年9月28日"
TEXT = f"{DAY} 17:00:00（北京时间）"
DUE = datetime(2026, 9, 28, 17, 0, tzinfo=SHANGHAI)


def texts_in(content: bytes | str) -> set[str]:
    """How the moment of the deadline is written, with whatever follows it; blanks and the days in pictures don't count."""
    if isinstance(content, bytes) and content.startswith(b"%PDF"):
        content = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    words = content if isinstance(content, str) else html.unescape(content.decode())
    words = re.sub(r"\s", "", re.sub(r"<[^>]*>", "", words))
    return set(re.findall(rf"{DAY}[\d:]+(?:（北京时间）)?", words))


def pages(client: Client, **addresses: str) -> dict[str, set[str]]:
    return {name: texts_in(client.get(address).content) for name, address in addresses.items()}


def reminded(now: datetime, kind: str) -> str:
    sweep_reminders(now)
    return InboxItem.objects.filter(kind="reminder", body__contains=kind).latest("pk").body


def call_due(now: datetime) -> tuple[Cycle, User, Application]:
    cycle = builders.running_cycle(now)
    Milestone.objects.filter(cycle=cycle, kind="application").update(due_at=DUE)
    Milestone.objects.filter(cycle=cycle).exclude(kind="application").update(
        starts_at=DUE + timedelta(days=2), due_at=DUE + timedelta(days=40)
    )
    cycle = Cycle.objects.select_related("scheme", "edition_record").get(pk=cycle.pk)
    owner, application = builders.filled(cycle, now)
    return cycle, owner, application


def test_the_application_deadline_is_one_text(now: datetime, client_of: Login) -> None:
    cycle, owner, application = call_due(now)
    here = {"application_id": application.pk}
    client, clerk = client_of(owner), client_of(make_user("office_clerk:park"))
    told = pages(
        Client(),
        landing="/",
        calls=reverse("awards:cycles"),
        call=reverse("awards:call", args=[cycle.pk]),
    )
    told |= pages(
        client,
        home=reverse("applications:home"),
        start=reverse("applications:start_application", args=[cycle.pk]),
        progress=application.get_absolute_url(),
        tasks=reverse("applications:tasks", kwargs=here),
        check=reverse("applications:check_application", kwargs=here),
        submit=reverse("applications:submit_application", kwargs=here),
    )
    told |= pages(clerk, office=reverse("awards:office"), cycle=reverse("awards:cycle", args=[cycle.pk]))
    rows = {row.kind: (row.starts_at, row.due_at.astimezone(SHANGHAI)) for row in cycle.milestones.all()}
    text = draft_call(cycle.edition, name=cycle.scheme.name, year=cycle.year, rows=rows)
    told["text of the call"] = texts_in(text)
    told["reminder"] = texts_in(reminded(DUE - timedelta(hours=2), "完成并提交申报"))
    services.submit_application(application=application, actor=owner, now=now)
    told["mail of the receipt"] = texts_in(InboxItem.objects.get(kind="application.submitted").body)
    told |= pages(
        client,
        receipt=reverse("applications:receipt", kwargs=here),
        receipt_pdf=reverse("applications:receipt_pdf", kwargs=here),
        take_back=reverse("applications:take_back_application", kwargs=here),
    )
    late = DUE + timedelta(seconds=1)
    told["refused to take back"] = texts_in(why_not_taken_back(application, late))
    other_owner, other = builders.filled(cycle, now)
    told["refused to choose"] = texts_in(why_no_choice(other, late))
    with pytest.raises(Refused) as refused:
        services.submit_application(application=other, actor=other_owner, now=late)
    told["refused to submit"] = texts_in(str(refused.value))
    with clock.frozen(late):
        told |= pages(
            client_of(other_owner),
            late_home=reverse("applications:home"),
            late_check=reverse("applications:check_application", args=[other.pk]),
            late_progress=other.get_absolute_url(),
        )
    assert {name: texts for name, texts in told.items() if texts != {TEXT.replace(" ", "")}} == {}


def test_the_deadline_of_a_recommendation_is_one_text(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    Milestone.objects.filter(cycle=cycle, kind="recommendation").update(due_at=DUE)
    signer, body = builders.recommender_of(cycle)
    _, application = builders.submitted(cycle, now, recommender=body)
    asked = application.recommendations.get()
    names = ("recommendation", "sign_recommendation")
    addresses = {name: reverse(f"applications:{name}", args=[asked.pk]) for name in names}
    told = pages(client_of(signer), recommendations=reverse("applications:recommendations"), **addresses)
    told["reminder"] = texts_in(reminded(DUE - timedelta(hours=2), "签署推荐意见"))
    assert {name: texts for name, texts in told.items() if texts != {TEXT.replace(" ", "")}} == {}


def test_the_deadline_of_a_correction_is_one_text(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    Milestone.objects.filter(cycle=cycle).exclude(kind="application").update(due_at=DUE + timedelta(days=40))
    owner, application = builders.recommended(cycle, now)
    application = Application.objects.get(pk=application.pk)
    clerk = make_user("office_clerk:park")
    correction = services.request_correction(
        application=application, items=[("profit", "请补充")], due_at=DUE, actor=clerk, now=now
    )
    letter = application.letters.get()
    here = {
        "home": reverse("applications:home"),
        "progress": application.get_absolute_url(),
        "correction": reverse("applications:correction", args=[correction.pk]),
        "letter": letter.get_absolute_url(),
        "letter_pdf": reverse("applications:letter_pdf", args=[application.pk, letter.pk]),
    }
    told = pages(client_of(owner), **here)
    told |= pages(client_of(clerk), dossier=application.get_absolute_url())
    told["mail"] = texts_in(InboxItem.objects.get(kind="correction.requested").body)
    told["reminder"] = texts_in(reminded(DUE - timedelta(hours=2), "补正申报材料"))
    late = DUE + timedelta(seconds=1)
    with pytest.raises(Refused) as refused:
        services.answer_correction(correction=correction, answers={}, actor=owner, now=late)
    told["refused to answer"] = texts_in(str(refused.value))
    with clock.frozen(late):
        told |= pages(client_of(owner), late_correction=here["correction"])
    services.sweep_corrections(now=late)
    told["expired"] = texts_in(InboxItem.objects.filter(kind="correction.expired").latest("pk").body)
    assert {name: texts for name, texts in told.items() if texts != {TEXT.replace(" ", "")}} == {}

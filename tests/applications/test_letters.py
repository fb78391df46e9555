"""The receipt and the office's letters: one text on the page, in the mail and in the PDF, for whom they concern."""

from __future__ import annotations

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
from applications.models import Application, Letter
from applications.queries.receipt import receipt_of
from applications.services import send_letter
from audit.models import AccessLog
from notifications.models import InboxItem, OutboxMessage
from tests.applications import builders
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
WISH = "请补充审计报告的签字页。"


def plain(content: bytes) -> str:
    """All the words of a PDF or a page, without breaks and blanks."""
    if content.startswith(b"%PDF"):
        content = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).encode()
    return re.sub(r"\s", "", content.decode())


def asked_to_correct(now: datetime) -> tuple[User, User, Application]:
    owner, application = builders.recommended(builders.running_cycle(now), now)
    clerk = make_user("office_clerk:park")
    services.request_correction(
        application=application,
        items=[("profit", WISH)],
        due_at=now + timedelta(days=5),
        actor=clerk,
        now=now,
    )
    return owner, clerk, application


def test_the_receipt_says_the_same_on_page_in_mail_and_in_the_pdf(now: datetime, client_of: Login) -> None:
    owner, application = builders.filled(builders.running_cycle(now), now)
    pdf = reverse("applications:receipt_pdf", args=[application.pk])
    assert client_of(owner).get(pdf).status_code == 302
    at = now + timedelta(days=30) - timedelta(seconds=1)
    services.submit_application(application=application, actor=owner, now=at)
    receipt = receipt_of(application)
    assert receipt is not None
    words = [part for pair in (*receipt.rows, *receipt.parts) for part in pair]
    assert "2026年9月2日 08:59:59（北京时间）" in words
    assert "2026年9月2日 09:00:00（北京时间）" in words
    assert {part["digest"] for part in application.submitted_parts} < set(words)
    answer = client_of(owner).get(pdf)
    assert answer["Content-Type"] == "application/pdf"
    page = client_of(owner).get(reverse("applications:receipt", args=[application.pk]))
    assert pdf in page.content.decode()
    mail = OutboxMessage.objects.filter(kind="application.submitted").first() or InboxItem.objects.get(
        kind="application.submitted"
    )
    assert pdf in mail.body
    for told in (plain(answer.content), plain(page.content), plain(mail.body.encode())):
        assert [word for word in words if plain(word.encode()) not in told] == []


def test_a_letter_opens_as_page_and_pdf_in_the_words_of_the_mail(now: datetime, client_of: Login) -> None:
    owner, clerk, application = asked_to_correct(now)
    letter = application.letters.get()
    assert (letter.kind, letter.number) == ("correction", f"{application.number}-函2026-01")
    mail = InboxItem.objects.get(user=owner, kind="correction.requested")
    assert mail.body == f"{application.organisation.name}：\n\n{letter.body}"
    assert "2026年8月8日 09:00:00（北京时间）" in letter.body
    page, pdf = (
        reverse(f"applications:{name}", args=[application.pk, letter.pk]) for name in ("letter", "letter_pdf")
    )
    for user in (owner, clerk):
        shown = client_of(user).get(application.get_absolute_url()).content.decode()
        assert page in shown
        assert pdf in shown
        for address in (page, pdf):
            told = plain(client_of(user).get(address).content)
            assert plain(WISH.encode()) in told
            assert letter.number in told
            assert application.organisation.name in told
    assert (
        AccessLog.objects.filter(subject_label=str(application), detail=f"letter-{letter.pk}.pdf").count()
        == 2
    )


def test_whom_letters_and_receipt_do_not_concern(now: datetime, client_of: Login) -> None:
    """In sight but not theirs 403, out of sight 404; a letter of another file is not found under this one."""
    _owner, clerk, application = asked_to_correct(now)
    letter = application.letters.get()
    _, other = builders.submitted(application.cycle, now)
    here = [
        reverse(f"applications:{name}", args=[application.pk, letter.pk]) for name in ("letter", "letter_pdf")
    ]
    receipt = reverse("applications:receipt_pdf", args=[application.pk])
    recommender = make_user(f"recommender:{application.recommender_id}")
    for address in (*here, receipt):
        assert client_of(make_user()).get(address).status_code == 404
        assert client_of(other.created_by).get(address).status_code == 404
        assert client_of(recommender).get(address).status_code == 403
    assert client_of(clerk).get(receipt).status_code == 403
    assert client_of(clerk).get(reverse("applications:letter", args=[other.pk, letter.pk])).status_code == 404


def test_sent_twice_it_is_one_letter(now: datetime) -> None:
    owner, application = builders.submitted(builders.running_cycle(now), now)
    for _ in range(2):
        send_letter(
            application=application,
            kind=Letter.Kind.RESULT,
            subject="评定结果",
            body="未列入名单。",
            link=application.get_absolute_url(),
            key="cycle:1:not_awarded:1",
            post_as="publicity.not_awarded",
            now=now,
        )
    assert application.letters.count() == 1
    assert InboxItem.objects.filter(user=owner, kind="publicity.not_awarded").count() == 1

"""Files of an application: uploaded in pieces or with the form, scanned, read through a check with a record."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application
from applications.queries import gaps
from audit.models import AccessLog
from documents.models import StoredFile, UploadSession
from documents.services import sweep_previews, sweep_scans
from ground.errors import Refused
from notifications.models import InboxItem
from tests.applications import builders
from tests.documents import clamd
from tests.documents.builders import pdf_of
from tests.kept import kept

SICK = clamd.infected(pdf_of(3))


@pytest.fixture
def scanner(settings: Any) -> Iterator[clamd.Scanner]:
    with clamd.at_work(settings) as server:
        yield server


@kept
def filled(db: None, now: datetime) -> tuple[User, Application]:
    return builders.filled(builders.running_cycle(now), now)


def attach(application: Application, user: User, now: datetime, content: bytes = SICK) -> StoredFile:
    upload = SimpleUploadedFile("自评报告.pdf", content)
    services.attach_report(application=application, upload=upload, actor=user, now=now)
    application.refresh_from_db()
    assert application.report is not None
    return application.report


def address(application: Application, file: StoredFile, name: str = "file") -> str:
    return reverse(f"applications:{name}", args=[application.pk, file.pk])


def in_pieces(browser: Client, content: bytes, purpose: str, key: object, name: str = "大文件.pdf") -> str:
    sent = {"name": name, "size": len(content), "kinds": ["pdf"], "purpose": purpose, "key": str(key)}
    begun = browser.post("/files/uploads/", json.dumps(sent), content_type="application/json").json()
    for offset in range(0, len(content), 300):
        piece = content[offset : offset + 300]
        browser.patch(begun["url"], piece, headers={"Upload-Offset": str(offset)})
    return str(begun["token"])


# ---- uploaded in pieces


def test_a_report_uploaded_in_pieces(
    filled: tuple[User, Application], now: datetime, client_of: Callable[[User], Client]
) -> None:
    user, application = filled
    browser = client_of(user)
    token = in_pieces(browser, pdf_of(7), "applications.report", application.pk)
    page = reverse("applications:report", args=[application.pk])
    assert browser.post(page, {"upload_token": token}).status_code == 302
    application.refresh_from_db()
    assert application.report is not None
    assert (application.report_name, application.report.pages) == ("大文件.pdf", 7)
    again = browser.post(page, {"upload_token": token})
    assert again.status_code == 422
    assert "已经收到" in again.content.decode()


def test_a_token_for_something_else_is_no_report(
    filled: tuple[User, Application], now: datetime, client_of: Callable[[User], Client]
) -> None:
    user, application = filled
    browser = client_of(user)
    for purpose, key in (("applications.evidence", application.pk), ("applications.report", 999)):
        token = in_pieces(browser, pdf_of(7), purpose, key)
        with pytest.raises(Refused) as caught:
            services.attach_report(application=application, upload=token, actor=user, now=now)
        assert caught.value.code == "upload_unknown"
        assert caught.value.faults[0].field == "upload"


def test_several_pieces_of_evidence_at_once(
    filled: tuple[User, Application], client_of: Callable[[User], Client]
) -> None:
    """Two uploaded before, one with the form, one bad: the good ones are kept, the page says what is wrong."""
    user, application = filled
    browser = client_of(user)
    purpose = "applications.evidence"
    tokens = [in_pieces(browser, pdf_of(8 + n), purpose, application.pk, f"证{n}.pdf") for n in range(2)]
    page = reverse("applications:add_evidence", args=[application.pk, "other"])
    sent = {
        "condition": "other",
        "upload_token": tokens,
        "upload": [SimpleUploadedFile("丙.pdf", pdf_of(11)), SimpleUploadedFile("丁.pdf", b"no pdf")],
    }
    answer = browser.post(page, sent)
    assert answer.status_code == 422
    assert "改文件名不起作用" in answer.content.decode()
    names = application.evidence.filter(condition="other").values_list("name", flat=True)
    assert sorted(names) == ["丙.pdf", "证0.pdf", "证1.pdf"]
    assert set(UploadSession.objects.values_list("stage", flat=True)) == {"taken"}


def test_a_refused_form_keeps_what_was_uploaded(
    filled: tuple[User, Application], client_of: Callable[[User], Client]
) -> None:
    user, application = filled
    browser = client_of(user)
    token = in_pieces(browser, pdf_of(8), "applications.evidence", application.pk)
    page = reverse("applications:add_evidence", args=[application.pk, "other"])
    answer = browser.post(page, {"condition": "nonsense", "upload_token": token})
    assert answer.status_code == 422
    assert f'name="upload_token" value="{token}"' in answer.content.decode()


# ---- scanned


def test_an_infected_report_makes_the_section_incomplete_and_a_letter_goes_out(
    filled: tuple[User, Application], now: datetime, scanner: clamd.Scanner
) -> None:
    user, application = filled
    attach(application, user, now)
    assert gaps(application, now) == (), "waiting for the scanner is no gap: the deadline does not wait"
    sweep_scans(now=now)
    application.refresh_from_db()
    (gap,) = gaps(application, now)
    assert (gap.code, "含有病毒" in gap.message) == ("incomplete/report", True)
    for _ in range(2):
        assert services.sweep_infected_files(now=now) == 1
    (letter,) = InboxItem.objects.filter(kind="file_infected")
    assert letter.user == user
    assert "自评报告.pdf" in letter.subject
    with pytest.raises(Refused) as caught:
        services.submit_application(application=application, actor=user, now=now)
    assert caught.value.codes == ("incomplete/report",)


@pytest.mark.parametrize("condition", ["other", "certificate"])
def test_infected_evidence_proves_nothing(
    filled: tuple[User, Application], now: datetime, scanner: clamd.Scanner, condition: str
) -> None:
    user, application = filled
    if condition != "other":
        piece = application.evidence.order_by("pk").first()
        assert piece is not None
        condition = piece.condition
        services.remove_evidence(evidence=piece, actor=user, now=now)
    upload = SimpleUploadedFile("坏.pdf", SICK)
    sick = services.add_evidence(
        application=application, condition=condition, upload=upload, actor=user, now=now
    )
    assert gaps(application, now) == ()
    sweep_scans(now=now)
    assert any("“坏.pdf”含有病毒" in gap.message for gap in gaps(application, now))
    services.remove_evidence(evidence=sick, actor=user, now=now)
    clean = builders.pdf("clean again")
    services.add_evidence(application=application, condition=condition, upload=clean, actor=user, now=now)
    assert gaps(application, now) == ()
    assert services.sweep_infected_files(now=now) == 0, "what was taken off is told to nobody"


def test_who_may_open_a_file_and_what_is_noted(
    db: None,
    now: datetime,
    scanner: clamd.Scanner,
    client_of: Callable[[User], Client],
    user_with: Callable[..., User],
) -> None:
    user, application = builders.filled(builders.running_cycle(now), now)
    file = attach(application, user, now)
    services.submit_application(application=application, actor=user, now=now)
    people = {
        "applicant": client_of(user),
        "clerk": client_of(user_with("office_clerk:park")),
        "head": client_of(user_with("office_head:park")),
        "supervisor": client_of(user_with("supervisor")),
        "stranger": client_of(user_with()),
    }

    def answers(name: str = "file") -> dict[str, int]:
        return {
            who: browser.get(address(application, file, name)).status_code for who, browser in people.items()
        }

    waiting = {"applicant": 200, "clerk": 409, "head": 409, "supervisor": 409, "stranger": 404}
    assert answers() == waiting
    assert answers("view_file") == waiting
    assert AccessLog.objects.filter(action="download").count() == 1, "a refused opening is none"
    sweep_scans(now=now)
    assert answers() == {"applicant": 409, "clerk": 409, "head": 200, "supervisor": 200, "stranger": 404}
    page = people["head"].get(address(application, file, "view_file")).content.decode()
    assert "下载取证" in page
    assert "<iframe" not in page
    dossier = people["clerk"].get(application.get_absolute_url()).content.decode()
    assert "含有病毒，已隔离" in dossier
    assert f'href="{address(application, file)}"' not in dossier
    services.sweep_infected_files(now=now)
    told = InboxItem.objects.filter(kind="file_infected").values_list("user__username", flat=True)
    assert len(told) == 4, "the applicant, and the office of the scheme: its clerk and both heads"


def test_a_clean_pdf_is_read_in_the_page(
    db: None, now: datetime, scanner: clamd.Scanner, client_of: Callable[[User], Client], user_with: Any
) -> None:
    user, application = builders.filled(builders.running_cycle(now), now)
    file = attach(application, user, now, pdf_of(5))
    services.submit_application(application=application, actor=user, now=now)
    sweep_scans(now=now)
    sweep_previews(now=now)
    clerk = client_of(user_with("office_clerk:park"))
    page = clerk.get(address(application, file, "view_file")).content.decode()
    assert f'<iframe class="file-frame no-print" src="{address(application, file)}?inline"' in page
    assert file.digest in page
    shown = clerk.get(address(application, file) + "?inline")
    assert shown["Content-Disposition"].startswith("inline")
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert "sandbox" not in shown["Content-Security-Policy"]
    assert clerk.get(address(application, file) + "?preview")["Content-Type"] == "image/png"
    assert list(AccessLog.objects.values_list("action", flat=True)) == ["read"]


def test_the_office_is_told_when_nobody_has_looked(
    db: None, now: datetime, client_of: Callable[[User], Client], user_with: Any
) -> None:
    _, application = builders.submitted(builders.running_cycle(now), now)
    dossier = client_of(user_with("office_clerk:park")).get(application.get_absolute_url()).content.decode()
    assert "未做病毒检测" in dossier
    assert "已通过病毒检测" not in dossier

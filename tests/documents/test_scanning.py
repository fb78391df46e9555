"""The virus scanner: nothing is called clean because nobody looked, and a file in quarantine stays shut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as portal
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import SYSTEM
from audit.models import Entry
from documents import scanner, services
from documents.models import StoredFile
from ground.errors import Refused
from tests.documents import clamd
from tests.documents.builders import pdf_of

SOUND, SICK = pdf_of(), clamd.infected(pdf_of(2))


@pytest.fixture
def daemon(settings: Any) -> Iterator[clamd.Scanner]:
    with clamd.at_work(settings) as server:
        yield server


def store(content: bytes, now: datetime) -> StoredFile:
    return services.store_file(SimpleUploadedFile("a.pdf", content), actor=SYSTEM, now=now)


def opens(file: StoredFile, **asker: bool) -> str:
    try:
        services.file_response(file, filename="a.pdf", inline=True, **asker)
    except Refused as refused:
        return refused.code
    return "opens"


def scan_of(file: StoredFile) -> str:
    file.refresh_from_db()
    return file.scan


def test_a_clean_and_an_infected_file(db: None, now: datetime, daemon: clamd.Scanner) -> None:
    sound, sick = store(SOUND, now), store(SICK, now)
    assert (sound.scan, sick.scan) == ("waiting", "waiting")
    assert services.sweep_scans(now=now) == 2
    assert daemon.seen == [len(SOUND), len(SICK)]
    assert (scan_of(sound), scan_of(sick)) == ("clean", "infected")
    assert sick.scan_note == "Eicar-Test-Signature"
    assert services.sweep_scans(now=now + timedelta(days=1)) == 0, "nothing is scanned twice"
    (entry,) = Entry.objects.filter(action="documents.quarantine")
    assert entry.subject_id == str(sick.pk)


def test_who_opens_what(db: None, now: datetime, daemon: clamd.Scanner) -> None:
    file = store(SICK, now)
    assert opens(file) == "file_not_scanned"
    assert opens(file, keeper=True) == "file_not_scanned"
    assert opens(file, own=True) == "opens"
    services.sweep_scans(now=now)
    file.refresh_from_db()
    assert opens(file) == "file_infected"
    assert opens(file, own=True) == "file_infected"
    evidence = services.file_response(file, filename="a.pdf", inline=True, keeper=True)
    assert evidence["Content-Disposition"].startswith("attachment"), "never shown in a page"


def test_the_same_virus_is_not_taken_in_again(db: None, now: datetime, daemon: clamd.Scanner) -> None:
    store(SICK, now)
    services.sweep_scans(now=now)
    with pytest.raises(Refused) as caught:
        store(SICK, now)
    assert caught.value.code == "file_infected"


def test_without_a_scanner_nothing_is_called_clean(db: None, now: datetime) -> None:
    file = store(SICK, now)
    assert file.scan == "not_configured"
    assert services.sweep_scans(now=now) == 0
    assert scan_of(file) == "not_configured"
    assert "没有配置" in file.get_scan_display()
    assert opens(file) == "opens"


def test_files_from_before_the_scanner_are_scanned_when_there_is_one(
    db: None, now: datetime, settings: Any
) -> None:
    file = store(SICK, now)
    with clamd.at_work(settings):
        assert services.sweep_scans(now=now) == 1
    assert scan_of(file) == "infected"


def test_a_scanner_that_is_down_passes_nothing_and_is_asked_again(
    db: None, now: datetime, settings: Any
) -> None:
    settings.CLAMAV = "127.0.0.1:9"
    files = [store(SOUND, now), store(SICK, now)]
    assert services.sweep_scans(now=now) == 0
    assert [scan_of(file) for file in files] == ["scanner_down", "scanner_down"]
    assert [opens(file) for file in files] == ["file_not_scanned", "file_not_scanned"]
    with clamd.at_work(settings):
        assert services.sweep_scans(now=now) == 2
    assert [scan_of(file) for file in files] == ["clean", "infected"]


def test_a_socket_that_is_not_there_is_a_scanner_that_is_down(
    db: None, now: datetime, settings: Any, tmp_path: Any
) -> None:
    settings.CLAMAV = str(tmp_path / "clamd.ctl")
    file = store(SOUND, now)
    assert services.sweep_scans(now=now) == 0
    assert scan_of(file) == "scanner_down"


@pytest.mark.parametrize(
    "answer",
    [
        "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND",
        "stream: Can't allocate memory ERROR",
        "what?",
        "",
    ],
)
def test_an_answer_without_a_verdict_is_not_clean(
    db: None, now: datetime, daemon: clamd.Scanner, answer: str
) -> None:
    daemon.answer = answer or " "
    odd, file = store(SOUND, now), store(SICK, now)
    assert services.sweep_scans(now=now) == 0
    assert scan_of(odd) == scan_of(file) == "scanner_down"
    daemon.answer = ""
    assert services.sweep_scans(now=now + timedelta(minutes=9)) == 0, "not again and again"
    assert services.sweep_scans(now=now + timedelta(minutes=10)) == 2


def test_a_file_larger_than_the_scanner_takes_is_not_clean(
    db: None, now: datetime, daemon: clamd.Scanner
) -> None:
    daemon.stream_maximum = 100
    file = store(SOUND, now)
    services.sweep_scans(now=now)
    assert scan_of(file) == "scanner_down"
    assert "StreamMaxLength" in file.scan_note


def test_what_the_portal_makes_itself_needs_no_scan(db: None, now: datetime, daemon: clamd.Scanner) -> None:
    file = services.store_bytes(pdf_of(4), kind="pdf", now=now)
    assert (file.scan, services.sweep_scans(now=now), opens(file)) == ("own", 0, "opens")


def test_a_file_that_the_storage_has_lost_is_not_clean(
    db: None, now: datetime, daemon: clamd.Scanner
) -> None:
    file = store(pdf_of(6), now)
    (portal.FILES_ROOT / file.path).unlink()
    assert services.sweep_scans(now=now) == 0
    assert scan_of(file) == "scanner_down"


def test_a_scanner_that_hangs_up_on_a_large_file_is_still_there(daemon: clamd.Scanner, settings: Any) -> None:
    daemon.stream_maximum = 1000
    verdict = scanner.scan(SimpleUploadedFile("a.bin", b"0" * 3_000_000))
    assert verdict.clean is None
    assert "StreamMaxLength" in verdict.note

"""Files come in pieces: a cut costs one piece at most, nobody reaches another's upload, nothing bad gets through."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from accounts.models import User
from documents import services
from documents.models import UploadSession
from documents.queries import true_offset
from documents.storage import upload_path
from ground.errors import Refused
from tests.documents.builders import MACRO_TYPES, archive_of, docx_of, pdf_of
from tests.documents.uploading import CONTENT, CREATE, begin, refusal, send, take, uploaded
from tests.factories import make_user


@pytest.fixture
def owner(db: None, now: datetime) -> User:
    return make_user()


@pytest.fixture
def browser(owner: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(owner)


# ---- coming in


def test_in_three_pieces(browser: Client, owner: User, now: datetime) -> None:
    begun = begin(browser)
    assert begun.status_code == 201
    url = begun.json()["url"]
    assert send(browser, url, 0, CONTENT[:2000]).json()["offset"] == 2000
    assert browser.head(url)["Upload-Offset"] == "2000"
    assert browser.get(url).json()["stage"] == "open"
    assert send(browser, url, 2000, CONTENT[2000:4000]).json()["stage"] == "open"
    last = send(browser, url, 4000, CONTENT[4000:]).json()
    assert (last["stage"], last["kind"], last["offset"]) == ("finished", "pdf", 5000)
    assert len(last["digest"]) == 64
    assert take(last["token"], owner, now) == CONTENT


def test_a_server_that_died_before_it_looked_into_the_file_does_so_when_the_sender_comes_back(
    browser: Client, owner: User, now: datetime
) -> None:
    last = uploaded(browser)
    UploadSession.objects.update(stage="open", kind="", pages=None, digest="")
    assert refusal(lambda: take(last["token"], owner, now)) == "upload_unfinished"
    again = send(browser, last["url"], len(CONTENT), b"").json()
    assert (again["stage"], again["digest"]) == ("finished", last["digest"])
    assert take(last["token"], owner, now) == CONTENT


@how(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(1, 1500), st.integers(0, 700)), max_size=12))
def test_a_cut_anywhere_resumes(owner: User, now: datetime, cuts: list[tuple[int, int]]) -> None:
    """Each piece of any length may break off after any number of bytes have reached the disk, but not the database."""
    upload = services.begin_upload(
        purpose="test", key="1", name="a.pdf", size=len(CONTENT), kinds=["pdf"], actor=owner, now=now
    )
    path = upload_path(upload.token)
    for length, torn in cuts:
        offset = true_offset(upload)
        piece = CONTENT[offset : offset + length]
        if offset + len(piece) >= len(CONTENT):
            break
        upload = services.append_chunk(upload=upload, offset=offset, content=piece, actor=owner, now=now)
        with path.open("ab") as file:
            file.write(b"?" * torn)
    offset = true_offset(upload)
    upload = services.append_chunk(
        upload=upload, offset=offset, content=CONTENT[offset:], actor=owner, now=now
    )
    assert upload.stage == "finished"
    assert path.read_bytes() == CONTENT
    services.cancel_upload(upload=upload, actor=owner, now=now)


@pytest.mark.parametrize("offset", [0, 1999, 2001, 4999, 5000, 10**12])
def test_a_piece_that_does_not_fit_is_told_where_to_go_on(browser: Client, offset: int) -> None:
    url = begin(browser).json()["url"]
    send(browser, url, 0, CONTENT[:2000])
    answer = send(browser, url, offset, b"x")
    assert answer.status_code == 409
    assert answer.json()["code"] == "upload_offset"
    assert answer.json()["offset"] == 2000
    assert send(browser, url, 2000, CONTENT[2000:]).json()["stage"] == "finished"


def test_two_tabs_send_the_same_file_together(browser: Client, owner: User, now: datetime) -> None:
    url = begin(browser).json()["url"]
    send(browser, url, 0, CONTENT[:1000])
    second = send(browser, url, 0, CONTENT[:1000])
    assert second.status_code == 409
    there = second.json()["offset"]
    assert send(browser, url, there, CONTENT[there:3000]).status_code == 200
    first = send(browser, url, 1000, CONTENT[1000:2000])
    assert (first.status_code, first.json()["offset"]) == (409, 3000)
    last = send(browser, url, 3000, CONTENT[3000:]).json()
    assert send(browser, url, 3000, CONTENT[3000:]).json()["stage"] == "finished", "the answer that got lost"
    assert take(last["token"], owner, now) == CONTENT


def test_pieces_that_the_disk_has_lost_are_asked_for_again(browser: Client) -> None:
    begun = begin(browser).json()
    send(browser, begun["url"], 0, CONTENT[:3000])
    os.truncate(upload_path(begun["token"]), 1200)
    assert browser.get(begun["url"]).json()["offset"] == 1200
    assert send(browser, begun["url"], 3000, CONTENT[3000:]).json()["offset"] == 1200
    upload_path(begun["token"]).unlink()
    assert browser.head(begun["url"])["Upload-Offset"] == "0"
    assert send(browser, begun["url"], 0, CONTENT).json()["stage"] == "finished"


def test_a_full_disk_loses_nothing(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = begin(browser).json()
    send(browser, begun["url"], 0, CONTENT[:3000])

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("documents.services.uploads.os.fsync", full)
    answer = send(browser, begun["url"], 3000, CONTENT[3000:])
    assert (answer.status_code, answer.json()["code"], answer.json()["offset"]) == (
        507,
        "upload_no_room",
        3000,
    )
    monkeypatch.undo()
    assert send(browser, begun["url"], 3000, CONTENT[3000:]).json()["stage"] == "finished"


@pytest.mark.django_db(transaction=True)
def test_the_last_piece_twice_at_once(browser: Client, owner: User, now: datetime) -> None:
    begun = begin(browser).json()
    send(browser, begun["url"], 0, CONTENT[:3000])

    def finish(_: int) -> Any:
        try:
            return send(browser, begun["url"], 3000, CONTENT[3000:])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(finish, range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["stage"] for answer in answers} == {"finished"}

    def use(_: int) -> str:
        try:
            return "taken" if take(begun["token"], owner, now) == CONTENT else "torn"
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(use, range(4))) == ["taken", "upload_taken", "upload_taken", "upload_taken"]
    assert not upload_path(begun["token"]).exists()


# ---- what is refused


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ\x90\x00" + b"0" * 500, "file_kind_not_allowed"),
        (pdf_of(password="secret"), "file_encrypted"),
        (pdf_of()[: len(pdf_of()) // 3], "file_broken"),
        (docx_of(word__vbaProject_dot_bin=b"macro"), "file_macros"),
        (docx_of(word__media=b"\0" * 30_000_000), "file_bomb"),
        (
            archive_of(
                {
                    "[Content_Types].xml": MACRO_TYPES,
                    "word/document.xml": b"<document/>",
                }
            ),
            "file_macros",
        ),
    ],
)
def test_a_bad_file_is_refused_at_its_end_and_not_kept(
    browser: Client,
    owner: User,
    now: datetime,
    content: bytes,
    code: str,
    django_capture_on_commit_callbacks: Any,
) -> None:
    begun = begin(browser, content).json()
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(browser, begun["url"], 0, content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert "上传" in answer.json()["message"]
    assert browser.get(begun["url"]).json()["code"] == code, "asked again after a reload"
    assert not upload_path(begun["token"]).exists()
    assert refusal(lambda: take(begun["token"], owner, now)) == code


def test_a_member_that_does_not_unpack_is_a_broken_file(browser: Client) -> None:
    content = bytearray(docx_of(word__media=os.urandom(3000)))
    content[300:2500] = b"\xff" * 2200
    assert uploaded(browser, bytes(content))["code"] == "file_broken"


def test_limits(browser: Client, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 6000
    assert begin(browser, b"x" * 6001).status_code == 413
    assert begin(browser, b"").json()["code"] == "file_empty"
    assert begin(browser, kinds=["exe"]).json()["code"] == "upload_kinds_unknown"
    assert begin(browser, kinds=[]).json()["code"] == "upload_kinds_unknown"
    url = begin(browser).json()["url"]
    assert send(browser, url, 0, CONTENT + b"x").json()["code"] == "upload_beyond_size"
    settings.UPLOAD_OPEN_BYTES_PER_USER = 14_000
    assert begin(browser).status_code == 201
    assert begin(browser).json()["code"] == "upload_too_much"
    settings.UPLOAD_OPEN_BYTES_PER_USER = 10**9
    settings.UPLOAD_SESSIONS_PER_USER = 2
    answer = begin(browser)
    assert (answer.status_code, answer.json()["code"]) == (429, "upload_too_many")
    assert browser.delete(url).status_code == 204
    assert begin(browser).status_code == 201, "a cancelled one makes room"


def test_a_piece_has_a_limit_too(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("documents.views.CHUNK_MAXIMUM", 100)
    assert send(browser, begin(browser).json()["url"], 0, CONTENT[:101]).status_code == 413


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\文件\\自评.pdf", "自评.pdf"),
        ("自评\u202efdp.exe", "自评fdp.exe"),
        ("a\x00b\r\n.pdf", "ab .pdf"),
        ("...", "文件"),
        ("", "文件"),
    ],
)
def test_tricks_with_names(browser: Client, name: str, kept: str) -> None:
    begun = begin(browser, name=name).json()
    assert begun["name"] == kept
    assert upload_path(begun["token"]).parent == settings.FILES_ROOT / "uploads"


def test_a_name_of_300_characters_keeps_its_ends(browser: Client) -> None:
    name = begin(browser, name="质" * 300 + ".pdf").json()["name"]
    assert len(name) == 200
    assert name.startswith("质质")
    assert name.endswith("质.pdf")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"name": "a"}', b'{"name": "a", "size": "much", "kinds": []}']
)
def test_nonsense_is_refused_in_words(browser: Client, body: bytes) -> None:
    answer = browser.post(CREATE, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "upload_malformed")


@pytest.mark.parametrize("offset", ["", "-1", "1e3", "٣", "9" * 40])
def test_an_offset_is_a_number(browser: Client, offset: str) -> None:
    url = begin(browser).json()["url"]
    answer = browser.patch(url, b"x", headers={"Upload-Offset": offset})
    assert answer.status_code in (409, 422)


# ---- whose it is, and for how long


def test_nobody_else_reaches_an_upload(
    browser: Client, now: datetime, client_of: Callable[[User], Client]
) -> None:
    begun = begin(browser).json()
    stranger = make_user()
    other = client_of(stranger)
    assert other.get(begun["url"]).status_code == 404
    assert send(other, begun["url"], 0, CONTENT).status_code == 404
    assert other.delete(begun["url"]).status_code == 404
    send(browser, begun["url"], 0, CONTENT)
    assert refusal(lambda: take(begun["token"], stranger, now)) == "upload_unknown"
    assert browser.get(begun["url"]).json()["stage"] == "finished"


def test_without_login_or_without_the_forms_token_there_is_no_upload(owner: User) -> None:
    assert begin(Client()).status_code == 302
    forging = Client(enforce_csrf_checks=True)
    forging.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    assert begin(forging).status_code == 403
    assert not UploadSession.objects.exists()


def test_an_upload_is_taken_once_and_for_what_it_was_meant(
    browser: Client, owner: User, now: datetime
) -> None:
    token = uploaded(browser)["token"]
    assert refusal(lambda: take(token, owner, now, purpose="other")) == "upload_unknown"
    assert refusal(lambda: take(token, owner, now, key="2")) == "upload_unknown"
    assert take(token, owner, now) == CONTENT
    assert refusal(lambda: take(token, owner, now)) == "upload_taken"
    unfinished = begin(browser).json()["token"]
    assert refusal(lambda: take(unfinished, owner, now)) == "upload_unfinished"


def test_a_refusal_of_the_owning_app_leaves_the_upload(browser: Client, owner: User, now: datetime) -> None:
    token = uploaded(browser)["token"]

    @transaction.atomic
    def refused_after_taking() -> None:
        services.take_upload(token=token, purpose="test", key="1", actor=owner, now=now)
        raise Refused("deadline_passed", "已过截止时间。")

    assert refusal(refused_after_taking) == "deadline_passed"
    assert take(token, owner, now) == CONTENT


def test_expired_uploads_are_gone(
    browser: Client, owner: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    old = begin(browser).json()
    send(browser, old["url"], 0, CONTENT[:100])
    later = now + settings.UPLOAD_LIFETIME
    young = UploadSession.objects.create(
        token="y" * 32, owner=owner, purpose="test", name="b.pdf", kinds="pdf", size=9,
        started_at=later, expires_at=later + timedelta(hours=1),
    )  # fmt: skip
    stray = upload_path("f" * 32)
    stray.write_bytes(b"left by a server that died")
    os.utime(stray, (0, 0))
    assert refusal(lambda: take(old["token"], owner, later)) == "upload_unknown"
    for expected in (2, 0):
        with django_capture_on_commit_callbacks(execute=True):
            assert services.sweep_uploads(now=later) == expected
    assert not stray.exists()
    assert not upload_path(old["token"]).exists()
    assert list(UploadSession.objects.all()) == [young]
    assert browser.get(old["url"]).status_code == 404


def test_a_running_upload_does_not_expire(browser: Client, now: datetime) -> None:
    begun = begin(browser).json()
    UploadSession.objects.update(expires_at=now + timedelta(minutes=1))
    send(browser, begun["url"], 0, CONTENT[:100])
    assert UploadSession.objects.get().expires_at == now + settings.UPLOAD_LIFETIME


def test_what_is_gathered_is_nobody_elses_to_read(browser: Client) -> None:
    begun = begin(browser).json()
    send(browser, begun["url"], 0, CONTENT[:100])
    path = upload_path(begun["token"])
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)

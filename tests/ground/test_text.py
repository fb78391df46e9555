"""Control and invisible characters: out of what forms, addresses and scripts send, and out of what a workbook holds."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from openpyxl import Workbook, load_workbook

from ground.middleware import PlainText
from ground.spreadsheets import put_rows
from ground.text import plain
from ground.web import sent_json

MADE = RequestFactory()
DIRTY, CLEAN = (
    "设备\x00管\x01理\x0b第二行\x0c第三行\x1f\r\n\t末\ud800\ufffe",
    "设备管理\n第二行\n第三行\r\n\t末",
)


def passed(request: HttpRequest) -> HttpRequest:
    PlainText(lambda _: HttpResponse()).process_view(request, None, (), {})
    return request


def test_breaks_stay_breaks_and_the_unseen_goes() -> None:
    assert plain(DIRTY) == CLEAN


def test_no_mark_turns_a_name_round_or_makes_two_that_look_alike() -> None:
    """A direction override would show another name on the receipt than the one stored."""
    assert plain("苏州\u202e建设\u200f有\u200b限\u2066公\ufeff司\U000e0041") == "苏州建设有限公司"
    assert plain("Müller–Bauer ·（苏州）　😀") == "Müller–Bauer ·（苏州）　😀"


def test_what_a_form_sends_is_plain_in_value_and_name() -> None:
    sent = {"name": ["a\x00b", "c"], "no\x01te": "第一行\x0b第二行"}
    for data in (sent, sent | {"upload": BytesIO(b"\x00\x01")}):
        request = passed(MADE.post("/", data))
        assert request.POST.getlist("name") == ["ab", "c"]
        assert request.POST["note"] == "第一行\n第二行"
        with pytest.raises(AttributeError):
            request.POST["name"] = "immutable as ever"
    assert request.FILES["upload"].read() == b"\x00\x01", "a file is kept as it came"


def test_an_address_is_plain_too() -> None:
    assert passed(MADE.get("/", {"q": "a\x00b"})).GET["q"] == "ab"


def test_what_has_nothing_to_clean_is_left_as_it_is() -> None:
    request = MADE.post("/", {"text": "第一行\r\n第二行"})
    before = request.POST
    assert passed(request).POST is before


def test_what_a_script_sends_is_plain_at_every_depth() -> None:
    body = {"a\u0000": ["x\u0001", {"b": "1\u000b2", "n": 3, "none": None}]}
    request = MADE.post("/", body, content_type="application/json")
    assert sent_json(request) == {"a": ["x", {"b": "1\n2", "n": 3, "none": None}]}


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000], ids=["nothing", "broken", "deep"])
def test_what_is_no_json_is_a_value_error(body: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting|nested"):
        sent_json(MADE.generic("POST", "/", body, content_type="application/json"))


def test_a_workbook_takes_what_was_kept_before() -> None:
    book, content = Workbook(), BytesIO()
    put_rows(book.worksheets[0], [("a\x0bb\x01", "=1+1", 3)], first=2)
    book.save(content)
    page = load_workbook(content).worksheets[0]
    assert [cell.value for cell in page[2]] == ["a\nb", "=1+1", 3]
    assert page["B2"].data_type == "s", "no formula"


def test_the_parts_of_a_form_are_no_json() -> None:
    """The form was read before the view: that is a refusal like any other, no fault of the portal."""
    with pytest.raises(ValueError, match="Expecting value"):
        sent_json(passed(MADE.post("/", {"name": "甲"})))

"""Public notices as PDF: the text of the page on red-headed paper, set once by the worker."""

from __future__ import annotations

from io import BytesIO

import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from documents.services import read_file
from publicity import services
from publicity.models import Notice
from tests.publicity.factories import CLOSES, PUBLISHED, House, award, make_list, publish


def words_of(content: bytes) -> str:
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")


def test_a_published_list_is_set_once_and_read_by_everybody(park: House, client: Client) -> None:
    notice = publish(park)
    address = reverse("publicity:notice_pdf", args=[notice.pk])
    assert client.get(address).status_code == 404
    assert address not in client.get(notice.get_absolute_url()).content.decode()
    assert (services.sweep_papers(now=PUBLISHED), services.sweep_papers(now=PUBLISHED)) == (1, 0)
    assert address in client.get(notice.get_absolute_url()).content.decode()
    answer = client.get(address)
    assert answer["Content-Type"] == "application/pdf"
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    notice.refresh_from_db()
    assert content == read_file(notice.paper)
    words = words_of(content)
    edition = park.edition
    expected = [
        edition.bodies["office"].name,
        notice.number,
        notice.title,
        "自2026年9月29日起至2026年10月8日24:00止",
        "2026年9月28日",
        notice.ledger_head,
        notice.get_absolute_url(),
        "一、",
        *(entry.organisation.name for entry in notice.entries.all()),
        *(site.name for site in edition.sites),
    ]
    assert [text for text in expected if text not in words] == []
    assert "再次获奖" in words


def test_a_draft_and_one_taken_off_have_no_paper(park: House, client: Client) -> None:
    services.draft_notice(approval=make_list(park), actor=park.clerk, now=PUBLISHED)
    assert services.sweep_papers(now=PUBLISHED) == 0
    Notice.objects.all().delete()
    notice = publish(park, park.cycle.approvals.get())
    services.sweep_papers(now=PUBLISHED)
    services.withdraw_notice(notice=notice, reason="名单有误", actor=park.head, now=PUBLISHED)
    assert client.get(reverse("publicity:notice_pdf", args=[notice.pk])).status_code == 404


def test_the_announcement_is_the_authoritys(park: House) -> None:
    award(park)
    services.sweep_papers(now=CLOSES)
    paper = services.papers.paper_of(Notice.objects.get(kind="announcement"))
    assert paper["issuer"] == park.edition.bodies["authority"].name
    assert paper["tables"] == []
    assert [line for line in paper["body"].splitlines() if line.startswith(("一、", "二、", "三、"))] == [
        f"一、{park.edition.tiers[0].name}（2家）",
        f"二、{park.edition.tiers[1].name}（1家）",
    ]


def test_without_pango_the_page_goes_without(
    park: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise OSError("no pango")

    monkeypatch.setattr("documents.pdf._load", missing)
    notice = publish(park)
    assert services.sweep_papers(now=PUBLISHED) == 0
    assert client.get(notice.get_absolute_url()).status_code == 200

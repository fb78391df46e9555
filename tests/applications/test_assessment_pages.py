"""The pages of the self-assessment: who opens them, what they cost, and that they work without a script."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from applications import services
from applications.models import Application, AssessmentItem
from documents.models import StoredFile
from tests.applications import builders
from tests.applications.assessments import (
    World,
    address,
    codes_of,
    colleague,
    furnish,
    make_world,
    online,
    picture,
)
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
MOST = 15


@kept
def world(now: datetime) -> World:
    return make_world(now)


def pages_of(application: Application) -> dict[str, str]:
    version = application.assessment_items.get(code="4.1.2").versions.first()
    names = {
        name: address(name, application)
        for name in (
            "assessment",
            "read_assessment",
            "page_index",
            "assessment_pdf",
            "choose_assessment_mode",
        )
    }
    for name in ("assessment_item", "item_versions", "item_charts"):
        names[name] = address(name, application, "4.1.2")
    names["item_version"] = address("item_version", application, "4.1.2", version.pk)
    names["assessment_image"] = address("assessment_image", application, 1)
    return names


READERS = ("read_assessment", "assessment_pdf", "assessment_image")


def test_the_applicant_opens_every_page_and_strangers_none(world: World, client_of: Login) -> None:
    strangers = (
        world.submitter,
        make_user("office_head:park"),
        make_user("supervisor"),
        make_user("reviewer"),
    )
    for name, page in pages_of(world.draft).items():
        assert client_of(world.owner).get(page).status_code == 200, name
        for stranger in strangers:
            assert client_of(stranger).get(page).status_code == 404, (name, stranger.role_line)
        assert Client().get(page).status_code == 302


def test_officials_read_after_submission_only(world: World, client_of: Login) -> None:
    readers = (
        make_user("office_clerk:park"),
        make_user("supervisor"),
        make_user("committee:park"),
        make_user(f"recommender:{world.submitted.recommender_id}"),
    )
    for name, page in pages_of(world.submitted).items():
        for reader in readers:
            status = client_of(reader).get(page).status_code
            assert status == (200 if name in READERS else 403), (name, reader.role_line)
        assert client_of(make_user("office_clerk:city")).get(page).status_code == 404
    image = pages_of(world.submitted)["assessment_image"]
    services.take_back_application(application=world.submitted, actor=world.submitter, now=world.now)
    assert client_of(readers[0]).get(image).status_code == 404


def test_viewers_look_and_write_nothing(world: World, client_of: Login) -> None:
    client = client_of(colleague(world.draft, "applicant_viewer"))
    item = AssessmentItem.objects.get(application=world.draft, code="4.1.2")
    page = client.get(address("assessment_item", world.draft, "4.1.2"))
    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()
    writes = {
        "assessment_item": {"text": "改", "version": 99},
        "save_self_percent": {"self_percent": 5, "version": 99},
        "save_figures": {"version": 99},
        "link_item_evidence": {"evidence": world.draft.evidence.last().pk},
        "add_item_image": {"upload": picture()},
    }
    for name, data in writes.items():
        assert client.post(address(name, world.draft, "4.1.2"), data).status_code == 403, name
    autosave = client.post(
        address("autosave_item", world.draft, "4.1.2"),
        json.dumps({"field": "text", "value": "改", "version": 99}),
        content_type="application/json",
    )
    assert autosave.status_code == 403
    for name in ("choose_assessment_mode", "remove_report", "page_index"):
        assert client.post(address(name, world.draft), {"mode": "report"}).status_code == 403, name
    version = address("item_version", world.draft, "4.1.2", item.versions.last().pk)
    assert client.post(version).status_code == 403
    assert client.get(address("item_conflict", world.draft, "4.1.2")).status_code == 403
    was = item.revision
    item.refresh_from_db()
    assert item.revision == was


def test_things_of_another_application_are_not_found(world: World, client_of: Login) -> None:
    client = client_of(world.owner)
    foreign = AssessmentItem.objects.get(application=world.submitted, code="4.1.2")
    version, link = foreign.versions.first(), foreign.evidence_links.get()
    assert client.get(address("item_version", world.draft, "4.1.2", version.pk)).status_code == 404
    assert client.post(address("unlink_item_evidence", world.draft, "4.1.2", link.pk)).status_code == 404
    assert client.get(address("assessment_image", world.draft, 99)).status_code == 404
    assert client.get(address("assessment_item", world.draft, "9.9.9")).status_code == 404
    job = services.request_print(application=world.submitted, actor=world.submitter, now=world.now)
    assert client.get(address("print_progress", world.draft, job.pk)).status_code == 404
    answer = client.post(
        address("link_item_evidence", world.draft, "4.1.2"), {"evidence": world.submitted.evidence.first().pk}
    )
    assert answer.status_code == 422


def test_a_report_not_submitted_shows_nothing_of_the_items(now: datetime, client_of: Login) -> None:
    user, application = builders.filled(builders.running_cycle(now), now)
    furnish(application, user, now)
    services.choose_assessment_mode(application=application, mode="report", actor=user, now=now)
    services.submit_application(application=application, actor=user, now=now)
    office = client_of(make_user("office_clerk:park"))
    assert office.get(address("assessment_image", application, 1)).status_code == 404
    words = office.get(address("read_assessment", application)).content.decode()
    assert "系统地" not in words
    assert office.get(address("assessment_pdf", application)).status_code == 404


# ---- what they cost
def queries(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as taken:
        assert client.get(page).status_code == 200
    return len(taken)


def test_pages_cost_the_same_whatever_is_filled_in(world: World, now: datetime, client_of: Login) -> None:
    user, bare = builders.draft(world.draft.cycle, now)
    online(bare, user, now)
    services.save_item_text(application=bare, code="4.1.2", text="一", version=0, actor=user, now=now)
    empty, full = client_of(user), client_of(world.owner)
    for name in ("assessment", "read_assessment"):
        cost = queries(full, address(name, world.draft))
        assert cost <= MOST, name
        assert queries(empty, address(name, bare)) in range(cost - 3, cost + 1)  # nothing to prefetch
    for name in ("assessment_item", "item_versions"):
        cost = queries(full, address(name, world.draft, "4.1.2"))
        assert cost == queries(empty, address(name, bare, "4.1.2")) <= MOST, name
    assert queries(full, address("tasks", world.draft)) <= MOST
    assert queries(full, address("check_application", world.draft)) <= MOST


def test_the_preview_is_safe_and_saves_nothing(world: World, client_of: Login) -> None:
    answer = client_of(world.owner).post(
        address("preview_item", world.draft, "4.1.3"), {"text": "**粗** <script>alert(1)</script> ![图](1)"}
    )
    words = answer.content.decode()
    assert "<strong>粗</strong>" in words
    assert "<script" not in words
    assert address("assessment_image", world.draft, 1) in words
    assert AssessmentItem.objects.get(application=world.draft, code="4.1.3").text == "4.1.3 的自评。"


def test_all_items_of_the_criteria_have_guidance(world: World, client_of: Login) -> None:
    client = client_of(world.owner)
    for code in codes_of(world.draft):
        guidance = client.get(address("assessment_item", world.draft, code)).context["guidance"]
        assert len(guidance) == 4
        assert all(hint.here and hint.asks for hint in guidance), code


SCANS = {
    "waiting": "病毒检测中",
    "clean": "已通过病毒检测",
    "infected": "含有病毒，已隔离",
    "scanner_down": "病毒检测未完成，自动重试",
}


@pytest.mark.parametrize(("scan", "words"), SCANS.items())
def test_what_the_scanner_says_stands_at_each_file(
    world: World, client_of: Callable[[User], Client], scan: str, words: str
) -> None:
    """Report, linked evidence and pictures; a file in quarantine is no link."""
    StoredFile.objects.update(scan=scan)
    client, draft = client_of(world.owner), world.draft
    report = address("file", draft, draft.report_id)
    links = {}
    for name, more, files in (
        ("assessment", (), 1),
        ("assessment_item", ("4.1.2",), 2),
        ("page_index", (), 1),
    ):
        page = client.get(address(name, draft, *more)).content.decode()
        assert page.count(words) == files, name
        links[name] = f'href="{report}"' in page
    assert links == {
        "assessment": scan != "infected",
        "assessment_item": False,
        "page_index": scan != "infected",
    }

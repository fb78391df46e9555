"""WCAG 2.2 AA beyond the journeys: the pages they don't pass, display modes, zoom, keyboard, no scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import expect

from applications.models import Application
from demo import applying
from demo.roster import PASSWORD
from demo.timeline import last_year
from tests.journeys.album import TOO_WIDE
from tests.journeys.cast import Cast
from tests.journeys.person import Person

pytestmark = [pytest.mark.journey]
PUBLIC_PATHS = (
    "/law/park-2023/",
    "/law/city-2016/",
    "/law/province-2016/",
    "/law/criteria/gbt19580-2012/",
    "/policies/?q=质量",
    "/honours/?words=苏州",
    "/nowhere/",
)
ROLES = (
    "org_ruian", "rec_zone", "reviewer1", "park_clerk", "park_head", "park_member1", "park_authority", "park_finance",
    "supervisor", "admin",
)  # fmt: skip
# Answers that are no pages, and what ends the session.
NOT_PAGES = (
    "feed",
    "export",
    "logout",
    "display_mode",
    "healthz",
    "readyz",
    "styleguide",
    "manifest",
    "worker",
    "session",
    "favicon",
)


@pytest.fixture
def cast(cast_for: Callable[..., Cast], request: pytest.FixtureRequest) -> Cast:
    return cast_for(f"accessibility/{request.node.originalname.removeprefix('test_')}")


@pytest.fixture
def application(cast: Cast, at: Callable[..., datetime]) -> Application:
    """A park year open for applications, and a draft in it."""
    cast.wait_until(at(2026, 4, 1))
    cycle = applying.call_year(
        cast.roster, "park", "park-2023", 2026, "苏园质评办〔2026〕1号", last_year(2026), at(2026, 3, 3)
    )
    return applying.draft(cast.roster, cycle, "ruian", at(2026, 3, 20))


def addresses() -> list[str]:
    """Every address of the portal that needs no key."""
    found = []
    for namespace in (entry for entry in get_resolver().url_patterns if isinstance(entry, URLResolver)):
        for pattern in namespace.url_patterns:
            plain = isinstance(pattern, URLPattern) and not pattern.pattern.converters and pattern.name
            if plain and namespace.namespace and not any(word in str(pattern.name) for word in NOT_PAGES):
                found.append(reverse(f"{namespace.namespace}:{pattern.name}"))
    return [address for address in found if not address.startswith("/api/")]


def test_pages_for_everybody(cast: Cast, application: Application) -> None:
    visitor = cast.visitor()
    for path in (*addresses(), *PUBLIC_PATHS):
        visitor.open(path)


def test_first_pages_of_all_roles(cast: Cast, application: Application) -> None:
    for username in ROLES:
        cast[username].open("/inbox/")
        cast[username].open("/accounts/password/")
    cast["admin"].open(f"/accounts/users/{cast.roster.users['park_clerk'].pk}/")
    for path in ("/cycles/workdays/", "/objections/", "/incidents/", "/revocations/", "/payments/"):
        cast["park_head"].open(path)


@pytest.mark.parametrize("mode", ["长者（大字）", "高对比度"])
def test_display_modes_and_double_size(cast: Cast, application: Application, mode: str) -> None:
    """In each mode axe still finds nothing, and at double size (half the window) nothing runs out of the page."""
    applicant = cast["org_ruian"]
    applicant.page.get_by_role("link", name=mode).click()
    for path in (
        "/",
        "/cycles/",
        f"/cycles/{application.cycle_id}/call/",
        "/applications/",
        f"/applications/{application.pk}/tasks/",
        f"/applications/{application.pk}/check/",
        f"/applications/{application.pk}/conditions/spot_checks/",
        f"/applications/{application.pk}/profile/",
        "/law/park-2023/",
    ):
        applicant.open(path)
        applicant.page.set_viewport_size({"width": 640, "height": 450})
        assert not applicant.page.evaluate(TOO_WIDE), f"{path} is wider than the window at double size"
        applicant.page.set_viewport_size({"width": 1280, "height": 900})


def test_by_keyboard_alone(cast: Cast, application: Application) -> None:
    """Skip link, login, a form refused, from the summary into the field: no pointer is needed, the focus is seen."""
    person = cast.visitor("somebody without a mouse")
    keys = person.page.keyboard
    person.page.goto("/accounts/login/")
    keys.press("Tab")
    expect(person.page.get_by_role("link", name="跳到正文")).to_be_focused()
    keys.press("Enter")
    _type_next(person, "登录名", "org_ruian")
    _type_next(person, "密码", PASSWORD)
    with person.page.expect_navigation():
        keys.press("Enter")
    person.page.goto("/accounts/password/")
    person.main.get_by_label("现在的密码").focus()
    with person.page.expect_navigation():
        keys.press("Enter")
    expect(person.page.get_by_role("alert")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(person.main.get_by_label("现在的密码")).to_be_focused()
    outline = person.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    shadow = person.page.evaluate("getComputedStyle(document.activeElement).boxShadow")
    assert (outline, shadow) != ("none", "none"), "the focus is not seen"


def test_without_scripts(cast: Cast, application: Application) -> None:
    """Where scripts are off, forms are sent and answered all the same."""
    person = cast.visitor("somebody without scripts", scripts=False)
    person.page.goto("/accounts/login/")
    _send(person, {"登录名": "org_ruian", "密码": PASSWORD}, "登录")
    person.page.goto(f"/applications/{application.pk}/conditions/licences/")
    person.choose("取得情况", "不适用")
    _send(person, {"说明": "本行业没有这类要求。"}, "保存")
    person.sees("已保存")
    person.page.goto(f"/applications/{application.pk}/profile/")
    _send(person, {"组织概述": "概述。"}, "保存并返回")
    application.refresh_from_db()
    assert application.facts["licences"] == "not_applicable"
    assert application.profile_text == "概述。"


def _type_next(person: Person, label: str, words: str) -> None:
    field = person.main.get_by_label(label).first
    for _ in range(30):
        person.page.keyboard.press("Tab")
        if field.evaluate("(field) => field === document.activeElement"):
            break
    expect(field).to_be_focused()
    person.page.keyboard.type(words)


def _send(person: Person, words: dict[str, str], button: str) -> None:
    person.fill(**words)
    with person.page.expect_navigation():
        person.main.get_by_role("button", name=button).first.click()

"""The way of reading, the style guide and the error pages."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from ground import clock, views
from ground.context import display_modes, portal
from ground.errors import Fault
from ground.styleguide.samples import samples


@pytest.mark.parametrize(
    ("cookie", "modes"),
    [
        ("", ()),
        ("large", ("large",)),
        ("contrast.large", ("large", "contrast")),
        ('large"><script>', ()),
        ("standard", ()),
    ],
)
def test_only_known_modes_reach_the_page(cookie, modes):
    assert display_modes(cookie) == modes


def switched(mode: str, cookie: str = "", back: str = "/honours/?page=2"):
    request = RequestFactory().get("/display/", {"mode": mode, "next": back})
    request.COOKIES["display_mode"] = cookie
    return views.display_mode(request)


@pytest.mark.parametrize(
    ("mode", "before", "after"),
    [
        ("large", "", "large"),
        ("contrast", "large", "contrast.large"),
        ("large", "large", ""),
        ("standard", "contrast.large", ""),
        ("nonsense", "large", ""),
    ],
)
def test_a_link_switches_the_mode_and_returns(mode, before, after):
    response = switched(mode, before)
    assert response.url == "/honours/?page=2"
    assert response.cookies["display_mode"].value == after


@pytest.mark.parametrize("back", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_the_switch_never_leads_elsewhere(back):
    assert switched("large", back=back).url == "/"


@pytest.mark.parametrize(
    ("path", "column", "at_work"),
    [
        ("/", "首页", False),
        ("/cycles/", "申报通知", False),
        ("/cycles/3/call/", "申报通知", False),
        ("/cycles/3/self-check/", "申报通知", False),
        ("/cycles/office/", "", True),
        ("/cycles/3/panels/", "", True),
        ("/notices/4/", "公示公告", False),
        ("/notices/4/publish/", "", True),
        ("/honours/", "获奖名录", False),
        ("/honours/mine/", "", True),
        ("/certificates/ABC/", "证书核验", False),
        ("/inbox/", "", False),
        ("/applications/3/", "", True),
    ],
)
def test_the_context_marks_the_column_we_are_in(path, column, at_work):
    context = portal(RequestFactory().get(path))
    current = [item["label"] for item in context["public_nav"] if item["current"]]
    assert current == ([column] if column else [])
    assert context["at_work"] is at_work


@pytest.fixture
def rendered(now):
    """Render a template the way a visitor's request would."""

    def render(template: str, **context: object) -> str:
        request = RequestFactory().get("/somewhere/")
        request.now = clock.now()
        return render_to_string(template, context, request)

    return render


@pytest.mark.parametrize("template", ["400.html", "403.html", "404.html", "500.html"])
def test_error_pages_say_what_to_do(rendered, template):
    html = rendered(template)
    assert 'href="/"' in html
    assert "<h1>" in html


def test_the_last_resort_needs_no_context():
    assert "系统出错" in render_to_string("500.html")


def test_a_refusal_lists_every_fault_with_its_article(rendered):
    faults = (Fault("a", "申报已经截止。", "", "第二十条"), Fault("b", "推荐意见尚未签署。"))
    html = rendered("errors/refused.html", faults=faults)
    assert "申报已经截止。" in html
    assert "〔第二十条〕" in html
    assert "推荐意见尚未签署。" in html


def test_an_expired_form_is_explained_not_blamed(now):
    request = RequestFactory().post("/somewhere/")
    response = views.csrf_failure(request, "CSRF token missing")
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_the_frame_has_nothing_the_content_policy_refuses(rendered):
    html = rendered("ground/styleguide.html", **samples(RequestFactory().get("/styleguide/")))
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", html)
    assert not re.search(r"<script(?![^>]* src=)", html)


def test_ids_stand_once(rendered):
    html = rendered("ground/styleguide.html", **samples(RequestFactory().get("/styleguide/")))
    ids = Counter(re.findall(r'\sid="([^"]+)"', html))
    assert {name for name, count in ids.items() if count > 1} == set()


def test_the_style_guide_is_not_mounted_in_production(settings):
    assert not settings.DEMO
    with pytest.raises(NoReverseMatch):
        reverse("ground:styleguide")

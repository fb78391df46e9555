"""The office's rail marks the stage that the open page belongs to, wherever its address lies."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import resolve

from awards.templatetags.cycles import BELOW, STAGE_OF_APP, STAGES, stage_of
from tests.architecture.source import routes


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("/cycles/3/", "awards:cycle"),
        ("/cycles/3/cancel/", "awards:cycle"),
        ("/cycles/3/publish-call/", "awards:call"),
        ("/cycles/3/applications/", "applications:office_list"),
        ("/scoring/panels/4/", "scoring:panels"),
        ("/scoring/panels/4/change/", "scoring:panels"),
        ("/cycles/3/ranking/", "scoring:ranking"),
        ("/cycles/3/next/", "scoring:meeting"),
        ("/notices/5/edit/", "publicity:draft"),
    ],
)
def test_the_rail_marks_the_stage(path: str, stage: str) -> None:
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    assert stage_of(request) == stage


def test_every_page_the_rail_names_exists() -> None:
    known = {route.name for route in routes()}
    named = {name for _, pages in STAGES for _, name in pages} | {*BELOW, *BELOW.values()}
    assert named | set(STAGE_OF_APP.values()) <= known

"""A browser that asks for the icon beside a file finds it, without a login."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders
from django.test import Client


@pytest.mark.django_db
def test_the_icon_is_where_browsers_look(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/static/img/favicon")
    assert finders.find("img/favicon.svg")
    assert "max-age=86400" in answer["Cache-Control"]

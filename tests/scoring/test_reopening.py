"""A sheet sent back says on its page why, and leads to the version it replaces."""

from __future__ import annotations

import pytest

from scoring import services
from scoring.models import Panel
from tests.scoring.builders import House, seal
from tests.scoring.reviewing import MOST, Browser, queries, read, sheet_of, user


@pytest.fixture
def panel(house: House) -> Panel:
    return house.panel()


def test_the_new_version_says_why_the_old_one_came_back(
    house: House, panel: Panel, client_of: Browser
) -> None:
    old = seal(sheet_of(panel, 0, house.applications[0]), 55, house.now)
    me = client_of(user(panel, 0))
    assert "退回重评" not in read(me, old.get_absolute_url())
    fresh = services.reopen_sheet(sheet=old, reason="请核对附件三。", actor=house.head, now=house.now)
    page = read(me, fresh.get_absolute_url())
    assert "请核对附件三。" in page
    assert f'href="{old.get_absolute_url()}"' in page
    assert queries(me, fresh.get_absolute_url()) <= MOST
    assert me.get(old.get_absolute_url()).status_code == 200


def test_it_is_told_to_whoever_reads_that_sheet_alone(house: House, panel: Panel, client_of: Browser) -> None:
    old = seal(sheet_of(panel, 0, house.applications[0]), 55, house.now)
    fresh = services.reopen_sheet(sheet=old, reason="请核对附件三。", actor=house.head, now=house.now)
    colleague = client_of(user(panel, 1))
    other = sheet_of(panel, 1, house.applications[0])
    assert "请核对附件三" not in read(colleague, other.get_absolute_url())
    assert colleague.get(fresh.get_absolute_url()).status_code == 404
    sealed = seal(fresh, 60, house.now)
    assert "请核对附件三" in read(client_of(user(panel, 0)), sealed.get_absolute_url())

"""A sheet sent back says on its page why, and leads to the version it replaces; one that can't be sent back says why not."""

from __future__ import annotations

from django.urls import reverse

from scoring import services
from scoring.models import Consolidation, Panel, Sheet
from tests.kept import kept
from tests.scoring.builders import House, agree_all, countersign_all, seal, settle_all, sign_as_lead
from tests.scoring.reviewing import MOST, Browser, queries, read, sheet_of, user


@kept
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


def test_the_page_names_the_one_cause_that_keeps_a_sheet_from_going_back(
    house: House, panel: Panel, client_of: Browser
) -> None:
    head = client_of(house.head)
    old, *others = (sheet_of(panel, place, house.applications[0]) for place in range(3))
    seal(old, 50, house.now)

    def said(sheet: Sheet) -> str:
        return str(head.get(reverse("scoring:reopen_sheet", args=[sheet.pk])).context["blocked"])

    assert said(old) == ""
    fresh = services.reopen_sheet(sheet=old, reason="请核对附件三。", actor=house.head, now=house.now)
    assert said(old) == "这份评分表已被第 2 版替代，不能再退回。"
    for sheet in (fresh, *others):
        seal(sheet, 50, house.now)
    assert "评审员已经互相看到评分" in said(fresh)
    assert said(old) == "这份评分表已被第 2 版替代，不能再退回。"
    report = Consolidation.objects.get(application=house.applications[0])
    settle_all(report, 50, house.now)
    agree_all(report, house.now)
    sign_as_lead(report, house.now)
    assert said(fresh) == "组长已经签署评审报告，评分表不能再退回。"
    countersign_all(report, house.now)
    assert said(fresh) == "评审报告已经签署，评分表不能再退回。"
    Sheet.objects.filter(pk=fresh.pk).update(state="void")
    assert said(fresh) == "这份评分表已经作废，不能再退回。"

"""Versions of an item: typing goes on in one, older ones come back, and two people lose nothing to each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from accounts.models import User
from applications import services
from applications.models import Application
from ground.errors import Refused
from tests.applications.assessments import colleague, drafted, save
from tests.kept import kept

pytestmark = pytest.mark.django_db


@kept
def draft(now: datetime) -> tuple[User, Application]:
    return drafted(now)


# ---- versions
def test_typing_goes_on_in_one_version_until_something_is_taken_out(
    draft: tuple[User, Application], now: datetime
) -> None:
    user, application = draft
    text = "第一段。" * 50
    for size in range(10, 201, 10):
        item = save(application, text[:size], by=user, at=now)
        now += timedelta(seconds=3)
    assert item.versions.count() == 1
    save(application, "全部删掉重写", by=user, at=now)
    texts = list(item.versions.values_list("text", flat=True))
    assert texts == ["全部删掉重写", text[:200]]


def test_slow_deleting_is_kept_too(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    text = "甲乙丙丁戊己庚辛壬癸" * 60
    item = save(application, text, by=user, at=now)
    for size in range(len(text), -1, -30):
        save(application, text[:size], by=user, at=now)
    kept = list(item.versions.order_by("id").values_list("text", flat=True))
    assert len(kept[0]) > len(text) - 150
    assert all(len(before) - len(after) <= 230 for before, after in pairwise(kept))


def test_another_person_or_a_pause_begins_a_new_version(
    draft: tuple[User, Application], now: datetime
) -> None:
    user, application = draft
    item = save(application, "一", by=user, at=now)
    save(application, "一二", by=colleague(application), at=now)
    save(application, "一二三", by=user, at=now + timedelta(seconds=5))
    save(application, "一二三四", by=user, at=now + timedelta(minutes=11))
    assert list(item.versions.values_list("text", flat=True)) == ["一二三四", "一二三", "一二", "一"]


def test_thirty_versions_are_kept_and_any_can_be_put_back(
    draft: tuple[User, Application], now: datetime
) -> None:
    user, application = draft
    for number in range(40):
        item = save(application, f"第 {number} 稿", by=user, at=now + timedelta(minutes=11 * number))
    assert [row.text for row in item.versions.all()] == [f"第 {number} 稿" for number in range(39, 9, -1)]
    later = now + timedelta(days=1)
    oldest = item.versions.last()
    item = services.restore_item_version(version=oldest, actor=user, now=later)
    assert item.text == "第 10 稿"
    versions = list(item.versions.all())
    assert len(versions) == 30
    assert (versions[0].text, versions[0].kind) == ("第 10 稿", "restored")
    assert versions[1].text == "第 39 稿"


def test_a_version_brings_back_score_and_figures(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    save(application, "文字", by=user, at=now)
    services.save_self_percent(
        application=application, code="4.1.2", percent=60, version=99, actor=user, now=now
    )
    rows = [
        {"label": "合格率", "unit": "%", "first": "97.5", "second": "98", "third": "99.25", "benchmark": "99"}
    ]
    item = services.save_figures(
        application=application, code="4.1.2", rows=rows, version=99, actor=user, now=now
    )
    services.save_figures(application=application, code="4.1.2", rows=[], version=99, actor=user, now=now)
    assert item.figures.count() == 0
    full = next(row for row in item.versions.all() if row.figures)
    services.restore_item_version(version=full, actor=user, now=now)
    figure = item.figures.get()
    assert (figure.label, figure.third, figure.benchmark) == ("合格率", Decimal("99.25"), Decimal(99))


# ---- two people
def test_the_parts_of_an_item_do_not_collide(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    other = colleague(application)
    save(application, "文字", by=user, at=now, version=0)
    services.save_self_percent(
        application=application, code="4.1.2", percent=55, version=0, actor=other, now=now
    )
    services.save_figure_cell(
        application=application,
        code="4.1.2",
        place=0,
        name="label",
        value="产值",
        version=0,
        actor=other,
        now=now,
    )
    assert save(application, "文字再写", by=user, at=now, version=1).self_percent == 55


def test_a_text_on_top_of_an_older_one_is_refused_and_nothing_is_lost(
    draft: tuple[User, Application], now: datetime
) -> None:
    user, application = draft
    other = colleague(application)
    save(application, "共同的开头。", by=user, at=now, version=0)
    save(application, "共同的开头。甲的补充。", by=user, at=now, version=1)
    mine = "共同的开头。乙的补充。"
    with pytest.raises(Refused) as refusal:
        save(application, mine, by=other, at=now, version=1)
    assert refusal.value.code == "stale_version"
    copy = services.keep_conflict_copy(application=application, code="4.1.2", text=mine, actor=other, now=now)
    both = "共同的开头。甲的补充。乙的补充。"
    item = services.settle_conflict(copy=copy, text=both, version=2, actor=other, now=now)
    assert item.text == both
    texts = [(row.kind, row.text) for row in item.versions.all()]
    assert ("aside", mine) in texts
    assert ("merged", both) in texts
    assert any(text == "共同的开头。甲的补充。" for _, text in texts)
    assert not item.conflict_copies.exists()


def test_taking_the_saved_text_keeps_ones_own_aside(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    other = colleague(application)
    save(application, "甲写的", by=user, at=now, version=0)
    copy = services.keep_conflict_copy(
        application=application, code="4.1.2", text="乙写的", actor=other, now=now
    )
    item = services.settle_conflict(copy=copy, text="甲写的", version=1, actor=other, now=now)
    assert item.text == "甲写的"
    assert item.versions.get(kind="aside").text == "乙写的"
    restored = services.restore_item_version(version=item.versions.get(kind="aside"), actor=other, now=now)
    assert restored.text == "乙写的"


def test_a_retry_of_a_saved_text_is_no_conflict(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    save(application, "同样的", by=user, at=now, version=0)
    assert save(application, "同样的", by=user, at=now, version=0).text_revision == 1

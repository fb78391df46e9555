"""What changed since the file was handed in last: answers in words, parts by digest, evidence by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from applications import services
from tests.applications import builders
from tests.applications.assessments import online, write_all
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


def test_a_correction_shows_what_it_changed(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.recommended(cycle, now)
    head = make_user("office_head:park")
    address = reverse("applications:comparison", args=[application.pk])
    assert client_of(user).get(address).context["pair"] is None
    correction = services.request_correction(
        application=application,
        items=[("profit", "请更正 2025 年净利润")],
        due_at=now + timedelta(days=7),
        actor=head,
        now=now,
    )
    profit = {"2023": "1200000", "2024": "900000.50", "2025": "1600000"}
    services.save_facts(
        application=application,
        facts={"net_profit": profit},
        version=application.version,
        actor=user,
        now=now,
    )
    added = services.add_evidence(
        application=application, condition="profit", upload=builders.pdf("second audit"), actor=user, now=now
    )
    item = correction.items.get()
    services.answer_correction(correction=correction, answers={item.pk: "已更正"}, actor=user, now=now)
    for reader in (user, head):
        client = client_of(reader)
        with CaptureQueriesContext(connection) as taken:
            page = client.get(address)
        assert len(taken) <= 15
        found = {(row.kind, row.label): row for row in page.context["differences"]}
        assert set(found) == {("changed", "净利润"), ("new", f"证明材料：{added.name}")}
        assert "1,600,000 元" in found["changed", "净利润"].after
        assert "1,500,000 元" in found["changed", "净利润"].before
    assert client_of(builders.applicant(now)[0]).get(address).status_code == 404


def test_a_file_handed_in_again_after_a_take_back(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.submitted(cycle, now)
    services.take_back_application(application=application, actor=user, now=now)
    services.save_profile(
        application=application, text="新的概述", version=application.version, actor=user, now=now
    )
    builders.commit(application, user, now + timedelta(minutes=1))
    services.submit_application(application=application, actor=user, now=now)
    page = client_of(user).get(reverse("applications:comparison", args=[application.pk]))
    (row,) = page.context["differences"]
    assert (row.kind, row.label) == ("changed", "组织概述")
    assert "".join(piece.text for piece in row.pieces if piece.kind != "gone") == "新的概述"
    assert "组织概述。" in "".join(piece.text for piece in row.pieces if piece.kind != "new")
    html = page.content.decode()
    assert "<del>" in html
    assert html.count("2026年8月3日 09:00:00") >= 2
    assert client_of(user).get(page.request["PATH_INFO"] + "?old=x&new=999").status_code == 200


def test_a_word_changed_in_a_long_item_is_told_from_the_rest(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.filled(cycle, now)
    online(application, user, now)
    write_all(application, user, now, text="我们每季度评审战略。" * 60)
    given = {"actor": user, "now": now}
    services.submit_application(application=application, **given)
    services.take_back_application(application=application, actor=user, now=now)
    changed = "我们每季度评审战略。" * 30 + "我们每月评审战略。" + "我们每季度评审战略。" * 29
    services.save_item_text(
        application=application, code="4.1.2", text=changed, version=99, actor=user, now=now
    )
    builders.commit(application, user, now)
    services.submit_application(application=application, **given)
    page = client_of(user).get(reverse("applications:comparison", args=[application.pk]))
    (row,) = page.context["differences"]
    assert row.label.startswith("自评 4.1.2")
    assert [piece.text for piece in row.pieces if piece.kind == "new"] == ["月"]
    assert [piece.text for piece in row.pieces if piece.kind == "gone"] == ["季度"]
    assert sum(len(piece.text) for piece in row.pieces) < 300

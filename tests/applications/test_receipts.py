"""The receipt shows what was handed in, whatever becomes of the file; each submission has its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.queries.receipt import receipt_of
from ground import clock
from notifications.models import InboxItem
from tests.applications import builders
from tests.applications.test_letters import plain
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


def test_a_correction_leaves_the_receipt_alone(now: datetime) -> None:
    owner, application = builders.recommended(builders.running_cycle(now), now)
    before = receipt_of(application)
    services.request_correction(
        application=application,
        items=[("profit", "请补充审计报告。")],
        due_at=now + timedelta(days=5),
        actor=make_user("office_clerk:park"),
        now=now,
    )
    upload = builders.pdf("audit")
    services.add_evidence(application=application, condition="profit", upload=upload, actor=owner, now=now)
    correction = application.corrections.get()
    answers = {item.pk: "已补充" for item in correction.items.all()}
    services.answer_correction(correction=correction, answers=answers, actor=owner, now=now)
    body = application.recommender
    assert body is not None
    type(body).objects.filter(pk=body.pk).update(name="改名的功能区")
    type(application.organisation).objects.update(name="改名的有限公司")
    assert before is not None
    assert receipt_of(type(application).objects.get(pk=application.pk)) == before


def test_an_answered_correction_has_a_receipt(now: datetime, client_of: Login) -> None:
    """Frozen, with number, second, answers, what changed and every part; page, PDF, mail and letter say the same."""
    owner, application = builders.recommended(builders.running_cycle(now), now)
    correction = services.request_correction(
        application=application,
        items=[("profit", "请补充审计报告。"), ("profile", "请改写概述。")],
        due_at=now + timedelta(days=5),
        actor=make_user("office_clerk:park"),
        now=now,
    )
    upload = builders.pdf("audit")
    services.add_evidence(application=application, condition="profit", upload=upload, actor=owner, now=now)
    page, pdf = (
        reverse(f"applications:{name}", args=[application.pk]) for name in ("receipt", "receipt_pdf")
    )
    at = now + timedelta(days=1, seconds=7)
    client = client_of(owner)
    with clock.frozen(at):
        answer = client.post(
            reverse("applications:correction", args=[correction.pk]),
            {f"answer_{item.pk}": f"已办理{number}" for number, item in enumerate(correction.items.all())},
        )
    assert (answer.status_code, answer["Location"]) == (302, f"{page}?no=2")
    type(application.organisation).objects.update(name="改名的有限公司")
    receipt = receipt_of(application, 2)
    assert receipt is not None
    rows = dict(receipt.rows)
    assert rows["补正回执编号"] == f"{application.number}-补01"
    assert rows["提交时间"] == "2026年8月4日 09:00:07（北京时间）"
    assert rows["补正期限"] == "2026年8月8日 09:00:00（北京时间）"
    assert rows["申报组织"].startswith(application.organisation.name)
    assert rows["内容摘要（SM3）"] == receipt.digest != application.submitted_digest
    assert [row[1:] for row in receipt.answers] == [
        ("请补充审计报告。", "已办理0"), ("请改写概述。", "已办理1"),
    ]  # fmt: skip
    piece = application.evidence.latest("pk")
    assert receipt.changed == ((f"证明材料：{piece.name}", "新增"),)
    assert dict(receipt.parts)[f"证明材料：{piece.name}"] == piece.file.digest
    words = [
        word for row in (*receipt.rows, *receipt.answers, *receipt.changed, *receipt.parts) for word in row
    ]
    letter = application.letters.get(kind="answered")
    mail = InboxItem.objects.get(user=owner, kind="correction.received")
    with clock.frozen(at):
        shown = client.get(page, {"no": 2})
        told = [shown.content, client.get(pdf, {"no": 2}).content, letter.body.encode(), mail.body.encode()]
        listed = client.get(page).content.decode()
        of_the_correction = client.get(reverse("applications:correction", args=[correction.pk]))
        assert client_of(make_user()).get(page, {"no": 2}).status_code == 404
        assert f"{page}?no=2" in client.get(application.get_absolute_url()).content.decode()
    for content in told:
        assert [word for word in words if plain(word.encode()) not in plain(content)] == []
    assert f"{page}?no=2" in listed
    assert receipt.digest in listed
    assert f"{page}?no=2" in of_the_correction.content.decode()
    standing = receipt_of(type(application).objects.get(pk=application.pk))
    assert standing is not None
    assert (standing.serial, standing.digest) == (1, application.submitted_digest)


def test_each_submission_has_its_receipt(now: datetime, client_of: Login) -> None:
    owner, application = builders.submitted(builders.running_cycle(now), now)
    first = receipt_of(application)
    page, pdf = (
        reverse(f"applications:{name}", args=[application.pk]) for name in ("receipt", "receipt_pdf")
    )
    services.take_back_application(application=application, actor=owner, now=now)
    application.refresh_from_db()
    assert receipt_of(application) is None
    assert receipt_of(application, 1) == first
    services.save_profile(
        application=application, text="改过的概述。", version=application.version, actor=owner, now=now
    )
    later = now + timedelta(hours=1)
    builders.commit(application, owner, later, post="董事长")
    services.submit_application(application=application, actor=owner, now=later)
    second = receipt_of(application)
    assert first is not None
    assert second is not None
    assert (first.serial, second.serial) == (1, 2)
    assert dict(first.rows)["承诺人"] == "王示例（总经理）"
    assert dict(second.rows)["承诺人"] == "王示例（董事长）"
    assert "扫描件" in dict(second.rows)["承诺签署"]
    assert dict(first.parts)["组织概述"] != dict(second.parts)["组织概述"]
    client = client_of(owner)
    with clock.frozen(later):
        old, new = (client.get(page, {"no": number}) for number in (1, 2))
        assert client.get(page).context["receipt"] == second
        assert client.get(pdf, {"no": 1}).status_code == 200
        assert client.get(pdf, {"no": 9}).status_code == 302
        assert client_of(make_user()).get(page, {"no": 1}).status_code == 404
    assert (old.context["receipt"], new.context["receipt"]) == (first, second)
    assert (old.context["stands"], new.context["stands"]) == (False, True)
    for shown in (old, new):
        for receipt in (first, second):
            assert receipt.digest in shown.content.decode()
            assert f"?no={receipt.serial}" in shown.content.decode()

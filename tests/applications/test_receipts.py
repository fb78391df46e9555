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
from tests.applications import builders
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
    services.submit_application(
        application=application, signatory="赵示例", signatory_post="董事长", actor=owner, now=later
    )
    second = receipt_of(application)
    assert first is not None
    assert second is not None
    assert (first.serial, second.serial) == (1, 2)
    assert dict(first.rows)["承诺人"] == "王示例（总经理）"
    assert dict(second.rows)["承诺人"] == "赵示例（董事长）"
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

"""A correction of single items and conditions opens these alone; diff and receipt show them; all else stays locked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application, Correction
from applications.queries.receipt import receipt_of
from ground.errors import Refused
from tests.applications import builders
from tests.applications.assessments import codes_of, online, picture, write_all
from tests.factories import make_user

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
ITEM, OTHER_ITEM = "4.2.3", "4.1.2"


def asked_for(application: Application, *codes: str, now: datetime) -> Correction:
    return services.request_correction(
        application=application,
        items=[(code, f"请补充 {code}") for code in codes],
        due_at=now + timedelta(days=5),
        actor=make_user(f"office_clerk:{application.cycle.scheme.code}"),
        now=now,
    )


def answered(correction: Correction, owner: User, now: datetime) -> None:
    answers = {item.pk: "已补充" for item in correction.items.all()}
    services.answer_correction(correction=correction, answers=answers, actor=owner, now=now)


def refused(act: Callable[..., object], **given: object) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        act(**given)
    return refusal.value.codes


def written_online(now: datetime) -> tuple[User, Application]:
    owner, application = builders.filled(builders.running_cycle(now), now)
    online(application, owner, now)
    write_all(application, owner, now)
    services.link_evidence(
        application=application, code=OTHER_ITEM, evidence=application.evidence.all()[0], note="", actor=owner, now=now
    )  # fmt: skip
    services.submit_application(application=application, actor=owner, now=now)
    builders.sign(application, make_user(f"recommender:{application.recommender_id}"), now)
    return owner, Application.objects.get(pk=application.pk)


def test_one_item_of_the_self_assessment(now: datetime) -> None:
    owner, application = written_online(now)
    correction = asked_for(application, f"item-{ITEM}", now=now)
    who = {"actor": owner, "now": now}
    here = {"application": application, **who}
    for code in codes_of(application):
        text = {"code": code, "text": f"{code} 改过的自评。", "version": 99}
        if code != ITEM:
            assert refused(services.save_item_text, **here, **text) == ("not_editable",)
    closed = {"code": OTHER_ITEM, **here}
    link = application.assessment_items.get(code=OTHER_ITEM).evidence_links.get()
    version = application.assessment_items.get(code=OTHER_ITEM).versions.first()
    evidence = application.evidence.all()[0]
    for act, given in (
        (services.save_self_percent, {"percent": 50, "version": 99, **closed}),
        (services.save_figures, {"rows": [], "version": 99, **closed}),
        (services.link_evidence, {"evidence": evidence, "note": "", **closed}),
        (services.add_assessment_image, {"upload": picture(), **closed}),
        (services.unlink_evidence, {"link": link, **who}),
        (services.restore_item_version, {"version": version, **who}),
        (services.choose_assessment_mode, {"mode": "report", **here}),
        (services.attach_report, {"upload": builders.pdf("x"), **here}),
        (services.remove_report, here),
        (services.save_page_index, {"pages": {}, **here}),
        (services.save_profile, {"text": "新", "version": 99, **here}),
        (services.save_facts, {"facts": {"licences": "held"}, "version": 99, **here}),
        (services.remove_evidence, {"evidence": evidence, **who}),
    ):
        assert refused(act, **given) == ("not_editable",), act.__name__
    services.save_item_text(code=ITEM, text="补充了数据来源。", version=99, **here)
    services.save_self_percent(code=ITEM, percent=50, version=99, **here)
    services.add_assessment_image(code=ITEM, upload=picture(), **here)
    answered(correction, owner, now)
    receipt = receipt_of(application, 2)
    assert receipt is not None
    label = f"自评 {ITEM} {application.cycle.criteria.item(ITEM).title}"
    assert receipt.changed == ((label, "修改"),)
    assert receipt.answers == ((label, f"请补充 item-{ITEM}", "已补充"),)
    assert refused(services.save_item_text, code=ITEM, text="又改", version=99, **here) == ("not_editable",)


def test_the_pages_of_one_item(now: datetime, client_of: Login) -> None:
    owner, application = written_online(now)
    client, clerk = client_of(owner), client_of(make_user("office_clerk:park"))
    request = reverse("applications:request_correction", args=[application.pk])
    form = clerk.get(request).content.decode()
    assert f'<option value="item-{ITEM}">' in form
    assert '<optgroup label="自评条目">' in form
    filled = {"items-TOTAL_FORMS": 1, "items-INITIAL_FORMS": 0, "due_at": "2026-08-08T17:00"}
    filled |= {"items-0-condition": f"item-{ITEM}", "items-0-request": "请写明数据来源"}
    assert clerk.post(request, filled).status_code == 302
    correction = application.corrections.get()
    open_page, closed_page = (
        reverse("applications:assessment_item", args=[application.pk, code]) for code in (ITEM, OTHER_ITEM)
    )
    asked = client.get(reverse("applications:correction", args=[correction.pk])).content.decode()
    assert open_page in asked
    assert f"自评 {ITEM}" in application.letters.get().body
    assert client.get(open_page).context["writable"]
    assert not client.get(closed_page).context["writable"]
    sent = json.dumps({"field": "text", "value": "改", "version": 99})
    saved = {
        code: client.post(
            reverse("applications:autosave_item", args=[application.pk, code]), sent, "application/json"
        ).status_code
        for code in (ITEM, OTHER_ITEM)
    }
    assert saved == {ITEM: 200, OTHER_ITEM: 422}
    answered(correction, owner, now)
    page = client.get(reverse("applications:comparison", args=[application.pk]))
    (row,) = page.context["differences"]
    assert row.label.startswith(f"自评 {ITEM}")


def test_one_condition_of_a_question_with_two(now: datetime, client_of: Login) -> None:
    cycle = builders.running_cycle(now, scheme="city", edition="city-2016")
    owner, application = builders.recommended(cycle, now)
    correction = asked_for(application, "trade_rank", now=now)
    here = {"application": application, "actor": owner, "now": now}
    both = {"excellence_model": False, "trade_rank_in_city": 3}
    assert refused(services.save_facts, facts=both, version=99, **here) == ("not_editable",)
    alone = {"condition": "excellence_model", "upload": builders.pdf("model"), **here}
    assert refused(services.add_evidence, **alone) == ("not_editable",)
    client = client_of(owner)
    address = reverse("applications:condition", args=[application.pk, "excellence_model"])
    page = client.get(address)
    assert page.context["writable"]
    assert page.context["form"].keys == ("trade_rank_in_city",)
    assert [label for label, _ in page.context["fixed_answers"]] == ["实施卓越绩效模式"]
    assert page.context["upload"].fields["condition"].choices == [
        ("trade_rank", page.context["conditions"][1].label)
    ]
    version = Application.objects.get(pk=application.pk).version
    sent = {"trade_rank_in_city": "3", "excellence_model": "no", "note": "", "version": version}
    assert client.post(address, sent).status_code == 302
    services.add_evidence(condition="trade_rank", upload=builders.pdf("rank"), **here)
    application.refresh_from_db()
    assert application.facts["excellence_model"] is True
    assert application.facts["trade_rank_in_city"] == 3
    answered(correction, owner, now)
    receipt = receipt_of(application, 2)
    assert receipt is not None
    assert set(receipt.changed) == {("申报条件自述", "修改"), ("证明材料：rank.pdf", "新增")}


@pytest.mark.parametrize("code", [f"item-{ITEM}", "item-9.9.9"])
def test_no_single_item_where_a_report_was_uploaded(now: datetime, code: str) -> None:
    _, application = builders.recommended(builders.running_cycle(now), now)
    given = {"items": [(code, "请补充")], "due_at": now + timedelta(days=5), "now": now}
    actor = make_user("office_clerk:park")
    assert refused(services.request_correction, application=application, actor=actor, **given) == (
        "unknown_condition",
    )


def test_the_whole_report_still_opens_every_item(now: datetime) -> None:
    owner, application = written_online(now)
    asked_for(application, "report", now=now)
    for code in (ITEM, OTHER_ITEM):
        services.save_item_text(
            application=application, code=code, text="改过。", version=99, actor=owner, now=now
        )

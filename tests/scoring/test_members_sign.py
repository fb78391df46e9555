"""全体成员：差异较大的项目逐人表示意见，组长签署后逐人会签；不能会签的由评定办主任写明原因."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from audit.models import AccessLog, Entry
from ground.errors import Refused
from notifications.queries import duties_for
from scoring import services
from scoring.models import Consolidation, CounterSignature, ItemConsent, Panel, Sheet
from scoring.queries.documents import consolidation_digest_holds
from scoring.queries.hearing import hearing_of
from scoring.queries.score_forms import score_form
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import (
    House,
    agree_all,
    countersign_all,
    seal,
    settle_all,
    sheets_of,
    sign,
    sign_as_lead,
)
from tests.scoring.reviewing import MOST, Browser, member, queries, read, user

WHY = "以董事会纪要为准"


@kept
def panel(house: House) -> Panel:
    return house.panel()


@kept
def report(house: House, panel: Panel) -> Consolidation:
    """All sealed at 50; 4.1.2 and 4.1.3 lie 40 apart. Settled at 50, with a note."""
    for sheet, percent in zip(sheets_of(panel, house.applications[0]), (30, 50, 70), strict=True):
        seal(sheet, 50, house.now, i4_1_2=percent, i4_1_3=percent)
    row = Consolidation.objects.select_related("panel").get(application=house.applications[0])
    settle_all(row, 50, house.now, note=WHY)
    return row


def speak(report: Consolidation, place: int, now: datetime, **words: str) -> None:
    """`i4_1_2=""` agrees, any other text is the reason of a dissent."""
    services.give_consent(
        consolidation=report,
        answers={
            name.removeprefix("i").replace("_", "."): (not reason, reason) for name, reason in words.items()
        },
        actor=user(report.panel, place),
        now=now,
    )


def countersign(report: Consolidation, place: int, now: datetime, digest: str = "", remark: str = "") -> None:
    services.countersign(
        consolidation=report,
        digest=digest or report.digest,
        remark=remark,
        actor=user(report.panel, place),
        now=now,
    )


def kinds(panel: Panel, place: int) -> set[str]:
    return {duty.kind for duty in duties_for(user(panel, place)) if duty.kind != "scoring.score"}


def page_of(report: Consolidation, part: str) -> str:
    return f"/scoring/consolidations/{report.pk}/{part}"


def test_the_lead_signs_only_when_every_member_has_spoken(
    panel: Panel, report: Consolidation, now: datetime
) -> None:
    assert kinds(panel, 1) == kinds(panel, 2) == {"scoring.consent"}
    speak(report, 1, now, i4_1_2="", i4_1_3="")
    speak(report, 2, now, i4_1_2="")
    assert (kinds(panel, 1), kinds(panel, 2)) == (set(), {"scoring.consent"})
    with pytest.raises(Refused) as refused:
        sign_as_lead(report, now)
    assert [(fault.code, fault.field) for fault in refused.value.faults] == [("consent_missing", "4.1.3")]
    speak(report, 2, now, i4_1_3="现场没有看到证据")
    sign_as_lead(report, now)
    assert report.state == "signing"
    assert kinds(panel, 1) == kinds(panel, 2) == {"scoring.countersign"}


def test_a_dissent_needs_its_reason_and_only_asked_items_are_heard(
    panel: Panel, report: Consolidation, now: datetime
) -> None:
    actor = user(panel, 1)
    answers = {"4.1.2": (False, " "), "4.2.2": (True, "")}
    with pytest.raises(Refused) as refused:
        services.give_consent(consolidation=report, answers=answers, actor=actor, now=now)
    assert [(f.code, f.field) for f in refused.value.faults] == [
        ("reason_missing", "4.1.2"),
        ("item_not_asked", "4.2.2"),
    ]
    assert not ItemConsent.objects.exists()


def test_a_word_counts_only_for_what_was_settled(panel: Panel, report: Consolidation, now: datetime) -> None:
    form = score_form(report.application.cycle, report.stage)
    stamp = hearing_of(report, form).stamp
    agree_all(report, now)
    services.settle_items(consolidation=report, items={"4.1.2": (55, WHY)}, actor=user(panel, 0), now=now)
    hearing = hearing_of(report, form)
    assert [item.line.code for item in hearing.asked_of(hearing.members[1])] == ["4.1.2"]
    assert kinds(panel, 1) == {"scoring.consent"}
    with pytest.raises(Refused) as refused:
        services.give_consent(
            consolidation=report,
            answers={"4.1.2": (True, "")},
            stamp=stamp,
            actor=user(panel, 1),
            now=now,
        )
    assert refused.value.code == "settled_anew"


def test_the_stage_is_done_when_all_have_signed(panel: Panel, report: Consolidation, now: datetime) -> None:
    agree_all(report, now)
    sign_as_lead(report, now)
    with pytest.raises(Refused) as refused:
        countersign(report, 1, now, digest="0" * 64)
    assert refused.value.code == "digest_changed"
    countersign(report, 1, now, remark="对比数据宜再核")
    assert report.state == "signing"
    with pytest.raises(Refused) as refused:
        countersign(report, 1, now)
    assert refused.value.code == "already_signed"
    countersign(report, 2, now)
    assert (report.state, report.score) == ("signed", Decimal("500.00"))
    assert consolidation_digest_holds(Consolidation.objects.get(pk=report.pk))
    assert kinds(panel, 1) == kinds(panel, 2) == set()
    signed = CounterSignature.objects.values_list("digest", "remark")
    assert set(signed) == {(report.digest, "对比数据宜再核"), (report.digest, "")}
    actions = Entry.objects.filter(action__startswith="consolidation.").values_list("action", flat=True)
    assert list(actions)[-5:] == [
        "consolidation.speak",
        "consolidation.sign",
        "consolidation.countersign",
        "consolidation.countersign",
        "consolidation.complete",
    ]


def test_the_members_words_are_part_of_what_is_signed(
    panel: Panel, report: Consolidation, now: datetime
) -> None:
    agree_all(report, now)
    sign_as_lead(report, now)
    for statement in (
        "UPDATE scoring_itemconsent SET agrees = true",
        "DELETE FROM scoring_itemconsent",
        "UPDATE scoring_consolidateditem SET percent = 95",
        "UPDATE scoring_consolidation SET conclusion = 'x' WHERE state = 'signing'",
        "DELETE FROM scoring_consolidation WHERE state = 'signing'",
    ):
        with (
            pytest.raises(IntegrityError, match="signed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    countersign_all(report, now)
    for statement in (
        "DELETE FROM scoring_countersignature",
        "UPDATE scoring_countersignature SET remark = 'x'",
    ):
        with (
            pytest.raises(IntegrityError, match="signed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_the_lead_takes_the_signature_back_and_the_members_sign_anew(
    panel: Panel, report: Consolidation, now: datetime
) -> None:
    agree_all(report, now)
    sign_as_lead(report, now)
    countersign(report, 1, now)
    with pytest.raises(PermissionDenied):
        services.take_back_signature(consolidation=report, reason="改", actor=user(panel, 1), now=now)
    services.take_back_signature(consolidation=report, reason="评审意见写漏", actor=user(panel, 0), now=now)
    assert (report.state, report.score, report.digest, report.signed_by) == ("open", None, "", None)
    assert not report.countersignatures.exists()
    assert report.consents.count() == 4
    assert (kinds(panel, 0), kinds(panel, 2)) == ({"scoring.settle"}, set())
    sign(report, now)
    assert report.state == "signed"


def test_a_sheet_that_falls_away_while_the_members_sign_takes_everything_back(
    house: House, panel: Panel, report: Consolidation, now: datetime
) -> None:
    agree_all(report, now)
    sign_as_lead(report, now)
    countersign(report, 1, now)
    services.declare_recusal(
        reviewer=member(panel, 2).reviewer,
        application=report.application,
        kind="family",
        reason="配偶在该组织任职",
        actor=user(panel, 2),
        now=now,
    )
    report.refresh_from_db()
    assert (report.state, report.score, report.signed_by) == ("waiting", None, None)
    assert (report.items.count(), report.consents.count(), report.countersignatures.count()) == (0, 0, 0)
    assert kinds(panel, 1) == set()
    assert Sheet.objects.filter(application=report.application, state="sealed").count() == 2


def test_who_cannot_sign_is_noted_by_the_head(
    house: House, panel: Panel, report: Consolidation, now: datetime
) -> None:
    third = member(panel, 2).reviewer

    def note(reviewer: object, actor: object = house.head, reason: str = "住院，已电话核实") -> None:
        services.record_absence(consolidation=report, reviewer=reviewer, reason=reason, actor=actor, now=now)

    for actor in (house.clerk, user(panel, 0)):
        with pytest.raises(PermissionDenied):
            note(third, actor)
    for reviewer, reason, code in (
        (third, " ", "reason_missing"),
        (member(panel, 0).reviewer, "住院", "lead_acts"),
        (house.reviewer(), "住院", "not_a_member"),
    ):
        with pytest.raises(Refused) as refused:
            note(reviewer, reason=reason)
        assert refused.value.code == code
    speak(report, 1, now, i4_1_2="", i4_1_3="")
    note(third)
    sign_as_lead(report, now)
    with pytest.raises(Refused) as refused:
        countersign(report, 2, now)
    assert refused.value.code == "already_signed"
    countersign(report, 1, now)
    assert report.state == "signed"
    with pytest.raises(Refused) as refused:
        note(third)
    assert refused.value.code == "report_closed"


def test_each_page_is_for_those_who_act_there(
    house: House, panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    outsiders = [make_user(role) for role in ("committee:park", "office_head:city", "administrator")]
    for somebody in (*outsiders, house.clerk, house.head):
        for part in ("consent/", "countersign/", "take-back/"):
            assert client_of(somebody).get(page_of(report, part)).status_code == 404, (somebody, part)
    codes = {
        "lead": (user(panel, 0), (403, 409, 409, 404)),
        "member": (user(panel, 1), (200, 409, 403, 404)),
        "head": (house.head, (404, 404, 404, 200)),
        "clerk": (house.clerk, (404, 404, 404, 403)),
        "supervisor": (make_user("supervisor"), (403, 403, 403, 404)),
    }
    for name, (somebody, expected) in codes.items():
        client = client_of(somebody)
        parts = ("consent/", "countersign/", "take-back/", "absence/")
        assert tuple(client.get(page_of(report, part)).status_code for part in parts) == expected, name
    page = read(client_of(house.head), page_of(report, "absence/"))
    assert WHY not in page
    assert "500.00" not in page


def test_a_member_speaks_for_all_items_at_once_or_for_each(
    panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    client = client_of(user(panel, 1))
    assert "表示意见" in read(client, "/scoring/desk/")
    page = read(client, page_of(report, "consent/"))
    assert WHY in page
    assert queries(client, page_of(report, "consent/")) <= MOST
    for data, field in (
        ({}, "whole"),
        ({"whole": "dissent", "reason": ""}, "reason"),
        ({"whole": "each", "word-4.1.2": "agree"}, "word-4.1.3"),
        ({"whole": "each", "word-4.1.2": "agree", "word-4.1.3": "dissent"}, "reason-4.1.3"),
    ):
        answer = client.post(page_of(report, "consent/"), data)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not ItemConsent.objects.exists()
    data = {"whole": "each", "word-4.1.2": "agree", "word-4.1.3": "dissent", "reason-4.1.3": "证据不足"}
    assert client.post(page_of(report, "consent/"), data).url == page_of(report, "")
    words = ItemConsent.objects.values_list("item", "agrees", "reason")
    assert set(words) == {("4.1.2", True, ""), ("4.1.3", False, "证据不足")}
    other = client_of(user(panel, 2))
    assert other.post(page_of(report, "consent/"), {"whole": "agree"}).status_code == 302
    assert ItemConsent.objects.filter(agrees=True).count() == 3


def test_a_member_reads_and_signs_and_the_report_names_everybody(
    house: House, panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    speak(report, 1, house.now, i4_1_2="证据不足", i4_1_3="")
    agree_all(report, house.now)
    sign_as_lead(report, house.now)
    client = client_of(user(panel, 1))
    assert "会签" in read(client, "/scoring/desk/")
    assert report.digest in read(client, page_of(report, ""))
    address = page_of(report, "countersign/")
    assert queries(client, address) <= MOST
    assert client.post(address, {"digest": report.digest}).status_code == 422
    signed = {"digest": report.digest, "confirmed": "on", "remark": "宜再核对"}
    assert client.post(address, signed | {"digest": "0" * 64}).status_code == 422
    assert client.post(address, signed).url == page_of(report, "")
    assert client.post(address, signed).status_code == 422
    countersign(report, 2, house.now)
    assert client.get(address).url == page_of(report, "report/")
    page = read(client_of(house.head), page_of(report, "report/"))
    for words in ("证据不足", "宜再核对", *(user(panel, place).name for place in range(3))):
        assert words in page
    assert "去极值均值 500.00" in page


def test_the_report_as_pdf_is_given_out_by_the_same_right_and_noted(
    house: House, panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    address = page_of(report, "report.pdf")
    assert client_of(user(panel, 0)).get(address).status_code == 404
    sign(report, house.now)
    answer = client_of(house.head).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    noted = AccessLog.objects.get(action="download")
    assert (noted.actor_id, noted.detail) == (str(house.head.pk), f"评审报告 {report.digest}")
    for role in ("office_head:city", "administrator", "finance:park"):
        assert client_of(make_user(role)).get(address).status_code == 404


def test_who_is_recused_sees_and_signs_nothing(
    house: House, panel: Panel, report: Consolidation, client_of: Browser
) -> None:
    services.declare_recusal(
        reviewer=member(panel, 2).reviewer,
        application=report.application,
        kind="family",
        reason="亲属",
        actor=user(panel, 2),
        now=house.now,
    )
    for part in ("", "consent/", "countersign/", "report/", "report.pdf"):
        assert client_of(user(panel, 2)).get(page_of(report, part)).status_code == 404
    with pytest.raises(Refused) as refused:
        speak(report, 2, house.now, i4_1_2="")
    assert refused.value.code == "recused"

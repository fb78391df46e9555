"""公告: titles, certificates, prize orders, standing records and letters come about together or not at all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from applications.models import Application, StandingRecord
from ground.errors import Refused
from notifications.models import InboxItem
from publicity import services
from publicity.models import Honour, Notice, Payment
from scoring.models import Consolidation, Panel
from tests.publicity.factories import (
    CLOSES,
    PUBLISHED,
    SECOND,
    House,
    award,
    make_approval,
    make_candidate,
    object_to,
    owner_of,
    publish,
)


def announce(house: House, number: str = "苏园管〔2026〕30号", reason: str = "", now=CLOSES) -> Notice:
    return services.announce(cycle=house.cycle, number=number, reason=reason, actor=house.head, now=now)


def test_everybody_on_the_list_gets_what_was_approved(park: House) -> None:
    honours = award(park)
    assert [(h.tier, h.repeat) for h in honours] == [
        ("quality", False),
        ("quality", True),
        ("excellence", False),
    ]
    assert {h.awarded_on for h in honours} == {date(2026, 10, 9)}
    assert {h.valid_until for h in honours} == {date(2029, 10, 9)}
    assert [h.certificate_number for h in honours] == ["PARK-2026-0001", "PARK-2026-0002", "PARK-2026-0003"]
    assert len({h.check_code for h in honours}) == 3
    assert all(len(h.check_code) == 16 for h in honours)
    assert park.refresh().state == "announced"
    assert {a.state for a in park.cycle.applications.all()} == {"awarded"}


def test_a_repeat_winner_gets_no_money(park: House) -> None:
    award(park)
    amounts = list(Payment.objects.order_by("honour__pk").values_list("honour__repeat", "amount", "article"))
    assert amounts == [(False, 500000, "第二十七条"), (False, 100000, "第二十七条")]


def test_other_schemes_know_of_the_win_at_once(park: House) -> None:
    honour = award(park)[0]
    standing = StandingRecord.objects.get(source_key=f"honour:{honour.pk}")
    assert (standing.uscc, standing.award, standing.tier) == (
        honour.organisation.uscc,
        "sip_quality",
        "quality",
    )
    assert (standing.on, standing.until) == (honour.awarded_on, honour.valid_until)


def test_nobody_is_announced_before_the_window_is_over(park: House) -> None:
    publish(park)
    with pytest.raises(Refused) as refusal:
        announce(park, now=CLOSES - SECOND)
    assert refusal.value.codes == ("wrong_state",)
    assert not Honour.objects.exists()


def test_a_window_not_swept_yet_is_closed_by_announcing(park: House) -> None:
    entry = publish(park).entries.first()
    object_to(entry, CLOSES - SECOND)
    announce(park, reason="其余无异议", now=CLOSES)
    entry.application.refresh_from_db()
    assert entry.application.state == "held"
    assert Honour.objects.count() == 2


def test_held_ones_wait_and_the_others_go_with_a_reason(park: House) -> None:
    entry = publish(park).entries.first()
    objection = object_to(entry, PUBLISHED)
    services.sweep_windows(now=CLOSES)
    with pytest.raises(Refused) as refusal:
        announce(park)
    assert refusal.value.codes == ("reason_missing",)
    assert not Notice.objects.filter(kind="announcement").exists()
    first = announce(park, reason="其余组织没有异议，先行公告")
    assert first.entries.count() == 2
    services.accept_objection(objection=objection, actor=park.clerk, now=CLOSES)
    services.decide_objection(
        objection=objection,
        upheld=False,
        conclusion="不属实",
        applicant_reply="不属实",
        actor=park.head,
        now=CLOSES,
    )
    second = announce(park, number="苏园管〔2026〕31号")
    assert [e.application_id for e in second.entries.all()] == [entry.application_id]
    assert Honour.objects.count() == 3
    with pytest.raises(Refused) as refusal:
        announce(park, number="苏园管〔2026〕32号")
    assert refusal.value.codes == ("nobody_to_announce",)


def test_the_next_one_needs_an_approval_and_a_window_of_its_own(park: House) -> None:
    entry = publish(park).entries.first()
    objection = object_to(entry, PUBLISHED)
    services.accept_objection(objection=objection, actor=park.clerk, now=PUBLISHED)
    services.decide_objection(
        objection=objection,
        upheld=True,
        conclusion="属实",
        applicant_reply="属实",
        actor=park.head,
        now=PUBLISHED,
    )
    services.sweep_windows(now=CLOSES)
    announce(park)
    later = CLOSES + timedelta(days=3, hours=10)
    successor = make_candidate(park)
    approval = make_approval(park, [(successor, "quality", "quota", 500000)], number=2, on=date(2026, 10, 10))
    notice = publish(park, approval, later)
    assert (notice.day_one, park.refresh().state) == (date(2026, 10, 13), "announced")
    with pytest.raises(Refused) as refusal:
        announce(park, number="公2号", now=later)
    assert refusal.value.codes == ("nobody_to_announce",)
    services.sweep_windows(now=notice.closes_at)
    announce(park, number="公2号", now=notice.closes_at)
    assert Honour.objects.filter(application=successor, tier="quality").exists()


@pytest.mark.parametrize(
    ("number", "code"), [(" ", "number_missing"), ("苏园管〔2026〕30号", "number_taken")]
)
def test_an_announcement_has_a_number_of_its_own(park: House, number: str, code: str) -> None:
    award(park)
    Notice.objects.filter(kind="announcement").update(number="苏园管〔2026〕30号")
    with pytest.raises(Refused) as refusal:
        announce(park, number=number)
    assert refusal.value.codes == (code,)


def test_only_the_head_of_the_own_scheme_announces(park: House, city: House) -> None:
    publish(park)
    services.sweep_windows(now=CLOSES)
    for stranger in (park.clerk, park.authority, park.finance, city.head):
        with pytest.raises(PermissionDenied):
            services.announce(cycle=park.cycle, number="1", reason="", actor=stranger, now=CLOSES)
    assert not Honour.objects.exists()


def test_if_one_step_fails_nothing_has_happened(park: House, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(park)
    services.sweep_windows(now=CLOSES)

    def broken(**_: object) -> None:
        raise RuntimeError("storage gone")

    monkeypatch.setattr("publicity.services.honours.record_honour_won", broken)
    with pytest.raises(RuntimeError):
        announce(park)
    assert not Honour.objects.exists()
    assert not Payment.objects.exists()
    assert park.refresh().state == "publicity_closed"


def test_winners_and_the_others_are_told_once(park: House) -> None:
    publish(park)
    winner = owner_of(park.candidates[0].organisation)
    loser = owner_of(make_candidate(park, state="not_selected").organisation)
    refused = owner_of(make_candidate(park, state="refused").organisation)
    services.sweep_windows(now=CLOSES)
    announce(park)
    letters = {
        user: list(InboxItem.objects.filter(user=user).values_list("kind", flat=True))
        for user in (winner, loser, refused)
    }
    assert letters == {winner: ["publicity.awarded"], loser: ["publicity.not_awarded"], refused: []}


def test_letters_lead_to_the_feedback_where_a_panel_has_concluded(park: House) -> None:
    publish(park)
    others = [make_candidate(park, state="not_selected") for _ in range(2)]
    panel = Panel.objects.create(cycle=park.cycle, kind="material", name="第一组", created_at=CLOSES)
    for application in (park.candidates[0], others[0]):
        Consolidation.objects.create(
            panel=panel, application=application, stage="material", state="signed", strengths="有方法"
        )
    files = (*park.candidates, *others)
    owners = {row.pk: owner_of(row.organisation) for row in files}
    services.sweep_windows(now=CLOSES)
    announce(park)
    pages = {row.pk: reverse("scoring:feedback", args=[row.pk]) for row in files}

    def links(application: Application) -> dict[str, str]:
        return dict(InboxItem.objects.filter(user=owners[application.pk]).values_list("kind", "link"))

    first, second = park.candidates[:2]
    assert links(first)["publicity.feedback"] == pages[first.pk]
    assert "publicity.feedback" not in links(second)
    assert links(others[0]) == {"publicity.not_awarded": pages[others[0].pk]}
    assert links(others[1]) == {"publicity.not_awarded": others[1].get_absolute_url()}


def test_a_year_without_winners_ends_with_the_announcement_that_the_prizes_stay_vacant(park: House) -> None:
    make_approval(park, [])
    notice = services.announce_vacancy(
        cycle=park.cycle, number="苏园管〔2026〕31号", actor=park.head, now=PUBLISHED
    )
    park.cycle.refresh_from_db()
    assert (park.cycle.state, notice.state, notice.entries.count()) == ("announced", "issued", 0)
    assert notice.ledger_head
    assert not Honour.objects.exists()


def test_prizes_are_not_vacant_while_somebody_is_on_the_list(park: House) -> None:
    make_approval(park, [(make_candidate(park), "quality", "quota", 500000)])
    with pytest.raises(Refused) as refused:
        services.announce_vacancy(
            cycle=park.cycle, number="苏园管〔2026〕31号", actor=park.head, now=PUBLISHED
        )
    assert refused.value.code == "not_vacant"

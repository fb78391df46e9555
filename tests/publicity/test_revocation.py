"""撤销: three bodies, one after the other; then the row of the edition's matrix, all of it in one transaction."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from applications.models import StandingRecord
from audit.models import Entry
from ground.errors import Refused
from notifications.models import InboxItem
from publicity import services
from publicity.models import Honour, Notice, Payment, RevocationCase
from tests.publicity.factories import CLOSES, House, at, award, owner_of

NOW = at(11, 2, 15)
DECIDED = date(2026, 11, 2)
EVENTS = ("major_accident", "consecutive_failed_checks", "other_serious")


def open_case(house: House, honour: Honour, ground: str = "fraud") -> RevocationCase:
    return services.open_revocation_case(
        honour=honour, ground=ground, summary="举报反映材料造假", incident=None, actor=house.clerk, now=NOW
    )


def to_authority(house: House, honour: Honour, ground: str = "fraud") -> RevocationCase:
    case = open_case(house, honour, ground)
    services.report_case(case=case, findings="属实", actor=house.head, now=NOW)
    return services.propose_revocation(
        case=case, number="评定委〔2026〕9号", decided_on=DECIDED, actor=house.committee, now=NOW
    )


def effect(house: House, honour: Honour, ground: str = "fraud", **more: bool) -> RevocationCase:
    return services.effect_revocation(
        case=to_authority(house, honour, ground),
        number="苏园管〔2026〕40号",
        decided_on=DECIDED,
        actor=house.authority,
        now=NOW,
        **more,
    )


def pay(house: House, honour: Honour) -> Payment:
    return services.record_payment(
        payment=honour.payment, voucher="拨1", paid_on=CLOSES.date(), actor=house.finance, now=NOW
    )


def outcome(honour: Honour) -> dict[str, object]:
    honour = Honour.objects.get(pk=honour.pk)
    ban = StandingRecord.objects.filter(kind="ban", uscc=honour.organisation.uscc).first()
    return {
        "state": honour.state,
        "certificate": honour.certificate_recovered,
        "payment": honour.payment.state,
        "notice": Notice.objects.filter(kind="revocation", state="issued").count(),
        "ban": ban.until if ban else None,
        "police": RevocationCase.objects.get(honour=honour).sanction["refer_to_police"],
    }


@pytest.mark.parametrize("ground", EVENTS)
def test_park_event_certificate_notice_and_ban_but_no_clawback(park: House, ground: str) -> None:
    honour = award(park)[0]
    pay(park, honour)
    effect(park, honour, ground)
    assert outcome(honour) == {
        "state": "revoked",
        "certificate": True,
        "payment": "paid",
        "notice": 1,
        "ban": date(2031, 11, 2),
        "police": False,
    }


def test_park_fraud_takes_the_money_back(park: House) -> None:
    honour = award(park)[0]
    pay(park, honour)
    effect(park, honour)
    assert outcome(honour) == {
        "state": "revoked",
        "certificate": True,
        "payment": "to_recover",
        "notice": 1,
        "ban": date(2031, 11, 2),
        "police": False,
    }
    payment = Payment.objects.get(honour=honour)
    services.record_recovery(
        payment=payment, voucher="收1", recovered_on=DECIDED, actor=park.finance, now=NOW
    )
    assert outcome(honour)["payment"] == "recovered"


def test_a_prize_not_paid_yet_is_cancelled_by_fraud_and_stands_after_an_event(park: House) -> None:
    first, _, third = award(park)
    effect(park, first, "fraud")
    effect(park, third, "major_accident")
    assert outcome(first)["payment"] == "cancelled"
    assert outcome(third)["payment"] == "ordered"
    services.cancel_payment(payment=third.payment, reason="称号已撤销", actor=park.finance, now=NOW)
    assert outcome(third)["payment"] == "cancelled"


@pytest.mark.parametrize("ground", EVENTS)
def test_city_event_revoked_and_notified_nothing_more(city: House, ground: str) -> None:
    honour = award(city)[0]
    pay(city, honour)
    effect(city, honour, ground)
    assert outcome(honour) == {
        "state": "revoked",
        "certificate": False,
        "payment": "paid",
        "notice": 1,
        "ban": None,
        "police": False,
    }


@pytest.mark.parametrize("crime", [True, False])
def test_city_fraud_money_certificate_police_but_no_ban(city: House, crime: bool) -> None:
    honour = award(city)[0]
    pay(city, honour)
    case = effect(city, honour, crime_suspected=crime)
    assert outcome(honour) == {
        "state": "revoked",
        "certificate": True,
        "payment": "to_recover",
        "notice": 1,
        "ban": None,
        "police": "if_crime",
    }
    assert case.sanction["referred_to_police"] is crime


def test_every_effect_shows_its_article(park: House) -> None:
    case = effect(park, award(park)[0])
    assert {row["article"] for row in case.sanction["effects"]} == {"第三十一条"}
    assert [row["code"] for row in case.sanction["effects"] if row["applies"]] == [
        "revoke",
        "recover_certificate",
        "clawback",
        "public_notice",
        "ban_years",
    ]


def test_the_title_is_no_longer_held_but_was_once_won(park: House) -> None:
    honour = award(park)[0]
    effect(park, honour)
    lifted = StandingRecord.objects.get(source_key=f"honour:{honour.pk}")
    kept = StandingRecord.objects.get(source_key=f"honour:{honour.pk}:revoked")
    assert lifted.lifted_at == NOW
    assert (kept.lifted_at, kept.on, kept.until) == (None, honour.awarded_on, date(2026, 11, 1))


def test_a_repeat_winner_without_money_can_be_revoked(park: House) -> None:
    honour = award(park)[1]
    effect(park, honour)
    honour.refresh_from_db()
    assert honour.state == "revoked"


def test_if_one_effect_fails_nothing_has_happened(park: House, monkeypatch: pytest.MonkeyPatch) -> None:
    honour = award(park)[0]
    case = to_authority(park, honour)

    def broken(**_: object) -> None:
        raise RuntimeError("down")

    monkeypatch.setattr("publicity.services.effects.record_ban", broken)
    with pytest.raises(RuntimeError):
        services.effect_revocation(case=case, number="1", decided_on=DECIDED, actor=park.authority, now=NOW)
    honour.refresh_from_db()
    case.refresh_from_db()
    assert (honour.state, case.state, case.sanction) == ("valid", "to_authority", None)
    assert not Notice.objects.filter(kind="revocation").exists()


def test_each_body_takes_its_own_step_and_no_other(park: House, city: House) -> None:
    case = open_case(park, award(park)[0])
    steps = [
        (lambda by: services.report_case(case=case, findings="属实", actor=by, now=NOW), park.head),
        (
            lambda by: services.propose_revocation(
                case=case, number="1", decided_on=DECIDED, actor=by, now=NOW
            ),
            park.committee,
        ),
        (
            lambda by: services.effect_revocation(
                case=case, number="1", decided_on=DECIDED, actor=by, now=NOW
            ),
            park.authority,
        ),
    ]
    allowed = {0: {park.head}, 1: {park.committee, park.head, park.deputy}, 2: {park.authority}}
    people = (park.clerk, park.committee, park.authority, park.finance, city.head, city.authority)
    for number, (step, right) in enumerate(steps):
        for stranger in people:
            if stranger not in allowed[number]:
                with pytest.raises(PermissionDenied):
                    step(stranger)
        for later, by in steps[number + 1 :]:
            with pytest.raises(Refused) as refusal:
                later(by)
            assert refusal.value.code == "wrong_state"
        step(right)


@pytest.mark.parametrize("stage", ["investigating", "to_committee", "to_authority"])
def test_a_case_can_end_without_revocation_at_every_stage(park: House, stage: str) -> None:
    honour = award(park)[0]
    case = open_case(park, honour)
    if stage == "investigating":
        services.close_case(case=case, reason="查无实据", actor=park.head, now=NOW)
    else:
        services.report_case(case=case, findings="存疑", actor=park.head, now=NOW)
        actor = park.committee
        if stage == "to_authority":
            services.propose_revocation(
                case=case, number="1", decided_on=DECIDED, actor=park.committee, now=NOW
            )
            actor = park.authority
        with pytest.raises(Refused) as refusal:
            services.reject_revocation(case=case, reason="", actor=actor, now=NOW)
        assert refusal.value.codes == ("reason_missing",)
        services.reject_revocation(case=case, reason="证据不足", actor=actor, now=NOW)
    case.refresh_from_db()
    honour.refresh_from_db()
    assert (case.state, honour.state) == ("dismissed", "valid")
    open_case(park, honour)


def test_opening_names_every_fault(park: House) -> None:
    first, second, _ = award(park)
    incident = services.report_incident(
        honour=second,
        event="failed_check",
        confirmed_on=DECIDED,
        description="x",
        upload=None,
        actor=owner_of(second.organisation),
        now=NOW,
    )
    open_case(park, first)
    with pytest.raises(Refused) as refusal:
        services.open_revocation_case(
            honour=first, ground="nothing", summary=" ", incident=incident, actor=park.clerk, now=NOW
        )
    assert refusal.value.codes == ("ground_unknown", "case_open", "incident_of_other", "summary_missing")


def test_after_its_years_a_title_falls_only_for_fraud(park: House) -> None:
    honour = award(park)[0]
    later = at(10, 10, year=2029)
    services.sweep_honours(now=later)
    with pytest.raises(Refused) as refusal:
        services.open_revocation_case(
            honour=honour,
            ground="major_accident",
            summary="事故",
            incident=None,
            actor=park.clerk,
            now=later,
        )
    assert refusal.value.codes == ("honour_expired",)
    case = services.open_revocation_case(
        honour=honour, ground="fraud", summary="造假", incident=None, actor=park.clerk, now=later
    )
    assert case.state == "investigating"


def test_a_revoked_title_is_not_revoked_again(park: House) -> None:
    honour = award(park)[0]
    effect(park, honour)
    with pytest.raises(Refused) as refusal:
        open_case(park, honour)
    assert refusal.value.codes == ("honour_revoked",)


@pytest.mark.parametrize(
    ("number", "day", "codes"),
    [
        ("", DECIDED, ("number_missing",)),
        ("1", date(2026, 11, 3), ("date_in_future",)),
        ("1", date(2026, 11, 1), ("date_before_case",)),
    ],
)
def test_a_decision_has_number_and_date(park: House, number: str, day: date, codes: tuple[str, ...]) -> None:
    case = to_authority(park, award(park)[0])
    with pytest.raises(Refused) as refusal:
        services.effect_revocation(case=case, number=number, decided_on=day, actor=park.authority, now=NOW)
    assert refusal.value.codes == codes


def test_an_incident_leads_into_the_case_and_the_holder_is_told_at_the_end(park: House) -> None:
    honour = award(park)[0]
    owner = owner_of(honour.organisation)
    incident = services.report_incident(
        honour=honour,
        event="major_accident",
        confirmed_on=DECIDED,
        description="x",
        upload=None,
        actor=owner,
        now=NOW,
    )
    case = services.open_revocation_case(
        honour=honour,
        ground="major_accident",
        summary="重大事故",
        incident=incident,
        actor=park.clerk,
        now=NOW,
    )
    incident.refresh_from_db()
    assert (incident.state, case.incident_id) == ("case_opened", incident.pk)
    services.report_case(case=case, findings="属实", actor=park.head, now=NOW)
    services.propose_revocation(case=case, number="1", decided_on=DECIDED, actor=park.head, now=NOW)
    services.effect_revocation(case=case, number="2", decided_on=DECIDED, actor=park.authority, now=NOW)
    letter = InboxItem.objects.get(user=owner, kind="publicity.revoked")
    assert "收回证书（第三十条）" in letter.body
    actions = Entry.objects.filter(action__startswith="revocation.").values_list("action", "article")
    assert list(actions) == [
        ("revocation.open", "第三十条"),
        ("revocation.report", "第三十条"),
        ("revocation.propose", "第三十条"),
        ("revocation.effect", "第三十条"),
    ]

"""称号: valid to its last day; money with vouchers; reports within thirty days, late ones taken and marked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from ground.errors import Refused
from notifications.models import Duty, InboxItem
from publicity import services
from publicity.models import Honour, Incident, Payment
from tests.publicity.factories import CLOSES, SHANGHAI, House, at, award, owner_of

TODAY = CLOSES.date()


def test_the_last_day_is_still_valid(park: House) -> None:
    honour = award(park)[0]
    last = datetime(2029, 10, 9, 23, 59, 59, tzinfo=SHANGHAI)
    assert services.sweep_honours(now=last) == 0
    assert honour.state_on(date(2029, 10, 9)) == "valid"
    assert honour.state_on(date(2029, 10, 10)) == "expired"
    assert services.sweep_honours(now=last + timedelta(seconds=1)) == 3
    assert services.sweep_honours(now=last + timedelta(days=2)) == 0
    assert set(Honour.objects.values_list("state", flat=True)) == {"expired"}


@pytest.mark.parametrize(
    ("voucher", "day", "codes"),
    [
        (" ", TODAY, ("voucher_missing",)),
        ("拨1", TODAY + timedelta(days=1), ("date_in_future",)),
        ("拨1", TODAY - timedelta(days=1), ("date_before_order",)),
        ("", TODAY + timedelta(days=1), ("voucher_missing", "date_in_future")),
    ],
)
def test_a_payment_has_its_voucher_and_date(
    park: House, voucher: str, day: date, codes: tuple[str, ...]
) -> None:
    award(park)
    payment = Payment.objects.first()
    with pytest.raises(Refused) as refusal:
        services.record_payment(payment=payment, voucher=voucher, paid_on=day, actor=park.finance, now=CLOSES)
    assert refusal.value.codes == codes


def test_finance_pays_once_and_nobody_else(park: House, city: House) -> None:
    award(park)
    payment = Payment.objects.first()
    owner = owner_of(payment.honour.organisation)
    for stranger in (park.head, park.authority, city.finance, owner):
        with pytest.raises(PermissionDenied):
            services.record_payment(payment=payment, voucher="1", paid_on=TODAY, actor=stranger, now=CLOSES)
    services.record_payment(
        payment=payment, voucher="拨2026-1", paid_on=TODAY, actor=park.finance, now=CLOSES
    )
    payment.refresh_from_db()
    assert (payment.state, payment.voucher, payment.paid_on) == ("paid", "拨2026-1", TODAY)
    with pytest.raises(Refused) as refusal:
        services.record_payment(payment=payment, voucher="2", paid_on=TODAY, actor=park.finance, now=CLOSES)
    assert refusal.value.code == "wrong_state"
    assert InboxItem.objects.filter(user=owner, kind="publicity.paid").count() == 1
    assert Duty.objects.filter(kind="publicity.pay", closed_at=None).count() == 1


def test_an_order_is_cancelled_only_when_the_honour_was_revoked(park: House) -> None:
    award(park)
    with pytest.raises(Refused) as refusal:
        services.cancel_payment(payment=Payment.objects.first(), reason="x", actor=park.finance, now=CLOSES)
    assert refusal.value.codes == ("honour_stands",)


def report(
    house: House, honour: Honour, now: datetime, confirmed_on: date, event: str = "failed_check"
) -> Incident:
    return services.report_incident(
        honour=honour,
        event=event,
        confirmed_on=confirmed_on,
        description="省级抽查一批次不合格，已召回。",
        upload=None,
        actor=owner_of(honour.organisation),
        now=now,
    )


@pytest.mark.parametrize(
    ("confirmed", "due", "reported", "late"),
    [
        # 30 days from 20 October end on 19 November, a Thursday.
        (date(2026, 10, 20), date(2026, 11, 19), at(11, 19, 23, 59), False),
        (date(2026, 10, 20), date(2026, 11, 19), at(11, 20, 0, 0), True),
        # 30 days from 22 October end on a Saturday: the Monday after.
        (date(2026, 10, 22), date(2026, 11, 23), at(11, 23, 12), False),
        (date(2026, 10, 22), date(2026, 11, 23), at(11, 24, 0, 0), True),
    ],
)
def test_thirty_days_from_confirmation_to_the_day(
    park: House, confirmed: date, due: date, reported: datetime, late: bool
) -> None:
    incident = report(park, award(park)[0], reported, confirmed)
    assert (incident.due_on, incident.late, incident.article) == (due, late, "第二十九条(三)")


def test_a_year_not_announced_yet_refuses_no_report_and_marks_nobody_late(park: House) -> None:
    incident = report(park, award(park)[0], at(12, 20), date(2026, 12, 18))
    assert incident.due_on >= date(2027, 1, 17)
    assert not incident.late


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"event": "nothing"}, ("event_unknown",)),
        ({"confirmed_on": date(2026, 10, 21)}, ("confirmed_in_future",)),
        ({"description": " "}, ("description_missing",)),
        (
            {"event": "", "confirmed_on": date(2027, 1, 1), "description": ""},
            ("event_unknown", "confirmed_in_future", "description_missing"),
        ),
    ],
)
def test_a_report_says_what_and_when(park: House, changes: dict[str, object], codes: tuple[str, ...]) -> None:
    honour = award(park)[0]
    data = {"event": "failed_check", "confirmed_on": date(2026, 10, 20), "description": "抽查不合格"}
    with pytest.raises(Refused) as refusal:
        services.report_incident(
            honour=honour,
            upload=None,
            actor=owner_of(honour.organisation),
            now=at(10, 20),
            **(data | changes),
        )
    assert refusal.value.codes == codes


def test_only_the_holders_writers_report(park: House) -> None:
    first, second, _ = award(park)
    for stranger in (
        owner_of(second.organisation),
        owner_of(first.organisation, "applicant_viewer"),
        park.clerk,
    ):
        with pytest.raises(PermissionDenied):
            services.report_incident(
                honour=first,
                event="failed_check",
                confirmed_on=TODAY,
                description="x",
                upload=None,
                actor=stranger,
                now=CLOSES,
            )


def test_the_duty_ends_with_the_title(park: House) -> None:
    honour = award(park)[0]
    with pytest.raises(Refused) as refusal:
        report(park, honour, datetime(2029, 10, 10, tzinfo=SHANGHAI), date(2029, 10, 9))
    assert refusal.value.codes == ("honour_not_valid",)


def test_the_office_puts_a_report_on_file_and_says_so(park: House) -> None:
    incident = report(park, award(park)[0], at(10, 21), date(2026, 10, 20))
    with pytest.raises(Refused) as refusal:
        services.note_incident(incident=incident, note=" ", actor=park.clerk, now=at(10, 22))
    assert refusal.value.codes == ("note_missing",)
    services.note_incident(incident=incident, note="已整改，备案。", actor=park.clerk, now=at(10, 22))
    incident.refresh_from_db()
    assert (incident.state, incident.office_note) == ("noted", "已整改，备案。")
    assert InboxItem.objects.filter(user=incident.reported_by, kind="publicity.incident_noted").exists()
    assert not Duty.objects.filter(kind="publicity.note_incident", closed_at=None).exists()

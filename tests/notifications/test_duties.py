"""What has to be done by when: whose it is, and when they are reminded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from accounts.models import RoleGrant, User
from notifications import queries, services
from notifications.models import Duty, InboxItem, Reminder
from notifications.tasks import send_reminders
from tests.factories import make_user
from tests.notifications.conftest import DUE, at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def open_for(subject: User, *, now: datetime = DUE - 10 * DAY, **bearer: Any) -> Duty:
    return services.open_duty(
        kind="correction",
        subject=subject,
        title="补正申报材料",
        link="/applications/3/",
        due_at=bearer.pop("due_at", DUE),
        now=now,
        **bearer,
    )


def subjects_of(user: User) -> list[str]:
    return list(queries.inbox_visible_to(user).order_by("id").values_list("subject", flat=True))


def test_reminders_three_days_one_day_two_hours_before_and_when_overdue(applicant: User) -> None:
    open_for(applicant, user=applicant)
    sent = []
    moment = DUE - 4 * DAY
    while moment <= DUE + DAY:
        if services.sweep_reminders(moment):
            sent.append(DUE - moment)
        moment += timedelta(minutes=30)
    assert sent == [3 * DAY, DAY, 2 * HOUR, timedelta(0)]
    assert subjects_of(applicant) == [
        "还剩 3 天：补正申报材料",
        "还剩 1 天：补正申报材料",
        "还剩 2 小时：补正申报材料",
        "已逾期：补正申报材料",
    ]
    assert Duty.objects.get().next_reminder_at is None


def test_a_reminder_says_what_by_when_and_where(applicant: User, settings: Any) -> None:
    open_for(applicant, user=applicant)
    services.sweep_reminders(DUE - DAY)
    item = InboxItem.objects.get()
    assert item.body == (
        "待办事项：补正申报材料\n截止时间：2026年9月28日 17:00:00（北京时间），还剩 1 天\n请在截止时间前办理。"
    )
    assert item.link == "/applications/3/"
    services.sweep_outbox(DUE)
    assert f"{settings.PORTAL_URL}/applications/3/" in mail.outbox[0].body


def test_a_reminder_after_downtime_is_one_and_tells_the_time_really_left(applicant: User) -> None:
    """The portal was down from three days until 20 hours before the end."""
    duty = open_for(applicant, user=applicant)
    assert services.sweep_reminders(DUE - 20 * HOUR) == 1
    assert services.sweep_reminders(DUE - 20 * HOUR) == 0
    assert subjects_of(applicant) == ["还剩 20 小时：补正申报材料"]
    passed = dict(Reminder.objects.filter(duty=duty).values_list("offset", "passed"))
    assert passed == {3 * DAY: True, DAY: False}


def test_a_week_of_downtime_gives_the_overdue_notice_alone(applicant: User) -> None:
    open_for(applicant, user=applicant)
    assert services.sweep_reminders(DUE + 7 * DAY) == 1
    assert services.sweep_reminders(DUE + 8 * DAY) == 0
    assert subjects_of(applicant) == ["已逾期：补正申报材料"]
    assert Reminder.objects.filter(passed=True).count() == 3


def test_a_duty_opened_late_is_reminded_of_once(applicant: User) -> None:
    open_for(applicant, user=applicant, now=DUE - 5 * HOUR)
    assert services.sweep_reminders(DUE - 5 * HOUR) == 1
    assert services.sweep_reminders(DUE - 4 * HOUR) == 0
    assert services.sweep_reminders(DUE - 2 * HOUR) == 1
    assert subjects_of(applicant) == ["还剩 5 小时：补正申报材料", "还剩 2 小时：补正申报材料"]


def test_a_closed_duty_is_not_reminded_of(applicant: User) -> None:
    open_for(applicant, user=applicant)
    assert services.close_duties(kind="correction", subject=applicant, now=DUE - 5 * DAY) == 1
    assert services.sweep_reminders(DUE) == 0
    assert list(queries.duties_for(applicant)) == []


def test_a_clock_set_back_still_closes_what_was_opened_later(applicant: User) -> None:
    open_for(applicant, user=applicant, now=DUE - HOUR)
    assert services.close_duties(kind="correction", subject=applicant, now=DUE - 2 * HOUR) == 1
    assert Duty.objects.get().closed_at == DUE - HOUR


def test_closing_for_one_user_leaves_the_others(applicant: User) -> None:
    other = make_user()
    open_for(applicant, user=applicant)
    open_for(applicant, user=other)
    assert services.close_duties(kind="correction", subject=applicant, now=DUE - DAY, user=other) == 1
    assert services.close_duties(kind="other", subject=applicant, now=DUE - DAY) == 0
    assert Duty.objects.get(closed_at=None).user == applicant


def test_a_new_due_time_brings_reminders_of_its_own(applicant: User) -> None:
    open_for(applicant, user=applicant)
    services.sweep_reminders(DUE - 3 * DAY)
    assert services.reschedule_duties(kind="correction", subject=applicant, due_at=DUE + 30 * DAY) == 1
    assert services.sweep_reminders(DUE) == 0
    assert services.sweep_reminders(DUE + 27 * DAY) == 1
    assert subjects_of(applicant) == ["还剩 3 天：补正申报材料"] * 2


def test_opening_again_brings_the_open_duty_up_to_date(applicant: User) -> None:
    first = open_for(applicant, user=applicant)
    again = services.open_duty(
        kind="correction",
        subject=applicant,
        title="第二次补正",
        link="/applications/4/",
        due_at=DUE + DAY,
        now=DUE,
        user=applicant,
    )
    assert first.pk == again.pk
    duty = Duty.objects.get()
    assert (duty.title, duty.link, duty.due_at) == ("第二次补正", "/applications/4/", DUE + DAY)
    services.close_duties(kind="correction", subject=applicant, now=DUE)
    assert open_for(applicant, user=applicant).pk != first.pk


def test_a_duty_belongs_to_a_user_or_to_a_role(applicant: User) -> None:
    with pytest.raises(ValueError, match="user or to a role"):
        open_for(applicant)
    with pytest.raises(ValueError, match="user or to a role"):
        open_for(applicant, user=applicant, role="office_clerk")
    duty = open_for(applicant, user=applicant)
    with pytest.raises(IntegrityError, match="duty_user_or_role"), transaction.atomic():
        Duty.objects.filter(pk=duty.pk).update(role="office_clerk")


def test_a_duty_of_a_role_is_for_its_holders_in_that_scope(applicant: User) -> None:
    clerk = make_user("office_clerk:park")
    elsewhere = make_user("office_clerk:city")
    head = make_user("office_head:park")
    former, gone = make_user("office_clerk:park"), make_user("office_clerk:park")
    RoleGrant.objects.filter(user=former).update(revoked_at=DUE - 20 * DAY)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    open_for(applicant, role="office_clerk", scope_kind="scheme", scope_key="park")
    assert services.sweep_reminders(DUE - DAY) == 1
    assert list(InboxItem.objects.values_list("user_id", flat=True)) == [clerk.pk]
    for user, count in ((clerk, 1), (elsewhere, 0), (head, 0), (former, 0), (gone, 0), (applicant, 0)):
        assert queries.duties_for(User.objects.get(pk=user.pk)).count() == count


def test_a_holder_of_two_grants_is_reminded_once(applicant: User) -> None:
    make_user("finance:park", "office_clerk:park", "office_clerk:city")
    open_for(applicant, role="office_clerk", scope_kind="scheme", scope_key="park")
    open_for(applicant, role="finance", scope_kind="scheme", scope_key="park")
    assert services.sweep_reminders(DUE - DAY) == 2
    assert InboxItem.objects.count() == 2


def test_duties_come_most_urgent_first_in_two_queries(
    applicant: User, django_assert_num_queries: Any
) -> None:
    for days in (3, 1, 2):
        open_for(make_user(), user=applicant, due_at=DUE + days * DAY)
    reader = User.objects.get(pk=applicant.pk)
    with django_assert_num_queries(2):
        due = [duty.due_at for duty in queries.duties_for(reader)]
    assert due == [DUE + DAY, DUE + 2 * DAY, DUE + 3 * DAY]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_remind_once() -> None:
    people = [make_user() for _ in range(10)]
    for user in people:
        open_for(user, user=user)
    shares = at_once(lambda: services.sweep_reminders(DUE - DAY))
    assert sum(int(str(share)) for share in shares) == 10
    assert InboxItem.objects.count() == 10
    assert Reminder.objects.filter(passed=False).count() == 10


@pytest.mark.django_db(transaction=True)
def test_opening_the_same_duty_twice_at_once_opens_one() -> None:
    user = make_user()
    at_once(lambda: open_for(user, role="office_clerk", scope_kind="scheme", scope_key="park"), times=4)
    assert Duty.objects.count() == 1


def test_the_task(applicant: User, now: datetime) -> None:
    open_for(applicant, user=applicant, due_at=now + HOUR, now=now)
    assert send_reminders() == 1


def test_owners_share_the_duties_of_editors_viewers_and_others_do_not(applicant: User) -> None:
    """By role in the scope, in both directions: whose duty it is, and who is reminded."""
    editor, viewer, elsewhere = (
        make_user(grant) for grant in ("applicant_editor:12", "applicant_viewer:12", "applicant_editor:13")
    )
    duty = open_for(applicant, role="applicant_editor", scope_kind="organisation", scope_key="12")
    for user, theirs in ((applicant, True), (editor, True), (viewer, False), (elsewhere, False)):
        assert queries.duties_for(user).contains(duty) == theirs
        assert queries.people_of(duty).contains(user) == theirs
    own = open_for(viewer, role="applicant_owner", scope_kind="organisation", scope_key="12")
    for user, theirs in ((applicant, True), (editor, False), (viewer, False)):
        assert queries.duties_for(user).contains(own) == theirs
        assert queries.people_of(own).contains(user) == theirs

"""What was written before somebody had to stay out of a file is kept from them: letters, mails, duties, calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.roles import Role
from accounts.services import grant_role
from applications.models import Application, Organisation
from applications.services import update_organisation
from notifications.models import Duty, InboxItem, OutboxMessage, WithheldLetter
from notifications.queries import duties_for, inbox_visible_to, people_of, unread_count
from notifications.services import calendar_of, sweep_outbox, sweep_reminders
from notifications.services.withholding import SUBJECT
from scoring import services
from scoring.models import Panel, Recusal
from tests.applications.builders import organisation_data
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, lead, seal_all

Login = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@kept
def sealed(house: House, now: datetime) -> Panel:
    """All is sealed: the lead is asked in letters and duties to settle, for each applicant by name."""
    panel = house.panel(4)
    User.objects.filter(pk=lead(panel).pk).update(email="lead@example.com")
    for application in house.applications[:2]:
        seal_all(panel, application, (60, 60, 60, 60), now)
    return panel


def named(user: User, application: Application) -> list[InboxItem]:
    name = application.organisation.name
    return [item for item in inbox_visible_to(user) if name in f"{item.subject}{item.body}"]


def recuse(panel: Panel, application: Application, now: datetime) -> Recusal:
    reviewer = lead(panel).reviewer
    services.declare_recusal(
        reviewer=reviewer, application=application, kind="family", reason="配偶在该组织任职",
        actor=reviewer.user, now=now,
    )  # fmt: skip
    return Recusal.objects.get(reviewer=reviewer, application=application)


def test_letters_of_before_say_neither_name_nor_text(
    house: House, sealed: Panel, now: datetime, client_of: Login
) -> None:
    user, (out, other) = lead(sealed), house.applications[:2]
    old, kept = named(user, out), named(user, other)
    assert len(old) == len(kept) == 1
    unread = unread_count(user)
    recuse(sealed, out, now)
    assert (named(user, out), named(user, other)) == ([], kept)
    assert unread_count(user) == unread - 1
    client = client_of(user)
    for address in ("/inbox/", f"/inbox/{old[0].pk}/", f"/inbox/{old[0].pk}/?text=1"):
        page = client.get(address).content.decode()
        assert SUBJECT in page
        assert out.organisation.name not in page
        assert f'href="{old[0].link}"' not in page


def test_a_letter_by_mail_is_not_sent_any_more(house: House, sealed: Panel, now: datetime) -> None:
    name = house.applications[0].organisation.name
    mails = OutboxMessage.objects.filter(user=lead(sealed), subject__contains=name)
    assert mails.exists()
    recuse(sealed, house.applications[0], now)
    sweep_outbox(now)
    assert not mails.exclude(sent_at=None).exists()
    assert OutboxMessage.objects.filter(user=lead(sealed)).exclude(sent_at=None).exists()


def test_a_dismissed_conflict_gives_them_back(house: House, sealed: Panel, now: datetime) -> None:
    user, out = lead(sealed), house.applications[0]
    old = [(item.subject, item.body, item.link, item.read_at) for item in named(user, out)]
    recusal = recuse(sealed, out, now)
    services.dismiss_recusal(recusal=recusal, reason="核实无此事", actor=house.head, now=now)
    assert [(item.subject, item.body, item.link, item.read_at) for item in named(user, out)] == old


def test_what_comes_later_is_kept_away_by_the_sweep(house: House, sealed: Panel, now: datetime) -> None:
    user, out = lead(sealed), house.applications[0]
    recuse(sealed, out, now)
    late = InboxItem.objects.create(
        user=user,
        key="late",
        kind="reminder",
        subject=f"还剩一天：{out.organisation.name}",
        body="",
        created_at=now,
    )
    services.sweep_recusals(now=now)
    late.refresh_from_db()
    assert late.subject == SUBJECT
    services.sweep_recusals(now=now + timedelta(hours=1))
    assert InboxItem.objects.filter(user=user, subject=SUBJECT).count() == 2


def test_an_official_who_belongs_to_the_applicant_loses_sight_of_it(
    house: House, sealed: Panel, now: datetime
) -> None:
    out = house.applications[0]
    colleague = make_user("office_clerk:park")
    reviewer = sealed.members.order_by("pk")[1].reviewer
    services.declare_recusal(
        reviewer=reviewer, application=out, kind="family", reason="亲属", actor=reviewer.user, now=now
    )
    duty = Duty.objects.create(
        kind="scoring.mend_panel", subject_type="x", subject_id="1", title=f"补充：{out.organisation.name}", link="/",
        due_at=now + timedelta(days=9), opened_at=now, role=Role.OFFICE_CLERK, scope_kind="scheme", scope_key="park",
        next_reminder_at=now,
    )  # fmt: skip
    assert named(colleague, out)
    grant_role(
        user=colleague, role=Role.APPLICANT_VIEWER, scope_key=str(out.organisation_id), actor=SYSTEM, now=now
    )
    services.sweep_recusals(now=now)
    colleague = User.objects.get(pk=colleague.pk)
    assert named(colleague, out) == []
    assert duty not in duties_for(colleague)
    assert out.organisation.name not in calendar_of(duties_for(colleague), now=now).decode()
    assert colleague not in people_of(duty)
    assert named(house.clerk, out)
    assert duty in duties_for(house.clerk)
    sweep_reminders(now=duty.due_at)
    assert named(colleague, out) == []


def test_the_applicants_own_letters_stay(house: House, sealed: Panel, now: datetime) -> None:
    """What a member of the applicant is told as such is no letter of the review."""
    out = house.applications[0]
    member = lead(sealed)
    grant_role(
        user=member, role=Role.APPLICANT_VIEWER, scope_key=str(out.organisation_id), actor=SYSTEM, now=now
    )
    told = InboxItem.objects.create(
        user=member,
        key="own",
        kind="reminder",
        subject=f"提交申报：{out.organisation.name}",
        body="",
        created_at=now,
    )
    services.sweep_recusals(now=now)
    assert named(User.objects.get(pk=member.pk), out) == [told]


def rename(application: Application, name: str, now: datetime) -> None:
    """As its owner does it: the register has the new name, the ledger both."""
    owner = make_user()
    grant_role(
        user=owner,
        role=Role.APPLICANT_OWNER,
        scope_key=str(application.organisation_id),
        actor=SYSTEM,
        now=now,
    )
    data = organisation_data(name=name)
    data["uscc"] = application.organisation.uscc
    organisation = Organisation.objects.get(pk=application.organisation_id)
    update_organisation(organisation=organisation, data=data, actor=User.objects.get(pk=owner.pk), now=now)


def test_a_new_name_of_the_applicant_gives_nothing_back(house: House, sealed: Panel, now: datetime) -> None:
    user, (out, other) = lead(sealed), house.applications[:2]
    duty = Duty.objects.create(
        kind="scoring.settle", subject_type="x", subject_id="1", title=f"合议：{out.organisation.name}", link="/",
        due_at=now + timedelta(days=9), opened_at=now, user=user,
    )  # fmt: skip
    old = [(item.subject, item.body) for item in named(user, out)]
    recusal = recuse(sealed, out, now)
    rename(out, "苏州改名以后集团有限公司", now)
    services.sweep_recusals(now=now)
    recuse(sealed, other, now)
    assert named(user, out) == named(user, other) == []
    assert duty not in duties_for(user)
    assert out.organisation.name not in calendar_of(duties_for(user), now=now).decode()
    WithheldLetter.objects.update(about=[])
    services.sweep_recusals(now=now)
    assert named(user, out) == [], "one withheld before it was noted for whom goes by the former name"
    services.dismiss_recusal(recusal=recusal, reason="核实无此事", actor=house.head, now=now)
    assert [(item.subject, item.body) for item in named(user, out)] == old
    assert duty in duties_for(user)
    assert named(user, other) == []


def test_a_letter_stays_away_for_whom_it_was_withheld(house: House, sealed: Panel, now: datetime) -> None:
    """Even where no record tells the former name any more."""
    user, out = lead(sealed), house.applications[0]
    recuse(sealed, out, now)
    Organisation.objects.filter(pk=out.organisation_id).update(name="苏州另有新名有限公司")
    Application.objects.filter(pk=out.pk).update(submitted_register={})
    services.sweep_recusals(now=now)
    assert named(user, out) == []


def test_what_comes_later_under_a_former_name_is_kept_away(
    house: House, sealed: Panel, now: datetime
) -> None:
    user, out = lead(sealed), house.applications[0]
    rename(out, "苏州改名以后集团有限公司", now)
    recuse(sealed, out, now)
    assert named(user, out) == []

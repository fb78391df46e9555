"""What the data show: each tie with its effect, once; what was dismissed on the same facts stays dismissed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from accounts.models import User
from applications.models import OrganisationTie
from audit.models import Entry
from awards.models import Cycle
from scoring import services
from scoring.models import Consultancy, FamilyInterest, Post, Recusal, Reviewer
from scoring.queries.visibility import files_open_to
from tests.applications.builders import uscc
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, make_application, make_house, sheets_of

pytestmark = pytest.mark.django_db


@kept
def house(now: datetime) -> House:
    return make_house(now)


def detect(house: House, cycle: Cycle | None = None) -> list[tuple[str, str]]:
    found = services.detect_recusals(cycle=cycle or house.cycle, now=house.now)
    return sorted((row.kind, row.code) for row in found)


def former(reviewer: Reviewer, house: House, until: date) -> Post:
    organisation = house.applications[0].organisation
    return Post.objects.create(
        reviewer=reviewer, employer=organisation.name, uscc=organisation.uscc, until=until
    )


def test_every_tie_on_record_is_found_once(house: House) -> None:
    organisation = house.applicant().organisation
    reviewer, parent = house.reviewer(), uscc()
    former(reviewer, house, date(2025, 12, 31))
    OrganisationTie.objects.create(
        organisation=organisation, kind="parent", name="样例集团", uscc=parent,
        entered_by=house.clerk, entered_at=house.now,
    )  # fmt: skip
    Post.objects.create(reviewer=reviewer, employer="样例集团", uscc=parent)
    Consultancy.objects.create(
        reviewer=reviewer, organisation="x", uscc=organisation.uscc, kind="training", since=date(2026, 1, 1)
    )
    FamilyInterest.objects.create(
        reviewer=reviewer, relation="配偶", organisation="x", uscc=organisation.uscc, interest="任职"
    )
    house.reviewer()
    expected = [
        ("consulting", "paid_service"),
        ("employment", "same_employer_earlier"),
        ("family", "family_declared"),
        ("shareholding", "related_company"),
    ]
    assert detect(house) == expected
    assert detect(house) == []
    entry = Entry.objects.filter(action="recusal.detect").latest("pk")
    assert entry.article == "第三十四条"


def test_a_post_three_years_ago_to_the_day_is_no_conflict(house: House) -> None:
    house.applicant()
    former(house.reviewer(), house, date(2023, 8, 3))
    nearly = house.reviewer()
    former(nearly, house, date(2023, 8, 4))
    assert detect(house) == [("employment", "same_employer_earlier")]
    assert Recusal.objects.get().reviewer == nearly


def test_dismissed_facts_stay_dismissed_and_others_raise_anew(house: House) -> None:
    house.applicant()
    reviewer = house.reviewer()
    former(reviewer, house, date(2025, 1, 1))
    detect(house)
    services.dismiss_recusal(
        recusal=Recusal.objects.get(), reason="同名单位", actor=house.head, now=house.now
    )
    assert detect(house) == []
    former(reviewer, house, date(2025, 6, 1))
    assert detect(house) == [("employment", "same_employer_earlier")]


def test_a_dismissal_is_remembered_in_the_next_cycle(house: House) -> None:
    first = house.applicant()
    reviewer = house.reviewer()
    former(reviewer, house, date(2026, 1, 1))
    detect(house)
    services.dismiss_recusal(
        recusal=Recusal.objects.get(), reason="同名单位", actor=house.head, now=house.now
    )
    later = make_house(house.now, scheme="city")
    again = make_application(later.cycle, later.clerk, later.now, organisation=first.organisation)
    assert detect(later) == []
    kept = Recusal.objects.get(application=again)
    assert (kept.live, kept.dismissed_reason) == (False, "沿用 2026 年度对相同事实的核实：同名单位")
    assert Entry.objects.filter(action="recusal.remember").count() == 1


def test_a_tie_found_while_scoring_takes_the_file_away(house: House) -> None:
    application = house.applicant()
    panel = house.panel(4)
    sheet = sheets_of(panel, application)[-1]
    user = sheet.reviewer.user
    assert files_open_to(user).exists()
    former(sheet.reviewer, house, date(2026, 1, 1))
    assert services.sweep_recusals(now=house.now + timedelta(hours=1)) == 1
    sheet.refresh_from_db()
    assert sheet.state == "void"
    assert not files_open_to(user).exists()


@pytest.mark.parametrize(
    ("contact", "found"),
    [
        ("电话 138 1234-5678", 1),
        ("请联系 Li@Example.com", 1),
        ("13812345679，other@example.com", 0),
    ],
)
def test_who_objected_before_stays_out(house: House, contact: str, found: int) -> None:
    organisation = house.applicant().organisation
    user = make_user()
    User.objects.filter(pk=user.pk).update(email="li@example.com", phone="+86 13812345678")
    house.reviewer(user=User.objects.get(pk=user.pk))
    house.reviewer()
    for _ in range(2):
        services.note_objection(
            organisation=organisation, contact=contact, account=None, source_key="objection:1", now=house.now
        )
    assert detect(house) == [("other", "earlier_objection")] * found


def test_an_account_that_objected_stays_out(house: House) -> None:
    organisation = house.applicant().organisation
    reviewer = house.reviewer()
    services.note_objection(
        organisation=organisation,
        contact="保密",
        account=reviewer.user_id,
        source_key="objection:2",
        now=house.now,
    )
    assert detect(house) == [("other", "earlier_objection")]

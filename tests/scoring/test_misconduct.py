"""第三十五条 / 第三十二条: complaint → inquiry → the committee's approval → disqualification, and what becomes of the sheets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit.models import Entry
from ground.errors import Refused
from notifications.queries import duties_for, inbox_visible_to
from scoring import services
from scoring.models import Consolidation, MisconductCase, Panel, Reviewer, Sheet
from scoring.queries.misconduct import cases_visible_to
from scoring.services.foreseeing import foresee
from tests.factories import make_user
from tests.scoring.builders import (
    House,
    agree_all,
    committee,
    make_house,
    seal_all,
    settle_all,
    sheets_of,
    sign,
    sign_as_lead,
)
from tests.scoring.office import Login, page
from tests.scoring.results.builders import make_year

MOST = 15
SAID = {
    "cycle": None,
    "application": None,
    "stage": "",
    "reviewer": None,
    "ground": "favour",
    "statement": "收受礼品。",
}


@pytest.fixture
def signed(now: datetime, db: None) -> House:
    """Two applicants, a panel of four (lead, expert, two more), all signed."""
    house = make_house(now)
    for name in ("苏州甲有限公司", "苏州乙有限公司"):
        house.applicant(name=name)
    panel = house.panel(4)
    for application, percents in zip(house.applications, ([50, 50, 50, 75], [60, 60, 60, 60]), strict=True):
        report = seal_all(panel, application, percents, now)
        settle_all(report, 55, now, "看法不一，已议定。")
        sign(report, now)
    return house


def owner(house: House, place: int = 0) -> User:
    return make_user(f"applicant_owner:{house.applications[place].organisation_id}")


def filed(house: House, actor: User | None = None, **changes: Any) -> MisconductCase:
    given = SAID | {"cycle": house.cycle, "actor": actor or house.clerk, "now": house.now}
    return services.file_complaint(**given | changes)


def reported(house: House, reviewer: Reviewer, treatment: str, **changes: Any) -> MisconductCase:
    case = services.open_inquiry(case=filed(house), actor=house.clerk, now=house.now)
    given = {
        "case": case, "reviewer": reviewer, "findings": "查实收受礼品。", "treatment": treatment,
        "treatment_reason": "评分受到影响。", "actor": house.head, "now": house.now,
    }  # fmt: skip
    return services.report_misconduct(**given | changes)


def approved(house: House, reviewer: Reviewer, treatment: str) -> MisconductCase:
    return approve(reported(house, reviewer, treatment), house)


def approve(case: MisconductCase, house: House, **changes: Any) -> MisconductCase:
    given = {
        "case": case, "number": "评定委〔2026〕5号", "decided_on": house.now.date(), "discipline": True,
        "actor": committee(), "now": house.now,
    }  # fmt: skip
    return services.approve_disqualification(**given | changes)


def codes(call: Any, *args: Any, **given: Any) -> set[str]:
    with pytest.raises(Refused) as refusal:
        call(*args, **given)
    return set(refusal.value.codes)


# ---------------------------------------------------------------- the complaint


def test_an_applicant_complains_of_a_matter_and_learns_no_name(signed: House, client_of: Login) -> None:
    user = owner(signed)
    client = client_of(user)
    text = client.get(page("file_complaint")).content.decode()
    assert not any(one.user.name in text for one in signed.pool)
    assert "苏州甲有限公司" in text
    assert "苏州乙有限公司" not in text
    answer = client.post(page("file_complaint"), {
        "cycle": signed.cycle.pk, "application": signed.applications[0].pk, "stage": "material", "ground": "favour",
        "statement": "评审员收受礼品。", "reviewer": signed.pool[3].pk,
    })  # fmt: skip
    case = MisconductCase.objects.get()
    assert (answer.status_code, answer.url, case.reviewer) == (302, case.get_absolute_url(), None)
    assert "scoring.misconduct" in duties_for(signed.clerk).values_list("kind", flat=True)
    services.open_inquiry(case=case, actor=signed.clerk, now=signed.now)
    case.refresh_from_db()
    approve(
        services.report_misconduct(
            case=case, reviewer=signed.pool[3], findings="查实。", treatment="keep", treatment_reason="不影响。",
            actor=signed.head, now=signed.now,
        ),
        signed,
    )  # fmt: skip
    shown = client.get(case.get_absolute_url()).content.decode()
    assert "已查实处理" in shown
    assert not any(word in shown for word in (signed.pool[3].user.name, "评定委〔2026〕5号", "不计该评审员"))
    assert inbox_visible_to(user).filter(subject__startswith="您投诉的事项已查实处理").count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ground": "x"}, "ground_unknown"),
        ({"statement": " "}, "statement_missing"),
        ({"stage": "x"}, "stage_unknown"),
    ],
)
def test_a_complaint_says_what_is_missing(signed: House, changes: dict[str, Any], code: str) -> None:
    assert codes(filed, signed, **changes) == {code}
    assert not MisconductCase.objects.exists()


def test_nobody_reaches_beyond_what_is_theirs(signed: House) -> None:
    user = owner(signed)
    assert codes(filed, signed, user, reviewer=signed.pool[0]) == {"reviewer_not_named"}
    assert codes(filed, signed, user, application=signed.applications[1]) == {"application_of_other"}
    assert codes(filed, signed, reviewer=signed.reviewer()) == {"reviewer_of_other"}
    with pytest.raises(PermissionDenied):
        filed(signed, make_user())
    early = make_house(signed.now, scheme="city", state="open")
    assert codes(filed, early) == {"cycle_not_reviewed"}


def test_a_complaint_with_gaps_keeps_what_was_typed(signed: House, client_of: Login) -> None:
    answer = client_of(owner(signed)).post(page("file_complaint"), {"statement": "只写了这些", "ground": ""})
    assert answer.status_code == 422
    assert "只写了这些" in answer.content.decode()


def test_who_sees_a_case(signed: House) -> None:
    user = owner(signed)
    case = filed(signed, user)
    member = committee()
    sees = {
        "self": user, "other": owner(signed, 1), "clerk": signed.clerk, "head": signed.head, "member": member,
        "supervisor": make_user("supervisor"), "city": make_user("office_head:city"), "reviewer": signed.pool[0].user,
    }  # fmt: skip
    assert {name for name, one in sees.items() if cases_visible_to(one).exists()} == {
        "self", "clerk", "head", "supervisor",
    }  # fmt: skip
    MisconductCase.objects.filter(pk=case.pk).update(reported_at=signed.now)
    assert cases_visible_to(member).exists()


def test_the_person_concerned_sees_and_moves_nothing(signed: House) -> None:
    reviewer = signed.official("office_head")
    both = reviewer.user
    panel = Panel.objects.get()
    panel.members.create(reviewer=reviewer)
    case = filed(signed, reviewer=reviewer)
    assert not cases_visible_to(both).exists()
    with pytest.raises(PermissionDenied):
        services.dismiss_complaint(case=case, reason="x", actor=both, now=signed.now)


# ---------------------------------------------------------------- inquiry and report


def test_the_report_names_everything_that_is_missing(signed: House) -> None:
    assert codes(
        reported, signed, signed.pool[3], "x", findings=" ", treatment_reason=""
    ) == {"findings_missing", "treatment_unknown", "treatment_reason_missing"}  # fmt: skip
    assert codes(reported, signed, signed.reviewer(), "keep") == {"reviewer_of_other"}


def test_only_the_committee_approves_with_number_and_date(signed: House) -> None:
    case = reported(signed, signed.pool[3], "keep")
    assert "scoring.misconduct" in duties_for(committee()).values_list("kind", flat=True)
    for actor in (signed.head, signed.clerk, make_user("supervisor"), make_user("committee:city")):
        with pytest.raises(PermissionDenied):
            approve(case, signed, actor=actor)
    assert codes(approve, case, signed, number=" ") == {"number_missing"}
    assert codes(approve, case, signed, decided_on=date(2030, 1, 1)) == {"decided_in_future"}
    assert codes(approve, case, signed, decided_on=date(2020, 1, 1)) == {"decided_before_report"}
    signed.pool[3].refresh_from_db()
    assert signed.pool[3].disqualified_at is None


def test_the_committee_may_refuse_and_the_head_may_close(signed: House) -> None:
    case = reported(signed, signed.pool[3], "keep")
    assert codes(
        services.refuse_disqualification, case=case, reason=" ", actor=committee(), now=signed.now
    ) == {"reason_missing"}
    services.refuse_disqualification(case=case, reason="证据不足。", actor=committee(), now=signed.now)
    other = filed(signed)
    services.dismiss_complaint(case=other, reason="不属实。", actor=signed.head, now=signed.now)
    assert set(MisconductCase.objects.values_list("state", flat=True)) == {"dismissed"}
    assert Reviewer.objects.exclude(disqualified_at=None).count() == 0
    assert codes(services.open_inquiry, case=other, actor=signed.clerk, now=signed.now) == {"wrong_state"}


# ---------------------------------------------------------------- what becomes of the sheets


def test_kept_sheets_and_reports_stay(signed: House) -> None:
    case = approved(signed, signed.pool[3], "keep")
    assert case.state == "disqualified"
    signed.pool[3].refresh_from_db()
    assert signed.pool[3].disqualified_at == signed.now
    assert set(Sheet.objects.values_list("state", flat=True)) == {"sealed"}
    assert Consolidation.with_annulled.filter(state="signed").count() == 2
    entry = Entry.objects.get(action="misconduct.approve")
    assert entry.article == "第三十五条"
    assert "评定委〔2026〕5号" in entry.payload


def test_an_open_sheet_of_somebody_disqualified_is_void_even_if_sheets_are_kept(
    now: datetime, db: None
) -> None:
    house = make_house(now)
    house.applicant()
    house.panel(4)
    approved(house, house.pool[3], "keep")
    assert Sheet.objects.get(reviewer=house.pool[3]).state == "void"


def test_without_the_sheets_the_reports_are_taken_back_and_settled_anew(signed: House) -> None:
    case = approved(signed, signed.pool[3], "without")
    gone, fresh = signed.pool[3], Consolidation.objects.all()
    assert set(Sheet.objects.filter(reviewer=gone).values_list("state", flat=True)) == {"void"}
    assert [row.state for row in fresh] == ["open", "open"]
    assert [(row.state, row.score) for row in Consolidation.with_annulled.filter(state="annulled")] == [
        ("annulled", Decimal("550.00")), ("annulled", Decimal("550.00")),
    ]  # fmt: skip
    assert Panel.objects.get().state == "working"
    first = fresh.get(application=signed.applications[0])
    settle_all(first, 50, signed.now)
    sign(first, signed.now)
    first.refresh_from_db()
    assert (first.score, case.outcome["reports"][0]["before"]) == (Decimal("500.00"), "550.00")
    assert Panel.objects.get().state == "working"
    second = fresh.get(application=signed.applications[1])
    settle_all(second, 60, signed.now)
    sign(second, signed.now)
    assert Panel.objects.get().state == "finished"


def test_too_few_left_need_a_substitute(now: datetime, db: None) -> None:
    house = make_house(now)
    house.applicant()
    panel = house.panel(3)
    report = seal_all(panel, house.applications[0], [50, 50, 50], now)
    settle_all(report, 50, now)
    sign(report, now)
    assert codes(reported, house, house.pool[2], "without") == {"bench_too_small"}
    approved(house, house.pool[2], "substitute")
    assert Consolidation.objects.get().state == "waiting"
    fresh = house.reviewer()
    panel.refresh_from_db()
    services.seat_substitute(panel=panel, seat=services.Seat(fresh), actor=house.clerk, now=now)
    assert sorted(sheet.state for sheet in sheets_of(panel, house.applications[0])) == [
        "draft",
        "sealed",
        "sealed",
    ]


def test_an_annulled_report_never_changes(signed: House) -> None:
    approved(signed, signed.pool[3], "without")
    for change in ({"score": Decimal(1)}, {"state": "open"}, {"state": "signed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Consolidation.with_annulled.filter(state="annulled").update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consolidation.with_annulled.filter(state="annulled")[0].items.update(percent=5)


def test_words_and_signatures_of_an_annulled_report_stay(signed: House) -> None:
    approved(signed, signed.pool[3], "without")
    taken_back = Consolidation.with_annulled.get(application=signed.applications[0], state="annulled")
    assert (taken_back.consents.count(), taken_back.countersignatures.count()) == (23 * 3, 3)
    for rows in (taken_back.consents, taken_back.countersignatures):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.all().delete()


@pytest.fixture
def signing(now: datetime, db: None) -> House:
    """One applicant, a panel of four far apart, the lead has signed and one member; two are still to sign."""
    house = make_house(now)
    house.applicant()
    report = seal_all(house.panel(4), house.applications[0], [50, 50, 50, 70], now)
    settle_all(report, 55, now)
    agree_all(report, now)
    sign_as_lead(report, now)
    countersign(report, house.pool[1], now)
    return house


def countersign(report: Consolidation, reviewer: Reviewer, now: datetime) -> None:
    services.countersign(consolidation=report, digest=report.digest, remark="", actor=reviewer.user, now=now)


def test_nobody_waits_for_the_signature_of_somebody_disqualified(signing: House) -> None:
    approved(signing, signing.pool[3], "keep")
    report = Consolidation.objects.get()
    assert report.state == "signing"
    assert [(row.reviewer, row.reason) for row in report.absences.all()] == [
        (signing.pool[3], "评审资格已取消（评定委〔2026〕5号）。")
    ]
    assert not duties_for(signing.pool[3].user).exists()
    countersign(report, signing.pool[2], signing.now)
    assert report.state == "signed"
    assert Sheet.objects.get(reviewer=signing.pool[3]).state == "sealed"


def test_a_signature_already_given_stays_with_the_kept_sheet(signing: House) -> None:
    approved(signing, signing.pool[1], "keep")
    report = Consolidation.objects.get()
    assert (report.state, report.countersignatures.count(), report.absences.count()) == ("signing", 1, 0)


def test_a_report_in_signing_goes_back_with_a_void_sheet(signing: House) -> None:
    approved(signing, signing.pool[3], "without")
    report = Consolidation.with_annulled.get()
    assert (report.state, report.score, report.signed_by, report.countersignatures.count()) == (
        "open", None, None, 0,
    )  # fmt: skip
    settle_all(report, 50, signing.now)
    sign(report, signing.now)
    assert report.state == "signed"


def test_a_signed_report_is_still_closed_to_everything_else(signed: House) -> None:
    for change in ({"score": Decimal(1)}, {"state": "open"}, {"state": "annulled", "score": Decimal(1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Consolidation.objects.filter(application=signed.applications[0]).update(**change)


# ---------------------------------------------------------------- the ranking before and after


def test_a_locked_ranking_is_computed_anew_and_never_changed(now: datetime, db: None) -> None:
    year = make_year(now)
    year.enter("甲", 610)
    year.enter("乙", 605)
    panel = Panel.objects.get(kind="site")
    house = House(year.cycle, year.clerk, year.head, now)
    people = [house.reviewer() for _ in range(4)]
    for reviewer, total in zip(people, (560, 560, 560, 760), strict=True):
        Sheet.objects.create(
            application=year.files["甲"], panel=panel, reviewer=reviewer, stage="site", state="sealed",
            total=total, opened_at=now, sealed_at=now,
        )  # fmt: skip
    before = year.freeze()
    assert (before["甲"].rank, before["甲"].tier) == (1, "quality")
    shown = foresee(year.cycle, people[3], now)
    places = {row["number"]: (row["before"]["rank"], row["after"]["rank"]) for row in shown["ranking"]}
    assert places == {year.files["甲"].number: (1, 2), year.files["乙"].number: (2, 1)}
    assert shown["frozen"] is True
    assert codes(reported, house, people[3], "without") == {"treatment_unknown"}
    case = approved(house, people[3], "new_round")
    assert case.outcome["ranking"] == shown["ranking"]
    ranking = year.cycle.ranking
    ranking.refresh_from_db()
    assert {row.application.organisation.name: row.rank for row in ranking.rows.all()} == {"甲": 1, "乙": 2}
    assert set(Sheet.objects.values_list("state", flat=True)) == {"sealed"}
    assert Consolidation.with_annulled.filter(state="annulled").count() == 0
    assert "scoring.misconduct_follow_up" in duties_for(year.clerk).values_list("kind", flat=True)


def test_before_the_last_stage_only_the_stage_scores_are_shown(signed: House) -> None:
    shown = foresee(signed.cycle, signed.pool[3], signed.now)
    assert [(row["before"], row["after"], row["estimated"]) for row in shown["reports"]] == [
        ("550.00", "487.50", True), ("550.00", "550.00", True),
    ]  # fmt: skip
    assert shown["ranking"] == []
    assert Sheet.objects.filter(state="void").count() == 0


# ---------------------------------------------------------------- the pages


def test_the_whole_way_by_the_pages(signed: House, client_of: Login) -> None:
    gone = signed.pool[3]
    clerk, head, member = client_of(signed.clerk), client_of(signed.head), client_of(committee())
    assert f"?reviewer={gone.pk}" in head.get(page("reviewer", gone.pk)).content.decode()
    clerk.post(page("file_complaint"), {
        "cycle": signed.cycle.pk, "ground": "favour", "statement": "收受礼品。", "reviewer": gone.pk,
    })  # fmt: skip
    case = MisconductCase.objects.get()
    assert clerk.post(page("complaint_step", case.pk, "inquire")).status_code == 302
    report = page("report_misconduct", case.pk)
    assert clerk.get(report).status_code == 403
    looked = head.post(report, {"step": "look", "reviewer": gone.pk, "findings": "写了一半"})
    assert looked.status_code == 200
    assert "写了一半" in looked.content.decode()
    assert "487.50（估算）" in looked.content.decode()
    assert head.post(report, {"reviewer": gone.pk}).status_code == 422
    sent = {"reviewer": gone.pk, "findings": "查实。", "treatment": "without", "treatment_reason": "受影响。"}
    assert head.post(report, sent).status_code == 302
    assert member.get(case.get_absolute_url()).status_code == 200
    step = page("complaint_step", case.pk, "approve")
    assert head.get(step).status_code == 403
    assert "487.50（估算）" in member.get(step).content.decode()
    assert member.post(step, {"number": "", "decided_on": "x"}).status_code == 422
    given = {"number": "评定委〔2026〕5号", "decided_on": signed.now.date().isoformat(), "discipline": "on"}
    assert member.post(step, given).status_code == 302
    assert member.post(step, given).status_code == 422
    text = client_of(make_user("supervisor")).get(case.get_absolute_url()).content.decode()
    assert "评分表作废，由其余评审员重新合议" in text
    assert "已决定提请其主管部门" in text
    assert "查实。（评定委批准：评定委〔2026〕5号）" in head.get(page("reviewer", gone.pk)).content.decode()
    assert head.get(page("complaint_step", case.pk, "nonsense")).status_code == 404


def test_strangers_get_nothing(signed: House, client_of: Login) -> None:
    case = filed(signed)
    for user in (owner(signed), committee(), make_user("office_head:city"), signed.pool[0].user):
        client = client_of(user)
        for address in (
            case.get_absolute_url(),
            page("report_misconduct", case.pk),
            page("complaint_step", case.pk, "dismiss"),
        ):
            assert client.get(address).status_code == 404
    assert client_of(make_user()).get(page("complaints")).status_code == 403
    supervisor = client_of(make_user("supervisor"))
    assert supervisor.post(page("complaint_step", case.pk, "dismiss"), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_queries(now: datetime, db: None, client_of: Login, count: int) -> None:
    house = make_house(now)
    for _ in range(count):
        house.applicant()
    house.panel(4)
    for _ in range(count):
        case = filed(house, reviewer=house.pool[3], application=house.applications[0])
    case = services.open_inquiry(case=case, actor=house.clerk, now=now)
    client = client_of(house.head)
    report = page("report_misconduct", case.pk)
    for name, address in (
        ("list", page("complaints")),
        ("case", case.get_absolute_url()),
        ("report", report),
    ):
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        shown = [query["sql"][:200] for query in caught]
        assert len(shown) <= MOST, "\n".join(shown)
        NUMBERS.setdefault(name, len(shown))
        assert NUMBERS[name] == len(shown), "\n".join(shown)


NUMBERS: dict[str, int] = {}

"""评分公正性: for the head and the supervisor, after sealing; nothing is changed by it unless the edition says so."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards.models import Cycle
from scoring.models import Consolidation, Panel, Sheet
from scoring.queries import fairness as queries
from scoring.services.ranking import ranking_input
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, make_house, seal_all
from tests.scoring.office import Login, page
from tests.scoring.results.builders import pin

MOST = 15
GIVEN = ([60, 50, 40], [65, 55, 40], [30, 20, 10], [50, 45, 40])


@kept
def sealed(now: datetime, db: None) -> House:
    """Four applicants, one panel of three, all sealed."""
    house = make_house(now)
    for _ in GIVEN:
        house.applicant()
    panel = house.panel()
    for application, percents in zip(house.applications, GIVEN, strict=True):
        seal_all(panel, application, percents, now)
    return house


def sealed_alike(panel: Panel, stage: str, now: datetime) -> None:
    """The sheets of the material review once more, in another stage."""
    Sheet.objects.bulk_create(
        Sheet(
            application=sheet.application, panel=panel, reviewer=sheet.reviewer, stage=stage, state="sealed",
            total=sheet.total, opened_at=now, sealed_at=now,
        )
        for sheet in Sheet.objects.filter(stage="material")
    )  # fmt: skip


def test_the_head_reads_spread_leniency_and_normalisation(sealed: House, client_of: Login) -> None:
    answer = client_of(sealed.head).get(page("fairness", sealed.cycle.pk))
    assert answer.status_code == 200
    context = answer.context
    assert [row.leniency for _, row in context["figures"]] == pytest.approx([-14.375, 13.75, 0.625])
    assert {row.largest for _, row in context["spreads"]} == {25}
    assert [entry.raw_rank for entry in context["page"]] == [1, 2, 3, 4]
    text = answer.content.decode()
    assert text.count("<figure") == 2
    assert "本年度的规则版本没有规定归一化" in text
    assert "陈述答辩、现场评审还没有全部封存" in text


def test_who_may_not_see_it(sealed: House, client_of: Login) -> None:
    address = page("fairness", sealed.cycle.pk)
    statuses = {
        who: client_of(user).get(address).status_code
        for who, user in {
            "supervisor": make_user("supervisor"),
            "clerk": sealed.clerk,
            "reviewer": sealed.pool[0].user,
            "committee": make_user("committee:park"),
            "city_head": make_user("office_head:city"),
            "administrator": make_user("administrator"),
        }.items()
    }
    assert statuses == {
        "supervisor": 200, "clerk": 403, "reviewer": 404, "committee": 404, "city_head": 404, "administrator": 404,
    }  # fmt: skip
    assert "评分公正性" not in client_of(sealed.clerk).get(page("panels", sealed.cycle.pk)).content.decode()
    assert "评分公正性" in client_of(sealed.head).get(page("panels", sealed.cycle.pk)).content.decode()


def test_one_open_sheet_or_one_panel_to_start_hides_the_stage(sealed: House, client_of: Login) -> None:
    sheet = Sheet.objects.order_by("pk")[0]
    sealed.panel(applications=[sealed.applicant()])
    assert queries.sealed_stages(sealed.cycle) == []
    text = client_of(sealed.head).get(page("fairness", sealed.cycle.pk)).content.decode()
    assert "还没有全部封存的环节" in text
    assert str(sheet.total) not in text


def test_a_panel_that_has_still_to_start_hides_the_stage(sealed: House) -> None:
    assert queries.sealed_stages(sealed.cycle) == ["material"]
    sealed.form(sealed.bench(), [sealed.applicant()])
    assert queries.sealed_stages(sealed.cycle) == []


def test_a_recused_head_sees_nothing_of_that_applicant(sealed: House, client_of: Login) -> None:
    gone = sealed.applications[0]
    both = sealed.official("office_head", employer_uscc=gone.organisation.uscc).user
    text = client_of(both).get(page("fairness", sealed.cycle.pk)).content.decode()
    assert gone.organisation.name not in text
    assert sealed.applications[1].organisation.name in text


def test_filters_that_make_no_sense_fall_back(sealed: House, client_of: Login) -> None:
    panel = Panel.objects.get()
    client = client_of(sealed.head)
    for query, chosen in ((f"?panel={panel.pk}", panel.pk), ("?panel=99999&stage=x&page=zz", None)):
        answer = client.get(page("fairness", sealed.cycle.pk) + query)
        assert (answer.status_code, answer.context["chosen"], answer.context["stage"]) == (
            200,
            chosen,
            "material",
        )


def test_two_sealed_stages_are_set_against_each_other(sealed: House, client_of: Login) -> None:
    sealed_alike(Panel.objects.get(), "site", sealed.now)
    answer = client_of(sealed.head).get(page("fairness", sealed.cycle.pk))
    (one,) = answer.context["agreements"]
    assert (one["title"], len(one["row"].pairs), one["row"].linear) == ("材料评审与现场评审", 4, None)


@kept
def evened(sealed: House) -> Cycle:
    """The cycle pinned to an edition that says to even out."""
    pin(sealed.cycle, "normalisation", "z_score")
    return Cycle.objects.select_related("scheme", "edition_record").get(pk=sealed.cycle.pk)


def test_only_an_edition_applies_it(sealed: House, evened: Cycle, client_of: Login) -> None:
    scores = {row.pk: {"material": Decimal("500.00")} for row in sealed.applications}
    assert queries.normalised_scores(sealed.cycle, scores) == scores
    moved = queries.normalised_scores(evened, scores)
    assert moved != scores
    assert all(score["material"].as_tuple().exponent == -2 for score in moved.values())
    assert "适用归一化" in client_of(sealed.head).get(page("fairness", evened.pk)).content.decode()


def test_the_ranking_takes_the_evened_scores_when_the_edition_says_so(sealed: House, evened: Cycle) -> None:
    first = sealed.applications[0]
    type(first).objects.filter(pk=first.pk).update(state="shortlisted")
    Consolidation.objects.filter(application=first).update(state="signed", score=Decimal(500))
    for stage in ("presentation", "site"):
        Consolidation.objects.create(
            panel=Panel.objects.get(), application=first, stage=stage, state="signed", score=Decimal(500)
        )
    plain = ranking_input(sealed.cycle, date(2026, 8, 3))["candidates"][0]
    moved = ranking_input(evened, date(2026, 8, 3))["candidates"][0]
    assert Decimal(plain["material"]) == 500
    assert moved["material"] != plain["material"]
    assert moved["site"] == plain["site"]


@pytest.mark.parametrize("count", [1, 3])
def test_queries(now: datetime, db: None, client_of: Login, count: int) -> None:
    house = make_house(now)
    for _ in range(count):
        house.applicant()
    panel = house.panel()
    for application in house.applications:
        seal_all(panel, application, [60, 50, 40], now)
    for stage in ("presentation", "site"):
        sealed_alike(panel, stage, now)
    client = client_of(house.head)
    address = page("fairness", house.cycle.pk)
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    shown = [query["sql"][:300] for query in caught]
    assert len(shown) <= MOST, "\n".join(shown)
    NUMBERS.setdefault("fairness", len(shown))
    assert NUMBERS["fairness"] == len(shown), "\n".join(shown)


NUMBERS: dict[str, int] = {}

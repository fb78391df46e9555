"""The IP reward's caps as properties."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.law import editions
from awards.law.editions import Edition
from rewards.rules.ip_reward import Claim, compute

IP = editions.get("suzhou-ip-2020")


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    found = []
    for i in range(draw(st.integers(0, 30))):
        kind = draw(st.sampled_from(["patent_grant", "patent_grant", "patent_application", "trademark"]))
        found.append(
            Claim(
                id=str(i),
                applicant=draw(st.sampled_from(["T1", "T2"])),
                kind=kind,  # type: ignore[arg-type]
                route="MADRID"
                if kind == "trademark"
                else draw(st.sampled_from(["PCT", "Paris", "EURASIAN"])),
                first_applicant=draw(st.sampled_from([True, True, True, False])),
                urban_district=True,
                country=draw(st.sampled_from(["US", "DE", "EP", "CA", None])),
                family=draw(st.sampled_from(["F1", "F2", None])),
                designated=tuple(
                    draw(st.lists(st.sampled_from(["US", "JP", "KR", "GB", "DE", "EM"]), max_size=6))
                ),
                search_favourable=draw(st.booleans()),
                paid_before=draw(st.sampled_from([0, 5000, 10000, 50000])),
            )
        )
    return found


@given(claims())
def test_no_cap_is_ever_exceeded(field: list[Claim]) -> None:
    result = compute(IP, 2022, field)
    families, applicants = Counter[str](), Counter[str]()
    for claim, award in zip(field, result.claims, strict=True):
        assert claim.id == award.id
        assert award.amount >= 0
        assert all(cut.cut > 0 for cut in award.cuts)
        order = [("item", "prior_payment", "family", "applicant").index(cut.cap) for cut in award.cuts]
        assert order == sorted(order)
        if award.refused:
            assert (award.amount, award.cuts) == (0, ())
        if claim.kind == "patent_grant" and claim.family:
            families[claim.family] += award.amount
        applicants[claim.applicant] += award.amount
    assert all(total <= 100_000 for total in families.values())
    assert dict(result.totals) == dict(applicants)
    assert all(total <= 1_000_000 for total in applicants.values())


@pytest.mark.clause("P6")
def test_the_applicants_cap_comes_last() -> None:
    mark = Claim(
        "0", "T1", "trademark", "MADRID", True, True, designated=tuple(f"X{c}" for c in "ABCDEFGHIJKLMNO")
    )
    grant = Claim("50", "T1", "patent_grant", "PCT", True, True, country="US", family="F")
    field = [replace(mark, id=str(i)) for i in range(49)]
    field += [
        replace(mark, id="49", designated=("US",)),
        grant,
        replace(grant, id="51"),
        replace(grant, id="52", applicant="T2"),
    ]
    result = compute(IP, 2022, field)
    assert [award.amount for award in result.claims[-4:]] == [6000, 14000, 0, 20000]
    assert [(cut.cap, cut.cut) for cut in result.claims[-3].cuts] == [("applicant", 6000)]
    assert [(cut.cap, cut.cut) for cut in result.claims[-2].cuts] == [("applicant", 20000)]
    assert result.totals == (("T1", 1_000_000), ("T2", 20_000))


def test_a_later_notice_is_a_dated_value() -> None:
    content = IP.content
    content["parameters"]["applicant_cap"] = [
        {"value": 1000000, "article": "第四条", "until": "2020-12-31"},
        {"value": 10000, "article": "第四条", "from": "2021-01-01"},
    ]
    edition = Edition.from_content(content)
    grant = Claim("1", "T1", "patent_grant", "PCT", True, True, country="US")
    assert compute(edition, 2020, [grant]).claims[0].amount == 20000
    assert compute(edition, 2021, [grant]).claims[0].amount == 10000


def test_money_paid_before_may_be_left_by_the_edition() -> None:
    content = IP.content
    content["parameters"]["deduct_prior_application_reward"]["value"] = False
    grant = Claim("1", "T1", "patent_grant", "PCT", True, True, country="US", paid_before=10000)
    assert compute(Edition.from_content(content), 2022, [grant]).claims[0].amount == 20000


@pytest.mark.clause("P7", "P8")
def test_what_the_review_may_find() -> None:
    assert [event.code for event in IP.events("review_refusals")] == [
        "against_rules",
        "finance_blacklist",
        "serious_dishonesty",
        "ip_violation",
        "bankruptcy",
    ]
    assert [event.article for event in IP.events("procedure")] == [f"第五条({n})" for n in "一二三四五"]


@pytest.mark.clause("P9")
def test_who_orders_and_who_pays() -> None:
    assert set(IP.bodies) == {"office", "finance", "payer"}

"""The office opens a year on an edition that is in force and complete, and on no other (R1, domain.md §4, §5)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from audit.queries import entries_of
from awards import services
from awards.law import criteria, editions
from awards.models import Cycle, EditionRecord, Scheme
from ground import clock
from ground.errors import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPEN = {"scheme_code": "park", "edition_code": "park-2023", "year": 2026}


def open_as(actor, now, **changes):
    return services.open_cycle(**{**OPEN, **changes}, actor=actor, now=now)


def refusal(actor, now, **changes) -> Refused:
    with pytest.raises(Refused) as refused:
        open_as(actor, now, **changes)
    assert not Cycle.objects.exists()
    return refused.value


def test_a_cycle_pins_edition_and_criteria(clerk, now):
    cycle = open_as(clerk, now)
    edition, standard = editions.get("park-2023"), criteria.get("gbt19580-2012")
    assert (cycle.state, cycle.year, cycle.opened_by) == ("draft", 2026, clerk)
    assert (cycle.edition_record.code, cycle.edition_record.digest) == ("park-2023", edition.digest)
    assert cycle.edition_record.edition.digest == edition.digest
    assert (cycle.criteria_code, cycle.criteria_digest) == (standard.code, standard.digest)
    entry = entries_of(cycle).get()
    assert (entry.action, entry.article) == ("cycle.opened", "第四条")
    assert entry.content["after"]["digest"] == edition.digest


def test_two_years_on_the_same_content_share_one_record(clerk, now):
    first, second = open_as(clerk, now), open_as(clerk, now, year=2027)
    assert first.edition_record == second.edition_record
    assert EditionRecord.objects.count() == 1


def test_an_incomplete_edition_is_refused_with_all_that_is_missing(user_with, law, now):
    actor = user_with("office_head:province")
    refused = refusal(actor, now, scheme_code="province", edition_code="province-2016")
    missing = editions.get("province-2016").missing()
    assert refused.codes == ("edition_incomplete",) * len(missing)
    assert len(missing) > 10
    assert all(words in fault.message for (_, words), fault in zip(missing, refused.faults, strict=True))


def test_the_lapsed_reward_edition_is_refused_with_its_article(user_with, law, now):
    actor = user_with("office_head:suzhou_ip")
    refused = refusal(actor, now, scheme_code="suzhou_ip", edition_code="suzhou-ip-2020")
    assert (refused.codes, refused.faults[0].article) == (("edition_lapsed",), "第八条")


def test_a_reward_edition_in_force_holds_no_contest(user_with, law):
    then = datetime(2021, 5, 1, 9, tzinfo=SHANGHAI)
    actor = user_with("office_head:suzhou_ip")
    refused = refusal(actor, then, scheme_code="suzhou_ip", edition_code="suzhou-ip-2020", year=2021)
    assert refused.codes == ("edition_no_contest",)


@pytest.mark.parametrize(
    ("moment", "codes"),
    [
        (datetime(2023, 10, 31, 23, 59, 59, tzinfo=SHANGHAI), ("edition_not_in_force",)),
        (datetime(2023, 11, 1, tzinfo=SHANGHAI), ()),
        (datetime(2028, 10, 31, 23, 59, 59, tzinfo=SHANGHAI), ()),
        (datetime(2028, 11, 1, tzinfo=SHANGHAI), ("edition_lapsed",)),
    ],
)
def test_the_park_edition_holds_from_its_first_to_its_last_day(clerk, moment, codes):
    year = moment.year
    with clock.frozen(moment):
        if codes:
            refused = refusal(clerk, moment, year=year)
            assert (refused.codes, refused.faults[0].article) == (codes, "第三十六条")
        else:
            assert open_as(clerk, moment, year=year).state == "draft"


def test_an_edition_of_another_scheme_is_refused(clerk, now):
    assert refusal(clerk, now, edition_code="city-2016").codes == ("edition_of_other_scheme",)


def test_an_unknown_edition_is_refused(clerk, now):
    assert refusal(clerk, now, edition_code="park-1999").codes == ("edition_unknown",)


@pytest.mark.parametrize("year", [2022, 2028])
def test_a_year_outside_the_edition_or_too_far_ahead_is_refused(clerk, now, year):
    assert refusal(clerk, now, year=year).codes == ("year_out_of_range",)


def test_one_cycle_a_year(draft, clerk, now):
    with pytest.raises(Refused) as refused:
        open_as(clerk, now)
    assert (refused.value.code, refused.value.faults[0].article) == ("cycle_exists", "第四条")
    assert Cycle.objects.count() == 1


def test_a_cancelled_year_may_be_opened_again(draft, clerk, head, now):
    services.cancel_cycle(cycle=draft, reason="办法修订", actor=head, now=now)
    assert open_as(clerk, now).pk != draft.pk


@pytest.mark.parametrize(
    "grant",
    ["office_head:city", "committee:park", "authority:park", "finance:park", "supervisor", "administrator"],
)
def test_nobody_else_opens_a_cycle(user_with, law, now, grant):
    with pytest.raises(PermissionDenied):
        open_as(user_with(grant), now)
    assert not Cycle.objects.exists()


def test_sync_law_names_the_schemes_and_changes_nothing_twice(law, now):
    assert dict(Scheme.objects.values_list("code", "name")) == {
        "park": "苏州工业园区质量奖",
        "city": "苏州市市长质量奖",
        "province": "江苏省质量奖",
        "suzhou_ip": "苏州市国际专利、国际商标奖励",
    }
    assert services.sync_law(now=now) == []


def test_the_page_keeps_what_was_typed_and_lists_what_is_missing(client_of, user_with, law, now):
    client = client_of(user_with("office_clerk:province"))
    answer = client.post("/cycles/open/", {"edition": "province-2016", "year": "2026"})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert len(form.errors["edition"]) == len(editions.get("province-2016").missing())
    assert form["year"].value() == "2026"
    assert not Cycle.objects.exists()


def test_the_page_offers_own_schemes_only(client_of, clerk, now):
    client = client_of(clerk)
    offered = [code for code, _ in client.get("/cycles/open/").context["form"].fields["edition"].choices]
    assert offered == ["park-2023"]
    assert client.post("/cycles/open/", {"edition": "city-2016", "year": "2026"}).status_code == 422
    answer = client.post("/cycles/open/", {"edition": "park-2023", "year": "2026"})
    assert (answer.status_code, answer.url) == (302, Cycle.objects.get().get_absolute_url())

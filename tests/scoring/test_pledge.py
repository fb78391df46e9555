"""Confidentiality is accepted once a cycle; before that no file of the cycle opens, and nothing can be scored."""

from __future__ import annotations

import pytest
from django.test import Client

from audit.models import Entry
from ground.errors import Refused
from scoring import services
from scoring.models import ConfidentialityPledge, Panel
from scoring.queries.pledges import wording_of
from scoring.queries.visibility import files_open_to
from tests.factories import make_user
from tests.scoring.builders import House, make_house, pledge, sheets_of
from tests.scoring.reviewing import Browser, member, read, started, user


def _declared(house: House) -> Panel:
    """Everything is declared, nothing pledged yet."""
    panel = started(house)
    for application in house.applications:
        services.declare_recusal(
            reviewer=member(panel, 1).reviewer, application=application, kind="none", reason="",
            actor=user(panel, 1), now=house.now,
        )  # fmt: skip
    return panel


def _address(house: House) -> str:
    return f"/scoring/confidentiality/{house.cycle.pk}/"


def test_no_file_opens_before_it(house: House, client_of: Browser) -> None:
    panel = _declared(house)
    application = house.applications[0]
    reviewer, client = member(panel, 1).reviewer, client_of(user(panel, 1))
    sheet = next(row for row in sheets_of(panel, application) if row.reviewer == reviewer)
    report = f"/scoring/files/{application.pk}/{application.report_id}/"
    for address in (f"/scoring/sheets/{sheet.pk}/", f"/scoring/sheets/{sheet.pk}/seal/"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, _address(house)), address
    assert client.get(report).status_code == 404
    assert not files_open_to(reviewer.user).exists()
    with pytest.raises(Refused) as refused:
        services.save_item(
            sheet=sheet,
            item="4.1.2",
            percent=50,
            strengths="",
            opportunities="",
            actor=reviewer.user,
            now=house.now,
        )
    assert refused.value.code == "pledge_missing"
    pledge(reviewer, house.cycle, house.now)
    assert client.get(f"/scoring/sheets/{sheet.pk}/").status_code == 200
    assert client.get(report).status_code == 200


def test_it_is_read_ticked_and_kept(house: House, client_of: Browser) -> None:
    panel = started(house)
    client = client_of(user(panel, 1))
    page = read(client, _address(house))
    wording = wording_of(house.cycle.edition)
    assert wording.article == "第三十四条"
    assert len(wording.sentences) == 4
    assert all(sentence in page for sentence in wording.sentences)
    answer = client.post(_address(house))
    assert (answer.status_code, ConfidentialityPledge.objects.count()) == (422, 0)
    assert "请阅读并勾选承诺" in answer.content.decode()
    assert client.post(_address(house), {"accepted": "on"}).headers["Location"] == "/scoring/recusal/"
    assert client.post(_address(house), {"accepted": "on"}).status_code == 302
    entry = Entry.objects.get(action="confidentiality.accept")
    assert (entry.article, entry.content["after"]["wording"]) == ("第三十四条", wording.digest)
    assert "您已于" in read(client, _address(house))


def test_the_city_has_its_own_article(house: House) -> None:
    city = make_house(house.now, scheme="city")
    assert wording_of(city.cycle.edition).article == "第三十一条"


def test_each_cycle_asks_anew_and_nobody_pledges_for_another(house: House, client_of: Browser) -> None:
    panel = started(house)
    reviewer = member(panel, 1).reviewer
    with pytest.raises(Exception, match="本人"):
        services.pledge_confidentiality(
            reviewer=reviewer, cycle=house.cycle, accepted=True, actor=house.head, now=house.now
        )
    other = make_house(house.now, scheme="city")
    assert client_of(reviewer.user).get(_address(other)).status_code == 404
    outsider: Client = client_of(house.reviewer().user)
    assert outsider.get(_address(house)).status_code == 404
    assert client_of(make_user("office_head:park")).get(_address(house)).status_code == 403

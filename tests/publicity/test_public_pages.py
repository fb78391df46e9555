"""What the public reads and does: notices, objections, the roll of honours, certificates, the feed."""

from __future__ import annotations

import pytest
from django.test import Client

from audit.models import AccessLog
from ground import clock
from publicity import services
from publicity.models import Objection
from tests.publicity.factories import (
    CLOSES,
    PUBLISHED,
    House,
    at,
    award,
    make_list,
    object_to,
    owner_of,
    publish,
    record_sites,
)
from tests.publicity.paging import OBJECTION, ClientOf, open_case, page, queries_of


# ---- the public ----
def test_the_landing_page_costs_five_queries_at_most(park: House, client: Client) -> None:
    empty = queries_of(client, "/")
    award(park)
    full = queries_of(client, "/")
    assert max(empty, full) <= 5


def test_the_landing_page_shows_what_is_in_publicity(park: House, client: Client) -> None:
    notice = publish(park)
    text = client.get("/").content.decode()
    assert notice.title in text
    assert "2026年10月8日 24:00" in text


def test_the_public_reads_a_notice_with_its_first_and_last_day(park: House, client: Client) -> None:
    notice = publish(park)
    text = client.get(notice.get_absolute_url()).content.decode()
    for words in (
        "2026年9月29日",
        "2026年10月8日 24:00",
        notice.ledger_head,
        "提出异议的方式",
        park.candidates[0].organisation.name,
    ):
        assert words in text


def test_a_draft_is_hidden_from_everybody_but_the_schemes_own(
    park: House, city: House, client: Client, client_of: ClientOf
) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.clerk, now=PUBLISHED)
    address = notice.get_absolute_url()
    assert client.get(address).status_code == 404
    assert client_of(city.head).get(address).status_code == 404
    assert client_of(owner_of(park.candidates[0].organisation)).get(address).status_code == 404
    assert client_of(park.head).get(address).status_code == 200
    assert notice.title not in client.get(page("notices")).content.decode()


def test_anyone_objects_without_a_login_and_follows_by_receipt(park: House, client: Client) -> None:
    notice = publish(park)
    entry = notice.entries.first()
    address = page("file_objection", notice.pk)
    assert client.get(address).status_code == 200
    response = client.post(address, OBJECTION | {"entry": entry.pk})
    objection = Objection.objects.get()
    assert response.url == page("receipt", objection.receipt)
    text = client.get(response.url).content.decode()
    assert objection.receipt in text
    assert entry.organisation.name in text
    for secret in ("王异议", "13900001234", "抽查不合格"):
        assert secret not in text
    found = client.get(page("find_receipt", receipt=objection.receipt.lower()))
    assert found.url == page("receipt", objection.receipt)


def test_part_of_a_receipt_number_opens_nothing(park: House, client: Client) -> None:
    objection = object_to(publish(park).entries.first(), PUBLISHED)
    assert client.get(page("receipt", objection.receipt[:11])).status_code == 404
    assert client.get(page("find_receipt", receipt=objection.receipt[:11])).status_code == 422


def test_what_was_typed_stays_when_an_objection_is_refused(park: House, client: Client) -> None:
    notice = publish(park)
    data = OBJECTION | {"entry": notice.entries.first().pk, "objector_name": "匿名"}
    response = client.post(page("file_objection", notice.pk), data)
    assert response.status_code == 422
    assert "材料没有说明" in response.content.decode()
    assert not Objection.objects.exists()


def test_an_entry_of_another_notice_is_no_choice(park: House, city: House, client: Client) -> None:
    notice, other = publish(park), publish(city)
    response = client.post(page("file_objection", notice.pk), OBJECTION | {"entry": other.entries.first().pk})
    assert response.status_code == 422
    assert not Objection.objects.exists()


def test_one_address_files_five_objections_an_hour(park: House, client: Client) -> None:
    notice = publish(park)
    data = OBJECTION | {"entry": notice.entries.first().pk}
    address = page("file_objection", notice.pk)
    codes = [client.post(address, data).status_code for _ in range(6)]
    assert codes == [302] * 5 + [422]
    assert Client(REMOTE_ADDR="203.0.113.9").post(address, data).status_code == 302


def test_the_late_are_told_so(park: House, client: Client, stopped: clock.StoppedClock) -> None:
    notice = publish(park)
    stopped.move_to(CLOSES)
    services.sweep_windows(now=CLOSES)
    address = page("file_objection", notice.pk)
    assert "公示期已于" in client.get(address).content.decode()
    response = client.post(address, OBJECTION | {"entry": notice.entries.first().pk}, follow=True)
    assert "在公示期满以后提出" in response.content.decode()


def test_the_feed_names_published_notices_only(park: House, client: Client) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.clerk, now=PUBLISHED)
    assert b"<entry>" not in client.get(page("feed")).content
    record_sites(park, notice)
    services.publish_notice(notice=notice, actor=park.head, now=PUBLISHED)
    content = client.get(page("feed")).content.decode()
    assert notice.title in content
    assert 'xmlns="http://www.w3.org/2005/Atom"' in content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 3),
        ({"words": "示例"}, 3),
        ({"year": 2026, "scheme": "park"}, 3),
        ({"year": 2025}, 0),
        ({"tier": "excellence"}, 1),
        ({"state": "valid"}, 3),
        ({"state": "revoked"}, 0),
        ({"year": "x", "state": "nonsense"}, 3),
    ],
)
def test_the_honour_roll_is_searched(
    park: House, client: Client, query: dict[str, object], found: int
) -> None:
    award(park)
    assert len(client.get(page("honours", **query)).context["page"].object_list) == found


def test_the_roll_finds_a_whole_code_and_shows_no_contact_person(park: House, client: Client) -> None:
    honour = award(park)[0]
    response = client.get(page("honours", words=honour.organisation.uscc.lower()))
    assert [row.pk for row in response.context["page"]] == [honour.pk]
    text = response.content.decode() + client.get(honour.get_absolute_url()).content.decode()
    assert "李四" not in text
    assert "0512-60000000" not in text


def test_a_certificate_tells_its_standing_of_today(
    park: House, client: Client, stopped: clock.StoppedClock
) -> None:
    honour = award(park)[0]
    address = honour.get_absolute_url()
    assert "称号有效" in client.get(address).content.decode()
    for asked in (honour.certificate_number.lower(), honour.check_code):
        assert client.get(page("find_certificate", number=asked)).url == address
    assert client.get(page("find_certificate", number="PARK-2026-9999")).status_code == 422
    stopped.move_to(at(10, 10, 0, 0, year=2029))
    assert "已过有效期" in client.get(address).content.decode()


def test_a_revoked_certificate_says_so_and_is_not_given_out(
    park: House, client: Client, client_of: ClientOf
) -> None:
    honour = award(park)[0]
    case = open_case(park, honour)
    services.report_case(case=case, findings="属实", actor=park.head, now=CLOSES)
    day = CLOSES.date()
    services.propose_revocation(case=case, number="1", decided_on=day, actor=park.committee, now=CLOSES)
    services.effect_revocation(case=case, number="决2号", decided_on=day, actor=park.authority, now=CLOSES)
    text = client.get(honour.get_absolute_url()).content.decode()
    assert "证书作废" in text
    assert "决2号" in text
    holder = client_of(owner_of(honour.organisation))
    assert holder.get(page("certificate_pdf", honour.pk)).status_code == 409


def test_the_holder_downloads_the_certificate_and_nobody_else(
    park: House, client: Client, client_of: ClientOf
) -> None:
    first, second, _ = award(park)
    address = page("certificate_pdf", first.pk)
    response = client_of(owner_of(first.organisation)).get(address)
    assert response.content.startswith(b"%PDF")
    assert AccessLog.objects.filter(action="download", subject_id=str(first.pk)).exists()
    assert client_of(owner_of(second.organisation)).get(address).status_code == 403
    assert client.get(address).status_code == 302

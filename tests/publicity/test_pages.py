"""The lists: how many questions they cost the database; and the interface tells the public what the pages do."""

from __future__ import annotations

from django.test import Client

from publicity import services
from publicity.models import Honour, Incident, Notice, Objection, Payment, RevocationCase
from tests.publicity.factories import (
    CLOSES,
    PUBLISHED,
    House,
    award,
    object_to,
    owner_of,
    publish,
)
from tests.publicity.paging import ClientOf, open_case, page, queries_of, report


# ---- how many queries ----
def test_lists_cost_the_same_with_one_row_and_with_three(
    park: House, client: Client, client_of: ClientOf
) -> None:
    entries = list(publish(park).entries.all())
    owner = owner_of(entries[0].organisation)
    clerk, finance = client_of(park.clerk), client_of(park.finance)
    object_to(entries[0], PUBLISHED)
    one = {"objections": queries_of(clerk, page("objections"))}
    for entry in entries[1:]:
        object_to(entry, PUBLISHED)
    assert queries_of(clerk, page("objections")) == one["objections"]
    Objection.objects.all().delete()
    services.sweep_windows(now=CLOSES)
    services.announce(cycle=park.cycle, number="公1号", reason="", actor=park.head, now=CLOSES)
    honours = list(Honour.objects.order_by("pk"))
    checks: dict[str, tuple[Client, str]] = {
        "honours": (client, page("honours")),
        "payments": (finance, page("payments")),
        "incidents": (clerk, page("incidents")),
        "cases": (clerk, page("cases")),
        "notices": (client, page("notices")),
    }
    report(honours[0])
    open_case(park, honours[0])
    Payment.objects.filter(honour=honours[2]).delete()
    one_row = {name: queries_of(*check) for name, check in checks.items()}
    for honour in honours[1:]:
        report(honour)
        open_case(park, honour)
    Payment.objects.create(honour=honours[1], amount=1, article="x", ordered_at=CLOSES)
    Payment.objects.create(honour=honours[2], amount=1, article="x", ordered_at=CLOSES)
    three_rows = {name: queries_of(*check) for name, check in checks.items()}
    assert three_rows == one_row
    assert max(three_rows.values()) <= 15
    for name, reader, args in (
        ("draft", clerk, [park.cycle.pk]),
        ("honour_home", client_of(owner), []),
        ("notice", client, [Notice.objects.filter(kind="publicity").get().pk]),
        ("certificate", client, [honours[0].check_code]),
        ("incident", clerk, [Incident.objects.first().pk]),
        ("case", clerk, [RevocationCase.objects.first().pk]),
        ("payment", finance, [Payment.objects.first().pk]),
    ):
        assert queries_of(reader, page(name, *args)) <= 15, name


# ---- the interface ----
def test_the_interface_tells_the_public_the_same(park: House, client: Client) -> None:
    honour = award(park)[0]
    notices = client.get("/api/v1/notices/?kind=publicity").json()
    assert notices["count"] == 1
    assert notices["results"][0]["last_day"] == "2026-10-08"
    detail = client.get(f"/api/v1/notices/{notices['results'][0]['id']}/").json()
    assert len(detail["entries"]) == 3
    assert "objections" not in detail
    found = client.get("/api/v1/honours/?tier=quality&state=valid&year=2026&scheme=park").json()
    assert found["count"] == 2
    assert set(found["results"][0]) == {
        "organisation",
        "present_name",
        "uscc",
        "scheme",
        "year",
        "tier",
        "title",
        "repeat",
        "certificate_number",
        "awarded_on",
        "valid_until",
        "state",
    }
    for code in (honour.check_code, honour.certificate_number):
        assert client.get(f"/api/v1/certificates/{code}/").json()["state"] == "valid"
    missing = client.get("/api/v1/certificates/NOTHING/")
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
    assert client.get("/api/v1/honours/?state=nonsense").status_code == 400
    assert client.get("/api/v1/notices/?running=true").json()["count"] == 0

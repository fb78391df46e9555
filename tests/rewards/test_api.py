"""The HTTP twin of `recompute` gives the same answers and the same faults, within its bounds."""

from __future__ import annotations

import json

import pytest

from rewards import recompute
from rewards.api import MAX_BYTES, RecomputeThrottle

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
RANKING = """{"edition": "park-2023", "as_of": "2026-11-01", "candidates":
 [{"id": "A", "material": 612.50, "presentation": 640, "site": "655.25", "previous_wins": []}]}"""
WINDOW = '{"edition": "park-2023", "published": ["2026-09-28T10:00:00+08:00"]}'
LOT = '{"seed": "20261012", "applications": ["park-002", "park-001", "park-003"]}'
SANCTION = '{"edition": "city-2016", "ground": "fraud", "decided_on": "2026-03-01", "prize_paid": 1000000}'


def post(client, kind: str, body: str | bytes):
    return client.post(f"/api/v1/recompute/{kind}/", body, content_type="application/json")


@pytest.mark.parametrize(
    ("kind", "body"), [("ranking", RANKING), ("window", WINDOW), ("sanction", SANCTION), ("lot", LOT)]
)
def test_the_same_answer_as_the_command(client, kind, body):
    answer = post(client, kind, body)
    assert (answer.status_code, answer.json()) == (200, recompute.compute(kind, recompute.parse_json(body)))


def test_numbers_stay_exact(client):
    body = RANKING.replace("612.50", "0.1").replace("640", "0.1").replace('"655.25"', "0.1")
    assert post(client, "ranking", body).json()["ranking"][0]["composite"] == "0.1000"


def test_all_faults_come_back_with_their_paths(client):
    body = RANKING.replace("612.50", "1612.50").replace("2026-11-01", "2026-02-30")
    with pytest.raises(recompute.Refused) as refused:
        recompute.compute("ranking", recompute.parse_json(body))
    answer = post(client, "ranking", body)
    assert (answer.status_code, answer["content-type"]) == (400, PROBLEM)
    assert answer.json()["errors"] == refused.value.errors
    assert len(refused.value.errors) == 2


@pytest.mark.parametrize("body", ["", "{", "[1]", b"\xff", '{"edition": NaN}', "[" * 100000])
def test_no_document_breaks_it(client, body):
    answer = post(client, "ranking", body)
    assert (answer.status_code, answer["content-type"]) == (400, PROBLEM)
    assert answer.json()["errors"]


def test_a_body_over_one_megabyte_is_refused_unread(client):
    answer = post(client, "ranking", " " * (MAX_BYTES + 1))
    assert (answer.status_code, answer["content-type"]) == (413, PROBLEM)
    assert "1 MB" in answer.json()["detail"]
    assert post(client, "window", WINDOW + " " * (MAX_BYTES - len(WINDOW))).status_code == 200


def test_an_unknown_kind_is_not_found(client):
    assert post(client, "lottery", "{}").status_code == 404


def test_reading_it_is_no_way_to_compute(client):
    answer = client.get("/api/v1/recompute/ranking/")
    assert (answer.status_code, answer["content-type"]) == (405, PROBLEM)


def test_one_address_may_not_ask_without_end(client, monkeypatch):
    monkeypatch.setattr(RecomputeThrottle, "rate", "2/min")
    assert [post(client, "window", WINDOW).status_code for _ in range(3)] == [200, 200, 429]


def test_the_answer_is_readable_chinese(client):
    assert "第" in json.loads(post(client, "ranking", RANKING).content)["ranking"][0]["reasons"][0]["article"]


def test_the_parts_of_a_form_are_no_document(client):
    assert client.post("/api/v1/recompute/ranking/", {"file": "甲"}).status_code == 400


def test_a_document_is_read_whatever_it_calls_itself(client):
    """As curl sends it when nobody says what it is."""
    body = '{"edition": "park-2023", "ground": "fraud", "decided_on": "2026-03-01", "prize_paid": 500000}'
    answer = client.post(
        "/api/v1/recompute/sanction/", body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200

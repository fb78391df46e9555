"""The public interface: schemes, editions, policies; problems as RFC 9457; health; the schema."""

from __future__ import annotations

from django.test import Client, RequestFactory
from rest_framework import exceptions
from rest_framework.request import Request

from awards import services
from awards.law import editions
from ground import health
from ground.api import problem_details
from ground.digest import canonical_json, sm3_hex
from ground.errors import Fault, Refused

PROBLEM = "application/problem+json"


def test_schemes_are_public_and_paged(client, law):
    answer = client.get("/api/v1/schemes/?page_size=2").json()
    assert answer["count"] == 4
    assert [row["code"] for row in answer["results"]] == ["city", "park"]
    assert client.get("/api/v1/schemes/park/").json()["editions"] == ["park-2023"]
    assert client.get("/api/v1/schemes/nope/").status_code == 404


def test_editions_are_filtered_by_scheme_and_standing(client, law):
    def codes(query: str) -> list[str]:
        return [row["code"] for row in client.get(f"/api/v1/editions/?{query}").json()["results"]]

    assert codes("") == list(editions.codes())
    assert codes("scheme=park") == ["park-2023"]
    assert codes("status=lapsed") == ["suzhou-ip-2020"]
    assert codes("status=incomplete") == ["province-2016"]
    assert codes("status=in_force&scheme=province") == []
    answer = client.get("/api/v1/editions/?status=old")
    assert (answer.status_code, answer["content-type"]) == (400, PROBLEM)
    assert answer.json()["errors"][0]["path"] == "status"


def test_an_edition_carries_what_its_digest_was_taken_of(client, law):
    answer = client.get("/api/v1/editions/park-2023/").json()
    assert answer["digest"] == editions.get("park-2023").digest == sm3_hex(canonical_json(answer["content"]))
    assert answer["missing"] == []
    assert client.get("/api/v1/editions/province-2016/").json()["missing"][0]["key"] == "cycle_frequency"


def test_policies_are_searched_and_cut_at_their_articles(client, now, db):
    for slug, text in (
        ("a", "【国家级】虚构意见\n商标"),
        ("b", "【苏州市级】虚构细则\n第一条  专利\n第二条  商标"),
    ):
        services.import_policy(source=services.PolicySource(slug=slug, text=text), now=now)
    answer = client.get("/api/v1/policies/?q=商标&level=city").json()
    assert [row["slug"] for row in answer["results"]] == ["b"]
    assert answer["results"][0]["in_force"] is None
    detail = client.get("/api/v1/policies/b/").json()
    assert [part["anchor"] for part in detail["paragraphs"]] == ["第一条", "第二条"]
    bad = client.get("/api/v1/policies/?level=moon")
    assert (bad.status_code, bad["content-type"]) == (400, PROBLEM)


def test_what_is_not_there_is_a_problem_document(client, db):
    answer = client.get("/api/v1/editions/nope/")
    assert (answer.status_code, answer["content-type"]) == (404, PROBLEM)
    assert answer.json() | {"detail": ""} == {
        "type": "about:blank",
        "title": "没有找到",
        "status": 404,
        "detail": "",
    }


def test_the_interface_needs_no_login_and_no_token(user_with, law):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user_with("reviewer"), backend="django.contrib.auth.backends.ModelBackend")
    body = '{"edition": "park-2023", "ground": "fraud", "decided_on": "2026-03-01", "prize_paid": 500000}'
    answer = strict.post("/api/v1/recompute/sanction/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["clawback"]) == (200, 500000)


# ---- the handler ----
def handled(error: Exception):
    return problem_details(error, {"request": Request(RequestFactory().get("/"))})


def test_a_refusal_keeps_all_faults():
    answer = handled(Refused.many([Fault("a", "甲", "x", "第一条"), Fault("b", "乙")]))
    assert answer.status_code == 409
    assert answer.data["errors"] == [
        {"code": "a", "message": "甲", "path": "x", "article": "第一条"},
        {"code": "b", "message": "乙"},
    ]


def test_a_nested_validation_error_is_flattened_to_paths():
    answer = handled(
        exceptions.ValidationError({"rows": [{}, {"score": ["太大"]}], "non_field_errors": ["不行"]})
    )
    assert answer.status_code == 400
    assert answer.data["errors"] == [
        {"path": "rows[1].score", "message": "太大"},
        {"path": "", "message": "不行"},
    ]


def test_throttling_tells_when_to_come_back():
    answer = handled(exceptions.Throttled(wait=12))
    assert (answer.status_code, answer["Retry-After"]) == (429, "12")


def test_an_unforeseen_error_is_left_to_the_server():
    assert handled(KeyError("x")) is None


# ---- health and schema ----
def test_health(client, db, monkeypatch):
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")

    def down() -> bool:
        raise OSError("secret address")

    monkeypatch.setitem(health.CHECKS, "broker", down)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"], answer.json()["database"]) == (503, "failed", "ok")
    assert "secret" not in answer.content.decode()


def test_health_asks_nobody_to_log_in_and_costs_no_query(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_the_schema_names_every_public_address(client, db):
    document = client.get("/api/v1/schema/?format=json").json()
    assert document["openapi"].startswith("3.")
    assert document["paths"].keys() >= {
        "/api/v1/schemes/",
        "/api/v1/editions/",
        "/api/v1/editions/{code}/",
        "/api/v1/policies/",
        "/api/v1/policies/{slug}/",
        "/api/v1/recompute/{kind}/",
    }

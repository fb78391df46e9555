"""Every address has a name; every page needs a login unless it stands on this list."""

from __future__ import annotations

from collections import Counter

from tests.architecture.source import routes

PUBLIC = {
    # the portal is alive; how one reads it
    "healthz",
    "readyz",
    "ground:favicon",
    "ground:display_mode",
    # coming in
    "accounts:login",
    "accounts:register",
    # what the law wants published
    "publicity:landing",
    "publicity:notices",
    "publicity:feed",
    "publicity:notice",
    "notifications:calendar_file",
    "publicity:notice_pdf",
    "publicity:honours",
    "publicity:find_certificate",
    "publicity:certificate",
    "awards:cycles",
    "awards:call",
    "awards:law",
    "awards:edition",
    "awards:criteria",
    "awards:recompute_guide",
    "awards:policies",
    "awards:policy",
    # anybody may ask whether their organisation could apply
    "applications:self_check",
    "applications:carry_self_check",
    # from the mail: whoever is invited may have no account yet
    "applications:invitation",
    # from the mail: the person in charge signs without an account, by a personal link
    "applications:sign_commitments",
    "scoring:reviewer_invitation",
    # the program for work without a network: a browser keeps it, and it holds nothing of anybody
    "scoring:offline",
    "scoring:offline_worker",
    "scoring:offline_manifest",
    # anybody may object
    "publicity:file_objection",
    "publicity:find_receipt",
    "publicity:receipt",
    # contracts.md 4
    "api:schema",
    "api:schemes",
    "api:scheme",
    "api:editions",
    "api:edition",
    "api:policies",
    "api:policy",
    "api:notices",
    "api:notice",
    "api:honours",
    "api:certificate",
    "api:recompute",
}


def test_every_address_has_a_name_of_its_own() -> None:
    counts = Counter(route.name for route in routes())
    assert [route.pattern for route in routes() if route.name.endswith(":") or not route.name] == []
    assert {name for name, count in counts.items() if count > 1} == set()


def test_a_login_is_needed_unless_listed() -> None:
    assert {route.name for route in routes() if route.public} == PUBLIC


def test_the_middleware_that_asks_for_it_is_there(settings) -> None:
    order = settings.MIDDLEWARE
    asking = order.index("django.contrib.auth.middleware.LoginRequiredMiddleware")
    assert asking > order.index("django.contrib.auth.middleware.AuthenticationMiddleware")
    assert "ground.middleware.Refusals" in order


def test_arguments_are_named_after_what_they_are() -> None:
    """`cycle_id`, `sheet_id`, … and never a bare `pk` or `id` (the inbox's own items excepted)."""
    found = {route.name for route in routes() if {"pk", "id"} & set(route.arguments)}
    assert found <= {"notifications:open_item", "api:notice"}

"""What people type wrong (bad_input.yaml): said at its place, kept in the form, nothing changed, never a crash."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications.models import Application, SectionVersion
from applications.services.commitments import ask_to_sign
from audit.models import Entry
from tests.applications import builders
from tests.applications.controls import Controls
from tests.applications.watching import everything
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db

FORMS = yaml.safe_load((Path(__file__).parent / "bad_input.yaml").read_text(encoding="utf-8"))
CONDITIONS = ("profit", "certified_system", "spot_checks", "honours", "excellence_model")
# What a browser adds to a form by itself: nobody types it.
BY_ITSELF = ("version", "rows-TOTAL_FORMS", "rows-INITIAL_FORMS")


@dataclass(frozen=True)
class Case:
    form: str
    who: str
    good: dict[str, Any] = field(hash=False)
    change: dict[str, Any] = field(hash=False)
    wrong: str = ""


CASES = [
    Case(row["form"], row["who"], row["good"], change, wrong)
    for row in FORMS
    for change, wrong in row["cases"]
]


@dataclass
class World:
    """A draft with nothing missing, a submitted file at a recommender, and people for both."""

    visitor: None
    person: User
    owner: User
    recommender: User
    draft: Application
    addresses: dict[str, str]


@kept
def world(now: datetime) -> World:
    cycle = builders.running_cycle(now)
    signer, body = builders.recommender_of(cycle)
    owner, draft = builders.filled(cycle, now)
    _, waiting = builders.submitted(cycle, now, recommender=body)
    recommendation = waiting.recommendations.get()
    make_user(username="taken")
    organisation = [draft.organisation_id]
    addresses = {
        "register_account": reverse("accounts:register"),
        "register_organisation": reverse("applications:register_organisation"),
        "claim_organisation": reverse("applications:claim_organisation"),
        "add_evidence": reverse("applications:add_evidence", args=[draft.pk, "profit"]),
        "colleagues": reverse("applications:colleagues", args=[body.pk]),
    }
    for name in ("year_figures", "invite_member", "members"):
        addresses[name] = reverse(f"applications:{name}", args=organisation)
    for name in ("report", "choose_recommender", "commitments", "submit_application", "withdraw_application"):
        addresses[name] = reverse(f"applications:{name}", args=[draft.pk])
    addresses["commitments_sheet"] = f"{addresses['commitments']}?way=sheet"
    link = ask_to_sign(application=draft, email="boss@example.com", actor=owner, now=now)
    addresses["sign_commitments"] = link.link
    for name in CONDITIONS:
        addresses[name] = reverse("applications:condition", args=[draft.pk, name])
    for name in ("sign_recommendation", "decline_recommendation"):
        addresses[name] = reverse(f"applications:{name}", args=[recommendation.pk])
    return World(None, make_user(), owner, signer, draft, addresses)


def test_there_are_a_hundred_and_more() -> None:
    assert len(CASES) >= 100
    assert len({(case.form, repr(case.change)) for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.form}-{next(iter(case.change))}-{case.wrong}"
)
def test_it_is_said_and_kept_and_nothing_changes(world: World, case: Case) -> None:
    client = Client(raise_request_exception=False)
    user = getattr(world, case.who)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    before = everything()
    data = {
        key: _value(value, world) for key, value in {**case.good, **case.change}.items() if value is not None
    }
    page = client.post(world.addresses[case.form], data)
    assert page.status_code == 422, page.status_code
    assert case.wrong in _fields(page), _fields(page)
    shown = Controls(page.content.decode())
    for key, value in typed(data).items():
        if key in shown.offered and value not in shown.offered[key]:
            continue  # what no list offers can't be shown as chosen
        assert any(_same(key, value, found) for found in shown.values.get(key, ())), (
            key,
            shown.values.get(key),
        )
    assert everything() == before


def test_in_every_case_what_was_typed_is_looked_for() -> None:
    """Only what is nothing but files, or nothing at all, has no text to keep."""
    wordless = {case.form for case in CASES if not typed({**case.good, **case.change})}
    assert wordless == {"choose_recommender", "commitments", "report", "withdraw_application", "colleagues"}


@pytest.mark.parametrize("form", [row["form"] for row in FORMS if row["good"] and row["who"] != "visitor"])
def test_the_good_one_is_taken(world: World, form: str) -> None:
    """Otherwise a case above could be refused for another reason than its own."""
    row = next(row for row in FORMS if row["form"] == form)
    client = Client()
    client.force_login(getattr(world, row["who"]), backend="django.contrib.auth.backends.ModelBackend")
    data = {key: _value(value, world) for key, value in row["good"].items()}
    assert client.post(world.addresses[form], data).status_code == 302


@pytest.mark.parametrize(
    ("form", "told"), [("sign_recommendation", {409, 422}), ("submit_application", {302})]
)
def test_sent_twice_counts_once(world: World, form: str, told: set[int]) -> None:
    """Nothing happens again; a second click on submit leads to the receipt of the first."""
    row = next(row for row in FORMS if row["form"] == form)
    client = Client(raise_request_exception=False)
    client.force_login(getattr(world, row["who"]), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(world.addresses[form], row["good"]).status_code == 302
    after = everything()
    again = client.post(world.addresses[form], row["good"])
    assert again.status_code in told
    assert everything() == after


def test_a_stale_tab_changes_nothing_and_loses_nothing(world: World) -> None:
    client = Client()
    client.force_login(world.owner, backend="django.contrib.auth.backends.ModelBackend")
    address = world.addresses["profit"]
    old = {"profit_2025": "5", "version": str(world.draft.version)}
    assert client.post(address, old | {"profit_2025": "7"}).status_code == 302
    kept = ("applications_sectionversion", "audit_entry")
    after = everything(*kept)
    page = client.post(address, old)
    assert page.status_code == 422
    assert page.context["stale"]
    assert everything(*kept) == after
    aside = SectionVersion.objects.get(application=world.draft, kind=SectionVersion.Kind.ASIDE)
    assert (aside.section, aside.content["facts"]["net_profit"]["2025"]) == ("profit", "5")
    assert Entry.objects.latest("pk").action == "application.keep_aside"


def typed(data: dict[str, Any]) -> dict[str, Any]:
    """What somebody has put into the fields, passwords left out: those never come back."""
    return {
        key: value
        for key, value in data.items()
        if value not in ("", None) and not _is_file(value) and "password" not in key and key not in BY_ITSELF
    }


def _fields(page: Any) -> set[str]:
    contexts = [page.context[name] for name in ("form", "upload", "ask", "sheet") if name in page.context]
    return {name.replace("__all__", "") for form in contexts if form is not None for name in form.errors}


def _is_file(value: Any) -> bool:
    return isinstance(value, SimpleUploadedFile) or (isinstance(value, dict) and "file" in value)


def _same(key: str, sent: str, found: str) -> bool:
    """Line breaks as browsers send them; the name of a section of industry stands behind its letter."""
    return found == sent.replace("\r\n", "\n") or (key == "industry" and found.startswith(f"{sent} "))


def _value(value: Any, world: World) -> Any:
    if isinstance(value, dict):
        kind, amount = next(iter(value.items()))
        if kind == "file":
            return _file(amount)
        return "长" * amount if kind == "long" else "长" * (amount * 1024 * 1024 // 3)
    known = {
        "VALID": builders.uscc,
        "TAKEN": lambda: world.draft.organisation.uscc,
        "VERSION": lambda: str(world.draft.version),
    }
    return known[value]() if value in known else value


def _file(kind: str) -> SimpleUploadedFile:
    if kind == "pdf":
        return builders.pdf("sound")
    if kind == "empty":
        return SimpleUploadedFile("empty.pdf", b"")
    if kind == "script":
        return SimpleUploadedFile("page.html", b"<script>alert(1)</script>")
    if kind == "disguised":
        return SimpleUploadedFile("report.pdf", b"MZ\x90\x00" + b"\x00" * 500)
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\x00" * 300_000_000)
    return SimpleUploadedFile("bomb.docx", content.getvalue())

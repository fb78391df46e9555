"""One world for the route table: the demo's story, a browser for each role, and one object for every URL argument.

The roles look at the same objects: a finished park year and the applicant `guangsu` in it for what is read; the
city application that the same people are still writing for what is filled in; the park's running year for panels.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import Client

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.roles import Role
from accounts.services import create_user, grant_role
from applications.models import Application, Correction, Evidence
from applications.services.commitments import ask_to_sign
from applications.services.delegating import delegate_desk
from applications.services.invitations import accept_invitation, invite_member
from awards.models import Cycle
from demo.roster import PASSWORD, Roster
from demo.story import tell
from ground import clock
from notifications.models import InboxItem
from notifications.services import make_calendar_link
from scoring.models import (
    Panel,
    Reviewer,
)
from tests.architecture.objects import NOW, OBJECTS
from tests.architecture.source import Route

# Column → login name in the demo; the others are made here.
DEMO = {
    "clerk": "park_clerk",
    "head": "park_head",
    "committee": "park_member1",
    "authority": "park_authority",
    "finance": "park_finance",
    "supervisor": "supervisor",
    "administrator": "admin",
    "city_head": "city_head",
    "other_owner": "org_taihu",
}
ROLES = (
    "visitor",
    "roleless",
    "owner",
    "viewer",
    "other_owner",
    "recommender",
    "reviewer",
    "other_reviewer",
    "clerk",
    "head",
    "committee",
    "authority",
    "finance",
    "supervisor",
    "administrator",
    "city_head",
)


@dataclass
class World:
    """`values`: URL argument → value; `special`: (route, argument) → value where another object shows more."""

    roster: Roster
    values: dict[str, Any] = field(default_factory=dict)
    special: dict[tuple[str, str], Any] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def address(self, route: Route) -> dict[str, Any]:
        """The arguments of `route`."""
        return {name: self._value(route.name, name) for name in route.arguments}

    def unknown(self, route: Route) -> list[str]:
        """The arguments of `route` for which there is no value."""
        return [
            name
            for name in route.arguments
            if name not in self.values and (route.name, name) not in self.special
        ]

    def _value(self, route: str, name: str) -> Any:
        if (route, name) in self.special:
            return self.special[route, name]
        if name == "application_id" and route in WRITING:
            return self.values["draft_id"]
        return self.values[name]

    def answer(self, role: str, method: str, address: str) -> int:
        """The status that `role` gets; nothing that the request did stays."""
        client = self.clients[role]
        cookies = dict(client.cookies)
        with transaction.atomic():
            data = {} if method == "get" else {"csrfmiddlewaretoken": "what every form sends"}
            response = getattr(client, method)(address, data)
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
        client.cookies.clear()  # its session is rolled back with the rest
        client.cookies.update(cookies)
        if response.status_code >= 500:
            self.faults.append(f"{role} {method} {address}: {response.exc_info and response.exc_info[1]!r}")
        return int(response.status_code)

    def _user(self, role: str) -> User | None:
        return None if role == "visitor" else self.roster.users[role]


# Pages on which an applicant fills in the file: shown with the one that is still being written.
WRITING = {
    f"applications:{name}"
    for name in (
        *(
            "tasks",
            "condition",
            "autosave_condition",
            "add_evidence",
            "profile",
            "autosave_profile",
            "report",
            "choose_recommender",
        ),
        *("commitments", "commitments_sheet"),
        *("check_application", "submit_application", "take_back_application", "withdraw_application"),
        *(
            "assessment",
            "choose_assessment_mode",
            "read_assessment",
            "page_index",
            "remove_report",
            "last_report",
        ),
        *("assessment_image", "assessment_pdf", "print_progress", "print_file", "assessment_item"),
        *(
            "autosave_item",
            "save_self_percent",
            "save_figures",
            "item_charts",
            "preview_item",
            "item_presence",
            "section_presence",
            "section_versions",
            "section_version",
        ),
        *("add_item_image", "link_item_evidence", "unlink_item_evidence", "item_versions", "item_version"),
        "item_conflict",
    )
}


@contextmanager
def world() -> Iterator[World]:
    """Tell the demo's story in a transaction that is rolled back in the end."""
    with clock.frozen(NOW), transaction.atomic():
        made = World(tell(NOW))
        with_people(made)
        with_objects(made)
        for role in ROLES:
            made.clients[role] = Client(raise_request_exception=False)
            _login(made.clients[role], made._user(role))
        yield made
        transaction.set_rollback(True)


def _login(client: Client, user: User | None) -> None:
    client.cookies.clear()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def with_people(made: World) -> None:
    users, roster = made.roster.users, made.roster
    for role, username in DEMO.items():
        users[role] = users[username]
    guangsu, hexin = roster.organisations["guangsu"], roster.organisations["hexin"]
    zone, association = roster.recommenders["zone"][0], roster.recommenders["cityassoc"][0]
    seated = Panel.objects.get(kind="site", cycle__state="site").members.select_related("reviewer__user")
    users["reviewer"] = seated.get(lead=True).reviewer.user
    users["other_reviewer"] = Reviewer.objects.filter(seats=None).order_by("pk")[0].user
    for role, grants in {
        "roleless": (),
        "owner": ((Role.APPLICANT_OWNER, guangsu.pk), (Role.APPLICANT_OWNER, hexin.pk)),
        "viewer": ((Role.APPLICANT_VIEWER, guangsu.pk), (Role.APPLICANT_VIEWER, hexin.pk)),
        "recommender": ((Role.RECOMMENDER, zone.pk), (Role.RECOMMENDER, association.pk)),
    }.items():
        users[role] = create_user(
            username=f"route_{role}", name=f"路线{role}", password=PASSWORD, actor=SYSTEM, now=NOW,
            encoded=roster.encoded, demo=True,
        )  # fmt: skip
        for code, key in grants:
            grant_role(user=users[role], role=code, scope_key=str(key), actor=SYSTEM, now=NOW)


def with_objects(made: World) -> None:
    roster, values = made.roster, made.values
    over = Cycle.objects.get(scheme__code="park", state="announced")
    city = Cycle.objects.get(scheme__code="city")
    done = Application.objects.get(cycle=over, organisation=roster.organisations["guangsu"])
    draft = Application.objects.get(cycle=city, organisation=roster.organisations["hexin"])
    values |= {"cycle_id": over.pk, "application_id": done.pk, "draft_id": draft.pk}
    values |= {
        "organisation_id": done.organisation_id,
        "question": "profit",
        "site_code": "authority",
    }
    values["grant_id"] = roster.users["viewer"].role_grants.get(scope_key=str(done.organisation_id)).pk
    values["user_id"] = roster.users["viewer"].pk
    values["pk"] = InboxItem.objects.filter(user=roster.users["head"]).order_by("pk")[0].pk
    values["check_id"] = done.checks.order_by("pk")[0].pk
    values["recommendation_id"] = done.recommendations.get().pk
    values["evidence_id"] = Evidence.objects.filter(application=done).order_by("pk")[0].pk
    values["file_id"] = done.report_id
    invitation = invite_member(
        organisation=done.organisation,
        email="invited@example.com",
        role=Role.APPLICANT_VIEWER,
        actor=roster.users["owner"],
        now=NOW,
    )
    link = ask_to_sign(
        application=draft, email="in-charge@example.com", actor=roster.owners["hexin"], now=NOW
    )
    made.special["applications:sign_commitments", "token"] = link.link.rstrip("/").rpartition("/")[2]
    offer = delegate_desk(
        recommender=roster.recommenders["zone"][0], application=None, email="deputy@example.com",
        until=NOW.date(), actor=roster.recommenders["zone"][1], now=NOW,
    )  # fmt: skip
    deputy = create_user(
        username="route_deputy", name="路线受托", password=PASSWORD, actor=SYSTEM, now=NOW,
        encoded=roster.encoded, demo=True,
    )  # fmt: skip
    accept_invitation(invitation=offer, actor=deputy, now=NOW)
    made.special["applications:end_delegation", "invitation_id"] = offer.pk
    values["calendar_token"] = make_calendar_link(actor=roster.users["head"], now=NOW)
    values["recommender_id"] = roster.recommenders["zone"][0].pk
    values |= {"invitation_id": invitation.pk, "token": invitation.link.rstrip("/").rpartition("/")[2]}
    values["correction_id"] = Correction.objects.create(
        application=done, state="answered", requested_by=roster.users["clerk"], requested_at=NOW, due_at=NOW
    ).pk
    values["letter_id"] = done.letters.order_by("pk")[0].pk
    for held, name in ((done.organisation, "licence"), (done.recommendations.get(), "scan")):
        setattr(held, name, done.report)
        setattr(held, f"{name}_name", "示例.pdf")
        held.save(update_fields=[name, f"{name}_name"])
    for make in OBJECTS:
        make(made, over, done)
    made.special |= {
        ("applications:start_application", "cycle_id"): city.pk,
        ("applications:section_presence", "section"): "profit",
        ("applications:section_versions", "section"): "profile",
        ("applications:section_version", "section"): "profile",
        ("scoring:change_entry", "section"): "work",
        ("scoring:record_attendance", "user_id"): roster.users["committee"].pk,
        ("awards:set_timetable", "cycle_id"): over.pk,
        ("api:scheme", "code"): "park",
        ("api:edition", "code"): "park-2023",
        ("api:certificate", "code"): values["check_code"],
    }

"""One world for the route table: the demo's story, a browser for each role, and one object for every URL argument.

The roles look at the same objects: a finished park year and the applicant `guangsu` in it for what is read; the
city application that the same people are still writing for what is filled in; the park's running year for panels.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.test import Client

from accounts.actors import PUBLIC, SYSTEM
from accounts.models import User
from accounts.roles import Role
from accounts.services import create_user, grant_role
from applications import services as applications
from applications.models import Application, AssessmentPrint, Correction, Evidence
from applications.services.invitations import invite_member
from awards.models import Cycle, PolicyDocument
from awards.services import PolicySource, import_policy
from demo.roster import PASSWORD, Roster
from demo.story import tell
from documents.services import begin_upload
from ground import clock
from notifications.models import InboxItem
from notifications.services import make_calendar_link
from publicity import services as publicity
from publicity.models import Honour, Incident, Notice, Payment
from scoring import services as scoring
from scoring.models import (
    Consolidation,
    DeclinedFile,
    MisconductCase,
    OfflineDevice,
    Panel,
    PanelProposal,
    PoolImport,
    Post,
    PresentationSchedule,
    Recusal,
    Reviewer,
    ReviewerInvitation,
    Sheet,
)
from scoring.rules.slots import Plan
from tests.applications.assessments import picture
from tests.architecture.source import Route

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=clock.SHANGHAI)
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
ITEM = "4.1.2"


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
        cookies = client.cookies.output()
        with transaction.atomic():
            data = {} if method == "get" else {"csrfmiddlewaretoken": "what every form sends"}
            response = getattr(client, method)(address, data)
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
        if client.cookies.output() != cookies:
            _login(client, self._user(role))
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
        *("check_application", "submit_application", "take_back_application", "withdraw_application"),
        *("assessment", "choose_assessment_mode", "read_assessment", "page_index", "remove_report"),
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
    for make in (_law, _assessment, _publicity, _scoring):
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


def _law(made: World, over: Cycle, done: Application) -> None:
    text = "苏州市质量发展实施办法\n\n第一条 为示范而写，不是任何文件的原文。\n\n第二条 示范。"
    source = PolicySource(slug="sample", text=text, title="示范政策", level=PolicyDocument.Level.CITY)
    document, _ = import_policy(source=source, now=NOW)
    made.values |= {"edition_code": over.edition.code, "criteria_code": over.criteria_code}
    made.values |= {"slug": document.slug, "kind": "ranking"}


def _assessment(made: World, over: Cycle, done: Application) -> None:
    owner = made.roster.users["owner"]
    draft = Application.objects.get(pk=made.values["draft_id"])
    given: dict[str, Any] = {"application": draft, "code": ITEM, "actor": owner, "now": NOW}
    applications.choose_assessment_mode(application=draft, mode="online", actor=owner, now=NOW)
    item = applications.save_item_text(**given, text="领导亲自抓质量。", version=1)
    evidence = Evidence.objects.create(
        application=draft, condition="profit", file=done.report, name="审计报告.pdf", uploaded_by=owner,
        uploaded_at=NOW,
    )  # fmt: skip
    link = applications.link_evidence(**given, evidence=evidence, note="第 3 页")
    image = draft.assessment_images.create(
        code=ITEM, number=1, file=done.report, name="图.png", uploaded_by=owner, uploaded_at=NOW
    )
    made.values |= {"item": ITEM, "link_id": link.pk, "version_id": item.versions.all()[0].pk}
    applications.save_profile(
        application=draft, text="示范概述。", version=draft.version, actor=owner, now=NOW
    )
    made.special["applications:section_version", "version_id"] = draft.section_versions.filter(
        section="profile"
    )[0].pk
    printed = AssessmentPrint.objects.create(
        application=draft,
        requested_by=owner,
        requested_at=NOW,
        stage="done",
        file=done.report,
        finished_at=NOW,
    )
    upload = begin_upload(
        purpose="report",
        key=str(draft.pk),
        name="自评报告.pdf",
        size=1000,
        kinds=["pdf"],
        actor=owner,
        now=NOW,
    )
    made.values |= {"number": image.number, "print_id": printed.pk, "upload_token": upload.token}


def _publicity(made: World, over: Cycle, done: Application) -> None:
    notice = Notice.objects.get(cycle=over, kind="publicity")
    honour = Honour.objects.get(application=done)
    objection = publicity.file_objection(
        entry=notice.entries.get(application=done), objector_kind="person", objector_name="王示例",
        contact="13900000000", statement="为示范而提出的异议，内容足够长。", upload=None, actor=PUBLIC, now=NOW,
    )  # fmt: skip
    case = publicity.open_revocation_case(
        honour=honour,
        ground="fraud",
        summary="示范",
        incident=None,
        actor=made.roster.users["clerk"],
        now=NOW,
    )
    incident = Incident.objects.get()
    notice.paper = done.report
    notice.save(update_fields=["paper"])
    for held in (objection, incident):
        name = "evidence" if held is objection else "file"
        setattr(held, name, done.report)
        held.save(update_fields=[name])
    made.values |= {
        "notice_id": notice.pk,
        "honour_id": honour.pk,
        "check_code": honour.check_code,
        "payment_id": Payment.objects.get(honour=honour).pk,
        "incident_id": incident.pk,
        "objection_id": objection.pk,
        "receipt": objection.receipt,
        "case_id": case.pk,
        "step": "report",
    }


def _scoring(made: World, over: Cycle, done: Application) -> None:
    panel = Panel.objects.get(kind="site", cycle__state="site")
    own = Sheet.objects.filter(panel=panel, reviewer__user=made.roster.users["reviewer"], stage="site")
    sheet = own.order_by("state", "pk")[0]
    recusal = Recusal.objects.create(
        reviewer=Reviewer.objects.exclude(seats=None).exclude(seats__panel=panel)[0],
        application_id=sheet.application_id,
        kind=Recusal.Kind.CONSULTING,
        reason="示范",
        source=Recusal.Source.DECLARED,
        recorded_at=NOW,
    )
    consolidation = Consolidation.objects.get(application_id=sheet.application_id, stage="presentation")
    device = OfflineDevice.objects.create(
        reviewer=sheet.reviewer, name="平板", key="0" * 64, added_at=NOW, seen_at=NOW
    )
    proposal = PanelProposal.objects.create(
        cycle=panel.cycle, kind="site", size=3, most=5, stage="ready", asked_by=made.roster.users["clerk"],
        asked_at=NOW,
    )  # fmt: skip
    complaint = MisconductCase.objects.create(
        cycle=panel.cycle, ground="favour", statement="为示范而写。", filed_by=made.roster.users["owner"],
        filed_at=NOW, reviewer=sheet.reviewer, reported_at=NOW,
    )  # fmt: skip
    invitation = ReviewerInvitation.objects.create(
        reviewer=sheet.reviewer, email="invited@example.com", nonce="n", invited_by=made.roster.users["clerk"],
        invited_at=NOW, expires_at=NOW,
    )  # fmt: skip
    link = invitation.link.rstrip("/").rpartition("/")[2]
    made.special["scoring:reviewer_invitation", "token"] = link
    post = Post.objects.create(reviewer=sheet.reviewer, employer="示例厂")
    _presentations(panel, made.roster.users["clerk"])
    _visit(made, sheet, made.roster.users["clerk"])
    made.values |= {
        "complaint_id": complaint.pk,
        "complaint_step": "dismiss",
        "import_id": PoolImport.objects.create(
            filename="名单.xlsx",
            digest="0" * 64,
            rows=[],
            uploaded_by=made.roster.users["clerk"],
            uploaded_at=NOW,
        ).pk,
        "declined_id": DeclinedFile.objects.create(
            reviewer=Reviewer.objects.exclude(seats__panel=panel)[0],
            application_id=sheet.application_id,
            panel=panel,
            reason="示范",
            declined_at=NOW,
        ).pk,
        "section": "posts",
        "row_id": post.pk,
        "proposal_id": proposal.pk,
        "device_id": device.pk,
        "panel_id": panel.pk,
        "sheet_id": sheet.pk,
        "consolidation_id": consolidation.pk,
        "reviewer_id": sheet.reviewer_id,
        "recusal_id": recusal.pk,
    }
    for name in ("panels", "start_material_review", "form_panel", "recusals", "detect_recusals", "pledge"):
        made.special["scoring:" + name, "cycle_id"] = panel.cycle_id
    for name in ("file", "declare", "decline_file"):
        made.special["scoring:" + name, "application_id"] = sheet.application_id
    sealed = Sheet.objects.filter(panel=panel, stage="site", state="sealed").order_by("pk")[0]
    made.special["scoring:reopen_sheet", "sheet_id"] = sealed.pk
    settling = Consolidation.objects.filter(panel=panel, stage="site", state="open").order_by("pk")[0]
    made.special["scoring:differences", "consolidation_id"] = settling.pk
    made.special["scoring:file", "file_id"] = sheet.application.evidence.all()[0].file_id
    made.special["scoring:image", "application_id"] = sheet.application_id
    sheet.application.assessment_images.create(
        code=ITEM, number=made.values["number"], file=done.report, name="图.png", uploaded_at=NOW,
        uploaded_by=made.roster.users["owner"],
    )  # fmt: skip


def _presentations(panel: Panel, clerk: User) -> None:
    if PresentationSchedule.objects.filter(panel=panel).exists():
        return
    plan = Plan((NOW.date() + timedelta(days=9),), time(9), time(17), 40, 10, (), ("三楼会议室",))
    planned = scoring.plan_presentations(panel=panel, plan=plan, spare=0, actor=clerk, now=NOW)
    scoring.draw_presentations(schedule=planned, seed="37", witness="高监督", actor=clerk, now=NOW)


def _visit(made: World, sheet: Sheet, clerk: User) -> None:
    people = [seat.reviewer for seat in sheet.panel.members.select_related("reviewer__user")]
    day = NOW.date() + timedelta(days=9)
    visit = scoring.plan_visit(
        panel=sheet.panel, application=sheet.application, starts_on=day, ends_on=day, place="一号门", safety="",
        lead=sheet.reviewer, members=people, actor=clerk, now=NOW,
    )  # fmt: skip
    photo = scoring.add_photo(visit=visit, upload=picture(), actor=made.roster.users["reviewer"], now=NOW)
    made.values |= {"visit_id": visit.pk, "photo_id": photo.pk, "part": "opening"}
    made.special["scoring:plan_visit", "application_id"] = sheet.application_id

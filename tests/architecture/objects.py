"""What the demo's story does not make, so that every route has something to show: one object of each kind."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from accounts.actors import PUBLIC
from accounts.models import User
from applications import services as applications
from applications.models import Application, AssessmentPrint, Evidence
from awards.models import Cycle, PolicyDocument
from awards.services import PolicySource, import_policy
from documents.services import begin_upload
from ground import clock
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
from tests.applications.builders import pdf

if TYPE_CHECKING:
    from tests.architecture.world import World

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=clock.SHANGHAI)
ITEM = "4.1.2"


def _law(made: World, over: Cycle, done: Application) -> None:
    text = "苏州市质量发展实施办法\n\n第一条 为示范而写，不是任何文件的原文。\n\n第二条 示范。"
    source = PolicySource(slug="sample", text=text, title="示范政策", level=PolicyDocument.Level.CITY)
    document, _ = import_policy(source=source, now=NOW)
    made.values |= {"edition_code": over.edition.code, "criteria_code": over.criteria_code}
    made.values |= {"slug": document.slug, "kind": "ranking"}


def _claim(made: World, over: Cycle, done: Application) -> None:
    data = {
        "uscc": done.organisation.uscc, "scheme": over.scheme.code, "name": "陈认领", "post": "质量总监",
        "phone": "0512-60000000", "wish": "owner", "licence": pdf("licence"), "authorisation": pdf("letter"),
    }  # fmt: skip
    claim = applications.file_claim(data=data, actor=made.roster.users["roleless"], now=NOW)
    made.values |= {"claim_id": claim.pk, "paper": "licence"}


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


OBJECTS = (_law, _claim, _assessment, _publicity, _scoring)

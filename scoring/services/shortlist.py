"""From the signed material reports to the shortlist, and on to presentation and site review."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move
from accounts.permissions import person, require_role
from accounts.roles import Role
from applications.models import Application, Letter
from applications.services import send_letter
from applications.states import APPLICATION
from audit.services import record
from awards.models import Cycle
from awards.states import CYCLE
from ground.digest import canonical_json, sm3_hex
from ground.errors import Fault, Refused, refuse_if
from scoring.models import Consolidation, Shortlist, Stage


def unsigned_material_reports(cycle: Cycle) -> list[Application]:
    """Accepted applications whose material report is not signed yet."""
    signed = Consolidation.objects.filter(
        application__cycle=cycle, stage=Stage.MATERIAL, state="signed"
    ).values("application_id")
    return list(
        Application.objects.filter(cycle=cycle, state="accepted")
        .exclude(pk__in=signed)
        .select_related("organisation")
    )


@transaction.atomic
def decide_shortlist(
    *, cycle: Cycle, applications: Collection[Application], reason: str, actor: Actor, now: datetime
) -> Shortlist:
    """The office decides on the material reports who goes on (入围名单). Those left out are told so.

    Refused: wrong_stage, shortlist_decided, report_unsigned (for each), reason_missing, nobody_chosen, not_accepted.
    """
    locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
    require_role(actor, Role.OFFICE_HEAD, **locked.scopes())
    article = locked.edition.article("shortlist")
    if locked.state != "material":
        raise Refused("wrong_stage", "只有在材料评审阶段才能确定入围名单。", article=article)
    if Shortlist.objects.filter(cycle=locked).exists():
        raise Refused("shortlist_decided", "本年度的入围名单已经确定。", article=article)
    candidates = list(
        Application.objects.select_for_update(of=("self",))
        .filter(cycle=locked, state="accepted")
        .select_related("organisation", "cycle__scheme")
    )
    chosen = {application.pk for application in applications}
    faults = [
        Fault(
            "report_unsigned", f"“{application.organisation.name}”的材料评审报告还没有签署。", article=article
        )
        for application in unsigned_material_reports(locked)
    ]
    if not chosen:
        faults.append(
            Fault("nobody_chosen", "请至少选择一家进入陈述答辩和现场评审。", "applications", article)
        )
    if chosen - {application.pk for application in candidates}:
        faults.append(Fault("not_accepted", "只能选择资格审核通过的申报。", "applications", article))
    if not reason.strip():
        faults.append(Fault("reason_missing", "请写明确定入围名单的理由。", "reason", article))
    refuse_if(faults)
    content = {
        "cycle": locked.pk,
        "shortlisted": sorted(application.number for application in candidates if application.pk in chosen),
        "left_out": sorted(application.number for application in candidates if application.pk not in chosen),
        "reason": reason.strip(),
    }
    shortlist = Shortlist.objects.create(
        cycle=locked,
        reason=reason.strip(),
        digest=sm3_hex(canonical_json(content)),
        decided_by=person(actor),
        decided_at=now,
    )
    for application in candidates:
        name = "shortlist" if application.pk in chosen else "leave_out"
        basis = locked.edition.article(APPLICATION.move(name).basis)
        move(application, name, actor=actor, now=now, reason=reason.strip(), article=basis)
        _tell_applicant(application, chosen=application.pk in chosen, now=now)
    record(actor=actor, action="shortlist.decide", subject=shortlist, at=now, article=article, after=content)
    return shortlist


@transaction.atomic
def start_site_review(*, cycle: Cycle, actor: Actor, now: datetime) -> None:
    """Open presentation and site review (陈述答辩与现场评审). Refused: shortlist_missing, wrong_state."""
    require_role(actor, Role.OFFICE_HEAD, **cycle.scopes())
    if not Shortlist.objects.filter(cycle=cycle).exists():
        raise Refused("shortlist_missing", "请先确定入围名单。", article=cycle.edition.article("shortlist"))
    basis = CYCLE.move("start_site").basis
    move(cycle, "start_site", actor=actor, now=now, article=cycle.edition.article(basis) if basis else "")


def _tell_applicant(application: Application, *, chosen: bool, now: datetime) -> None:
    outcome = "进入陈述答辩和现场评审" if chosen else "未进入陈述答辩和现场评审"
    following = "接下来由评定办公室通知陈述答辩的时间和现场评审的安排。" if chosen else "感谢参与本年度评定。"
    send_letter(
        application=application,
        kind=Letter.Kind.SHORTLIST,
        post_as="application.shortlist",
        subject=f"材料评审结果：{outcome}",
        body=f"{application.cycle}材料评审已完成，贵单位{outcome}。\n\n{following}",
        link=application.get_absolute_url(),
        key=f"application.shortlist:{application.pk}",
        now=now,
    )

"""A reviewer hands a file back with a reason; the office lets somebody else take over, or finds that nobody has to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor
from accounts.permissions import person
from applications.models import Application
from audit.services import record
from ground.errors import Fault, Refused, refuse_if
from notifications.services import post
from scoring.models import DeclinedFile, Panel, PanelMember, Reviewer, Sheet
from scoring.permissions import require_office, require_self
from scoring.queries.benches import LIVE, short_benches
from scoring.queries.declined import bench_short, expert_needed, sheets_to_decline, stages_to_take_over
from scoring.queries.desk import undeclared
from scoring.services import notices
from scoring.services.fitness import expert_faults, fitness_faults, refuse_unfit
from scoring.services.handing import first_due, hand_out, lock_panel
from scoring.services.opening import start_over
from scoring.services.recusal import detect_recusals
from scoring.services.seating import Seat, reviewer_faults
from scoring.services.withdrawing import withdraw_sheet

REPLACE: Final = "scoring.replace"
ANSWER_WITHIN: Final = timedelta(days=2)
FILE: Final = (
    "application__organisation",
    "application__cycle__scheme",
    "application__cycle__edition_record",
)


@transaction.atomic
def decline_file(
    *, reviewer: Reviewer, application: Application, reason: str, actor: Actor, now: datetime
) -> DeclinedFile:
    """The reviewer hands an assigned file back before sealing it. The regulations are silent on it: a reading.

    1. their open sheets are void, sealed ones stay; 2. what the panel made of them is undone; 3. the office has a duty
    to find somebody else. From then on they see nothing of the file. Refused: reason_missing, nothing_to_decline,
    lead_declines (another lead first).
    """
    require_self(actor, reviewer)
    if not reason.strip():
        raise Refused("reason_missing", "请写明推辞的理由，评定办据此安排接替。", field="reason")
    sheets = list(sheets_to_decline(person(actor), application).select_for_update(of=("self",)))
    if not sheets:
        raise Refused("nothing_to_decline", "没有可以推辞的评分表：已经封存，或者评审组还没有启动。")
    panel = lock_panel(sheets[0].panel)
    if panel.members.filter(reviewer=reviewer, lead=True).exists():
        raise Refused("lead_declines", "您是组长。请先联系评定办另定组长，再推辞。")
    declined, _ = DeclinedFile.objects.update_or_create(
        reviewer=reviewer,
        application=application,
        panel=panel,
        defaults={
            "reason": reason.strip(),
            "declined_at": now,
            "replacement": None,
            "settled_at": None,
            "settled_reason": "",
        },
    )
    record(
        actor=actor,
        action="file.decline",
        subject=declined,
        at=now,
        before={"stages": [sheet.stage for sheet in sheets]},
        details={"reason": reason.strip()},
    )
    for sheet in sheets:
        withdraw_sheet(reviewer, application, sheet.stage, reason="评审员推辞", article="", now=now)
    left = {row.pk for row in undeclared(reviewer)}
    if not panel.applications.filter(pk__in=left).exists():
        notices.drop(notices.DECLARE, panel, now=now, user=reviewer.user)
    _ask_for_successor(declined, panel, now)
    return declined


@transaction.atomic
def replace_reviewer(
    *, declined: DeclinedFile, reviewer: Reviewer, actor: Actor, now: datetime, override: str = ""
) -> None:
    """Let somebody else take the declined file over: a seat, a sheet for each stage not signed, letters.

    What the others have begun to settle waits for the new sheet.

    They sit as industry expert where the file lacks one. `override`: why the head lets them although unfit
    (services.fitness). Refused: already_settled, panel_not_working, nothing_to_take_over, reviews_already, declined_before,
    reviewer_absent, load_exceeded, training_expired, not_an_expert, override_by_head, and as seating.reviewer_faults.
    """
    locked, panel = _locked(declined, actor)
    application = locked.application
    detect_recusals(cycle=panel.cycle, now=now)
    stages = stages_to_take_over(locked)
    if not stages:
        raise Refused("nothing_to_take_over", "评审报告已经签署，不需要接替。")
    seat = Seat(reviewer, industry_expert=expert_needed(stages))
    faults = reviewer_faults(panel.cycle, [seat], [application])
    unfit = fitness_faults(panel.cycle, panel.kind, [seat], 1)
    unfit += expert_faults(panel.cycle, [seat], [application])
    if Sheet.objects.filter(reviewer=reviewer, application=application, panel=panel, state__in=LIVE).exists():
        faults.append(Fault("reviews_already", f"{reviewer.user.name}已在评审这家组织。", "reviewer"))
    if DeclinedFile.objects.filter(reviewer=reviewer, application=application, panel=panel).exists():
        faults.append(Fault("declined_before", f"{reviewer.user.name}推辞过这家组织。", "reviewer"))
    if faults:
        refuse_if([*faults, *unfit])
    despite = refuse_unfit(unfit, override=override, actor=actor, cycle=panel.cycle)
    member, fresh = PanelMember.objects.get_or_create(
        panel=panel, reviewer=reviewer, defaults={"industry_expert": seat.industry_expert}
    )
    if not fresh and seat.industry_expert and not member.industry_expert:
        member.industry_expert = True
        member.save(update_fields=["industry_expert"])
    locked.replacement, locked.settled_at = reviewer, now
    locked.save(update_fields=["replacement", "settled_at"])
    record(
        actor=actor,
        action="file.replace",
        subject=locked,
        at=now,
        article=panel.cycle.edition.article("panel_minimum"),
        before={"reviewer": locked.reviewer.user.username},
        after={"reviewer": reviewer.user.username, "industry_expert": member.industry_expert},
        details=despite or None,
    )
    for row in stages:
        start_over(row, reason="补充了评审员，合议须等其封存后重做", now=now)
    hand_out(panel, [reviewer], [(application, row.stage) for row in stages], now)
    notices.ask_declaration(member, panel, due_at=first_due(panel, now), now=now)
    _tell_of_file(locked, reviewer, now)
    _settle(locked, panel, now)


@transaction.atomic
def leave_unreplaced(*, declined: DeclinedFile, reason: str, actor: Actor, now: datetime) -> None:
    """The office finds that enough reviewers are left. Refused: reason_missing, already_settled, panel_not_working,
    reviewers_lacking."""
    locked, panel = _locked(declined, actor)
    if not reason.strip():
        raise Refused("reason_missing", "请写明不补充的理由。", field="reason")
    if bench_short(stages_to_take_over(locked)):
        raise Refused(
            "reviewers_lacking",
            "这家组织的评审员或行业专家已不足规定人数，须补充。",
            article=panel.cycle.edition.article("panel_minimum"),
        )
    locked.settled_at, locked.settled_reason = now, reason.strip()
    locked.save(update_fields=["settled_at", "settled_reason"])
    record(
        actor=actor,
        action="file.leave_unreplaced",
        subject=locked,
        at=now,
        details={"reason": reason.strip()},
    )
    _settle(locked, panel, now)


def _locked(declined: DeclinedFile, actor: Actor) -> tuple[DeclinedFile, Panel]:
    panel = lock_panel(declined.panel)
    require_office(actor, panel.cycle)
    rows = DeclinedFile.objects.select_for_update(of=("self",)).select_related("reviewer__user", *FILE)
    locked = rows.get(pk=declined.pk)
    locked.panel = panel
    if locked.settled_at is not None:
        raise Refused("already_settled", "这次推辞已经处理。")
    if panel.state != "working":
        raise Refused("panel_not_working", "评审组没有在评审中，不能接替。")
    return locked, panel


def _settle(declined: DeclinedFile, panel: Panel, now: datetime) -> None:
    notices.drop(REPLACE, declined, now=now)
    if not short_benches(panel):
        notices.drop(notices.MEND_PANEL, panel, now=now)


def _ask_for_successor(declined: DeclinedFile, panel: Panel, now: datetime) -> None:
    name, who = declined.application.organisation.name, declined.reviewer.user.name
    link = reverse("scoring:replace_reviewer", args=[declined.pk])
    due = min(now + ANSWER_WITHIN, first_due(panel, now))
    notices.ask_office(
        REPLACE,
        declined,
        panel.cycle,
        title=f"安排接替：{who}推辞评审（{panel}）",
        link=link,
        due_at=due,
        now=now,
    )
    notices.tell_office(
        panel.cycle,
        subject=f"评审员推辞：{who}（{panel}）",
        body=f"{panel}的{who}推辞评审一家申报组织。请打开页面查看理由，从建议的人选中安排接替。",
        link=link,
        key=f"declined:{declined.pk}:{now.isoformat()}",
        now=now,
    )
    post(
        to=[declined.reviewer.user],
        kind="scoring",
        subject=f"已收到您的推辞：{name}",
        body="评定办会安排其他评审员接替。这家组织的材料和评分表不再向您显示。",
        link=reverse("scoring:desk"),
        key=f"declined:{declined.pk}:{now.isoformat()}:own",
        now=now,
    )


def _tell_of_file(declined: DeclinedFile, reviewer: Reviewer, now: datetime) -> None:
    name = declined.application.organisation.name
    post(
        to=[reviewer.user],
        kind="scoring",
        subject=f"请您接替评审：{name}",
        body=f"您已列入{declined.panel}，评审{name}。请先申报有无利害关系，再打开评分表。",
        link=reverse("scoring:recusal"),
        key=f"declined:{declined.pk}:taken:{reviewer.pk}",
        now=now,
    )

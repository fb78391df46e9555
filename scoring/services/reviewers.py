"""The reviewer pool."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.timezone import localtime

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import holds_anywhere, kept_from
from accounts.roles import Role
from accounts.services import grant_role
from audit.services import record
from ground.errors import Fault, Refused, refuse_if
from scoring.models import Panel, Reviewer, Sheet
from scoring.permissions import require_any_office
from scoring.queries.benches import LIVE
from scoring.services import notices
from scoring.services.handing import first_due
from scoring.services.recusal import detect_for_reviewer
from scoring.services.withdrawing import withdraw_sheet

USCC: Final = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")
INDUSTRIES: Final = re.compile(r"[A-T]*")
PANEL_CYCLE: Final = ("panel__cycle__scheme", "panel__cycle__edition_record")


@transaction.atomic
def register_reviewer(
    *,
    user: User,
    kind: str,
    employer: str,
    employer_uscc: str,
    industries: str,
    qualification: str,
    actor: Actor,
    now: datetime,
    languages: str = "",
    load_limit: int | None = None,
) -> Reviewer:
    """Enter an account into the pool. It gets the role, and conflicts known from data are recorded at once.

    `employer_uscc` may be empty for somebody without an employer. Refused: already_registered, kind_unknown,
    roles_apart, employer_missing, uscc_malformed, industries_unknown.
    """
    require_any_office(actor)
    employer, uscc = employer.strip(), employer_uscc.strip().upper()
    letters = "".join(sorted(set(industries.upper()) - set(" ,，、")))
    faults = []
    if Reviewer.objects.filter(user=user).exists():
        faults.append(Fault("already_registered", f"{user.name}已在评审员库中。", "username"))
    elif kept := kept_from(user, Role.REVIEWER, localtime(now).date()):
        message = f"{user.name}是“{kept.held}”，不能同时评分：{kept.reading}。请另选一人。"
        faults.append(Fault("roles_apart", message, "username", kept.cited))
    if kind not in Reviewer.Kind.values:
        faults.append(Fault("kind_unknown", "请选择评审员或行业专家。", "kind"))
    if not employer:
        faults.append(Fault("employer_missing", "请填写工作单位，没有的写“无”。", "employer"))
    if uscc and not USCC.fullmatch(uscc):
        faults.append(
            Fault(
                "uscc_malformed",
                "统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z）。",
                "employer_uscc",
            )
        )
    if not INDUSTRIES.fullmatch(letters):
        faults.append(Fault("industries_unknown", "行业门类请用 GB/T 4754 的字母 A 至 T。", "industries"))
    refuse_if(faults)
    reviewer = Reviewer.objects.create(
        user=user,
        kind=kind,
        employer=employer,
        employer_uscc=uscc,
        industries=letters,
        qualification=qualification.strip(),
        languages=languages.strip(),
        load_limit=load_limit,
    )
    grant_role(user=user, role=Role.REVIEWER, actor=actor, now=now)
    record(
        actor=actor,
        action="reviewer.register",
        subject=reviewer,
        at=now,
        after={
            "username": user.username,
            "kind": kind,
            "employer": employer,
            "uscc": uscc,
            "industries": letters,
        },
    )
    detect_for_reviewer(reviewer=reviewer, now=now)
    return reviewer


@transaction.atomic
def disqualify_reviewer(
    *, reviewer: Reviewer, reason: str, actor: Actor, now: datetime, spared: frozenset[int] = frozenset()
) -> None:
    """What the committee's approval does (services.misconduct): somebody leaves the pool; `reason` names the resolution.

    They score no more: their sheets whose report is not signed are void but for `spared`, so that a panel does not wait
    for them, and the offices concerned are told. Signed reports stay. Where they lead a panel that isn't finished, the
    head is asked to name another lead, whatever becomes of the sheets. Refused: reason_missing, already_disqualified.
    """
    if not holds_anywhere(actor, Role.COMMITTEE):
        raise PermissionDenied("取消评审资格须经评定委批准。")
    locked = Reviewer.objects.select_for_update().get(pk=reviewer.pk)
    if not reason.strip():
        raise Refused("reason_missing", "请写明事由和评定委批准的文号。", field="reason")
    if locked.disqualified_at is not None:
        raise Refused("already_disqualified", "这位评审员的资格已经取消。")
    locked.disqualified_at = reviewer.disqualified_at = now
    locked.save(update_fields=["disqualified_at"])
    record(
        actor=actor, action="reviewer.disqualify", subject=locked, at=now, details={"reason": reason.strip()}
    )
    sheets = (
        Sheet.objects.filter(reviewer=locked, state__in=LIVE)
        .exclude(pk__in=spared)
        .order_by("application_id", "stage")
    )
    touched: dict[int, Panel] = {}
    for sheet in sheets.select_related("application__cycle__edition_record", *PANEL_CYCLE):
        article = sheet.application.cycle.edition.article("misconduct")
        if withdraw_sheet(
            locked, sheet.application, sheet.stage, reason="取消评审资格", article=article, now=now
        ):
            touched[sheet.panel_id] = sheet.panel
    forming = Panel.objects.filter(members__reviewer=locked, state="forming").select_related("cycle__scheme")
    for panel in [*touched.values(), *forming]:
        notices.tell_office(
            panel.cycle,
            subject=f"评审资格已取消：{locked.user.name}",
            body=(
                f"{panel}的{locked.user.name}已被取消评审资格，报告没有签署的评分表作废。"
                "人数不足的，请补充评审员；还没有启动的，请调整评审组；担任组长的，请另定组长。"
            ),
            link=panel.get_absolute_url(),
            key=f"reviewer:{locked.pk}:disqualified:{panel.pk}",
            now=now,
        )
    led = Panel.objects.filter(members__reviewer=locked, members__lead=True).exclude(state="finished")
    for panel in led.select_related("cycle__scheme", "cycle__edition_record"):
        notices.ask_new_lead(panel, due_at=max(first_due(panel, now), now), now=now)

"""Letters and duties of the scoring rooms: who is told, and what they have to do by when."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Model
from django.urls import reverse

from accounts.models import User
from accounts.queries import holders_of
from accounts.roles import OFFICE_ROLES, Role, Scope
from awards.models import Cycle
from notifications.services import close_duties, open_duty, post
from scoring.models import Consolidation, Panel, PanelMember, Sheet
from scoring.queries import desk

FORM_PANELS: Final = "scoring.form_panels"
DECLARE: Final = "scoring.declare"
SCORE: Final = "scoring.score"
SETTLE: Final = "scoring.settle"
CONSENT: Final = desk.CONSENT
COUNTERSIGN: Final = desk.COUNTERSIGN
MEND_PANEL: Final = "scoring.mend_panel"
NAME_LEAD: Final = "scoring.name_lead"


def tell_office(cycle: Cycle, *, subject: str, body: str, link: str, key: str, now: datetime) -> None:
    """A letter to everybody in the scheme's office."""
    people: list[User] = []
    for role in OFFICE_ROLES:
        people += holders_of(role, scope_kind=Scope.SCHEME, scope_key=cycle.scheme.code)
    post(to=people, kind="scoring", subject=subject, body=body, link=link, key=key, now=now)


def ask_office(
    kind: str, subject: Model, cycle: Cycle, *, title: str, link: str, due_at: datetime, now: datetime
) -> None:
    """A duty of the scheme's clerks."""
    open_duty(
        kind=kind,
        subject=subject,
        title=title,
        link=link,
        due_at=due_at,
        now=now,
        role=Role.OFFICE_CLERK,
        scope_kind=Scope.SCHEME,
        scope_key=cycle.scheme.code,
    )


def ask_new_lead(panel: Panel, *, due_at: datetime, now: datetime) -> None:
    """A duty of the scheme's heads, and a letter to them: the panel has no lead who can act."""
    link, scheme = reverse("scoring:change_lead", args=[panel.pk]), panel.cycle.scheme.code
    if panel.state == "forming":
        link = reverse("scoring:change_panel", args=[panel.pk])
    open_duty(
        kind=NAME_LEAD,
        subject=panel,
        title=f"指定新组长：{panel}",
        link=link,
        due_at=due_at,
        now=now,
        role=Role.OFFICE_HEAD,
        scope_kind=Scope.SCHEME,
        scope_key=scheme,
    )
    post(
        to=holders_of(Role.OFFICE_HEAD, scope_kind=Scope.SCHEME, scope_key=scheme),
        kind="scoring",
        subject=f"请指定新组长：{panel}",
        body=f"{panel.cycle}{panel}的组长已被取消评审资格。指定新组长之前，这个组不能合议，也不能表示意见和会签。",
        link=link,
        key=f"panel:{panel.pk}:name-lead:{now.isoformat()}",
        now=now,
    )


def ask_declaration(
    member: PanelMember, panel: Panel, *, due_at: datetime, now: datetime, again: datetime | None = None
) -> None:
    """`again`: when the answer given before was undone; then a further letter goes out."""
    user = member.reviewer.user
    open_duty(
        kind=DECLARE,
        subject=panel,
        user=user,
        title=f"申报回避情况：{panel}",
        link=reverse("scoring:recusal"),
        due_at=due_at,
        now=now,
    )
    post(
        to=[user],
        kind="scoring",
        subject=f"请申报回避情况：{panel}",
        body=f"您已列入{panel.cycle}{panel}。阅卷前请逐家申报有无利害关系；有利害关系的，请写明情形和理由。",
        link=reverse("scoring:recusal"),
        key=f"panel:{panel.pk}:declare{again.isoformat() if again else ''}",
        now=now,
    )


def ask_score(sheet: Sheet, *, due_at: datetime, now: datetime) -> None:
    open_duty(
        kind=SCORE,
        subject=sheet,
        user=sheet.reviewer.user,
        title=f"{sheet.get_stage_display()}评分：{sheet.application.organisation.name}",
        link=sheet.get_absolute_url(),
        due_at=due_at,
        now=now,
    )


def ask_lead(consolidation: Consolidation, lead: User, *, due_at: datetime, now: datetime) -> None:
    name = consolidation.application.organisation.name
    title = f"{consolidation.get_stage_display()}合议并签署报告：{name}"
    link = consolidation.get_absolute_url()
    open_duty(kind=SETTLE, subject=consolidation, user=lead, title=title, link=link, due_at=due_at, now=now)
    post(
        to=[lead],
        kind="scoring",
        subject=title,
        body=f"{name}的{consolidation.get_stage_display()}评分表已全部封存，请主持合议、确定各项结果并签署评审报告。",
        link=link,
        key=f"consolidation:{consolidation.pk}:{now.isoformat()}",
        now=now,
    )


def ask_member(
    kind: str, consolidation: Consolidation, member: User, *, due_at: datetime, stamp: str, now: datetime
) -> None:
    """Ask a member to speak on the items that lay far apart, or to sign the report; one letter for each `stamp`."""
    name, stage = consolidation.application.organisation.name, consolidation.get_stage_display()
    page, title, body = {
        CONSENT: (
            "scoring:consent",
            f"{stage}合议表示意见：{name}",
            f"{name}的{stage}有评分差异较大的项目，组长已提出合议结果和理由。请逐项表示同意或者不同意。",
        ),
        COUNTERSIGN: (
            "scoring:countersign",
            f"会签{stage}报告：{name}",
            f"{name}的{stage}报告已由组长签署，环节得分已确定。请核对后会签；有保留意见的，可以写明。",
        ),
    }[kind]
    link = reverse(page, args=[consolidation.pk])
    open_duty(kind=kind, subject=consolidation, user=member, title=title, link=link, due_at=due_at, now=now)
    key = f"consolidation:{consolidation.pk}:{kind}:{stamp}"
    post(to=[member], kind="scoring", subject=title, body=body, link=link, key=key, now=now)


def drop(kind: str, subject: Model, *, now: datetime, user: User | None = None) -> None:
    close_duties(kind=kind, subject=subject, now=now, user=user)

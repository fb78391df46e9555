"""The lead says why the visit on site came to another result than the material review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import person
from applications.models import Application
from audit.services import record
from ground.errors import Fault, Refused, refuse_if
from scoring.models import Consolidation, DifferenceReason
from scoring.permissions import require_lead
from scoring.queries.conflicts import blind
from scoring.queries.differences import Explained, compared, explained
from scoring.queries.score_forms import LIMIT, ScoreForm, score_form


@transaction.atomic
def explain_differences(
    *, consolidation: Consolidation, reasons: Mapping[str, str], actor: Actor, now: datetime
) -> None:
    """Keep the panel's reasons, item code → text; an empty text takes one back and is kept as such.

    Refused: not_open, recused, unknown_item.
    """
    rows = Consolidation.objects.select_for_update(of=("self",)).select_related(
        "panel__cycle__scheme", "application__cycle__edition_record", "application__cycle__scheme"
    )
    locked = rows.get(pk=consolidation.pk)
    require_lead(actor, locked.panel)
    if not blind(Application.objects.filter(pk=locked.application_id), actor).exists():
        raise Refused("recused", "您与该组织有利害关系，须回避，不能主持合议。")
    if locked.state != "open":
        raise Refused("not_open", "合议尚未开始或报告已经签署，不能再改。")
    cycle = locked.application.cycle
    known = score_form(cycle, locked.stage).codes
    refuse_if(
        Fault("unknown_item", f"评分表里没有“{code}”这一项。", code) for code in reasons if code not in known
    )
    kept = dict(locked.difference_reasons.values_list("item", "reason"))
    changed = {code: text.strip() for code, text in reasons.items() if text.strip() != kept.get(code)}
    if not changed:
        return
    for code, text in changed.items():
        DifferenceReason.objects.update_or_create(
            consolidation=locked,
            item=code,
            defaults={"reason": text, "written_by": person(actor), "written_at": now},
        )
    record(
        actor=actor,
        action="consolidation.explain",
        subject=locked,
        at=now,
        article=cycle.edition.article(LIMIT) if cycle.edition.has(LIMIT) else "",
        before={code: kept.get(code, "") for code in changed},
        after=changed,
    )


def difference_faults(consolidation: Consolidation, form: ScoreForm) -> list[Fault]:
    """The items whose difference from the stage before still lacks its reason."""
    edition = consolidation.application.cycle.edition
    if not edition.has(LIMIT):
        return []
    return [
        Fault(
            "difference_unexplained",
            f"{row.line.title}：与材料评审合议结果相差 {abs(row.difference.points or 0)} 个百分点，"
            f"超过 {row.difference.limit} 个，请在“与材料评审对照”中写明理由。",
            row.line.code,
            edition.article(LIMIT),
        )
        for row in compared(consolidation, form)
        if row.missing
    ]


def fix_differences(consolidation: Consolidation, form: ScoreForm) -> tuple[Explained, ...]:
    """Keep with each reason the percentage it speaks of, for the signature; the caller has locked the row."""
    before = {row.line.code: row.difference.before for row in compared(consolidation, form)}
    rows = list(consolidation.difference_reasons.all())
    for row in rows:
        row.before = before.get(row.item)
    DifferenceReason.objects.bulk_update(rows, ("before",))
    return explained(consolidation, form)

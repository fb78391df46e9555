"""The lead settles each item and signs the panel's report, which gives the stage score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from accounts.moves import move
from applications.models import Application
from ground.digest import canonical_json, sm3_hex
from ground.errors import Fault, Refused, refuse_if
from scoring.models import ConsolidatedItem, Consolidation, Sheet
from scoring.permissions import require_lead
from scoring.queries.conflicts import blind
from scoring.queries.documents import SHAPE, consents_of, consolidation_document, sheet_digests
from scoring.queries.hearing import Hearing, hearing_of
from scoring.queries.matrix import percents_by_item
from scoring.queries.score_forms import Line, ScoreForm, score_form
from scoring.rules import points
from scoring.services import notices
from scoring.services.consent import (
    ask_countersignatures,
    ask_members,
    complete_if_signed,
    consent_faults,
)
from scoring.services.differences import difference_faults, fix_differences
from scoring.services.handing import lock_consolidation
from scoring.services.notices import SETTLE


@transaction.atomic
def settle_items(
    *, consolidation: Consolidation, items: Mapping[str, tuple[int, str]], actor: Actor, now: datetime
) -> None:
    """Write down the panel's percentage and note for some or all items: item code → (percent, note).

    Where the reviewers lie further apart than the edition allows, the note is required. Refused: not_open, recused,
    unknown_item, percent_off_scale, note_missing (one fault for each item; then nothing is saved).
    """
    locked = _lock(consolidation, actor)
    form = score_form(locked.application.cycle, locked.stage)
    given = percents_by_item(locked)
    faults = []
    for code, (percent, note) in items.items():
        line = form.line(code)
        if line is None:
            faults.append(Fault("unknown_item", f"评分表里没有“{code}”这一项。", code))
        elif percent not in form.percents:
            faults.append(
                Fault(
                    "percent_off_scale", f"{line.title}：百分比请按 {form.criteria.step} 的倍数选择。", code
                )
            )
        else:
            faults += _note_faults(locked, line, given.get(code, ()), note)
    refuse_if(faults)
    rows = {row.item: row for row in locked.items.filter(item__in=items)}
    ConsolidatedItem.objects.bulk_create(
        ConsolidatedItem(consolidation=locked, item=code, percent=percent, note=note.strip())
        for code, (percent, note) in items.items()
        if code not in rows
    )
    for code, row in rows.items():
        row.percent, row.note = items[code][0], items[code][1].strip()
    ConsolidatedItem.objects.bulk_update(rows.values(), ("percent", "note"))
    ask_members(locked, form, now=now)


@transaction.atomic
def save_report(
    *,
    consolidation: Consolidation,
    strengths: str,
    opportunities: str,
    conclusion: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep the three texts of the report until it is signed. Refused: not_open, recused."""
    locked = _lock(consolidation, actor)
    locked.strengths, locked.opportunities, locked.conclusion = strengths, opportunities, conclusion
    locked.save(update_fields=["strengths", "opportunities", "conclusion"])


@transaction.atomic
def sign_consolidation(
    *,
    consolidation: Consolidation,
    strengths: str,
    opportunities: str,
    conclusion: str,
    actor: Actor,
    now: datetime,
) -> None:
    """The lead signs the panel's report, which fixes its text and score; then the members sign.

    1. Every item settled, explained where it must be and spoken on by every member, the three texts written; 2. the
    stage score by the edition's method; 3. digest over report, sheets, the members' words and the reasons for
    differences from the material review; 4. move; 5. ask the members for their signatures. Refused: not_open, recused,
    item_unsettled, note_missing, consent_missing, difference_unexplained, strengths_missing,
    opportunities_missing, conclusion_missing.
    """
    locked = _lock(consolidation, actor)
    cycle = locked.application.cycle
    form = score_form(cycle, locked.stage)
    rows = {row.item: row for row in locked.items.all()}
    texts = {
        "strengths": strengths.strip(),
        "opportunities": opportunities.strip(),
        "conclusion": conclusion.strip(),
    }
    hearing = hearing_of(locked, form, rows)
    refuse_if(
        [
            *settlement_faults(locked, form, rows, hearing),
            *difference_faults(locked, form),
            *_text_faults(texts),
        ]
    )
    totals = Sheet.objects.filter(application=locked.application_id, stage=locked.stage, state="sealed")
    for name, text in texts.items():
        setattr(locked, name, text)
    locked.method = cycle.edition.value("stage_score_method")
    locked.score = points.stage_total(
        cycle.edition,
        [total for total in totals.values_list("total", flat=True) if total is not None],
        form.points_of({code: row.percent for code, row in rows.items()}),
    )
    locked.signed_by_id, locked.signed_at = actor.pk, now
    locked.score = Decimal(locked.score).quantize(Decimal("0.01"))
    locked.shape = SHAPE
    reasons = fix_differences(locked, form)
    document = consolidation_document(
        locked, form, rows, sheet_digests(locked), consents_of(hearing.spoken), reasons
    )
    locked.digest = sm3_hex(canonical_json(document))
    locked.save(
        update_fields=[
            "strengths",
            "opportunities",
            "conclusion",
            "method",
            "score",
            "signed_by",
            "signed_at",
            "digest",
            "shape",
        ]
    )
    move(
        locked,
        "sign",
        actor=actor,
        now=now,
        article=cycle.edition.article("stage_score_method"),
        details={"digest": locked.digest, "score": str(locked.score), "method": locked.method},
    )
    notices.drop(SETTLE, locked, now=now)
    ask_countersignatures(locked, hearing, now=now)
    complete_if_signed(locked, now=now)
    consolidation.refresh_from_db()


def settlement_faults(
    consolidation: Consolidation,
    form: ScoreForm,
    rows: Mapping[str, ConsolidatedItem],
    hearing: Hearing | None = None,
) -> list[Fault]:
    """What still speaks against the lead's signature, item by item; `hearing` is read where it isn't given."""
    heard = hearing or hearing_of(consolidation, form, rows)
    given, faults = {item.line.code: item.percents for item in heard.items}, []
    for line in form.lines:
        row = rows.get(line.code)
        if row is None:
            faults.append(Fault("item_unsettled", f"{line.title}还没有合议结果。", line.code))
        else:
            faults += _note_faults(consolidation, line, given.get(line.code, ()), row.note)
    return [*faults, *consent_faults(heard)]


def _note_faults(consolidation: Consolidation, line: Line, percents: Iterable[int], note: str) -> list[Fault]:
    edition, given = consolidation.application.cycle.edition, list(percents)
    if note.strip() or not points.needs_consensus_note(edition, given):
        return []
    limit = edition.value("consensus_spread")
    return [
        Fault(
            "note_missing",
            f"{line.title}：评审员之间相差 {points.spread(given)} 个百分点，超过 {limit} 个，请写明合议理由。",
            line.code,
            edition.article("consensus_spread"),
        )
    ]


def _text_faults(texts: Mapping[str, str]) -> list[Fault]:
    labels = {"strengths": "主要优势", "opportunities": "改进机会", "conclusion": "评审意见"}
    return [
        Fault(f"{name}_missing", f"请填写{labels[name]}。", name) for name, text in texts.items() if not text
    ]


def _lock(consolidation: Consolidation, actor: Actor) -> Consolidation:
    """The row, locked, if `actor` leads its panel and it is open."""
    locked = lock_consolidation(consolidation)
    require_lead(actor, locked.panel)
    if not blind(Application.objects.filter(pk=locked.application_id), actor).exists():
        raise Refused("recused", "您与该组织有利害关系，须回避，不能主持合议。")
    if locked.state != "open":
        raise Refused("not_open", "合议尚未开始或报告已经签署，不能再改。")
    return locked

"""Scoring: saving items, sealing a sheet, reopening it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from types import EllipsisType
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.actors import Actor
from accounts.moves import move
from accounts.permissions import person, require_role
from accounts.roles import Role
from ground.digest import canonical_json, sm3_hex
from ground.errors import Fault, Refused, refuse_if
from notifications.services import post
from scoring.models import MOST_HOURS, Consolidation, RecusalDeclaration, Sheet, SheetItem
from scoring.queries.benches import GONE, due_of
from scoring.queries.conflicts import in_conflict
from scoring.queries.documents import sheet_document
from scoring.queries.earlier import Earlier, earlier_of
from scoring.queries.pledges import pledged
from scoring.queries.score_forms import FIELDS, ScoreForm, score_form
from scoring.rules.differences import Difference
from scoring.services import notices
from scoring.services.entries import fitted, stale_faults
from scoring.services.opening import open_if_complete
from scoring.services.versions import next_version


@transaction.atomic
def save_item(
    *,
    sheet: Sheet,
    item: str,
    percent: int | None,
    strengths: str,
    opportunities: str,
    actor: Actor,
    now: datetime,
) -> SheetItem:
    """Save one scored item of an open sheet. `percent` may be None: not scored yet.

    Refused: sheet_sealed, pledge_missing, declaration_missing, recused, application_closed, unknown_item, percent_off_scale.
    """
    values = {"percent": percent, "strengths": strengths, "opportunities": opportunities}
    return save_items(sheet=sheet, items={item: values}, actor=actor, now=now)[0]


@transaction.atomic
def save_items(
    *,
    sheet: Sheet,
    items: Mapping[str, Mapping[str, Any]],
    actor: Actor,
    now: datetime,
    overall: str | None = None,
    hours: Decimal | EllipsisType | None = ...,
    revision: int | None = None,
) -> list[SheetItem]:
    """Save fields of several items at once, and the overall text and the hours where given; the rest stays as it is.

    `items`: item code → some of `score_forms.FIELDS`. `revision`: the save on top of which the entries were made; what
    another window has saved since is then not overwritten. Refused as save_item, and band_off_scale,
    percent_outside_band, unknown_reference, hours_off_scale, stale_revision (one fault for each field, such as
    "strengths-4.1.2"); then nothing is saved.
    """
    locked = _writable(sheet.pk, actor, _to_save())
    whole: dict[str, Any] = {} if overall is None else {"overall": overall}
    if not isinstance(hours, EllipsisType):
        whole["hours"] = hours
    saved = _write(locked, items, whole, revision=revision, now=now)
    for name in ("saved_at", "revision", *whole):
        setattr(sheet, name, getattr(locked, name))
    return saved


@transaction.atomic
def save_field(
    *,
    sheet_id: int,
    read: Callable[[Sheet], tuple[str, str, Any]],
    revision: int,
    actor: Actor,
    now: datetime,
) -> Sheet:
    """Save one field of the actor's own open sheet, asked for once, under its lock; the sheet as saved.

    `read`: the open sheet → (item code or "", field, value). What it raises goes on, nothing is saved then.
    Refused as save_items; PermissionDenied: not the actor's, or no such sheet.
    """
    locked = _writable(sheet_id, actor, _to_save())
    code, name, value = read(locked)
    items, whole = ({code: {name: value}}, {}) if code else ({}, {name: value})
    _write(locked, items, whole, revision=revision, now=now)
    return locked


def _write(
    locked: Sheet,
    items: Mapping[str, Mapping[str, Any]],
    whole: dict[str, Any],
    *,
    revision: int | None,
    now: datetime,
) -> list[SheetItem]:
    """Save fields of items and, in `whole`, of the locked sheet itself, which is brought up to date."""
    form = score_form(locked.application.cycle, locked.stage)
    rows = {row.item: row for row in locked.items.filter(item__in=items)} if items else {}
    fitting, faults = fitted(form, locked.application, rows, items)
    hours = whole.get("hours")
    if hours is not None and not 0 <= hours <= MOST_HOURS:
        faults.append(Fault("hours_off_scale", f"用时请填 0 至 {MOST_HOURS} 小时。", "hours"))
    refuse_if(faults)
    if revision is not None and revision < locked.revision:
        refuse_if(stale_faults(locked, rows, fitting, whole))
    saved = []
    for code, values in fitting.items():
        row = rows.get(code) or SheetItem(sheet=locked, item=code)
        for name in FIELDS:
            if name in values:
                setattr(row, name, values[name])
        saved.append(row)
    fresh = [row for row in saved if row.pk is None]
    if fresh:
        SheetItem.objects.bulk_create(fresh)
    known = [row for row in saved if row.item in rows]
    if len(known) == 1:
        SheetItem.objects.filter(pk=known[0].pk).update(**fitting[known[0].item])
    else:
        SheetItem.objects.bulk_update(known, FIELDS)
    changes = {"saved_at": now, "revision": locked.revision + 1, **whole}
    Sheet.objects.filter(pk=locked.pk).update(**changes)
    for name, value in changes.items():
        setattr(locked, name, value)
    return saved


@transaction.atomic
def save_overall(*, sheet: Sheet, text: str, actor: Actor, now: datetime) -> None:
    """Save the overall text of an open sheet. Refused as save_item."""
    save_items(sheet=sheet, items={}, overall=text, actor=actor, now=now)


@transaction.atomic
def seal_sheet(*, sheet: Sheet, actor: Actor, now: datetime) -> None:
    """Seal a sheet for ever.

    1. Lock the consolidation, so that of two who seal at once one sees the other; 2. every item scored, and commented
    where the percentage asks for it; 3. total and digest (SM3 over the sheet's canonical document); 4. move;
    5. close the duty; 6. open the consolidation if this was the last. Refused: as save_item, item_unscored,
    comment_missing, difference_unexplained (one fault for each item).
    """
    consolidation = (
        Consolidation.objects.select_for_update(of=("self",))
        .select_related("panel__cycle__edition_record", "panel__cycle__scheme", "application__cycle__scheme")
        .get(application=sheet.application_id, stage=sheet.stage)
    )
    locked = _writable(sheet.pk, actor, _to_seal())
    form = score_form(locked.application.cycle, locked.stage)
    rows = {row.item: row for row in locked.items.all()}
    refuse_if(seal_faults(form, rows, earlier_of(locked)))
    locked.total = form.points_of(_percents(rows)).quantize(Decimal("0.01"))
    locked.sealed_at = locked.saved_at = now
    locked.digest = sm3_hex(canonical_json(sheet_document(locked, form, rows)))
    locked.save(update_fields=["total", "sealed_at", "saved_at", "digest"])
    move(
        locked,
        "seal",
        actor=actor,
        now=now,
        article=locked.application.cycle.edition.article("criteria"),
        details={"digest": locked.digest, "version": locked.version},
    )
    sheet.refresh_from_db(fields=["state", "total", "sealed_at", "saved_at", "digest"])
    notices.drop(notices.SCORE, locked, now=now)
    open_if_complete(consolidation, now=now)


@transaction.atomic
def reopen_sheet(*, sheet: Sheet, reason: str, actor: Actor, now: datetime) -> Sheet:
    """The head of the office sends a sealed sheet back; the reviewer gets a new version with the same entries.

    The old version stays as it was. Refused: reason_missing, wrong_state, consolidating (the members have read one
    another's scores: what is wrong now is settled in consensus, with a note).
    """
    require_role(actor, Role.OFFICE_HEAD, **sheet.scopes())
    consolidation = (
        Consolidation.objects.select_for_update(of=("self",))
        .select_related("panel__cycle__edition_record", "panel__cycle__scheme")
        .get(application=sheet.application_id, stage=sheet.stage)
    )
    if not reason.strip():
        raise Refused("reason_missing", "请写明退回重评的理由。", field="reason")
    if consolidation.state != "waiting":
        raise Refused(
            "consolidating",
            "全部评分表已封存，评审员已经互相看到评分，不能再退回重评。有不妥的条目请组长在合议中说明并确定。",
        )
    cycle = sheet.application.cycle
    move(
        sheet,
        "supersede",
        actor=actor,
        now=now,
        reason=reason.strip(),
        article=cycle.edition.article("criteria"),
        details={"version": sheet.version},
    )
    fresh = next_version(sheet, now)
    notices.ask_score(fresh, due_at=due_of(cycle, fresh.stage) or now, now=now)
    post(
        to=[fresh.reviewer.user],
        kind="scoring",
        subject=f"评分表退回重评：{fresh.application.organisation.name}",
        body=f"评定办退回了您封存的{fresh}，理由：{reason.strip().rstrip('。')}。原评分已复制到新版本，修改后请重新封存。",
        link=fresh.get_absolute_url(),
        key=f"sheet:{fresh.pk}:reopened",
        now=now,
    )
    return fresh


def seal_faults(
    form: ScoreForm, rows: Mapping[str, SheetItem], earlier: Earlier | None = None
) -> list[Fault]:
    """What still speaks against sealing, in the order of the form; `earlier`: queries.earlier.earlier_of."""
    faults = []
    for line in form.lines:
        row = rows.get(line.code)
        label = line.title if line.kind == "rubric" else f"{line.code} {line.title}"
        if row is None or row.percent is None:
            faults.append(Fault("item_unscored", f"{label}还没有评分。", line.code))
        elif form.asks_comment(row.percent) and not (row.strengths.strip() or row.opportunities.strip()):
            side = f"不高于 {form.low}%" if row.percent <= form.low else f"不低于 {form.high}%"
            faults.append(
                Fault(
                    "comment_missing",
                    f"{label}评了 {row.percent}%（{side}），请写明优势或改进机会。",
                    line.code,
                )
            )
        if earlier and row is not None and row.percent is not None and not row.difference.strip():
            apart = Difference(earlier.percents.get(line.code), row.percent, form.difference_limit)
            if apart.owes_reason:
                faults.append(
                    Fault(
                        "difference_unexplained",
                        f"{label}评了 {row.percent}%，与{earlier.whose}的 {apart.before}% 相差超过 {apart.limit} 个百分点，"
                        "请写明变化的原因。",
                        line.code,
                    )
                )
    return faults


def _to_seal() -> QuerySet[Sheet]:
    return Sheet.objects.select_related(
        "reviewer__user",
        "application__organisation",
        "application__cycle__scheme",
        "application__cycle__edition_record",
        "panel",
    )


def _to_save() -> QuerySet[Sheet]:
    """The few columns that a save looks at: it is asked for at every field a reviewer leaves."""
    return Sheet.objects.select_related("reviewer", "application__cycle__edition_record").only(
        *("stage", "state", "overall", "hours", "revision", "saved_at", "reviewer__disqualified_at"),
        *("application__state", "application__cycle__criteria_code"),
        "application__cycle__edition_record__digest",
    )


def _writable(sheet_id: int, actor: Actor, rows: QuerySet[Sheet]) -> Sheet:
    """The sheet's row of `rows`, locked, if `actor` may write on it now."""
    me = person(actor)
    declared = RecusalDeclaration.objects.filter(
        reviewer_id=OuterRef("reviewer_id"), application_id=OuterRef("application_id")
    )
    pledge = pledged(reviewer=OuterRef("reviewer_id"), cycle=OuterRef("application__cycle_id"))
    own = rows.filter(pk=sheet_id, reviewer__user_id=me.pk).order_by("pk").select_for_update(of=("self",))
    locked = own.annotate(declared=Exists(declared), conflict=in_conflict(me), pledged=pledge).first()
    if locked is None:
        raise PermissionDenied("只能由评审员本人办理。")
    if locked.reviewer.disqualified_at is not None:
        raise Refused("reviewer_disqualified", "您的评审资格已取消，不能再评分。")
    if locked.conflict or locked.state == "void":
        raise Refused("recused", "您与该组织有利害关系，须回避，不能评分。")
    if locked.state != "draft":
        raise Refused("sheet_sealed", "评分表已封存，不能再修改。确有错误的，请联系评定办退回重评。")
    if not locked.pledged:
        raise Refused("pledge_missing", "请先作出本年度的保密承诺，再评分。")
    if not locked.declared:
        raise Refused("declaration_missing", "请先申报与该组织有无利害关系，再评分。")
    if locked.application.state in GONE:
        raise Refused("application_closed", "该申报已撤回或取消资格，不再评分。")
    return locked


def _percents(rows: Mapping[str, SheetItem]) -> dict[str, int]:
    return {code: row.percent for code, row in rows.items() if row.percent is not None}

"""Writing the self-assessment item by item: mode, text, self-score; versions, and two people's texts on one item.

Text, score and figures of an item are saved each with a counter of its own (`version` is the one of that part).
Ledger: one entry for each version that is kept, with digests; drafts are otherwise no business of the ledger.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import person
from applications.models import (
    Application,
    AssessmentItem,
    ConflictCopy,
    ItemFigure,
    ItemVersion,
    SelfAssessment,
)
from applications.permissions import require_writer
from applications.queries import mode_of, years_of
from applications.queries.figures import figure_rows
from applications.queries.opening import ITEM
from applications.rules import markup, self_scores
from applications.rules.difference import removed
from applications.rules.words import in_markup
from applications.services.locking import lock, require_open
from applications.services.versioning import prune, typed_on
from audit.services import record
from ground.digest import canonical_json, sm3_hex
from ground.errors import Refused

SECTION: Final = "report"
TEXT_MAXIMUM: Final = 200_000


@transaction.atomic
def choose_assessment_mode(*, application: Application, mode: str, actor: Actor, now: datetime) -> None:
    """Choose between one uploaded report and item by item. What the other way holds stays.

    Texts of items are not handed in with a report; a report goes along with the items as an enclosure (附件) until it
    is removed, for everybody who reads the file sees it. The pages say so.

    Refused: not_editable, unknown_mode.
    """
    open_for_writing(application, actor, now)
    if mode not in SelfAssessment.Mode.values:
        raise Refused("unknown_mode", "请选择自评方式。", field="mode")
    before = mode_of(application)
    chosen, _ = SelfAssessment.objects.update_or_create(
        application=application, defaults={"mode": mode, "chosen_by": person(actor), "chosen_at": now}
    )
    application.self_assessment = chosen
    if mode != before:
        record(
            actor=actor,
            action="application.choose_assessment_mode",
            subject=application,
            at=now,
            before={"mode": before},
            after={"mode": mode},
        )


@transaction.atomic
def save_item_text(
    *,
    application: Application,
    code: str,
    text: str,
    version: int,
    actor: Actor,
    now: datetime,
    kind: str = ItemVersion.Kind.SAVED,
) -> AssessmentItem:
    """Save the text of an item. Over the word limit is kept, but can't be submitted.

    A text that this person still had to merge is put aside among the versions: by saving they have decided.
    Refused: not_editable, unknown_item, text_too_long, stale_version (the caller keeps the text: keep_conflict_copy).
    """
    item = open_item(application, code, actor, now)
    text = markup.cleaned(text)
    if len(text) > TEXT_MAXIMUM:
        raise Refused("text_too_long", f"文字过长，无法保存：最多 {TEXT_MAXIMUM} 字。", field="text")
    if text != item.text:
        if item.text_revision > version:
            raise stale(item)
        item.text, item.words = text, in_markup(text)
        item.text_revision += 1
        write(item, kind, actor, now)
    _settle(item, text, actor, now)
    return item


@transaction.atomic
def save_self_percent(
    *, application: Application, code: str, percent: int | None, version: int, actor: Actor, now: datetime
) -> AssessmentItem:
    """Save the self-score of an item; None takes it back. Refused: not_editable, unknown_item, not_on_scale, stale_version."""
    item = open_item(application, code, actor, now)
    if percent is not None and percent not in application.cycle.criteria.percents:
        raise Refused("not_on_scale", "请在给出的百分比中选择。", field="self_percent")
    if percent != item.self_percent:
        if item.percent_revision > version:
            raise stale(item)
        item.self_percent = percent
        item.percent_revision += 1
        write(item, ItemVersion.Kind.SAVED, actor, now)
    return item


@transaction.atomic
def restore_item_version(*, version: ItemVersion, actor: Actor, now: datetime) -> AssessmentItem:
    """Put a kept version back: text, self-score and figures. What stood until now is a version too, and stays.

    Refused: not_editable.
    """
    application = version.item.application
    item = open_item(application, version.item.code, actor, now)
    item.text, item.words = version.text, version.words
    item.text_revision += 1
    if version.kind != ItemVersion.Kind.ASIDE:  # put aside was a text alone
        item.self_percent = version.self_percent
        item.percent_revision += 1
        put_figures(item, version.figures)
    write(item, ItemVersion.Kind.RESTORED, actor, now)
    return item


@transaction.atomic
def keep_conflict_copy(
    *, application: Application, code: str, text: str, actor: Actor, now: datetime
) -> ConflictCopy:
    """Keep what somebody wrote on top of an older text until they have chosen. An older copy goes among the versions.

    Refused: not_editable, unknown_item, text_too_long.
    """
    item = open_item(application, code, actor, now)
    text = markup.cleaned(text)
    if len(text) > TEXT_MAXIMUM:
        raise Refused("text_too_long", f"文字过长，无法保存：最多 {TEXT_MAXIMUM} 字。", field="text")
    _settle(item, text, actor, now)
    return ConflictCopy.objects.create(item=item, user=person(actor), text=text, kept_at=now)


@transaction.atomic
def settle_conflict(
    *, copy: ConflictCopy, text: str, version: int, actor: Actor, now: datetime
) -> AssessmentItem:
    """Decide between two texts: `text` is the one that stands from now on (either of them, or both merged).

    The one not taken stays among the versions. Refused: not_editable, stale_version (a third one was faster).
    """
    application, code = copy.item.application, copy.item.code
    return save_item_text(
        application=application,
        code=code,
        text=text,
        version=version,
        actor=actor,
        now=now,
        kind=ItemVersion.Kind.MERGED,
    )


def open_for_writing(application: Application, actor: Actor, now: datetime, section: str = SECTION) -> None:
    """Lock the application; only its writers, only while the report (or the item `item-4.2.3`) may be changed."""
    lock(application)
    require_writer(actor, application.organisation_id)
    require_open(application, section, now)


def open_item(application: Application, code: str, actor: Actor, now: datetime) -> AssessmentItem:
    """The item of this code, made when it is written to for the first time, with the application locked."""
    open_for_writing(application, actor, now, f"{ITEM}{code}")
    if code not in {item.code for item in application.cycle.criteria.items}:
        raise Refused("unknown_item", "评价准则中没有这个条目。")
    item, _ = AssessmentItem.objects.get_or_create(
        application=application, code=code, defaults={"saved_by": person(actor), "saved_at": now}
    )
    item.application = application
    return item


def stale(item: AssessmentItem) -> Refused:
    return Refused(
        "stale_version",
        f"{item.saved_by.name}在您打开页面之后保存过这一条。请对照两份内容，选择或合并后再保存。",
    )


def write(item: AssessmentItem, kind: str, actor: Actor, now: datetime) -> None:
    """Save a changed item and keep the version."""
    item.revision += 1
    item.saved_by, item.saved_at = person(actor), now
    item.save()
    _keep_version(item, kind, actor, now)


def put_figures(item: AssessmentItem, rows: list[dict[str, object]]) -> None:
    """Replace the figures of an item by rows as versions keep them."""
    last_year = years_of(item.application)[-1]
    item.figures.all().delete()
    ItemFigure.objects.bulk_create(
        ItemFigure(
            item=item,
            position=position,
            label=str(row["label"]),
            unit=str(row["unit"]),
            last_year=int(str(row.get("last_year") or last_year)),
            first=self_scores.number_from(str(row["first"])),
            second=self_scores.number_from(str(row["second"])),
            third=self_scores.number_from(str(row["third"])),
            benchmark=self_scores.number_from(str(row["benchmark"])),
            benchmark_name=str(row["benchmark_name"]),
            higher_is_better=bool(row["higher_is_better"]),
        )
        for position, row in enumerate(rows)
    )
    item.figure_count = len(rows)
    item.figures_revision += 1


def _keep_version(item: AssessmentItem, kind: str, actor: Actor, now: datetime) -> None:
    """A new version, or the newest one goes on: as typed_on says, and no figure taken out since."""
    figures = figure_rows(tuple(item.figures.all()))
    newest = item.versions.exclude(kind=ItemVersion.Kind.ASIDE).first()
    values = {"text": item.text, "words": item.words, "self_percent": item.self_percent, "figures": figures}
    if newest is not None and _filled(figures) >= _filled(newest.figures):
        taken = removed(newest.text, item.text)
        if typed_on(newest, values, kind=kind, taken=taken, by=item.saved_by, now=now):
            return
    _add_version(item, kind, item.text, figures, actor, now)


def _filled(figures: list[dict[str, object]]) -> int:
    return sum(bool(value) for row in figures for value in row.values())


def _add_version(
    item: AssessmentItem,
    kind: str,
    text: str,
    figures: list[dict[str, object]],
    actor: Actor,
    now: datetime,
) -> None:
    version = ItemVersion.objects.create(
        item=item,
        kind=kind,
        text=text,
        words=in_markup(text),
        self_percent=item.self_percent,
        figures=figures,
        saved_by=person(actor),
        started_at=now,
        saved_at=now,
    )
    prune(item.versions.all())
    record(
        actor=actor,
        action="application.save_item",
        subject=item.application,
        at=now,
        after={
            "item": item.code,
            "text": sm3_hex(text.encode()),
            "figures": sm3_hex(canonical_json(figures)),
        },
        details={"kind": version.kind, "revision": item.revision},
    )


def _settle(item: AssessmentItem, text: str, actor: Actor, now: datetime) -> None:
    """The actor's copy that waited to be merged: what is not in `text` is put aside among the versions."""
    for copy in item.conflict_copies.filter(user=person(actor)):
        if copy.text != text:
            figures = figure_rows(tuple(item.figures.all()))
            _add_version(item, ItemVersion.Kind.ASIDE, copy.text, figures, actor, now)
        copy.delete()

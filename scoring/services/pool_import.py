"""Reviewers and their careers from a workbook: kept as read, judged anew at every look, entered only when confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Lower

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import person
from audit.services import record
from awards.models import Cycle
from ground.digest import canonical_json, sm3_hex
from ground.errors import Refused
from scoring.models import PoolImport, Reviewer, Training
from scoring.permissions import require_any_office
from scoring.queries.careers import written_rows
from scoring.rules.pool_careers import SECTIONS, judged_careers
from scoring.rules.pool_rows import CHANGEABLE, Known, Pool, Row, Verdict, counted, judged
from scoring.services.careers import CAREER, apply_entry, put_row
from scoring.services.careers import Row as CareerRow
from scoring.services.invitations import invite_reviewer
from scoring.services.recusal import RUNNING, detect_recusals

LONGEST_NAME: Final = 60


@transaction.atomic
def upload_pool(
    *, filename: str, rows: Sequence[Row], sheets: Sequence[str], actor: Actor, now: datetime
) -> PoolImport:
    """Keep a spreadsheet as it was read, until it is confirmed; the person's earlier ones not confirmed are dropped."""
    require_any_office(actor)
    user = person(actor)
    PoolImport.objects.filter(uploaded_by=user, confirmed_at=None).delete()
    kept = [
        {"line": row.line, "cells": dict(row.cells), "bad": dict(row.bad), "sheet": row.sheet} for row in rows
    ]
    return PoolImport.objects.create(
        filename=filename[:200],
        digest=sm3_hex(canonical_json(kept)),
        rows=kept,
        sheets=[name[:LONGEST_NAME] for name in sheets],
        uploaded_by=user,
        uploaded_at=now,
    )


def verdicts_of(pool_import: PoolImport) -> list[Verdict]:
    """Each row against the pool as it stands now, the page of names first; a constant number of queries."""
    rows = [_row(kept) for kept in pool_import.rows]
    emails = {row.cells.get("email", "").strip().lower() for row in rows} - {""}
    logins = {row.cells.get("username", "").strip() for row in rows} - {""} | emails
    accounts = User.objects.annotate(address=Lower("email")).filter(address__in=emails)
    held = list(Reviewer.objects.filter(user__in=accounts).select_related("user").order_by("pk"))
    careers = written_rows(held)
    found: dict[str, list[Reviewer]] = defaultdict(list)
    for one in held:
        found[one.user.email.lower()].append(one)
    pool = Pool(
        {email: _known(ones[0], careers[ones[0].pk]) for email, ones in found.items() if len(ones) == 1},
        frozenset(accounts.values_list("address", flat=True)),
        frozenset(User.objects.filter(username__in=logins).values_list("username", flat=True)),
    )
    people = judged((row for row in rows if not row.sheet), pool)
    return people + judged_careers((row for row in rows if row.sheet), pool, people)


def digest_of(verdicts: Sequence[Verdict]) -> str:
    """Names what was shown, so that nothing else is confirmed."""
    return sm3_hex(
        canonical_json(
            [
                {
                    "sheet": one.sheet,
                    "line": one.line,
                    "outcome": one.outcome,
                    "values": dict(one.values),
                    "changes": [list(c) for c in one.changes],
                }
                for one in verdicts
            ]
        )
    )


@transaction.atomic
def confirm_pool_import(
    *, pool_import: PoolImport, shown: str, actor: Actor, now: datetime
) -> dict[str, int]:
    """Enter what is new (with invitations), change what differs; how many people of each, and `rows` of the further pages.

    1. lock; 2. judge anew, and stop where that is not what was `shown` (digest_of) or a row is refused; 3. enter and change
    people, then their careers; 4. look for conflicts once for each cycle under review; 5. the ledger, and the personal data
    of the workbook go. Refused: import_used, plan_changed, rows_refused, nothing_to_do.
    """
    require_any_office(actor)
    locked = PoolImport.objects.select_for_update().get(pk=pool_import.pk)
    if locked.confirmed_at is not None:
        raise Refused("import_used", "这份名单已经导入。")
    verdicts = verdicts_of(locked)
    if digest_of(verdicts) != shown:
        raise Refused("plan_changed", "评审员库在预览之后有变化，结果与您看到的不同，没有导入。请重新核对。")
    if any(verdict.outcome == "refused" for verdict in verdicts):
        raise Refused("rows_refused", "有几行填得不对，什么都没有导入。请按每一行的说明改好，重新上传。")
    if not any(verdict.outcome in ("new", "changed") for verdict in verdicts):
        raise Refused("nothing_to_do", "没有要新增或更新的内容。")
    totals = counted([verdict for verdict in verdicts if not verdict.sheet])
    rows = counted([verdict for verdict in verdicts if verdict.sheet])
    for verdict in verdicts:
        if verdict.sheet:
            _keep(verdict, actor, now)
        elif verdict.outcome == "new":
            _enter(verdict.values, actor, now)
        elif verdict.outcome == "changed":
            _change(verdict, actor, now)
    for cycle in Cycle.objects.filter(state__in=RUNNING).order_by("pk"):
        detect_recusals(cycle=cycle, now=now)
    locked.confirmed_at, locked.rows = now, []
    locked.save(update_fields=["confirmed_at", "rows"])
    record(
        actor=actor,
        action="reviewer.import",
        subject=locked,
        at=now,
        after=totals | ({"rows": rows} if any(rows.values()) else {}),
        details={"filename": locked.filename, "digest": locked.digest},
    )
    return totals | {"rows": rows["new"] + rows["changed"]}


def _row(kept: Mapping[str, Any]) -> Row:
    bad = dict(kept["bad"])
    email = kept["cells"].get("email", "").strip()
    try:
        if email:
            validate_email(email)
    except ValidationError:
        bad["email"] = "不是有效的邮箱地址。"
    return Row(kept["line"], kept["cells"], bad, kept.get("sheet", ""))


def _known(reviewer: Reviewer, careers: Mapping[str, Sequence[tuple[int, Mapping[str, str]]]]) -> Known:
    entry = {name: getattr(reviewer, name) for name in CHANGEABLE}
    return Known(
        reviewer.user.name,
        reviewer.user.username,
        {name: "" if value is None else " ".join(str(value).split()) for name, value in entry.items()},
        {(row["name"], row["held_on"]): row["valid_until"] for _, row in careers["training"]},
        reviewer.disqualified_at is not None,
        careers,
    )


def _enter(values: Any, actor: Actor, now: datetime) -> None:
    entry: dict[str, Any] = {name: values[name] for name in CHANGEABLE if name != "load_limit"}
    entry["load_limit"] = int(values["load_limit"]) if values["load_limit"] else None
    who = {name: values[name] for name in ("email", "name", "username", "phone")}
    reviewer = invite_reviewer(**who, entry=entry, actor=actor, now=now)
    if values["training"]:
        _train(reviewer, values, actor, now)


def _change(verdict: Verdict, actor: Actor, now: datetime) -> None:
    reviewer = _locked(verdict.values["email"])
    touched = {name for name, _, _ in verdict.changes}
    changes: dict[str, Any] = {name: verdict.values[name] for name in CHANGEABLE if name in touched}
    if "load_limit" in changes:
        changes["load_limit"] = int(changes["load_limit"])
    if changes:
        apply_entry(reviewer, changes, actor, now)
    if touched & {"training", "valid_until"}:
        _train(reviewer, verdict.values, actor, now)


def _keep(verdict: Verdict, actor: Actor, now: datetime) -> None:
    """A row of a further page, new or changed: what is empty in it stays as it is."""
    if verdict.outcome == "same":
        return
    reviewer = _locked(verdict.values["email"])
    section = SECTIONS[verdict.sheet]
    touched = {name for name, _, _ in verdict.changes}
    values: dict[str, Any] = {
        name: date.fromisoformat(text) if name in section.days else text
        for name in section.columns
        if (text := verdict.values[name]) and (verdict.target is None or name in touched)
    }
    if "paid" in values:
        values["paid"] = values["paid"] == "yes"
    kept = CAREER[verdict.sheet].model._default_manager.filter(pk=verdict.target).first()
    put_row(reviewer, verdict.sheet, values, actor, now, row=cast("CareerRow | None", kept))


def _locked(email: str) -> Reviewer:
    rows = Reviewer.objects.select_for_update(of=("self",)).select_related("user")
    return rows.get(user__email__iexact=email)


def _train(reviewer: Reviewer, values: Any, actor: Actor, now: datetime) -> None:
    until = date.fromisoformat(values["valid_until"]) if values["valid_until"] else None
    Training.objects.update_or_create(
        reviewer=reviewer,
        name=values["training"],
        held_on=date.fromisoformat(values["held_on"]),
        defaults={"valid_until": until},
    )
    record(
        actor=actor,
        action="career.change",
        subject=reviewer,
        at=now,
        after={name: values[name] for name in ("training", "held_on", "valid_until")},
        details={"section": "培训"},
    )

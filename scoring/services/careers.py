"""What reviewers keep up to date about themselves: the entry itself, and the rows of their career, one section at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import models, transaction

from accounts.actors import Actor
from audit.services import record
from ground.errors import Fault, Refused, refuse_if
from scoring.models import Consultancy, FamilyInterest, Post, Reviewer, Training, Unavailability
from scoring.permissions import require_self
from scoring.services.recusal import detect_for_reviewer
from scoring.services.reviewers import INDUSTRIES, USCC

MOST_ROWS: Final = 60
MOST_LOAD: Final = 100
EARLIEST: Final = date(1950, 1, 1)
LATEST: Final = date(2100, 12, 31)


@dataclass(frozen=True)
class Rows:
    """A section that is a list: its rows, what has to stand in each, and which two fields are its first and last day."""

    model: type[models.Model]
    label: str
    required: Mapping[str, str]
    first: str = ""
    last: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        own = (field.name for field in self.model._meta.concrete_fields)
        return tuple(name for name in own if name not in ("id", "reviewer"))


CAREER: Final = {
    "posts": Rows(Post, "任职经历", {"employer": "请填写工作单位。"}, "since", "until"),
    "services": Rows(
        Consultancy,
        "咨询服务",
        {
            "organisation": "请填写服务对象。",
            "kind": "请选择服务类型。",
            "since": "请填写开始日期。",
        },
        "since",
        "until",
    ),
    "training": Rows(
        Training,
        "培训",
        {"name": "请填写培训名称。", "held_on": "请填写培训日期。"},
        "held_on",
        "valid_until",
    ),
    "family": Rows(
        FamilyInterest,
        "近亲属任职、持股",
        {
            "relation": "请填写亲属关系，如“配偶”。",
            "organisation": "请填写单位名称。",
            "interest": "请写明任职或持股的情况。",
        },
    ),
    "absences": Rows(
        Unavailability,
        "不能参加的时间",
        {"since": "请填写开始日期。", "until": "请填写结束日期。"},
        "since",
        "until",
    ),
}
Row = Post | Consultancy | Training | FamilyInterest | Unavailability


@transaction.atomic
def save_entry(*, reviewer: Reviewer, changes: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Change the entry in the pool: employer, employer_uscc, qualification, languages, industries, load_limit.

    Only the fields given are touched. Conflicts that the change brings to light are recorded at once. Refused:
    employer_missing, uscc_malformed, industries_unknown, load_limit_range, reviewer_disqualified.
    """
    locked = _own(reviewer, actor)
    if apply_entry(locked, changes, actor, now):
        reviewer.refresh_from_db(fields=list(changes))
        detect_for_reviewer(reviewer=locked, now=now)


@transaction.atomic
def save_career_row(
    *,
    reviewer: Reviewer,
    section: str,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    row: Row | None = None,
) -> Row:
    """Add a row to a section of CAREER, or change `row` of it. Conflicts that it brings to light are recorded at once.

    Refused: entry_missing, uscc_malformed, ends_before_it_begins, date_out_of_range, too_many_rows, row_gone,
    reviewer_disqualified.
    """
    locked = _own(reviewer, actor)
    kept, changed = put_row(locked, section, values, actor, now, row=row)
    if changed:
        detect_for_reviewer(reviewer=locked, now=now)
    return kept


def put_row(
    locked: Reviewer,
    section: str,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    *,
    row: Row | None = None,
) -> tuple[Row, bool]:
    """Add or change a row of a locked reviewer and write the ledger; the row, and whether anything changed.

    Who may, and conflicts that it brings to light, are the caller's. Refused: as save_career_row.
    """
    kind = CAREER[section]
    given = {name: _clean(name, values.get(name)) for name in kind.fields if name in values}
    held = kind.model._default_manager.filter(reviewer=locked)
    if row is None:
        refuse_if(row_faults(section, given))
        if held.count() >= MOST_ROWS:
            raise Refused("too_many_rows", f"“{kind.label}”最多填 {MOST_ROWS} 条，请先删去不再需要的。")
        kept: Any = kind.model(reviewer=locked, **given)
        before = None
    else:
        kept = held.select_for_update().filter(pk=row.pk).first()
        if kept is None:
            raise Refused("row_gone", "这一条已经删除。")
        before = facts_of(section, kept)
        refuse_if(row_faults(section, before | given))
        for name, value in given.items():
            setattr(kept, name, value)
    after = facts_of(section, kept)
    if after == before:
        return kept, False
    kept.save()
    record(
        actor=actor,
        action="career.change" if before else "career.add",
        subject=locked,
        at=now,
        before=before,
        after=after,
        details={"section": kind.label},
    )
    return kept, True


@transaction.atomic
def remove_career_row(*, reviewer: Reviewer, section: str, row: Row, actor: Actor, now: datetime) -> None:
    """Take a row out; the ledger keeps it, and recusals recorded because of it stay. Refused: row_gone."""
    locked = _own(reviewer, actor)
    kept = CAREER[section].model._default_manager.select_for_update().filter(reviewer=locked, pk=row.pk)
    found = kept.first()
    if found is None:
        raise Refused("row_gone", "这一条已经删除。")
    record(
        actor=actor,
        action="career.remove",
        subject=locked,
        at=now,
        before=facts_of(section, found),
        details={"section": CAREER[section].label},
    )
    found.delete()


def apply_entry(locked: Reviewer, changes: Mapping[str, Any], actor: Actor, now: datetime) -> bool:
    """Change the fields of a locked entry and write the ledger; whether anything changed. Refused: as save_entry."""
    values = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    if "employer_uscc" in values:
        values["employer_uscc"] = values["employer_uscc"].upper()
    if "industries" in values:
        values["industries"] = letters_of(values["industries"])
    refuse_if(entry_faults(values))
    before = {name: getattr(locked, name) for name in values}
    changed = {name: value for name, value in values.items() if value != before[name]}
    if not changed:
        return False
    for name, value in changed.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(changed))
    record(
        actor=actor,
        action="reviewer.change",
        subject=locked,
        at=now,
        before={name: before[name] for name in changed},
        after=changed,
    )
    return True


def letters_of(industries: str) -> str:
    return "".join(sorted(set(industries.upper()) - set(" ,，、;；")))


def entry_faults(values: Mapping[str, Any]) -> list[Fault]:
    """What speaks against the fields of an entry that are given."""
    faults = []
    if "employer" in values and not values["employer"]:
        faults.append(Fault("employer_missing", "请填写工作单位，没有的写“无”。", "employer"))
    faults += _uscc_faults("employer_uscc", values)
    if not INDUSTRIES.fullmatch(values.get("industries", "")):
        faults.append(Fault("industries_unknown", "行业门类请用 GB/T 4754 的字母 A 至 T。", "industries"))
    limit = values.get("load_limit")
    if limit is not None and not 0 <= limit <= MOST_LOAD:
        faults.append(
            Fault("load_limit_range", f"请填 0 至 {MOST_LOAD} 之间的整数，不限的留空。", "load_limit")
        )
    return faults


def row_faults(section: str, values: Mapping[str, Any]) -> list[Fault]:
    """What speaks against one row of a section."""
    kind = CAREER[section]
    faults = [
        Fault("entry_missing", words, name) for name, words in kind.required.items() if not values.get(name)
    ]
    faults += _uscc_faults("uscc", values)
    faults += [
        Fault("date_out_of_range", "请核对日期。", name)
        for name, value in values.items()
        if isinstance(value, date) and not EARLIEST <= value <= LATEST
    ]
    first, last = values.get(kind.first), values.get(kind.last)
    if first and last and last < first:
        faults.append(Fault("ends_before_it_begins", "结束的日期早于开始的日期。", kind.last))
    return faults


def facts_of(section: str, row: models.Model) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CAREER[section].fields}


def _own(reviewer: Reviewer, actor: Actor) -> Reviewer:
    require_self(actor, reviewer)
    locked = Reviewer.objects.select_for_update(of=("self",)).select_related("user").get(pk=reviewer.pk)
    if locked.disqualified_at is not None:
        raise Refused("reviewer_disqualified", "您的评审资格已取消，资料不能再修改。")
    return locked


def _clean(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.strip().upper() if name == "uscc" else value.strip()


def _uscc_faults(name: str, values: Mapping[str, Any]) -> list[Fault]:
    if not values.get(name) or USCC.fullmatch(values[name]):
        return []
    words = "统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z）。"
    return [Fault("uscc_malformed", words, name)]

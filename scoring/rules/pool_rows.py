"""A spreadsheet of reviewers, judged row by row against the pool: new, changed, or refused and in which cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

COLUMNS: Final = {
    "name": "姓名",
    "email": "邮箱",
    "username": "登录名",
    "phone": "手机",
    "kind": "类别",
    "employer": "工作单位",
    "employer_uscc": "单位统一社会信用代码",
    "industries": "熟悉的行业",
    "qualification": "资格",
    "languages": "工作语言",
    "load_limit": "每年度最多承担",
    "training": "培训名称",
    "held_on": "培训日期",
    "valid_until": "培训有效期至",
}
REQUIRED: Final = ("name", "email", "kind", "employer")
KINDS: Final = {"评审员": "reviewer", "行业专家": "expert"}
# What an import may change of an entry that exists; the person's own account is theirs.
CHANGEABLE: Final = (
    "kind", "employer", "employer_uscc", "industries", "qualification", "languages", "load_limit",
)  # fmt: skip
LENGTHS: Final = {
    "name": 60, "email": 254, "username": 60, "phone": 30, "employer": 120, "qualification": 120, "languages": 60,
    "training": 120,
}  # fmt: skip
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_USERNAME: Final = re.compile(r"[A-Za-z0-9._@-]+")
_USCC: Final = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")
_TRADES: Final = re.compile(r"[A-T]*")
_MOST_LOAD: Final = 100
_YEARS: Final = (1950, 2100)


@dataclass(frozen=True)
class Known:
    """A reviewer as the pool has them: the CHANGEABLE fields as text, and (training, day) → valid until ("" is for ever).

    `careers`: section (rules.pool_careers) → its rows, each with its key in the database.
    """

    name: str
    username: str
    entry: Mapping[str, str]
    trainings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    disqualified: bool = False
    careers: Mapping[str, Sequence[tuple[int, Mapping[str, str]]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Pool:
    """What rows are judged against: reviewers by address; addresses and login names of all other accounts."""

    reviewers: Mapping[str, Known]
    addresses: frozenset[str] = frozenset()
    usernames: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """A row as read: column → text. `bad`: column → what is wrong with a cell that could not be read.

    `sheet`: "" for the page of names, else the section (rules.pool_careers).
    """

    line: int
    cells: Mapping[str, str]
    bad: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""


@dataclass(frozen=True)
class Verdict:
    """What becomes of a row: `new`, `changed`, `same` or `refused`.

    `faults`: (column, words). `changes`: (column, before, after). `values`: the cells cleaned, column → text. `sheet` as in
    Row; `target`: what a row of a further page changes.
    """

    line: int
    outcome: str
    values: Mapping[str, str]
    faults: tuple[tuple[str, str], ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    sheet: str = ""
    target: int | None = None


def judged(rows: Iterable[Row], pool: Pool) -> list[Verdict]:
    """A verdict for each row, in order. The same rows and pool have the same verdicts."""
    cleaned = [(row, _cleaned(row.cells)) for row in rows]
    emails = Counter(values["email"] for _, values in cleaned)
    names = Counter(_login(values) for _, values in cleaned)
    return [_verdict(row, values, pool, emails, names) for row, values in cleaned]


def _verdict(
    row: Row, values: Mapping[str, str], pool: Pool, emails: Mapping[str, int], names: Mapping[str, int]
) -> Verdict:
    faults = [*row.bad.items(), *_cell_faults(values, row.bad)]
    known = pool.reviewers.get(values["email"])
    if emails[values["email"]] > 1 and values["email"]:
        faults.append(("email", "这个邮箱在表中出现不止一次。"))
    if known is not None:
        faults += _against_known(values, known)
    else:
        faults += _against_accounts(values, pool, names)
    if faults:
        return Verdict(row.line, "refused", values, tuple(dict.fromkeys(faults)))
    if known is None:
        return Verdict(row.line, "new", values)
    changes = _changes(values, known)
    return Verdict(row.line, "changed" if changes else "same", values, (), changes)


def _cleaned(cells: Mapping[str, str]) -> dict[str, str]:
    values = {name: " ".join(cells.get(name, "").split()) for name in COLUMNS}
    values["email"] = values["email"].lower()
    values["employer_uscc"] = values["employer_uscc"].upper()
    values["industries"] = "".join(sorted(set(values["industries"].upper()) - set(" ,，、;；")))
    values["kind"] = KINDS.get(values["kind"], values["kind"])
    return values


def _login(values: Mapping[str, str]) -> str:
    return values["username"] or values["email"]


def _cell_faults(values: Mapping[str, str], bad: Mapping[str, str]) -> list[tuple[str, str]]:
    faults = [
        (name, "请填写。" if name != "employer" else "请填写，没有的写“无”。")
        for name in REQUIRED
        if not values[name] and name not in bad
    ]
    faults += [(name, f"最多 {most} 字。") for name, most in LENGTHS.items() if len(values[name]) > most]
    if values["email"] and not _EMAIL.fullmatch(values["email"]):
        faults.append(("email", "不是有效的邮箱地址。"))
    if values["kind"] and values["kind"] not in KINDS.values():
        faults.append(("kind", "请填“评审员”或“行业专家”。"))
    faults += uscc_fault("employer_uscc", values["employer_uscc"])
    if not _TRADES.fullmatch(values["industries"]):
        faults.append(("industries", "请用 GB/T 4754 的门类字母 A 至 T，如“C、I”。"))
    limit = values["load_limit"]
    if limit and not (limit.isascii() and limit.isdigit() and int(limit[:6]) <= _MOST_LOAD):
        faults.append(("load_limit", f"请填 0 至 {_MOST_LOAD} 之间的整数，不限的留空。"))
    return faults + _training_faults(values, bad)


def uscc_fault(column: str, text: str) -> list[tuple[str, str]]:
    if not text or _USCC.fullmatch(text):
        return []
    return [(column, "应为 18 位数字和大写字母（不含 I、O、S、V、Z）。")]


def _training_faults(values: Mapping[str, str], bad: Mapping[str, str]) -> list[tuple[str, str]]:
    days = {name: day_in(values[name]) for name in ("held_on", "valid_until")}
    faults = [
        (name, "请写成 2026-05-06 这样的日期。")
        for name, day in days.items()
        if values[name] and day is None and name not in bad
    ]
    if any(values[name] for name in ("training", "held_on", "valid_until")):
        faults += [
            (name, "填了培训，这一格也要填。")
            for name in ("training", "held_on")
            if not values[name] and name not in bad
        ]
    held, until = days["held_on"], days["valid_until"]
    if held and until and until < held:
        faults.append(("valid_until", "早于培训日期。"))
    return faults


def _against_known(values: Mapping[str, str], known: Known) -> list[tuple[str, str]]:
    faults = []
    if known.disqualified:
        faults.append(("email", "这位评审员的评审资格已取消。"))
    if values["name"] and values["name"] != known.name:
        faults.append(("name", f"与评审员库中这个邮箱的姓名“{known.name}”不一致，请核对。"))
    if values["username"] and values["username"] != known.username:
        faults.append(("username", "与评审员库中的登录名不一致，请核对或留空。"))
    return faults


def _against_accounts(
    values: Mapping[str, str], pool: Pool, names: Mapping[str, int]
) -> list[tuple[str, str]]:
    faults = []
    login = _login(values)
    if values["email"] in pool.addresses:
        faults.append(("email", "这个邮箱已有账号。已注册的人请用“列入评审员”按登录名办理。"))
    elif login in pool.usernames:
        faults.append(("username", "这个登录名已有人使用，请换一个。"))
    elif len(login) > LENGTHS["username"]:
        faults.append(("username", "邮箱太长，不能用作登录名，请另填一个登录名。"))
    elif login and not _USERNAME.fullmatch(login):
        faults.append(("username", "登录名只能用字母、数字和 . _ - @，请另填一个。"))
    elif login and names[login] > 1 and values["username"]:
        faults.append(("username", "这个登录名在表中出现不止一次。"))
    return faults


def _changes(values: Mapping[str, str], known: Known) -> tuple[tuple[str, str, str], ...]:
    """An empty cell leaves what is on record."""
    found = [
        (name, known.entry[name], values[name])
        for name in CHANGEABLE
        if values[name] and values[name] != known.entry[name]
    ]
    if values["training"]:
        key = (values["training"], values["held_on"])
        before = known.trainings.get(key)
        if before is None:
            found.append(("training", "", f"{values['training']}（{values['held_on']}）"))
        elif values["valid_until"] and before != values["valid_until"]:
            found.append(("valid_until", before, values["valid_until"]))
    return tuple(found)


def day_in(text: str) -> date | None:
    """The day that `text` writes as 2026-05-06, if it is one that can be meant."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if len(text) == len("2026-05-06") and _YEARS[0] <= day.year <= _YEARS[1] else None


def counted(verdicts: Sequence[Verdict]) -> dict[str, int]:
    found = Counter(verdict.outcome for verdict in verdicts)
    return {outcome: found[outcome] for outcome in ("new", "changed", "same", "refused")}

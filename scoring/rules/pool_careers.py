"""The further pages of a spreadsheet of reviewers: posts, services, training, ties, days away; each row judged by itself.

A row is new, changes one that is on record with the same key, is the same, or is refused at its cell. Nothing is taken out
because a row is missing, and an empty cell leaves what is on record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from scoring.rules.pool_rows import Known, Pool, Row, Verdict, day_in, uscc_fault

PERSON: Final = {"email": "邮箱", "person": "姓名"}
SERVICES: Final = {
    "管理咨询": "consulting",
    "培训辅导": "training",
    "认证审核": "certification",
    "其他服务": "other",
}
YES_NO: Final = {"是": "yes", "否": "no"}
MOST_HELD: Final = 60


@dataclass(frozen=True)
class Section:
    """A page: its columns without those that name the person, what has to stand in a row, and what tells rows apart.

    `days`: the columns that are dates, the last two of them first and last day; `choices`: column → word → code; `longest`:
    column → characters.
    """

    title: str
    columns: Mapping[str, str]
    required: tuple[str, ...]
    key: tuple[str, ...]
    days: tuple[str, ...] = ()
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    longest: Mapping[str, int] = field(default_factory=dict)

    @property
    def heads(self) -> dict[str, str]:
        return {**PERSON, **self.columns}


_USCC: Final = {"uscc": "统一社会信用代码"}
SECTIONS: Final = {
    "posts": Section(
        "任职经历",
        {"employer": "工作单位", **_USCC, "title": "职务", "since": "开始日期", "until": "结束日期"},
        ("employer",),
        ("employer", "since"),
        days=("since", "until"),
        longest={"employer": 120, "title": 60},
    ),
    "services": Section(
        "咨询服务",
        {
            "organisation": "服务对象", **_USCC, "kind": "服务类型", "since": "开始日期", "until": "结束日期",
            "paid": "有报酬",
        },
        ("organisation", "kind", "since"),
        ("organisation", "kind", "since"),
        days=("since", "until"),
        choices={"kind": SERVICES, "paid": YES_NO},
        longest={"organisation": 120},
    ),
    "training": Section(
        "培训",
        {"name": "培训名称", "held_on": "培训日期", "valid_until": "有效期至"},
        ("name", "held_on"),
        ("name", "held_on"),
        days=("held_on", "valid_until"),
        longest={"name": 120},
    ),
    "family": Section(
        "近亲属任职、持股",
        {"relation": "亲属关系", "organisation": "单位名称", **_USCC, "interest": "任职或持股情况"},
        ("relation", "organisation", "interest"),
        ("relation", "organisation"),
        longest={"relation": 30, "organisation": 120, "interest": 120},
    ),
    "absences": Section(
        "不能参加的时间",
        {"since": "开始日期", "until": "结束日期", "reason": "原因"},
        ("since", "until"),
        ("since", "until"),
        days=("since", "until"),
        longest={"reason": 120},
    ),
}  # fmt: skip


def judged_careers(rows: Iterable[Row], pool: Pool, people: Iterable[Verdict]) -> list[Verdict]:
    """A verdict for each row of the further pages, in order; `people`: the verdicts of the page of names."""
    listed = list(people)
    coming = {verdict.values["email"] for verdict in listed if verdict.outcome == "new"}
    trained = {tuple(one.values[name] for name in ("email", "training", "held_on")) for one in listed}
    cleaned = [(row, _cleaned(row)) for row in rows]
    keys = Counter(_key(row.sheet, values) for row, values in cleaned)
    added: Counter[tuple[str, str]] = Counter()
    found = []
    for row, values in cleaned:
        email = values["email"]
        known = pool.reviewers.get(email)
        faults = [*row.bad.items(), *_cell_faults(row, values)]
        if email and known is None and email not in coming and "email" not in row.bad:
            faults.append(("email", "评审员库里没有这个邮箱，名单页也没有要新增的这个人。"))
        if known is not None:
            faults += _against(values, known)
        if faults:
            found.append(Verdict(row.line, "refused", values, tuple(dict.fromkeys(faults)), sheet=row.sheet))
            continue
        held = list(known.careers.get(row.sheet, ())) if known else []
        verdict = _beside(row, values, held)
        if verdict.outcome != "same" and keys[_key(row.sheet, values)] > 1:
            verdict = _refused(
                row, values, SECTIONS[row.sheet].key[0], "同一个人的这一条在表中出现不止一次。"
            )
        elif verdict.outcome == "new" and row.sheet == "training" and _key(row.sheet, values)[1:] in trained:
            verdict = _refused(row, values, "name", "名单页已经写了这次培训，请只写一处。")
        elif verdict.outcome == "new":
            added[row.sheet, email] += 1
            if len(held) + added[row.sheet, email] > MOST_HELD:
                verdict = _refused(
                    row, values, "email", f"“{SECTIONS[row.sheet].title}”每人最多 {MOST_HELD} 条。"
                )
        found.append(verdict)
    return found


def _beside(row: Row, values: Mapping[str, str], held: Iterable[tuple[int, Mapping[str, str]]]) -> Verdict:
    """The row beside what is on record: the one with its key that differs least from it."""
    section = SECTIONS[row.sheet]
    same_key = [
        (pk, record) for pk, record in held if all(record[name] == values[name] for name in section.key)
    ]
    if not same_key:
        return Verdict(row.line, "new", values, sheet=row.sheet)
    differing = [
        (
            pk,
            tuple(
                (name, record[name], values[name])
                for name in section.columns
                if _differs(name, record, values)
            ),
        )
        for pk, record in same_key
    ]
    pk, changes = min(differing, key=lambda pair: len(pair[1]))
    outcome = "changed" if changes else "same"
    return Verdict(row.line, outcome, values, changes=changes, sheet=row.sheet, target=pk)


def _differs(name: str, record: Mapping[str, str], values: Mapping[str, str]) -> bool:
    return bool(values[name]) and values[name] != record[name]


def _refused(row: Row, values: Mapping[str, str], column: str, words: str) -> Verdict:
    return Verdict(row.line, "refused", values, ((column, words),), sheet=row.sheet)


def _cleaned(row: Row) -> dict[str, str]:
    section = SECTIONS[row.sheet]
    values = {name: " ".join(row.cells.get(name, "").split()) for name in section.heads}
    values["email"] = values["email"].lower()
    for name, words in section.choices.items():
        values[name] = words.get(values[name], values[name])
    if "uscc" in values:
        values["uscc"] = values["uscc"].upper()
    return values


def _key(sheet: str, values: Mapping[str, str]) -> tuple[str, ...]:
    return (sheet, values["email"], *(values[name] for name in SECTIONS[sheet].key))


def _cell_faults(row: Row, values: Mapping[str, str]) -> list[tuple[str, str]]:
    section = SECTIONS[row.sheet]
    faults = [
        (name, "请填写。")
        for name in ("email", *section.required)
        if not values[name] and name not in row.bad
    ]
    faults += [
        (name, f"最多 {most} 字。") for name, most in section.longest.items() if len(values[name]) > most
    ]
    faults += [
        (name, f"请填“{'”“'.join(words)}”。")
        for name, words in section.choices.items()
        if values[name] and values[name] not in words.values()
    ]
    if "uscc" in values:
        faults += uscc_fault("uscc", values["uscc"])
    days = {name: day_in(values[name]) for name in section.days}
    faults += [
        (name, "请写成 2026-05-06 这样的日期。")
        for name, day in days.items()
        if values[name] and day is None and name not in row.bad
    ]
    if section.days and (first := days[section.days[0]]) and (last := days[section.days[1]]) and last < first:
        faults.append((section.days[1], f"早于{section.columns[section.days[0]]}。"))
    return faults


def _against(values: Mapping[str, str], known: Known) -> list[tuple[str, str]]:
    faults = []
    if known.disqualified:
        faults.append(("email", "这位评审员的评审资格已取消。"))
    if values["person"] and values["person"] != known.name:
        faults.append(("person", f"与评审员库中这个邮箱的姓名“{known.name}”不一致，请核对。"))
    return faults

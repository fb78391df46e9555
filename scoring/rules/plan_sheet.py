"""A proposal as a table of lines (CSV), to be changed in a spreadsheet and read back: every line that can't be read is named."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import StringIO

from ground.spreadsheets import harmless
from scoring.rules.teams import Seat, Task, Team

HEAD = ("评审组", "类别", "编号", "名称", "组长", "行业专家", "说明")
MEMBER, FILE = "评审员", "申报组织"
YES, NO = {"是", "1", "y", "yes", "√"}, {"", "否", "0", "n", "no"}
LONGEST_NAME = 60


@dataclass
class Reading:
    """`teams` in the order of the lines; `faults`: (line of the table, what is wrong there); 0 for the table as a whole."""

    teams: tuple[Team, ...] = ()
    faults: list[tuple[int, str]] = field(default_factory=list)


def written(
    task: Task, teams: Iterable[Team], unplaced: Iterable[int], said: dict[tuple[str, int], str]
) -> str:
    """The table: a line for each seat and each file; `said`: (panel, person) → why. Files without a panel come last."""
    out = StringIO()
    table = csv.writer(out)
    table.writerow(HEAD)
    for team in teams:
        for seat in team.seats:
            one = task.person[seat.person]
            flags = ("是" if seat.lead else "", "是" if seat.expert else "")
            words = said.get((team.name, one.id), "")
            table.writerow(_safe((team.name, MEMBER, one.key, one.name, *flags, words)))
        for file in team.files:
            table.writerow(_safe((team.name, FILE, task.file[file].key, task.file[file].name, "", "", "")))
    for file in unplaced:
        table.writerow(_safe(("", FILE, task.file[file].key, task.file[file].name, "", "", "没有分组")))
    return out.getvalue()


def read(task: Task, text: str) -> Reading:
    """Teams from a table such as `written` makes: panel, kind and key count, names and reasons are for people."""
    reading = Reading()
    rows = list(csv.reader(StringIO(text)))
    if not rows or tuple(cell.strip() for cell in rows[0][:4]) != HEAD[:4]:
        reading.faults.append((1, f"第一行应为列名：{'、'.join(HEAD)}。请在导出的表上修改。"))
        return reading
    people = {one.key: one.id for one in task.people}
    files = {file.key: file.id for file in task.files}
    seats: dict[str, list[Seat]] = {}
    placed: dict[str, list[int]] = {}
    first: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows[1:], start=2):
        name, kind, key, _, lead, expert, *_ = [*(cell.strip() for cell in row), *[""] * 7]
        if not any(cell.strip() for cell in row):
            continue
        fault = _fault(name, kind, key, lead, expert, people, files)
        spot = (name if kind == MEMBER else "", key)
        if not fault and spot in first:
            fault = f"{key}在第 {first[spot]} 行已经有了。"
        if fault:
            reading.faults.append((number, fault))
            continue
        first[spot] = number
        if kind == FILE and not name:
            continue
        seats.setdefault(name, [])
        placed.setdefault(name, [])
        if kind == MEMBER:
            seats[name].append(Seat(people[key], lead=lead.lower() in YES, expert=expert.lower() in YES))
        else:
            placed[name].append(files[key])
    if len(rows) > 1 and not seats and not reading.faults:
        reading.faults.append((0, "表里没有一个评审组。"))
    reading.teams = tuple(
        Team(name, tuple(members), tuple(sorted(placed[name]))) for name, members in seats.items()
    )
    return reading


def _fault(
    name: str, kind: str, key: str, lead: str, expert: str, people: dict[str, int], files: dict[str, int]
) -> str:
    if kind not in (MEMBER, FILE):
        return f"类别应为“{MEMBER}”或“{FILE}”，现为“{kind}”。"
    if kind == MEMBER and not name:
        return "评审员这一行没有写评审组。"
    if len(name) > LONGEST_NAME:
        return f"评审组的名称最多 {LONGEST_NAME} 字。"
    if kind == MEMBER and key not in people:
        return f"评审员库里没有登录名“{key}”，或资格已经取消。"
    if kind == FILE and key not in files:
        return f"等待分组的申报里没有编号“{key}”。"
    wrong = [word for word in (lead, expert) if word.lower() not in YES | NO]
    return f"“组长”“行业专家”两列写“是”或留空，现为“{wrong[0]}”。" if wrong else ""


def _safe(cells: Iterable[str]) -> list[str]:
    """What may have got an apostrophe is for people: only panel and key are read back."""
    return [harmless(cell) for cell in cells]


def changes(task: Task, before: Iterable[Team], after: Iterable[Team]) -> list[str]:
    """What would change, in words: panels that come and go, files that move, people who join, leave or change duty."""
    old, new = list(before), list(after)
    names = {team.name for team in old}, {team.name for team in new}
    said = [f"新增{name}。" for name in sorted(names[1] - names[0])]
    said += [f"取消{name}。" for name in sorted(names[0] - names[1])]
    was = {file: team.name for team in old for file in team.files}
    now = {file: team.name for team in new for file in team.files}
    for file in task.files:
        start, end = was.get(file.id, "没有分组"), now.get(file.id, "没有分组")
        if start != end:
            said.append(f"{file.name}：{start} → {end}。")
    seats = [
        {(team.name, seat.person): seat for team in teams for seat in team.seats} for teams in (old, new)
    ]
    for name, person in sorted(seats[0].keys() | seats[1].keys()):
        one = task.person[person].name
        start_seat, end_seat = seats[0].get((name, person)), seats[1].get((name, person))
        if end_seat is None:
            said.append(f"{one}离开{name}。")
        elif start_seat is None:
            said.append(f"{one}进入{name}（{duty(end_seat)}）。")
        elif duty(start_seat) != duty(end_seat):
            said.append(f"{one}在{name}：{duty(start_seat)} → {duty(end_seat)}。")
    return said


def duty(seat: Seat) -> str:
    """组长, 行业专家, both, or 评审员."""
    return (
        "、".join(word for word, holds in (("组长", seat.lead), ("行业专家", seat.expert)) if holds)
        or "评审员"
    )

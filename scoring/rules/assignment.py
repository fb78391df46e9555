"""The automatic proposal of panels: who reviews which files, with the reason for each choice.

The regulations ask for three reviewers or more, an industry expert and a lead; they say nothing about how to choose.
Conflicts are forbidden, and so is a second file of a rival; known trades, even work and varied employers are aimed at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import count, pairwise

from scoring.rules.optimum import place_files, seat_people
from scoring.rules.teams import Note, Person, Proposal, Seat, Task, Team

ROUNDS = 4
NUMERALS = "一二三四五六七八九十"
Progress = Callable[[int, int, str], None]


def propose(task: Task, *, progress: Progress = lambda done, of, words: None) -> Proposal:
    """Propose panels for `task`; the same task has the same proposal, in whatever order its parts are given.

    1. How many panels the people allow. 2. Files in groups by trade. 3. In turn: people for the groups, files for the
    people, until neither changes; the best round counts. 4. Reasons. `progress(done, of, words)` is told each step.
    """
    task = replace(task, files=tuple(sorted(task.files)), people=tuple(sorted(task.people)))
    notes, panels = _how_many(task)
    if not panels:
        reason = "没有能组成的评审组。"
        return Proposal((), {file.id: reason for file in task.files}, tuple(notes))
    groups, best = _by_trade(task, panels), None
    for number in range(ROUNDS):  # pragma: no branch (it settles before, as a rule)
        progress(2 * number, 2 * ROUNDS + 1, f"安排评审员（第 {number + 1} 轮）")
        benches = seat_people(task, groups)
        if benches is None:
            break
        progress(2 * number + 1, 2 * ROUNDS + 1, f"分配申报材料（第 {number + 1} 轮）")
        placed = place_files(task, benches)
        left = {file.id for file in task.files} - {file for group in placed for file in group}
        worth = (-len(left), _worth(task, benches, placed))
        if best is None or worth > best[0]:
            best = (worth, benches, placed)
        again = _with_left(placed, sorted(left))
        if again == groups:
            break
        groups = again
    progress(2 * ROUNDS, 2 * ROUNDS + 1, "写明理由")
    if best is None:
        lacking = Note(
            "no_industry_expert", "登记为这些行业的行业专家不够每组一名，请先补充评审员库。", bad=True
        )
        return Proposal((), {file.id: lacking.message for file in task.files}, (*notes, lacking))
    _, benches, placed = best
    return _written(task, benches, placed, notes)


def _how_many(task: Task) -> tuple[list[Note], int]:
    """How many panels there will be, and what limits them."""
    if not task.files:
        return [Note("no_applications", "没有等待分组的申报材料。", bad=True)], 0
    wanted = -(-len(task.files) // task.most)
    people, experts = len(task.usable), len(task.experts_there)
    possible = min(wanted, people // task.size, experts // task.experts if task.experts else wanted)
    if possible == wanted:
        return [], wanted
    lacking = (
        f"可用的评审员 {people} 人（其中登记为这些行业的行业专家的 {experts} 人），"
        f"每组 {task.size} 人、行业专家 {task.experts} 名"
    )
    if not possible:
        return [Note("too_few_reviewers", f"{lacking}，一个组也组不成。请补充评审员库。", bad=True)], 0
    words = (
        f"{lacking}，最多组成 {possible} 组；按每组最多 {task.most} 家需要 {wanted} 组，因此每组家数会超过。"
    )
    return [Note("panels_reduced", words)], possible


def _by_trade(task: Task, panels: int) -> list[list[int]]:
    """The files in `panels` groups as even as can be, those of one trade together."""
    ordered = sorted(task.files, key=lambda file: (file.trade, file.id))
    bounds = [len(ordered) * place // panels for place in range(panels + 1)]
    return [sorted(file.id for file in ordered[start:end]) for start, end in pairwise(bounds)]


def _with_left(placed: Sequence[Sequence[int]], left: Sequence[int]) -> list[list[int]]:
    """The groups of the next round: what found no panel goes to the smallest, so that people are chosen with it in mind."""
    groups = [list(group) for group in placed]
    for file in left:
        min(groups, key=len).append(file)
    return [sorted(group) for group in groups]


def _worth(task: Task, benches: Sequence[Sequence[Seat]], placed: Sequence[Sequence[int]]) -> float:
    """What a round is worth beside others: pairs that know each other's trade, less colleagues in one panel."""
    known = sum(
        task.file[file].trade in task.person[seat.person].trades
        for bench, group in zip(benches, placed, strict=True)
        for seat in bench
        for file in group
    )
    together = 0
    for bench in benches:
        employers = Counter(task.person[seat.person].employer for seat in bench)
        together += sum(people - 1 for employer, people in employers.items() if employer)
    sizes = [len(group) for group in placed]
    return known - 5 * together - (max(sizes) - min(sizes))


def _written(
    task: Task, benches: Sequence[Sequence[Seat]], placed: Sequence[Sequence[int]], notes: list[Note]
) -> Proposal:
    teams: list[Team] = []
    for bench, group in zip(benches, placed, strict=True):
        if group:
            name = free_name({*task.names, *(team.name for team in teams)})
            teams.append(Team(name, tuple(_reasoned(task, bench, group)), tuple(sorted(group))))
    placed_files = {file for group in placed for file in group}
    unplaced = {file.id: why_left(task, teams, file.id) for file in task.files if file.id not in placed_files}
    return Proposal(tuple(teams), unplaced, tuple(notes))


def free_name(taken: Collection[str]) -> str:
    """The first of 第一组, 第二组, … that is not `taken`."""
    numbers = (f"第{NUMERALS[n]}组" if n < len(NUMERALS) else f"第 {n + 1} 组" for n in count())
    return next(name for name in numbers if name not in taken)


def _reasoned(task: Task, bench: Sequence[Seat], group: Sequence[int]) -> list[Seat]:
    """The bench with reasons, the lead first, then the expert."""
    ordered = sorted(bench, key=lambda seat: (not seat.lead, not seat.expert, seat.person))
    return [replace(seat, reasons=tuple(reasons_for(task, seat, bench, group))) for seat in ordered]


def reasons_for(task: Task, seat: Seat, bench: Sequence[Seat], group: Sequence[int]) -> list[str]:
    """Why this person sits there, in words."""
    one = task.person[seat.person]
    known = [file for file in group if task.file[file].trade in one.trades]
    said = []
    if seat.lead:
        said.append(f"评审经验：已封存评分表 {one.sealed} 份")
    if seat.expert:
        said.append(
            "登记为本组行业的行业专家"
            if one.expert_for(task.trades_of(group))
            else "没有登记为本组行业的行业专家"
        )
    letters = "".join(sorted({task.file[file].trade for file in known}))
    said.append(f"熟悉本组 {len(group)} 家中 {len(known)} 家的行业{f'（{letters}）' if letters else ''}")
    said.append(f"现有待评 {one.load} 家" if one.load else "现在没有待评")
    colleagues = [
        task.person[other.person].name
        for other in bench
        if other.person != one.id and one.employer and task.person[other.person].employer == one.employer
    ]
    if colleagues:
        said.append(f"与{'、'.join(colleagues)}同单位，没有其他人可换")
    rivals = task.rivals_of(one.id, group)
    if rivals:
        said.append(f"单位与{'、'.join(task.file[file].name for file in rivals)}同行业竞争，只此一家")
    said.append("与本组申报组织没有利害关系")
    return said


def why_left(task: Task, teams: Sequence[Team], file: int) -> str:
    """Why a file has no panel: nobody could review it at all, or who stands in the way in each."""
    clear = [one for one in task.usable if (one.id, file) not in task.conflicts]
    if len(clear) < task.size:
        return f"可用的评审员里只有 {len(clear)} 人与它没有利害关系，不足 {task.size} 人。请补充评审员库。"
    if not teams:
        return "组不成有登记的行业专家的评审组。请补充评审员库，或者逐组组建。"
    return "；".join(f"{team.name}：{_obstacle(task, team, file)}" for team in teams) + "。"


def _obstacle(task: Task, team: Team, file: int) -> str:
    members: list[Person] = [task.person[person] for person in team.people]
    away = [one.name for one in members if (one.id, file) in task.conflicts]
    if away:
        return f"{'、'.join(away)}须回避"
    rivals = [
        one.name for one in members if (one.id, file) in task.rivals and task.rivals_of(one.id, team.files)
    ]
    if rivals:
        return f"{'、'.join(rivals)}已有一家同行业竞争的材料"
    full = [one.name for one in members if one.room is not None and len(team.files) >= one.room]
    return f"{'、'.join(full)}已到工作量上限" if full else "家数已满"

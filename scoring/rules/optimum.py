"""The two questions put to the optimiser (HiGHS, through SciPy): who sits in which panel, and which file goes to which.

Each is a small integer programme; HiGHS stops by gap and node, never by the clock, so the same input has the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from scoring.rules.teams import File, Person, Seat, Task

# What one point of each is worth: a forbidden meeting outweighs everything, expertise outweighs balance.
MEETING, KNOWS, LEADS, EMPLOYER, LOAD = 60.0, 10.0, 4.0, 20.0, 0.4
UNPLACED, UNEVEN = 1000.0, 6.0
GAP, NODES = 0.005, 2000
INFEASIBLE = 2  # milp's word for it


class _Programme:
    """Columns with their cost and upper bound, rows with their bounds."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.upper: list[float] = []
        self.entries: list[tuple[int, int, float]] = []
        self.rows: list[tuple[float, float]] = []

    def column(self, cost: float, upper: float = 1) -> int:
        self.cost.append(cost)
        self.upper.append(upper)
        return len(self.cost) - 1

    def row(self, terms: Iterable[tuple[int, float]], lower: float, upper: float) -> None:
        self.entries += [(len(self.rows), column, weight) for column, weight in terms]
        self.rows.append((lower, upper))

    def solve(self) -> Sequence[float] | None:
        """The columns' values; None when there is no solution."""
        rows, columns, weights = zip(*self.entries, strict=True)
        matrix = coo_array((weights, (rows, columns)), shape=(len(self.rows), len(self.cost)))
        lower, upper = zip(*self.rows, strict=True)
        for options in ({"mip_rel_gap": GAP, "node_limit": NODES}, {"mip_rel_gap": GAP}):
            answer = milp(
                np.array(self.cost),
                integrality=np.ones(len(self.cost)),
                bounds=Bounds(0, np.array(self.upper)),
                constraints=LinearConstraint(matrix.tocsr(), np.array(lower), np.array(upper)),
                options=options,
            )
            if answer.x is not None:
                return [float(value) for value in answer.x]
            if answer.status == INFEASIBLE:
                break
        return None


def familiarity(person: Person, files: Iterable[File]) -> float:
    """The share of `files` whose trade the person knows, 0 to 1."""
    known = [file.trade in person.trades for file in files]
    return sum(known) / len(known) if known else 0.0


def seat_people(task: Task, groups: Sequence[Sequence[int]]) -> list[list[Seat]] | None:
    """Fill the seats of each group of files; None when there are too few people or experts.

    Hard: `task.size` seats, one lead, `task.experts` experts, nobody in two panels. Dear, so that it is given up only
    when nothing else is left: a person with a file they must not have (the file moves on in the next step), two
    colleagues in a panel.
    """
    programme, people, able = _Programme(), task.usable, {one.id for one in task.experts_there}
    sits: dict[tuple[int, int], int] = {}
    leads: dict[tuple[int, int], int] = {}
    advises: dict[tuple[int, int], int] = {}
    most_sealed = max((one.sealed for one in people), default=0) or 1
    for place, group in enumerate(groups):
        files = [task.file[file] for file in group]
        for one in people:
            key = (one.id, place)
            knows = familiarity(one, files)
            sits[key] = programme.column(
                MEETING * _meetings(task, one, group) - KNOWS * knows + LOAD * one.load
            )
            leads[key] = programme.column(-LEADS * one.sealed / most_sealed)
            if one.id in able:
                advises[key] = programme.column(-KNOWS * knows)
            roles = [(leads[key], 1.0), *([(advises[key], 1.0)] if key in advises else [])]
            programme.row([*roles, (sits[key], -1.0)], -np.inf, 0)
        mine = [one.id for one in people]
        programme.row([(sits[one, place], 1.0) for one in mine], task.size, task.size)
        programme.row([(leads[one, place], 1.0) for one in mine], 1, 1)
        experts = [(advises[one, place], 1.0) for one in mine if (one, place) in advises]
        if len(experts) < task.experts:
            return None
        programme.row(experts, task.experts, task.experts)
        for colleagues in _colleagues(people):
            over = programme.column(EMPLOYER, task.size)
            programme.row([*((sits[one, place], 1.0) for one in colleagues), (over, -1.0)], -np.inf, 1)
    for one in people:
        programme.row([(sits[one.id, place], 1.0) for place in range(len(groups))], 0, 1)
    values = programme.solve()
    if values is None:
        return None
    return [
        [
            Seat(
                one.id,
                lead=values[leads[one.id, place]] > 0.5,
                expert=(one.id, place) in advises and values[advises[one.id, place]] > 0.5,
            )
            for one in people
            if values[sits[one.id, place]] > 0.5
        ]
        for place in range(len(groups))
    ]


def place_files(task: Task, benches: Sequence[Sequence[Seat]]) -> list[list[int]]:
    """Give each file to the bench that knows its trade, evenly; a file that no bench may have is left out.

    Hard: no conflict, a file of a trade for which each expert is registered, at most one rival's file a person, nobody
    above their limit, at most `task.most` files unless there are too few benches for that.
    """
    programme, count = _Programme(), len(benches)
    even = -(-len(task.files) // count)
    most = max(task.most, even)
    goes: dict[tuple[int, int], int] = {}
    for file in task.files:
        for place, bench in enumerate(benches):
            if not any((seat.person, file.id) in task.conflicts for seat in bench):
                goes[file.id, place] = programme.column(-KNOWS * _known(task, file, bench))
        left = programme.column(UNPLACED)
        places = [(goes[file.id, place], 1.0) for place in range(count) if (file.id, place) in goes]
        programme.row([*places, (left, 1.0)], 1, 1)
    for place, bench in enumerate(benches):
        mine = {file.id: goes[file.id, place] for file in task.files if (file.id, place) in goes}
        if not mine:
            continue
        rooms = [room for seat in bench if (room := task.person[seat.person].room) is not None]
        limit = min([most, *rooms])
        over = programme.column(UNEVEN, limit)
        under = programme.column(UNEVEN, even)
        terms = [(column, 1.0) for column in mine.values()]
        programme.row(terms, 0, limit)
        programme.row([*terms, (over, -1.0)], -np.inf, even)
        programme.row([*terms, (under, 1.0)], len(task.files) // count, np.inf)
        for seat in bench:
            if seat.expert:  # at least one of the files is of a trade that the expert is registered for
                known = {f for f in mine if task.person[seat.person].expert_for([task.file[f].trade])}
                weighed = ((mine[file], limit - 1.0 if file in known else -1.0) for file in mine)
                programme.row(weighed, 0, np.inf)
            rivals = [(mine[file], 1.0) for file in task.rivals_of(seat.person, mine)]
            if len(rivals) > 1:
                programme.row(rivals, 0, 1)
    values = programme.solve()
    assert values is not None  # leaving every file out is always a solution
    return [
        [file.id for file in task.files if (file.id, place) in goes and values[goes[file.id, place]] > 0.5]
        for place in range(count)
    ]


def _meetings(task: Task, one: Person, group: Sequence[int]) -> int:
    """How many files of `group` the person must not have, or has no room for."""
    forbidden = sum((one.id, file) in task.conflicts for file in group)
    forbidden += max(0, len(task.rivals_of(one.id, group)) - 1)
    return forbidden + (max(0, len(group) - one.room) if one.room is not None else 0)


def _known(task: Task, file: File, bench: Sequence[Seat]) -> float:
    """How well a bench knows the file's trade: the expert counts double."""
    weights: Mapping[int, int] = {seat.person: 2 if seat.expert else 1 for seat in bench}
    knows = sum(weight for person, weight in weights.items() if file.trade in task.person[person].trades)
    return knows / sum(weights.values())


def _colleagues(people: Sequence[Person]) -> list[list[int]]:
    by_employer: dict[str, list[int]] = {}
    for one in people:
        if one.employer:
            by_employer.setdefault(one.employer, []).append(one.id)
    return [ids for ids in by_employer.values() if len(ids) > 1]

"""What a proposal of panels is made from and made of: files, people, teams. Plain data and what is against a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scoring.rules.experts import EXPERT, expert_for

# What is against a plan and can still be confirmed by the head, with a reason.
HEAD_DECIDES = frozenset({"not_an_expert"})


@dataclass(frozen=True, order=True)
class File:
    """An application to be reviewed. `trade`: its section of GB/T 4754; `key`: its number, as people write it."""

    id: int
    name: str
    trade: str
    key: str = ""


@dataclass(frozen=True, order=True)
class Person:
    """A reviewer of the pool.

    `trades`: the sections they know; `employer`: a key that is the same for colleagues, "" for none; `load`: files they
    have to score already; `room`: how many more they can take (None: no limit); `sealed`: sheets they have ever sealed;
    `out`: why they can't be asked at all, "" when they can; `key`: the login name.
    """

    id: int
    name: str
    expert: bool
    trades: str
    employer: str = ""
    load: int = 0
    room: int | None = None
    sealed: int = 0
    out: str = ""
    key: str = ""

    def expert_for(self, trades: Iterable[str]) -> bool:
        """Whether they can be the industry expert of a panel that reviews applicants of `trades`."""
        return expert_for(EXPERT if self.expert else "", self.trades, trades)


@dataclass(frozen=True)
class Task:
    """What is to be proposed: `size` seats a panel, `experts` industry experts among them, at most `most` files each.

    `minimum`: the fewest seats that the regulation allows when hands change the proposal.
    `conflicts`: (person, file) that must not meet; `rivals`: (person, file) where the applicant competes with the
    person's employer in the same trade, of which a person may have one. `names`: names of panels that are taken.
    """

    files: tuple[File, ...]
    people: tuple[Person, ...]
    conflicts: frozenset[tuple[int, int]] = frozenset()
    rivals: frozenset[tuple[int, int]] = frozenset()
    size: int = 3
    minimum: int = 3
    experts: int = 1
    most: int = 8
    names: frozenset[str] = frozenset()

    @cached_property
    def file(self) -> dict[int, File]:
        return {file.id: file for file in self.files}

    @cached_property
    def person(self) -> dict[int, Person]:
        return {person.id: person for person in self.people}

    @cached_property
    def usable(self) -> tuple[Person, ...]:
        return tuple(sorted(one for one in self.people if not one.out and (one.room is None or one.room > 0)))

    @cached_property
    def experts_there(self) -> tuple[Person, ...]:
        """Who of the usable can be the industry expert for any of the files."""
        return tuple(one for one in self.usable if one.expert_for(file.trade for file in self.files))

    def trades_of(self, files: Iterable[int]) -> list[str]:
        return sorted({self.file[file].trade for file in files})

    def rivals_of(self, person: int, files: Iterable[int]) -> list[int]:
        return [file for file in files if (person, file) in self.rivals]


@dataclass(frozen=True)
class Seat:
    """A seat with the reasons for who sits there."""

    person: int
    lead: bool = False
    expert: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Team:
    """A proposed panel."""

    name: str
    seats: tuple[Seat, ...]
    files: tuple[int, ...]

    @property
    def people(self) -> tuple[int, ...]:
        return tuple(seat.person for seat in self.seats)


@dataclass(frozen=True)
class Note:
    """Something to know about a proposal. `code` is stable; `bad`: it can't be confirmed like this."""

    code: str
    message: str
    bad: bool = False
    team: str = ""


@dataclass(frozen=True)
class Proposal:
    """Teams, the files without one (file → why), and what limited the choice. What is against the teams: `against`."""

    teams: tuple[Team, ...]
    unplaced: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def against(task: Task, teams: Iterable[Team]) -> list[Note]:
    """What speaks against `teams` (bad) or is worth a look, whether they were proposed or changed by hand."""
    listed = list(teams)
    found = [note for team in listed for note in _against_team(task, team)]
    twice = Counter(file for team in listed for file in team.files)
    found += [
        Note("file_twice", f"{task.file[file].name}分在 {count} 个组，只能在一个组。", bad=True)
        for file, count in sorted(twice.items())
        if count > 1
    ]
    work: Counter[int] = Counter()
    for team in listed:
        for person in set(team.people):
            work[person] += len(team.files)
    for person, files in sorted(work.items()):
        one = task.person[person]
        if one.room is not None and files > one.room:
            found.append(
                Note("over_limit", f"{one.name}还能承担 {one.room} 家，这里安排了 {files} 家。", bad=True)
            )
    seats = Counter(person for team in listed for person in set(team.people))
    found += [
        Note("several_seats", f"{task.person[person].name}同时在 {count} 个组。")
        for person, count in sorted(seats.items())
        if count > 1
    ]
    return found


def _against_team(task: Task, team: Team) -> Iterator[Note]:
    def bad(code: str, message: str) -> Note:
        return Note(code, f"{team.name}：{message}", bad=True, team=team.name)

    people = [task.person[person] for person in team.people]
    if not team.files:
        yield bad("no_applications", "没有申报材料。")
    if len(set(team.people)) < task.minimum:
        yield bad("too_few_reviewers", f"不少于 {task.minimum} 人，现有 {len(set(team.people))} 人。")
    leads = sum(seat.lead for seat in team.seats)
    if leads != 1:
        yield bad("no_lead" if not leads else "several_leads", f"组长应为一名，现有 {leads} 名。")
    experts = [task.person[seat.person] for seat in team.seats if seat.expert]
    if len(experts) < task.experts:
        yield bad("no_industry_expert", f"行业专家不少于 {task.experts} 名，现有 {len(experts)} 名。")
    for one in experts:
        if team.files and not one.expert_for(trades := task.trades_of(team.files)):
            letters = "、".join(trades)
            yield bad("not_an_expert", f"{one.name}没有登记为本组行业（{letters}）的行业专家。")
    for one in people:
        if one.out:
            yield bad("reviewer_out", f"{one.name}{one.out}。")
        for file in team.files:
            if (one.id, file) in task.conflicts:
                yield bad("conflict_of_interest", f"{one.name}须回避{task.file[file].name}。")
        rivals = task.rivals_of(one.id, team.files)
        if len(rivals) > 1:
            names = "、".join(task.file[file].name for file in rivals)
            yield bad("several_rivals", f"{one.name}的单位与{names}同行业竞争，这类材料最多一家。")
    together: dict[str, list[str]] = {}
    for one in people:
        together.setdefault(one.employer, []).append(one.name)
    for employer, colleagues in together.items():
        if employer and len(colleagues) > 1:
            yield Note("same_employer", f"{team.name}：{'、'.join(colleagues)}来自同一单位。", team=team.name)

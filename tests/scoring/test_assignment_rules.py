"""The optimiser's proposal keeps every rule, says what is impossible, and is the same for the same input."""

from __future__ import annotations

import importlib.util
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.rules import plan_sheet
from scoring.rules.assignment import propose, reasons_for
from scoring.rules.optimum import seat_people
from scoring.rules.teams import File, Person, Seat, Task, Team, against

BENCH = Path(__file__).parents[2] / "bench" / "assignment.py"


def files(*trades: str) -> tuple[File, ...]:
    return tuple(File(n, f"组织{n}", trade, f"park-{n:03d}") for n, trade in enumerate(trades, start=1))


def people(*trades: str, **every: Any) -> tuple[Person, ...]:
    return tuple(
        Person(n, f"评审员{n}", expert=n % 3 == 0, trades=known, key=f"user{n}", **every)
        for n, known in enumerate(trades, start=1)
    )


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    pool = tuple(
        Person(
            n,
            f"评审员{n}",
            expert=draw(st.booleans()),
            trades=draw(st.sampled_from(["", "C", "I", "CI", "CF"])),
            employer=draw(st.sampled_from(["", "甲", "乙", "丙"])),
            load=draw(st.integers(0, 4)),
            room=draw(st.sampled_from([None, None, 0, 1, 3, 8])),
            sealed=draw(st.integers(0, 9)),
            out=draw(st.sampled_from(["", "", "", "不能参加"])),
        )
        for n in range(1, draw(st.integers(0, 10)) + 1)
    )
    listed = files(*draw(st.lists(st.sampled_from("CIF"), max_size=9)))
    pairs = [(one.id, file.id) for one in pool for file in listed]
    some = st.sets(st.sampled_from(pairs), max_size=12) if pairs else st.just(set())
    conflicts = draw(some)
    return Task(
        listed,
        pool,
        frozenset(conflicts),
        frozenset(draw(some) - conflicts),
        size=draw(st.integers(3, 4)),
        most=draw(st.integers(1, 5)),
    )


@settings(max_examples=60, deadline=None)
@given(tasks())
def test_no_proposal_breaks_a_rule(task: Task) -> None:
    made = propose(task)
    assert [note.code for note in against(task, made.teams) if note.bad] == []
    placed = [file for team in made.teams for file in team.files]
    assert sorted([*placed, *made.unplaced]) == [file.id for file in task.files]
    assert all(len(team.seats) == task.size for team in made.teams)
    assert all(made.unplaced.values())
    seated = [person for team in made.teams for person in team.people]
    assert len(seated) == len(set(seated))


@settings(max_examples=15, deadline=None)
@given(tasks(), st.randoms(use_true_random=False))
def test_the_same_task_has_the_same_proposal_in_any_order(task: Task, draw: Any) -> None:
    shuffled = replace(
        task,
        files=tuple(draw.sample(task.files, len(task.files))),
        people=tuple(draw.sample(task.people, len(task.people))),
    )
    assert propose(shuffled) == propose(task)


def test_who_knows_the_trade_reviews_it() -> None:
    task = Task(files(*"CCIICI"), people("C", "C", "C", "I", "I", "I"), most=3)
    made = propose(task)
    trades = [{task.file[file].trade for file in team.files} for team in made.teams]
    known = [{task.person[person].trades for person in team.people} for team in made.teams]
    assert trades == known == [{"C"}, {"I"}]
    assert [
        [(seat.lead, seat.expert) for seat in team.seats].count((False, False)) for team in made.teams
    ] == [1, 1]
    assert made.teams[0].seats[0].reasons[-2:] == ("现在没有待评", "与本组申报组织没有利害关系")


def test_the_expert_is_registered_as_one_for_a_trade_of_the_panel() -> None:
    pool = (*people("C", "C", "I", "C", "C", "C"), Person(7, "评审员7", expert=True, trades="A"))
    task = Task(files("C", "I", "I"), pool, most=2)
    made = propose(task)
    assert [[seat.person for seat in team.seats if seat.expert] for team in made.teams] == [[6], [3]]
    assert made.unplaced == {}
    alone = propose(Task(files("C"), (*people("C", "C"), pool[-1])))
    assert ([note.code for note in alone.notes], alone.teams) == (["too_few_reviewers"], ())
    team = Team("一组", (Seat(1, lead=True, expert=True), Seat(7, expert=True), Seat(2)), (1,))
    assert [note.code for note in against(task, [team])] == ["not_an_expert", "not_an_expert"]
    assert reasons_for(task, team.seats[0], team.seats, (1,))[1] == "没有登记为本组行业的行业专家"


def test_where_the_experts_may_have_none_of_the_files_no_panel_is_made() -> None:
    pool = people("C", "C", "C", "A")
    task = Task(files("C", "A"), pool, conflicts=frozenset({(3, 1)}))
    made = propose(task)
    assert made.teams == ()
    assert set(made.unplaced) == {1, 2}


def test_who_has_less_to_do_is_asked_first() -> None:
    pool = people("C", "C", "C", "C", "C", "C")
    pool = tuple(replace(one, load=5 if one.id in (1, 2) else 0) for one in pool)
    (team,) = propose(Task(files("C"), pool)).teams
    assert not {1, 2} & set(team.people)


def test_colleagues_are_kept_apart_where_they_can_be() -> None:
    pool = tuple(replace(one, employer="甲甲乙乙丙丁"[one.id - 1]) for one in people(*["C"] * 6))
    task = Task(files("C", "C"), pool, most=1)
    made = propose(task)
    assert [note for note in against(task, made.teams) if note.code == "same_employer"] == []


def test_a_rival_s_files_go_one_to_a_person() -> None:
    rivals = frozenset({(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)})
    task = Task(files("C", "C"), people("C", "C", "C"), rivals=rivals)
    made = propose(task)
    assert len(made.unplaced) == 1
    assert "已有一家同行业竞争的材料" in next(iter(made.unplaced.values()))


def test_what_is_impossible_says_why() -> None:
    few = propose(Task(files("C"), people("C", "C")))
    assert ([note.code for note in few.notes], few.teams) == (["too_few_reviewers"], ())
    nobody = propose(Task((), people("C", "C", "C")))
    assert [note.code for note in nobody.notes] == ["no_applications"]
    reduced = propose(Task(files("C", "C", "C"), people("C", "C", "C"), most=1))
    assert [note.code for note in reduced.notes] == ["panels_reduced"]
    assert [len(team.files) for team in reduced.teams] == [3]
    barred = propose(Task(files("C", "C"), people("C", "C", "C"), conflicts=frozenset({(1, 2)})))
    assert barred.unplaced == {2: "可用的评审员里只有 2 人与它没有利害关系，不足 3 人。请补充评审员库。"}
    no_expert = propose(
        Task(files("C"), tuple(replace(one, trades="", expert=False) for one in people("", "", "")))
    )
    assert [note.code for note in no_expert.notes] == ["too_few_reviewers"]


def test_conflicts_move_people_rather_than_leave_a_file_out() -> None:
    task = Task(files("C", "C"), people(*["C"] * 6), conflicts=frozenset({(n, 1) for n in (1, 2, 3)}), most=1)
    made = propose(task)
    assert made.unplaced == {}
    assert {person for team in made.teams if 1 in team.files for person in team.people} == {4, 5, 6}


def test_every_broken_rule_of_a_changed_plan_is_named() -> None:
    pool = (
        *people("C", "C", "C"),
        Person(4, "无行业", expert=False, trades=""),
        Person(5, "请假", True, "C", out="不能参加"),
    )
    pool = tuple(replace(one, room=1 if one.id == 1 else None) for one in pool)
    task = Task(files("C", "C"), pool, conflicts=frozenset({(2, 1)}), rivals=frozenset({(3, 1), (3, 2)}))
    first = Team("一组", (Seat(1), Seat(2), Seat(3), Seat(4, expert=True), Seat(5)), (1, 2))
    second = Team("二组", (Seat(1, lead=True), Seat(2, lead=True)), (1,))
    assert {note.code for note in against(task, [first, second, Team("三组", (), ())]) if note.bad} == {
        "no_lead", "not_an_expert", "conflict_of_interest", "several_rivals", "reviewer_out", "over_limit",
        "too_few_reviewers", "several_leads", "no_industry_expert", "no_applications", "file_twice",
    }  # fmt: skip


def test_a_table_goes_out_and_comes_back() -> None:
    task = Task(files(*"CCIICI"), people("C", "C", "C", "I", "I", "I"), most=3)
    teams = propose(task).teams
    said = {(team.name, seat.person): "；".join(seat.reasons) for team in teams for seat in team.seats}
    text = plan_sheet.written(task, teams, [], said)
    reading = plan_sheet.read(task, text)
    assert reading.faults == []
    assert plan_sheet.changes(task, teams, reading.teams) == []
    moved = plan_sheet.read(task, text.replace("第二组,申报组织,park-003", "第一组,申报组织,park-003"))
    assert plan_sheet.changes(task, teams, moved.teams) == ["组织3：第二组 → 第一组。"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("一组,评审员,nobody,,,,", "评审员库里没有登录名“nobody”，或资格已经取消。"),
        ("一组,申报组织,park-999,,,,", "等待分组的申报里没有编号“park-999”。"),
        ("一组,主任,user1,,,,", "类别应为“评审员”或“申报组织”，现为“主任”。"),
        (",评审员,user1,,,,", "评审员这一行没有写评审组。"),
        ("一组,评审员,user1,,也许,,", "“组长”“行业专家”两列写“是”或留空，现为“也许”。"),
        ("一组,申报组织,park-001,,,,", "park-001在第 2 行已经有了。"),
        ("字" * 61 + ",评审员,user1,,,,", "评审组的名称最多 60 字。"),
    ],
)
def test_each_line_that_cannot_be_read_is_named(line: str, fault: str) -> None:
    task = Task(files("C"), people("C"))
    head = ",".join(plan_sheet.HEAD)
    text = f"{head}\n一组,申报组织,park-001,,,,\n{line}\n"
    assert plan_sheet.read(task, text).faults == [(3, fault)]


@pytest.mark.parametrize("text", ["", "x", "a,b,c,d\n1,2,3,4"])
def test_another_table_is_turned_away(text: str) -> None:
    assert [line for line, _ in plan_sheet.read(Task((), ()), text).faults] == [1]


def test_a_name_that_looks_like_a_formula_is_written_as_text() -> None:
    task = Task((File(1, "=1+1", "C", "park-001"),), ())
    assert "'=1+1" in plan_sheet.written(task, [], [1], {})


def test_reasons_name_colleagues_and_rivals() -> None:
    pool = tuple(replace(one, employer="甲", load=2) for one in people("C", "C"))
    task = Task(files("C"), pool, rivals=frozenset({(1, 1)}))
    said = reasons_for(task, Seat(1), (Seat(1), Seat(2)), (1,))
    assert "与评审员2同单位，没有其他人可换" in said
    assert "单位与组织1同行业竞争，只此一家" in said
    assert "现有待评 2 家" in said


def test_sixty_files_and_thirty_reviewers_take_seconds() -> None:
    spec = importlib.util.spec_from_file_location("bench_assignment", BENCH)
    assert spec is not None
    assert spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    task = bench.drawn(60, 30)
    began = time.process_time()
    made = propose(task)
    assert time.process_time() - began < 10
    assert [note.code for note in against(task, made.teams) if note.bad] == []
    assert made.unplaced == {}


def test_too_few_for_the_seats_or_no_expert_gives_no_benches() -> None:
    assert seat_people(Task(files("C"), people("C", "C")), [[1]]) is None
    assert seat_people(Task(files("C"), people("", "")), [[1]]) is None
    three = people("C", "C", "C")
    assert Task(files("C", "C"), three).experts_there
    assert seat_people(Task(files("C", "C"), three), [[1], [2]]) is None


def test_a_solver_that_gives_up_twice_gives_no_benches(monkeypatch: pytest.MonkeyPatch) -> None:
    given_up = SimpleNamespace(x=None, status=1)
    monkeypatch.setattr("scoring.rules.optimum.milp", lambda *args, **options: given_up)
    assert seat_people(Task(files("C"), people("C", "C", "C")), [[1]]) is None


def test_an_optimiser_without_an_answer_leaves_all_files_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scoring.rules.assignment.seat_people", lambda task, groups: None)
    proposal = propose(Task(files("C"), people("C", "C", "C")))
    assert proposal.teams == ()
    assert set(proposal.unplaced) == {1}
    assert [note.code for note in proposal.notes] == ["no_industry_expert"]


def test_blank_rows_pass_and_a_table_without_panels_is_said() -> None:
    task = Task(files("C"), people("C", "C", "C"))
    head = ",".join(plan_sheet.HEAD)
    reading = plan_sheet.read(task, f"{head}\n,,,,,,\n,申报组织,park-001,组织1,,,\n")
    assert (reading.teams, reading.faults) == ((), [(0, "表里没有一个评审组。")])


def test_another_duty_is_a_change() -> None:
    task = Task(files("C"), people("C", "C", "C"))
    before, after = (Team("第一组", (Seat(1, lead=lead, expert=False),), (1,)) for lead in (True, False))
    (said,) = plan_sheet.changes(task, [before], [after])
    assert said.startswith("评审员1在第一组：")
    assert "→" in said

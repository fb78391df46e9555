"""Workflow as readable data: the states of an aggregate, who may move it from where to where, and by which article."""

from __future__ import annotations

from dataclasses import dataclass

TONES = frozenset({"neutral", "active", "good", "warn", "bad"})


@dataclass(frozen=True)
class State:
    """One state with its two labels: `office` for officials, `public` for applicants and the public."""

    code: str
    office: str
    public: str
    tone: str = "neutral"


@dataclass(frozen=True)
class Move:
    """One permitted transition. `who` lists role codes; "system" stands for the periodic sweeps.

    `guard` says in words what the service checks before it moves; `basis` is the key of the edition
    on whose article the move rests (the article itself differs from edition to edition).
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    guard: str = ""
    basis: str = ""


class StateTable:
    """The table of one aggregate; the first state is where it begins."""

    def __init__(self, name: str, states: tuple[State, ...], moves: tuple[Move, ...]) -> None:
        self.name = name
        self.states = states
        self.moves = moves
        self._states = {state.code: state for state in states}
        self._moves = {move.name: move for move in moves}
        if len(self._states) != len(states) or len(self._moves) != len(moves):
            raise ValueError(f"{name}: a state or a move stands twice")
        for state in states:
            if state.tone not in TONES:
                raise ValueError(f"{name}: unknown tone {state.tone}")
        for move in moves:
            unknown = {*move.sources, move.target} - self._states.keys()
            if unknown:
                raise ValueError(f"{name}.{move.name}: unknown states {sorted(unknown)}")

    @property
    def initial(self) -> str:
        return self.states[0].code

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(state.code, state.office) for state in self.states]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self._states)

    def state(self, code: str) -> State:
        return self._states[code]

    def move(self, name: str) -> Move:
        return self._moves[name]

    def moves_from(self, code: str) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if code in move.sources)

"""How long a proposal of panels takes: `python bench/assignment.py [files] [reviewers]` (200 and 60 when not said).

The pool is drawn with a fixed seed: trades, two colleagues an employer, conflicts for one pair in twenty, rivals.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scoring.rules.assignment import propose
from scoring.rules.teams import File, Person, Task, against


def drawn(files: int, people: int, seed: int = 19580) -> Task:
    """A task of the size asked for; the same seed draws the same."""
    draw = random.Random(seed)
    trades = "CCCCCCIIIMGFEAJLQ"
    listed = tuple(File(n, f"样例组织{n}", draw.choice(trades)) for n in range(1, files + 1))
    pool = tuple(
        Person(
            n,
            f"评审员{n}",
            expert=n % 3 == 0,
            trades="".join(sorted(set(draw.choices(trades, k=draw.randint(1, 4))))),
            employer=f"单位{n // 2}",
            load=draw.choice((0, 0, 0, 2, 5)),
            sealed=draw.randint(0, 40),
        )
        for n in range(1, people + 1)
    )
    pairs = [(one.id, file.id) for one in pool for file in listed]
    return Task(
        listed,
        pool,
        conflicts=frozenset(pair for pair in pairs if draw.random() < 0.05),
        rivals=frozenset(pair for pair in pairs if draw.random() < 0.03),
        most=max(1, -(-files // max(1, people // 3))),
    )


def main() -> int:
    """Measure and print; 1 when it took longer than 10 seconds or a rule is broken."""
    files, people = (
        (int(word) for word in (*sys.argv[1:], "200", "60")[:2])
        if len(sys.argv) != 2
        else (int(sys.argv[1]), 60)
    )
    task = drawn(files, people)
    began = time.perf_counter()
    made = propose(
        task, progress=lambda done, of, words: print(f"  {time.perf_counter() - began:5.2f} s  {words}")
    )
    took = time.perf_counter() - began
    broken = [note.message for note in against(task, made.teams) if note.bad]
    sizes = [len(team.files) for team in made.teams]
    print(f"{files} files, {people} reviewers: {took:.2f} s, {len(made.teams)} panels of {min(sizes)} to {max(sizes)} files, "
          f"{len(made.unplaced)} unplaced, {len(broken)} rules broken")  # fmt: skip
    return int(took > 10 or bool(broken))


if __name__ == "__main__":
    sys.exit(main())

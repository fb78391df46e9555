"""A section of the file, and what is missing in it."""

from __future__ import annotations

from dataclasses import dataclass

from applications.questions import Question


@dataclass(frozen=True)
class Gap:
    """One thing missing for submission: in which section, what to do, and the id of the field in which it is done.

    Where not all of the section fills it: `facts`, any of which does, or the `condition` whose evidence does.
    """

    section: str
    message: str
    article: str = ""
    field: str = ""
    facts: tuple[str, ...] = ()
    condition: str = ""

    @property
    def code(self) -> str:
        return f"incomplete/{self.section.removesuffix('-file')}"


@dataclass(frozen=True)
class Section:
    """One task of the application: `state` as task_list.html wants it (todo, active, attention, done).

    `failing`: why its conditions fail as answered so far, whatever is missing. `hint`: what would still be of use.
    """

    code: str
    label: str
    state: str
    gaps: tuple[Gap, ...] = ()
    question: Question | None = None
    failing: tuple[str, ...] = ()
    hint: str = ""


def infected_message(label: str, name: str) -> str:
    return f"{label}：“{name}”含有病毒，已隔离，请移除后上传干净的文件"

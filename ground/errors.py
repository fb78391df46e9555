"""The one error family: a refusal says what is wrong, where, what to do, and which article it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One reason for a refusal. `code` is stable (tests assert it), `message` is plain Chinese."""

    code: str
    message: str
    field: str = ""
    article: str = ""


class Refused(Exception):
    """A service will not do what was asked. Carries every fault found, never only the first."""

    def __init__(self, code: str, message: str, *, field: str = "", article: str = "") -> None:
        self.faults: tuple[Fault, ...] = (Fault(code, message, field, article),)
        super().__init__(code)

    @classmethod
    def many(cls, faults: Iterable[Fault]) -> Refused:
        """Build a refusal from all faults found; `faults` must not be empty."""
        collected = tuple(faults)
        if not collected:
            raise ValueError("a refusal needs at least one fault")
        first = collected[0]
        refusal = cls(first.code, first.message, field=first.field, article=first.article)
        refusal.faults = collected
        return refusal

    @property
    def code(self) -> str:
        return self.faults[0].code

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(fault.code for fault in self.faults)

    def __str__(self) -> str:
        return "；".join(fault.message for fault in self.faults)


def refuse_if(faults: Iterable[Fault]) -> None:
    """Raise one refusal with all `faults`; do nothing when there are none."""
    collected = tuple(faults)
    if collected:
        raise Refused.many(collected)

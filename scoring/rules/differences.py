"""How far the visit on site departs from the material review, item by item, and where a reason is owed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """Percentages of one item before and after (百分点之差); `limit`: from more than so many points on a reason is owed.

    Without a limit (the edition asks for none), or with one side unknown, none is owed.
    """

    before: int | None
    after: int | None
    limit: int | None

    @property
    def points(self) -> int | None:
        """Percentage points risen (fallen: below zero); None while one side is unknown."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def owes_reason(self) -> bool:
        return self.limit is not None and self.points is not None and abs(self.points) > self.limit

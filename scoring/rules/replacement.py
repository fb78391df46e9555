"""Who takes over a file that a reviewer has declined: the order in which they are proposed, and why.

The regulations are silent on it, so this order is a reading: nobody in conflict is proposed at all, and those away
throughout or at their limit to nobody but the head, at the end; then who can log in, who has no complaint open against them
(as far as the office may know of it), who can fill the expert's seat where it is empty, who knows the trade, who is trained,
who is there the whole time, who is from another employer than the rest of the panel, and who has less to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

UNDER_INQUIRY: Final = "有对其评审违规的投诉，还没有结论"


@dataclass(frozen=True)
class Fit:
    """A reviewer beside the file. `room`: applicants more they can take, None without a limit; `trained`: None unknown.

    `invited`: has not accepted the invitation yet, and can't log in. `inquiry`: a complaint about them is not decided yet.
    """

    key: int
    name: str
    knows_trade: bool
    may_be_expert: bool
    load: int
    room: int | None
    trained: bool | None
    partly_away: bool
    colleague: bool
    invited: bool = False
    away: bool = False
    inquiry: bool = False

    @property
    def unfit(self) -> bool:
        """Away throughout or at their limit: only the head can let them take over, with a reason."""
        return self.away or self.room == 0


@dataclass(frozen=True)
class Reason:
    """Why somebody stands where they stand. `good`: for them, else against."""

    code: str
    words: str
    good: bool


def ordered(fits: Iterable[Fit], *, expert_needed: bool) -> list[Fit]:
    """The best first; the same people have the same order however they are given."""
    return sorted(
        fits,
        key=lambda fit: (
            fit.unfit,
            fit.invited,
            fit.inquiry,
            expert_needed and not fit.may_be_expert,
            not fit.knows_trade,
            fit.trained is False,
            fit.partly_away,
            fit.colleague,
            fit.load,
            fit.name,
            fit.key,
        ),
    )


def reasons(fit: Fit, *, expert_needed: bool) -> tuple[Reason, ...]:
    found = []
    if fit.invited:
        found.append(Reason("invited", "还没有接受邀请，不能登录", good=False))
    if fit.inquiry:
        found.append(Reason("inquiry", UNDER_INQUIRY, good=False))
    if expert_needed:
        found.append(
            Reason("may_be_expert", "可作行业专家", good=True)
            if fit.may_be_expert
            else Reason("no_expert", "不能作行业专家，这家还缺行业专家", good=False)
        )
    found.append(
        Reason("knows_trade", "熟悉该行业", good=True)
        if fit.knows_trade
        else Reason("other_trade", "没有登记该行业", good=False)
    )
    if fit.trained is not None:
        words = "培训在有效期内" if fit.trained else "培训在本环节结束前到期"
        found.append(Reason("trained" if fit.trained else "training_expired", words, good=fit.trained))
    if fit.away:
        found.append(Reason("away", "本环节都不能参加", good=False))
    if fit.partly_away:
        found.append(Reason("partly_away", "本环节有几天不能参加", good=False))
    if fit.colleague:
        found.append(Reason("colleague", "与本组另一位评审员同单位", good=False))
    if fit.room == 0:
        found.append(Reason("full", "工作量已达上限", good=False))
    room = "" if fit.room is None else f"，还可承担 {fit.room} 家"
    found.append(Reason("load", f"本年度已承担 {fit.load} 家{room}", good=fit.load == 0))
    return tuple(found)

"""Whether a signature under the commitments still stands: whose it is, and whether it was ended. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

UNSIGNED: Final = "unsigned"
IN_CHARGE_CHANGED: Final = "in_charge_changed"


@dataclass(frozen=True)
class Signed:
    """A signature: by whom, and whether the file was taken back since (or another took its place)."""

    signatory: str
    ended: bool


def same_person(one: str, other: str) -> bool:
    """Whether two names are the same but for blanks (王 示例 is 王示例)."""
    return "".join(one.split()) == "".join(other.split()) != ""


def lapse(signed: Signed | None, in_charge: str) -> str:
    """Why a file needs another signature: UNSIGNED, IN_CHARGE_CHANGED; "" where the one given stands.

    `in_charge`: whom the register entry names today.
    """
    if signed is None or signed.ended:
        return UNSIGNED
    return "" if same_person(signed.signatory, in_charge) else IN_CHARGE_CHANGED

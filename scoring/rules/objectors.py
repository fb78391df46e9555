"""How to tell that a reviewer is somebody who once objected, without keeping who objected."""

from __future__ import annotations

import re
from typing import Final

from ground.digest import sm3_hex

_MAIL: Final = re.compile(r"[^@\s,，;；]+@[^@\s,，;；]+\.[A-Za-z]+")
_PHONE: Final = re.compile(r"(?:\d[\s-]?){7,}")
_MOBILE: Final = 11


def objector_marks(contact: str, account: int | None = None) -> frozenset[str]:
    """SM3 digests of each mail address and telephone number in `contact`, and of the account, if there is one."""
    marks = {f"mail:{mail.lower()}" for mail in _MAIL.findall(contact)}
    marks |= {
        f"phone:{re.sub(r'[^0-9]', '', number)[-_MOBILE:]}"
        for number in _PHONE.findall(_MAIL.sub(" ", contact))
    }
    if account is not None:
        marks.add(f"account:{account}")
    return frozenset(sm3_hex(mark.encode()) for mark in marks)

"""The one clock. Real by default; a demo can move it by a small file, a test can stop it.

Times are aware and in Asia/Shanghai, so that `.date()` of any of them is the legal day.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from ground.errors import Refused
from ground.moments import SHANGHAI as SHANGHAI


class StoppedClock:
    """What `frozen` hands out: a time that stands still until the test moves it."""

    def __init__(self, instant: datetime) -> None:
        self.instant = _aware(instant)

    def move_to(self, instant: datetime) -> None:
        self.instant = _aware(instant)

    def advance(self, by: timedelta) -> None:
        self.instant += by


# Process-wide on purpose: the thread of a live server follows the test that stopped the clock.
_stopped: list[StoppedClock] = []
# The shift last read, with the file's identity it was read from; swapped as one object, so threads need no
# lock.
_last_read: tuple[tuple[int, int], timedelta] = ((0, 0), timedelta())


def now() -> datetime:
    """This moment, aware, in Asia/Shanghai."""
    if _stopped:
        return _stopped[-1].instant
    return _real_now() + shift()


def today() -> date:
    """The legal day: the date in Asia/Shanghai."""
    return now().date()


@contextmanager
def frozen(instant: datetime) -> Iterator[StoppedClock]:
    """Stop the clock of this process at `instant` (aware). Nested uses are undone in turn."""
    stopped = StoppedClock(instant)
    _stopped.append(stopped)
    try:
        yield stopped
    finally:
        _stopped.remove(stopped)


def shift() -> timedelta:
    """How far the portal's clock is ahead of the real one; nothing where it can't be moved.

    The file is read again only when its modification time or its inode has changed, so web, worker and beat
    follow a move at once without reading it for every question.
    """
    global _last_read
    if settings.CLOCK_FILE is None:
        return timedelta()
    path = Path(settings.CLOCK_FILE)
    try:
        status = path.stat()
        seen = (status.st_mtime_ns, status.st_ino)
        if seen != _last_read[0]:
            _last_read = (seen, timedelta(seconds=float(path.read_text(encoding="ascii"))))
    except FileNotFoundError:
        _last_read = ((0, 0), timedelta())
    return _last_read[1]


def set_to(wall: datetime) -> None:
    """Let time flow on from `wall`; without a zone it is the wall clock of Asia/Shanghai.

    Refused with "clock_fixed" where the clock can't be moved (production).
    """
    path = _movable()
    instant = wall if wall.tzinfo else wall.replace(tzinfo=SHANGHAI)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft.write_text(repr((instant - _real_now()).total_seconds()), encoding="ascii")
    draft.replace(path)


def reset() -> None:
    """Back to real time. Refused with "clock_fixed" where the clock can't be moved."""
    _movable().unlink(missing_ok=True)


def _movable() -> Path:
    if settings.CLOCK_FILE is None:
        raise Refused("clock_fixed", "正式环境使用真实时间，时钟不能调整。")
    return Path(settings.CLOCK_FILE)


def _real_now() -> datetime:
    return datetime.now(SHANGHAI)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("the clock takes times with a zone only")
    return instant.astimezone(SHANGHAI)

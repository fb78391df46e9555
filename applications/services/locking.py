"""Locking an application's row, and the refusals that go with its sections and versions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from accounts.actors import Actor
from accounts.moves import why_not
from applications.models import Application
from applications.queries import opened
from applications.queries.opening import CANCELLED
from ground.errors import Refused

CANCELLED_WORDS: Final = "本年度已取消，申报只能查看。"


def lock(application: Application) -> None:
    """Lock the row for this transaction and bring `application` up to date in place."""
    application.refresh_from_db(
        from_queryset=Application.objects.select_for_update(of=("self",)).select_related(
            "cycle__scheme",
            "cycle__edition_record",
            "organisation",
            "recommender",
            "report",
            "self_assessment",
        )
    )
    getattr(application, "_prefetched_objects_cache", {}).clear()


def require_state(application: Application, move: str) -> None:
    """Refused "wrong_state" before anything is checked, when the move cannot start from here."""
    if words := why_not(application, move, public=True):
        raise Refused("wrong_state", f"{words}请刷新页面查看最新情况。")


def require_open(application: Application, section: str, now: datetime) -> None:
    """Refused "not_editable" unless the applicant may change this section now."""
    if not opened(application, now).section(section):
        raise _closed(application)


def require_condition_open(application: Application, condition: str, now: datetime) -> None:
    """As require_open, for the evidence of one condition."""
    if not opened(application, now).condition(condition):
        raise _closed(application)


def require_facts_open(application: Application, keys: Iterable[str], now: datetime) -> None:
    """As require_open, for the answers that change: a correction of one condition opens no other's."""
    allowed = opened(application, now)
    if not all(allowed.fact(key) for key in keys):
        raise _closed(application)


def _closed(application: Application) -> Refused:
    if application.cycle.state == CANCELLED:
        return Refused("cycle_cancelled", CANCELLED_WORDS)
    if application.state == "declined":
        words = "申报已经截止，推荐单位没有推荐的申报不能再修改，由评定办作出结论。有疑问的，请与评定办联系。"
        return Refused("not_editable", words)
    if application.state == "correcting":
        return Refused("not_editable", "补正期间只能修改补正通知列出的部分，且须在期限之内。")
    return Refused("not_editable", "申报提交后内容不能修改。截止前可以先撤回修改；截止后请等待补正通知。")


def require_version(application: Application, names: Iterable[str], version: int) -> None:
    """Refused "stale_version" when somebody has changed one of these sections after `version` was read."""
    late = [mark for name in names if (mark := application.marks.get(name)) and mark[0] > version]
    if late:
        newest = max(late, key=lambda mark: mark[0])
        raise Refused(
            "stale_version",
            f"{newest[1]}在您打开页面之后保存过这一部分。请对照两份内容，选择要保留的一份再保存。",
        )


def stamp(application: Application, names: Iterable[str], *, actor: Actor, now: datetime) -> None:
    """Count the version up and note who changed these sections, in memory; the caller saves."""
    application.version += 1
    mark = [application.version, actor.name, now.isoformat()]
    application.marks = {**application.marks, **dict.fromkeys(names, mark)}

"""Where an application stands for its applicant: stages with their dates, and the one next step. Nothing of scores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from applications.models import Application
from applications.queries.deadlines import deadline, is_past
from awards.models import Milestone
from ground.moments import deadline_words

# The cycle's own states are public; beyond the eligibility check the track shows those, never a result in the making.
_AFTER_CHECK = {
    "material": {"material"},
    "site": {"presentation", "site"},
    "ranked": {"deliberation"},
    "deliberated": {"deliberation"},
    "approved": {"deliberation"},
    "publicity": {"publicity"},
    "publicity_closed": {"publicity"},
    "announced": {"announced"},
}
_ORDER = ("application", "recommendation", "eligibility", "material", "presentation", "site", "deliberation")
_LAST = (("publicity", "公示"), ("announced", "公告"))
_STOPPED = {
    "declined": "recommendation",
    "refused": "eligibility",
    "not_shortlisted": "material",
    "struck": "publicity",
}

# What a file that nobody recommends can still come to: to the applicant, and to the recommender before declining.
DECLINED_IN_TIME = "申报截止前可以修改后重新提交，也可以改选推荐单位。"
DECLINED_LATE = "申报已经截止，不能修改后重新提交，也不能改选推荐单位。后续如何处理由评定办决定。"


@dataclass(frozen=True)
class TrackStage:
    """One stage as components/track.html wants it."""

    label: str
    state: str
    at: datetime | None = None
    due: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Step:
    """The one next step: what, where, by when."""

    title: str
    text: str
    href: str
    button: str
    due_at: datetime | None = None


def track_of(application: Application) -> list[TrackStage]:
    """All stages of the cycle in order, with what is done, current or still to come."""
    timetable = application.cycle.timetable
    labels = {kind: str(Milestone.Kind(kind).label) for kind in _ORDER} | dict(_LAST)
    here, stopped = _current(application), _STOPPED.get(application.state, "")
    kinds = [*_ORDER, *(kind for kind, _ in _LAST)]
    first = min((kinds.index(kind) for kind in here), default=len(kinds))
    stages = []
    for number, kind in enumerate(kinds):
        milestone = timetable.get(kind)
        if application.state in ("withdrawn", "disqualified"):
            state = "done" if kind == "application" and application.submitted_at else "skipped"
        elif stopped:
            cut = kinds.index(stopped)
            state = "done" if number < cut else "failed" if number == cut else "skipped"
        elif kind in here:
            state = "done" if here == {"announced"} else "current"
        else:
            state = "done" if number < first else "next"
        at = application.submitted_at if kind == "application" and state == "done" else None
        stages.append(TrackStage(labels[kind], state, at=at, due=milestone.due_at if milestone else None))
    return stages


def after_decline(application: Application, now: datetime) -> str:
    """What the applicant may still do once the recommender has declined at `now`, in words."""
    return DECLINED_LATE if is_past(deadline(application), now) else DECLINED_IN_TIME


def next_step(application: Application, *, writer: bool, now: datetime) -> Step | None:
    """What the applicant has to do, or waits for."""
    due_at = deadline(application)
    pk, state = application.pk, application.state
    late = is_past(due_at, now)
    tasks = reverse("applications:tasks", args=[pk])
    if state == "draft" and due_at is not None and late:
        text = f"申报已于 {deadline_words(due_at)} 截止，这份草稿没有提交。内容为您保留，可以查看。"
        return Step("申报已经截止", text, tasks, "查看草稿")
    if state == "draft":
        button = "继续填写" if writer else "查看填写情况"
        return Step("完成并提交申报", "各部分填写完整后提交。", tasks, button, due_at)
    if state == "declined" and not late:
        text = "推荐单位没有推荐。可以修改后重新提交，也可以改选推荐单位。"
        return Step("修改后重新提交", text, tasks, "修改申报", due_at)
    if state == "declined":
        text = f"推荐单位没有推荐。{DECLINED_LATE}有疑问的，请与评定办联系。"
        return Step("等待评定办处理", text, tasks, "查看申报内容")
    if state == "correcting":
        correction = application.corrections.filter(state="open").first()
        if correction is not None:
            text = "评定办要求补正材料。请逐项修改并答复，到期未答复的按现有材料审核。"
            return Step(
                "补正材料",
                text,
                reverse("applications:correction", args=[correction.pk]),
                "办理补正",
                correction.due_at,
            )
    return None


def _current(application: Application) -> set[str]:
    if application.state == "draft":
        return {"application"}
    if application.state == "submitted":
        return {"recommendation"}
    if application.state in ("recommended", "correcting"):
        return {"eligibility"}
    if application.state == "accepted" and application.cycle.state in ("open", "checking"):
        return {"material"}
    return _AFTER_CHECK.get(application.cycle.state, {"material"})

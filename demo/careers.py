"""What the demo's reviewers keep on record: posts, training, family, days away; one invited, one conflict cleared."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from demo.roster import Roster, pool
from demo.timeline import days_from
from scoring import services
from scoring.models import Consultancy, Recusal, Reviewer

NEWCOMER: Final = {
    "kind": Reviewer.Kind.EXPERT,
    "employer": "江南新能源检测院",
    "employer_uscc": "",
    "industries": "CD",
    "qualification": "正高级工程师",
}
LECTURE: Final = (
    "经核对协会的通知和付款凭证：是协会面向三十多家企业的公开课，讲课费由协会支付，与该企业没有委托关系。"
)


def keep(roster: Roster, now: datetime, at: datetime) -> None:
    """Everybody fills in their own career on `at`; the days in the file are counted from `now`."""
    for reviewer, row in zip(roster.reviewers, pool(), strict=True):
        since = max(last for *_, last in row["posts"]) + 1
        for employer, title, first, last in [*row["posts"], [row["employer"], row["title"], since, None]]:
            values = {**_body(roster, "employer", employer), "title": title}
            _save(reviewer, "posts", values | _days(now, since=first, until=last), at)
        for name, held_on, valid_until in row["training"]:
            days = _days(now, held_on=held_on, valid_until=valid_until)
            _save(reviewer, "training", {"name": name, **days}, at)
        if "family" in row:
            relation, organisation, interest = row["family"]
            values = {"relation": relation, **_body(roster, "organisation", organisation)}
            _save(reviewer, "family", values | {"interest": interest}, at)
        if "absence" in row:
            first, last, reason = row["absence"]
            _save(reviewer, "absences", {**_days(now, since=first, until=last), "reason": reason}, at)


def invite(roster: Roster, at: datetime) -> None:
    """The office invites somebody who has not answered yet."""
    services.invite_reviewer(
        email="shen.ruolan@example.org",
        name="沈若兰",
        entry=NEWCOMER,
        actor=roster.users["park_clerk"],
        now=at,
    )


def clear_conflict(roster: Roster, number: int, key: str, at: datetime) -> None:
    """The reviewer numbered `number` enters a paid lecture; the conflict found by it is dismissed a day later."""
    reviewer = roster.reviewers[number - 1]
    values = {
        **_body(roster, "organisation", key),
        "kind": Consultancy.Kind.TRAINING,
        "paid": True,
        "since": (at - timedelta(days=400)).date(),
        "until": (at - timedelta(days=399)).date(),
    }
    _save(reviewer, "services", values, at)
    services.dismiss_recusal(
        recusal=Recusal.objects.get(reviewer=reviewer, source=Recusal.Source.DETECTED),
        reason=LECTURE,
        actor=roster.users["park_head"],
        now=at + timedelta(days=1),
    )


def _body(roster: Roster, field: str, name: str) -> dict[str, Any]:
    """A body by its name, or an organisation of the demo by its key."""
    held = roster.organisations.get(name)
    return {field: held.name, "uscc": held.uscc} if held else {field: name, "uscc": ""}


def _days(now: datetime, **days: int | None) -> dict[str, Any]:
    return {name: None if day is None else days_from(now, day).date() for name, day in days.items()}


def _save(reviewer: Reviewer, section: str, values: dict[str, Any], at: datetime) -> None:
    services.save_career_row(reviewer=reviewer, section=section, values=values, actor=reviewer.user, now=at)

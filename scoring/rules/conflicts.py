"""Who must stay out of which file, from the facts on record: pure rules, one finding for each tie that is found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from awards.law.dates import add_years
from ground.digest import canonical_json, sm3_hex

EMPLOYMENT: Final = "employment"
CONSULTING: Final = "consulting"
SHAREHOLDING: Final = "shareholding"
FAMILY: Final = "family"
RECOMMENDER: Final = "recommender"
OTHER: Final = "other"


@dataclass(frozen=True)
class Body:
    """An organisation as it is named on record; `uscc` may be unknown ("")."""

    name: str
    uscc: str = ""

    def is_same(self, other: Body) -> bool:
        """By code where both have one, else by name."""
        if self.uscc and other.uscc:
            return self.uscc == other.uscc
        return bool(self.name.strip()) and self.name.strip() == other.name.strip()


@dataclass(frozen=True)
class Bond:
    """A reviewer's tie to a body over a time, both days included: a post or a service. `since`, `until`: None is open."""

    body: Body
    since: date | None = None
    until: date | None = None
    paid: bool = True


@dataclass(frozen=True)
class Person:
    """What is known of a reviewer. Keys of organisations and recommenders are those the account belongs to.

    `objections`: key of the organisation → the days on which the person objected to it.
    """

    posts: tuple[Bond, ...] = ()
    services: tuple[Bond, ...] = ()
    family: tuple[Body, ...] = ()
    organisations: frozenset[str] = frozenset()
    recommenders: frozenset[str] = frozenset()
    objections: Mapping[str, tuple[date, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Applicant:
    """An applicant with its shareholders and group companies (`related`) and its recommender."""

    key: str
    body: Body
    related: tuple[Body, ...] = ()
    recommender_key: str = ""
    recommender: Body | None = None


@dataclass(frozen=True)
class Conflict:
    """A tie that keeps a reviewer out of a file (应回避的情形).

    `kind`: the kind of recusal. `article`: what it rests on. `facts`: JSON-able; `basis` is their digest, so that the
    same facts are known again in another cycle.
    """

    code: str
    kind: str
    article: str
    message: str
    facts: Mapping[str, str]

    @property
    def basis(self) -> str:
        return sm3_hex(canonical_json({"code": self.code, **self.facts}))


def conflicts(
    person: Person, applicant: Applicant, *, as_of: date, years: int | None, article: str
) -> tuple[Conflict, ...]:
    """Every tie between the two on `as_of`, in the order of the kinds.

    `years`: how long an ended post or paid service still counts, to the day: it counts up to the day before its last
    day comes round for the `years`th time. None: only what holds today counts (an edition without the parameter).
    """
    return tuple(
        Conflict(code, kind, article, message, facts)
        for code, kind, message, facts in _ties(person, applicant, as_of, years)
    )


def _ties(
    person: Person, applicant: Applicant, as_of: date, years: int | None
) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    yield from _posts(person, applicant, as_of, years)
    if applicant.key in person.organisations:
        yield (
            "account_of_applicant",
            EMPLOYMENT,
            "评审员的账号是申报组织的成员。",
            {"organisation": applicant.key},
        )
    for service in person.services:
        if service.paid and service.body.is_same(applicant.body) and counts(service, as_of, years):
            facts = {"body": _key(service.body), **_days(service)}
            yield (
                "paid_service",
                CONSULTING,
                f"评审员{_when(service, as_of)}为申报组织提供有报酬的服务。",
                facts,
            )
    for body in person.family:
        if body.is_same(applicant.body):
            yield "family_declared", FAMILY, "评审员申报有近亲属在申报组织任职或持股。", {"body": _key(body)}
        elif any(body.is_same(other) for other in applicant.related):
            words = f"评审员申报有近亲属在申报组织的关联单位“{body.name}”任职或持股。"
            yield "family_declared", FAMILY, words, {"body": _key(body)}
    yield from _recommender(person, applicant, as_of)
    for day in sorted(person.objections.get(applicant.key, ())):
        facts = {"organisation": applicant.key, "on": day.isoformat()}
        yield "earlier_objection", OTHER, "评审员曾就申报组织提出过异议。", facts


def _posts(
    person: Person, applicant: Applicant, as_of: date, years: int | None
) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    for post in person.posts:
        if not counts(post, as_of, years):
            continue
        facts = {"body": _key(post.body), **_days(post)}
        ended = post.until is not None and post.until < as_of
        if post.body.is_same(applicant.body):
            if ended:
                words = f"评审员到{_day(post.until)}为止在申报组织任职，未满 {years} 年。"
                yield "same_employer_earlier", EMPLOYMENT, words, facts
            else:
                yield "same_employer", EMPLOYMENT, "评审员的工作单位就是申报组织。", facts
            continue
        for other in applicant.related:
            if post.body.is_same(other):
                words = f"评审员{_when(post, as_of)}在申报组织的股东或关联单位“{other.name}”任职。"
                yield "related_company", SHAREHOLDING, words, facts
                break


def _recommender(
    person: Person, applicant: Applicant, as_of: date
) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    facts = {"recommender": applicant.recommender_key, "organisation": applicant.key}
    if applicant.recommender_key and applicant.recommender_key in person.recommenders:
        yield "same_recommender", RECOMMENDER, "评审员的账号属于该申报的推荐单位。", facts
    elif applicant.recommender and any(
        post.body.is_same(applicant.recommender) for post in person.posts if counts(post, as_of, None)
    ):
        yield "same_recommender", RECOMMENDER, "评审员的工作单位就是该申报的推荐单位。", facts


def counts(bond: Bond, as_of: date, years: int | None) -> bool:
    """Whether a post or service holds on `as_of`, or ended less than `years` years ago. What begins later does not."""
    if bond.since is not None and bond.since > as_of:
        return False
    if bond.until is None or bond.until >= as_of:
        return True
    return years is not None and as_of < add_years(bond.until, years)


def _key(body: Body) -> str:
    return body.uscc or body.name.strip()


def _days(bond: Bond) -> dict[str, str]:
    return {
        "since": bond.since.isoformat() if bond.since else "",
        "until": bond.until.isoformat() if bond.until else "",
    }


def _when(bond: Bond, as_of: date) -> str:
    ended = bond.until is not None and bond.until < as_of
    return f"到{_day(bond.until)}为止" if ended else "正在"


def _day(day: date | None) -> str:
    return f" {day.year}年{day.month}月{day.day}日" if day else ""

"""A scheme's year from the signed reports onwards: people, applicants with exact stage scores, a meeting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.services import grant_role
from applications.models import Application, Organisation
from applications.services import record_honour_won
from awards.models import Cycle, EditionRecord, Milestone, Scheme
from awards.services import open_cycle, sync_law
from scoring import services
from scoring.models import Consolidation, Meeting, Panel, RankingRow, Resolution, Stage
from tests.applications.builders import uscc
from tests.factories import make_user

_serial = count(1)
EDITIONS = {"park": "park-2023", "city": "city-2016"}
PEOPLE = {
    "clerk": "office_clerk",
    "head": "office_head",
    "first": "committee",
    "second": "committee",
    "third": "committee",
    "authority": "authority",
}


@dataclass
class Year:
    """One scheme's people and one cycle of it."""

    cycle: Cycle
    now: datetime
    people: dict[str, User]
    files: dict[str, Application] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def members(self) -> list[User]:
        return [self.people[name] for name in ("first", "second", "third")]

    def enter(
        self, name: str, score: Any = 650, *, state: str = "shortlisted", **changes: Any
    ) -> Application:
        """An applicant whose stages all score `score`, so that its composite is exactly that.

        `material`, `presentation`, `site` differ by name; None: the report is not signed. `texts`: fields of
        every report (a signed one can't be written to afterwards).
        """
        texts = changes.pop("texts", {})
        scores = {stage: changes.pop(stage, score) for stage in Stage.values}
        application = make_application(self, name, state=state, **changes)
        for stage, points in scores.items():
            report(self, application, stage, points, **texts)
        self.files[name] = application
        return application

    def won(self, name: str, on: date, tier: str = "quality", award: str = "", key: str = "") -> str:
        """An earlier award of the organisation on record; returns its source key."""
        source_key = key or f"honour:{next(_serial)}"
        record_honour_won(
            uscc=self.files[name].organisation.uscc,
            scheme_code=self.cycle.scheme.code,
            award=award or self.cycle.edition.value("own_award"),
            tier=tier,
            on=on,
            until=None,
            article="第四条",
            source_key=source_key,
            actor=SYSTEM,
            now=self.now,
        )
        return source_key

    def freeze(self) -> dict[str, RankingRow]:
        """Freeze the ranking; the rows by name."""
        services.freeze_ranking(cycle=self.cycle, actor=self.head, now=self.now)
        self.cycle.refresh_from_db()
        return {
            row.application.organisation.name: row
            for row in RankingRow.objects.filter(ranking__cycle=self.cycle).select_related(
                "application__organisation"
            )
        }

    def call(self) -> Meeting:
        return services.call_meeting(
            cycle=self.cycle,
            held_at=self.now + timedelta(days=1),
            place="第三会议室",
            chair="高主任",
            actor=self.clerk,
            now=self.now,
        )

    def vote(self, meeting: Meeting, name: str, *choices: str) -> None:
        """The members vote in turn; a choice left out is no vote."""
        for member, choice in zip(self.members, choices, strict=False):
            services.cast_vote(
                meeting=meeting,
                application=self.files[name],
                choice=choice,
                reason="有不同意见",
                actor=member,
                now=self.now,
            )

    def resolve(self, meeting: Meeting, name: str, tier: str = "quality", **changes: Any) -> Resolution:
        given = {
            "meeting": meeting,
            "application": self.files[name],
            "outcome": "award",
            "tier": tier,
            "number": "评定委〔2026〕1号",
            "reason": "",
            "actor": self.head,
            "now": self.now,
        } | changes
        return services.record_resolution(**given)

    def award(self, meeting: Meeting, **tiers: str) -> None:
        """Everybody for it, and resolved: award(meeting, 甲="quality")."""
        for name, tier in tiers.items():
            self.vote(meeting, name, "for", "for", "for")
            self.resolve(meeting, name, tier, reason="经讨论决定")

    def close(self, meeting: Meeting) -> None:
        services.close_meeting(meeting=meeting, actor=self.head, now=self.now)
        self.cycle.refresh_from_db()

    def approve(self, on: date | None = None, **changes: Any) -> Any:
        given = {
            "cycle": self.cycle,
            "document_number": "苏园管〔2026〕5号",
            "approved_on": on or self.now.date(),
            "actor": self.authority,
            "now": self.now,
        } | changes
        approval = services.approve_list(**given)
        self.cycle.refresh_from_db()
        return approval

    def decided(self, **tiers: str) -> Meeting:
        """Frozen, deliberated as `tiers` says, closed."""
        self.freeze()
        meeting = self.call()
        self.award(meeting, **tiers)
        self.close(meeting)
        return meeting

    def set_state(self, state: str) -> None:
        Cycle.objects.filter(pk=self.cycle.pk).update(state=state)
        self.cycle.refresh_from_db()


def make_year(now: datetime, *, scheme: str = "park", state: str = "site", year: int = 2026) -> Year:
    if not Scheme.objects.exists():
        sync_law(now=now)
    people = {key: make_user(f"{role}:{scheme}", name=f"{scheme}{key}") for key, role in PEOPLE.items()}
    cycle = open_cycle(
        scheme_code=scheme, edition_code=EDITIONS[scheme], year=year, actor=people["head"], now=now
    )
    Milestone.objects.create(
        cycle=cycle, kind="deliberation", starts_at=now, due_at=now + timedelta(days=20, hours=8)
    )
    Cycle.objects.filter(pk=cycle.pk).update(state=state)
    made = Cycle.objects.select_related("scheme", "edition_record").get(pk=cycle.pk)
    return Year(made, now, people)


def make_application(year: Year, name: str, *, state: str, **changes: Any) -> Application:
    number = next(_serial)
    organisation = Organisation.objects.create(
        uscc=changes.pop("uscc", "") or uscc(),
        name=name,
        kind="enterprise",
        region="sip",
        industry="C",
        category="industry",
        address="苏州工业园区星湖街 1 号",
        established_on=date(2010, 1, 1),
        legal_representative="张三",
        employees=300,
        contact_name="李四",
        contact_phone="0512-60000000",
        created_at=year.now,
    )
    return Application.objects.create(
        cycle=year.cycle,
        organisation=organisation,
        state=state,
        number=changes.pop("number", f"{year.cycle.scheme.code}-{number:04d}"),
        category="industry",
        created_by=year.clerk,
        created_at=year.now,
        submitted_at=year.now,
        **changes,
    )


def report(year: Year, application: Application, stage: str, points: Any, **texts: str) -> Consolidation:
    kind = "material" if stage == "material" else "site"
    panel, _ = Panel.objects.get_or_create(
        cycle=year.cycle, kind=kind, name="第一组", defaults={"state": "working", "created_at": year.now}
    )
    signed = points is not None
    return Consolidation.objects.create(
        panel=panel,
        application=application,
        stage=stage,
        state="signed" if signed else "open",
        score=Decimal(str(points)) if signed else None,
        method="consensus" if signed else "",
        digest="0" * 64 if signed else "",
        signed_at=year.now if signed else None,
        **texts,
    )


def owner_of(application: Application, role: str = "applicant_owner") -> User:
    user = make_user(name=f"{application.organisation.name}负责人")
    grant_role(
        user=user,
        role=role,
        scope_key=str(application.organisation_id),
        actor=SYSTEM,
        now=application.created_at,
    )
    return user


def pin(cycle: Cycle, key: str, value: object) -> None:
    """Pin the cycle to its edition with another value of one parameter, by reading."""
    record = cycle.edition_record
    parameters = record.content["parameters"] | {key: {"value": value, "reading": f"试{value}"}}
    changed = EditionRecord.objects.create(
        scheme=record.scheme,
        code=record.code,
        digest="1" * 64,
        content=record.content | {"parameters": parameters},
        recorded_at=record.recorded_at,
    )
    Cycle.objects.filter(pk=cycle.pk).update(edition_record=changed)


def states_of(names: Iterable[str], year: Year) -> dict[str, str]:
    rows = Application.objects.filter(cycle=year.cycle).select_related("organisation")
    states = {row.organisation.name: row.state for row in rows}
    return {name: states[name] for name in names}


def strike(application: Application) -> None:
    """As an upheld objection leaves it."""
    Application.objects.filter(pk=application.pk).update(state="struck")


def url(name: str, year: Year, *args: Any) -> str:
    return reverse(f"scoring:{name}", args=[year.cycle.pk, *args])

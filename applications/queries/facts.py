"""Facts and findings: what the applicant said, what the portal knows, and what the rules make of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from applications.models import Application, Organisation, StandingRecord
from applications.rules.eligibility import Finding, OrganisationFacts, assess
from applications.rules.facts import FactsRefused
from awards.law.editions import Edition
from awards.law.intake import Fault
from ground.clock import SHANGHAI
from ground.errors import Refused

NO_END = "8999-12-31"
# Whatever comes on record after submission bars at once; all else is judged as of the day of submission.
STANDING = frozenset({"higher_award", "ban"})


def register_facts(organisation: Organisation) -> dict[str, Any]:
    """What the register of organisations says, in the contract's shape."""
    return {
        "kind": organisation.kind,
        "region": organisation.region,
        "established_on": organisation.established_on.isoformat(),
        "industry": organisation.industry,
    }


def standing_of(uscc: str) -> QuerySet[StandingRecord]:
    """Bans and honours on record that still stand, for this organisation."""
    return StandingRecord.objects.filter(uscc=uscc, lifted_at=None)


def ban_in_force(uscc: str, scheme_code: str, on: date) -> StandingRecord | None:
    """The ban (不接受申报) that bars this organisation from this scheme on that day, the longest one."""
    return (
        standing_of(uscc)
        .filter(Q(until=None) | Q(until__gt=on), kind=StandingRecord.Kind.BAN, scheme_code=scheme_code)
        .order_by("-until")
        .first()
    )


def ban_refusal(application: Application, now: datetime) -> Refused | None:
    """Why this organisation may not apply here at all: a ban in force, with its article and its last day."""
    return refusal_for_ban(application.organisation.uscc, application.cycle.scheme.code, now)


def refusal_for_ban(uscc: str, scheme_code: str, now: datetime) -> Refused | None:
    ban = ban_in_force(uscc, scheme_code, now.astimezone(SHANGHAI).date())
    if ban is None:
        return None
    until = f"{ban.until:%Y年}{ban.until.month}月{ban.until.day}日之前" if ban.until else "无限期"
    return Refused(
        "banned",
        f"该组织处于禁止申报期，{until}不受理其申报。如认为记录有误，请联系评定办公室。",
        article=ban.article,
    )


def higher_award_on_record(uscc: str, edition: Edition) -> StandingRecord | None:
    """An award on record after which this edition accepts no application (park art. 12)."""
    if not edition.has("higher_awards"):
        return None
    return (
        standing_of(uscc)
        .filter(kind=StandingRecord.Kind.HONOUR, award__in=edition.value("higher_awards"))
        .first()
    )


def facts_document(application: Application) -> dict[str, Any]:
    """The contract's `organisation` object of this application (contracts.md, eligibility).

    The applicant's answers; the register's facts (as they stood at submission once submitted); honours and bans on
    record beside the declared ones; waivers recorded for this application.
    """
    document = {**register_facts(application.organisation), **application.facts}
    records = list(standing_of(application.organisation.uscc))
    declared = application.facts.get("honours")
    on_record = [_honour(record) for record in records if record.kind == StandingRecord.Kind.HONOUR]
    if declared is not None or on_record:
        document["honours"] = merged_honours(declared or [], on_record)
    document["bans"] = [
        {"scheme": record.scheme_code, "until": record.until.isoformat() if record.until else NO_END}
        for record in records
        if record.kind == StandingRecord.Kind.BAN
    ]
    document["waivers"] = [
        {"condition": waiver.condition, "resolution": waiver.resolution}
        for waiver in application.waivers.all()
    ]
    return document


def merged_honours(
    declared: Iterable[Mapping[str, Any]], on_record: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Declared honours and those on record; the same award, tier and day once, as on record."""
    known = {(row["award"], row.get("tier"), row["on"]): dict(row) for row in declared}
    known |= {(row["award"], row.get("tier"), row["on"]): dict(row) for row in on_record}
    return sorted(known.values(), key=lambda row: (row["on"], row["award"]))


def as_of(application: Application, now: datetime) -> date:
    """The day the conditions are counted back from: that of submission; today for a draft."""
    return (application.submitted_at or now).astimezone(SHANGHAI).date()


def findings_of(application: Application, now: datetime) -> tuple[Finding, ...]:
    """What the rules of the cycle's edition find, all conditions in the edition's order.

    An award or a ban that came on record after submission counts from today (R12: bars at once).
    """
    edition = application.cycle.edition
    facts = OrganisationFacts.from_document(facts_document(application), edition)
    filed, today = as_of(application, now), now.astimezone(SHANGHAI).date()
    found = assess(edition, facts, filed).findings
    if filed >= today:
        return found
    later = {
        row.condition: row for row in assess(edition, facts, today).findings if row.condition in STANDING
    }
    return tuple(
        later[row.condition] if row.condition in later and row.outcome != "fail" else row for row in found
    )


def document_faults(application: Application, answers: Mapping[str, Any]) -> tuple[Fault, ...]:
    """What the contract's reader finds wrong with `answers` put into this application's document."""
    try:
        OrganisationFacts.from_document({**facts_document(application), **answers}, application.cycle.edition)
    except FactsRefused as refused:
        return refused.faults
    return ()


def _honour(record: StandingRecord) -> dict[str, Any]:
    row = {"award": record.award, "tier": record.tier, "on": record.on.isoformat()}
    if record.until:
        row["valid_until"] = record.until.isoformat()
    return row

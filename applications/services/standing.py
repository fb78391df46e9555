"""What comes on record about an organisation from the rooms above: bans, honours; and what that means at once."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.actors import Actor
from applications.models import Application, StandingRecord
from applications.services.findings import FOLLOWED, find
from applications.services.locking import lock
from audit.services import record


@transaction.atomic
def record_ban(
    *,
    uscc: str,
    scheme_code: str,
    on: date,
    until: date | None,
    article: str,
    source_key: str,
    actor: Actor,
    now: datetime,
) -> StandingRecord:
    """Put a ban (不接受申报) on record. The same `source_key` again changes nothing.

    Whether `actor` may is settled by the decision behind it (the caller's service); so for all of this module.
    """
    return _put(
        StandingRecord(
            uscc=uscc,
            kind=StandingRecord.Kind.BAN,
            scheme_code=scheme_code,
            on=on,
            until=until,
            article=article,
            source_key=source_key,
        ),
        actor,
        now,
    )


@transaction.atomic
def record_honour_won(
    *,
    uscc: str,
    scheme_code: str,
    award: str,
    tier: str,
    on: date,
    until: date | None,
    article: str,
    source_key: str,
    actor: Actor,
    now: datetime,
) -> StandingRecord:
    """Put an honour on record under the contract's award code (the edition's `own_award`). Idempotent by `source_key`."""
    return _put(
        StandingRecord(
            uscc=uscc,
            kind=StandingRecord.Kind.HONOUR,
            scheme_code=scheme_code,
            award=award,
            tier=tier,
            on=on,
            until=until,
            article=article,
            source_key=source_key,
        ),
        actor,
        now,
    )


@transaction.atomic
def lift_standing(*, source_key: str, actor: Actor, now: datetime) -> None:
    """A record no longer stands (an honour revoked, a ban lifted). Unknown or lifted already: nothing changes."""
    standing = (
        StandingRecord.objects.select_for_update().filter(source_key=source_key, lifted_at=None).first()
    )
    if standing is None:
        return
    standing.lifted_at = now
    standing.save(update_fields=["lifted_at"])
    record(actor=actor, action="standing.lift", subject=standing, at=now, after={"lifted_at": now})
    _look_again(standing.uscc, actor, now)


def _put(fresh: StandingRecord, actor: Actor, now: datetime) -> StandingRecord:
    StandingRecord.objects.bulk_create([fresh], ignore_conflicts=True)
    standing = StandingRecord.objects.select_for_update().get(source_key=fresh.source_key)
    if standing.recorded_at is not None:
        return standing
    standing.recorded_at = now
    standing.save(update_fields=["recorded_at"])
    record(
        actor=actor,
        action=f"standing.{standing.kind}",
        subject=standing,
        at=now,
        article=standing.article,
        after={
            "uscc": standing.uscc,
            "scheme": standing.scheme_code,
            "award": standing.award,
            "tier": standing.tier,
            "on": standing.on,
            "until": standing.until,
        },
    )
    _look_again(standing.uscc, actor, now)
    return standing


def _look_again(uscc: str, actor: Actor, now: datetime) -> None:
    """Run the rules again on every file of this organisation that is still under way."""
    for application in Application.objects.filter(organisation__uscc=uscc, state__in=FOLLOWED).order_by("pk"):
        lock(application)
        find(application, actor=actor, now=now)

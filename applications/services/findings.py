"""Keeping what the rules find beside the official's own conclusions."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from django.urls import reverse

from accounts.actors import Actor
from applications.models import Application, EligibilityCheck
from applications.queries import findings_of
from applications.queries.visibility import office_of
from audit.services import record
from ground.digest import canonical_json, sm3_hex
from notifications.services import post

DECIDED: Final = frozenset({"accepted", "shortlisted", "candidate", "held"})
FOLLOWED: Final = frozenset({"submitted", "recommended", "correcting"}) | DECIDED


def find(application: Application, *, actor: Actor, now: datetime) -> list[EligibilityCheck]:
    """Run the rules and keep a check for each condition; the caller holds the lock on `application`.

    Where outcome, facts or edition changed, the official's conclusion falls away and has to be given again; after
    the decision it stays, and the office gets a letter when a condition has turned into a fail.
    """
    edition = application.cycle.edition
    kept = {check.condition: check for check in application.checks.all()}
    changed, turned = [], []
    for position, finding in enumerate(findings_of(application, now)):
        fresh: dict[str, Any] = {
            "outcome": finding.outcome,
            "message": finding.message,
            "facts": json.loads(canonical_json(finding.facts)),
            "article": finding.article,
            "edition_digest": edition.digest,
        }
        check = kept.pop(finding.condition, None)
        if check is not None and all(getattr(check, name) == value for name, value in fresh.items()):
            continue
        if check is None:
            check = EligibilityCheck(application=application, condition=finding.condition)
        elif application.state in DECIDED:
            turned += [check] if finding.outcome == "fail" != check.outcome else []
        else:
            check.confirmed, check.note, check.confirmed_by, check.confirmed_at = "", "", None, None
        for name, value in fresh.items():
            setattr(check, name, value)
        check.position, check.found_at = position, now
        check.save()
        changed.append(check)
    if changed:
        record(
            actor=actor,
            action="application.findings",
            subject=application,
            at=now,
            after={check.condition: check.outcome for check in changed},
            details={"edition": edition.digest, "changed": [check.condition for check in changed]},
        )
    if turned:
        _warn_office(application, turned, now)
    return list(application.checks.all())


def _warn_office(application: Application, turned: list[EligibilityCheck], now: datetime) -> None:
    reasons = "\n".join(f"{check.message}（{check.article}）" for check in turned)
    mark = sm3_hex(canonical_json([check.condition for check in turned]))[:12]
    post(
        to=office_of(application.cycle.scheme.code),
        kind="application.turned",
        subject=f"资格情况有变化：{application.organisation.name}",
        body=f"{application}在资格审核通过之后出现不符合条件的新情况：\n\n{reasons}\n\n请核实处理。",
        link=reverse("applications:eligibility", args=[application.pk]),
        key=f"application.turned:{application.pk}:{mark}:{now.date().isoformat()}",
        now=now,
    )

"""Recusal: what reviewers declare, what the data show, and what follows for sheets that were already handed out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.timezone import localtime

from accounts.actors import SYSTEM, Actor
from accounts.permissions import require_role
from accounts.roles import Role
from applications.models import Application
from audit.services import record
from awards.models import Cycle
from ground.errors import Fault, Refused, refuse_if
from scoring.models import NO_CONFLICT, Panel, PanelMember, Recusal, RecusalDeclaration, Reviewer
from scoring.permissions import require_self
from scoring.queries.conflicts import conflicted
from scoring.queries.ties import applicants_of, persons
from scoring.rules.conflicts import Conflict, conflicts
from scoring.services import notices
from scoring.services.handing import first_due
from scoring.services.restoring import restore_sheets
from scoring.services.withdrawing import take_effect
from scoring.services.withholding import withhold_everywhere, withhold_from

RUNNING: Final = (
    "checking", "material", "site", "ranked", "deliberated", "approved", "publicity", "publicity_closed",
)  # fmt: skip
# Before digests were kept, these were recorded without one.
WITHOUT_BASIS: Final = ("same_employer", "account_of_applicant", "same_recommender")
NEVER_REVIEWED: Final = ("draft", "withdrawn", "declined", "refused")


@transaction.atomic
def declare_recusal(
    *, reviewer: Reviewer, application: Application, kind: str, reason: str, actor: Actor, now: datetime
) -> RecusalDeclaration:
    """The reviewer says whether there is a conflict with this applicant: `kind` NO_CONFLICT ("none") or a Recusal.Kind.

    Both answers are kept; without one no sheet of this applicant opens. Declaring again corrects "none" to a conflict;
    the other way round is the office's decision. Where that has dismissed a conflict, "none" brings back the sheets that
    were void for it. Refused: kind_unknown, reason_missing, conflict_on_record.
    """
    require_self(actor, reviewer)
    conflict, reason = kind != NO_CONFLICT, reason.strip()
    faults = []
    if conflict and kind not in Recusal.Kind.values:
        faults.append(Fault("kind_unknown", "请选择有无利害关系及其情形。", "kind"))
    if conflict and not reason:
        faults.append(Fault("reason_missing", "请说明利害关系的具体情况。", "reason"))
    if not conflict and conflicted(reviewer, application):
        faults.append(
            Fault(
                "conflict_on_record",
                "记录显示您与该组织有利害关系，须回避。如与事实不符，请联系评定办核实。",
                "kind",
            )
        )
    refuse_if(faults)
    declaration, _ = RecusalDeclaration.objects.update_or_create(
        reviewer=reviewer, application=application, defaults={"conflict": conflict, "declared_at": now}
    )
    record(
        actor=actor,
        action="recusal.declare",
        subject=declaration,
        at=now,
        article=_article(application.cycle),
        after={"conflict": conflict, "kind": kind},
        details={"reason": reason} if reason else None,
    )
    if conflict:
        recusal, _ = Recusal.objects.update_or_create(
            reviewer=reviewer,
            application=application,
            kind=kind,
            basis="",
            defaults={
                "reason": reason,
                "source": Recusal.Source.DECLARED,
                "recorded_at": now,
                "dismissed_at": None,
                "dismissed_reason": "",
            },
        )
        take_effect(recusal, now)
        withhold_from(reviewer.user, now)
    else:
        restore_sheets(reviewer, application, actor=actor, now=now)
    _close_declaration_duties(reviewer, application, now)
    return declaration


@transaction.atomic
def detect_recusals(*, cycle: Cycle, now: datetime) -> list[Recusal]:
    """Record the conflicts that the data show in a cycle; return the new ones. Running it twice changes nothing."""
    return _detect(Reviewer.objects.select_related("user"), _reviewed(cycle), now)


@transaction.atomic
def detect_for_reviewer(*, reviewer: Reviewer, now: datetime) -> list[Recusal]:
    """The same for one reviewer, in every cycle under review."""
    found: list[Recusal] = []
    fresh = Reviewer.objects.select_related("user").get(pk=reviewer.pk)
    for cycle in Cycle.objects.filter(state__in=RUNNING).order_by("pk"):
        found += _detect([fresh], _reviewed(cycle), now)
    return found


def sweep_recusals(*, now: datetime) -> int:
    """Look through all cycles under review for conflicts that have come up since (a new role, a post, a shareholder).

    Letters that came since, or before letters were withheld at all, are kept from those who are barred.
    """
    cycles = Cycle.objects.filter(state__in=RUNNING).order_by("pk")
    found = sum(len(detect_recusals(cycle=cycle, now=now)) for cycle in cycles)
    withhold_everywhere(now)
    return found


@transaction.atomic
def dismiss_recusal(*, recusal: Recusal, reason: str, actor: Actor, now: datetime) -> None:
    """The head of the office finds that there is no conflict after all, and the reviewer is asked to declare anew.

    With that the sheets that were voided come back, unless the report was settled without them (declare_recusal).

    Refused: reason_missing, already_dismissed.
    """
    locked = (
        Recusal.objects.select_for_update(of=("self",))
        .select_related("application__cycle__scheme")
        .get(pk=recusal.pk)
    )
    require_role(actor, Role.OFFICE_HEAD, **locked.application.cycle.scopes())
    if not reason.strip():
        raise Refused("reason_missing", "请写明核实的情况。", field="reason")
    if locked.dismissed_at is not None:
        raise Refused("already_dismissed", "这条回避已经排除。")
    locked.dismissed_at, locked.dismissed_reason = now, reason.strip()
    locked.save(update_fields=["dismissed_at", "dismissed_reason"])
    RecusalDeclaration.objects.filter(reviewer=locked.reviewer, application=locked.application).delete()
    record(
        actor=actor,
        action="recusal.dismiss",
        subject=locked,
        at=now,
        article=_article(locked.application.cycle),
        details={"reason": reason.strip()},
    )
    seats = PanelMember.objects.filter(
        reviewer=locked.reviewer, reviewer__disqualified_at=None, panel__applications=locked.application
    )
    withhold_from(locked.reviewer.user, now)
    for seat in seats.exclude(panel__state="finished").select_related("reviewer__user", "panel__cycle"):
        notices.ask_declaration(seat, seat.panel, due_at=first_due(seat.panel, now), now=now, again=now)


def _reviewed(cycle: Cycle) -> list[Application]:
    applications = Application.objects.filter(cycle=cycle).exclude(state__in=NEVER_REVIEWED)
    return list(
        applications.select_related("organisation", "recommender", "cycle__scheme", "cycle__edition_record")
    )


def _detect(reviewers: Iterable[Reviewer], applications: list[Application], now: datetime) -> list[Recusal]:
    """1. What ties whom to whom by the data. 2. Leave out what is on record, dismissed or not. 3. Record, with effect.

    What the office dismissed in an earlier cycle on the same facts is recorded as dismissed, for the same reason.
    """
    pool = list(reviewers)
    if not pool or not applications:
        return []
    people, applicants = persons(pool), applicants_of(applications)
    recorded = Recusal.objects.filter(
        reviewer__in=pool, application__in=applications, source=Recusal.Source.DETECTED
    )
    known = set(recorded.values_list("reviewer_id", "application_id", "kind", "basis"))
    dismissed = {
        (row.reviewer_id, row.application.organisation_id, row.basis): row
        for row in Recusal.objects.filter(
            reviewer__in=pool, application__organisation__in=[row.organisation_id for row in applications]
        )
        .exclude(dismissed_at=None)
        .exclude(basis="")
        .select_related("application__cycle")
        .order_by("recorded_at", "pk")
    }
    edition = applications[0].cycle.edition
    years = int(edition.value("recusal_years")) if edition.has("recusal_years") else None
    article = edition.article("recusal_years" if years else "confidentiality")
    found = []
    for reviewer in pool:
        for application in applications:
            ties = conflicts(
                people[reviewer.pk],
                applicants[application.pk],
                as_of=localtime(now).date(),
                years=years,
                article=article,
            )
            for tie in ties:
                key = (reviewer.pk, application.pk, tie.kind)
                if (*key, tie.basis) in known or ((*key, "") in known and tie.code in WITHOUT_BASIS):
                    continue
                known.add((*key, tie.basis))
                earlier = dismissed.get((reviewer.pk, application.organisation_id, tie.basis))
                noted = _note(reviewer, application, tie, earlier, now)
                if earlier is None:
                    found.append(noted)
    for reviewer in {noted.reviewer for noted in found}:
        withhold_from(reviewer.user, now)
    return found


def _note(
    reviewer: Reviewer, application: Application, tie: Conflict, earlier: Recusal | None, now: datetime
) -> Recusal:
    recusal = Recusal.objects.create(
        reviewer=reviewer,
        application=application,
        kind=tie.kind,
        reason=tie.message,
        code=tie.code,
        basis=tie.basis,
        source=Recusal.Source.DETECTED,
        recorded_at=now,
        dismissed_at=now if earlier else None,
        dismissed_reason=(
            f"沿用 {earlier.application.cycle.year} 年度对相同事实的核实：{earlier.dismissed_reason}"
            if earlier
            else ""
        ),
    )
    record(
        actor=SYSTEM,
        action="recusal.remember" if earlier else "recusal.detect",
        subject=recusal,
        at=now,
        article=tie.article,
        after={"kind": tie.kind, "code": tie.code, "facts": dict(tie.facts)},
        details={"reason": tie.message},
    )
    if earlier is None:
        take_effect(recusal, now)
    return recusal


def _close_declaration_duties(reviewer: Reviewer, application: Application, now: datetime) -> None:
    """The duty on a panel is done when every applicant of that panel has an answer."""
    declared = set(reviewer.declarations.values_list("application_id", flat=True))
    for panel in Panel.objects.filter(members__reviewer=reviewer, applications=application):
        if set(panel.applications.values_list("pk", flat=True)) <= declared:
            notices.drop(notices.DECLARE, panel, now=now, user=reviewer.user)


def _article(cycle: Cycle) -> str:
    return cycle.edition.article("confidentiality")

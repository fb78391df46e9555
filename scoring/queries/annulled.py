"""A report that was taken back: the sheets it rested on, the decision behind it, the report that follows."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from scoring.models import Consolidation, MisconductCase, Sheet
from scoring.queries.misconduct import cases_visible_to
from scoring.queries.recusals import with_recusal
from scoring.queries.visibility import annulled_visible_to, consolidations_visible_to

VOIDING = (MisconductCase.Treatment.SUBSTITUTE, MisconductCase.Treatment.WITHOUT)


def sheets_of_annulled(report: Consolidation) -> list[Sheet]:
    """The sheets that counted when it was signed, in the order of a running report's; since then some are void.

    They are those of its signatories; a report from before members signed has all that were sealed by then.
    """
    signed, absent = report.countersignatures.values("reviewer"), report.absences.values("reviewer")
    members = (
        Q(reviewer__user=report.signed_by_id)
        | Q(reviewer__in=signed)
        | Q(reviewer__in=absent)
        | ~Q(Exists(signed)) & ~Q(Exists(absent))
    )
    rows = Sheet.objects.filter(
        members,
        application=report.application_id,
        stage=report.stage,
        state__in=("sealed", "void"),
        sealed_at__lte=report.signed_at,
    )
    return list(with_recusal(rows).select_related("reviewer__user").prefetch_related("items").order_by("id"))


def taken_back_by(report: Consolidation, user: object) -> MisconductCase | None:
    """The case whose approval took the report back: the first on one of its reviewers since the signature.

    `open`: whether `user` sees the case itself.
    """
    sheets = Sheet.objects.filter(
        application=report.application_id, stage=report.stage, sealed_at__lte=report.signed_at, state="void"
    )
    cases = MisconductCase.objects.filter(
        reviewer__in=sheets.values("reviewer"),
        cycle=report.application.cycle_id,
        state="disqualified",
        treatment__in=VOIDING,
        closed_at__gte=report.signed_at,
    )
    seen = Exists(cases_visible_to(user).filter(pk=OuterRef("pk")))
    return cases.annotate(open=seen).order_by("closed_at", "pk").first()


def taken_back_with(case: MisconductCase, user: object) -> QuerySet[Consolidation]:
    """The reports that the case's approval took back, for whoever may see them."""
    if case.reviewer is None or case.treatment not in VOIDING or case.closed_at is None:
        return Consolidation.objects.none()
    signatory = (
        Q(signed_by=case.reviewer.user_id)
        | Q(countersignatures__reviewer=case.reviewer_id)
        | Q(absences__reviewer=case.reviewer_id)
    )
    rows = annulled_visible_to(user).filter(signatory, application__cycle=case.cycle_id)
    return rows.filter(signed_at__lte=case.closed_at).distinct().order_by("application__number", "stage")


def successor_of(report: Consolidation, user: object) -> Consolidation | None:
    """The report in force of the same application and stage; `open`: whether `user` sees it."""
    seen = Exists(consolidations_visible_to(user).filter(pk=OuterRef("pk")))
    rows = Consolidation.objects.filter(application=report.application_id, stage=report.stage)
    return rows.annotate(open=seen).first()

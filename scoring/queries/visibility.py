"""Who sees which panel, sheet and consolidation. Out of sight is 404."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.permissions import in_portal, scopes_of
from accounts.roles import OFFICE_ROLES, Role, Scope
from applications.models import Application
from awards.models import Cycle
from scoring.models import (
    ConfidentialityPledge,
    Consolidation,
    DeclinedFile,
    Panel,
    PanelMember,
    Recusal,
    RecusalDeclaration,
    Reviewer,
    Sheet,
)
from scoring.queries.benches import GONE
from scoring.queries.conflicts import blind, without_conflict
from scoring.queries.results import AFTER_RANKING


def office_schemes(user: object) -> set[str]:
    return scopes_of(user, Scope.SCHEME, *OFFICE_ROLES)


def office_cycles(user: object) -> QuerySet[Cycle]:
    """The cycles whose panels `user` forms or, as supervisor, watches."""
    cycles = Cycle.objects.select_related("scheme", "edition_record", "shortlist")
    if in_portal(user, Role.SUPERVISOR):
        return cycles
    return cycles.filter(scheme__code__in=office_schemes(user))


def reviewers_visible_to(user: object) -> QuerySet[Reviewer]:
    """The pool: for offices and the supervisor."""
    if not (office_schemes(user) or in_portal(user, Role.SUPERVISOR)):
        return Reviewer.objects.none()
    return Reviewer.objects.select_related("user")


def panels_visible_to(user: object) -> QuerySet[Panel]:
    """Members see their panels, the office those of its scheme, the supervisor all.

    Someone recused from every applicant of a panel does not see the panel.
    """
    panels = Panel.objects.select_related("cycle__scheme", "cycle__edition_record")
    if not isinstance(user, User):
        return panels.none()
    if in_portal(user, Role.SUPERVISOR):
        return panels
    seats = PanelMember.objects.filter(reviewer__user_id=user.pk, reviewer__disqualified_at=None)
    seated = Exists(seats.filter(panel=OuterRef("pk")))
    kept = Application.objects.filter(panels=OuterRef("pk")).exclude(
        Exists(_declined(user, "pk", panel_id=OuterRef(OuterRef("pk"))))
    )
    concerned = Exists(blind(kept, user))
    return panels.filter(seated & concerned | Q(cycle__scheme__code__in=office_schemes(user)))


def sheets_visible_to(user: object) -> QuerySet[Sheet]:
    """Sheets by who may read them, never those of an applicant that `user` is recused from.

    Reviewer: their own; a colleague's once all for that application and stage are sealed, their own among them: who
    has read others' scores can't be sent back to score anew.
    Office: those of its scheme once the report that rests on them is signed. Supervisor: whatever is sealed.
    """
    sheets = Sheet.objects.select_related(
        "reviewer__user",
        "panel",
        "application__organisation",
        "application__cycle__scheme",
        "application__cycle__edition_record",
        "application__report",
    )
    if not isinstance(user, User):
        return sheets.none()
    own = Q(reviewer__user_id=user.pk, reviewer__disqualified_at=None) & ~Q(state="void")
    sealed = Q(sealed_at__isnull=False)
    together = Consolidation.objects.filter(
        application_id=OuterRef("application_id"), stage=OuterRef("stage")
    ).exclude(state="waiting")
    seen = own | sealed & ~Q(state="void") & Q(_sealed_by(user)) & Q(Exists(together))
    if in_portal(user, Role.SUPERVISOR):
        seen |= sealed
    schemes = office_schemes(user)
    if schemes:
        signed = Consolidation.objects.filter(
            application_id=OuterRef("application_id"), stage=OuterRef("stage"), state="signed"
        )
        seen |= sealed & Q(application__cycle__scheme__code__in=schemes) & Q(Exists(signed))
    return without_conflict(sheets, user).filter(seen)


def consolidations_visible_to(user: object) -> QuerySet[Consolidation]:
    """Consolidations by who may read them, never those of an applicant that `user` is recused from.

    Members: once their own sheet is sealed. Office of the scheme: once signed. Its committee and authority: the same once
    the ranking is frozen, as all scores open to them. Supervisor: from the moment everything is sealed.
    """
    consolidations = Consolidation.objects.select_related(
        "panel",
        "application__organisation",
        "application__cycle__scheme",
        "application__cycle__edition_record",
        "signed_by",
    )
    if not isinstance(user, User):
        return consolidations.none()
    seen = Q(_sealed_by(user))
    if in_portal(user, Role.SUPERVISOR):
        seen |= Q(state__in=("open", "signing", "signed"))
    deciders = scopes_of(user, Scope.SCHEME, Role.COMMITTEE, Role.AUTHORITY)
    seen |= Q(state="signed", application__cycle__scheme__code__in=office_schemes(user))
    seen |= Q(
        state="signed",
        application__cycle__scheme__code__in=deciders,
        application__cycle__state__in=AFTER_RANKING,
    )
    return without_conflict(consolidations, user).filter(seen)


def annulled_visible_to(user: object) -> QuerySet[Consolidation]:
    """Reports that the committee took back: for the scheme's head, the supervisor, and the members who have sealed.

    Nobody else, and nobody who is recused from the applicant: what counts is the report that follows.
    """
    rows = Consolidation.with_annulled.filter(state="annulled").select_related(
        "panel__cycle",
        "application__organisation",
        "application__cycle__scheme",
        "application__cycle__edition_record",
        "signed_by",
    )
    if not isinstance(user, User):
        return rows.none()
    heads = scopes_of(user, Scope.SCHEME, Role.OFFICE_HEAD)
    seen = Q(_sealed_by(user)) | Q(application__cycle__scheme__code__in=heads)
    if in_portal(user, Role.SUPERVISOR):
        seen |= Q(pk__isnull=False)
    return without_conflict(rows, user).filter(seen)


def running_reports(user: object) -> QuerySet[Consolidation]:
    """The reports that the user's office waits for, to be named without any of their content."""
    rows = Consolidation.objects.filter(
        state__in=("open", "signing"), application__cycle__scheme__code__in=office_schemes(user)
    ).select_related(
        "panel__cycle__scheme",
        "application__organisation",
        "application__cycle__scheme",
        "application__cycle__edition_record",
    )
    return without_conflict(rows, user)


def recusals_visible_to(user: object) -> QuerySet[Recusal]:
    """Recusals of the scheme's applicants for its office, all for the supervisor, one's own for a reviewer."""
    recusals = Recusal.objects.select_related(
        "reviewer__user", "application__organisation", "application__cycle__scheme"
    )
    if in_portal(user, Role.SUPERVISOR):
        return recusals
    own = Q(reviewer__user_id=user.pk) if isinstance(user, User) else Q(pk=None)
    return recusals.filter(own | Q(application__cycle__scheme__code__in=office_schemes(user)))


def assignments_of(user: object) -> QuerySet[Application]:
    """The applications that `user` is seated for; those they are recused from or have declined are left out.

    While a panel is formed that is all of its applications; once it works, those of which the user has a sheet: who
    stands in for somebody on one file has nothing to say about the others.
    """
    if not isinstance(user, User):
        return Application.objects.none()
    sheets = Sheet.objects.filter(
        reviewer__user_id=user.pk, panel_id=OuterRef("panel_id"), application_id=OuterRef("application_id")
    )
    seats = (
        Panel.applications.through._default_manager.filter(
            panel__members__reviewer__user_id=user.pk, application_id=OuterRef("pk")
        )
        .filter(Q(panel__state="forming") | Exists(sheets))
        .exclude(Exists(_declined(user, "application_id", panel_id=OuterRef("panel_id"))))
    )
    mine = Application.objects.filter(Exists(seats))
    return blind(mine, user).select_related("organisation", "cycle__scheme", "recommender")


def files_open_to(user: object) -> QuerySet[Application]:
    """The applications whose file `user` reads as reviewer.

    A sheet of their own, confidentiality accepted for the cycle, "no conflict" declared, none found.
    Whoever declined an application reads it no more, unless it is handed to them anew.
    """
    if not isinstance(user, User):
        return Application.objects.none()
    me = {"reviewer__user_id": user.pk, "reviewer__disqualified_at": None, "application_id": OuterRef("pk")}
    handed_back = _declined(user, "application_id", declined_at__gte=OuterRef("opened_at"))
    seated = Exists(Sheet.objects.filter(**me).exclude(state="void").exclude(Exists(handed_back)))
    declared = Exists(RecusalDeclaration.objects.filter(**me, conflict=False))
    pledged = Exists(
        ConfidentialityPledge.objects.filter(reviewer__user_id=user.pk, cycle_id=OuterRef("cycle_id"))
    )
    rows = Application.objects.exclude(state__in=GONE).filter(seated, declared, pledged)
    return blind(rows, user).select_related("report", "cycle__scheme", "organisation")


def _declined(user: User, application: str, **more: Any) -> QuerySet[DeclinedFile]:
    """What `user` handed back of the application named by the outer row's field."""
    return DeclinedFile.objects.filter(
        reviewer__user_id=user.pk, application_id=OuterRef(application), **more
    )


def _sealed_by(user: User) -> Exists:
    """Whether `user` has sealed a live sheet for the same application and stage."""
    return Exists(
        Sheet.objects.filter(
            reviewer__user_id=user.pk,
            reviewer__disqualified_at=None,
            state="sealed",
            application_id=OuterRef("application_id"),
            stage=OuterRef("stage"),
        )
    )

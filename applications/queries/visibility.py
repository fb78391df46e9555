"""The one door for reading: what each user can see of organisations, applications and recommendations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import RoleGrant, User
from accounts.permissions import in_portal, scopes_of
from accounts.queries import holders_of
from accounts.roles import APPLICANT_ROLES, APPLICANT_WRITERS, OFFICE_ROLES, Role, Scope
from applications.models import (
    Application,
    Correction,
    Evidence,
    Invitation,
    Organisation,
    Recommendation,
    Recommender,
)
from documents.models import StoredFile
from ground.clock import SHANGHAI

SUBMITTED = Q(submitted_at__isnull=False) & ~Q(state="draft")
SCHEME_READERS = (*OFFICE_ROLES, Role.COMMITTEE, Role.AUTHORITY)


def applications_visible_to(user: object, now: datetime) -> QuerySet[Application]:
    """Applicants: their own. Recommender, office, committee, authority, supervisor: once submitted, in their scope."""
    rows = Application.objects.select_related("cycle__scheme", "organisation", "recommender")
    if in_portal(user, Role.SUPERVISOR):
        return rows.filter(SUBMITTED)
    own = Q(organisation_id__in=_keys(user, Scope.ORGANISATION, *APPLICANT_ROLES))
    recommended = _recommending(user, OuterRef("pk"), now) & SUBMITTED
    office = Q(cycle__scheme__code__in=scopes_of(user, Scope.SCHEME, *SCHEME_READERS)) & SUBMITTED
    return rows.filter(own | recommended | office)


def own_applications(user: object) -> QuerySet[Application]:
    """The applications of the user's organisations, newest year first."""
    return Application.objects.select_related("cycle__scheme", "organisation", "recommender").filter(
        organisation_id__in=_keys(user, Scope.ORGANISATION, *APPLICANT_ROLES)
    )


def office_applications(user: object) -> QuerySet[Application]:
    """What the office (or the supervisor) works on: everything submitted in its schemes."""
    rows = Application.objects.select_related("cycle__scheme", "organisation", "recommender").filter(
        SUBMITTED
    )
    if in_portal(user, Role.SUPERVISOR):
        return rows
    return rows.filter(cycle__scheme__code__in=scopes_of(user, Scope.SCHEME, *SCHEME_READERS))


def organisations_visible_to(user: object, now: datetime) -> QuerySet[Organisation]:
    """Applicants: their own. Officials: those with an application they can see."""
    if in_portal(user, Role.SUPERVISOR):
        return Organisation.objects.all()
    seen = applications_visible_to(user, now).filter(organisation_id=OuterRef("pk"))
    own = Q(pk__in=_keys(user, Scope.ORGANISATION, *APPLICANT_ROLES))
    return Organisation.objects.filter(own | Exists(seen))


def organisations_handled_by(user: object) -> QuerySet[Organisation]:
    """Whose licence and history of changes the user may read.

    The organisation's people, the office of a scheme in which it has a submitted application, the supervisor.
    """
    if in_portal(user, Role.SUPERVISOR):
        return Organisation.objects.all()
    schemes = scopes_of(user, Scope.SCHEME, *OFFICE_ROLES)
    handled = Application.objects.filter(
        SUBMITTED, cycle__scheme__code__in=schemes, organisation_id=OuterRef("pk")
    )
    own = Q(pk__in=_keys(user, Scope.ORGANISATION, *APPLICANT_ROLES))
    return Organisation.objects.filter(own | Exists(handled))


def may_read_history(user: object, organisation: Organisation) -> bool:
    """Whether the user sees who changed what on the register, and the licence."""
    return organisations_handled_by(user).filter(pk=organisation.pk).exists()


def own_organisations(user: object) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk__in=_keys(user, Scope.ORGANISATION, *APPLICANT_ROLES))


def members_of(organisation: Organisation) -> QuerySet[RoleGrant]:
    """Who acts for the organisation, and as what."""
    return (
        RoleGrant.objects.select_related("user")
        .filter(
            scope_kind=Scope.ORGANISATION,
            scope_key=str(organisation.pk),
            role__in=APPLICANT_ROLES,
            revoked_at=None,
        )
        .order_by("pk")
    )


def writable_organisations(user: object) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk__in=_keys(user, Scope.ORGANISATION, *APPLICANT_WRITERS))


def recommendations_visible_to(user: object, now: datetime) -> QuerySet[Recommendation]:
    """What was sent to the user's recommending body, or delegated to the user, answered or not."""
    return Recommendation.objects.select_related(
        "application__cycle__scheme", "application__organisation", "recommender", "signed_by"
    ).filter(_recommending(user, OuterRef("application_id"), now))


def corrections_visible_to(user: object, now: datetime) -> QuerySet[Correction]:
    return (
        Correction.objects.select_related(
            "application__cycle__scheme", "application__organisation", "requested_by"
        )
        .prefetch_related("items")
        .filter(application__in=applications_visible_to(user, now).values("pk"))
    )


def evidence_visible_to(user: object, now: datetime) -> QuerySet[Evidence]:
    return Evidence.objects.select_related(
        "application__cycle__scheme", "application__organisation", "file"
    ).filter(application__in=applications_visible_to(user, now).values("pk"))


def file_of(application: Application, file_id: int) -> tuple[StoredFile, str] | None:
    """The report, a piece of evidence or the signed commitments of this application with its name; None for anybody else's file.

    Whether the asker may see `application` is the caller's check, and so is the access log.
    """
    if application.report_id == file_id and application.report is not None:
        return application.report, application.report_name
    piece = (
        application.evidence.filter(file_id=file_id)
        .select_related("file")
        .order_by("removed_at", "id")
        .first()
    )
    if piece:
        return piece.file, piece.name
    sheet = application.commitments.filter(scan_id=file_id).select_related("scan").first()
    return (sheet.scan, sheet.scan_name) if sheet and sheet.scan else None


def recommenders_of(application: Application) -> QuerySet[Recommender]:
    """Who may recommend in this scheme."""
    return Recommender.objects.filter(schemes=application.cycle.scheme_id)


def people_of_organisation(organisation_id: int, *roles: str) -> QuerySet[User]:
    """Active users who act for an organisation (all applicant roles, or only `roles`)."""
    return holders_of(
        *(roles or APPLICANT_ROLES), scope_kind=Scope.ORGANISATION, scope_key=str(organisation_id)
    )


def people_of_recommender(recommender_id: int) -> QuerySet[User]:
    return holders_of(Role.RECOMMENDER, scope_kind=Scope.RECOMMENDER, scope_key=str(recommender_id))


def desk_of_recommender(recommender_id: int, now: datetime) -> list[User]:
    """Who hears of a file that arrives: the body's people, and deputies for the whole desk."""
    deputies = User.objects.filter(
        is_active=True,
        pk__in=Invitation.objects.filter(_in_force(now), recommender=recommender_id, application=None).values(
            "accepted_by"
        ),
    )
    return list(dict.fromkeys([*people_of_recommender(recommender_id), *deputies]))


def office_of(scheme_code: str) -> QuerySet[User]:
    return holders_of(*OFFICE_ROLES, scope_kind=Scope.SCHEME, scope_key=scheme_code)


def role_scopes() -> Iterator[tuple[str, str, str]]:
    """Where an administrator can give the roles of recommenders and applicants: (kind, key, name in words)."""
    for key, name in Recommender.objects.values_list("pk", "name"):
        yield Scope.RECOMMENDER, str(key), f"推荐单位：{name}"
    for key, name in Organisation.objects.values_list("pk", "name"):
        yield Scope.ORGANISATION, str(key), f"申报组织：{name}"


def _recommending(user: object, application: OuterRef, now: datetime) -> Q:
    """Rows whose `recommender_id` is a body of the user's, and those that such a body has delegated to the user."""
    mine = Q(recommender_id__in=_keys(user, Scope.RECOMMENDER, Role.RECOMMENDER))
    if not isinstance(user, User) or not scopes_of(user, Scope.RECOMMENDER, Role.RECOMMENDER_DEPUTY):
        return mine
    given = Invitation.objects.filter(_in_force(now), accepted_by=user)
    of_body = given.filter(recommender=OuterRef("recommender_id"))
    return mine | Exists(of_body.filter(application=None)) | Exists(of_body.filter(application=application))


def _in_force(now: datetime) -> Q:
    """Delegations that hold at `now`: past the last day they show nothing, whether or not a sweep has ended them."""
    return Q(role=Role.RECOMMENDER_DEPUTY, ended_at=None, until__gte=now.astimezone(SHANGHAI).date())


def _keys(user: object, kind: str, *roles: str) -> list[int]:
    return [int(key) for key in scopes_of(user, kind, *roles)]

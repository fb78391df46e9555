"""Reading: every list and page goes through `…_visible_to`. What is not public is seen only in the role and scope it concerns."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar

from django.db.models import Case, Count, IntegerField, Model, Prefetch, Q, QuerySet, Value, When

from accounts.models import User
from accounts.permissions import in_portal, scopes_of
from accounts.queries import holders_of
from accounts.roles import APPLICANT_ROLES, OFFICE_ROLES, Role, Scope
from applications.models import Application, Organisation
from awards.models import Cycle, Scheme
from publicity.models import (
    Honour,
    Incident,
    Notice,
    NoticeEntry,
    Objection,
    Payment,
    RevocationCase,
)
from publicity.permissions import INSIDERS, MONEY_READERS
from scoring.models import Approval

PUBLIC_NOTICES = ("published", "closed", "issued")
OPEN_CASES = ("investigating", "to_committee", "to_authority")


# ---- people ----
def people_with(scheme: Scheme, *roles: str) -> QuerySet[User]:
    """Active accounts that hold one of `roles` in the scheme."""
    return holders_of(*roles, scope_kind=Scope.SCHEME, scope_key=scheme.code)


def people_of(organisation: Organisation) -> QuerySet[User]:
    """Active accounts of an organisation: whom its letters go to."""
    return holders_of(*APPLICANT_ROLES, scope_kind=Scope.ORGANISATION, scope_key=str(organisation.pk))


# ---- notices ----
def notices_visible_to(user: object) -> QuerySet[Notice]:
    """Published notices for everybody; drafts and withdrawn ones for the scheme's insiders and the supervisor."""
    notices = Notice.objects.select_related("scheme", "cycle__scheme", "cycle__edition_record").defer(
        "cycle__edition_record__content", "cycle__call_text"
    )
    if in_portal(user, Role.SUPERVISOR):
        return notices
    return notices.filter(
        Q(state__in=PUBLIC_NOTICES) | Q(scheme__code__in=scopes_of(user, Scope.SCHEME, *INSIDERS))
    )


def public_notices() -> QuerySet[Notice]:
    return notices_visible_to(None)


def with_entries(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    entries = NoticeEntry.objects.select_related("organisation")
    return notices.prefetch_related(Prefetch("entries", entries), "sites")


def notices_matching(
    notices: QuerySet[Notice], *, kind: str = "", scheme: str = "", words: str = "", running: bool = False
) -> QuerySet[Notice]:
    if kind:
        notices = notices.filter(kind=kind)
    if scheme:
        notices = notices.filter(scheme__code=scheme)
    if words:
        notices = notices.filter(
            Q(title__icontains=words) | Q(entries__organisation__name__icontains=words)
        ).distinct()
    if running:
        notices = notices.filter(kind=Notice.Kind.PUBLICITY, state="published")
    return notices


def approvals_to_publish(cycle: Cycle) -> QuerySet[Approval]:
    """Approved lists without a notice that stands."""
    live = Notice.objects.filter(kind=Notice.Kind.PUBLICITY, cycle=cycle).exclude(state="withdrawn")
    return Approval.objects.filter(cycle=cycle).exclude(pk__in=live.values("approval_id")).order_by("round")


def notices_without_paper() -> QuerySet[Notice]:
    return Notice.objects.filter(state__in=PUBLIC_NOTICES, paper=None).order_by("pk")


# ---- objections ----
def objections_visible_to(user: object) -> QuerySet[Objection]:
    """Only the office of the scheme and the supervisor: an objector's identity is shielded from everybody else."""
    objections = Objection.objects.select_related(
        "entry__organisation",
        "entry__application",
        "entry__notice__scheme",
        "entry__notice__cycle__scheme",
        "evidence",
        "decided_by",
    )
    if in_portal(user, Role.SUPERVISOR):
        return objections
    return objections.filter(entry__notice__scheme__code__in=scopes_of(user, Scope.SCHEME, *OFFICE_ROLES))


def objections_on(notice: Notice) -> QuerySet[Objection]:
    return Objection.objects.filter(entry__notice=notice)


def objection_by_receipt(receipt: str) -> QuerySet[Objection]:
    """For the receipt page: whoever knows the whole receipt number. Nothing of the objector is loaded."""
    return (
        Objection.objects.filter(receipt=receipt.strip().upper())
        .select_related("entry__organisation", "entry__notice__scheme")
        .defer("objector_name", "contact", "statement", "conclusion", "applicant_reply")
    )


def holding(objections: QuerySet[Objection]) -> QuerySet[Objection]:
    """Objections that keep a candidate from being announced: in time and undecided, or taken up late by the office."""
    return objections.filter(Q(state="received", late=False) | Q(state="verifying"))


def held_application_ids(cycle: Cycle) -> set[int]:
    """Applications of the cycle that an undecided objection holds."""
    rows = holding(Objection.objects.filter(entry__notice__cycle=cycle)).values_list(
        "entry__application_id", flat=True
    )
    return {row for row in rows if row is not None}


# ---- candidates and honours ----
def candidates_after_publicity(cycle: Cycle) -> QuerySet[NoticeEntry]:
    """Entries whose window is over and whose organisation still waits for its award, in the order of the list."""
    return (
        NoticeEntry.objects.filter(
            notice__cycle=cycle,
            notice__kind=Notice.Kind.PUBLICITY,
            notice__state="closed",
            application__state__in=("candidate", "held"),
        )
        .select_related("application__organisation", "notice__approval", "organisation")
        .order_by("notice__approval__round", "position", "id")
    )


def honours_visible_to(user: object) -> QuerySet[Honour]:
    """The honour roll is public, whatever became of an honour."""
    return Honour.objects.select_related(
        "organisation", "scheme", "cycle__scheme", "cycle__edition_record", "notice"
    ).defer("cycle__edition_record__content", "cycle__call_text", "notice__body")


def honours_matching(
    honours: QuerySet[Honour],
    *,
    words: str = "",
    year: int | None = None,
    scheme: str = "",
    tier: str = "",
    state: str = "",
    on: date | None = None,
) -> QuerySet[Honour]:
    """`words`: part of the name, or the whole code (USCC) or certificate number. `state` is as it stands on the day `on`."""
    if words:
        code = words.strip().upper()
        honours = honours.filter(
            Q(organisation__name__icontains=words.strip())
            | Q(organisation__uscc=code)
            | Q(certificate_number=code)
        )
    if year is not None:
        honours = honours.filter(cycle__year=year)
    if scheme:
        honours = honours.filter(scheme__code=scheme)
    if tier:
        honours = honours.filter(tier=tier)
    return _in_state(honours, state, on)


def _in_state(honours: QuerySet[Honour], state: str, on: date | None) -> QuerySet[Honour]:
    if state == "valid":
        honours = honours.filter(state="valid")
        return honours if on is None else honours.filter(valid_until__gte=on)
    if state == "expired":
        lapsed = Q(state="expired")
        return honours.filter(lapsed if on is None else lapsed | Q(state="valid", valid_until__lt=on))
    return honours.filter(state=state) if state else honours


def certificate_by(asked: str) -> QuerySet[Honour]:
    """By certificate number or check code, in capitals."""
    return Honour.objects.filter(Q(certificate_number=asked) | Q(check_code=asked))


def honours_held_by(user: object) -> QuerySet[Honour]:
    """The honours of the organisations that `user` belongs to."""
    return (
        honours_visible_to(user)
        .select_related("payment")
        .filter(
            organisation_id__in=[int(key) for key in scopes_of(user, Scope.ORGANISATION, *APPLICANT_ROLES)]
        )
    )


# ---- money ----
def payments_visible_to(user: object) -> QuerySet[Payment]:
    payments = Payment.objects.select_related(
        "honour__organisation", "honour__scheme", "honour__cycle__scheme", "honour__cycle__edition_record"
    ).defer("honour__cycle__edition_record__content", "honour__cycle__call_text")
    if in_portal(user, Role.SUPERVISOR):
        return payments
    return payments.filter(honour__scheme__code__in=scopes_of(user, Scope.SCHEME, *MONEY_READERS))


def payments_matching(
    payments: QuerySet[Payment],
    *,
    state: str = "",
    scheme: str = "",
    year: int | None = None,
    words: str = "",
) -> QuerySet[Payment]:
    if state:
        payments = payments.filter(state=state)
    if scheme:
        payments = payments.filter(honour__scheme__code=scheme)
    if year is not None:
        payments = payments.filter(honour__cycle__year=year)
    if words:
        payments = payments.filter(
            Q(honour__organisation__name__icontains=words.strip())
            | Q(voucher__icontains=words.strip())
            | Q(honour__certificate_number=words.strip().upper())
        )
    return payments


# ---- after the award ----
def incidents_visible_to(user: object) -> QuerySet[Incident]:
    """The holder's own people, the scheme's insiders, the supervisor."""
    incidents = Incident.objects.select_related(
        "honour__organisation",
        "honour__scheme",
        "honour__cycle__scheme",
        "honour__cycle__edition_record",
        "file",
        "reported_by",
    ).defer("honour__cycle__edition_record__content", "honour__cycle__call_text")
    if in_portal(user, Role.SUPERVISOR):
        return incidents
    return incidents.filter(
        Q(honour__scheme__code__in=scopes_of(user, Scope.SCHEME, *INSIDERS))
        | Q(
            honour__organisation_id__in=[
                int(key) for key in scopes_of(user, Scope.ORGANISATION, *APPLICANT_ROLES)
            ]
        )
    )


def cases_visible_to(user: object) -> QuerySet[RevocationCase]:
    """Office, committee and authority of the scheme, and the supervisor. The organisation gets letters, not the file."""
    cases = RevocationCase.objects.select_related(
        "honour__organisation",
        "honour__payment",
        "honour__scheme",
        "honour__cycle__scheme",
        "honour__cycle__edition_record",
        "incident",
        "notice",
        "opened_by",
    ).defer("honour__cycle__edition_record__content", "honour__cycle__call_text")
    if in_portal(user, Role.SUPERVISOR):
        return cases
    return cases.filter(honour__scheme__code__in=scopes_of(user, Scope.SCHEME, *INSIDERS))


def open_case_of(honour: Honour) -> RevocationCase | None:
    return RevocationCase.objects.filter(honour=honour, state__in=OPEN_CASES).first()


Held = TypeVar("Held", bound=Model)


def by_holder(rows: QuerySet[Held], *, words: str = "", state: str = "") -> QuerySet[Held]:
    """Incidents or cases by the name of the honour's holder and by state."""
    if words:
        rows = rows.filter(honour__organisation__name__icontains=words.strip())
    return rows.filter(state=state) if state else rows


def waiting_first(*states: str) -> Case:
    """An ordering: rows in one of `states` before all others."""
    return Case(When(state__in=states, then=Value(0)), default=Value(1), output_field=IntegerField())


# ---- letters ----
def others_of(cycle: Cycle) -> QuerySet[Application]:
    """Applications that went through the review and get no award: they are told when the list is announced."""
    return Application.objects.filter(
        cycle=cycle, state__in=("not_shortlisted", "not_selected", "struck")
    ).select_related("organisation")


def counts_for_office(scheme: Scheme, now: datetime) -> dict[str, int]:
    """What waits for the office of a scheme: objections, incident reports, open cases."""
    return {
        "objections": Objection.objects.filter(
            entry__notice__scheme=scheme, state__in=("received", "verifying")
        ).count(),
        "incidents": Incident.objects.filter(honour__scheme=scheme, state="reported").count(),
        "cases": RevocationCase.objects.filter(honour__scheme=scheme, state__in=OPEN_CASES).count(),
        "running": Notice.objects.filter(scheme=scheme, state="published", closes_at__gt=now).aggregate(
            n=Count("id")
        )["n"],
    }


def is_vacant(cycle: Cycle) -> bool:
    """Whether the cycle ends without a winner: its list is approved (or published) and nobody is left on it."""
    return (
        cycle.state in ("approved", "publicity_closed")
        and not cycle.applications.filter(state__in=("candidate", "held")).exists()
        and not cycle.honours.exists()
    )

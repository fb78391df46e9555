"""What each reader may see of schemes, cycles and policies; the working days entered by the office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, TextField, Value, When

from accounts.models import User
from accounts.permissions import in_portal, scopes_of
from accounts.roles import OFFICE_ROLES, Role, Scope
from audit import queries as ledger
from audit.models import Entry
from audit.queries import entries_of
from awards.law import editions, workdays
from awards.law.editions import Edition
from awards.law.workdays import YearCalendar
from awards.models import Cycle, EditionRecord, OfficeWorkdays, PolicyDocument, Scheme

SIMILAR_ENOUGH = 0.4
# Scheme roles that see a cycle before its call is public.
INSIDERS = (*OFFICE_ROLES, Role.COMMITTEE, Role.AUTHORITY, Role.FINANCE)


# ---- cycles ----
def called_cycles() -> QuerySet[Cycle]:
    """What the public sees: cycles whose call was published, the newest first."""
    return _with_rows(Cycle.objects.exclude(call_published_at=None))


def open_cycles(now: datetime) -> QuerySet[Cycle]:
    """Cycles that take applications at `now` or soon will, the nearest deadline first."""
    return (
        called_cycles()
        .filter(state="open", milestones__kind="application", milestones__due_at__gte=now)
        .order_by("milestones__due_at", "id")
    )


def open_calls(now: datetime) -> list[Cycle]:
    """`open_cycles` for the landing page (templates/awards/_open_calls.html): two queries, however many."""
    return list(open_cycles(now))


def cycles_visible_to(user: object) -> QuerySet[Cycle]:
    """Called cycles for everybody; those still in preparation for the scheme's own people and the supervisor."""
    if in_portal(user, Role.SUPERVISOR):
        return _with_rows(Cycle.objects.all())
    own = scopes_of(user, Scope.SCHEME, *INSIDERS)
    return _with_rows(Cycle.objects.filter(~Q(call_published_at=None) | Q(scheme__code__in=own)))


def office_cycles_of(user: User) -> QuerySet[Cycle]:
    """The cycles of the schemes whose office `user` sits in, with the number of applications started in each.

    The supervisor has all of them to read. `applications` is the reverse of a key in the app above.
    """
    cycles = cycles_visible_to(user)
    if not in_portal(user, Role.SUPERVISOR):
        cycles = cycles.filter(scheme__code__in=scopes_of(user, Scope.SCHEME, *OFFICE_ROLES))
    return _with_counts(cycles)


def office_cycles_annotated(user: User) -> QuerySet[Cycle]:
    """All cycles in sight of `user` with the same counts; who may open the office's page is asked afterwards (403)."""
    return _with_counts(cycles_visible_to(user))


def history_of(cycle: Cycle) -> QuerySet[Entry]:
    """What the ledger says of the cycle, oldest first."""
    return entries_of(cycle)


def schemes_run_by(user: object) -> QuerySet[Scheme]:
    return Scheme.objects.filter(code__in=scopes_of(user, Scope.SCHEME, *OFFICE_ROLES))


def _with_counts(cycles: QuerySet[Cycle]) -> QuerySet[Cycle]:
    submitted = Q(applications__submitted_at__isnull=False)
    counted = cycles.annotate(submitted_count=Count("applications", filter=submitted))
    return counted.order_by("-year", "scheme__code", "id")


def _with_rows(cycles: QuerySet[Cycle]) -> QuerySet[Cycle]:
    return cycles.select_related("scheme", "edition_record").prefetch_related("milestones")


# ---- law ----
def all_editions() -> list[Edition]:
    return [editions.get(code) for code in editions.codes()]


def editions_of(scheme_codes: Iterable[str]) -> list[Edition]:
    wanted = set(scheme_codes)
    return [edition for edition in all_editions() if edition.scheme in wanted]


def edition_or_pinned(code: str, digest: str = "") -> Edition | None:
    """The edition as it stands, or as a cycle pinned it where `digest` says so or the file is gone; None if unknown."""
    current = editions.get(code) if code in editions.codes() else None
    if current is not None and digest in ("", current.digest):
        return current
    records = EditionRecord.objects.filter(code=code).order_by("-recorded_at")
    pinned = records.filter(digest=digest).first() if digest else records.first()
    return pinned.edition if pinned else None


def pinned_elsewhere(edition: Edition) -> QuerySet[EditionRecord]:
    """Other contents of the same edition that cycles have pinned."""
    return (
        EditionRecord.objects.filter(code=edition.code)
        .exclude(digest=edition.digest)
        .order_by("-recorded_at")
    )


def documents_of(edition: Edition) -> QuerySet[PolicyDocument]:
    """The full text in the policy library, where the operator has imported it."""
    within = PolicyDocument.objects.annotate(edition_title=Value(edition.title, output_field=TextField()))
    found = within.filter(Q(title__icontains=edition.title) | Q(edition_title__endswith=F("title")))
    return found.only("slug", "title", "level")


# ---- working days ----
def entered_calendars() -> dict[int, YearCalendar]:
    """What the office entered, as the window rule takes it (`extra`): year → its holidays and make-up days."""
    return {
        entered.year: YearCalendar(
            year=entered.year,
            source=entered.source,
            days_off=frozenset(map(date.fromisoformat, entered.holidays)),
            made_up=frozenset(map(date.fromisoformat, entered.makeup_days)),
        )
        for entered in OfficeWorkdays.objects.all()
    }


def shipped_calendars() -> list[YearCalendar]:
    """The years that came with the portal, rising."""
    return [workdays.calendar(year) for year in workdays.years()]


# ---- policies ----
def policies(
    *, words: Iterable[str] = (), level: str = "", in_force_on: date | None = None
) -> QuerySet[PolicyDocument]:
    """The library, narrowed by words, level and the day on which a document must hold."""
    found = PolicyDocument.objects.all()
    if level:
        found = found.filter(level=level)
    if in_force_on is not None:
        found = found.filter(in_force(in_force_on))
    return matching(found, words)


def matching(found: QuerySet[PolicyDocument], words: Iterable[str]) -> QuerySet[PolicyDocument]:
    """Documents that contain every word in title or text, title hits first; a slip of the pen in the title is forgiven.

    Contained words are found at any length: two Chinese characters are enough.
    """
    listed = list(words)
    if not listed:
        return found
    contained, in_title = Q(), Q()
    for word in listed:
        contained &= Q(title__icontains=word) | Q(text__icontains=word)
        in_title &= Q(title__icontains=word)
    found = found.annotate(
        alike=TrigramWordSimilarity(" ".join(listed), "title"),
        place=Case(
            When(in_title, then=Value(0)),
            When(contained, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        ),
    )
    return found.filter(contained | Q(alike__gte=SIMILAR_ENOUGH)).order_by(
        "place", "-alike", "level", "title"
    )


def is_in_force(document: PolicyDocument, on: date) -> bool | None:
    """The same as `in_force`, of a document at hand; None where the operator has given no day at all."""
    first, last = document.in_force_from, document.in_force_until
    if first is None and last is None:
        return None
    return (first is None or first <= on) and (last is None or on <= last)


def in_force(on: date) -> Q:
    """Days not given are taken as open: the operator has not said that the document has lapsed."""
    return (Q(in_force_from=None) | Q(in_force_from__lte=on)) & (
        Q(in_force_until=None) | Q(in_force_until__gte=on)
    )


def cancellation_reason(cycle: Cycle) -> str:
    """Why the cycle was cancelled, as the ledger has it; empty for any other cycle."""
    if cycle.state != "cancelled":
        return ""
    entry = ledger.entries_of(cycle).filter(action="cycle.cancel").last()
    return str(entry.content["details"].get("reason", "")) if entry else ""

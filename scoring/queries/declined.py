"""Files handed back: who declined what, what is lacking since, and who could take over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.permissions import in_portal
from accounts.roles import Role
from applications.models import Application
from scoring.models import Consolidation, DeclinedFile, Panel, PanelMember, Reviewer, Sheet
from scoring.queries.benches import GONE, LIVE, bench_of
from scoring.queries.conflicts import conflicts_among, without_conflict
from scoring.queries.eligible import PoolEntry, eligible_reviewers
from scoring.queries.misconduct import under_inquiry
from scoring.queries.visibility import office_schemes
from scoring.rules.experts import expert_in
from scoring.rules.replacement import Fit, Reason, ordered, reasons


@dataclass(frozen=True)
class Candidate:
    """Somebody who could take over, with the reasons for their place."""

    entry: PoolEntry
    reasons: tuple[Reason, ...]

    @property
    def reviewer(self) -> Reviewer:
        return self.entry.reviewer


def declined_visible_to(user: object) -> QuerySet[DeclinedFile]:
    """For the scheme's office and the supervisor, without applicants that `user` is recused from."""
    rows = DeclinedFile.objects.select_related(
        "reviewer__user",
        "replacement__user",
        "application__organisation",
        "panel__cycle__scheme",
        "panel__cycle__edition_record",
    )
    if not isinstance(user, User):
        return rows.none()
    if not in_portal(user, Role.SUPERVISOR):
        rows = rows.filter(panel__cycle__scheme__code__in=office_schemes(user))
    return without_conflict(rows, user)


def sheets_to_decline(user: User, application: Application) -> QuerySet[Sheet]:
    """The open sheets that `user` would hand back: their own, not sealed, in a panel at work."""
    sheets = Sheet.objects.filter(
        reviewer__user_id=user.pk,
        reviewer__disqualified_at=None,
        application=application,
        state="draft",
        panel__state="working",
    ).exclude(application__state__in=GONE)
    return without_conflict(sheets, user).select_related(
        "panel__cycle__scheme", "panel__cycle__edition_record"
    )


def stages_to_take_over(declined: DeclinedFile) -> list[Consolidation]:
    """What is not signed yet and what the one who declined has no sheet for any more."""
    kept = Sheet.objects.filter(
        reviewer=declined.reviewer_id,
        application=OuterRef("application_id"),
        stage=OuterRef("stage"),
        state__in=LIVE,
    )
    rows = declined.panel.consolidations.filter(
        application=declined.application_id, state__in=("waiting", "open")
    ).exclude(application__state__in=GONE)
    return list(
        rows.exclude(Exists(kept)).select_related("panel__cycle__edition_record", "application__organisation")
    )


def expert_needed(stages: Collection[Consolidation]) -> bool:
    """Whether the file has too few industry experts left in one of the `stages` to take over."""
    if not stages:
        return False
    panel = next(iter(stages)).panel
    seated = PanelMember.objects.filter(panel=panel, industry_expert=True).values("reviewer_id")
    left = Sheet.objects.filter(
        panel=panel,
        application__in={row.application_id for row in stages},
        state__in=LIVE,
        reviewer__in=seated,
    )
    found = Counter(left.values_list("stage", flat=True))
    needed = int(panel.cycle.edition.value("panel_industry_experts"))
    return any(found[row.stage] < needed for row in stages)


def bench_short(stages: Iterable[Consolidation]) -> bool:
    return any(bench_of(row).short for row in stages)


def candidates_for(
    declined: DeclinedFile, user: User, *, needed: bool, unfit: bool = False
) -> list[Candidate]:
    """Who can take over, the best first (`needed`: as industry expert); nobody in conflict, at work on it, or who was.

    `unfit`: with those away throughout or at their limit, whom only the head can let, at the end. A complaint weighs as far
    as `user` may see it.
    """
    application, panel = declined.application, declined.panel
    entries = eligible_reviewers(panel.cycle, kind=panel.kind, unfit=unfit)
    works = Sheet.objects.filter(application=application, panel=panel, reviewer=OuterRef("reviewer_id"))
    members = list(
        PanelMember.objects.filter(panel=panel).annotate(works=Exists(works)).select_related("reviewer")
    )
    out = {member.reviewer_id for member in members if member.works}
    conflicts = conflicts_among([entry.reviewer for entry in entries], [application])
    employers = {
        _employer(member.reviewer) for member in members if member.reviewer_id != declined.reviewer_id
    } - {""}
    usable = {
        entry.reviewer.pk: entry
        for entry in entries
        if entry.reviewer.pk not in out and application.pk not in conflicts[entry.reviewer.pk]
    }
    accused = under_inquiry(user)
    fits = [_fit(entry, application, employers, accused) for entry in usable.values()]
    return [
        Candidate(usable[fit.key], reasons(fit, expert_needed=needed))
        for fit in ordered(fits, expert_needed=needed)
    ]


def without_declined(applications: QuerySet[Application], user: User, panel: Panel) -> QuerySet[Application]:
    """The applications of `panel` that `user` has not handed back."""
    return applications.exclude(
        Exists(
            DeclinedFile.objects.filter(reviewer__user_id=user.pk, panel=panel, application_id=OuterRef("pk"))
        )
    )


def open_declined(panels: QuerySet[Panel], user: object) -> QuerySet[DeclinedFile]:
    """What still waits for a successor in `panels`."""
    return declined_visible_to(user).filter(Q(settled_at=None), panel__in=panels)


def _fit(entry: PoolEntry, application: Application, employers: set[str], accused: Collection[int]) -> Fit:
    one = entry.reviewer
    return Fit(
        key=one.pk,
        name=one.user.name,
        knows_trade=application.organisation.industry in one.industries,
        may_be_expert=expert_in(one.kind, one.industries, application.organisation.industry),
        load=entry.load,
        room=entry.room,
        trained=entry.training_valid,
        partly_away=bool(entry.away) and not entry.away_throughout,
        away=entry.away_throughout,
        colleague=_employer(one) in employers,
        invited=not one.user.has_usable_password(),
        inquiry=one.pk in accused,
    )


def _employer(reviewer: Reviewer) -> str:
    name = reviewer.employer.strip()
    return reviewer.employer_uscc or ("" if name == "无" else name)

"""Who of a panel has spoken on the items that lay far apart, and who has signed the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ground.digest import canonical_json, sm3_hex
from scoring.models import Absence, ConsolidatedItem, Consolidation, CounterSignature, ItemConsent, Reviewer
from scoring.queries.benches import counting_sheets
from scoring.queries.matrix import Matrix, percents_by_item
from scoring.queries.score_forms import Line, ScoreForm
from scoring.rules import points


@dataclass(frozen=True)
class Member:
    """A member whose sealed sheet counts. The lead speaks by settling and signs first."""

    reviewer: Reviewer
    lead: bool
    absence: Absence | None
    countersignature: CounterSignature | None

    @property
    def has_signed(self) -> bool:
        return self.lead or self.countersignature is not None or self.absence is not None


@dataclass(frozen=True)
class Word:
    """What one member says to one item; `consent` is None where the word is missing or was for something else."""

    member: Member
    consent: ItemConsent | None

    @property
    def missing(self) -> bool:
        return self.consent is None and not self.member.lead and self.member.absence is None


@dataclass(frozen=True)
class WideItem:
    """An item beyond the edition's spread, with every member's word in the order of the sheets."""

    line: Line
    settled: ConsolidatedItem | None
    words: tuple[Word, ...]
    percents: tuple[int, ...] = ()

    @property
    def given(self) -> list[tuple[str, int]]:
        """Each member's name with their own percentage."""
        names = [word.member.reviewer.user.name for word in self.words]
        return list(zip(names, self.percents, strict=False))

    @property
    def silent(self) -> tuple[Member, ...]:
        return tuple(word.member for word in self.words if word.missing)

    @property
    def dissents(self) -> tuple[ItemConsent, ...]:
        return tuple(word.consent for word in self.words if word.consent and not word.consent.agrees)


@dataclass(frozen=True)
class Hearing:
    """All members, all items they have to speak on, and every word on record, by item and member's username."""

    members: tuple[Member, ...]
    items: tuple[WideItem, ...]
    spoken: tuple[ItemConsent, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether every item beyond the spread has a result, so that the members can be asked."""
        return all(item.settled is not None for item in self.items)

    @property
    def silent(self) -> tuple[Member, ...]:
        """The members who still have to speak on something."""
        missing = {member.reviewer.pk for item in self.items for member in item.silent}
        return tuple(member for member in self.members if member.reviewer.pk in missing)

    @property
    def unsigned(self) -> tuple[Member, ...]:
        return tuple(member for member in self.members if not member.has_signed)

    @property
    def dissents(self) -> tuple[ItemConsent, ...]:
        return tuple(dissent for item in self.items for dissent in item.dissents)

    def member(self, user: object) -> Member | None:
        pk = getattr(user, "pk", None)
        return next((one for one in self.members if pk is not None and one.reviewer.user_id == pk), None)

    def asked_of(self, member: Member | None) -> tuple[WideItem, ...]:
        """The items that wait for this member's word."""
        if member is None or not self.settled:
            return ()
        return tuple(item for item in self.items if member in item.silent)

    @property
    def stamp(self) -> str:
        """Changes with every settled percentage or note: what a member's page was made of."""
        rows = [
            [item.line.code, item.settled.percent, item.settled.note] for item in self.items if item.settled
        ]
        return sm3_hex(canonical_json(rows))[:16]


def hearing_of(
    consolidation: Consolidation,
    form: ScoreForm,
    settled: Mapping[str, ConsolidatedItem] | None = None,
    matrix: Matrix | None = None,
) -> Hearing:
    """`settled`: item code → the panel's result. What is given (or in `matrix`) isn't read; else 7 queries at most."""
    edition = consolidation.application.cycle.edition
    if matrix is None:
        rows = {row.item: row for row in consolidation.items.all()} if settled is None else settled
        given = percents_by_item(consolidation)
        reviewers = list(
            Reviewer.objects.filter(sheets__in=counting_sheets(consolidation).filter(state="sealed"))
            .select_related("user")
            .order_by("sheets__pk")
        )
    else:
        rows = {row.line.code: row.settled for row in matrix.rows if row.settled}
        given = {row.line.code: list(row.percents) for row in matrix.rows}
        reviewers = [sheet.reviewer for sheet in matrix.sheets]
    members = _members(consolidation, reviewers)
    consents = consolidation.consents.select_related("reviewer__user")
    spoken = tuple(consents.order_by("item", "reviewer__user__username"))
    latest = {(row.reviewer_id, row.item): row for row in spoken}
    items = []
    for line in form.lines:
        percents = given.get(line.code, [])
        if not points.needs_consensus_note(edition, percents):
            continue
        result = rows.get(line.code)
        words = tuple(
            Word(member, _for(latest.get((member.reviewer.pk, line.code)), result)) for member in members
        )
        items.append(WideItem(line, result, words, tuple(percents)))
    return Hearing(members, tuple(items), spoken)


def _members(consolidation: Consolidation, reviewers: Sequence[Reviewer]) -> tuple[Member, ...]:
    absences = {row.reviewer_id: row for row in consolidation.absences.select_related("recorded_by")}
    signatures: dict[int, CounterSignature] = {}
    if consolidation.signed_by_id:
        signatures = {row.reviewer_id: row for row in consolidation.countersignatures.all()}
        leads = {consolidation.signed_by_id}
    else:
        leads = {seat.reviewer.user_id for seat in consolidation.panel.members.all() if seat.lead}
    return tuple(
        Member(
            reviewer=reviewer,
            lead=reviewer.user_id in leads,
            absence=absences.get(reviewer.pk),
            countersignature=signatures.get(reviewer.pk),
        )
        for reviewer in reviewers
    )


def _for(consent: ItemConsent | None, settled: ConsolidatedItem | None) -> ItemConsent | None:
    """A word counts for the result it was given for."""
    if consent is None or settled is None:
        return None
    same = (consent.percent, consent.note) == (settled.percent, settled.note)
    return consent if same else None

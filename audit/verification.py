"""Walking the whole chain. Reads only, trusts no stored digest, names the first entry that does not fit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from audit import rules
from audit.models import Batch, Entry, PublishedHead, Seal, Unsealed

PAGE: Final = 5000

MESSAGES: Final = {
    "content_changed": "记录的内容与封存时的摘要不符",
    "entry_removed": "已封存的记录不见了",
    "entry_inserted": "有一条记录没有经过登记就出现在台账里",
    "order_changed": "记录与链环不符：顺序被调换，或记录与摘要被一同改动",
    "seal_missing": "封存序号不连续，此处缺少一条",
    "batch_missing": "封存批次不连续，此处缺少一批",
    "batch_changed": "封存批次与其中的记录不符",
    "seal_stray": "封存位置不属于任何一批",
    "tail_removed": "公开过的链首之后的台账尾部被截去",
    "head_rewritten": "链首与公开过的链首不符：此前的台账被整体改写",
    "publication_removed": "公开链首的登记不见了",
    "marker_stray": "待封存的记录不见了",
}


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold: `sequence` is the entry's number, or the number it would have."""

    sequence: int
    problem: str
    entry: int | None = None

    @property
    def message(self) -> str:
        return MESSAGES[self.problem]


@dataclass
class Report:
    """What the walk saw. `head` is the recomputed head of the last batch that holds."""

    entries: int = 0
    batches: int = 0
    pending: int = 0
    head: str = rules.GENESIS
    broken: Break | None = None


@dataclass
class _Walk:
    report: Report = field(default_factory=Report)
    heads: dict[int, tuple[str, int]] = field(default_factory=dict)
    publications: list[tuple[int, str]] = field(default_factory=list)


def verify(expected_heads: Iterable[str] = ()) -> Report:
    """Recompute everything from the entries up; `expected_heads`, printed elsewhere, must be in the chain.

    1. the chain: batches, seals, entries, links, Merkle roots, heads; 2. entries outside the chain that
    were never marked for it; 3. seals outside any batch; 4. heads that were published. The break with the
    lowest number wins.
    """
    walk = _Walk(heads={0: (rules.GENESIS, 0)})
    published = list(PublishedHead.objects.order_by("sequence", "id"))  # before the walk: the chain may grow
    in_chain = _walk_chain(walk)
    breaks = [
        in_chain,
        _first_unregistered(),
        _first_stray_seal(),
        _first_lost_marker(walk),
        _check_published(walk, published, tuple(expected_heads), whole=in_chain is None),
    ]
    found = [broken for broken in breaks if broken is not None]
    walk.report.broken = min(found, key=lambda broken: broken.sequence) if found else None
    walk.report.pending = Unsealed.objects.count()
    return walk.report


def _walk_chain(walk: _Walk) -> Break | None:
    seals = _seals()
    head, sequence = rules.GENESIS, 0
    newest = Batch.objects.order_by("-number").values_list("number", flat=True).first() or 0
    for expected, batch in enumerate(
        Batch.objects.filter(number__lte=newest).order_by("number").iterator(), 1
    ):
        if batch.number != expected:
            return Break(sequence + 1, "batch_missing")
        link, leaves = head, []
        start = sequence + 1
        for sequence in range(start, batch.last + 1):
            pair = next(seals, None)
            if pair is None or pair[0].sequence != sequence:
                return Break(sequence, "seal_missing")
            seal, entry = pair
            leaf = rules.leaf_text(sequence, seal.entry_id, seal.entry_digest)
            link = rules.link_digest(link, leaf)
            leaves.append(leaf)
            if entry is None:
                return Break(sequence, "entry_removed", seal.entry_id)
            if not _holds(entry) or (link == seal.link and entry.digest != seal.entry_digest):
                return Break(sequence, "content_changed", entry.pk)
            if link != seal.link or entry.digest != seal.entry_digest or seal.batch_id != batch.number:
                return Break(sequence, "order_changed", entry.pk)
            walk.report.entries += 1
            if entry.action == rules.HEAD_PUBLISHED:
                walk.publications.append((sequence, entry.content["details"]["head"]))
        root = rules.merkle_root(leaves) if leaves else ""
        computed = rules.batch_head(
            number=expected,
            first=batch.last - len(leaves) + 1,
            last=batch.last,
            root=root,
            previous_head=head,
            sealed_at=batch.sealed_at,
        )
        stored = (batch.first, batch.merkle_root, batch.previous_head, batch.head)
        if stored != (batch.last - len(leaves) + 1, root, head, computed):
            return Break(min(batch.first, sequence), "batch_changed")
        head = computed
        walk.report.batches, walk.report.head = expected, head
        walk.heads[expected] = (head, sequence)
    return None


def _seals() -> Iterator[tuple[Seal, Entry | None]]:
    """All seals in order, each with its entry or None where that is gone."""
    after = 0
    while page := list(Seal.objects.filter(sequence__gt=after).order_by("sequence")[:PAGE]):
        kept = Entry.objects.in_bulk([seal.entry_id for seal in page])
        for seal in page:
            yield seal, kept.get(seal.entry_id)
        after = page[-1].sequence


def _holds(entry: Entry) -> bool:
    """Whether the columns give the entry's digest, and the payload the digests of before and after."""
    columns = {name: getattr(entry, name) for name in rules.ENTRY_FIELDS}
    if rules.entry_digest(columns, entry.at) != entry.digest:
        return False
    try:
        content = json.loads(entry.payload)
    except ValueError:
        return False
    return all(
        getattr(entry, f"{part}_digest") == (rules.digest_of(content[part]) if part in content else "")
        for part in ("before", "after")
    )


def _first_unregistered() -> Break | None:
    """An entry that is neither sealed nor marked for sealing, or a pending one whose content has changed."""
    outside = Entry.objects.filter(seal=None).order_by("id")
    stranger = outside.filter(marker=None).first() or next(
        (entry for entry in outside.exclude(marker=None).iterator() if not _holds(entry)), None
    )
    if stranger is None:
        return None
    before = (
        Seal.objects.filter(entry_id__lt=stranger.pk).order_by("-sequence").values_list("sequence", flat=True)
    )
    problem = "content_changed" if Unsealed.objects.filter(entry=stranger).exists() else "entry_inserted"
    return Break((before.first() or 0) + 1, problem, stranger.pk)


def _first_stray_seal() -> Break | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seal.sequence, seal.entry_id FROM audit_seal seal LEFT JOIN audit_batch batch"
            " ON batch.number = seal.batch_id AND seal.sequence BETWEEN batch.first AND batch.last"
            " WHERE batch.number IS NULL ORDER BY seal.sequence LIMIT 1"
        )
        row = cursor.fetchone()
    return Break(row[0], "seal_stray", row[1]) if row else None


def _first_lost_marker(walk: _Walk) -> Break | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT marker.entry_id FROM audit_unsealed marker LEFT JOIN audit_entry entry"
            " ON entry.id = marker.entry_id WHERE entry.id IS NULL ORDER BY marker.entry_id LIMIT 1"
        )
        row = cursor.fetchone()
    return Break(walk.heads[walk.report.batches][1] + 1, "marker_stray", row[0]) if row else None


def _check_published(
    walk: _Walk, kept: list[PublishedHead], expected_heads: tuple[str, ...], *, whole: bool
) -> Break | None:
    """Published heads against the chain, oldest first; a mismatch lies after the last one that agrees.

    Where the chain is not `whole`, batches after its break can't be judged.
    """
    agreed = 0
    for publication in kept:
        if (publication.batch_id or 0) not in walk.heads:
            if whole:
                return Break(walk.report.entries + 1, "tail_removed")
            continue
        if walk.heads[publication.batch_id or 0] != (publication.head, publication.sequence):
            return Break(agreed + 1, "head_rewritten")
        agreed = publication.sequence
    registered = set(PublishedHead.objects.values_list("head", flat=True))
    for sequence, head in walk.publications:
        if head not in registered:
            return Break(sequence, "publication_removed")
    if whole and not {head for head, _ in walk.heads.values()}.issuperset(expected_heads):
        return Break(agreed + 1, "head_rewritten")
    return None

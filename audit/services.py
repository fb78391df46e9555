"""Writing the ledger: entries by whoever acts, seals by the sealer, heads by whoever publishes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from django.db import connection, models, transaction

from audit import rules
from audit.models import AccessLog, Batch, Entry, PublishedHead, Seal, Unsealed

BATCH_SIZE: Final = 5000
SEALER_LOCK: Final = 0x1ED6E5


class LedgerActor(Protocol):
    """Whoever the ledger can name: a user, or the system (without a key)."""

    @property
    def pk(self) -> Any: ...

    @property
    def ledger_label(self) -> str: ...


def record(
    *,
    actor: LedgerActor,
    action: str,
    subject: models.Model,
    at: datetime,
    article: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
) -> Entry:
    """Write one entry in the caller's transaction: with the consequence, or not at all.

    `before`, `after` and `details` may hold text, whole numbers, exact decimals, times, dates and
    collections of them (no floats). Nothing is locked: writers never wait for one another.
    """
    kept = {"before": before, "after": after, "details": details}
    columns = {
        **_who(actor),
        "action": action,
        **_what(subject),
        "article": article,
        "before_digest": "" if before is None else rules.digest_of(before),
        "after_digest": "" if after is None else rules.digest_of(after),
        "payload": rules.canonical_text({name: part for name, part in kept.items() if part is not None}),
    }
    entry = Entry(at=at, digest=rules.entry_digest(columns, at), **columns)
    with transaction.atomic(savepoint=False):
        entry.save(force_insert=True)
        Unsealed.objects.bulk_create([Unsealed(entry=entry)])
    return entry


def log_access(
    *, actor: LedgerActor, action: str, subject: models.Model, at: datetime, detail: str = ""
) -> AccessLog:
    """Note that `actor` read `subject`; `action` is a short code ("view", "download")."""
    return AccessLog.objects.create(
        at=at, action=action, detail=detail[:200], **_who(actor), **_what(subject)
    )


def seal_pending(now: datetime, *, wait: bool = False, batch_size: int = BATCH_SIZE) -> int:
    """Chain all committed entries that no batch holds yet; return how many were sealed.

    One sealer works at a time. Another one leaves at once with 0, or waits if `wait`. Each batch is a
    transaction: 1. take the sealer's lock; 2. read the markers that are visible; 3. write the batch on the
    one before, and the seals; 4. remove the markers (the database lets a marker go only when its entry is
    sealed).
    """
    sealed = 0
    while True:
        with transaction.atomic():
            if not _sealer_lock(wait=wait):
                return sealed
            count = _seal_one_batch(now, batch_size)
        sealed += count
        if count < batch_size:
            return sealed


@transaction.atomic
def publish_head(*, subject: models.Model, actor: LedgerActor, now: datetime) -> str:
    """Seal everything up to this moment and return the head digest, for `subject` (a notice) to print.

    Called in the publishing transaction: what that has recorded so far is sealed with the rest. The head is
    kept, and its publication is itself an entry, so that neither can go unnoticed.
    """
    seal_pending(now, wait=True)
    batch = Batch.objects.order_by("-number").first()
    published = PublishedHead.objects.create(
        batch=batch,
        sequence=batch.last if batch else 0,
        head=batch.head if batch else rules.GENESIS,
        published_at=now,
        **_what(subject),
    )
    record(
        actor=actor,
        action=rules.HEAD_PUBLISHED,
        subject=subject,
        at=now,
        details={
            "head": published.head,
            "batch": batch.number if batch else 0,
            "sequence": published.sequence,
        },
    )
    return published.head


def _seal_one_batch(now: datetime, batch_size: int) -> int:
    pending = list(
        Unsealed.objects.order_by("entry_id").values_list("entry_id", "entry__digest")[:batch_size]
    )
    if not pending:
        return 0
    previous = Batch.objects.order_by("-number").first()
    number, first, head = (
        (previous.number + 1, previous.last + 1, previous.head) if previous else (1, 1, rules.GENESIS)
    )
    link, leaves, seals = head, [], []
    for sequence, (entry_id, digest) in enumerate(pending, start=first):
        leaf = rules.leaf_text(sequence, entry_id, digest)
        link = rules.link_digest(link, leaf)
        leaves.append(leaf)
        seals.append(
            Seal(sequence=sequence, batch_id=number, entry_id=entry_id, entry_digest=digest, link=link)
        )
    last, root = first + len(pending) - 1, rules.merkle_root(leaves)
    Batch.objects.create(
        number=number,
        first=first,
        last=last,
        merkle_root=root,
        previous_head=head,
        head=rules.batch_head(
            number=number, first=first, last=last, root=root, previous_head=head, sealed_at=now
        ),
        sealed_at=now,
    )
    Seal.objects.bulk_create(seals, batch_size=1000)
    Unsealed.objects.filter(entry_id__in=[entry_id for entry_id, _ in pending]).delete()
    return len(pending)


def _sealer_lock(*, wait: bool) -> bool:
    """The lock of the one sealer, held until the transaction ends."""
    question = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {question}(%s)", [SEALER_LOCK])
        (answer,) = cursor.fetchone()
    return wait or bool(answer)


def _who(actor: LedgerActor) -> dict[str, str]:
    return {"actor_id": "" if actor.pk is None else str(actor.pk), "actor_label": actor.ledger_label[:200]}


def _what(subject: models.Model) -> dict[str, str]:
    if subject.pk is None:
        raise ValueError("the ledger names saved objects only")
    label = getattr(subject, "ledger_label", None) or str(subject)
    return {
        "subject_type": subject._meta.label_lower,
        "subject_id": str(subject.pk),
        "subject_label": label[:200],
    }

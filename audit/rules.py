"""How the ledger is computed: pure functions, so that anybody can check a chain from its rows alone.

All digests are SM3, in lower-case hexadecimal. A leaf and a node of the Merkle tree are prefixed
differently, so that a node can't be passed off as an entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from ground.digest import canonical_json, sm3_hex

GENESIS = "0" * 64
"""The head before the first batch."""

HEAD_PUBLISHED = "ledger.head_published"
"""The action of the entry that a published head leaves in the chain itself."""

ENTRY_FIELDS = (
    "actor_id",
    "actor_label",
    "action",
    "subject_type",
    "subject_id",
    "subject_label",
    "article",
    "before_digest",
    "after_digest",
    "payload",
)


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: decimals and times as text, sets in order. TypeError for anything else."""
    if value is None or (isinstance(value, bool | int | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=canonical_text)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "_proxy____cast"):  # a lazy translation
        return str(value)
    raise TypeError(f"the ledger can't hold a {type(value).__name__}")


def canonical_text(value: Any) -> str:
    """The one way to write `value` down: sorted keys, no spaces, characters unescaped."""
    return canonical_json(plain(value)).decode()


def digest_of(value: Any) -> str:
    return sm3_hex(canonical_json(plain(value)))


def _sm3(text: str) -> str:
    return sm3_hex(text.encode())


def moment_text(moment: datetime) -> str:
    """A time to the microsecond in UTC, the same before and after a stay in the database."""
    if moment.tzinfo is None:
        raise ValueError("the ledger takes times with a zone only")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def entry_digest(columns: Mapping[str, str], at: datetime) -> str:
    """The digest of an entry from its columns (ENTRY_FIELDS) and its time."""
    return digest_of({"at": at, **{name: columns[name] for name in ENTRY_FIELDS}})


def leaf_text(sequence: int, entry_id: int, digest: str) -> str:
    """What a seal fixes: the entry's place, its row and its content."""
    return f"{sequence}:{entry_id}:{digest}"


def link_digest(previous: str, leaf: str) -> str:
    """The link at a leaf; `previous` is the link before, or at the start of a batch the head before."""
    return _sm3(f"link\n{previous}\n{leaf}")


def merkle_root(leaves: Sequence[str]) -> str:
    """The Merkle root over `leaves` (at least one). An odd node goes up unpaired."""
    level = [_sm3(f"leaf\n{leaf}") for leaf in leaves]
    while len(level) > 1:
        paired = [_sm3(f"node\n{level[at]}\n{level[at + 1]}") for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]


def batch_head(
    *, number: int, first: int, last: int, root: str, previous_head: str, sealed_at: datetime
) -> str:
    """The head after a batch: covers the batch and, by `previous_head`, everything before it."""
    return digest_of(
        {
            "number": number,
            "first": first,
            "last": last,
            "merkle_root": root,
            "previous_head": previous_head,
            "sealed_at": sealed_at,
        }
    )

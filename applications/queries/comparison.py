"""What changed between two submissions of a file (submission, answered corrections), from the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from applications.models import Application
from applications.wording import LABELS, in_words
from audit.models import Entry
from audit.queries import entries_of

HANDED_IN: Final = {
    "application.submit": "提交申报",
    "application.answer_correction": "提交补正",
}
FACTS: Final = "application.save_facts"
SHOWN_AS_FACTS: Final = frozenset({"facts", "notes"})


@dataclass(frozen=True)
class Version:
    """The file as it was handed in once: `parts` code → (label, digest), `facts` as answered then."""

    entry_id: int
    at: datetime
    who: str
    what: str
    parts: Mapping[str, tuple[str, str]]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `kind`: new, gone or changed; words only where the ledger holds them."""

    kind: str
    label: str
    before: str = ""
    after: str = ""


def versions_of(application: Application) -> tuple[Version, ...]:
    """Each time the file was handed in, the oldest first."""
    found = []
    facts: dict[str, Any] = {}
    for entry in entries_of(application).filter(action__in=(*HANDED_IN, FACTS)):
        content = entry.content
        if entry.action == FACTS:
            answers = {key: value for key, value in (content.get("after") or {}).items() if key != "notes"}
            facts = {key: value for key, value in {**facts, **answers}.items() if value is not None}
            continue
        found.append(_version(entry, content, facts))
    return tuple(found)


def differences(old: Version, new: Version) -> tuple[Difference, ...]:
    """What differs: answers in words, then the parts by their digests, in the order of the file."""
    found = [
        Difference(
            "changed" if key in old.facts and key in new.facts else "new" if key in new.facts else "gone",
            LABELS.get(key, key),
            in_words(key, old.facts[key]) if key in old.facts else "",
            in_words(key, new.facts[key]) if key in new.facts else "",
        )
        for key in dict.fromkeys([*old.facts, *new.facts])
        if old.facts.get(key) != new.facts.get(key)
    ]
    told = bool(found)
    for code in dict.fromkeys([*old.parts, *new.parts]):
        before, after = old.parts.get(code), new.parts.get(code)
        if before == after or (told and code == "facts"):
            continue
        kind = "new" if before is None else "gone" if after is None else "changed"
        label = (after or before or ("", ""))[0]
        found.append(
            Difference(
                kind, label, before[0] if before and before[0] != label else "", label if before else ""
            )
        )
    return tuple(found)


def pair_of(versions: Sequence[Version], old: str | None, new: str | None) -> tuple[Version, Version] | None:
    """The two versions asked for by entry key; the last two where nothing fitting is asked; None with fewer than two."""
    if len(versions) < 2:
        return None
    by_key = {str(version.entry_id): version for version in versions}
    later = by_key.get(new or "", versions[-1])
    earlier = [version for version in versions if version.entry_id < later.entry_id]
    if not earlier:
        later, earlier = versions[-1], list(versions[:-1])
    chosen = next((version for version in earlier if str(version.entry_id) == old), earlier[-1])
    return chosen, later


def _version(entry: Entry, content: Mapping[str, Any], facts: Mapping[str, Any]) -> Version:
    details = content.get("details") or {}
    return Version(
        entry_id=entry.pk,
        at=entry.at,
        who=entry.actor_label,
        what=HANDED_IN[entry.action],
        parts={row["code"]: (row["label"], row["digest"]) for row in details.get("parts") or []},
        facts=dict(facts),
    )

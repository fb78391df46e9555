"""What changed between two submissions of a file (submission, answered corrections), from the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from applications.models import Application, FiledCopy
from applications.queries.assessment import item_in_words
from applications.queries.parts import SHEET
from applications.queries.people import field_label, field_words, flat_figures
from applications.questions import BY_CODE
from applications.rules.difference import Piece, inline, shortened
from applications.wording import LABELS, in_words
from audit.models import Entry
from audit.queries import entries_of

HANDED_IN: Final = {
    "application.submit": "提交申报",
    "application.answer_correction": "提交补正",
}
FACTS: Final = "application.save_facts"
# Signed anew by the same person under a file taken back: that changes nothing in it.
SIGNATURE: Final = ("pledge", SHEET)


@dataclass(frozen=True)
class Version:
    """The file as it was handed in once: `parts` code → (label, digest), `facts` as answered then.

    `register`: field → value, `figures`: "2025.revenue" → exact text, `texts`: code of the part → its words; empty
    where none were kept.
    """

    entry_id: int
    at: datetime
    who: str
    what: str
    parts: Mapping[str, tuple[str, str]]
    facts: Mapping[str, Any]
    register: Mapping[str, Any]
    figures: Mapping[str, Any]
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `kind`: new, gone or changed; words only where they were kept.

    `pieces`: both texts in one, stretches that are the same cut short.
    """

    kind: str
    label: str
    before: str = ""
    after: str = ""
    pieces: tuple[Piece, ...] = ()


def versions_of(application: Application) -> tuple[Version, ...]:
    """Each time the file was handed in, the oldest first."""
    found = []
    facts: dict[str, Any] = {}
    copies = {copy.digest: copy for copy in application.filed_copies.all()}
    for entry in entries_of(application).filter(action__in=(*HANDED_IN, FACTS)):
        content = entry.content
        if entry.action == FACTS:
            answers = {key: value for key, value in (content.get("after") or {}).items() if key != "notes"}
            facts = {key: value for key, value in {**facts, **answers}.items() if value is not None}
            continue
        found.append(_version(entry, content, facts, copies))
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
    told = {"facts"} if found else set()
    for code, before_of, after_of in (
        ("register", old.register, new.register),
        ("figures", old.figures, new.figures),
    ):
        fields = _fields(before_of, after_of) if code in old.parts and code in new.parts else []
        found += fields
        told |= {code} if fields else set()
    for code in dict.fromkeys([*old.parts, *new.parts]):
        before, after = old.parts.get(code), new.parts.get(code)
        one, other = old.texts.get(code), new.texts.get(code)
        if before == after or code in told or (code in SIGNATURE and one == other):
            continue
        if one is not None and other is not None and one != other:
            label = (after or before or ("", ""))[0]
            found.append(Difference("changed", label, pieces=shortened(inline(one, other))))
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


def texts_of(application: Application) -> dict[str, str]:
    """The words of the parts handed in, by the code of the part."""
    notes = (
        f"{BY_CODE[code].title}：{text}"
        for code, text in sorted(application.notes.items())
        if code in BY_CODE
    )
    texts = {
        "notes": "\n".join(notes),
        "profile": application.profile_text,
        "recommender": application.recommender.name if application.recommender else "",
        "pledge": f"{application.signatory}（{application.signatory_post}）",
    }
    return texts | {f"item-{code}": words for code, words in item_in_words(application).items()}


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference(
            "changed" if key in before and key in after else "new" if key in after else "gone",
            field_label(key),
            field_words(key, before.get(key)),
            field_words(key, after.get(key)),
        )
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]


def _version(
    entry: Entry, content: Mapping[str, Any], facts: Mapping[str, Any], copies: Mapping[str, FiledCopy]
) -> Version:
    details = content.get("details") or {}
    copy = copies.get(details.get("digest", ""))
    return Version(
        entry_id=entry.pk,
        at=entry.at,
        who=entry.actor_label,
        what=HANDED_IN[entry.action],
        parts={row["code"]: (row["label"], row["digest"]) for row in details.get("parts") or []},
        facts=dict(facts),
        register=copy.register if copy else {},
        figures=flat_figures(details.get("figures")),
        texts=copy.texts if copy else {},
    )

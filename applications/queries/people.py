"""The history of a register entry in words, and invitations still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.timezone import localtime

from accounts.models import User
from accounts.permissions import scopes_of
from accounts.roles import Role, Scope
from applications.models import Invitation, Organisation, Recommender, YearFigures
from applications.wording import in_words
from audit.actions import label_of
from audit.models import Entry
from audit.queries import entries_of

ROLE_WORDS: Final = dict(Invitation.ROLES)
OTHER_LABELS: Final = {
    "email": "邮箱",
    "role": "权限",
    "owner": "申报负责人",
    "expires_at": "有效期至",
    "uscc_unverified": "校验位待核",
    "service_unit": "服务量单位",
}


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryEntry:
    """One ledger entry on an organisation: who, when, what, and what was before and after."""

    at: datetime
    who: str
    what: str
    reason: str
    changes: tuple[Change, ...]


def organisation_history(entries: list[Entry]) -> list[HistoryEntry]:
    return [_told(entry) for entry in entries]


def organisation_entries(organisation: Organisation) -> QuerySet[Entry]:
    """What the ledger says of the register entry, newest first."""
    return entries_of(organisation).order_by("-at", "-id")


def last_changed_by(organisation: Organisation) -> str:
    """Who changed the register entry last, "" where nobody has since it was made."""
    latest = organisation_entries(organisation).filter(action="organisation.update").first()
    writer = User.objects.filter(pk=latest.actor_id).first() if latest and latest.actor_id else None
    return writer.name if writer else ""


def open_invitations(
    *, organisation: Organisation | None = None, recommender: Recommender | None = None
) -> list[Invitation]:
    """Invitations neither accepted nor revoked, expired ones among them, newest first."""
    return list(
        Invitation.objects.filter(
            organisation=organisation, recommender=recommender, accepted_at=None, revoked_at=None
        )
        .exclude(role=Role.RECOMMENDER_DEPUTY)
        .select_related("invited_by")
    )


def delegations_by(recommender: Recommender) -> list[Invitation]:
    """What the body has delegated or offered, the newest first; offers taken back are left out."""
    rows = Invitation.objects.filter(recommender=recommender, role=Role.RECOMMENDER_DEPUTY, revoked_at=None)
    return list(rows.select_related("invited_by", "accepted_by", "application__organisation")[:100])


def own_recommenders(user: object) -> QuerySet[Recommender]:
    """The recommending bodies that the user acts for."""
    keys = [int(key) for key in scopes_of(user, Scope.RECOMMENDER, Role.RECOMMENDER)]
    return Recommender.objects.filter(pk__in=keys)


def _told(entry: Entry) -> HistoryEntry:
    content: Mapping[str, Any] = entry.content
    before, after = flat_figures(content.get("before")), flat_figures(content.get("after"))
    keys = dict.fromkeys([*after, *before])
    changes = [
        Change(field_label(key), field_words(key, before.get(key)), field_words(key, after.get(key)))
        for key in keys
        if before.get(key) != after.get(key)
    ]
    return HistoryEntry(
        at=entry.at,
        who=entry.actor_label,
        what=label_of(entry.action),
        reason=str((content.get("details") or {}).get("reason") or ""),
        changes=tuple(changes),
    )


def flat_figures(part: Any) -> dict[str, Any]:
    """Figures are kept by year: 2025 → {revenue, …} becomes "2025.revenue"."""
    flat: dict[str, Any] = {}
    for key, value in (part or {}).items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{name}": inner for name, inner in value.items()}
        else:
            flat[key] = value
    return flat


def field_label(key: str) -> str:
    """What a field of the register or a figure ("2025.revenue") is called."""
    year, dot, name = key.rpartition(".")
    if name in OTHER_LABELS:
        words = OTHER_LABELS[name]
    else:
        model = YearFigures if dot else Organisation
        try:
            words = str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        except LookupError:
            words = name
    return f"{year} 年度{words}" if dot else words


def field_words(key: str, value: Any) -> str:
    """A value of the register or a figure as a reader would say it."""
    if value is None or value == "":
        return "—"
    if key == "role":
        return ROLE_WORDS.get(str(value), str(value))
    if key == "category":
        return dict(Organisation.Category.choices).get(str(value), str(value))
    if key == "expires_at":
        return f"{localtime(datetime.fromisoformat(str(value))):%Y-%m-%d %H:%M}"
    return in_words(key, value)

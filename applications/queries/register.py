"""The register entry of an organisation as it stood when a file was handed in."""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from datetime import date
from typing import Any, Final

from applications.models import Application, FiledCopy, Organisation
from audit.queries import entries_about

KEPT: Final = (
    "uscc", "name", "kind", "region", "address", "established_on", "legal_representative", "industry", "category",
    "employees", "contact_name", "contact_phone",
)  # fmt: skip


def register_to_submit(organisation: Organisation) -> dict[str, Any]:
    """What a file handed in now says of the organisation: field → value, days as ISO text."""
    values = {name: getattr(organisation, name) for name in KEPT}
    return values | {"established_on": organisation.established_on.isoformat()}


def filed_organisation(application: Application) -> Organisation:
    """The organisation with the entry as it was handed in; as it stands now for a draft or where nothing was kept."""
    return organisation_as(application.organisation, application.submitted_register)


def organisation_as(organisation: Organisation, kept: dict[str, Any]) -> Organisation:
    """A copy, never to be saved, that says what `kept` (register_to_submit) says."""
    shown = copy(organisation)
    for name, value in kept.items():
        setattr(shown, name, date.fromisoformat(value) if name == "established_on" else value)
    return shown


def names_ever_of(organisations: Collection[int]) -> dict[int, set[str]]:
    """Key of an organisation → every name that the register, its files or the ledger have had for it. Four queries."""
    of_files = Application.objects.filter(organisation__in=organisations)
    of_copies = FiledCopy.objects.filter(application__organisation__in=organisations)
    found = [
        *Organisation.objects.filter(pk__in=organisations).values_list("pk", "name"),
        *of_files.values_list("organisation_id", "submitted_register__name"),
        *of_copies.values_list("application__organisation_id", "register__name"),
    ]
    changes = entries_about(Organisation._meta.label_lower, organisations).filter(
        action="organisation.update"
    )
    for entry in changes:
        told = entry.content
        found += [(int(entry.subject_id), told.get(part, {}).get("name")) for part in ("before", "after")]
    names: dict[int, set[str]] = {}
    for pk, name in found:
        if name:
            names.setdefault(pk, set()).add(name)
    return names


def register_is_live(application: Application) -> bool:
    """Whether a file was handed in before entries were kept, so that readers see the entry of today."""
    return application.submitted_at is not None and not application.submitted_register

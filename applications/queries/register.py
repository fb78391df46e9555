"""The register entry of an organisation as it stood when a file was handed in."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import Any, Final

from applications.models import Application, Organisation

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


def register_is_live(application: Application) -> bool:
    """Whether a file was handed in before entries were kept, so that readers see the entry of today."""
    return application.submitted_at is not None and not application.submitted_register

"""Letters of the office to an applicant: kept as a document, and posted to its people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from applications.models import Application, Letter
from applications.queries.visibility import people_of_organisation
from documents.services import next_number
from ground.clock import SHANGHAI
from notifications.services import post


@transaction.atomic
def send_letter(
    *,
    application: Application,
    kind: Letter.Kind,
    subject: str,
    body: str,
    link: str,
    key: str,
    post_as: str,
    now: datetime,
) -> None:
    """Keep the letter (once for each `key`) and post the same words to the organisation's people as kind `post_as`.

    `body`: plain text without the salutation, one paragraph a line. `link`: where the matter is dealt with.
    """
    if not Letter.objects.filter(key=key).exists():
        year = now.astimezone(SHANGHAI).year
        serial = next_number(f"letter-{application.pk}", year)
        Letter.objects.create(
            application=application,
            kind=kind,
            number=f"{application.number or application.pk}-函{year}-{serial:02d}",
            key=key,
            subject=subject[:200],
            body=body,
            sent_at=now,
        )
    post(
        to=people_of_organisation(application.organisation_id),
        kind=post_as,
        subject=subject,
        body=f"{application.organisation.name}：\n\n{body}",
        link=link,
        key=key,
        now=now,
    )

"""Text messages (短信) through the operator's gateway: one HTTP call each, in the gateway's own time."""

from __future__ import annotations

import json
import re
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

from django.conf import settings

from notifications.models import OutboxMessage

MOBILE: Final = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
REFUSED_FROM, REFUSED_UNTIL = 400, 500
TOO_MANY: Final = 429


class RefusedByGateway(Exception):
    """The gateway is up and will not send this message."""


def configured() -> bool:
    return bool(settings.SMS_WEBHOOK_URL)


def mobile_of(phone: str) -> str:
    """The mainland mobile number in `phone` (11 digits), "" where it is none: nobody texts a desk telephone."""
    found = MOBILE.fullmatch(re.sub(r"[\s\-]", "", phone))
    return found.group(1) if found else ""


def send_text(message: OutboxMessage) -> None:
    """Hand one message to the gateway: POST {"id", "to", "text"}, answered 2xx when it has taken it.

    The same `id` comes again if the answer was lost, so that the gateway can drop the copy. Raises RefusedByGateway
    for 4xx (but 429), OSError for everything that may be otherwise in a minute.
    """
    text = f"{message.subject}。{urljoin(settings.PORTAL_URL, message.link) if message.link else ''}"
    body = {
        "id": f"outbox-{message.pk}",
        "to": mobile_of(message.user.phone) if message.user else "",
        "text": f"【{settings.PORTAL_NAME}】{text}",
    }
    headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": str(body["id"])}
    if settings.SMS_WEBHOOK_TOKEN:
        headers["Authorization"] = f"Bearer {settings.SMS_WEBHOOK_TOKEN}"
    content = json.dumps(body, ensure_ascii=False).encode()
    asked = Request(settings.SMS_WEBHOOK_URL, data=content, headers=headers, method="POST")
    try:
        with urlopen(asked, timeout=settings.SMS_TIMEOUT):
            return
    except HTTPError as error:
        if REFUSED_FROM <= error.code < REFUSED_UNTIL and error.code != TOO_MANY:
            raise RefusedByGateway(f"HTTP {error.code}") from error
        raise

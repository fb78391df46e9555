"""Letters, duties, and the two sweeps that follow them."""

from notifications.services.calendars import (
    calendar_of,
    digest_of,
    make_calendar_link,
    note_reading,
    revoke_calendar_link,
)
from notifications.services.duties import close_duties, close_duties_on, open_duty, reschedule_duties
from notifications.services.letters import mark_all_read, mark_read, post, post_to_address
from notifications.services.outbox import sweep_outbox
from notifications.services.reminders import sweep_reminders
from notifications.services.withholding import withhold

__all__ = [
    "calendar_of",
    "close_duties",
    "close_duties_on",
    "digest_of",
    "make_calendar_link",
    "mark_all_read",
    "mark_read",
    "note_reading",
    "open_duty",
    "post",
    "post_to_address",
    "reschedule_duties",
    "revoke_calendar_link",
    "sweep_outbox",
    "sweep_reminders",
    "withhold",
]

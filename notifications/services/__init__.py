"""Letters, duties, and the two sweeps that follow them."""

from notifications.services.duties import close_duties, close_duties_on, open_duty, reschedule_duties
from notifications.services.letters import mark_all_read, mark_read, post, post_to_address
from notifications.services.outbox import sweep_outbox
from notifications.services.reminders import sweep_reminders

__all__ = [
    "close_duties",
    "close_duties_on",
    "mark_all_read",
    "mark_read",
    "open_duty",
    "post",
    "post_to_address",
    "reschedule_duties",
    "sweep_outbox",
    "sweep_reminders",
]

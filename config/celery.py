"""Worker and beat, with the one table of periodic sweeps. A sweep run twice, or days late, has the same effect."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# task name → seconds between two runs
SWEEPS = {
    "audit.tasks.seal_ledger": 10,
    "notifications.tasks.send_outbox": 10,
    "notifications.tasks.send_reminders": 60,
    "documents.tasks.scan_files": 10,
    "documents.tasks.draw_previews": 10,
    "documents.tasks.expire_uploads": 600,
    "awards.tasks.close_due_cycles": 30,
    "applications.tasks.expire_corrections": 60,
    "applications.tasks.lapse_claims": 60,
    "applications.tasks.expire_delegations": 60,
    "applications.tasks.print_assessments": 5,
    "applications.tasks.report_infected_files": 30,
    "scoring.tasks.look_for_conflicts": 3600,
    "scoring.tasks.propose_panels": 2,
    "scoring.tasks.tell_of_cancelled_cycles": 30,
    "publicity.tasks.close_due_windows": 30,
    "publicity.tasks.report_infected_files": 30,
    "publicity.tasks.set_notices": 10,
    "publicity.tasks.expire_honours": 3600,
}
app.conf.beat_schedule = {task: {"task": task, "schedule": seconds} for task, seconds in SWEEPS.items()}

"""What the virus scanner finds, file by file. Nothing is passed because nobody looked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import F, Q

from accounts.actors import SYSTEM
from audit.services import record
from documents import scanner
from documents.models import StoredFile

Scan = StoredFile.Scan
MOST: Final = 50
RETRY: Final = timedelta(minutes=10)


def sweep_scans(*, now: datetime) -> int:
    """Scan what waits, those first that were never tried; return how many have a verdict.

    Each file is a transaction of its own. An infected one is an entry of the ledger. When the scanner is
    down, everything that waits says so, and the next run tries again; a file about which it gave no verdict
    is tried again after RETRY. Without a scanner nothing happens:
    files stay "not configured", and wait as soon as there is one.
    """
    if not scanner.configured():
        return 0
    StoredFile.objects.filter(scan=Scan.NOT_CONFIGURED).update(scan=Scan.WAITING)
    judged, tried = 0, set[int]()
    for _ in range(MOST):
        try:
            verdict = _scan_next(now, tried)
        except scanner.ScannerDown:
            StoredFile.objects.filter(scan=Scan.WAITING).update(scan=Scan.SCANNER_DOWN)
            break
        if verdict is None:
            break
        judged += verdict.clean is not None
    return judged


@transaction.atomic
def _scan_next(now: datetime, tried: set[int]) -> scanner.Verdict | None:
    """Scan one file that is not among the `tried`, and add it there; None when there is none."""
    waiting = StoredFile.objects.filter(
        # A clock that was moved back (demonstrations) must not make a file wait for the future.
        Q(scan_tried_at=None) | Q(scan_tried_at__lte=now - RETRY) | Q(scan_tried_at__gt=now),
        scan__in=(Scan.WAITING, Scan.SCANNER_DOWN),
    ).exclude(pk__in=tried)
    file = (
        waiting.select_for_update(skip_locked=True, no_key=True)
        .order_by(F("scan_tried_at").asc(nulls_first=True), "pk")
        .first()
    )
    if file is None:
        return None
    tried.add(file.pk)
    try:
        with storages["evidence"].open(file.path) as content:
            verdict = scanner.scan(content)
    except FileNotFoundError:
        verdict = scanner.Verdict(None, "存储中缺少这份文件，无法检测。")
    file.scan = {True: Scan.CLEAN, False: Scan.INFECTED, None: Scan.SCANNER_DOWN}[verdict.clean]
    file.scan_note, file.scan_tried_at = verdict.note, now
    file.save(update_fields=["scan", "scan_note", "scan_tried_at"])
    if file.infected:
        record(
            actor=SYSTEM,
            action="documents.quarantine",
            subject=file,
            at=now,
            after={"scan": file.scan, "found": verdict.note, "digest": file.digest},
        )
    return verdict

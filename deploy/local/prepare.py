"""Bring the local database up to date and load the demo data once; one process, so that a start stays quick."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

sys.path[0] = os.environ["PORTAL_ROOT"]


def main() -> None:
    """Migrate, then load the demo data unless it is there; keep what its command says of the demo accounts."""
    import django
    from django.core.management import call_command, get_commands

    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    if "load_demo" in get_commands():
        told = io.StringIO()
        call_command("load_demo", "--once", stdout=told)
        if told.getvalue().strip():
            Path(os.environ["PORTAL_HOME"], "run", "demo.txt").write_text(told.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main()

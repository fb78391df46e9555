"""Bring the local database up to date and load the demo data once; one process, so that a start stays quick."""

from __future__ import annotations

import os
import sys

sys.path[0] = os.environ["PORTAL_ROOT"]


def main() -> None:
    """Migrate, then load the demo data if there is a command for it and the data is not there yet."""
    import django
    from django.core.management import call_command, get_commands

    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    if "load_demo" in get_commands():
        call_command("load_demo", "--once")


if __name__ == "__main__":
    main()

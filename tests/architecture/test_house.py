"""House rules: short files, plain names, nothing left to do, migrations complete, contracts' names kept."""

from __future__ import annotations

import re
import subprocess

import pytest
from django.core.management import call_command, get_commands

from tests.architecture.source import ROOT, modules

LONGEST = 400
SUFFIXES = (".py", ".html", ".js", ".css", ".sh", ".yaml", ".md")
LEFT_TO_DO = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|HA" + r"CK)\b|\bX{3}\b(?!X)")
VAGUE = re.compile(r"(^|_)(utils?|helpers?|common)(_|$)")


def tracked(*suffixes: str) -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for path in listed.stdout.split() if path.endswith(suffixes) and (ROOT / path).is_file()]


def test_no_file_is_long() -> None:
    found = {
        path: lines
        for path in tracked(".py", ".html", ".js", ".css", ".sh")
        if "/migrations/" not in path and not path.startswith("tests/")
        if (lines := len((ROOT / path).read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert found == {}


def test_names_say_what_is_in_a_file() -> None:
    found = [
        path
        for path in tracked(*SUFFIXES)
        if any(VAGUE.search(part.partition(".")[0].lower()) for part in path.split("/"))
    ]
    assert found == []


def test_nothing_is_left_to_do() -> None:
    found = [
        f"{path}: {match.group()}"
        for path in tracked(*SUFFIXES)
        if (match := LEFT_TO_DO.search((ROOT / path).read_text(encoding="utf-8")))
    ]
    assert found == []


def test_no_path_of_this_machine() -> None:
    root = str(ROOT)
    found = [path for path in tracked(*SUFFIXES) if root in (ROOT / path).read_text(encoding="utf-8")]
    assert found == []


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "name", ["recompute", "verify_ledger", "export_cycle", "import_policies", "sync_law", "clock"]
)
def test_the_contracts_commands_are_there(name: str) -> None:
    assert name in get_commands()


def test_every_module_says_what_it_is() -> None:
    """A docstring on every module that holds more than a registration."""
    wordless = ("apps.py", "__init__.py", "urls.py", "wsgi.py", "asgi.py")
    found = [
        module.path
        for module in modules()
        if not module.path.endswith(wordless)
        and module.tree.body
        and not (module.text.startswith('"""') or module.text.startswith("'''"))
    ]
    assert found == []

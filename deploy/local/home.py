"""Where the local portal keeps things: the data folder, the folder of its servers, lock, state and secret key."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from processes import Account, Trouble, as_account

PROJECT = Path(os.environ.get("PORTAL_ROOT") or Path(__file__).resolve().parents[2])
SOCKET_PATH_LIMIT = 100  # Linux allows 107 bytes, macOS 103; the socket's own name counts too
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432"


class Busy(Exception):
    """Another process holds the lock; `holder` is what it wrote there ("PID kind")."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        pid, _, kind = holder.partition(" ")
        self.pid = int(pid) if pid.isdigit() else 0
        self.kind = kind


@dataclass(frozen=True)
class Home:
    """The portal's data folder: `var/` in the project unless PORTAL_HOME names another."""

    path: Path

    @classmethod
    def of_environment(cls) -> Home:
        """Open (and make) the data folder that the environment names."""
        home = cls(Path(os.environ.get("PORTAL_HOME") or PROJECT / "var").absolute())
        for name in ("log", "run", "static", "files", "mail"):
            (home.path / name).mkdir(parents=True, exist_ok=True)
        return home

    @property
    def log(self) -> Path:
        """Folder of the logs, one for each process."""
        return self.path / "log"

    @property
    def _state_file(self) -> Path:
        return self.path / "run" / "state.json"

    def secret_key(self) -> str:
        """Return the demo's SECRET_KEY, made on the first start and readable by its owner only."""
        file = self.path / "secret_key"
        if not file.exists():
            with contextlib.suppress(FileExistsError):
                descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w") as out:
                    out.write(secrets.token_urlsafe(60))
        return file.read_text().strip()

    def state(self) -> dict[str, Any]:
        """Return what the running (or interrupted) supervisor recorded; empty when it stopped in order."""
        try:
            recorded: dict[str, Any] = json.loads(self._state_file.read_text())
        except (OSError, ValueError):
            return {}
        return recorded

    def record(self, state: dict[str, Any] | None) -> None:
        """Record the addresses and processes of this start, for other commands; None removes the record."""
        if state is None:
            self._state_file.unlink(missing_ok=True)
            return
        fresh = self._state_file.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(state, out, indent=1)
        fresh.replace(self._state_file)

    @contextlib.contextmanager
    def locked(self, kind: str) -> Iterator[None]:
        """Hold the one lock of this data folder. It falls with the process, so no stale lock can remain."""
        with (self.path / "run" / "lock").open("a+") as file:
            if not self._take(file):
                file.seek(0)
                raise Busy(file.read().strip())
            file.truncate(0)
            file.write(f"{os.getpid()} {kind}")
            file.flush()
            yield
            file.truncate(0)

    @staticmethod
    def _take(file: TextIO) -> bool:
        for _ in range(4):  # another command may hold it for the moment in which it asks whether it is held
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            time.sleep(0.1)
        return False

    def borrowers(self) -> TextIO:
        """Open the file on which commands that use another command's servers hold a shared lock."""
        return (self.path / "run" / "borrowers").open("a+")


# ---------------------------------------------------------------- the servers' folder


def may(account: Account | None, test: str, path: Path) -> bool:
    """Tell whether the account passes the shell's `test` (-x, -w) on a path."""
    shell = ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)]
    done: subprocess.CompletedProcess[bytes] = subprocess.run(
        shell,
        cwd="/",
        check=False,
        **as_account(account),  # type: ignore[call-overload]
    )
    return done.returncode == 0


def account_for(folder: Path) -> Account | None:
    """Choose the account for the servers: None (one's own) unless root.

    As root: the owner of the data that is there already, else the owner of the project, else nobody.
    """
    if os.geteuid() != 0:
        return None
    for owner in [path.stat().st_uid for path in (folder, PROJECT) if path.exists()]:
        if owner != 0:
            with contextlib.suppress(KeyError):
                entry = pwd.getpwuid(owner)
                return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


@dataclass(frozen=True)
class Place:
    """A folder whose subfolders belong to the account that the servers run under."""

    path: Path
    account: Account | None
    copies: Path | None = None  # where copies of programs are kept, if not here

    def folder(self, name: str) -> Path:
        """Return a subfolder that only the servers' account (and root) can enter."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        if self.account and path.stat().st_uid == 0:
            os.chown(path, self.account.uid, self.account.gid)
        return path

    def sockets(self) -> Path:
        """Return a folder for sockets whose path is short enough: one below /tmp where this place's is not."""
        if len(os.fsencode(self.path / "sockets")) + len(LONGEST_SOCKET_NAME) <= SOCKET_PATH_LIMIT:
            return self.folder("sockets")
        short, owner = self._short_folder()
        with contextlib.suppress(FileExistsError):
            short.mkdir(mode=0o700)
            os.chown(short, owner, -1)
        found = short.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise Trouble(
                f"{short} is needed for the servers' sockets, but somebody else made it. Remove it."
            )
        return short

    def _short_folder(self) -> tuple[Path, int]:
        owner = self.account.uid if self.account else os.geteuid()
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:10]
        return Path(f"/tmp/portal-{owner}-{digest}"), owner

    def remove(self) -> None:
        """Remove the place with everything in it."""
        shutil.rmtree(self._short_folder()[0], ignore_errors=True)
        shutil.rmtree(self.path, ignore_errors=True)

    def programs(self, root: Path, parts: Sequence[str], probe: str) -> Path:
        """Return `root`, or a folder with a copy of its `parts` when the account cannot run `probe` in it."""
        if may(self.account, "-x", root / probe):
            return root
        version = int((root / probe).stat().st_mtime)
        copy = (self.copies or self.path) / "programs" / f"{Path(probe).name}-{version}"
        if not copy.exists():
            fresh = copy.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            for part in parts:
                (fresh / part).parent.mkdir(parents=True, exist_ok=True)
                put = shutil.copytree if (root / part).is_dir() else shutil.copy
                put(root / part, fresh / part)
            subprocess.run(["chmod", "-R", "a+rX", str(copy.parent)], check=True)
            fresh.replace(copy)
        return copy


def place_for_servers(home: Home) -> Place:
    """Find the folder for the servers' data: in the data folder, or below /var/lib for root where that is closed.

    A folder above the project that the servers' account cannot pass (/root, mode 700) keeps its mode: the data
    goes to a folder of the portal's own instead, and `servers/elsewhere` in the data folder says where.
    """
    inside = home.path / "servers"
    inside.mkdir(exist_ok=True)
    account = account_for(inside / "postgres")
    pointer = inside / "elsewhere"
    if account is None:
        return Place(inside, None)
    if pointer.exists():
        outside = Path(pointer.read_text().strip())
    elif may(account, "-x", inside):
        return Place(inside, account)
    else:
        digest = hashlib.sha256(os.fsencode(home.path)).hexdigest()[:12]
        outside = Path("/var/lib") / f"portal-{digest}"
        pointer.write_text(f"{outside}\n")
    outside.mkdir(mode=0o755, parents=True, exist_ok=True)
    outside.chmod(0o755)
    return Place(outside, account_for(outside / "postgres"))


@contextlib.contextmanager
def throwaway_place(home: Home) -> Iterator[Place]:
    """Give a place for servers of one test run, removed afterwards; sweep those that killed runs left."""
    parent = place_for_servers(home)
    with (parent.path / "sweep.lock").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        for left in parent.path.glob("test-*"):
            with contextlib.suppress(OSError), (left / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                Place(left, parent.account).remove()
        own = Place(
            Path(tempfile.mkdtemp(prefix="test-", dir=parent.path)), parent.account, copies=parent.path
        )
        own.path.chmod(0o755)
        held = (own.path / "lock").open("a")
        fcntl.flock(held, fcntl.LOCK_EX)
    with held:
        try:
            yield own
        finally:
            own.remove()

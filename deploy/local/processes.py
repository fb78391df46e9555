"""Child processes of the local portal: started so that none outlives its supervisor, stopped in order."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 5_000_000


class Trouble(Exception):
    """Something the person at the terminal must know: what happened, and what to do about it."""


@dataclass(frozen=True)
class Account:
    """The unprivileged account that the servers run under when the portal is started as root."""

    uid: int
    gid: int
    name: str


def die_with_parent(deathsig: signal.Signals) -> Callable[[], None] | None:
    """Make the kernel send `deathsig` to the child when this process is gone, `kill -9` included (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(deathsig))
        if os.getppid() != parent:  # the parent went between fork and prctl
            os._exit(1)

    return prepare


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log, indented for the terminal."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "    (no log)"
    return "\n".join("    " + line for line in text.splitlines()[-lines:]) or "    (the log is empty)"


def is_alive(pid: int) -> bool:
    """Tell whether a process of this number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_of(pid: int) -> str:
    """Return the command line of a process, empty when it is gone."""
    recorded = Path(f"/proc/{pid}/cmdline")
    if recorded.exists():
        return recorded.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    if not (ps := shutil.which("ps")):
        return ""
    told = subprocess.run(
        [ps, "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()


def processes_in(folder: Path) -> list[int]:
    """List the processes that work in a folder (Linux; elsewhere none is known)."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if link.readlink() == folder.resolve():
                found.append(int(link.parent.name))
    return found


def end_process(pid: int, sign: signal.Signals, patience: float) -> None:
    """Ask a process that is no child of ours to stop; kill it when it has not after `patience` seconds."""
    for step in (sign, signal.SIGKILL):
        try:
            os.kill(pid, step)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not is_alive(pid):
                return
            time.sleep(0.05)


@dataclass
class Child:
    """One supervised process, in a session of its own so that Ctrl-C reaches only the supervisor."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    cwd: Path
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    patience: float = 10.0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the process with its output going to its log."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(self.log.suffix + ".1"))
        with self.log.open("ab") as out:
            out.write(f"--- {self.name} started {time.strftime('%Y-%m-%d %H:%M:%S')} ---\n".encode())
            out.flush()
            self.process = subprocess.Popen(
                list(self.argv),
                env=dict(self.env),
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(self.death_signal),
                **as_account(self.account),  # type: ignore[call-overload]
            )

    @property
    def pid(self) -> int:
        """Process number of the started child."""
        assert self.process is not None
        return self.process.pid

    def exit_status(self) -> int | None:
        """Return the exit status, None while it runs."""
        assert self.process is not None
        return self.process.poll()

    def ensure_running(self) -> None:
        """Raise Trouble with the end of its log when the process has stopped by itself."""
        status = self.exit_status()
        if status is not None:
            ended = f"was ended by signal {-status}" if status < 0 else f"stopped with exit status {status}"
            raise Trouble(f"{self.name} {ended}. The end of {self.log}:\n{tail(self.log)}")

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready()`; Trouble when the process stops or the time is over first."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.ensure_running()
            if time.monotonic() > deadline:
                raise Trouble(
                    f"{self.name} was not ready after {seconds:.0f} seconds. The end of {self.log}:\n{tail(self.log)}"
                )
            time.sleep(0.03)

    def stop(self) -> None:
        """Ask the process to stop; kill its session when it has not in time."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            print(f"{self.name} did not stop within {self.patience:.0f} s and is killed", file=sys.stderr)
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def as_account(account: Account | None) -> dict[str, object]:
    """Return the subprocess arguments that run a program under the given account."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def run_once(
    argv: Sequence[str], env: Mapping[str, str], cwd: Path, account: Account | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a short program to its end and return what it wrote."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        list(argv),
        env=dict(env),
        cwd=cwd,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        **as_account(account),  # type: ignore[call-overload]
    )
    return done

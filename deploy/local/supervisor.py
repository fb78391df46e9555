"""Start the local portal, watch it, stop it in order; run commands in its environment. Called by ./run."""

# ruff: noqa: E402

from __future__ import annotations

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # until main() has its own handling: Ctrl-C is no error to trace

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn

from home import PROJECT, Busy, Home, place_for_servers
from portal import Portal, ensure_port_is_free, listening
from processes import Child, Trouble, command_of, end_process, is_alive
from servers import running_servers

BEGAN = float(os.environ.get("PORTAL_STARTED_AT") or time.time())
NEED_NO_SERVERS = {
    "recompute",
    "help",
    "version",
    "collectstatic",
    "diffsettings",
    "findstatic",
    "spectacular",
}


class Stop(BaseException):
    """Ctrl-C, or a request to end from another process."""


def say(words: str) -> None:
    """Tell the person at the terminal which step it is, and after how many seconds."""
    print(f"[{time.time() - BEGAN:3.0f} s] {words}", file=sys.stderr, flush=True)


def on_signal(number: int, frame: FrameType | None) -> None:
    """Turn the first signal into Stop; those that follow change nothing, stopping is under way."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise Stop


def environment(home: Home, urls: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the portal's own processes."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.demo",
        "SECRET_KEY": home.secret_key(),
        **os.environ,
        **urls,
        "PORTAL_HOME": str(home.path),
        "PYTHONUNBUFFERED": "1",
    }


def stop_leftovers(home: Home) -> None:
    """Stop what an earlier supervisor left running when it was killed (Linux leaves nothing; macOS can)."""
    state = home.state()
    if not state:
        return
    say("The last start was interrupted; its data is kept")
    for pid, command in state.get("children", []):
        if is_alive(pid) and command and command_of(pid) == command:
            end_process(pid, signal.SIGTERM, 10)
    home.record(None)


def record(home: Home, kind: str, urls: Mapping[str, str], children: list[Child], address: str = "") -> None:
    """Write down what runs, for ./run manage, for ./run stop, and for the start after a crash."""
    processes = [(child.pid, command_of(child.pid)) for child in children]
    home.record(
        {"pid": os.getpid(), "kind": kind, "address": address, "urls": dict(urls), "children": processes}
    )


@contextlib.contextmanager
def servers_of(home: Home, kind: str, children: list[Child]) -> Iterator[dict[str, str]]:
    """Run the portal's servers (the lock is held) and keep the record of them while they run."""
    stop_leftovers(home)
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        say("Starting PostgreSQL and Valkey")
    with running_servers(place_for_servers(home), home.log, children) as urls:
        record(home, kind, urls, children)
        try:
            yield urls
        finally:
            home.record(None)


def watch(children: list[Child]) -> NoReturn:
    """Return never: raise Trouble when a process ends by itself."""
    while True:
        for child in children:
            child.ensure_running()
        time.sleep(0.3)


def explain_busy(home: Home, busy: Busy) -> Trouble:
    """Say who holds this data folder and what can be done."""
    address = home.state().get("address")
    what = {
        "portal": f"The portal of this folder is already running{f' at {address}' if address else ''}",
        "servers": "The servers of this folder are running by themselves (./run servers)",
        "manage": "A management command is using this folder's database",
    }.get(busy.kind, "Another start of this folder is under way")
    return Trouble(
        f"{what} (process {busy.pid}). Stop it with Ctrl-C in its window, or from here with:\n    ./run stop"
    )


def run_portal(home: Home) -> int:
    """Run servers and portal until Ctrl-C."""
    children: list[Child] = []
    try:
        with home.locked("portal"):
            host, port = listening()
            ensure_port_is_free(host, port)
            with servers_of(home, "portal", children) as urls:
                portal = Portal(home, host, port, environment(home, urls), say)
                with portal.running(children):
                    record(home, "portal", urls, children, portal.address)
                    portal.greet()
                    watch(children)
    except Busy as busy:
        raise explain_busy(home, busy) from None
    except Stop:
        say("Stopped. The data stays; ./run starts again where it was")
        return 0


def run_servers(home: Home, background: bool) -> int:
    """Run PostgreSQL and Valkey only, telling on standard output how to reach them."""
    children: list[Child] = []
    if background and not is_held(home):
        start_in_background(home)
    try:
        if background:
            print_exports(home.state()["urls"], home)
            return 0
        with home.locked("servers"), servers_of(home, "servers", children) as urls:
            print_exports(urls, home)
            say("Running until Ctrl-C")
            watch(children)
    except Busy as busy:
        raise explain_busy(home, busy) from None
    except Stop:
        say("Stopped")
        return 0


def is_held(home: Home) -> bool:
    """Tell whether servers of this folder run (or start) under another process."""
    try:
        with home.locked(""):
            return False
    except Busy:
        return wait_for_state(home)


def wait_for_state(home: Home, seconds: float = 90) -> bool:
    """Wait until the holder of the lock has recorded its servers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        state = home.state()
        if state and is_alive(state["pid"]):
            return True
        time.sleep(0.1)
    return False


def start_in_background(home: Home) -> None:
    """Start `servers` in a session of its own and wait for its record."""
    log = home.log / "servers.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, __file__, "servers"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    while home.state().get("pid") != process.pid:
        if process.poll() is not None:
            raise Trouble(log.read_text())
        time.sleep(0.05)


def print_exports(urls: Mapping[str, str], home: Home) -> None:
    """Print the lines that a shell can take over: eval "$(./run servers --background)"."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        print(f"export {name}='{urls[name]}'")
    print(f"export PORTAL_HOME='{home.path}'")
    print(f"export SECRET_KEY='{home.secret_key()}'", flush=True)


def manage(home: Home, arguments: list[str]) -> int:
    """Run one management command, with the running portal's servers or with servers of its own for its duration."""
    command = [sys.executable, str(PROJECT / "manage.py"), *arguments]
    if not arguments or arguments[0] in NEED_NO_SERVERS or {"--help", "-h"} & set(arguments):
        os.execve(command[0], command, environment(home, {}))
    children: list[Child] = []
    try:
        with home.locked("manage"), servers_of(home, "manage", children) as urls:
            status = run_in_foreground(command, environment(home, urls))
            with home.borrowers() as borrowers:
                fcntl.flock(borrowers, fcntl.LOCK_EX)  # wait for commands that use our servers
            return status
    except Busy:
        if not wait_for_state(home):
            raise Trouble(
                "Another start of this folder is under way and does not get ready. See var/log/."
            ) from None
    with home.borrowers() as borrowers:
        fcntl.flock(borrowers, fcntl.LOCK_SH)
        return run_in_foreground(command, environment(home, home.state()["urls"]))


def run_in_foreground(command: list[str], env: Mapping[str, str]) -> int:
    """Run a command that owns the terminal; Ctrl-C is its own affair."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = subprocess.Popen(
        command, env=dict(env), preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    try:
        status = process.wait()
    except Stop:
        process.terminate()
        process.wait()
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    return 128 - status if status < 0 else status


def stop(home: Home) -> int:
    """Ask the process that holds this folder to stop, and wait until it has."""
    try:
        with home.locked(""):
            say("Nothing is running in this folder")
            return 0
    except Busy as busy:
        if busy.pid:
            say(f"Stopping process {busy.pid}")
            os.kill(busy.pid, signal.SIGTERM)
    for _ in range(600):
        with contextlib.suppress(Busy), home.locked(""):
            say("Stopped")
            return 0
        time.sleep(0.1)
    raise Trouble("It has not stopped within a minute.")


def main(arguments: list[str]) -> int:
    """Do what ./run was asked for; the words of a Trouble go to the terminal."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    home = Home.of_environment()
    try:
        match arguments:
            case ["portal"]:
                return run_portal(home)
            case ["servers"]:
                return run_servers(home, background=False)
            case ["servers", "--background"]:
                return run_servers(home, background=True)
            case ["manage", *rest]:
                return manage(home, rest)
            case ["stop"]:
                return stop(home)
        print(f"Unknown: {' '.join(arguments)}. See ./run --help", file=sys.stderr)
        return 2
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except Stop:
        return 130


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(main(sys.argv[1:]))

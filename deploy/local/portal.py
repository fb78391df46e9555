"""The portal's own processes on this machine: preparation of the database, web, worker and beat."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import sys
import textwrap
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from home import PROJECT, Home
from processes import Child, Trouble

PREPARE = Path(__file__).with_name("prepare.py")


def ensure_port_is_free(host: str, port: int) -> None:
    """Raise Trouble with a way out when the port cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Trouble(
                    f"Port {port} is in use by another program (perhaps the portal of another folder).\n"
                    f"Choose another port:\n    PORT={port + 1 if port < 65535 else 8001} ./run"
                ) from None
            raise Trouble(
                f"Cannot listen on {host}, port {port}: {error.strerror}. Choose others: HOST=… PORT=… ./run"
            ) from None


def listening() -> tuple[str, int]:
    """Read HOST and PORT; only this machine is answered unless HOST says otherwise."""
    text = os.environ.get("PORT") or "8000"
    if text.isdigit() and 0 < int(text) < 65536:
        return os.environ.get("HOST") or "127.0.0.1", int(text)
    raise Trouble(f"PORT={text} is no port number (1 to 65535).")


class Portal:
    """Web server, worker and beat, started in this order and stopped in the other."""

    def __init__(
        self, home: Home, host: str, port: int, env: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self.home = home
        self.host = host
        self.port = port
        self.env = {**env, "PORT": str(port)}
        self.say = say

    @property
    def address(self) -> str:
        """Address for a browser on this machine."""
        return (
            f"http://{'localhost' if self.host in ('127.0.0.1', '0.0.0.0', '::') else self.host}:{self.port}/"
        )

    def child(self, name: str, log: str, *arguments: str, **options: signal.Signals | float) -> Child:
        """Describe one process that is a Python module of the virtual environment."""
        return Child(
            name=name,
            argv=[sys.executable, *arguments],
            env=self.env,
            log=self.home.log / log,
            cwd=PROJECT,
            **options,  # type: ignore[arg-type]
        )

    def prepare(self) -> None:
        """Migrate, then load the demo data unless it is there, in one process."""
        self.say("Preparing the database (the first time also the demo data)")
        child = self.child("The preparation of the database", "prepare.log", str(PREPARE))
        child.log.unlink(missing_ok=True)
        child.start()
        try:
            if child.process and child.process.wait() != 0:
                child.ensure_running()
        finally:
            child.stop()

    @contextlib.contextmanager
    def running(self, children: list[Child]) -> Iterator[None]:
        """Prepare, start web, worker and beat, wait for the first page; stop beat, worker and web at the end."""
        self.prepare()
        self.say("Starting the web server, the worker and the beat")
        bind = f"[{self.host}]" if ":" in self.host else self.host
        web = self.child(
            *("The web server", "web.log", "-m", "gunicorn", "config.wsgi:application"),
            *("--bind", f"{bind}:{self.port}", "--workers", "2", "--threads", "4", "--timeout", "120"),
            *("--access-logfile", "-", "--graceful-timeout", "5", "--no-control-socket"),
        )
        schedule = self.home.path / "run" / "beat-schedule"
        celery = ("-m", "celery", "-A", "config.celery:app")
        worker = self.child(
            *("The worker", "worker.log", *celery, "worker", "--concurrency", "2", "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle", "--hostname", "portal@localhost"),
            death_signal=signal.SIGKILL,  # at once: the queue goes too, and a worker would look for it for minutes
            patience=20.0,
        )
        beat = self.child(
            "The beat", "beat.log", *celery, "beat", "--schedule", str(schedule), "--pidfile", ""
        )
        with contextlib.ExitStack() as stack:
            for process in (web, worker, beat):
                stack.callback(process.stop)
                process.start()
                children.append(process)
            stack.callback(self.say, "Stopping")
            web.wait_until(self.answers, 60)
            yield

    def answers(self) -> bool:
        """Ask for the first page."""
        own = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        try:
            own.open(f"http://{f'[{host}]' if ':' in host else host}:{self.port}/", timeout=20)
        except urllib.error.HTTPError as answer:
            if answer.code >= 500:
                self.say(
                    f"The first page answers with an error ({answer.code}); see {self.home.log / 'web.log'}"
                )
        except (OSError, ValueError):
            return False
        return True

    def greet(self) -> None:
        """Print the address and what the loading of the demo data said, of the demo accounts above all."""
        self.say("The portal is running")
        print(f"\n    {self.address}\n")
        told = self.home.path / "run" / "demo.txt"
        if told.exists():
            print(textwrap.indent(told.read_text("utf-8").rstrip(), "    "))
        print(f"\nLogs: {self.home.log}    Stop: Ctrl-C", flush=True)

"""A real worker: a process of its own, at the real broker, on the test's database, by a clock that the test sets."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from config.celery import app

PATIENCE = 60


class Worker:
    """Use as a context. Its queue is its own, so that it takes nobody else's tasks and nobody takes its."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "worker.log"
        self.queue = f"journey-{uuid.uuid4().hex}"

    def __enter__(self) -> Worker:
        parts = urlsplit(os.environ["DATABASE_URL"])
        database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
        environment = os.environ | {
            "DATABASE_URL": database,
            "REDIS_URL": settings.REDIS_URL,
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "PORTAL_HOME": str(self.folder),
        }
        command = (
            "-m",
            "celery",
            "-A",
            "config.celery:app",
            "worker",
            "--concurrency",
            "2",
            "--loglevel",
            "INFO",
        )
        self._process = subprocess.Popen(
            [sys.executable, *command, "-Q", self.queue, "-n", f"{self.queue}@%h"],
            env=environment,
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
        )
        self.wait_for("the worker to be ready", lambda: " ready." in self.said())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with app.connection_for_write() as broker:
            broker.default_channel.queue_delete(self.queue)

    def set_clock(self, moment: datetime) -> None:
        shift = moment - datetime.now(moment.tzinfo)
        (self.folder / "clock").write_text(repr(shift.total_seconds()), encoding="ascii")

    def run(self, task: str, times: int = 1) -> None:
        """Send the task so many times at once, and wait until the worker has done them all."""
        before = self._done(task)
        for _ in range(times):
            app.send_task(task, queue=self.queue)
        self.wait_for(f"{times} × {task}", lambda: self._done(task) >= before + times)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, what: str, there: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while not there():
            assert self._process.poll() is None, f"the worker is gone:\n{self.said()}"
            assert time.monotonic() < until, f"waited in vain for {what}:\n{self.said()}"
            time.sleep(0.1)

    def _done(self, task: str) -> int:
        lines = self.said().splitlines()
        assert not any("raised unexpected" in line for line in lines), self.said()
        return sum(f"Task {task}[" in line and "succeeded" in line for line in lines)

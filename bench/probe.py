"""Asks the portal for a page many times and takes the time: inside this process, and of the running web server."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

import psutil
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

PORT = 8199
Body = Callable[[int], Any]


@dataclass(frozen=True)
class Page:
    """One thing to measure: its name, its address, as whom; `body`: number of the request → JSON to post."""

    name: str
    address: str
    client: Client
    times: int = 100
    rows: int = 0
    body: Body | None = None
    during: Callable[[], AbstractContextManager[None]] = nullcontext

    @property
    def warming(self) -> int:
        """How often it is asked before anything counts."""
        return min(6, self.times)

    def prepared(self, number: int) -> Any:
        """What request `number` will post, None for a page that is got. Kept out of every timing."""
        return None if self.body is None else self.body(number)

    def ask(self, sent: Any) -> Any:
        if sent is None:
            return self.client.get(self.address)
        return self.client.post(self.address, sent, content_type="application/json")


@dataclass(frozen=True)
class Took:
    """Milliseconds and numbers of one request; `peak`: the most memory of a web worker above what it held before the page, MB."""

    queries: int
    p50: float
    p95: float
    web: float
    database: float
    peak: float = 0.0
    size: int = 0


def inside(page: Page) -> Took:
    """Through Django's handler in this process. CPU of this process and of its one PostgreSQL backend."""
    number = 0
    for _ in range(page.warming):
        number += 1
        checked(page.ask(page.prepared(number)))
    connection.force_debug_cursor = False
    number += 1
    sent = page.prepared(number)
    with CaptureQueriesContext(connection) as taken:
        checked(page.ask(sent))
    queries = len(taken)
    backend = psutil.Process(_backend())
    walls, web, apart = [], 0.0, 0.0
    before = _cpu(backend)
    for _ in range(page.times):
        number += 1
        rest = _cpu(backend)
        sent = page.prepared(number)
        apart += _cpu(backend) - rest
        spent, start = time.process_time(), time.perf_counter()
        size = len(checked(page.ask(sent)))
        walls.append((time.perf_counter() - start) * 1000)
        web += time.process_time() - spent
    database = _cpu(backend) - before - apart
    return Took(
        queries, *_percentiles(walls), web * 1000 / page.times, database * 1000 / page.times, size=size
    )


def checked(answer: Any) -> bytes:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.status_code != 200:
        raise SystemExit(f"{answer.request['PATH_INFO']} answered {answer.status_code}: {content[:300]!r}")
    return bytes(content)


def outside(page: Page, server: psutil.Process) -> Took:
    """Through gunicorn with one client. CPU of its workers and of all PostgreSQL backends of this database."""
    line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=300)
    cookies = {name: morsel.value for name, morsel in page.client.cookies.items()}
    token = "t" * 32
    heads = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in {**cookies, "csrftoken": token}.items()),
        "X-CSRFToken": token,
        "Host": "127.0.0.1",
    }

    def ask(body: Any) -> int:
        if body is None:
            line.request("GET", page.address, headers=heads)
        else:
            sent = json.dumps(body)
            line.request("POST", page.address, sent, {**heads, "Content-Type": "application/json"})
        answer = line.getresponse()
        size = 0
        while piece := answer.read(1 << 16):
            size += len(piece)
        if answer.status != 200:
            raise SystemExit(f"{page.address} answered {answer.status}")
        return size

    number = 10_000
    workers = server.children()
    rest = {worker.pid: worker.memory_info().rss for worker in workers}
    for worker in workers:
        _forget_peak(worker.pid)
    for _ in range(page.warming):
        number += 1
        ask(page.prepared(number))
    meter = _Meter(workers)
    walls, before = [], meter.read()
    for _ in range(page.times):
        number += 1
        sent = page.prepared(number)
        start = time.perf_counter()
        size = ask(sent)
        walls.append((time.perf_counter() - start) * 1000)
        meter.read()
    spent = (meter.read() - before) * 1000 / page.times
    peak = max((_peak(worker.pid) - rest[worker.pid]) / 1e6 for worker in workers)
    line.close()
    return Took(0, *_percentiles(walls), spent, 0.0, peak, size)


class _Meter:
    """Processor time of web workers and of the PostgreSQL backends they use, which come and go with their connections."""

    def __init__(self, workers: list[psutil.Process]) -> None:
        self.workers = workers
        self.seen: dict[int, float] = {}

    def read(self) -> float:
        """Seconds since each process began; one that has ended keeps what it had when last read."""
        own = _backend()
        for pid in [*(worker.pid for worker in self.workers), *(pid for pid in _backends() if pid != own)]:
            with suppress(psutil.NoSuchProcess):
                self.seen[pid] = _cpu(psutil.Process(pid))
        return sum(self.seen.values())


@contextmanager
def gunicorn() -> Iterator[psutil.Process]:
    """The web server as `./run` starts it."""
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{PORT}"]
    command += [
        "--workers",
        "2",
        "--threads",
        "4",
        "--timeout",
        "300",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]
    environment = {**os.environ, "SECRET_KEY": settings.SECRET_KEY, "ALLOWED_HOSTS": "127.0.0.1"}
    server = subprocess.Popen(command, env=environment)
    try:
        _wait()
        yield psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(20)


def _wait() -> None:
    for _ in range(100):
        try:
            line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            line.request("GET", "/healthz")
            line.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The web server does not answer.")


def _percentiles(walls: list[float]) -> tuple[float, float]:
    if len(walls) < 2:
        return walls[0], walls[0]
    cuts = quantiles(walls, n=20, method="inclusive")
    return cuts[9], cuts[18]


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _backends() -> list[int]:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        return [int(pid) for (pid,) in cursor.fetchall()]


def _forget_peak(pid: int) -> None:
    with open(f"/proc/{pid}/clear_refs", "w") as file:
        file.write("5")


def _peak(pid: int) -> float:
    with open(f"/proc/{pid}/status") as file:
        return next(float(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))

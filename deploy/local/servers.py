"""PostgreSQL and Valkey together: for as long as they are needed, and only those the environment does not name."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from home import Place
from postgres_server import FOR_KEEPING, FOR_TESTS, Postgres
from processes import Child
from valkey_server import Valkey


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
        sockets = place.sockets()
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

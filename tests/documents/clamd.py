"""A small clamd: speaks PING and INSTREAM over TCP as the real one does, and knows one virus."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# In two parts, so that no scanner takes this file for the test virus.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.seen: list[int] = []
        self.stream_maximum = 25 * 1024 * 1024
        self.answer = ""

    @property
    def address(self) -> str:
        host, port = self.server_address[:2]
        return f"{host!s}:{port}"


class Conversation(socketserver.StreamRequestHandler):
    server: Scanner

    def handle(self) -> None:
        command = self.rfile.readline()
        if command == b"nPING\n":
            self.wfile.write(b"PONG\n")
        elif command == b"nINSTREAM\n":
            self.wfile.write(self._scanned() + b"\n")
        else:
            self.wfile.write(b"UNKNOWN COMMAND\n")

    def _scanned(self) -> bytes:
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > self.server.stream_maximum:
                return b"INSTREAM size limit exceeded. ERROR"
        self.server.seen.append(len(content))
        if self.server.answer:
            return self.server.answer.encode()
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"


@contextmanager
def running() -> Iterator[Scanner]:
    with Scanner() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def infected(pdf: bytes) -> bytes:
    """A sound PDF with the test virus in a comment."""
    place = pdf.rindex(b"startxref")
    return pdf[:place] + b"% " + EICAR + b"\n" + pdf[place:]


@contextmanager
def at_work(settings: Any) -> Iterator[Scanner]:
    """A running scanner that the portal is configured for."""
    with running() as server:
        settings.CLAMAV = server.address
        yield server

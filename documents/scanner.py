"""The virus scanner: clamd, reached by a socket's path or by host:port (settings.CLAMAV)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clamav_client import clamd
from django.conf import settings
from django.core.files.base import File

# clamd says so when it gave up before the end of a file (AlertExceedsMax): neither clean nor infected.
NOT_TO_THE_END: Final = "Heuristics.Limits.Exceeded"


class ScannerDown(Exception):
    """The scanner can't be reached; the file itself is not to blame."""


@dataclass(frozen=True)
class Verdict:
    """`clean` is None when the scanner answered without an answer; `note` is the virus's name or the reason."""

    clean: bool | None
    note: str = ""


def configured() -> bool:
    return bool(settings.CLAMAV)


def scan(file: File[bytes]) -> Verdict:
    """Stream `file` to the scanner (INSTREAM). ScannerDown when nobody answers."""
    client = _client()
    try:
        answers = client.instream(file)  # type: ignore[arg-type]
    except clamd.BufferTooLongError:
        return Verdict(None, "文件超过检测服务的上限（StreamMaxLength），没有检测。")
    except clamd.ResponseError as error:
        return Verdict(None, f"检测服务的答复无法识别：{error}"[:200])
    except clamd.CommunicationError as error:
        raise ScannerDown(str(error)) from error
    except (
        OSError
    ) as error:  # cut off while sending: a scanner that is still there has had enough of this file
        if _answers(client):
            return Verdict(None, "检测服务中断了这份文件的检测，可能超过其上限（StreamMaxLength）。")
        raise ScannerDown(str(error)) from error
    status, note = next(iter(answers.values()), ("ERROR", "没有答复"))
    if status == "OK":
        return Verdict(True)
    if status == "FOUND" and not (note or "").startswith(NOT_TO_THE_END):
        return Verdict(False, (note or "")[:200])
    return Verdict(None, f"没有完整检测：{note}"[:200])


def _answers(client: clamd.ClamdNetworkSocket) -> bool:
    try:
        return client.ping().strip() == "PONG"
    except (clamd.ClamdError, OSError):
        return False


def _client() -> clamd.ClamdNetworkSocket:
    address = settings.CLAMAV
    if "/" in address:
        return clamd.ClamdUnixSocket(path=address, timeout=settings.CLAMAV_TIMEOUT)
    host, _, port = address.rpartition(":")
    return clamd.ClamdNetworkSocket(host=host.strip("[]"), port=int(port), timeout=settings.CLAMAV_TIMEOUT)

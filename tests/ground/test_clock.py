"""One clock: real, moved by a file, or stopped by a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import RequestFactory

from ground import clock
from ground.errors import Refused
from ground.middleware import Refusals, RequestClock

NIGHT = datetime(2026, 10, 8, 16, 30, tzinfo=UTC)  # half past midnight on the 9th in Shanghai


@pytest.fixture
def clock_file(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.CLOCK_FILE = tmp_path / "clock"
    yield settings.CLOCK_FILE
    settings.CLOCK_FILE.unlink(missing_ok=True)


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("clock", *arguments, stdout=out)
    return out.getvalue()


def near(moment: datetime, expected: datetime) -> bool:
    return abs(moment - expected) < timedelta(seconds=5)


def test_the_legal_day_is_shanghais() -> None:
    with clock.frozen(NIGHT):
        assert clock.today() == clock.now().date() == date(2026, 10, 9)
        assert clock.now() == NIGHT


def test_a_stopped_clock_moves_when_told_and_in_every_thread() -> None:
    with clock.frozen(NIGHT) as stopped:
        stopped.advance(timedelta(days=7))
        seen: list[datetime] = []
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
        assert seen == [NIGHT + timedelta(days=7)]
        with clock.frozen(NIGHT):
            assert clock.now() == NIGHT
        assert clock.now() == NIGHT + timedelta(days=7)
        stopped.move_to(NIGHT)
        assert clock.now() == NIGHT
    assert near(clock.now(), datetime.now(UTC))


def test_a_time_without_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="zone"), clock.frozen(datetime(2026, 10, 8)):
        pass


def test_set_flows_on_from_the_wall_time_and_reset_goes_back(clock_file: Path) -> None:
    assert "已调整" in command("--set", "2026-10-08T09:00")
    assert near(clock.now(), datetime(2026, 10, 8, 9, 0, tzinfo=clock.SHANGHAI))
    assert "2026-10-08 09:00" in command()
    assert "2026-10-09 17:00" in command("--set", "2026-10-09T09:00+00:00")
    assert "真实时间" in command("--reset")
    assert near(clock.now(), datetime.now(UTC))
    assert "真实时间" in command("--reset")


def test_another_process_moving_the_clock_is_followed(clock_file: Path) -> None:
    for days in (3, 30, 1):
        draft = clock_file.with_suffix(".new")
        draft.write_text(str(days * 86400.0))
        draft.replace(clock_file)
        assert near(clock.now(), datetime.now(UTC) + timedelta(days=days))


def test_production_has_the_real_clock(settings: Any) -> None:
    settings.CLOCK_FILE = None
    for change in (lambda: clock.set_to(NIGHT), clock.reset):
        with pytest.raises(Refused) as caught:
            change()
        assert caught.value.code == "clock_fixed"
    with pytest.raises(CommandError, match="正式环境"):
        command("--set", "2026-10-08T09:00")
    assert near(clock.now(), datetime.now(UTC))


def test_a_request_has_one_now() -> None:
    request = RequestFactory().get("/")
    seen: list[datetime] = []

    def view(request: Any) -> HttpResponse:
        seen.append(request.now)
        return HttpResponse()

    with clock.frozen(NIGHT):
        RequestClock(view)(request)
    assert seen == [NIGHT]


def test_an_uncaught_refusal_is_a_page_409(rf: RequestFactory) -> None:
    middleware = Refusals(lambda request: HttpResponse())
    request = RequestClock(lambda request: HttpResponse())
    asked = rf.get("/")
    request(asked)
    response = middleware.process_exception(
        asked, Refused("wrong_state", "已封存，不能再改。", article="第十一条")
    )
    assert response is not None
    assert response.status_code == 409
    assert "已封存，不能再改。" in response.content.decode()
    assert middleware.process_exception(asked, ValueError("a bug stays a bug")) is None

"""The self-assessment as PDF, made by the worker."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from accounts.models import User
from applications import services
from applications.models import Application, AssessmentPrint
from documents import pdf
from documents.services import read_file
from tests.applications import builders
from tests.applications.assessments import furnish
from tests.kept import kept

pytestmark = pytest.mark.django_db


@kept
def draft(now: datetime) -> tuple[User, Application]:
    user, application = builders.filled(builders.running_cycle(now), now)
    furnish(application, user, now)
    return user, application


def test_cover_contents_and_page_numbers(
    draft: tuple[User, Application], now: datetime, tmp_path: Path
) -> None:
    user, application = draft
    long = "\n\n".join(f"第 {number} 段。" + "我们按计划展开并改进。" * 12 for number in range(30))
    services.save_item_text(application=application, code="4.2.2", text=long, version=99, actor=user, now=now)
    job = services.request_print(application=application, actor=user, now=now)
    assert services.request_print(application=application, actor=user, now=now) == job
    assert services.sweep_prints(now=lambda: now) == 1
    job.refresh_from_db()
    assert (job.stage, job.done, job.message) == ("done", 24, "")
    content = read_file(job.file)
    reader = PdfReader(BytesIO(content))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) == job.file.pages
    assert len(pages) > 8
    assert "自评报告" in pages[0].replace(" ", "")
    assert application.organisation.name in pages[0].replace("\n", "")
    contents = pages[1]
    assert "4.7.7" in contents
    numbers = [
        int(line.rsplit(".", 1)[-1])
        for line in contents.splitlines()
        if line.rsplit(".", 1)[-1].strip().isdigit() and line.count(".") > 6
    ]
    assert numbers == sorted(numbers)
    assert len(numbers) >= 23
    assert services.sweep_prints(now=lambda: now) == 0


def test_a_worker_that_died_is_taken_over(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    job = services.request_print(application=application, actor=user, now=now)
    AssessmentPrint.objects.filter(pk=job.pk).update(stage="working", claimed_at=now)
    assert services.sweep_prints(now=lambda: now + timedelta(minutes=1)) == 0
    assert services.sweep_prints(now=lambda: now + timedelta(minutes=11)) == 1
    job.refresh_from_db()
    assert job.stage == "done"


def test_a_failure_is_told_and_can_be_tried_again(
    draft: tuple[User, Application], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, application = draft

    def broken(*_: object) -> bytes:
        raise RuntimeError("no ink")

    monkeypatch.setattr(pdf, "render", broken)
    job = services.request_print(application=application, actor=user, now=now)
    assert services.sweep_prints(now=lambda: now) == 1
    job.refresh_from_db()
    assert (job.stage, job.file) == ("failed", None)
    assert "稍后重试" in job.message
    monkeypatch.undo()
    again = services.request_print(application=application, actor=user, now=now)
    services.sweep_prints(now=lambda: now)
    again.refresh_from_db()
    assert again.stage == "done"

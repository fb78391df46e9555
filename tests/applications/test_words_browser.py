"""Server and browser count the same; what is left of a limit is told near it alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect

from accounts.models import User
from applications.models import AssessmentItem
from applications.rules import words
from tests.applications import builders
from tests.applications.assessments import online
from tests.applications.test_markup import HOSTILE
from tests.applications.test_words_rules import CASES

pytestmark = [pytest.mark.django_db(transaction=True)]

TEXT = "## 使命\n公司**高层**。\n\n| 指标 | 2025 |\n|---|---|\n| 合格率 | 99.5% |\n\n![流程图](3)"
TEXT_WORDS = 24


Enter = Callable[[User], BrowserContext]


def test_browser_page_and_server_count_the_same(now: datetime, enter: Enter) -> None:
    user, application = builders.filled(builders.running_cycle(now), now)
    online(application, user, now)
    page = enter(user).new_page()
    page.goto(reverse("applications:assessment_item", args=[application.pk, "4.1.2"]))
    texts = [
        text for text in (*CASES, *HOSTILE) if not any("\ud800" <= letter <= "\udfff" for letter in text)
    ]
    counted = page.evaluate("(texts) => texts.map(portal.words.markup)", texts)
    wrong = [
        (text, found) for text, found in zip(texts, counted, strict=True) if found != words.in_markup(text)
    ]
    assert wrong == []
    assert page.evaluate("(texts) => texts.map(portal.words.plain)", texts) == [
        words.in_plain(text) for text in texts
    ]
    page.locator("#id_text").fill(TEXT)
    expect(page.locator("#id_text_words")).to_contain_text(f"本条 {TEXT_WORDS} 字")
    page.locator("#text-form button.button").click()
    expect(page.locator("#id_text_words")).to_contain_text(f"本条 {TEXT_WORDS} 字")
    assert AssessmentItem.objects.get(application=application, code="4.1.2").words == TEXT_WORDS


def test_the_profile_counts_as_the_server_does(now: datetime, enter: Enter) -> None:
    user, application = builders.filled(builders.running_cycle(now), now)
    limit = application.cycle.edition.value("profile_word_limit")
    page = enter(user).new_page()
    page.goto(reverse("applications:profile", args=[application.pk]))
    counter = page.locator("#id_text_counter")
    page.locator("#id_text").fill("概述\r\n\n  第二段 ")
    expect(counter).to_have_text(f"5 / {limit} 字")
    page.locator("#id_text").fill("字" * (limit + 1) + "\n字")
    expect(counter).to_have_text(f"{limit + 2} / {limit} 字，超出 2 字")
    expect(page.locator("[data-counter-status]")).to_have_text("超出 2 字")


def test_what_is_left_is_told_near_the_limit_alone(now: datetime, enter: Enter) -> None:
    user, application = builders.filled(builders.running_cycle(now), now)
    page = enter(user).new_page()
    page.goto(reverse("applications:withdraw_application", args=[application.pk]))
    field, counter = page.locator("#id_reason"), page.locator("#id_reason_counter")
    status = page.locator("[data-counter-status]")
    limit = int(counter.get_attribute("data-limit") or 0)
    assert "visually-hidden" in (counter.get_attribute("class") or "")
    assert "id_reason_counter" in (field.get_attribute("aria-describedby") or "")
    expect(counter).to_have_text(f"最多 {limit} 字")
    few = limit // 10
    field.fill("字" * (limit - few - 1))
    assert "visually-hidden" in (counter.get_attribute("class") or "")
    field.fill("字" * (limit - few))
    expect(counter).not_to_have_class("visually-hidden")
    expect(counter).to_have_text(f"还可以写 {few} 字（最多 {limit} 字）")
    expect(status).to_have_text(f"还可以写 {few} 字")
    field.fill("字" * (limit + 1))
    expect(counter).to_have_class("counter over")
    expect(status).to_have_text("超出 1 字")
    field.fill("")
    expect(status).to_have_text("")

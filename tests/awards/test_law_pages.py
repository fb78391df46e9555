"""The law pages: every article with its anchor, every parameter with its value, reading and reason."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from awards import services
from awards.law import criteria, editions
from awards.models import EditionRecord
from awards.rules.wording import WORDS, conditions_in_words, in_words
from awards.views.law import SAMPLE
from rewards import recompute

pytestmark = pytest.mark.usefixtures("now", "db")
CODES = editions.codes()


def page_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("code", CODES)
def test_every_article_has_its_anchor_and_every_parameter_its_words(client, code):
    edition = editions.get(code)
    page = page_of(client, f"/law/{code}/")
    anchors = re.findall(r'<section id="([^"]+)"', page)
    assert [anchor for anchor in anchors if anchor != "silent"] == list(edition.articles)
    for row in edition.parameters:
        assert row.label in page
        for text in (
            row.reading,
            row.missing,
            *(() if row.missing else in_words(edition, row.key, row.value)),
        ):
            assert not text or text in page
    assert edition.digest in page


@pytest.mark.parametrize("code", CODES)
def test_no_bare_code_is_left_in_the_words(code):
    edition = editions.get(code)
    for row in edition.parameters:
        if row.missing or row.key in ("industry_categories", "certified_system"):
            continue
        for line in in_words(edition, row.key, row.value):
            bare = re.findall(r"[a-z]{2,}(?:_[a-z]+)*", line)
            assert not bare, (row.key, line)


def test_every_word_of_the_table_is_chinese_or_a_name():
    assert all(words for words in WORDS.values())


@pytest.mark.parametrize("code", ["park-2023", "city-2016"])
def test_every_condition_is_told_in_a_sentence_of_its_own(code):
    edition = editions.get(code)
    found = conditions_in_words(edition)
    assert [condition.code for condition in found] == [condition.code for condition in edition.conditions]
    assert all(condition.words.endswith("。") and condition.words != condition.label for condition in found)


def test_the_list_tells_how_each_edition_stands(client):
    page = page_of(client, "/law/")
    for words in ("现行有效", "已失效", "参数不完整", "卓越绩效评价准则"):
        assert words in page


def test_a_reading_is_marked_with_its_reason(client):
    page = page_of(client, "/law/park-2023/")
    article = page.split('<section id="第二十六条"')[1].split("</section>")[0]
    assert "解释" in article
    assert "理由：未写自然日还是工作日" in article


def test_what_a_cycle_pinned_can_still_be_read(client, draft):
    content = draft.edition.content
    content["title"] = "旧标题的办法"
    old = editions.Edition.from_content(content)
    EditionRecord.objects.create(
        scheme=draft.scheme, code=old.code, digest=old.digest, content=content, recorded_at=draft.created_at
    )
    assert "旧标题的办法" in page_of(client, f"/law/park-2023/?digest={old.digest}")
    assert "旧标题的办法" not in page_of(client, "/law/park-2023/")
    assert old.digest in page_of(client, "/law/park-2023/")
    assert client.get("/law/park-2023/?digest=0000").status_code == 404


def test_unknown_laws_are_not_found(client):
    assert client.get("/law/park-1999/").status_code == 404
    assert client.get("/law/criteria/gbt0000/").status_code == 404


def test_the_criteria_page_lists_items_points_and_bands(client):
    standard = criteria.get("gbt19580-2012")
    page = page_of(client, "/law/criteria/gbt19580-2012/")
    for item in standard.items:
        assert f'id="{item.code}"' in page
        assert item.title in page
    for band in standard.bands:
        assert band.process in page
        assert band.result in page


def test_the_example_of_the_guide_gives_what_the_guide_says(client):
    page = page_of(client, "/law/recompute/")
    assert SAMPLE in page
    answer = recompute.compute("ranking", recompute.parse_json(SAMPLE))
    rows: Any = answer["ranking"]
    first, second = rows
    assert (first["id"], first["tier"], first["composite"]) == ("甲", "quality", "646.5500")
    assert "646.55" in page
    assert second["rank"] == 2


def test_the_article_links_to_the_full_text_once_it_is_there(client, now):
    assert "原文" not in page_of(client, "/law/park-2023/").split("<section")[1]
    text = "【园区本级】苏州工业园区质量奖评定管理办法\n第一条  虚构的条文。"
    services.import_policy(source=services.PolicySource(slug="park", text=text), now=now)
    assert 'href="/policies/park/#第一条"' in page_of(client, "/law/park-2023/")

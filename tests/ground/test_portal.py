"""How the portal shows states, citations, lists and tables."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator

from ground.statetable import State, StateTable
from ground.templatetags import portal
from tests.ground.rendering import rendered, request_for


class Case:
    STATES = StateTable("case", (State("open", "待核查", "处理中", "warn"),), ())
    state = "open"


def test_the_office_sees_its_own_label():
    page = rendered("{% badge case %}", case=Case(), request=request_for(is_office=True))
    assert "待核查" in page
    assert 'class="badge warn"' in page
    assert "处理中" not in page


@pytest.mark.parametrize("user", [{"is_office": False}, {}])
def test_everybody_else_sees_the_public_label(user):
    page = rendered("{% badge case %}", case=Case(), request=request_for(**user))
    assert "处理中" in page
    assert "待核查" not in page


def test_a_badge_outside_a_request_is_public():
    assert "处理中" in rendered("{% badge case %}", case=Case())


def test_a_state_unknown_to_its_table_is_an_error():
    case = Case()
    case.state = "lost"
    with pytest.raises(KeyError):
        rendered("{% badge case %}", case=case)


def test_tag_escapes_and_refuses_unknown_tones():
    page = rendered('{% tag words "javascript" %}', words="<b>")
    assert page == '<span class="badge neutral">&lt;b&gt;</span>'


@pytest.mark.parametrize(
    ("article", "anchor"),
    [("第十一条(四)", "第十一条"), ("第二十六条", "第二十六条"), ("第十一条之一(二)", "第十一条之一")],
)
def test_cite_links_to_the_article(article, anchor):
    page = rendered("{% cite edition article %}", edition="park-2023", article=article)
    assert page == f'<a class="cite" href="/law/park-2023/#{anchor}">〔{article}〕</a>'


def test_cite_takes_an_object_with_a_code():
    assert "/law/city-2016/#第三条" in rendered("{% cite e '第三条' %}", e=SimpleNamespace(code="city-2016"))


def test_cite_without_edition_or_number_is_words():
    assert rendered("{% cite e '第三条' %}", e=None) == '<span class="cite">〔第三条〕</span>'
    assert rendered("{% cite 'park-2023' '民法典' %}") == '<span class="cite">〔民法典〕</span>'
    assert rendered("{% cite 'park-2023' '' %}") == ""


def test_query_string_keeps_what_it_does_not_change():
    request = request_for("/?q=精密&state=a&state=b&page=3")
    assert (
        rendered("{% query_string page=4 %}", request=request)
        == "?q=%E7%B2%BE%E5%AF%86&amp;state=a&amp;state=b&amp;page=4"
    )
    assert "page" not in rendered("{% query_string page=None %}", request=request)


def test_sort_header_turns_round_and_says_so():
    assert 'href="?sort=-name"' in rendered(
        "{% sort_header 'name' '组织' %}", request=request_for("/?sort=name&page=9")
    )
    assert 'aria-sort="ascending"' in rendered(
        "{% sort_header 'name' '组织' %}", request=request_for("/?sort=name")
    )
    assert 'aria-sort="descending"' in rendered(
        "{% sort_header 'name' '组织' %}", request=request_for("/?sort=-name")
    )
    other = rendered("{% sort_header 'name' '组织' 'num' %}", request=request_for("/?sort=state"))
    assert "aria-sort" not in other
    assert 'class="num"' in other
    assert 'href="?sort=name"' in other


def test_pages_around_the_one_open():
    assert portal.pages_around(Paginator(range(312), 25).get_page(6)) == [1, 0, 4, 5, 6, 7, 8, 0, 13]


def test_pages_of_a_short_list_have_no_gap():
    assert portal.pages_around(Paginator(range(60), 25).get_page(2)) == [1, 2, 3]


def test_a_table_region_is_named_and_reached_by_keyboard():
    page = rendered("{% table_region name %}<table></table>{% endtable_region %}", name="申报<列表>")
    assert 'role="region" tabindex="0" aria-label="申报&lt;列表&gt;"' in page
    assert "<table></table>" in page

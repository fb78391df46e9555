"""How the portal writes dates, money, scores, states and citations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory

from ground.statetable import State, StateTable
from ground.templatetags import portal

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 9, 28, 12, 0, tzinfo=SHANGHAI)


def rendered(source: str, **context: object) -> str:
    return Template("{% load portal %}" + source).render(Context(context))


def request_for(path: str = "/", **user: object) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = SimpleNamespace(**user)  # type: ignore[assignment]
    return request


# ---- time
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 9, 28, 17, 0, tzinfo=SHANGHAI), "2026年9月28日 17:00"),
        (datetime(2026, 9, 28, 17, 0, tzinfo=UTC), "2026年9月29日 01:00"),
        (date(2026, 1, 2), "2026年1月2日"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_moment_is_written_in_shanghai(value, words):
    assert portal.moment(value) == words


def test_a_day_is_the_legal_day_in_shanghai():
    assert portal.day(datetime(2026, 9, 28, 16, 30, tzinfo=UTC)) == "2026年9月29日"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 10, 9, 0, 0, tzinfo=SHANGHAI), "2026年10月8日 24:00"),
        (datetime(2026, 10, 8, 16, 0, tzinfo=UTC), "2026年10月8日 24:00"),
        (datetime(2027, 1, 1, 0, 0, tzinfo=SHANGHAI), "2026年12月31日 24:00"),
        (datetime(2026, 10, 8, 17, 0, tzinfo=SHANGHAI), "2026年10月8日 17:00"),
        (date(2026, 10, 8), "2026年10月8日"),
    ],
)
def test_a_window_ends_at_24_00(value, words):
    assert portal.moment_end(value) == words


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(days=3, hours=4, minutes=50), "还剩 3 天 4 小时"),
        (timedelta(days=3), "还剩 3 天"),
        (timedelta(hours=2, minutes=5), "还剩 2 小时 5 分钟"),
        (timedelta(hours=2), "还剩 2 小时"),
        (timedelta(minutes=12), "还剩 12 分钟"),
        (timedelta(seconds=59), "还剩不到 1 分钟"),
        (timedelta(), "还剩不到 1 分钟"),
        (-timedelta(seconds=1), "已逾期不到 1 分钟"),
        (-timedelta(hours=2), "已逾期 2 小时"),
        (-timedelta(days=40, hours=1), "已逾期 40 天 1 小时"),
    ],
)
def test_time_left_in_words(distance, words):
    assert portal.moment_left(NOON + distance, NOON) == words


def test_a_date_without_time_ends_at_midnight():
    assert portal.moment_left(date(2026, 9, 28), NOON) == "还剩 12 小时"
    assert not portal.is_past(date(2026, 9, 28), NOON)
    assert portal.is_past(date(2026, 9, 27), NOON)


def test_no_deadline_says_nothing():
    assert portal.moment_left(None, NOON) == ""
    assert portal.moment_left(NOON, None) == ""


def test_countdown_has_the_deadline_in_words():
    page = rendered(
        '{% countdown start end now "公示期" %}',
        start=NOON - timedelta(days=4),
        end=NOON + timedelta(days=3),
        now=NOON,
    )
    assert "还剩 3 天" in page
    assert "截止 2026年10月1日 12:00" in page
    assert 'style="' not in page
    assert "overdue" not in page


# ---- numbers
@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (500000, "", "500,000 元"),
        (500000, "wan", "50 万元"),
        (505000, "wan", "505,000 元"),
        (0, "wan", "0 元"),
        (Decimal("1234.5"), "", "1,234.50 元"),
        (Decimal("100000.00"), "wan", "10 万元"),
        (None, "", "—"),
        ("十万", "", "—"),
    ],
)
def test_yuan(value, unit, words):
    assert portal.yuan(value, unit) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("612.505"), "612.51"),
        (Decimal("612.495"), "612.50"),
        (612.5, "612.50"),
        (0, "0.00"),
        (None, "—"),
        ("NaN", "—"),
    ],
)
def test_score_rounds_half_up(value, words):
    assert portal.score(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("646.5500", "646.55"),
        ("600.0000", "600.00"),
        ("599.9960", "599.996"),
        ("600.0040", "600.004"),
        ("599.9949", "599.99"),
        ("599.99996", "599.99996"),
        ("600.0050", "600.01"),
        ("499.9999", "499.9999"),
        ("600", "600.00"),
    ],
)
def test_composite_shows_which_side_of_the_threshold_it_is_on(value, words):
    assert portal.composite(Decimal(value), {"quality": Decimal(600), "excellence": 500}) == words


def test_composite_takes_one_threshold_or_none():
    assert portal.composite(Decimal("599.9960"), 600) == "599.996"
    assert portal.composite(Decimal("599.9960")) == "600.00"
    assert portal.composite(None, 600) == "—"


def test_percent_stands_as_it_is_and_share_is_a_fraction():
    assert [portal.percent(45), portal.percent(Decimal("52.50")), portal.percent(0), portal.percent(100)] == [
        "45%",
        "52.5%",
        "0%",
        "100%",
    ]
    assert portal.share(Decimal("0.15")) == "15%"


@pytest.mark.parametrize(
    ("value", "words"),
    [(812, "812 B"), (348160, "340 KB"), (1258291, "1.2 MB"), (3 * 1024**4, "3072.0 GB"), (None, "—")],
)
def test_bytes(value, words):
    assert portal.size_in_bytes(value) == words


def test_a_digest_is_cut_to_three_groups():
    assert portal.digest_short("9f86d081884c7d65") == "9f86 d081 884c"
    assert portal.digest_short("") == "—"


# ---- states and citations
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


# ---- lists
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


# ---- forms
class SampleForm(forms.Form):
    name = forms.CharField(
        label="组织名称", max_length=4, help_text="与营业执照一致。", widget=forms.Textarea
    )
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    report = forms.FileField(label="自评报告")
    truth = forms.BooleanField(label="内容真实")
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)
    fieldsets = [("基本", "抄录即可", ["kind", "name"]), ("材料", ["report"])]


def test_a_field_has_label_hint_counter_and_says_what_describes_it():
    page = rendered("{% field form 'name' %}", form=SampleForm())
    assert '<label for="id_name">组织名称<span class="required">必填</span></label>' in page
    assert 'aria-describedby="id_name_hint id_name_counter"' in page
    assert 'id="id_name_hint"' in page
    assert 'data-limit="4"' in page
    assert "aria-invalid" not in page


def test_an_error_stands_at_the_field():
    page = rendered("{% field form 'name' %}", form=SampleForm({"name": ""}))
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_name_hint id_name_error id_name_counter"' in page
    assert "请填写“组织名称”。" in page


def test_what_is_optional_has_no_mark_and_nothing_to_describe():
    page = rendered("{% field form 'note' %}", form=SampleForm())
    assert "必填" not in page
    assert "aria-describedby" not in page


def test_a_group_is_a_fieldset_with_a_legend():
    page = rendered("{% field form 'kind' %}", form=SampleForm({}))
    assert "<fieldset" in page
    assert "<legend>类别" in page
    assert 'aria-describedby="id_kind_error"' in page
    assert "请选择“类别”。" in page


@pytest.mark.parametrize(
    ("name", "words"), [("report", "请上传“自评报告”。"), ("truth", "请勾选“内容真实”。")]
)
def test_missing_fields_are_asked_for_in_plain_words(name, words):
    assert portal.error_words(SampleForm({})[name]) == [words]


def test_too_long_says_how_long():
    assert portal.error_words(SampleForm({"name": "五个字太长"})["name"]) == [
        "最多 4 字，现在是 5 字，请删减。"
    ]


def test_own_messages_stay():
    form = SampleForm({"name": "甲"})
    form.add_error("name", "名称与执照不符，请核对。")
    assert portal.error_words(form["name"]) == ["名称与执照不符，请核对。"]


def test_sections_follow_the_fieldsets_and_forget_no_field():
    sections = portal.form_sections(SampleForm())
    assert [
        (section["legend"], section["hint"], [field.name for field in section["fields"]])
        for section in sections
    ] == [
        ("基本", "抄录即可", ["kind", "name"]),
        ("材料", "", ["report"]),
        ("", "", ["truth", "note"]),
    ]


def test_a_form_is_complete():
    page = rendered(
        '{% include "components/form.html" with form=form submit="提交申报" %}', form=SampleForm({})
    )
    assert 'enctype="multipart/form-data"' in page
    assert 'name="secret"' in page
    assert "提交申报" in page
    assert '<a href="#id_kind_0">请选择“类别”。</a>' in page
    assert "data-unsaved" in page
    assert "data-autosave-url" not in page


def test_the_summary_names_the_field_of_an_error():
    form = SampleForm({"name": "甲"})
    form.add_error("name", "已被登记。")
    form.add_error(None, "申报已经截止。")
    page = rendered('{% include "components/error_summary.html" with form=form %}', form=form)
    assert '<a href="#id_name">组织名称：已被登记。</a>' in page
    assert "<li>申报已经截止。</li>" in page


def test_a_long_form_keeps_what_is_typed():
    page = rendered(
        '{% include "components/form.html" with form=form autosave_url="/save/" version=7 draft_key="a-1" %}',
        form=SampleForm(),
    )
    assert 'data-autosave-url="/save/" data-version="7"' in page
    assert 'data-draft-key="a-1"' in page
    assert "data-unsaved" not in page


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("pass", "符合"),
        ("fail", "不符合"),
        ("not_applicable", "不适用"),
        ("waived", "经批准调整"),
        ("needs_evidence", "待补证据"),
    ],
)
def test_a_finding_shows_outcome_article_and_facts_in_words(outcome, words):
    finding = SimpleNamespace(
        outcome=outcome, message="说明", article="第十一条(一)", facts={"登记地": "园区", "items": 3}
    )
    page = rendered(
        '{% include "components/findings.html" with findings=f edition="park-2023" %}', f=[finding]
    )
    assert f">{words}</span>" in page
    assert "/law/park-2023/#第十一条" in page
    assert "<dt>items</dt><dd>3</dd>" in page


def test_a_field_of_one_line_has_no_counter():
    class OneLine(forms.Form):
        name = forms.CharField(max_length=4)

    assert "counter" not in rendered("{% field form 'name' %}", form=OneLine())


def test_a_value_too_short_is_told_in_plain_words():
    class Short(forms.Form):
        password = forms.CharField(label="密码", min_length=10)

    page = rendered("{% field form 'password' %}", form=Short({"password": "123456789"}))
    assert "至少 10 个字符，现在是 9 个。" in page

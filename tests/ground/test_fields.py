"""How the portal shows a form's fields, and what is wrong with them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django import forms

from ground.templatetags import fields
from tests.ground.rendering import rendered


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
    assert fields.error_words(SampleForm({})[name]) == [words]


def test_too_long_says_how_long():
    assert fields.error_words(SampleForm({"name": "五个字太长"})["name"]) == [
        "最多 4 字，现在是 5 字，请删减。"
    ]


def test_own_messages_stay():
    form = SampleForm({"name": "甲"})
    form.add_error("name", "名称与执照不符，请核对。")
    assert fields.error_words(form["name"]) == ["名称与执照不符，请核对。"]


def test_sections_follow_the_fieldsets_and_forget_no_field():
    sections = fields.form_sections(SampleForm())
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


def test_the_summary_leaves_out_the_full_stop_of_a_sentence_that_is_ticked():
    class Pledge(forms.Form):
        agreed = forms.BooleanField(label="我已阅读。", error_messages={"required": "请勾选。"})

    page = rendered('{% include "components/error_summary.html" with form=form %}', form=Pledge({}))
    assert ">我已阅读：请勾选。</a>" in page


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


def test_a_field_of_one_line_has_no_counter_and_is_not_cut():
    class OneLine(forms.Form):
        name = forms.CharField(max_length=4)

    written = rendered("{% field form 'name' %}", form=OneLine())
    assert "counter" not in written
    assert "maxlength" not in written


def test_a_value_too_short_is_told_in_plain_words():
    class Short(forms.Form):
        password = forms.CharField(label="密码", min_length=10)

    page = rendered("{% field form 'password' %}", form=Short({"password": "123456789"}))
    assert "至少 10 个字符，现在是 9 个。" in page

"""Every form of the portal: no field takes a year out of reach or keeps a control character."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import RequestFactory

from ground.dates import DayField, MomentField
from ground.middleware import PlainText
from tests.architecture.source import APPS, at, modules

UNSEEN = ("a\x00b", "a\x01b", "a\x0bb")
OUT_OF_REACH = ("0001-01-01", "9999-12-31")


def heirs(kind: type[Any]) -> Iterator[type[Any]]:
    for heir in kind.__subclasses__():
        yield heir
        yield from heirs(heir)


def all_forms() -> list[type[forms.BaseForm]]:
    for module in modules():
        if "forms" in module.path or "views" in module.path:
            import_module(module.path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    found = {form for form in heirs(forms.BaseForm) if form.__module__.split(".")[0] in APPS}
    return sorted(found, key=lambda form: (form.__module__, form.__qualname__))


FORMS = all_forms()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.__module__}.{form.__qualname__}")
def test_declared_fields(form: type[forms.BaseForm]) -> None:
    for name, field in form.base_fields.items():
        if isinstance(field, forms.DateField | forms.DateTimeField):
            for day in OUT_OF_REACH:
                with pytest.raises(ValidationError) as raised:
                    field.clean(day if isinstance(field, forms.DateField) else f"{day}T00:00")
                codes = [error.code for error in raised.value.error_list]
                assert codes == ["date_out_of_range"], (name, day)
        elif isinstance(field, forms.CharField):
            for text in UNSEEN:
                request = RequestFactory().post("/", {name: text})
                PlainText(lambda _: HttpResponse()).process_view(request, None, (), {})
                sent = field.widget.value_from_datadict(request.POST, {}, name)
                assert sent
                assert not set("\x00\x01\x0b") & set(str(sent)), name
                assert "null_characters_not_allowed" not in codes_of(field, sent), name


def codes_of(field: forms.Field, sent: str) -> list[str | None]:
    try:
        field.clean(sent)
    except ValidationError as error:
        return [one.code for one in error.error_list]
    return []


def test_the_sweep_sees_the_forms() -> None:
    assert len(FORMS) > 90
    days = [field for form in FORMS for field in form.base_fields.values() if isinstance(field, DayField)]
    moments = [
        field for form in FORMS for field in form.base_fields.values() if isinstance(field, MomentField)
    ]
    assert len(days) > 15
    assert len(moments) > 2


def calls(tree: ast.AST) -> Iterator[str]:
    return (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_fields_made_on_the_way_come_from_the_same_place() -> None:
    """Forms that add fields when they are made are out of the sweep's sight: Django's own date fields are built nowhere."""
    own = {"forms.DateField", "forms.DateTimeField", "DateField", "DateTimeField"}
    built = {
        (module.path, name)
        for module in modules()
        if "forms" in module.path and "/migrations/" not in module.path
        for name in calls(module.tree)
        if name in own
    }
    assert not built


def test_what_scripts_send_is_read_in_one_place() -> None:
    readers = {
        module.path
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and "loads" in ast.unparse(node.func)
        if any(ast.unparse(argument) in ("request.body", "sent_body(request)") for argument in node.args)
    }
    assert readers == {"ground/web.py"}


def takes_nothing_for_no_form(node: ast.AST) -> bool:
    """`request.POST or None` and its like: what was sent decides whether it was sent."""
    sent = ("request.POST", "request.FILES", "posted(request)", "posted_files(request)")
    if isinstance(node, ast.BoolOp):
        return any(ast.unparse(value) in sent for value in node.values)
    return isinstance(node, ast.IfExp | ast.If) and ast.unparse(node.test) in sent


def test_an_empty_form_is_a_form() -> None:
    """The method says that a form was sent, never its content: `ground.web.posted` is the one place that asks."""
    found = [
        at(module, node)
        for module in modules()
        for node in ast.walk(module.tree)
        if takes_nothing_for_no_form(node)
    ]
    assert found == []


def test_the_data_of_a_post_is_taken_in_one_place() -> None:
    taken = {
        "request.POST if request.method == 'POST' else None",
        "request.FILES if request.method == 'POST' else None",
    }
    makers = {
        module.path
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.IfExp) and ast.unparse(node) in taken
    }
    assert makers == {"ground/web.py"}


@pytest.mark.parametrize(
    ("source", "caught"),
    [
        ("Form(request.POST or None)", True),
        ("Form(request.GET, request.FILES or None)", True),
        ("Form(request.POST if request.POST else None)", True),
        ("if request.POST:\n    pass", True),
        ("Form(posted(request))", False),
        ("Form(request.GET or None)", False),
    ],
)
def test_the_ban_catches(source: str, caught: bool) -> None:
    assert any(map(takes_nothing_for_no_form, ast.walk(ast.parse(source)))) is caught

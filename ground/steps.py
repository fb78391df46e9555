"""A case that goes on by one form a step: which steps there are, and taking one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest

from ground.web import refusals_on


@dataclass(frozen=True)
class Step:
    """One step of a case: the move of the state table, its service and form, and what the page says follows."""

    name: str
    label: str
    service: Callable[..., Any]
    form: type[forms.Form]
    consequence: str
    danger: bool = False

    def taken(self, request: HttpRequest, case: Model, form: forms.Form) -> bool:
        """Whether the posted form was whole and the service took it; else the form holds what was wrong."""
        if request.method != "POST" or not form.is_valid():
            return False
        with refusals_on(form):
            now = request.now  # type: ignore[attr-defined]
            self.service(case=case, **form.cleaned_data, actor=request.user, now=now)
            messages.success(request, f"已办理：{self.label}。")
        return not form.errors


def steps_of(*steps: Step) -> dict[str, Step]:
    return {step.name: step for step in steps}

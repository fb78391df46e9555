"""The self-check before applying: what the register would say, and every question on the conditions, on one page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from applications.forms.conditions import ConditionForm
from applications.forms.organisation import day_input
from applications.models import Organisation
from applications.questions import facts_asked, questions_of
from awards.law.editions import Edition
from ground.dates import DayField


class RegistrationForm(forms.Form):
    """The facts that the register of organisations will know: nothing is required, what is left out is unknown."""

    kind = forms.ChoiceField(
        label="组织性质", choices=Organisation.Kind.choices, widget=forms.RadioSelect, required=False
    )
    region = forms.ChoiceField(
        label="登记注册地",
        choices=Organisation.Region.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text="按证照上的住所选择。",
    )
    established_on = DayField(
        label="成立日期",
        required=False,
        widget=day_input(),
        error_messages={"invalid": "请填写存在的日期，例如 2012-03-01。"},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_established_on(self) -> date | None:
        on: date | None = self.cleaned_data["established_on"]
        if on and on > self.today:
            raise ValidationError("成立日期不能晚于今天。")
        if on and on.year < 1800:
            raise ValidationError("请核对成立日期的年份。")
        return on

    @property
    def facts_given(self) -> dict[str, Any]:
        given = {key: value for key, value in self.cleaned_data.items() if value}
        if "established_on" in given:
            given["established_on"] = given["established_on"].isoformat()
        return given


class SelfCheck:
    """The forms of the self-check in the order of the edition's conditions; the same as in an application.

    After `is_valid()`, `facts` is the contract's organisation object as far as it was answered.
    """

    def __init__(self, edition: Edition, now: datetime, data: Any = None) -> None:
        self.edition = edition
        self.registration = RegistrationForm(data, prefix="registration", today=now.date())
        kind = edition.value("profit_kinds")[0] if edition.has("profit_kinds") else "enterprise"
        self.questions = [
            ConditionForm(
                data,
                question=question,
                edition=edition,
                keys=keys,
                facts={},
                note="",
                version=0,
                now=now,
                counted_from=now.date(),
                prefix=question.code,
            )
            for question in questions_of(edition)
            if (keys := facts_asked(question, edition, kind))
        ]
        for form in self.questions:
            del form.fields["note"], form.fields["version"]

    @property
    def forms(self) -> list[forms.Form]:
        return [self.registration, *self.questions]

    def is_valid(self) -> bool:
        verdicts = [form.is_valid() for form in self.forms]  # every form says what is wrong with it
        return all(verdicts)

    @property
    def registered(self) -> dict[str, Any]:
        """What was said that belongs in the register."""
        return self.registration.facts_given

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered to the questions, for an organisation of the kind given."""
        kind = self.registered.get("kind", "")
        given: dict[str, Any] = {}
        for form in self.questions:
            asked = facts_asked(form.question, self.edition, kind) if kind else form.keys
            given |= {
                key: value for key, value in form.facts_given.items() if key in asked and value is not None
            }
        return given

    @property
    def facts(self) -> dict[str, Any]:
        return self.registered | self.answers

"""Filters of the lists; every one is a GET form that never fails: what makes no sense is left out."""

from __future__ import annotations

from typing import Any

from django import forms

from awards.law import editions
from awards.models import Scheme
from publicity.models import Notice
from publicity.states import HONOUR, INCIDENT, OBJECTION, PAYMENT, REVOCATION

ALL = ("", "全部")


class Filter(forms.Form):
    """`chosen` holds the valid fields alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class SchemeField(forms.ChoiceField):
    """Choices are loaded when the form is built: one query."""

    def __init__(self) -> None:
        super().__init__(label="奖项", choices=_schemes, required=False)


def _schemes() -> list[tuple[str, str]]:
    return [ALL, *Scheme.objects.filter(notices__isnull=False).distinct().values_list("code", "short_name")]


def _tiers() -> list[tuple[str, str]]:
    """The prizes of all editions known, each code once."""
    found = {
        tier.code: tier.short
        for code in editions.codes()
        if (edition := editions.get(code)).has("tiers")
        for tier in edition.tiers
    }
    return [ALL, *found.items()]


class NoticeFilter(Filter):
    words = forms.CharField(label="标题或组织名称", max_length=60)
    kind = forms.ChoiceField(label="类型", choices=[ALL, *Notice.Kind.choices])
    scheme = SchemeField()


class HonourFilter(Filter):
    words = forms.CharField(label="组织名称、统一社会信用代码或证书编号", max_length=60)
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    scheme = SchemeField()
    tier = forms.ChoiceField(label="奖级", choices=_tiers)
    state = forms.ChoiceField(label="状态", choices=[ALL, *((s.code, s.public) for s in HONOUR.states)])


class PaymentFilter(Filter):
    words = forms.CharField(label="组织、凭证号或证书编号", max_length=60)
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    state = forms.ChoiceField(label="状态", choices=[ALL, *PAYMENT.choices])


class ObjectionFilter(Filter):
    words = forms.CharField(label="受理编号或组织名称", max_length=60)
    state = forms.ChoiceField(label="状态", choices=[ALL, *OBJECTION.choices])


class StateFilter(Filter):
    words = forms.CharField(label="组织名称", max_length=60)
    state = forms.ChoiceField(label="状态")

    TABLES = {"incident": INCIDENT, "case": REVOCATION}

    def __init__(self, table: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [ALL, *self.TABLES[table].choices]


class CertificateForm(forms.Form):
    number = forms.CharField(
        label="证书编号或查验码",
        max_length=40,
        help_text="证书编号形如 PARK-2026-0001；查验码印在证书二维码旁。",
    )


class ReceiptForm(forms.Form):
    receipt = forms.CharField(
        label="受理编号",
        max_length=40,
        help_text="提出异议后页面上显示的完整编号，形如 YY2026-0007-K3M9QXWP。",
    )

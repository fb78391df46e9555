"""Amounts of money and other figures, as people type them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms

_WIDE: Final = {ord("０") + digit: str(digit) for digit in range(10)} | {
    ord("，"): ",",
    ord("．"): ".",
    ord("－"): "-",
}


class AmountField(forms.DecimalField):
    """A number with commas between thousands, in full-width digits, with spaces around; at most `places` decimals."""

    def __init__(self, *, places: int = 2, **kwargs: Any) -> None:
        super().__init__(
            max_digits=20,
            decimal_places=places,
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages={
                "invalid": "请填写数字。",
                "max_digits": "数字过大，请核对单位。",
                "max_whole_digits": "数字过大，请核对单位。",
                "max_decimal_places": "最多两位小数。" if places else "请填写整数。",
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = value.translate(_WIDE).replace(",", "").replace(" ", "")
        result: Decimal | None = super().to_python(value)
        return result

"""The duty of confidentiality, accepted."""

from __future__ import annotations

from django import forms


class PledgeForm(forms.Form):
    """One box to tick; the service says what follows if it is not."""

    accepted = forms.BooleanField(label="我已逐条阅读，承诺做到", required=False)

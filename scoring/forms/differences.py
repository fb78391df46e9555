"""The lead's reasons for what differs from the material review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from scoring.forms.sheets import TextField
from scoring.queries.differences import Compared


class ReasonsForm(forms.Form):
    """reason-CODE for each item whose percentages differ; which of them must be there the signing says.

    What the members said is there to begin with, whole, until the lead has saved the item, be it empty.
    """

    def __init__(self, *args: Any, rows: Sequence[Compared], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="f-%s", **kwargs)
        for row in rows:
            if row.difference.points:
                said = "\n".join(f"{name}：{text}" for name, text in row.said)
                self.fields[f"reason-{row.line.code}"] = TextField(
                    label=f"{row.line.title}：理由",
                    required=False,
                    rows=2,
                    limit=1000,
                    initial=row.reason if row.saved else said,
                )

    def reasons(self) -> dict[str, str]:
        return {name.removeprefix("reason-"): text for name, text in self.cleaned_data.items()}

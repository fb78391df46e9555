"""Forms of panels, recusals, and sheets that are sent back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from applications.models import Application
from scoring.forms.reviewers import INDUSTRIES
from scoring.models import Panel, Recusal, Reviewer
from scoring.services import Seat

REASON = {"rows": 4, "maxlength": 2000}


def _override() -> forms.CharField:
    """Why somebody is seated although unfit (services.fitness): shown to the head, who alone decides."""
    return forms.CharField(
        label="仍然列入的理由",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
        help_text=(
            "只在列入整个环节不能参加、超过工作量上限、培训过期的评审员，或者没有登记为所评行业行业专家的人作行业专家时填写，"
            "由主任决定，记入台账。办法对此没有规定，这是评定办的理解。"
        ),
    )


class PanelForm(forms.Form):
    """Who sits in a panel and whom it reviews.

    Nothing is required here: the service names every rule that is broken at once. Whoever is picked as lead or as
    expert is a member by that.
    """

    name = forms.CharField(label="名称", max_length=60, required=False, help_text="如“制造业一组”。")
    applications = forms.ModelMultipleChoiceField(
        label="评审的申报组织", queryset=Application.objects.none(), required=False
    )
    seats = forms.ModelMultipleChoiceField(label="成员", queryset=Reviewer.objects.none(), required=False)
    lead = forms.ModelChoiceField(label="组长", queryset=Reviewer.objects.none(), required=False)
    experts = forms.ModelMultipleChoiceField(
        label="行业专家", queryset=Reviewer.objects.none(), required=False
    )
    override = _override()

    def __init__(
        self,
        *args: Any,
        pool: QuerySet[Reviewer],
        applications: QuerySet[Application],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("seats", "lead", "experts"):
            self.fields[name].queryset = pool
        self.fields["applications"].queryset = applications
        self.fields["name"].widget.attrs.pop("maxlength", None)

    def picked(self, name: str) -> set[int]:
        """The keys picked in a field, whether they came from the browser or from the panel as it is."""
        value = self[name].value() or []
        several = value if isinstance(value, (list, tuple, set)) else [value]
        return {int(str(key)) for key in several if str(key).isdigit()}

    @property
    def members(self) -> set[int]:
        return self.picked("seats") | self.picked("lead") | self.picked("experts")

    @property
    def composition(self) -> dict[str, Any]:
        """Name, seats and applications as the services take them; the lead first."""
        given = self.cleaned_data
        lead, experts = given["lead"], set(given["experts"])
        people = sorted({*given["seats"], *experts, *([lead] if lead else [])}, key=lambda one: one.pk)
        people.sort(key=lambda one: one != lead)
        return {
            "name": given["name"],
            "seats": [Seat(one, lead=one == lead, industry_expert=one in experts) for one in people],
            "applications": list(given["applications"]),
        }


class CandidateFilter(forms.Form):
    """What part of the pool to show while seats are picked; those picked stay in sight."""

    q = forms.CharField(label="姓名、单位或资格", required=False, max_length=60)
    industry = forms.ChoiceField(label="熟悉的行业", required=False, choices=[("", "全部"), *INDUSTRIES])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs.pop("maxlength", None)

    @property
    def chosen(self) -> dict[str, str]:
        self.is_valid()
        given = self.cleaned_data
        return {"words": (given.get("q") or "").strip(), "industry": given.get("industry") or ""}


class ConfirmForm(forms.Form):
    """Nothing to fill in: the consequences are on the page, and what speaks against it appears on top."""


class OverrideForm(forms.Form):
    """Nothing to fill in but, by the head, why somebody is seated although unfit."""

    override = _override()


class SubstituteForm(forms.Form):
    """One more reviewer for a started panel."""

    reviewer = forms.ModelChoiceField(
        label="补充的评审员",
        queryset=Reviewer.objects.none(),
        error_messages={"required": "请选择一位评审员。"},
    )
    industry_expert = forms.BooleanField(label="作为行业专家", required=False)
    override = _override()

    def __init__(self, *args: Any, pool: QuerySet[Reviewer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = pool


class LeadForm(forms.Form):
    """Another member leads from now on."""

    reviewer = forms.ModelChoiceField(
        label="新组长",
        queryset=Reviewer.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "请选择新组长。"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=2000,
        widget=forms.Textarea(attrs=REASON),
        help_text="如组长须回避、因故不能履职。",
    )

    def __init__(self, *args: Any, panel: Panel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reviewer"]
        field.queryset = (
            Reviewer.objects.filter(seats__panel=panel, seats__lead=False, disqualified_at=None)
            .select_related("user")
            .distinct()
        )
        field.label_from_instance = lambda one: f"{one.user.name}（{one.employer}）"


class DismissForm(forms.Form):
    """What the check of a recusal has found."""

    reason = forms.CharField(
        label="核实的情况",
        max_length=2000,
        widget=forms.Textarea(attrs=REASON),
        help_text="写明怎样核实的、为什么不存在利害关系。理由与操作人一并留存，不能修改。",
    )


class ReopenForm(forms.Form):
    """Why a sealed sheet goes back."""

    reason = forms.CharField(
        label="退回重评的理由",
        max_length=2000,
        widget=forms.Textarea(attrs=REASON),
        help_text="评审员会看到这段文字。不要写对分数高低的要求。",
    )


class RecusalFilter(forms.Form):
    """The filter of a cycle's recusals."""

    q = forms.CharField(label="评审员或申报组织", required=False, max_length=60)
    source = forms.ChoiceField(label="来源", required=False, choices=[("", "全部"), *Recusal.Source.choices])
    standing = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("live", "须回避"), ("dismissed", "已排除")]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs.pop("maxlength", None)

    @property
    def chosen(self) -> dict[str, str]:
        self.is_valid()
        given = self.cleaned_data
        return {key: (given.get(key) or "").strip() for key in self.fields}

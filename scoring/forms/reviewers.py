"""Forms of the reviewer pool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from applications.industry import SECTIONS
from awards.models import Cycle
from scoring.models import Reviewer
from scoring.queries.pool_standing import LOAD, PRESENCE, TRAINING

INDUSTRIES = [(letter, f"{letter} {name}") for letter, name in SECTIONS.items()]
STANDINGS = (("active", "在库"), ("disqualified", "已取消资格"), ("all", "全部"))


class PoolFilter(forms.Form):
    """The filter of the pool; what it does not know is no filter."""

    q = forms.CharField(label="姓名、登录名、单位或资格", required=False, max_length=60)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *Reviewer.Kind.choices])
    industry = forms.ChoiceField(label="熟悉的行业", required=False, choices=[("", "全部"), *INDUSTRIES])
    standing = forms.ChoiceField(label="资格", required=False, choices=STANDINGS)

    @property
    def chosen(self) -> dict[str, str]:
        """What `pool_matching` takes. Without a word on it, only those who may review are shown."""
        self.is_valid()
        given = self.cleaned_data
        standing = given.get("standing") or "active"
        return {
            "words": (given.get("q") or "").strip(),
            "kind": given.get("kind") or "",
            "industry": given.get("industry") or "",
            "standing": "" if standing == "all" else standing,
        }


class PoolListFilter(PoolFilter):
    """The filter of the pool's own page: also training, load in a cycle, and who is away today."""

    language = forms.ChoiceField(label="工作语言", required=False)
    cycle = forms.ChoiceField(label="工作量按", required=False)
    load = forms.ChoiceField(label="工作量", required=False, choices=[("", "全部"), *LOAD.items()])
    training = forms.ChoiceField(label="培训", required=False, choices=[("", "全部"), *TRAINING.items()])
    presence = forms.ChoiceField(label="今天", required=False, choices=[("", "全部"), *PRESENCE.items()])

    def __init__(self, *args: Any, cycles: Sequence[Cycle], languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", "全部"), *((word, word) for word in languages)]
        self.cycles = {str(cycle.pk): cycle for cycle in cycles}
        self.fields["cycle"].choices = [(key, str(cycle)) for key, cycle in self.cycles.items()]
        if not cycles:
            del self.fields["cycle"]

    @property
    def chosen(self) -> dict[str, str]:
        return super().chosen | {"language": self.cleaned_data.get("language") or ""}

    @property
    def chosen_cycle(self) -> Cycle | None:
        self.is_valid()
        return self.cycles.get(self.cleaned_data.get("cycle", ""), next(iter(self.cycles.values()), None))

    @property
    def situation(self) -> dict[str, str]:
        """What `standing_matching` takes."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in ("training", "load", "presence")}


class ReviewerForm(forms.Form):
    """A new entry in the pool: an account, and what is known of the person."""

    username = forms.CharField(
        label="登录名",
        max_length=60,
        help_text="请评审员先在首页注册账号，再由评定办列入评审员库。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(label="类别", choices=Reviewer.Kind.choices, widget=forms.RadioSelect)
    qualification = forms.CharField(
        label="资格", max_length=120, required=False, help_text="如“卓越绩效评审员”“质量管理专业高级工程师”。"
    )
    employer = forms.CharField(label="工作单位", max_length=120, help_text="没有的写“无”。")
    employer_uscc = forms.CharField(
        label="工作单位的统一社会信用代码",
        max_length=40,
        required=False,
        help_text="18 位。用来识别评审员是否在申报组织任职，请尽量填写。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    industries = forms.MultipleChoiceField(
        label="熟悉的行业门类",
        choices=INDUSTRIES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="按 GB/T 4754。担任评审组的行业专家，须是“行业专家”类别，并登记了所评申报组织的行业。",
    )
    fieldsets = [
        ("账号", ["username"]),
        ("评审员", ["kind", "qualification", "employer", "employer_uscc", "industries"]),
    ]

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"].strip()
        self.user = User.objects.filter(username=username, is_active=True).first()
        if self.user is None:
            raise forms.ValidationError("没有这个登录名的账号，或账号已停用。请核对，或请本人先注册。")
        return username

    @property
    def entry(self) -> dict[str, Any]:
        """What the service takes."""
        given = {key: value for key, value in self.cleaned_data.items() if key != "username"}
        return given | {"user": self.user, "industries": "".join(given["industries"])}


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label="原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        error_messages={"required": "请写明原因。"},
    )

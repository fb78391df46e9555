"""Forms of the office for a notice and the announcement."""

from __future__ import annotations

from django import forms

from ground.dates import MomentField


class ReviseForm(forms.Form):
    title = forms.CharField(label="标题", max_length=200)
    body = forms.CharField(
        label="正文",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="名单、公示起止时间、异议渠道和存证摘要由平台附在正文之后，不必写进正文。",
    )


class SiteForm(forms.Form):
    """One required outside site: where and when the list was put up."""

    url = forms.CharField(
        label="登载网址", max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://"})
    )
    published_at = MomentField(
        label="登载时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="以网站上显示的发布时间为准。公示期从最后一个规定网站登载之日的次日起算。",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 4}))


class AnnounceForm(forms.Form):
    number = forms.CharField(
        label="公告文号", max_length=60, help_text="批准机关公告的文号，如：苏园管〔2026〕30号。"
    )
    reason = forms.CharField(
        label="其余组织先行公告的理由", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )

    def __init__(self, *args: object, somebody_held: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if somebody_held:
            self.fields[
                "reason"
            ].help_text = "有组织因异议暂缓。写明理由后其余先行公告；或者不办理本页，等异议办结后一并公告。"
        else:
            del self.fields["reason"]

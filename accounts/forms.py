"""Login, registration, and the administrator's forms."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from accounts.models import User
from accounts.roles import ROLE_KINDS


class LoginName(forms.TextInput):
    """The login name beside a password, not shown: it tells a password manager whose password it is."""

    is_hidden = True

    def __init__(self) -> None:
        super().__init__({"autocomplete": "username", "hidden": True, "readonly": True})


class LoginForm(AuthenticationForm):
    """The browser checks nothing; every message stands at its field, in the house's words."""

    error_messages: ClassVar = {
        "invalid_login": "登录名或密码不对，请核对后再试。连续多次输错会暂时锁定。",
        "inactive": "这个账号已停用，请联系系统管理员。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "登录名"
        self.fields["password"].label = "密码"
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)
            field.error_messages["required"] = f"请填写{field.label}。"

    def get_invalid_login_error(self) -> forms.ValidationError:
        """At the password, which has to be typed again; it doesn't say whether the name exists."""
        message = self.error_messages["invalid_login"]
        return forms.ValidationError({"password": forms.ValidationError(message, code="invalid_login")})


class PersonForm(forms.ModelForm):
    """A person's own account; the password is asked once and can be shown."""

    password = forms.CharField(
        label="密码",
        min_length=10,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="10 位以上，不能全是数字，不要用常见密码。",
    )

    class Meta:
        model = User
        fields = ("username", "name", "email", "phone")
        labels: ClassVar = {"name": "您的姓名", "email": "邮箱（接收通知）", "phone": "手机"}
        help_texts: ClassVar = {"username": "字母、数字或 . _ -，60 字以内"}
        widgets: ClassVar = {
            "username": forms.TextInput(attrs={"autocomplete": "username"}),
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).strip()
        if not all(
            character.isascii() and (character.isalnum() or character in "._-@") for character in username
        ):
            raise forms.ValidationError("登录名只能用字母、数字和 . _ - @。")
        return username

    def validate_unique(self) -> None:
        """Left to the service, which says it in its own words."""


class PasswordForm(forms.Form):
    username = forms.CharField(required=False, disabled=True, widget=LoginName)
    current = forms.CharField(
        label="现在的密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = forms.CharField(
        label="新密码",
        min_length=10,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="10 位以上，不能全是数字，不要用常见密码。",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, initial={"username": user.username}, **kwargs)
        self.user = user

    def clean_current(self) -> str:
        current = str(self.cleaned_data["current"])
        if not self.user.check_password(current):
            raise forms.ValidationError("现在的密码不对。")
        return current


class GrantForm(forms.Form):
    """A role and its scope. Scope choices come from the apps above through `scopes` (value "kind:key")."""

    role = forms.ChoiceField(
        label="角色", choices=[("", "请选择")] + [(kind.code, kind.label) for kind in ROLE_KINDS]
    )
    scope = forms.ChoiceField(
        label="范围", required=False, help_text="评审员、纪检监督和系统管理员不用选范围。"
    )

    def __init__(self, *args: Any, scopes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = [("", "（无）"), *scopes]
        self.labels = dict(scopes)

    @property
    def scope_key(self) -> str:
        return str(self.cleaned_data["scope"]).partition(":")[2]

    @property
    def scope_label(self) -> str:
        return self.labels.get(self.cleaned_data["scope"], "").partition("：")[2]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = next((kind for kind in ROLE_KINDS if kind.code == cleaned.get("role")), None)
        chosen = str(cleaned.get("scope", "")).partition(":")[0]
        if kind and kind.scope_kind == "portal":
            cleaned["scope"] = ""
        elif kind and chosen != kind.scope_kind:
            self.add_error("scope", "请选择与这个角色相配的范围。")
        return cleaned

"""The field for files: a plain <input type="file">, which static/js/upload.js turns into an upload that resumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.urls import reverse_lazy
from django.utils.html import format_html, format_html_join

from documents.inspection import KINDS
from documents.services.files import look_into

EXTENSIONS = {kind: f".{kind}" for kind in KINDS} | {"jpg": ".jpg,.jpeg"}


class UploadInput(forms.FileInput):
    """The input. Beside a file it takes tokens of finished uploads, which the script posts as `<name>_token`."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        tokens = (
            [token for token in data.getlist(f"{name}_token") if token] if hasattr(data, "getlist") else []
        )
        sent = files.getlist(name) if hasattr(files, "getlist") else []
        return [*tokens, *sent] or None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """The input; tokens that came back with a refused form stay in it, so that nothing is uploaded twice."""
        tokens = (
            [(name, one) for one in value or () if isinstance(one, str)] if isinstance(value, list) else []
        )
        hidden = format_html_join("", '<input type="hidden" name="{}_token" value="{}">', tokens)
        return format_html("{}{}", super().render(name, None, attrs, renderer), hidden)


class UploadField(forms.FileField):
    """Gives a list, one entry for each file: what came with the form, or the token (str) of a finished upload.

    The owning app takes tokens by `documents.services.take_upload` with the same `purpose` and `key`.
    """

    widget = UploadInput

    def __init__(self, *, kinds: Sequence[str], purpose: str, many: bool = False, **more: Any) -> None:
        self.kinds, self.purpose, self.many = tuple(kinds), purpose, many
        more.setdefault(
            "error_messages", {"required": "请选择文件。", "empty": "文件是空的，请检查后重新选择。"}
        )
        super().__init__(**more)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = {
            "accept": ",".join(EXTENSIONS[kind] for kind in self.kinds),
            "data-upload-url": reverse_lazy("documents:uploads"),
            "data-upload-kinds": ",".join(self.kinds),
            "data-upload-purpose": self.purpose,
            "data-upload-limit": settings.MAX_UPLOAD_BYTES,
        }
        return {**super().widget_attrs(widget), **attrs, **({"multiple": True} if self.many else {})}

    def without_pieces(self) -> None:
        """For who has no login: the file comes with the form. Only the browser's own checks stay."""
        self.widget.attrs.pop("data-upload-url", None)

    def for_key(self, key: object) -> None:
        """Say which object of the owning app the upload is for."""
        self.widget.attrs["data-upload-key"] = str(key)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data  # tokens go back into the form; a file can't

    def clean(self, data: Any, initial: Any = None) -> list[File[bytes] | str]:
        sent = data if isinstance(data, list) else [data] if data else []
        if self.required and not sent:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(sent) > 1 and not self.many:
            raise ValidationError("一次只能上传一个文件。", code="too_many")
        return [one if isinstance(one, str) else self._looked_into(one) for one in sent]

    def _looked_into(self, sent: Any) -> File[bytes]:
        """A file that came with the form, inspected while no transaction waits for it; the service refuses it."""
        file: File[bytes] = super().clean(sent)
        look_into(file, self.kinds)
        return file

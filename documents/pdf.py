"""Typesetting of official documents and certificates (PDF)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, Final

from django.template.loader import render_to_string

from documents import fonts
from ground.errors import Refused

log = logging.getLogger(__name__)

STYLES: Final = Path(__file__).parent / "styles"

# Pango and fontconfig keep state for the whole process: one document at a time.
_one_at_a_time = Lock()


def render(template: str, context: Mapping[str, Any]) -> bytes:
    """Set `template` (e.g. "documents/certificate.html") with `context` and return the PDF.

    Styles: documents/styles/base_document.css, and the file there that is named like the template. Nothing is
    fetched but the fonts: an address in the text can't bring a file of this machine or of another into the document.
    Refused "pdf_unavailable" on a machine without Pango; nothing else needs it.
    """
    engine = _engine()
    font_css, font_addresses = fonts.current()
    fetcher = engine.urls.URLFetcher(allowed_protocols=("data", "file"))

    def fetch(address: str) -> Any:
        if not address.startswith("data:") and address not in font_addresses:
            raise ValueError(f"a document refers to nothing outside itself: {address}")
        return fetcher.fetch(address)

    html = render_to_string(template, dict(context))
    with _one_at_a_time:
        font_config = engine.text.fonts.FontConfiguration()
        sheets = [
            engine.CSS(string=css, font_config=font_config, url_fetcher=fetch)
            for css in (font_css, *_styles_of(template))
        ]
        document = engine.HTML(string=html, url_fetcher=fetch, base_url="about:blank")
        return bytes(document.write_pdf(stylesheets=sheets, font_config=font_config))


def available() -> bool:
    """Whether documents can be set on this machine."""
    try:
        _engine()
    except Refused:
        return False
    return True


def _styles_of(template: str) -> list[str]:
    names = ("base_document.css", f"{Path(template).stem}.css")
    return [(STYLES / name).read_text(encoding="utf-8") for name in names if (STYLES / name).is_file()]


def _engine() -> Any:
    """WeasyPrint, loaded at the first document: it needs Pango, and takes half a second that no other page pays."""
    try:
        return _load()
    except (ImportError, OSError) as error:
        log.exception("WeasyPrint can't be loaded")
        raise Refused(
            "pdf_unavailable",
            "本机缺少排版组件（Pango），暂时不能生成 PDF。请系统管理员安装后重试，其他功能不受影响。",
        ) from error


@lru_cache(maxsize=1)
def _load() -> Any:
    for chatty in ("weasyprint.progress", "fontTools"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    engine = import_module("weasyprint")
    import_module("weasyprint.urls")
    import_module("weasyprint.text.fonts")
    return engine

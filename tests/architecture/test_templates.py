"""Pages hold no inline style or script, nothing is marked safe by hand, no template lies about unused."""

from __future__ import annotations

import re

import pytest

from tests.architecture.source import ROOT, modules, templates

INLINE = re.compile(
    r"""(?P<style>\sstyle\s*=|<style[\s>])|(?P<script><script\b(?![^>]*\ssrc=))|(?P<handler>\son[a-z]+\s*=\s*["'])|(?P<link>javascript:)""",
    re.IGNORECASE,
)
SAFE = re.compile(r"\|\s*(safe|safeseq)\b|\{%\s*autoescape\s+off")
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", re.DOTALL)
# Python that may say that markup is safe, each building it from escaped parts.
SAFE_MAKERS = {
    "ground/svg/": "drawings, built from escaped parts",
    "ground/templatetags/": "the portal's own tags",
    "scoring/templatetags/": "rows and options of the review, built from escaped parts",
    "applications/queries/images.py": "rules.markup.to_html escapes every letter the applicant wrote",
}
# Chosen by Django or by the error handlers, by these names.
BY_NAME = {"400.html", "403.html", "404.html", "500.html"}


def bare(text: str) -> str:
    return COMMENT.sub("", text)


def test_no_inline_style_script_or_handler() -> None:
    found = {
        name: match.group().strip()
        for name, text in templates().items()
        if (match := INLINE.search(bare(text)))
    }
    assert found == {}


def test_nothing_is_declared_safe_in_a_template() -> None:
    found = {name for name, text in templates().items() if SAFE.search(bare(text))}
    assert found == set()


def test_only_drawings_and_tags_make_safe_markup() -> None:
    found = {
        module.path
        for module in modules()
        if re.search(r"\bmark_safe\(|\bSafeString\(|\bhtml_safe\b|__html__", module.text)
    }
    assert {path for path in found if not path.startswith(tuple(SAFE_MAKERS))} == set()


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<script type="text/javascript">x</script>',
        '<a onclick="go()">',
        "<img onerror = 'x()'>",
        '<a href="javascript:go()">',
    ],
)
def test_every_inline_thing_is_found(markup: str) -> None:
    assert INLINE.search(markup)


@pytest.mark.parametrize(
    "markup",
    ['<script src="/static/js/portal.js" defer></script>', "<style-guide>", '<p class="once">', "公示 on=”"],
)
def test_what_the_policy_allows_is_free(markup: str) -> None:
    assert not INLINE.search(markup)


@pytest.mark.parametrize("markup", ["{{ text|safe }}", "{{ rows | safeseq }}", "{% autoescape off %}"])
def test_every_declaration_is_found(markup: str) -> None:
    assert SAFE.search(markup)


def test_no_template_is_orphaned() -> None:
    source = "\n".join(module.text for module in modules())
    orphans = {
        name
        for name in templates()
        if name not in BY_NAME
        and name not in source
        and not any(name in text for key, text in templates().items() if key != name)
        and not _named_in_parts(name, source)
    }
    assert orphans == set()


def _named_in_parts(name: str, source: str) -> bool:
    """Whether a name is put together, as f"documents/{kind}.html"."""
    folder = name.rpartition("/")[0]
    stem = name.rpartition("/")[2].partition(".")[0]
    return bool(re.search(rf'f"{re.escape(folder)}/\{{[^"]*\.html"', source)) and f'"{stem}"' in source


def test_every_template_that_is_named_is_there() -> None:
    named = {
        match
        for text in [*(module.text for module in modules()), *(bare(text) for text in templates().values())]
        for match in re.findall(r'"((?:[a-z_]+/)+[a-z_]+\.html)"', text)
    }
    assert {name for name in named if not (ROOT / "templates" / name).is_file()} == set()

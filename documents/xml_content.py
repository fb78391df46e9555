"""Whether a file carried in a PDF is plain XML data, as electronic invoices (数电发票) carry it: nothing that acts."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

# A namespace or element that a program shows or runs instead of reading it as data.
_ACTING_NAMESPACES: Final = (
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/1999/xsl/transform",
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xsl/format",
    "http://www.w3.org/1998/math/mathml",
)
_ACTING_ELEMENTS: Final = frozenset(
    {"script", "stylesheet", "transform", "html", "svg", "iframe", "object", "embed"}
)
_CHINESE: Final = re.compile(rb"^<\?xml[^>]{0,200}encoding=[\"'](gb2312|gbk|gb18030)[\"']", re.IGNORECASE)


class _NotPlain(Exception):
    """Well-formed or not, it is more than data."""


def is_plain(content: bytes) -> bool:
    """Whether `content` is well-formed XML without doctype, entities, stylesheets or other instructions, and elements
    that act. Nothing outside it is read.
    """
    try:
        chinese = _CHINESE.match(content[:300])
        text: str | bytes = content.decode("gb18030") if chinese else content
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = _element
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.ProcessingInstructionHandler = _refuse
        parser.Parse(text, True)
    except (_NotPlain, expat.ExpatError, ValueError, LookupError):
        return False
    return True


def _element(name: str, attributes: dict[str, str]) -> None:
    namespace, _, local = name.rpartition(" ")
    if namespace.lower() in _ACTING_NAMESPACES or local.lower() in _ACTING_ELEMENTS:
        raise _NotPlain
    if any(value.strip().lower().startswith("javascript:") for value in attributes.values()):
        raise _NotPlain


def _refuse(*declared: object) -> None:
    raise _NotPlain

"""What a PDF does besides being read: scripts, actions that start by themselves, files and media carried inside."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

from documents import xml_content
from ground.errors import Refused

# Objects looked at before a PDF counts as too intricate, some ten seconds' work, for which no transaction waits
# (documents.services: look_into, append_chunk); 200 pages of 20 links need 13,000.
MAX_STEPS: Final = 150_000
# Bytes of the XML data that an electronic invoice carries; real ones have some kilobytes.
MAX_DATA: Final = 2 * 1024 * 1024
# Mentions of carried files: each is unpacked and read, twice at most.
MAX_CARRIED: Final = 40
_ACTS: Final = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/Rendition",
        "/RichMediaExecute",
        "/Movie",
        "/Sound",
    }
)
_LEAVES: Final = frozenset({"/URI", "/GoToR", "/GoToE"})
_CARRIES: Final = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})
# Drawing, fonts, structure and places to jump to: large, and nothing in them starts anything.
_PASSED_OVER: Final = frozenset(
    {
        "/AP", "/Border", "/C", "/Contents", "/DR", "/Dests", "/IDTree", "/MediaBox", "/Metadata", "/OCProperties",
        "/OutputIntents", "/PageLabels", "/ParentTree", "/PieceInfo", "/QuadPoints", "/Rect", "/Resources", "/SE",
        "/StructTreeRoot", "/Thumb",
    }
)  # fmt: skip
# How a dictionary is reached: by nothing special, as the table of an event's actions, or as an action that an event starts.
_PLAIN, _EVENTS, _STARTED = range(3)


def check(file: BinaryIO) -> int:
    """How many pages the PDF has. Codes: file_encrypted, file_broken, file_scripts, file_embedded, file_bomb."""
    try:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted:
            raise Refused("file_encrypted", "PDF 设有密码或使用限制。请取消密码和限制后重新上传。")
        pages = len(reader.pages)
        carried = 0
        for dictionary, started in _dictionaries(reader):
            _check_dictionary(dictionary, started=started)
            carried += _is_carried(dictionary)
            if carried > MAX_CARRIED:
                raise _carries()
    except Refused:
        raise
    except (
        Exception
    ) as error:  # whatever a hostile file brings the parser to, it is one thing: not a sound PDF
        raise Refused("file_broken", "PDF 已损坏，无法打开。请重新导出后上传。") from error
    if not pages:
        raise Refused("file_broken", "PDF 里没有任何页面。请重新导出后上传。")
    return pages


def _dictionaries(reader: pypdf.PdfReader) -> Iterator[tuple[DictionaryObject, bool]]:
    """Every dictionary that the catalog leads to but for what draws, and whether an event starts it as an action."""
    waiting: list[tuple[object, int]] = [(reader.root_object, _PLAIN)]
    seen: set[tuple[int, int, int]] = set()
    steps = 0
    while waiting:
        value, reached = waiting.pop()
        steps += 1
        if steps > MAX_STEPS:
            raise Refused("file_bomb", "PDF 内部过于复杂，无法检查。请打印为 PDF，或分成几个文件，再上传。")
        if isinstance(value, IndirectObject):
            if (key := (value.idnum, value.generation, reached)) in seen:
                continue
            seen.add(key)
            value = value.get_object()
        if isinstance(value, ArrayObject):
            waiting.extend((item, reached) for item in list.__iter__(value) if _leads_on(item))
        elif isinstance(value, DictionaryObject):
            yield value, reached == _STARTED
            waiting.extend(
                (item, _reached(key, reached))
                for key, item in dict.items(value)
                if key not in _PASSED_OVER and _leads_on(item)
            )


def _leads_on(item: object) -> bool:
    return isinstance(item, IndirectObject | ArrayObject | DictionaryObject)


def _reached(key: str, reached: int) -> int:
    if key == "/AA":
        return _EVENTS
    if key == "/OpenAction" or reached == _EVENTS or (reached == _STARTED and key == "/Next"):
        return _STARTED
    return _PLAIN


def _check_dictionary(found: DictionaryObject, *, started: bool) -> None:
    action = _word(found, "/S")
    if (
        action in _ACTS
        or "/JS" in found
        or "/XFA" in found
        or (started and action in _LEAVES)
        or _word(found, "/URI").strip().lower().startswith("javascript:")
    ):
        raise Refused(
            "file_scripts",
            "PDF 含有脚本，或打开、点击时会自动执行的动作。请用“打印为 PDF”另存一份（打印后不再含有这些），再上传。",
        )
    if (
        ("/EF" in found and not _carries_data(found["/EF"]))
        or (_word(found, "/Type") == "/EmbeddedFile" and not _is_data(found))
        or _word(found, "/Subtype") in _CARRIES
    ):
        raise _carries()


def _carries() -> Refused:
    return Refused(
        "file_embedded",
        "PDF 里夹带附件或音视频（电子发票自带的 XML 数据除外）。请删去附件，或打印为 PDF 再上传；"
        "附件需要提交的，请单独上传。",
    )


def _is_carried(found: DictionaryObject) -> bool:
    return "/EF" in found or _word(found, "/Type") == "/EmbeddedFile"


def _carries_data(files: object) -> bool:
    """Whether every file under /EF is plain XML, as an electronic invoice (数电发票) carries its data."""
    found = files.get_object() if isinstance(files, PdfObject) else files
    if not isinstance(found, DictionaryObject) or not found:
        return False
    return all(_is_data(value.get_object()) for value in dict.values(found))


def _is_data(found: object) -> bool:
    """Whether a stream is plain XML of a bounded size, unpacked no further than that."""
    if not isinstance(found, StreamObject) or "/F" in found or "/DecodeParms" in found:
        return False
    packed: bytes = found._data
    filters = found.get("/Filter", ())
    names = list(filters) if isinstance(filters, ArrayObject) else [filters] if filters else []
    if len(packed) > MAX_DATA or names not in ([], ["/FlateDecode"]):
        return False
    if names:
        unpacker = zlib.decompressobj()
        packed = unpacker.decompress(packed, MAX_DATA + 1)
        if not unpacker.eof:
            return False
    return len(packed) <= MAX_DATA and xml_content.is_plain(packed)


def _word(found: DictionaryObject, key: str) -> str:
    raw = found.get(key)
    value = raw.get_object() if isinstance(raw, PdfObject) else raw
    return value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else ""

"""What a Word or Excel file carries besides its text: macros, controls, embedded files, links that load by themselves."""

from __future__ import annotations

import io
import lzma
import posixpath
import zipfile
import zlib
from typing import BinaryIO, Final
from xml.parsers import expat

from ground.errors import Refused

OFFICE_PARTS: Final = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_RATIO_COUNTS_FROM: Final = 10 * 1024 * 1024
_TYPES: Final = "[Content_Types].xml"
_MAX_MEMBERS: Final = 10_000
_MAX_UNPACKED: Final = 500 * 1024 * 1024
_MAX_RATIO: Final = 200
_MAX_DESCRIPTION: Final = 30 * 1024 * 1024
_MAX_EMBEDDED: Final = 50 * 1024 * 1024
_MACRO_NAMES: Final = ("vbaproject.bin", "vbadata.xml")
_MACRO_FOLDERS: Final = ("/macrosheets/", "/activex/")
_MACRO_TYPES: Final = ("macroenabled", "macrosheet", "vbaproject", "activex")
_MACRO_LINKS: Final = frozenset(
    {"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet", "control", "activexcontrolbinary"}
)
_OBJECT_LINKS: Final = frozenset({"oleobject", "afchunk"})
# Opened only by a click, shown as a picture, or asked about by Excel before it reads them.
_HARMLESS_OUTSIDE: Final = frozenset(
    {
        "hyperlink",
        "image",
        "externallinkpath",
        "xlpathmissing",
        "xlstartup",
        "xlalternatestartup",
        "xllibrary",
    }
)


def check(file: BinaryIO) -> None:
    """Refuse what acts or hides in a docx or xlsx, and archives that are broken or made to burst.

    1. Sizes, before anything is unpacked. 2. Names, content types and relations of the parts. 3. Embedded packages:
    the data behind a chart may be a docx or xlsx that itself passes and embeds nothing. 4. Every member is read once.
    Codes: file_bomb, file_encrypted, file_broken, file_macros, file_embedded, file_external.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            _check_parts(archive, may_embed=True)
            if archive.testzip() is not None:
                raise _broken()
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        expat.ExpatError,
        OSError,
        ValueError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise _broken() from error


def _check_parts(archive: zipfile.ZipFile, *, may_embed: bool) -> None:
    members = {_path(member): member for member in archive.infolist() if not member.is_dir()}
    _check_sizes(archive.infolist())
    if any(member.flag_bits & 1 for member in members.values()):
        raise Refused("file_encrypted", "文件设有打开密码。请取消密码后重新上传。")
    if len(members) < sum(not member.is_dir() for member in archive.infolist()):
        raise _broken()  # Two parts of one name: which of them opens depends on the program.
    described = [member for path, member in members.items() if path.endswith(".rels")]
    if _TYPES.lower() in members:
        described.append(members[_TYPES.lower()])
    if sum(member.file_size for member in described) > _MAX_DESCRIPTION:
        raise _too_large()
    if any(path.endswith(_MACRO_NAMES) or any(f in f"/{path}" for f in _MACRO_FOLDERS) for path in members):
        raise _macros()
    for member in described:
        for attributes in _elements(archive.read(member)):
            _check_type(attributes)
            _check_relation(attributes)
    for path, member in members.items():
        if "/embeddings/" in f"/{path}":
            _check_embedded(archive, member, may_embed=may_embed)


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    if (
        len(members) > _MAX_MEMBERS
        or sum(member.file_size for member in members) > _MAX_UNPACKED
        or any(_bursts(member) for member in members)
    ):
        raise _too_large()


def _check_type(attributes: dict[str, str]) -> None:
    said = attributes.get("ContentType", "").lower()
    if any(word in said for word in _MACRO_TYPES):
        raise _macros()


def _check_relation(attributes: dict[str, str]) -> None:
    kind = attributes.get("Type", "").strip().rsplit("/", 1)[-1].lower()
    target = attributes.get("Target", "")
    if kind in _MACRO_LINKS:
        raise _macros()
    if kind == "attachedtemplate":
        raise Refused(
            "file_external",
            "文件链接着外部模板，打开时会从别处读取。请删去外部模板（“开发工具—文档模板”里改为 Normal）"
            "并保存，或打印为 PDF 再上传。",
        )
    if attributes.get("TargetMode", "").strip().lower() == "external":
        if kind not in _HARMLESS_OUTSIDE:
            raise Refused(
                "file_external",
                "文件链接着文件以外的内容，打开时会从别处读取。请断开链接，把内容放进文件，或打印为 PDF 再上传。",
            )
    elif kind in _OBJECT_LINKS or (
        kind == "package" and posixpath.dirname(posixpath.normpath(target)).rsplit("/", 1)[-1] != "embeddings"
    ):
        raise _embedded(target)


def _check_embedded(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, may_embed: bool) -> None:
    if not may_embed or member.file_size > _MAX_EMBEDDED:
        raise _embedded(member.filename)
    content = archive.read(member)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inner:
            if not content.startswith(b"PK") or not OFFICE_PARTS.keys() & set(inner.namelist()):
                raise _embedded(member.filename)
            _check_parts(inner, may_embed=False)
    except (Refused, zipfile.BadZipFile) as error:
        raise _embedded(member.filename) from error


def _elements(content: bytes) -> list[dict[str, str]]:
    """The attributes of every element; ExpatError or Refused for what is no part of an Office file."""
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append(attributes)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(content, True)
    return found


def _refuse_doctype(*declared: object) -> None:
    raise _broken()


def _path(member: zipfile.ZipInfo) -> str:
    return member.filename.replace("\\", "/").lstrip("/").lower()


def _bursts(member: zipfile.ZipInfo) -> bool:
    return member.file_size > _RATIO_COUNTS_FROM and member.file_size > _MAX_RATIO * max(
        member.compress_size, 1
    )


def _broken() -> Refused:
    return Refused("file_broken", "文件已损坏，无法打开。请重新导出后上传。")


def _too_large() -> Refused:
    return Refused("file_bomb", "文件解压后过大，不予接收。请精简文件，或分成几个文件上传。")


def _macros() -> Refused:
    return Refused(
        "file_macros",
        "文件含有宏（包括 Excel 4.0 宏表）或控件。请删去宏和控件，另存为不含宏的 docx 或 xlsx 后上传，"
        "或打印为 PDF 再上传。",
    )


def _embedded(name: str) -> Refused:
    shown = name.replace("\\", "/").rsplit("/", 1)[-1][:60]
    return Refused(
        "file_embedded",
        f"文件里嵌有别的文件或对象（{shown}）。请删去它，或把它粘贴为图片，或打印为 PDF 再上传；"
        "嵌入的文件需要提交的，请单独上传。",
    )

"""The fonts of official documents: whole files only, found by path, since a fresh machine has no Chinese font.

GB/T 9704 asks for 仿宋, 楷体, 黑体, 小标宋. Licensed faces come first, installed or as files in FONT_DIR; free ones
stand in for them (Fandol in FONT_DIR; Noto from the package index, which has every character). Fonts cut into
ranges for the web print wrong characters without a warning: none is used here.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from django.conf import settings

log = logging.getLogger(__name__)

NOTO_PACKAGE: Final = "pylopdf_fonts_zh_cn"


@dataclass(frozen=True)
class Face:
    """One typeface of the standard: the family names of licensed fonts, and files for it, the best first."""

    family: str
    installed: tuple[str, ...]
    files: tuple[str, ...]


FACES: Final = (
    Face(
        "Document FangSong",
        ("FangSong_GB2312", "仿宋_GB2312"),
        ("FangSong_GB2312.ttf", "仿宋_GB2312.ttf", "FandolFang-Regular.otf"),
    ),
    Face(
        "Document KaiTi",
        ("KaiTi_GB2312", "楷体_GB2312"),
        ("KaiTi_GB2312.ttf", "楷体_GB2312.ttf", "FandolKai-Regular.otf"),
    ),
    Face("Document HeiTi", ("SimHei", "黑体"), ("simhei.ttf", "黑体.ttf", "NotoSansSC-Regular.otf")),
    Face(
        "Document BiaoSong",
        ("FZXiaoBiaoSong-B05S", "方正小标宋简体"),
        ("FZXBSJW.TTF", "FZXiaoBiaoSong-B05S.ttf", "方正小标宋简体.ttf", "FandolSong-Bold.otf"),
    ),
    Face("Document SongTi", ("SimSun", "宋体"), ("simsun.ttf", "宋体.ttf", "NotoSerifSC-Regular.otf")),
)
FALLBACK: Final = "Document SongTi"


@lru_cache(maxsize=4)
def stylesheet(font_dir: Path) -> tuple[str, frozenset[str]]:
    """The CSS that names the fonts (@font-face, and a variable for each face), and the addresses it refers to."""
    rules: list[str] = []
    variables: list[str] = []
    addresses: set[str] = set()
    for face in FACES:
        path = _first_there(face.files, font_dir)
        chain = [f"'{name}'" for name in face.installed]
        if path is None:
            log.warning("no font file for %s in %s: the text falls back to Noto Serif", face.family, font_dir)
        else:
            address = path.as_uri()
            addresses.add(address)
            rules.append(f"@font-face {{ font-family: '{face.family}'; src: url('{address}'); }}")
            chain.append(f"'{face.family}'")
        if face.family != FALLBACK:
            chain.append(f"'{FALLBACK}'")
        variables.append(f"--{face.family.split()[1].lower()}: {', '.join(chain)}, serif;")
    rules.append(f":root {{ {' '.join(variables)} }}")
    return "\n".join(rules), frozenset(addresses)


def current() -> tuple[str, frozenset[str]]:
    return stylesheet(Path(settings.FONT_DIR))


def file_of(family: str) -> Path | None:
    """The file that stands for a family on this machine."""
    (face,) = (face for face in FACES if face.family == family)
    return _first_there(face.files, Path(settings.FONT_DIR))


def _first_there(names: tuple[str, ...], font_dir: Path) -> Path | None:
    """The first of `names` in FONT_DIR or in the package with the Noto fonts."""
    spec = find_spec(NOTO_PACKAGE)
    packaged = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    candidates = (folder / name for name in names for folder in (font_dir, *packaged))
    return next((path.resolve() for path in candidates if path.is_file()), None)

"""Documents as they come out of the machine: pages, fonts, and the marks on the paper."""

from __future__ import annotations

import io
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from documents import fonts, pdf, rules
from documents.templatetags.typesetting import document_date
from ground.errors import Refused

CERTIFICATE = {
    "scheme_name": "苏州工业园区质量奖",
    "organisation": "苏州喆堃精密科技有限公司",
    "title": "2026年度质量奖",
    "certificate_number": "园质〔2026〕001",
    "awarded_on": date(2026, 11, 3),
    "valid_until": date(2029, 11, 2),
    "issuer": "苏州工业园区管理委员会",
    "check_url": "https://quality.example/certificates/7F3K9Q2M/",
    "seal_slot": True,
}
NOTICE = {
    "issuer": "苏州工业园区管理委员会",
    "number": "苏园质评〔2026〕5号",
    "title": "关于2026年度苏州工业园区质量奖拟获奖组织名单的公示",
    "body": "现将名单公示如下。\n一、质量奖\n（一）名单\n" + "对名单有异议的，请以书面形式提出。\n" * 30,
    "tables": [{"head": ["奖项", "组织"], "rows": [["质量奖", "苏州<b>喆堃</b>有限公司"]]}],
    "date": date(2026, 9, 28),
    "digest": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    "annexes": [{"title": "申报材料清单", "body": "一、申报表"}],
}


@pytest.fixture(autouse=True)
def _fonts_of_this_machine(settings: Any) -> None:
    found = [Path(settings.BASE_DIR) / "var" / "fonts", Path(settings.FONT_DIR)]
    settings.FONT_DIR = next(
        (place for place in found if (place / "FandolFang-Regular.otf").exists()), found[-1]
    )


def picture_of(content: bytes, folder: Path, page: int = 1, points: int = 100) -> Image.Image:
    """A page as a picture in grey, `points` dots an inch."""
    (folder / "document.pdf").write_bytes(content)
    subprocess.run(
        ["pdftoppm", "-r", str(points), "-f", str(page), "-l", str(page), "-singlefile", "-gray", "-png",
         str(folder / "document.pdf"), str(folder / "page")],
        check=True,
    )  # fmt: skip
    with Image.open(folder / "page.png") as picture:
        return picture.convert("L")


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def fonts_in(content: bytes) -> dict[str, Any]:
    found = {}
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            found[font.get_object()["/BaseFont"].partition("+")[2]] = font.get_object()
    return found


def test_a_certificate_is_one_page_across(tmp_path: Path) -> None:
    content = pdf.render("documents/certificate.html", CERTIFICATE)
    (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
    assert (round(page.mediabox.width / 72 * 25.4), round(page.mediabox.height / 72 * 25.4)) == (297, 210)
    words = text_of(content).replace("\n", "").replace(" ", "")
    for expected in ("苏州喆堃精密科技有限公司", "2026年度质量奖", "园质〔2026〕001", "2029年11月2日"):
        assert expected in words
    picture = picture_of(content, tmp_path)
    assert ink(picture, (0, 0, 1, 1)) > 0.01
    assert ink(picture, (0.32, 0.1, 0.68, 0.2)) > 0.02, "the name of the award"
    assert 0.2 < ink(picture, (0.115, 0.75, 0.2, 0.88)) < 0.7, "the QR code"
    assert ink(picture, (0.6, 0.7, 0.9, 0.85)) > 0.005, "the signature"


def test_every_character_is_drawn_as_itself(tmp_path: Path) -> None:
    """Each character on the page looks like itself, drawn from the font file, and like no other of the line.

    Text taken out of a PDF does not show this: fonts cut into ranges once printed 技意后作工作全公 where the text
    layer still said 技术奖励工作办公.
    """
    line = "国家科学技术奖励工作办公室喆堃燚〇龑"
    content = pdf.render("documents/certificate.html", CERTIFICATE | {"organisation": line})
    page = picture_of(content, tmp_path, points=200)
    cell, left = 22 / 72 * 200, 34 / 25.4 * 200
    printed = [
        page.crop((round(left + n * cell), 550, round(left + (n + 1) * cell), 720)) for n in range(len(line))
    ]
    files = [fonts.file_of("Document KaiTi"), fonts.file_of("Document SongTi")]
    drawn = {character: [shape(glyph(character, file)) for file in files if file] for character in set(line)}
    for character, picture in zip(line, printed, strict=True):
        found = shape(picture)
        likeness = {other: min(distance(found, each) for each in shapes) for other, shapes in drawn.items()}
        assert min(likeness, key=lambda other: likeness[other]) == character, likeness


def test_every_font_is_embedded_from_a_whole_file() -> None:
    embedded = fonts_in(pdf.render("documents/official_notice.html", NOTICE))
    assert {"Document-HeiTi", "Document-SongTi"} <= set(embedded)
    assert all(name.startswith("Document-") for name in embedded), (
        f"a font of the machine was used: {embedded}"
    )


def test_an_official_notice_after_the_standard(tmp_path: Path) -> None:
    content = pdf.render("documents/official_notice.html", NOTICE)
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    assert len(pages) == 4
    assert all(round(page.mediabox.width / 72 * 25.4) == 210 for page in pages)
    words = text_of(content).replace("\n", "").replace(" ", "")
    assert "苏园质评〔2026〕5号" in words
    assert "2026年9月28日" in words
    assert str(NOTICE["digest"]) in words
    assert "—1—" in words
    assert "<b>喆堃</b>" in words, "text stays text"
    assert words.index("附件申报材料清单") > words.index("2026年9月28日")
    picture = picture_of(content, tmp_path)
    assert ink(picture, (0, 0, 1, 71 / 297)) == 0, "nothing above the mark: 37 mm margin and 35 mm within"
    assert ink(picture, (0, 0.1, 27 / 210, 0.9)) == 0, "the binding side is 28 mm"
    assert ink(picture, (185 / 210, 0.1, 1, 0.88)) == 0, "the other side is 26 mm"
    assert ink(picture, (0.1, 72 / 297, 0.9, 90 / 297)) > 0.03, "the mark"


def test_the_text_brings_no_file_of_the_machine_into_the_document(tmp_path: Path) -> None:
    (tmp_path / "secret.css").write_text("body { color: red }")
    hostile = (
        f'<link rel="stylesheet" href="file://{tmp_path}/secret.css"><img src="http://127.0.0.1:9/x.png">'
    )
    content = pdf.render("documents/official_notice.html", NOTICE | {"body": hostile})
    assert "secret.css" in text_of(content), "printed as text, not followed"


def test_without_pango_the_refusal_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Any:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf, "_load", missing)
    with pytest.raises(Refused) as caught:
        pdf.render("documents/certificate.html", CERTIFICATE)
    assert caught.value.code == "pdf_unavailable"
    assert not pdf.available()


def test_without_the_fandol_fonts_documents_still_come_out(settings: Any, tmp_path: Path) -> None:
    settings.FONT_DIR = tmp_path
    content = pdf.render("documents/certificate.html", CERTIFICATE)
    assert set(fonts_in(content)) == {"Document-SongTi", "Document-HeiTi"}


def test_licensed_fonts_come_first(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "FangSong_GB2312.ttf").write_bytes(b"licensed")
    css, addresses = fonts.stylesheet(tmp_path)
    assert (
        "--fangsong: 'FangSong_GB2312', '仿宋_GB2312', 'Document FangSong', 'Document SongTi', serif;" in css
    )
    assert (tmp_path / "FangSong_GB2312.ttf").as_uri() in addresses


def test_levels_of_text() -> None:
    text = "一、总则\n（二）条件\n3. 申报\n（4）材料\n2026年度\n1.5 倍\n\n十二、附则"
    assert [paragraph.level for paragraph in rules.paragraphs(text)] == [1, 2, 3, 4, 0, 0, 1]


def test_the_mark_fits_on_one_line() -> None:
    assert rules.mark_points("苏州市人民政府") == 48
    assert rules.mark_points("苏州工业园区质量奖评定委员会办公室") * 17 < 156 / 25.4 * 72
    styles = (pdf.STYLES / "official_notice.css").read_text(encoding="utf-8")
    for points in range(rules.MARK_SMALLEST, rules.MARK_LARGEST + 1):
        assert f".mark-{points} {{ font-size: {points}pt; }}" in styles


def test_dates_without_leading_zeros() -> None:
    assert document_date(date(2026, 9, 8)) == "2026年9月8日"
    assert document_date(None) == ""


def glyph(character: str, file: Path) -> Image.Image:
    picture = Image.new("L", (120, 120), "white")
    ImageDraw.Draw(picture).text((20, 10), character, font=ImageFont.truetype(str(file), 61), fill="black")
    return picture


def shape(picture: Image.Image) -> bytes:
    """What is drawn, cut out and brought to one size."""
    box = ImageChops.invert(picture).point(lambda tone: 255 if tone > 96 else 0).getbbox()
    assert box is not None, "nothing is drawn"
    return picture.crop(box).resize((24, 24)).tobytes()


def distance(one: bytes, other: bytes) -> int:
    return sum(abs(left - right) for left, right in zip(one, other, strict=True))


def ink(picture: Image.Image, part: tuple[float, float, float, float]) -> float:
    """The share of dark dots in a part of the page, given in fractions of its width and height."""
    left, top, right, bottom = part
    width, height = picture.size
    box = picture.crop(
        (round(left * width), round(top * height), round(right * width), round(bottom * height))
    )
    return sum(box.histogram()[:200]) / (box.width * box.height)

"""Files that act or hide something, each beside a clean twin that differs in just that."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from documents import inspection, pdf_content
from ground.errors import Refused
from tests.documents.builders import MACRO_TYPES, archive_of, pdf_of

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships/"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
MACRO_SHEET = b'<Types><Override ContentType="application/vnd.ms-excel.macrosheet+xml"/></Types>'


def verdict(content: bytes) -> str:
    """The kind of what is taken, or the code of the refusal, which says what to do."""
    try:
        return inspection.inspect(io.BytesIO(content), kinds=inspection.KINDS).kind
    except Refused as refused:
        return refused.code if "上传" in str(refused) else str(refused)


# ---- Office


def docx(parts: dict[str, bytes] | None = None) -> bytes:
    return archive_of({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<d/>"} | (parts or {}))


def xlsx(parts: dict[str, bytes] | None = None) -> bytes:
    return archive_of({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"} | (parts or {}))


def relation(kind: str, target: str, mode: str = "Internal", encoding: str = "utf-8") -> bytes:
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><Relationships><Relationship Id="r1" Type="{kind}" '
        f'Target="{target}" TargetMode="{mode}"/></Relationships>'
    ).encode(encoding)


RELATIONS = "word/_rels/document.xml.rels"
SETTINGS = "word/_rels/settings.xml.rels"
CHART = "word/charts/_rels/chart1.xml.rels"
TEMPLATE = OFFICE + "attachedTemplate"


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (xlsx({"xl/worksheets/sheet1.xml": b"<s/>"}), "xlsx"),
        (xlsx({"xl/macrosheets/sheet1.xml": b"<s/>"}), "file_macros"),
        (xlsx({"xl/printerSettings/printerSettings1.bin": b"p"}), "xlsx"),
        (xlsx({"xl/activeX/activeX1.bin": b"x"}), "file_macros"),
        (xlsx({"[Content_Types].xml": MACRO_SHEET}), "file_macros"),
        (xlsx({"[Content_Types].xml": MACRO_SHEET.decode().encode("utf-16")}), "file_macros"),
        (xlsx({"xl/_rels/workbook.xml.rels": relation(OFFICE + "worksheet", "a.xml")}), "xlsx"),
        (xlsx({"xl/_rels/workbook.xml.rels": relation(MICROSOFT + "xlMacrosheet", "a.xml")}), "file_macros"),
        (xlsx({"xl/_rels/a.rels": relation(OFFICE + "externalLinkPath", "b.xlsx", "External")}), "xlsx"),
        (docx({"word/media/image1.png": b"p", "word/fonts/font1.odttf": b"f"}), "docx"),
        (docx({"word/embeddings/oleObject1.bin": OLE}), "file_embedded"),
        (docx({"word\\embeddings\\oleObject1.bin": OLE}), "file_embedded"),
        (docx({"word/embeddings/a.xlsx": xlsx(), CHART: relation(OFFICE + "package", "../embeddings/a.xlsx")}), "docx"),
        (docx({CHART: relation(OFFICE + "package", "../media/a.xlsx")}), "file_embedded"),
        (docx({"word/embeddings/a.xlsx": xlsx({"xl/vbaProject.bin": b"m"})}), "file_embedded"),
        (docx({"word/embeddings/a.docx": docx({"word/embeddings/b.docx": docx()})}), "file_embedded"),
        (docx({"word/embeddings/a.docm": docx({"[Content_Types].xml": MACRO_TYPES})}), "file_embedded"),
        (docx({"word/embeddings/a.docx": OLE + docx()}), "file_embedded"),
        (docx({"word/embeddings/a.xlsx": archive_of({"a.exe": b"MZ"})}), "file_embedded"),
        (docx({RELATIONS: relation(OFFICE + "oleObject", "media/image1.png")}), "file_embedded"),
        (docx({RELATIONS: relation(OFFICE + "aFChunk", "chunk.html")}), "file_embedded"),
        (docx({RELATIONS: relation(OFFICE + "hyperlink", "https://example.cn/", "External")}), "docx"),
        (docx({RELATIONS: relation(OFFICE + "image", "media/image1.png")}), "docx"),
        (docx({RELATIONS: relation(OFFICE + "oleObject", "https://example.cn/", "External")}), "file_external"),
        (docx({RELATIONS: relation(OFFICE + "frame", "https://example.cn/", "External")}), "file_external"),
        (docx({SETTINGS: relation(TEMPLATE, "https://example.cn/a.dotm", "External")}), "file_external"),
        (docx({SETTINGS: relation(TEMPLATE, "file:///C:/a.dotm", "External", "utf-16")}), "file_external"),
        (docx({RELATIONS: b"<Relationships/>"}), "docx"),
        (docx({RELATIONS: b"<!DOCTYPE a [<!ENTITY b 'c'>]><Relationships/>"}), "file_broken"),
        (docx({"WORD/document.xml": b"<other/>"}), "file_broken"),
    ],
)  # fmt: skip
def test_an_office_file_that_acts_or_hides_something(content: bytes, outcome: str) -> None:
    assert verdict(content) == outcome


# ---- PDF


def named(**entries: PdfObject | str) -> DictionaryObject:
    return DictionaryObject(
        {
            NameObject(f"/{key}"): value if isinstance(value, PdfObject) else NameObject(value)
            for key, value in entries.items()
        }
    )


def script() -> DictionaryObject:
    return named(S="/JavaScript", JS=TextStringObject("app.alert(1)"))


def uri(address: str = "https://example.cn/") -> DictionaryObject:
    return named(S="/URI", URI=TextStringObject(address))


def goto(page: PdfObject) -> ArrayObject:
    return ArrayObject([page, NameObject("/Fit")])


def built(change: Callable[[pypdf.PdfWriter, DictionaryObject, PdfObject], None]) -> bytes:
    """A page with what `change` adds, given the writer, the catalog and the page (as a reference)."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(width=595, height=842).indirect_reference
    assert page is not None
    change(writer, writer.root_object, page)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def in_catalog(**entries: PdfObject | str) -> bytes:
    return built(lambda writer, catalog, page: catalog.update(named(**entries)))


def annotated(**entries: PdfObject | str) -> bytes:
    def change(writer: pypdf.PdfWriter, catalog: DictionaryObject, page: PdfObject) -> None:
        box = ArrayObject([NumberObject(number) for number in (0, 0, 9, 9)])
        note = writer._add_object(named(Type="/Annot", Rect=box, **entries))
        writer.pages[0][NameObject("/Annots")] = ArrayObject([note])

    return built(change)


def attached(writer: pypdf.PdfWriter, catalog: DictionaryObject, page: PdfObject) -> None:
    writer.add_attachment("a.exe", b"MZ")


def invoice(*contents: bytes, packed: bool = False, **more: PdfObject | str) -> bytes:
    """A PDF that carries files as an electronic invoice does."""

    def change(writer: pypdf.PdfWriter, catalog: DictionaryObject, page: PdfObject) -> None:
        for number, content in enumerate(contents):
            stream = DecodedStreamObject()
            stream.set_data(content)
            stream.update(named(Type="/EmbeddedFile", **more))
            held = writer._add_object(stream.flate_encode() if packed else stream)
            spec = writer._add_object(named(Type="/Filespec", EF=named(F=held)))
            catalog[NameObject(f"/AF{number}")] = ArrayObject([spec])

    return built(change)


def opening(action: DictionaryObject) -> bytes:
    return in_catalog(OpenAction=action)


def at_first_page(writer: pypdf.PdfWriter, catalog: DictionaryObject, page: PdfObject) -> None:
    writer.pages[0][NameObject("/Annots")] = ArrayObject([named(Subtype="/Link", A=uri())])
    catalog[NameObject("/OpenAction")] = goto(page)


def indirectly(writer: pypdf.PdfWriter, catalog: DictionaryObject, page: PdfObject) -> None:
    kind = writer._add_object(NameObject("/Launch"))
    catalog[NameObject("/OpenAction")] = writer._add_object(named(S=kind, F=TextStringObject("a.exe")))


def on_page_open(writer: pypdf.PdfWriter, catalog: DictionaryObject, page: PdfObject) -> None:
    writer.pages[0][NameObject("/AA")] = named(O=script())


def in_outline(writer: pypdf.PdfWriter, catalog: DictionaryObject, page: PdfObject) -> None:
    writer.add_outline_item(title="一", page_number=0)
    outline = writer.get_outline_root()
    first = outline["/First"]
    assert isinstance(first, DictionaryObject)
    first[NameObject("/A")] = named(S="/Launch")


def drawn(writer: pypdf.PdfWriter, catalog: DictionaryObject, page: PdfObject) -> None:
    stream = DecodedStreamObject()
    stream.set_data(b"/JavaScript /EmbeddedFiles /Launch")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)


FIELD = {"Subtype": "/Widget", "FT": "/Tx"}


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (pdf_of(), "pdf"),
        (b"<html><script>alert(1)</script></html>\n" + pdf_of(), "file_disguised"),
        (b"\n" + pdf_of(), "file_disguised"),
        (built(drawn), "pdf"),
        (built(at_first_page), "pdf"),
        (opening(named(S="/Named", N="/FirstPage")), "pdf"),
        (opening(script()), "file_scripts"),
        (opening(uri()), "file_scripts"),
        (opening(named(S="/Named", N="/FirstPage", Next=ArrayObject([script()]))), "file_scripts"),
        (opening(named(S="/Named", N="/FirstPage", Next=uri())), "file_scripts"),
        (opening(script()).replace(b"/JavaScript", b"/J#61vaScript"), "file_scripts"),
        (built(indirectly), "file_scripts"),
        (built(on_page_open), "file_scripts"),
        (built(in_outline), "file_scripts"),
        (in_catalog(AA=named(WC=uri())), "file_scripts"),
        (in_catalog(Names=named(JavaScript=named(Names=ArrayObject()))), "pdf"),
        (in_catalog(Names=named(JavaScript=named(Names=ArrayObject([TextStringObject("a"), script()])))), "file_scripts"),
        (annotated(Subtype="/Link", A=uri()), "pdf"),
        (annotated(Subtype="/Link", A=uri("JavaScript:alert(1)")), "file_scripts"),
        (annotated(Subtype="/Link", A=named(S="/Launch", F=TextStringObject("a.exe"))), "file_scripts"),
        (annotated(**FIELD), "pdf"),
        (annotated(**FIELD, AA=named(K=script())), "file_scripts"),
        (annotated(**FIELD, Parent=named(AA=named(K=script()))), "file_scripts"),
        (in_catalog(AcroForm=named(Fields=ArrayObject())), "pdf"),
        (in_catalog(AcroForm=named(Fields=ArrayObject(), XFA=ArrayObject())), "file_scripts"),
        (in_catalog(Names=named(EmbeddedFiles=named(Names=ArrayObject()))), "pdf"),
        (built(attached), "file_embedded"),
        (annotated(Subtype="/Text"), "pdf"),
        (annotated(Subtype="/FileAttachment"), "file_embedded"),
        (annotated(Subtype="/RichMedia"), "file_embedded"),
        (in_catalog(AF=ArrayObject([named(Type="/Filespec", EF=named())])), "file_embedded"),
    ],
)  # fmt: skip
def test_a_pdf_that_acts_or_carries_something(content: bytes, outcome: str) -> None:
    assert verdict(content) == outcome


DATA = '<?xml version="1.0" encoding="UTF-8"?><EInvoice xmlns="urn:cn:einvoice"><No>2432</No></EInvoice>'


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (invoice(DATA.encode()), "pdf"),
        (invoice(DATA.encode(), packed=True), "pdf"),
        (invoice(DATA.encode(), DATA.encode("utf-16")), "file_embedded"),
        (invoice(DATA.replace("UTF-8", "UTF-16").encode("utf-16")), "pdf"),
        (invoice(DATA.replace("UTF-8", "GBK").replace("2432", "发票").encode("gbk")), "pdf"),
        (invoice(DATA.encode(), b"MZ"), "file_embedded"),
        (invoice(DATA.encode() + b"<more/>"), "file_embedded"),
        (invoice(b""), "file_embedded"),
        (invoice(archive_of({"OFD.xml": DATA.encode()})), "file_embedded"),
        (invoice(b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"), "file_embedded"),
        (invoice(b"<?xml-stylesheet href='a.xsl'?><a/>"), "file_embedded"),
        (invoice(b"<a xmlns:s='http://www.w3.org/1999/XSL/Transform'><s:x/></a>"), "file_embedded"),
        (invoice(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "file_embedded"),
        (invoice(b"<a><Script/></a>"), "file_embedded"),
        (invoice(b"<a href=' JavaScript:alert(1)'/>"), "file_embedded"),
        (invoice(DATA.encode(), F=TextStringObject("a.exe")), "file_embedded"),
        (invoice(b"<a>" + b" " * pdf_content.MAX_DATA + b"</a>", packed=True), "file_embedded"),
        (invoice(*[DATA.encode()] * (pdf_content.MAX_CARRIED + 1)), "file_embedded"),
    ],
)  # fmt: skip
def test_an_invoice_may_carry_its_data_and_nothing_else(content: bytes, outcome: str) -> None:
    assert verdict(content) == outcome


def test_a_pdf_too_intricate_to_be_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_content, "MAX_STEPS", 60)
    assert verdict(pdf_of(5)) == "pdf"
    assert verdict(pdf_of(60)) == "file_bomb"

"""The demo's reports say truly on which pages their items are."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from pypdf import PdfReader

from awards.law import criteria
from demo.papers import index_of, report_of

ROW = {"name": "苏州样例有限公司", "established": date(2010, 1, 1), "employees": 300, "strength": 60}


def test_each_item_is_on_the_pages_that_the_index_names() -> None:
    codes = [item.code for item in criteria.get("gbt19580-2012").items]
    report = report_of(ROW, 2026, "gbt19580-2012")
    index = index_of(report, codes)
    assert list(index) == codes
    report.seek(0)
    pages = ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(report.read())).pages]
    titles = {item.code: item.title for item in criteria.get("gbt19580-2012").items}
    for code, (first, last) in index.items():
        assert f"{code}{titles[code]}" in pages[first - 1]
        assert first <= last <= len(pages)

"""Names of files fit to be shown."""

from __future__ import annotations

from documents.rules import file_name


def test_a_long_name_keeps_its_beginning_and_its_extension() -> None:
    shown = file_name("../" + "自评报告" * 100 + "终稿.pdf")
    assert shown.startswith("自评报告")
    assert shown.endswith("终稿.pdf")
    assert "…" in shown
    assert len(shown) <= 200


def test_a_name_without_anything_to_show_is_called_a_file() -> None:
    assert file_name("\u202e\x00 . ") == "文件"

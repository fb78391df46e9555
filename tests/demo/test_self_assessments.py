"""The demo's self-assessments fit the criteria, whatever the portal's numbers: every file can be written as it stands."""

from __future__ import annotations

import pytest
import yaml

from awards.law import criteria
from demo.self_assessing import COLUMNS, FOLDER

CODES = [item.code for item in criteria.get("gbt19580-2012").items]
FILES = {path.stem: path for path in FOLDER.glob("*.yaml")}


@pytest.mark.parametrize(
    ("key", "missing", "unscored"),
    [("yunshu", [], []), ("ruian", ["4.7.6", "4.7.7"], ["4.6.3"]), ("hexin", None, ["4.1.3"])],
)
def test_each_file_is_as_far_as_its_story_says(
    key: str, missing: list[str] | None, unscored: list[str]
) -> None:
    rows = yaml.safe_load(FILES[key].read_text(encoding="utf-8"))
    written = [row["code"] for row in rows]
    assert [code for code in CODES if code in written] == written
    if missing is None:
        assert len(written) == 3
    else:
        assert [code for code in CODES if code not in written] == missing
    assert [row["code"] for row in rows if "percent" not in row] == unscored
    assert all(len(figure) in (7, len(COLUMNS)) for row in rows for figure in row.get("figures", []))


def test_no_file_is_left_out() -> None:
    assert set(FILES) == {"yunshu", "ruian", "hexin"}

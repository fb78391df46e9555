"""Criteria: GB/T 19580-2012 adds up, and is not the 2004 edition by mistake."""

from pathlib import Path

import pytest

from awards.law import criteria, source

SHIPPED = Path(criteria.__file__).parent / "criteria" / "gbt19580-2012.yaml"


@pytest.mark.clause("R17")
def test_points() -> None:
    found = criteria.get("gbt19580-2012")
    assert criteria.codes() == ("gbt19580-2012",)
    assert found.total == 1000 == sum(item.points for item in found.items)
    assert len(found.items) == 23
    assert {category.code: category.points for category in found.categories} == {
        "4.1": 110, "4.2": 90, "4.3": 90, "4.4": 130, "4.5": 100, "4.6": 80, "4.7": 400,
    }  # fmt: skip
    assert found.item("4.1.4").parts == ("公共责任", "道德行为", "公益支持")
    assert found.item("4.7.2").kind == "result"
    assert found.item("4.1.2").category == "4.1"
    assert found.factors["result"] == ("水平", "趋势", "对比", "整合")


@pytest.mark.clause("R17")
def test_bands() -> None:
    found = criteria.get("gbt19580-2012")
    assert found.percents == tuple(range(0, 101, 5))
    assert found.band_of(45).percents == (30, 35, 40, 45)
    assert found.band_of(0).text("process") != found.band_of(0).text("result")
    for between in (3, -5, 105):
        with pytest.raises(criteria.NotOnScale):
            found.band_of(between)


def test_unknown() -> None:
    with pytest.raises(criteria.UnknownCriteria):
        criteria.get("gbt19580-2004")
    with pytest.raises(KeyError):
        criteria.get("gbt19580-2012").item("4.1.1")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("total: 1000", "total: 1001", "各类目分值之和应等于总分"),
        ("points: 110,", "points: 111,", "各条目分值之和应等于类目分值"),
        ("percents: [0, 5]", "percents: [0]", "应从 0 到 100 逐步相接"),
        ("step: 5", "step: 0", "不能小于 1"),
        ("kind: result", "kind: magic", "应为其中之一"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(source.Refused, match=said):
        criteria.load(path)

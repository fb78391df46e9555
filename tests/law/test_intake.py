"""Reading a foreign document: what is taken, what is refused, and that every fault is found."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from awards.law.intake import Reader, Repeated


def read(value: object, how: Callable[[Reader], object]) -> tuple[object, list[str]]:
    reader = Reader(value, "x")
    found = how(reader)
    return found, [fault.message for fault in reader.faults]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (600, "600"), ("600.00", "600"), (Decimal("1e2"), "100"), ("1E-2", "0.01"), ("-0", "0"), (Decimal("0e999999"), "0"),
        ("0." + "0" * 59 + "1", "1e-60"),
    ],
)  # fmt: skip
def test_numbers(value: object, number: str) -> None:
    assert read(value, lambda r: r.number(low=0, high=1000)) == (Decimal(number), [])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "应为数字"), (1.5, "应为数字"), (None, "应为数字"), ([], "应为数字"), ("", "应为数字"), (" 1", "应为数字"),
        ("+1", "应为数字"), ("01", "应为数字"), ("1_000", "应为数字"), ("１", "应为数字"), (".5", "应为数字"),
        ("NaN", "应为数字"),
        ("1e9999", "应为数字"), ("1" * 500, "应为数字"),
        (Decimal("NaN"), "应为有限的数字"), (Decimal("-Infinity"), "应为有限的数字"),
        (-1, "应在 0 与 1000 之间"), ("1000.01", "应在 0 与 1000 之间"), (Decimal("1e999999"), "应在 0 与 1000 之间"),
        (Decimal("1e-999999"), "数字过长"),
    ],
)  # fmt: skip
def test_no_numbers(value: object, said: str) -> None:
    number, faults = read(value, lambda r: r.number(low=0, high=1000))
    assert number == 0
    assert len(faults) == 1
    assert said in faults[0]


def test_ranges_open_to_one_side() -> None:
    assert read(-1, lambda r: r.number(low=0))[1] == ["不能小于 0"]
    assert read(2, lambda r: r.number(high=1))[1] == ["不能大于 1"]
    assert "数字过长" in read("1" * 61, Reader.number)[1][0]
    assert read("1" * 60, Reader.whole) == (int("1" * 60), [])
    assert read("1.0", Reader.whole) == (1, [])
    assert read("1.5", Reader.whole) == (0, ["应为整数"])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-02-30", "这一天不存在"), ("20260201", "应为日期"), ("2026-W01-1", "应为日期"), ("0001-01-01", "年份超出"),
        ("9999-12-31", "年份超出"), (20260201, "应为日期"), ("２０２６-02-01", "应为日期"), ("2026-02-01T00:00:00", "应为日期"),
    ],
)  # fmt: skip
def test_no_days(value: object, said: str) -> None:
    assert said in read(value, Reader.day)[1][0]
    assert read("2028-02-29", Reader.day) == (date(2028, 2, 29), [])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-02-01", "带时区的时间"), ("2026-02-01T10:00:00", "缺少时区"), ("2026-02-30T10:00:00Z", "不存在"),
        ("2026-02-01T24:00:00Z", "不存在"), ("0001-01-01T00:00:00+08:00", "年份超出"), (None, "带时区的时间"),
        ("2026-02-01 10:00:00+08:00", "带时区的时间"), ("2026-02-01T10:00:00+25:00", "不存在"),
    ],
)  # fmt: skip
def test_no_moments(value: object, said: str) -> None:
    assert said in read(value, Reader.moment)[1][0]


@pytest.mark.parametrize(
    "value", ["2026-02-01T10:00Z", "2026-02-01T10:00:00.5+08:00", "2026-02-01T10:00:00-00:30"]
)
def test_moments(value: str) -> None:
    assert read(value, Reader.moment)[1] == []


def test_texts() -> None:
    assert read("甲", Reader.text) == ("甲", [])
    assert read(1, Reader.text)[1] == ["应为文本"]
    assert read(" ", Reader.text)[1] == ["不能为空"]
    assert read("\udfff", Reader.text)[1] == ["含有无效的字符"]
    assert read("a", lambda r: r.choice(["a", "b"])) == ("a", [])
    assert read(["a"], lambda r: r.choice(["a", "b"]))[1] == ["应为其中之一:a、b"]
    assert read(1, Reader.boolean) == (False, ["应为 true 或 false"])


def test_all_faults_of_an_object_are_found() -> None:
    value = Repeated({"a": 1, "b": 2, "c": 3})
    value.keys_repeated = ("b",)
    reader = Reader(value, "x")
    fields = reader.fields(required=("a", "d"), optional=("b",))
    fields["d"].text()
    assert [(fault.path, fault.message) for fault in reader.faults] == [
        ("x.b", "同一项目写了不止一次"),
        ("x.d", "缺少这一项"),
        ("x.c", "不认识的项目"),
    ]
    assert set(fields) == {"a", "b", "d"}


def test_objects_and_lists() -> None:
    assert read([], lambda r: r.fields(required=("a",)).keys())[1] == ["应为对象"]
    assert read({1: 2}, lambda r: list(r.members()))[1] == ["项目名应为文本"]
    assert read({}, lambda r: r.items())[1] == ["应为列表"]
    assert read([], lambda r: r.items(at_least=1))[1] == ["至少要有 1 项"]
    assert [item.path for item in Reader(("a", "b"), "x").items()] == ["x[0]", "x[1]"]
    assert Reader(None).is_null

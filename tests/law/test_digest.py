"""Canonical JSON and SM3."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from ground.digest import canonical_json, sm3_hex

ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm3_of_the_standards_example() -> None:
    assert sm3_hex(b"abc") == ABC


def test_sm3_where_openssl_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str, data: bytes) -> None:
        raise ValueError(name)

    monkeypatch.setattr(hashlib, "new", without)
    assert sm3_hex(b"abc") == ABC


def test_canonical_form() -> None:
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    uuid = UUID(int=1)
    value = {
        "b": [1, True, None, Decimal("600.00"), Decimal("1E+2")],
        "a": ("质量", date(2026, 1, 2), moment, uuid),
    }
    assert canonical_json(value).decode() == (
        '{"a":["质量","2026-01-02","2026-01-02T03:04:00+00:00","00000000-0000-0000-0000-000000000001"],'
        '"b":[1,true,null,"600.00","100"]}'
    )


@pytest.mark.parametrize("value", [1.5, {1: 2}, {"x": {1, 2}}, object()])
def test_no_canonical_form(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), "\ud800"])
def test_no_valid_value(value: object) -> None:
    with pytest.raises(ValueError):
        canonical_json(value)

"""The few shapes that a parameter's value may have: each reads a `Reader` and returns an immutable value."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from awards.law.intake import Reader

Shape = Callable[[Reader], Any]


def text(reader: Reader) -> str:
    return reader.text()


def flag(reader: Reader) -> bool:
    return reader.boolean()


def decimal(reader: Reader) -> Decimal:
    return reader.number(low=0)


def whole(low: int = 0) -> Shape:
    return lambda reader: reader.whole(low=low)


def choice(*options: str) -> Shape:
    return lambda reader: reader.choice(options)


def nullable(shape: Shape) -> Shape:
    """A value for which null is a statement of its own (the text gives no such rule)."""
    return lambda reader: None if reader.is_null else shape(reader)


def listing(shape: Shape, at_least: int = 1) -> Shape:
    return lambda reader: tuple(shape(item) for item in reader.items(at_least))


def table(shape: Shape) -> Shape:
    """An object with keys of the edition's own, such as tiers or grounds."""

    def read(reader: Reader) -> Mapping[str, Any]:
        return MappingProxyType({key: shape(member) for key, member in reader.members()})

    return read


def record(optional: Mapping[str, Shape] | None = None, /, **required: Shape) -> Shape:
    """An object with keys known beforehand; an optional key that is absent reads as None."""
    extra = optional or {}

    def read(reader: Reader) -> Mapping[str, Any]:
        found = reader.fields(required, extra)
        shapes = {**required, **extra}
        values = {key: shape(found[key]) if key in found else None for key, shape in shapes.items()}
        return MappingProxyType(values)

    return read

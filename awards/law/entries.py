"""The parts of an edition's file, read one by one: articles, instrument, force, and dated parameters."""

from collections.abc import Collection, Mapping

from awards.law import checks
from awards.law.intake import Reader
from awards.law.parameters import Parameter
from awards.law.terms import Article, Dated, Instrument


def articles(reader: Reader) -> tuple[Article, ...]:
    """The catalogue of articles, each number once."""
    found: dict[str, Article] = {}
    for item in reader.items(at_least=1):
        fields = item.fields(required=("article", "title", "summary"))
        number = fields["article"].text()
        if number in found:
            fields["article"].fault("这一条已经列过")
        found[number] = Article(number, fields["title"].text(), fields["summary"].text())
    return tuple(found.values())


def instrument(reader: Reader) -> Instrument:
    fields = reader.fields(required=("issuer", "document", "issued_on"))
    document, issued_on = fields["document"], fields["issued_on"]
    return Instrument(
        issuer=fields["issuer"].text(),
        document=None if document.is_null else document.text(),
        issued_on=None if issued_on.is_null else issued_on.day(),
    )


def force(reader: Reader, numbers: Collection[str]) -> Dated:
    """From when until when the instrument is in force; `until: null` has no end."""
    fields = reader.fields(required=("from", "until"), optional=("article", "reading"))
    return _dated(reader, fields, numbers, None, None)


def parameters(
    reader: Reader, catalogue: Mapping[str, Parameter], numbers: Collection[str]
) -> dict[str, tuple[Dated, ...]]:
    """The dated values of each key, in the catalogue's order; a key is one entry or a list of entries."""
    required = [key for key, parameter in catalogue.items() if parameter.required]
    fields = reader.fields(required=required, optional=[key for key in catalogue if key not in required])
    return {key: _values(fields[key], catalogue[key], numbers) for key in catalogue if key in fields}


def _values(reader: Reader, parameter: Parameter, numbers: Collection[str]) -> tuple[Dated, ...]:
    entries = reader.items(at_least=1) if isinstance(reader.value, list) else [reader]
    dated = tuple(_entry(entry, parameter, numbers) for entry in entries)
    checks.no_overlap(reader, dated)
    return dated


def _entry(reader: Reader, parameter: Parameter, numbers: Collection[str]) -> Dated:
    fields = reader.fields(optional=("value", "missing", "article", "reading", "from", "until"))
    if "missing" in fields:
        if "value" in fields:
            reader.fault("写了 missing 就不能再有 value")
        return _dated(reader, fields, numbers, None, fields["missing"].text())
    if "value" not in fields:
        reader.child("value", None).fault("缺少这一项")
        return _dated(reader, fields, numbers, None, None)
    checks.every_citation(fields["value"], numbers)
    return _dated(reader, fields, numbers, parameter, None)


def _dated(
    reader: Reader,
    fields: Mapping[str, Reader],
    numbers: Collection[str],
    parameter: Parameter | None,
    missing: str | None,
) -> Dated:
    if missing is None and "article" not in fields and "reading" not in fields:
        reader.fault("每个值都要注明条款(article)或理由(reading)")
    starts, ends = fields.get("from"), fields.get("until")
    first = starts.day() if starts and not starts.is_null else None
    last = ends.day() if ends and not ends.is_null else None
    if first is not None and last is not None and last < first:
        reader.fault("止日早于起日")
    return Dated(
        value=parameter.shape(fields["value"]) if parameter else None,
        article=checks.citation(fields["article"], numbers) if "article" in fields else None,
        reading=fields["reading"].text() if "reading" in fields else None,
        holds_from=first,
        holds_until=last,
        missing=missing,
    )

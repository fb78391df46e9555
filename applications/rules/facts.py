"""What is known of an organisation when its eligibility is judged; None or an absent key is a fact not known."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from awards.law import vocabulary
from awards.law.editions import Edition
from awards.law.intake import Fault, Reader
from awards.law.parameters import CONDITION_NEEDS

T = TypeVar("T")

_YEAR_DIGITS = 4


class FactsRefused(ValueError):
    """A document that does not describe an organisation; `faults` names each place."""

    def __init__(self, faults: Collection[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in faults))


@dataclass(frozen=True)
class Certificate:
    """A certified management system (体系认证证书), good through `valid_until`."""

    standard: str
    valid_until: date | None


@dataclass(frozen=True)
class SpotCheck:
    """A supervisory spot check (监督抽查)."""

    on: date
    level: str
    passed: bool


@dataclass(frozen=True)
class ExportIncident:
    """A quality incident abroad (退运、销毁、通报、索赔)."""

    kind: str
    on: date | None


@dataclass(frozen=True)
class Accident:
    """An accident (事故) with its grade."""

    on: date
    grade: str


@dataclass(frozen=True)
class HonourHeld:
    """An award (荣誉) won on a day; `tier` and `valid_until` where the award has them."""

    award: str
    on: date
    tier: str | None
    valid_until: date | None


@dataclass(frozen=True)
class BanRecord:
    """A ban from applying (不接受申报) for one scheme; it bars while the day is before `until`."""

    scheme: str
    until: date


@dataclass(frozen=True)
class Waiver:
    """The committee's resolution to adjust one condition (资格条件调整)."""

    condition: str
    resolution: str


@dataclass(frozen=True)
class OrganisationFacts:
    """The facts of an applicant (申报组织); `net_profit` is by calendar year, in yuan."""

    kind: str | None = None
    region: str | None = None
    established_on: date | None = None
    industry: str | None = None
    certificates: tuple[Certificate, ...] | None = None
    licences: str | None = None
    spot_checks: tuple[SpotCheck, ...] | None = None
    above_scale: bool | None = None
    safety_level: int | None = None
    exporter: bool | None = None
    export_incidents: tuple[ExportIncident, ...] | None = None
    net_profit: Mapping[int, Decimal] = field(default_factory=dict)
    dishonesty_records: tuple[date, ...] | None = None
    accidents: tuple[Accident, ...] | None = None
    excellence_model: bool | None = None
    trade_rank_in_city: int | None = None
    honours: tuple[HonourHeld, ...] | None = None
    bans: tuple[BanRecord, ...] | None = None
    waivers: tuple[Waiver, ...] = ()

    @classmethod
    def from_document(cls, document: object, edition: Edition | None = None) -> "OrganisationFacts":
        """Build from the "organisation" of the `recompute eligibility` contract; raises FactsRefused.

        An edition may know awards and regions of its own, beside those of the contract.
        """
        reader = Reader(document)
        facts = cls.read(reader, edition)
        if reader.faults:
            raise FactsRefused(reader.faults)
        return facts

    @classmethod
    def read(cls, reader: Reader, edition: Edition | None = None) -> "OrganisationFacts":
        """Read from a reader that collects the faults; with faults, the result must not be used."""
        known = {key: member for key, member in reader.fields(optional=_KEYS).items() if not member.is_null}

        def given(key: str, read: Callable[[Reader], T]) -> T | None:
            return read(known[key]) if key in known else None

        return cls(
            kind=given("kind", lambda r: r.choice(vocabulary.ORGANISATION_KINDS)),
            region=given("region", lambda r: r.choice(_regions(edition))),
            established_on=given("established_on", Reader.day),
            industry=given("industry", Reader.text),
            certificates=given("certificates", lambda r: _list(r, _certificate)),
            licences=given("licences", lambda r: r.choice(vocabulary.LICENCES)),
            spot_checks=given("spot_checks", lambda r: _list(r, _spot_check)),
            above_scale=given("above_scale", Reader.boolean),
            safety_level=given("safety_level", lambda r: r.whole(low=0)),
            exporter=given("exporter", Reader.boolean),
            export_incidents=given("export_incidents", lambda r: _list(r, _export_incident)),
            net_profit=given("net_profit", _net_profit) or {},
            dishonesty_records=given("dishonesty_records", lambda r: _list(r, _dishonesty)),
            accidents=given("accidents", lambda r: _list(r, _accident)),
            excellence_model=given("excellence_model", Reader.boolean),
            trade_rank_in_city=given("trade_rank_in_city", lambda r: r.whole(low=1)),
            honours=given("honours", lambda r: _list(r, lambda item: _honour(item, _awards(edition)))),
            bans=given("bans", lambda r: _list(r, _ban)),
            waivers=given("waivers", lambda r: _list(r, _waiver)) or (),
        )


_KEYS = tuple(OrganisationFacts.__dataclass_fields__)


def _list(reader: Reader, read: Callable[[Reader], T]) -> tuple[T, ...]:
    return tuple(read(item) for item in reader.items())


def _certificate(reader: Reader) -> Certificate:
    fields = reader.fields(required=("standard",), optional=("valid_until",))
    return Certificate(fields["standard"].text(), _day(fields, "valid_until"))


def _spot_check(reader: Reader) -> SpotCheck:
    fields = reader.fields(required=("on", "level", "passed"))
    level = fields["level"].choice(vocabulary.SPOT_CHECK_LEVELS)
    return SpotCheck(fields["on"].day(), level, fields["passed"].boolean())


def _export_incident(reader: Reader) -> ExportIncident:
    fields = reader.fields(required=("kind",), optional=("on",))
    return ExportIncident(fields["kind"].choice(vocabulary.EXPORT_INCIDENTS), _day(fields, "on"))


def _dishonesty(reader: Reader) -> date:
    fields = reader.fields(required=("on",), optional=("source",))
    if "source" in fields:
        fields["source"].text()
    return fields["on"].day()


def _accident(reader: Reader) -> Accident:
    fields = reader.fields(required=("on", "grade"), optional=("kind",))
    if "kind" in fields:
        fields["kind"].text()
    return Accident(fields["on"].day(), fields["grade"].choice(vocabulary.ACCIDENT_GRADES))


def _honour(reader: Reader, awards: Collection[str]) -> HonourHeld:
    fields = reader.fields(required=("award", "on"), optional=("tier", "valid_until"))
    tier = fields.get("tier")
    return HonourHeld(
        award=fields["award"].choice(awards),
        on=fields["on"].day(),
        tier=None if tier is None or tier.is_null else tier.text(),
        valid_until=_day(fields, "valid_until"),
    )


def _ban(reader: Reader) -> BanRecord:
    fields = reader.fields(required=("scheme", "until"))
    return BanRecord(fields["scheme"].text(), fields["until"].day())


def _waiver(reader: Reader) -> Waiver:
    fields = reader.fields(required=("condition", "resolution"))
    return Waiver(fields["condition"].choice(CONDITION_NEEDS), fields["resolution"].text())


def _net_profit(reader: Reader) -> dict[int, Decimal]:
    profits = {}
    for key, member in reader.members():
        if not (len(key) == _YEAR_DIGITS and key.isascii() and key.isdecimal()):
            member.fault("年度应写作四位数字")
        elif not member.is_null:
            profits[int(key)] = member.number()
    return profits


def _day(fields: Mapping[str, Reader], key: str) -> date | None:
    return None if key not in fields or fields[key].is_null else fields[key].day()


def _regions(edition: Edition | None) -> tuple[str, ...]:
    own = edition.value("regions") if edition and edition.has("regions") else ()
    return (*vocabulary.REGIONS, *(region for region in own if region not in vocabulary.REGIONS))


def _awards(edition: Edition | None) -> tuple[str, ...]:
    own: list[str] = []
    if edition:
        own = [edition.value("own_award")] if edition.has("own_award") else []
        for key in ("higher_awards", "prior_awards_standing", "prior_awards_recent"):
            own.extend(edition.value(key) if edition.has(key) else ())
    return tuple(dict.fromkeys((*vocabulary.AWARDS, *own)))

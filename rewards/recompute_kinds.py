"""The kinds of document that `recompute` takes: what each must hold, and which rule it is given to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from applications.rules import eligibility
from awards.law import workdays
from awards.law.editions import Edition
from awards.law.intake import Reader
from publicity.rules import sanctions, window
from rewards.rules import ip_reward
from scoring.rules import lot, ranking

Fields = Mapping[str, Reader]
Run = Callable[[], dict[str, object]]

_COUNTRY_LETTERS = 2


class CannotCompute(ValueError):
    """A sound document that the law gives no answer for; `path` is the place that it hangs on."""

    def __init__(self, path: str, message: str) -> None:
        self.path, self.message = path, message
        super().__init__(f"{path}: {message}")


@dataclass(frozen=True)
class Kind:
    """A kind of document: its keys beside `edition`, the family and the values that the edition must have.

    No family: no edition rules it, and the document names none. `prepare` reads the fields, noting faults, and returns
    what computes the answer; the edition is None where it was at fault itself, and then only what does not depend on it
    is checked.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]
    family: str
    needs: tuple[str, ...]
    prepare: Callable[[Edition | None, Fields], Run]


def _never() -> dict[str, object]:
    raise AssertionError("a refused document is never computed")


def _ranking(edition: Edition | None, fields: Fields) -> Run:
    as_of = fields["as_of"].day()
    seen: set[str] = set()
    candidates = [_candidate(item, edition, seen) for item in fields["candidates"].items()]
    if edition is None:
        return _never
    return lambda: ranking.rank(edition, candidates, as_of).to_document()


_STAGES = ("material", "presentation", "site")
_CONTRACT_SCALE = 1000  # contracts.md bounds the scores, whatever edition a document names


def _candidate(reader: Reader, edition: Edition | None, seen: set[str]) -> ranking.Candidate:
    stages = tuple(edition.weights) if edition else _STAGES
    fields = reader.fields(required=("id", *stages), optional=("previous_wins",))
    identity = _unique(fields["id"], seen)
    scale = int(edition.value("score_scale")) if edition else _CONTRACT_SCALE
    scores = {stage: fields[stage].number(low=0, high=scale) for stage in stages}
    wins = fields["previous_wins"].items() if "previous_wins" in fields else []
    return ranking.Candidate(identity, scores, tuple(_win(item, edition) for item in wins))


def _win(reader: Reader, edition: Edition | None) -> ranking.Win:
    fields = reader.fields(required=("tier", "on"))
    tier = fields["tier"]
    code = tier.choice([known.code for known in edition.tiers]) if edition else tier.text()
    return ranking.Win(code, fields["on"].day())


def _window(edition: Edition | None, fields: Fields) -> Run:
    published = [item.moment() for item in fields["published"].items()]
    mode = cast(window.Mode, fields["mode"].choice(("calendar", "working"))) if "mode" in fields else None
    if edition is None:
        return _never
    expected = len(edition.sites)
    if len(published) != expected:
        fields["published"].fault(f"应有 {expected} 个发布时间，每个须公示的网站一个")

    def run() -> dict[str, object]:
        try:
            return window.count(edition, published, mode).to_document()
        except workdays.UnknownYear as unknown:
            message = f"{unknown.year} 年的节假日安排尚未公布或录入，不能推算；请评定办先录入该年安排"
            raise CannotCompute("published", message) from unknown

    return run


def _eligibility(edition: Edition | None, fields: Fields) -> Run:
    as_of = fields["as_of"].day()
    facts = eligibility.OrganisationFacts.read(fields["organisation"], edition)
    if edition is None:
        return _never
    return lambda: eligibility.assess(edition, facts, as_of).to_document()


def _sanction(edition: Edition | None, fields: Fields) -> Run:
    decided_on = fields["decided_on"].day()
    prize_paid = fields["prize_paid"].whole(low=0)
    if edition is None:
        fields["ground"].text()
        return _never
    ground = fields["ground"].choice(sanctions.grounds(edition))
    return lambda: sanctions.apply(edition, ground, decided_on, prize_paid).to_document()


def _ip_reward(edition: Edition | None, fields: Fields) -> Run:
    year = fields["year"].whole(low=_FIRST_YEAR, high=_LAST_YEAR)
    seen: set[str] = set()
    claims = [_claim(item, seen) for item in fields["claims"].items()]
    if edition is None:
        return _never
    return lambda: ip_reward.compute(edition, year, claims).to_document()


_FIRST_YEAR, _LAST_YEAR = 1000, 8999
_CLAIM_KEYS = ("id", "applicant", "kind", "route", "first_applicant", "urban_district")
_CLAIM_EXTRAS = ("country", "family", "designated", "search_favourable", "paid_before")
_KIND_NEEDS = {
    "patent_grant": ("country",),
    "patent_application": ("country", "search_favourable"),
    "trademark": ("designated",),
}


def _claim(reader: Reader, seen: set[str]) -> ip_reward.Claim:
    fields = reader.fields(required=_CLAIM_KEYS, optional=_CLAIM_EXTRAS)
    kind = fields["kind"].choice(ip_reward.KINDS)
    for key in _KIND_NEEDS.get(kind, ()):
        if key not in fields:
            reader.child(key, None).fault("这类申请须有这一项")
    given = {key: fields[key] for key in _CLAIM_EXTRAS if key in fields}
    family = given.get("family")
    return ip_reward.Claim(
        id=_unique(fields["id"], seen),
        applicant=fields["applicant"].text(),
        kind=cast(ip_reward.Kind, kind),
        route=fields["route"].text(),
        first_applicant=fields["first_applicant"].boolean(),
        urban_district=fields["urban_district"].boolean(),
        country=_country(given["country"]) if "country" in given else None,
        family=None if family is None or family.is_null else family.text(),
        designated=tuple(map(_country, given["designated"].items())) if "designated" in given else (),
        search_favourable=given["search_favourable"].boolean() if "search_favourable" in given else None,
        paid_before=given["paid_before"].whole(low=0) if "paid_before" in given else 0,
    )


def _country(reader: Reader) -> str:
    code = reader.text()
    if code and not (len(code) == _COUNTRY_LETTERS and code.isascii() and code.isalpha() and code.isupper()):
        reader.fault("国家或地区应写作两个大写字母的代码")
    return code


def _lot(_: Edition | None, fields: Fields) -> Run:
    seen: set[str] = set()
    seed = _line(fields["seed"])
    numbers = [_line(item, seen) for item in fields["applications"].items()]
    return lambda: {"order": [drawn.number for drawn in lot.draw(seed, numbers)]}


def _line(reader: Reader, seen: set[str] | None = None) -> str:
    """A text on one line: the seed and each number are drawn with a line feed between them."""
    text = reader.text() if seen is None else _unique(reader, seen)
    if "\n" in text:
        reader.fault("应为一行文字，不能换行")
    return text


def _unique(reader: Reader, seen: set[str]) -> str:
    identity = reader.text()
    if identity in seen:
        reader.fault(f"“{identity}”重复")
    seen.update({identity} if identity else ())
    return identity


_CONTEST_NEEDS = ("tiers", "score_scale", "weights", "thresholds", "quotas", "prizes", "ties", "cascade")
_REPEAT_NEEDS = ("repeat_tiers", "repeat_after_years", "repeat_prize")
_WINDOW_NEEDS = ("sites", "publicity_days", "publicity_day_mode", "publicity_holiday_roll")

RANKING = Kind(("as_of", "candidates"), (), "contest", _CONTEST_NEEDS + _REPEAT_NEEDS, _ranking)
WINDOW = Kind(("published",), ("mode",), "contest", _WINDOW_NEEDS, _window)
ELIGIBILITY = Kind(("as_of", "organisation"), (), "contest", ("conditions",), _eligibility)
SANCTION = Kind(
    ("ground", "decided_on", "prize_paid"), (), "contest", ("revocation_grounds", "sanctions"), _sanction
)
LOT = Kind(("seed", "applications"), (), "", (), _lot)
IP_REWARD = Kind(("year", "claims"), (), "ip_reward", (), _ip_reward)

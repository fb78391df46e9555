"""`recompute`: anyone can check a result. One JSON document in, one out; no database, no server, no clock.

The same pure rules that the portal uses, on the rules of the named edition (a lot has none). A document is read strictly: all its
faults are collected with their paths, and nothing is computed unless there are none.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from awards.law import editions
from awards.law.editions import Edition, MissingValue
from awards.law.intake import Reader, Repeated
from rewards import recompute_kinds
from rewards.recompute_kinds import Kind


class Refused(ValueError):
    """A document that may not be computed; `errors` are all faults found, as `{"path", "message"}`."""

    def __init__(self, errors: Iterable[dict[str, str]]) -> None:
        self.errors = list(errors)
        super().__init__("; ".join(f"{error['path']}: {error['message']}" for error in self.errors))


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "ranking": recompute_kinds.RANKING,
        "window": recompute_kinds.WINDOW,
        "eligibility": recompute_kinds.ELIGIBILITY,
        "sanction": recompute_kinds.SANCTION,
        "ip-reward": recompute_kinds.IP_REWARD,
        "lot": recompute_kinds.LOT,
    }
)


def parse_json(text: str | bytes) -> object:
    """Parse a JSON document, every number exactly as a Decimal; raises Refused where it is no JSON at all.

    What JSON forbids but parsers let pass (NaN, Infinity, a key twice) is kept in a form that `compute` refuses
    with its path, together with all other faults.
    """
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        return json.loads(
            plain, parse_float=_number, parse_int=_number, parse_constant=_number, object_pairs_hook=_object
        )
    except UnicodeDecodeError:
        raise Refused([_error("", "不是 UTF-8 编码的文本")]) from None
    except json.JSONDecodeError as error:
        message = f"不是合格的 JSON:第 {error.lineno} 行第 {error.colno} 列有误"
        raise Refused([_error("", message)]) from None
    except RecursionError:
        raise Refused([_error("", "嵌套层次过深")]) from None


def compute(kind: str, document: object) -> dict[str, object]:
    """Compute one document of a kind; the answer is JSON-able. Raises Refused with every fault found.

    1. the keys, 2. the edition: it must exist, be of the right family and have what the kind needs,
    3. the rest of the document by the edition's words, 4. the computation, if there were no faults.
    """
    check_kind(kind)
    spec = KINDS[kind]
    reader = Reader(document)
    named = ("edition",) if spec.family else ()
    fields = reader.fields(required=(*named, *spec.required), optional=spec.optional)
    edition = _edition(fields["edition"], spec) if named else None
    run: Callable[[], dict[str, object]] = spec.prepare(edition, fields)
    if reader.faults:
        raise Refused(_error(fault.path, fault.message) for fault in reader.faults)
    try:
        return run()
    except recompute_kinds.CannotCompute as fault:
        raise Refused([_error(fault.path, fault.message)]) from None


def check_kind(kind: str) -> None:
    """Raise Refused for a kind that there is not."""
    if kind not in KINDS:
        raise Refused([_error("kind", "应为其中之一:" + "、".join(KINDS))])


def _edition(reader: Reader, spec: Kind) -> Edition | None:
    """The named edition, or None with a fault noted; its missing values are named one by one."""
    code = reader.text()
    if not code:
        return None
    try:
        edition = editions.get(code)
    except editions.UnknownEdition:
        reader.fault("没有这一版本，现有:" + "、".join(editions.codes()))
        return None
    if edition.family != spec.family:
        reader.fault("这一版本不适用于此类计算")
        return None
    for key in spec.needs:
        try:
            edition.dated(key)
        except MissingValue as missing:
            reader.fault(f"这一版本不完整，缺少“{missing.label}”：{missing.reason}")
    return edition if all(edition.has(key) for key in spec.needs) else None


def _number(text: str) -> Decimal:
    """An exact number; one with an exponent beyond all bounds is no finite number."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = Repeated(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        members.keys_repeated = tuple(key for key in members if keys.count(key) > 1)
    return members


def _error(path: str, message: str) -> dict[str, str]:
    return {"path": path, "message": message}

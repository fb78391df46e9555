"""Reading a foreign document strictly: every fault is collected with its path, none is raised halfway.

The same reader serves the rule files (editions, criteria, calendars) and the documents that auditors send in.
A reading method that meets a fault notes it and returns a harmless stand-in, so that the caller can go on
collecting; whoever asked must look at `faults` before using what was read.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

# The limits below keep arithmetic finite; none of them is a rule of any award.
_MOST_DIGITS = 60
_MOST_CHARACTERS = 200
_FIRST_YEAR, _LAST_YEAR = 1000, 8999
_NO_MOMENT = datetime.max.replace(tzinfo=UTC)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a document: `path` such as "candidates[0].site", `message` in plain Chinese."""

    path: str
    message: str


class Repeated(dict[str, object]):
    """An object in which a key came more than once; `keys_repeated` names those keys."""

    keys_repeated: tuple[str, ...] = ()


@dataclass
class Reader:
    """One value of a document, with the path to it and the list that all its faults go to."""

    value: object
    path: str = ""
    faults: list[Fault] = field(default_factory=list)

    def fault(self, message: str) -> None:
        self.faults.append(Fault(self.path, message))

    def child(self, key: str, value: object) -> "Reader":
        return Reader(value, f"{self.path}.{key}" if self.path else key, self.faults)

    @property
    def is_null(self) -> bool:
        return self.value is None

    def fields(self, required: Collection[str] = (), optional: Collection[str] = ()) -> dict[str, "Reader"]:
        """Return a reader for each known key; missing, unknown and repeated keys are faults.

        A required key that is missing is noted once and gets a stand-in, whose own faults go nowhere.
        """
        members = dict(self.members())
        for key in required:
            if key not in members:
                absent = self.child(key, None)
                if isinstance(self.value, dict):
                    absent.fault("缺少这一项")
                members[key] = Reader(None, absent.path)
        for key in list(members):
            if key not in required and key not in optional:
                members.pop(key).fault("不认识的项目")
        return members

    def members(self) -> Iterator[tuple[str, "Reader"]]:
        """Yield each key of an object with its reader, whatever the key is called."""
        if not isinstance(self.value, dict):
            self.fault("应为对象")
            return
        if isinstance(self.value, Repeated):
            for key in self.value.keys_repeated:
                self.child(key, None).fault("同一项目写了不止一次")
        for key, value in self.value.items():
            if isinstance(key, str):
                yield key, self.child(key, value)
            else:
                self.child(str(key), value).fault("项目名应为文本")

    def items(self, at_least: int = 0) -> list["Reader"]:
        if not isinstance(self.value, list | tuple):
            self.fault("应为列表")
            return []
        if len(self.value) < at_least:
            self.fault(f"至少要有 {at_least} 项")
        return [Reader(item, f"{self.path}[{i}]", self.faults) for i, item in enumerate(self.value)]

    def text(self) -> str:
        """A text with something in it, in valid Unicode."""
        if not isinstance(self.value, str):
            self.fault("应为文本")
        elif not self.value.strip():
            self.fault("不能为空")
        elif any("\ud800" <= ch <= "\udfff" for ch in self.value):
            self.fault("含有无效的字符")
        else:
            return self.value
        return ""

    def choice(self, options: Iterable[str]) -> str:
        known = list(options)
        if isinstance(self.value, str) and self.value in known:
            return self.value
        self.fault("应为其中之一:" + "、".join(known))
        return ""

    def boolean(self) -> bool:
        if isinstance(self.value, bool):
            return self.value
        self.fault("应为 true 或 false")
        return False

    def number(self, low: int | None = None, high: int | None = None) -> Decimal:
        """An exact decimal, from a number or from a text written like a JSON number; never a float."""
        number = self._decimal()
        if number is None:
            return Decimal(0)
        if (low is not None and number < low) or (high is not None and number > high):
            self.fault(_range_message(low, high))
            return Decimal(0)
        if not number:
            return Decimal(0)
        if number.adjusted() >= _MOST_DIGITS or _decimals(number) > _MOST_DIGITS:
            self.fault(f"数字过长(整数位、小数位各不超过 {_MOST_DIGITS} 位)")
            return Decimal(0)
        return number

    def whole(self, low: int | None = None, high: int | None = None) -> int:
        number = self.number(low, high)
        if number != number.to_integral_value():
            self.fault("应为整数")
            return 0
        return int(number)

    def day(self) -> date:
        """A date that exists, written YYYY-MM-DD."""
        if isinstance(self.value, str) and _DAY.fullmatch(self.value):
            try:
                day = date.fromisoformat(self.value)
            except ValueError:
                self.fault("这一天不存在")
                return date.max
            if _FIRST_YEAR <= day.year <= _LAST_YEAR:
                return day
            self.fault("年份超出可计算的范围")
            return date.max
        self.fault("应为日期，写作 YYYY-MM-DD")
        return date.max

    def moment(self) -> datetime:
        """A time with its zone, written YYYY-MM-DDTHH:MM:SS+08:00 (or Z)."""
        match = _MOMENT.fullmatch(self.value) if isinstance(self.value, str) else None
        if match is None:
            self.fault("应为带时区的时间，写作 YYYY-MM-DDTHH:MM:SS+08:00")
        elif match.group(1) is None:
            self.fault("时间缺少时区，如 +08:00")
        else:
            try:
                moment = datetime.fromisoformat(match.group(0))
            except ValueError:
                self.fault("这一时间不存在")
                return _NO_MOMENT
            if _FIRST_YEAR <= moment.year <= _LAST_YEAR:
                return moment
            self.fault("年份超出可计算的范围")
        return _NO_MOMENT

    def _decimal(self) -> Decimal | None:
        value = self.value
        if isinstance(value, str) and len(value) <= _MOST_CHARACTERS and _NUMBER.fullmatch(value):
            value = Decimal(value)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.fault("应为数字(数字或写成数字的文本)")
            return None
        number = Decimal(value)
        if not number.is_finite():
            self.fault("应为有限的数字")
            return None
        return number


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _range_message(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"应在 {low} 与 {high} 之间"
    return f"不能小于 {low}" if low is not None else f"不能大于 {high}"

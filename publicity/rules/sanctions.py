"""What follows when a title is revoked (撤销称号): one row of the edition's matrix, applied to a case."""

from dataclasses import dataclass
from datetime import date

from awards.law import dates
from awards.law.editions import Edition


class UnknownGround(LookupError):
    """The edition knows no such ground (情形) for revocation."""


@dataclass(frozen=True)
class Sanction:
    """The consequences of a revocation (处理结果). `clawback` is whole yuan; `ban_until` None where there is no ban.

    `refer_to_police` is True, False, or "if_crime"; `articles` are those that the consequences rest on.
    """

    revoke: bool
    recover_certificate: bool
    clawback: int
    public_notice: bool
    ban_until: date | None
    refer_to_police: bool | str
    articles: tuple[str, ...]

    def to_document(self) -> dict[str, object]:
        return {
            "revoke": self.revoke,
            "recover_certificate": self.recover_certificate,
            "clawback": self.clawback,
            "public_notice": self.public_notice,
            "ban_until": self.ban_until.isoformat() if self.ban_until else None,
            "refer_to_police": self.refer_to_police,
            "articles": list(self.articles),
        }


def grounds(edition: Edition) -> tuple[str, ...]:
    """The grounds that the edition's matrix has a row for, in the order of its list."""
    matrix = edition.value("sanctions")
    return tuple(event.code for event in edition.events("revocation_grounds") if event.code in matrix)


def apply(edition: Edition, ground: str, decided_on: date, prize_paid: int) -> Sanction:
    """Return what a revocation decided on that day brings; the ban ends on the same calendar day.

    Raises UnknownGround, and MissingValue for an incomplete edition.
    """
    matrix = edition.value("sanctions", decided_on)
    if ground not in matrix:
        raise UnknownGround(ground)
    cells = matrix[ground]
    values = {name: cell["value"] for name, cell in cells.items()}
    ban_years = int(values["ban_years"])
    police = values["refer_to_police"]
    return Sanction(
        revoke=values["revoke"],
        recover_certificate=values["recover_certificate"],
        clawback=prize_paid if values["clawback"] else 0,
        public_notice=values["public_notice"],
        ban_until=dates.add_years(decided_on, ban_years) if ban_years else None,
        refer_to_police=police if police == "if_crime" else police == "always",
        articles=tuple(dict.fromkeys(cell["article"] for cell in cells.values())),
    )

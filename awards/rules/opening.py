"""May a cycle open on this edition on that day?"""

from __future__ import annotations

from datetime import date

from awards.law.editions import Edition
from ground.errors import Fault

CONTEST = "contest"


def faults_against_opening(edition: Edition, *, year: int, on: date) -> list[Fault]:
    """Every reason why no cycle of `year` may open on `edition` on the day `on`; empty when it may.

    Codes: edition_incomplete (one fault for each missing parameter), edition_lapsed, edition_not_in_force,
    edition_no_contest, year_out_of_range.
    """
    faults = []
    if edition.missing():
        faults += [
            Fault(
                "edition_incomplete",
                f"《{edition.title}》还缺参数，请先补齐。{words}",
                "edition",
                _article(edition, key),
            )
            for key, words in edition.missing()
        ]
    article = edition.force_article or ""
    if edition.force_until is not None and on > edition.force_until:
        faults.append(
            Fault(
                "edition_lapsed",
                f"《{edition.title}》已于{_day(edition.force_until)}失效，不能据此开展新的评定；请选用现行有效的版本。",
                "edition",
                article,
            )
        )
    elif on < edition.force_from:
        faults.append(
            Fault(
                "edition_not_in_force",
                f"《{edition.title}》自{_day(edition.force_from)}起施行，在此之前不能据此开展评定。",
                "edition",
                article,
            )
        )
    if not faults and edition.family != CONTEST:
        faults.append(
            Fault("edition_no_contest", f"《{edition.title}》不是评奖办法，不设评定年度。", "edition")
        )
    if not edition.force_from.year <= year <= on.year + 1:
        faults.append(
            Fault(
                "year_out_of_range",
                f"年度应在 {edition.force_from.year} 年（办法施行当年）至 {on.year + 1} 年（明年）之间。",
                "year",
                article,
            )
        )
    return faults


def _article(edition: Edition, key: str) -> str:
    return next((dated.article for dated in edition.values[key] if dated.missing and dated.article), "")


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

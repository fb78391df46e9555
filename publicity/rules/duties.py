"""What an award binds to: how long the title is good for, when an incident must be reported, how long a ban lasts."""

from datetime import date, timedelta

from awards.law import dates, workdays
from awards.law.editions import Edition


def valid_until(edition: Edition, announced_on: date) -> date:
    """Return the last day of a title (称号有效期): the same calendar day, so many years after the announcement."""
    return dates.add_years(announced_on, int(edition.value("validity_years", announced_on)))


def reapply_from(edition: Edition, won_on: date) -> date:
    """Return the first day on which a holder of the top tier may apply again (获奖满年限)."""
    return dates.add_years(won_on, int(edition.value("reapply_years", won_on)))


def report_due(edition: Edition, confirmed_on: date, calendars: workdays.Extra = None) -> date:
    """Return the last day for the written report of an incident (报告期限).

    The day of confirmation does not count; a last day off moves to the next working day. `calendars` are years
    that the office has entered. Raises workdays.UnknownYear where the last day's year is not known.
    """
    nominal = confirmed_on + timedelta(days=int(edition.value("report_days", confirmed_on)))
    return workdays.first_workday_from(nominal, calendars)


def is_late(
    edition: Edition, confirmed_on: date, reported_on: date, calendars: workdays.Extra = None
) -> bool:
    """Tell whether a report came after its last day; a late one is accepted and marked. Raises UnknownYear."""
    return reported_on > report_due(edition, confirmed_on, calendars)

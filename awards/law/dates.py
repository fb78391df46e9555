"""Spans of calendar years, counted to the day (民法典 art. 202: month's end where the day does not exist)."""

from datetime import date


def add_years(day: date, years: int) -> date:
    """Return the same calendar day `years` later (or earlier, if negative); 29 February becomes the 28th.

    Raises ValueError where the result lies outside the calendar (years 1 to 9999).
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        if (day.month, day.day) != (2, 29):
            raise
        return day.replace(year=day.year + years, day=28)


def full_years_between(earlier: date, later: date) -> int:
    """Return how many full years have passed from `earlier` to `later`; negative if `later` comes first."""
    years = later.year - earlier.year
    return years if add_years(earlier, years) <= later else years - 1


def within_years_back(event: date, as_of: date, years: int) -> bool:
    """Tell whether `event` lies in the last `years` years up to `as_of`, both boundary days included."""
    return add_years(as_of, -years) <= event <= as_of


def bars(until: date, as_of: date) -> bool:
    """Tell whether a ban (不接受申报) still bars: up to the day before `until`."""
    return as_of < until

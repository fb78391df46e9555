"""Who may learn which secret when: the portal's promise in one place, written apart from the portal's own queries."""

from __future__ import annotations

from tests.leaks.year import Secret, Year

OFFICE = ("clerk", "head")
DECIDERS = ("first", "second", "third", "authority")
PANEL = {"P": "ABC", "Q": "D", "S": "ABC"}
RECUSED = {("p_fourth", "A")}


def may_know(year: Year, role: str, secret: Secret) -> bool:
    """Whether `role` may learn `secret` at the step that `year` has reached."""
    if role in year.seats and any((role, about) in RECUSED for about in secret.about):
        return secret.kind == "name" and year.reached("published")
    return READERS[secret.kind](year, role, secret)


def _own(year: Year, role: str, about: str) -> bool:
    return role == f"owner_{about}"


def _judges(year: Year, role: str, about: str) -> bool:
    return any(about in PANEL[panel] for panel in year.seats.get(role, ""))


def _name(year: Year, role: str, secret: Secret) -> bool:
    """Applicants' names: the office, the deciders, who recommends or judges them; all once published."""
    return (
        role in (*OFFICE, *DECIDERS, "finance", "supervisor", "recommender")
        or _own(year, role, secret.about)
        or _judges(year, role, secret.about)
        or (year.reached("published") and secret.about in "AB")
    )


def _reviewer(year: Year, role: str, secret: Secret) -> bool:
    """Reviewers' names are not for applicants, their recommenders or the public; every office has the pool."""
    fellow = bool(set(year.seats.get(role, "")) & set(year.seats[secret.by]))
    return fellow or role in (*OFFICE, *DECIDERS, "city_clerk", "supervisor")


def _sheet(year: Year, role: str, secret: Secret) -> bool:
    """Comments and totals: the writer; a fellow who has sealed; the office once the report is signed."""
    if role == secret.by:
        return True
    sealed = (secret.about, secret.stage, secret.by) in year.sealed
    if (secret.about, secret.stage, role) in year.sealed:
        return sealed
    if role == "supervisor":
        return sealed
    return role in OFFICE and (secret.about, secret.stage) in year.signed


def _report(year: Year, role: str, secret: Secret) -> bool:
    """The panel's conclusion: who has sealed; the office once signed, the deciders once ranked; the applicant's part to it
    in the end."""
    if secret.by == "feedback" and _own(year, role, secret.about):
        return year.reached("announced")
    if (secret.about, secret.stage, role) in year.sealed or role == "supervisor":
        return True
    readers = (*OFFICE, *DECIDERS) if year.reached("ranked") else OFFICE
    return role in readers and (secret.about, secret.stage) in year.signed


def _score(year: Year, role: str, secret: Secret) -> bool:
    """The stage score of the report: as the report, and the applicant's own in the end."""
    return _report(year, role, secret) or (_own(year, role, secret.about) and year.reached("announced"))


def _result(year: Year, role: str, secret: Secret) -> bool:
    return role in (*OFFICE, *DECIDERS, "supervisor")


def _shortlist(year: Year, role: str, secret: Secret) -> bool:
    return role in (*OFFICE, "supervisor")


def _approval(year: Year, role: str, secret: Secret) -> bool:
    """The number of the approval stands in the notice that goes out."""
    return _result(year, role, secret) or year.reached("published")


def _objection(year: Year, role: str, secret: Secret) -> bool:
    """Who objected and why stays with the office (办法第二十七条)."""
    return role in (*OFFICE, "supervisor")


def _outcome(year: Year, role: str, secret: Secret) -> bool:
    """Who is not on the list: nobody outside before the announcement."""
    if year.reached("announced") and (role == "recommender" or _own(year, role, secret.about)):
        return True
    return role in (*OFFICE, *DECIDERS, "finance", "supervisor")


def _event(year: Year, role: str, secret: Secret) -> bool:
    """What a winner reported (重大事项报告) and the office's case on it."""
    return role in (*OFFICE, "supervisor") or (secret.kind == "event" and _own(year, role, secret.about))


def _slot(year: Year, role: str, secret: Secret) -> bool:
    """Time and room of a presentation: the office, the panel that hears it, and the applicant itself."""
    seated = "S" in year.seats.get(role, "")
    return role in (*OFFICE, "supervisor") or seated or _own(year, role, secret.about)


def _record(year: Year, role: str, secret: Secret) -> bool:
    """What the visit found: the panel; the office and the supervisor once the report is signed."""
    signed = (secret.about, secret.stage) in year.signed
    return "S" in year.seats.get(role, "") or (signed and role in (*OFFICE, "supervisor"))


def _declined(year: Year, role: str, secret: Secret) -> bool:
    """Why a reviewer handed a file back."""
    return role in (*OFFICE, "supervisor", secret.by)


READERS = {
    "record": _record,
    "declined": _declined,
    "slot": _slot,
    "lot": _slot,
    "outcome": _outcome,
    "event": _event,
    "case": _event,
    "name": _name,
    "reviewer": _reviewer,
    "sheet": _sheet,
    "report": _report,
    "score": _score,
    "rank": _result,
    "vote": _result,
    "resolution": _result,
    "shortlist": _shortlist,
    "approval": _approval,
    "objection": _objection,
}

"""Reading: every list and page goes through `…_visible_to`. What is not public is seen only in the role and scope it concerns."""

from publicity.queries.aftermath import (
    OPEN_CASES,
    Held,
    by_holder,
    cases_visible_to,
    incidents_visible_to,
    open_case_of,
)
from publicity.queries.honours import certificate_by, honours_held_by, honours_matching, honours_visible_to
from publicity.queries.notices import (
    PUBLIC_NOTICES,
    approvals_to_publish,
    candidates_after_publicity,
    is_vacant,
    notices_matching,
    notices_visible_to,
    notices_without_paper,
    others_of,
    public_notices,
    with_entries,
)
from publicity.queries.objections import (
    held_application_ids,
    holding,
    objection_by_receipt,
    objections_on,
    objections_visible_to,
)
from publicity.queries.payments import payments_matching, payments_visible_to
from publicity.queries.people import people_of, people_with
from publicity.queries.waiting import counts_for_office, waiting_first

__all__ = [
    "OPEN_CASES",
    "PUBLIC_NOTICES",
    "Held",
    "approvals_to_publish",
    "by_holder",
    "candidates_after_publicity",
    "cases_visible_to",
    "certificate_by",
    "counts_for_office",
    "held_application_ids",
    "holding",
    "honours_held_by",
    "honours_matching",
    "honours_visible_to",
    "incidents_visible_to",
    "is_vacant",
    "notices_matching",
    "notices_visible_to",
    "notices_without_paper",
    "objection_by_receipt",
    "objections_on",
    "objections_visible_to",
    "open_case_of",
    "others_of",
    "payments_matching",
    "payments_visible_to",
    "people_of",
    "people_with",
    "public_notices",
    "waiting_first",
    "with_entries",
]

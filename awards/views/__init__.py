"""Pages of the awards: calls for everybody, the office's cycles, the law, the policy library."""

from awards.views.calls import call, cycles
from awards.views.law import criteria, edition, law, recompute_guide
from awards.views.office import cancel_cycle, cycle, office, open_cycle
from awards.views.policies import policies, policy
from awards.views.preparation import enter_workdays, publish_call, set_timetable, write_call

__all__ = [
    "call",
    "cancel_cycle",
    "criteria",
    "cycle",
    "cycles",
    "edition",
    "enter_workdays",
    "law",
    "office",
    "open_cycle",
    "policies",
    "policy",
    "publish_call",
    "recompute_guide",
    "set_timetable",
    "write_call",
]

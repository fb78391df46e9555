"""Running a scheme's year: opening it, its timetable, its call, its end; the law's rows; the policy library."""

from awards.services.calls import faults_against_publishing, publish_call, write_call
from awards.services.cycles import cancel_cycle, open_cycle, sweep_cycles
from awards.services.policies import PolicySource, import_policy
from awards.services.schemes import sync_law
from awards.services.timetables import set_timetable, why_timetable_closed
from awards.services.workdays import enter_workdays

__all__ = [
    "PolicySource",
    "cancel_cycle",
    "enter_workdays",
    "faults_against_publishing",
    "import_policy",
    "open_cycle",
    "publish_call",
    "set_timetable",
    "sweep_cycles",
    "sync_law",
    "why_timetable_closed",
    "write_call",
]

"""The demo's complaint of an applicant rests on what that applicant has in hand."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from applications.models import Letter
from demo import applying, complaining
from demo.roster import Roster
from scoring import services
from scoring.models import MisconductCase
from scoring.queries.feedback import applications_with_feedback
from tests.scoring.builders import make_house, seal_all, settle_all, sign
from tests.scoring.results.builders import owner_of


def test_what_an_applicant_quotes_it_has_read(now: datetime, db: None) -> None:
    house = make_house(now)
    left_out, chosen = house.applicant(), house.applicant()
    owner, panel = owner_of(left_out), house.panel()
    for application in (left_out, chosen):
        report = seal_all(panel, application, (50, 50, 50), now)
        settle_all(report, 50, now)
        sign(report, now)
    services.decide_shortlist(
        cycle=house.cycle, applications=[chosen], reason="按得分从高到低。", actor=house.head, now=now
    )
    roster = Roster(now, users={"park_clerk": house.clerk}, owners={"xinghe": owner})
    complaining.complain(roster, left_out, "xinghe", now + timedelta(days=36))
    case = MisconductCase.objects.get()
    letters = Letter.objects.filter(application=left_out).values_list("subject", "body")
    read = "".join([applying.CALL, *(words for letter in letters for words in letter)])
    assert not applications_with_feedback(owner).exists()
    assert case.filed_by == owner
    assert [quoted for quoted in re.findall("“(.+?)”", case.statement) if quoted not in read] == []
    assert "反馈" not in case.statement

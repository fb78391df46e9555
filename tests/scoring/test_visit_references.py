"""现场评审的依据：访谈和查阅文件按登记的编号引用；别的环节不行；移除的不行，编号不变."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from accounts.models import User
from ground.errors import Refused
from scoring import services
from scoring.models import Sheet
from scoring.queries.references import fits_file
from scoring.rules.references import NotFound, checked
from tests.scoring.builders import sheets_of
from tests.scoring.visiting import line, make_site, site_panel, visit_plan

Login = Callable[[User], Client]


def save(sheet: Sheet, now: datetime, evidence: str) -> str:
    services.save_items(
        sheet=sheet, items={"4.1.2": {"evidence": evidence}}, actor=sheet.reviewer.user, now=now
    )
    return sheet.items.get(item="4.1.2").evidence


def test_what_was_heard_and_seen_has_one_form() -> None:
    visited = {("interview", 2), ("document", 1)}
    found = checked(
        "访谈 2、查阅文件1；现场查阅文件1；附件3", evidence=(3,), items=(), pages=0, visited=visited
    )
    assert found == "访谈2；文件1；附件3"
    with pytest.raises(NotFound) as missing:
        checked("访谈1；文件2", evidence=(1, 2), items=(), pages=9, visited=visited)
    assert missing.value.parts == ("访谈1", "文件2")


def test_the_site_sheet_names_the_record_and_leads_to_it(db: None, now: datetime, client_of: Login) -> None:
    house = make_site(now, applicants=1)
    panel, (application,) = site_panel(house), house.applications
    visit = visit_plan(house, panel, application)
    sheet = sheets_of(panel, application, "site")[0]
    member = sheet.reviewer.user
    with pytest.raises(Refused) as refused:
        save(sheet, now, "访谈1")
    assert refused.value.codes == ("unknown_reference",)
    gone, heard = (line(house, visit, "interview", member, subject=who) for who in ("班组长", "总经理"))
    seen = line(house, visit, "document", member, subject="设备点检表")
    visit.refresh_from_db()
    services.remove_line(line=gone, actor=member, now=now)
    assert save(sheet, now, "访谈2，文件1") == "访谈2；文件1"
    with pytest.raises(Refused) as refused:
        save(sheet, now, "访谈1")
    assert refused.value.codes == ("unknown_reference",)
    assert sheet.items.get(item="4.1.2").evidence == "访谈2；文件1"

    text = client_of(member).get(sheet.get_absolute_url()).content.decode()
    for shown, words in ((heard, "访谈2 总经理"), (seen, "文件1 设备点检表")):
        assert f'href="{visit.get_absolute_url()}#line-{shown.pk}"' in text
        assert words in text
    page = client_of(member).get(visit.get_absolute_url()).content.decode()
    assert f'id="line-{heard.pk}" tabindex="-1"><legend>访谈 2</legend>' in page


def test_before_the_visit_nothing_rests_on_it(db: None, now: datetime) -> None:
    house = make_site(now, applicants=1)
    panel, (application,) = site_panel(house), house.applications
    visit = visit_plan(house, panel, application)
    line(house, visit, "interview", sheets_of(panel, application, "site")[0].reviewer.user, subject="总经理")
    assert fits_file(application, "site")("访谈1") == "访谈1"
    with pytest.raises(NotFound):
        fits_file(application, "material")("访谈1")

"""The record of a visit: who writes and who waits for it; two at once, the minutes, the photos."""

from __future__ import annotations

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import Entry
from scoring import services
from scoring.models import Panel, SiteVisit, VisitAnswer, VisitLine, VisitPhoto
from tests.applications.assessments import picture
from tests.scoring.builders import House
from tests.scoring.reviewing import MOST, Browser, member, queries, read, user
from tests.scoring.visiting import codes, line, owner, question, report_signed, visit_plan

QUESTION = "请核实模具寿命台账的秘密问题"


def enter(client: Client, visit: SiteVisit, key: str, value: str, version: int) -> tuple[int, dict[str, Any]]:
    answer = client.post(
        f"/scoring/visits/{visit.pk}/entry/",
        json.dumps({"field": key, "value": value, "version": version}),
        content_type="application/json",
    )
    return answer.status_code, answer.json() if answer.status_code != 403 else {}


def form_of(client: Client, visit: SiteVisit) -> dict[str, str]:
    form = client.get(visit.get_absolute_url()).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_who_goes_writes_and_the_office_waits_for_the_report(
    site: House, panel: Panel, client_of: Browser
) -> None:
    first = site.applications[0]
    sheet = question(site, first, "4.1.2", QUESTION)
    people = [member(panel, place).reviewer for place in (0, 1)]
    visit = visit_plan(site, panel, first, members=people)
    page, key = visit.get_absolute_url(), f"answer-{sheet.pk}-4.1.2"
    going, staying, office = client_of(user(panel, 1)), client_of(user(panel, 2)), client_of(site.clerk)
    assert enter(going, visit, f"{key}-outcome", "partly", 0)[0] == 200
    assert enter(going, visit, f"{key}-outcome", "maybe", 1)[0] == 422
    assert enter(going, visit, "line-99999-subject", "没有", 1)[0] == 422
    status, body = enter(going, visit, f"{key}-answer", "现场秘密所见", 1)
    assert (status, body["version"]) == (200, 2)
    answer = VisitAnswer.objects.get()
    assert (answer.outcome, answer.answer) == ("partly", "现场秘密所见")
    for client, words in ((going, True), (staying, True), (office, False)):
        shown = read(client, page)
        assert (QUESTION in shown, "现场秘密所见" in shown) == (words, words)
    assert 'name="opening_text"' not in read(staying, page)
    for client in (staying, office):
        assert enter(client, visit, "opening_text", "我写的", 2)[0] in (403, 422)
    report_signed(first)
    assert "现场秘密所见" in read(office, page)
    assert enter(going, visit, f"{key}-answer", "事后改写", 9)[0] == 403
    assert VisitAnswer.objects.get().answer == "现场秘密所见"


def test_two_who_write_at_once_lose_nothing(site: House, panel: Panel, client_of: Browser) -> None:
    visit = visit_plan(site, panel, site.applications[0])
    one, other = client_of(user(panel, 0)), client_of(user(panel, 1))
    assert enter(one, visit, "opening_text", "甲写的", 0)[1]["version"] == 1
    status, body = enter(other, visit, "opening_text", "乙写的", 0)
    assert (status, body["value"], body["version"]) == (409, "甲写的", 1)
    assert body["by"] == user(panel, 0).name
    assert enter(other, visit, "closing_text", "乙写末次", 0) == (200, {"version": 0, "saved_at": "09:00:00"})
    assert enter(other, visit, "opening_text", "乙知道了再写", 1)[0] == 200
    visit.refresh_from_db()
    assert (visit.opening_text, visit.closing_text) == ("乙知道了再写", "乙写末次")


def test_the_whole_page_sent_leaves_alone_what_others_wrote(
    site: House, panel: Panel, client_of: Browser
) -> None:
    visit = visit_plan(site, panel, site.applications[0])
    one, other = client_of(user(panel, 0)), client_of(user(panel, 1))
    mine = form_of(one, visit)
    assert enter(other, visit, "closing_text", "乙写末次", 0)[0] == 200
    assert one.post(visit.get_absolute_url(), mine | {"opening_text": "甲写首次"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.opening_text, visit.closing_text) == ("甲写首次", "乙写末次")
    clash = one.post(visit.get_absolute_url(), mine | {"closing_text": "甲写末次"})
    assert clash.status_code == 422
    assert "乙写末次" in clash.content.decode()
    assert "甲写末次" in clash.content.decode()
    added = one.post(visit.get_absolute_url(), form_of(one, visit) | {"add": "document"})
    made = VisitLine.objects.get(kind="document")
    assert added.url == f"{visit.get_absolute_url()}#line-{made.pk}"
    gone = form_of(one, visit) | {f"line-{made.pk}-subject": "台账", "remove": str(made.pk)}
    assert one.post(visit.get_absolute_url(), gone).status_code == 302
    made.refresh_from_db()
    assert (made.subject, made.removed_at) == ("台账", site.now)
    assert "台账" in Entry.objects.get(action="visit.remove_line").payload


def test_signed_minutes_stay(site: House, panel: Panel, client_of: Browser) -> None:
    visit = visit_plan(site, panel, site.applications[0])
    lead, address = client_of(user(panel, 0)), f"/scoring/visits/{visit.pk}/minutes/opening/"
    assert client_of(user(panel, 1)).get(address).status_code == 403
    assert lead.get(f"/scoring/visits/{visit.pk}/minutes/lunch/").status_code == 404
    assert lead.post(address).status_code == 422
    given = {"visit": visit, "revision": 0, "actor": user(panel, 0), "now": site.now}
    services.save_visit(
        values={"opening_at": site.now, "opening_present": "张三、李四", "opening_text": "介绍了安排"},
        **given,
    )
    assert lead.post(address).status_code == 302
    entry = Entry.objects.get(action="visit.sign_minutes")
    assert "张三、李四" in entry.payload
    change = {"opening_text": "事后改的"}
    assert codes(lambda: services.save_visit(values=change, **given)) == {"minutes_signed"}
    again = lambda: services.sign_minutes(visit=visit, part="opening", actor=user(panel, 0), now=site.now)  # noqa: E731
    assert codes(again) == {"minutes_signed"}
    assert "介绍了安排" in read(lead, visit.get_absolute_url())


def test_photos_are_the_panels(site: House, panel: Panel, client_of: Browser) -> None:
    first = site.applications[0]
    visit = visit_plan(site, panel, first)
    one, base = client_of(user(panel, 1)), f"/scoring/visits/{visit.pk}/photos/"
    text = SimpleUploadedFile("a.png", b"text", content_type="image/png")
    assert one.post(base, {"upload": text}).status_code == 422
    assert one.post(base, {"upload": picture()}).status_code == 302
    kept = VisitPhoto.objects.get()
    address = f"{base}{kept.pk}/"
    assert enter(one, visit, f"photo-{kept.pk}-caption", "三号冲压机", 0)[0] == 200
    for who, status in ((user(panel, 2), 200), (site.clerk, 404), (owner(first), 404)):
        assert client_of(who).get(address).status_code == status
    report_signed(first)
    assert client_of(site.clerk).get(address).status_code == 200
    assert one.post(visit.get_absolute_url(), {"remove_photo": kept.pk}).status_code == 403
    assert VisitPhoto.objects.get().removed_at is None


def test_a_photo_can_be_taken_off(site: House, panel: Panel, client_of: Browser) -> None:
    visit = visit_plan(site, panel, site.applications[0])
    kept = services.add_photo(visit=visit, upload=picture(), actor=user(panel, 1), now=site.now)
    client, address = client_of(user(panel, 1)), visit.get_absolute_url()
    sent = form_of(client, visit) | {"closing_text": "一并保存", "remove_photo": str(kept.pk)}
    assert client.post(address, sent).url == f"{address}#photos"
    visit.refresh_from_db()
    assert visit.closing_text == "一并保存"
    assert client.get(f"{address}photos/{kept.pk}/").status_code == 404
    actions = list(
        Entry.objects.filter(action__contains="photo").order_by("pk").values_list("action", flat=True)
    )
    assert actions == ["visit.add_photo", "visit.remove_photo"]


def test_it_costs_the_same_with_one_row_and_with_three(site: House, panel: Panel, client_of: Browser) -> None:
    few, many = site.applications
    spent = []
    for application, rows in ((few, 1), (many, 3)):
        visit = visit_plan(site, panel, application)
        for place in range(rows):
            question(site, application, "4.1.2", f"问题{place}")
            for kind in VisitLine.Kind.values:
                line(site, visit, kind, user(panel, 0))
            services.add_photo(visit=visit, upload=picture(50 + place), actor=user(panel, 0), now=site.now)
        spent.append(
            [queries(client_of(who), visit.get_absolute_url()) for who in (user(panel, 0), site.clerk)]
        )
    assert spent[0] == spent[1]
    assert max(spent[0]) <= MOST
    assert queries(client_of(user(panel, 0)), f"/scoring/panels/{panel.pk}/visits/") <= MOST

"""Nothing is learnt before its time, and nothing at all by whoever is recused. Every page is there to leak."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import User
from scoring import services
from scoring.models import Consolidation, Panel
from tests.factories import make_user
from tests.kept import kept
from tests.scoring.builders import House, seal, settle_all, sign
from tests.scoring.reviewing import Browser, member, read, sheet_of, user

SECRET = "只有封存以后才能看的评语"


@kept
def panel(house: House) -> Panel:
    """Four seats; the third has sealed both sheets with words that must not get out."""
    panel = house.panel(size=4)
    for application in house.applications:
        sheet = sheet_of(panel, 2, application)
        services.save_items(sheet=sheet, items={}, overall=SECRET, actor=user(panel, 2), now=house.now)
        seal(sheet, 65, house.now)
    return panel


def outsiders(house: House) -> Iterator[User]:
    yield house.clerk
    yield house.head
    yield house.reviewer().user
    for role in (
        "office_head:city",
        "committee:park",
        "authority:park",
        "finance:park",
        "administrator",
        "reviewer",
    ):
        yield make_user(role)


def pages_on(panel: Panel, house: House, number: int = 0) -> list[str]:
    application = house.applications[number]
    consolidation = Consolidation.objects.get(application=application)
    sheets = [sheet_of(panel, place, application).pk for place in range(4)]
    return [
        *(f"/scoring/sheets/{pk}/" for pk in sheets),
        *(f"/scoring/sheets/{pk}/seal/" for pk in sheets),
        f"/scoring/consolidations/{consolidation.pk}/",
        f"/scoring/consolidations/{consolidation.pk}/sign/",
        f"/scoring/consolidations/{consolidation.pk}/report/",
        f"/scoring/files/{application.pk}/{application.report_id}/",
        f"/scoring/files/{application.pk}/images/1/",
        f"/scoring/recusal/{application.pk}/",
    ]


def test_outsiders_see_nothing_of_a_review_under_way(house: House, panel: Panel, client_of: Browser) -> None:
    addresses = pages_on(panel, house)
    for somebody in outsiders(house):
        for address in addresses:
            status = client_of(somebody).get(address).status_code
            assert status == (403 if "/recusal/" in address and not _in_pool(somebody) else 404), address


def _in_pool(somebody: User) -> bool:
    return hasattr(somebody, "reviewer")


def test_an_applicant_sees_nothing_of_its_own_review(house: House, panel: Panel, client_of: Browser) -> None:
    owner = make_user(f"applicant_owner:{house.applications[0].organisation_id}")
    for address in pages_on(panel, house):
        assert client_of(owner).get(address).status_code in (403, 404), address


def test_the_supervisor_reads_what_is_sealed_and_no_draft(
    house: House, panel: Panel, client_of: Browser
) -> None:
    client = client_of(make_user("supervisor"))
    application = house.applications[0]
    draft, sealed = sheet_of(panel, 0, application), sheet_of(panel, 2, application)
    assert client.get(f"/scoring/sheets/{draft.pk}/").status_code == 404
    assert SECRET in read(client, f"/scoring/sheets/{sealed.pk}/")


def test_a_sealed_sheet_opens_to_colleagues_when_all_are_sealed_for_that_application_only(
    house: House, panel: Panel, client_of: Browser
) -> None:
    first, second = house.applications
    client = client_of(user(panel, 1))
    theirs, elsewhere = sheet_of(panel, 2, first), sheet_of(panel, 2, second)
    assert client.get(f"/scoring/sheets/{theirs.pk}/").status_code == 404
    seal(sheet_of(panel, 1, first), 50, house.now)
    seal(sheet_of(panel, 3, first), 50, house.now)
    assert client.get(f"/scoring/sheets/{theirs.pk}/").status_code == 404
    seal(sheet_of(panel, 0, first), 50, house.now)
    assert SECRET in read(client, f"/scoring/sheets/{theirs.pk}/")
    assert client.get(f"/scoring/sheets/{elsewhere.pk}/").status_code == 404


def test_sent_back_a_reviewer_is_blind(house: House, panel: Panel, client_of: Browser) -> None:
    application = house.applications[0]
    mine, theirs = seal(sheet_of(panel, 1, application), 50, house.now), sheet_of(panel, 2, application)
    client = client_of(user(panel, 1))
    assert client.get(f"/scoring/sheets/{theirs.pk}/").status_code == 404
    services.reopen_sheet(sheet=mine, reason="漏评一项", actor=house.head, now=house.now)
    assert client.get(f"/scoring/sheets/{theirs.pk}/").status_code == 404
    consolidation = Consolidation.objects.get(application=application)
    assert client.get(f"/scoring/consolidations/{consolidation.pk}/").status_code == 404


def test_a_recused_reviewer_sees_nothing_of_that_file_even_afterwards(
    house: House, panel: Panel, client_of: Browser
) -> None:
    """Recused after having sealed: own sheet, others' sheets, consensus, report and file are all gone."""
    application, other = house.applications
    seal(sheet_of(panel, 3, application), 70, house.now)
    addresses = [address for address in pages_on(panel, house) if "/seal/" not in address]
    services.declare_recusal(
        reviewer=member(panel, 3).reviewer,
        application=application,
        kind="shareholding",
        reason="持有该公司股票",
        actor=user(panel, 3),
        now=house.now,
    )
    client = client_of(user(panel, 3))
    for address in addresses:
        assert client.get(address).status_code == 404, address
    for place in (0, 1):
        seal(sheet_of(panel, place, application), 55, house.now)
    report = Consolidation.objects.get(application=application)
    settle_all(report, 55, house.now, note="说明")
    sign(report, house.now)
    for address in addresses:
        assert client.get(address).status_code == 404, address
    for address in ("/scoring/desk/", "/scoring/recusal/"):
        page = read(client, address)
        assert application.organisation.name not in page
        assert application.number not in page
        assert other.organisation.name in page


def test_a_conflict_found_in_the_data_shuts_at_once(house: House, panel: Panel, client_of: Browser) -> None:
    """Before any sweep has run: the reviewer has changed employer."""
    application = house.applications[0]
    reviewer = member(panel, 3).reviewer
    reviewer.employer_uscc = application.organisation.uscc
    reviewer.save(update_fields=["employer_uscc"])
    client = client_of(user(panel, 3))
    for address in pages_on(panel, house):
        assert client.get(address).status_code == 404, address
    assert application.organisation.name not in read(client, "/scoring/desk/")


def test_a_disqualified_reviewer_is_out(house: House, panel: Panel, client_of: Browser) -> None:
    reviewer = member(panel, 2).reviewer
    type(reviewer).objects.filter(pk=reviewer.pk).update(disqualified_at=house.now)
    client = client_of(user(panel, 2))
    for address in pages_on(panel, house):
        assert client.get(address).status_code == (403 if "/recusal/" in address else 404), address
    assert client.get("/scoring/recusal/").status_code == 403


def test_after_the_signature_the_office_reads_all(house: House, panel: Panel, client_of: Browser) -> None:
    application = house.applications[0]
    for place in (0, 1, 3):
        seal(sheet_of(panel, place, application), 55, house.now)
    report = Consolidation.objects.get(application=application)
    settle_all(report, 55, house.now, note="说明")
    sign(report, house.now)
    sealed = sheet_of(panel, 2, application)
    assert SECRET in read(client_of(house.clerk), f"/scoring/sheets/{sealed.pk}/")
    assert client_of(make_user("office_clerk:city")).get(f"/scoring/sheets/{sealed.pk}/").status_code == 404
    assert client_of(make_user("committee:park")).get(f"/scoring/sheets/{sealed.pk}/").status_code == 404


def test_nobody_gets_in_without_logging_in(house: House, panel: Panel, client: object) -> None:
    for address in [*pages_on(panel, house), "/scoring/desk/", "/scoring/recusal/"]:
        assert client.get(address).url.startswith("/accounts/login/"), address

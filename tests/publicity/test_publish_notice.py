"""公示: only what was approved, on the required sites, by two people, for seven days counted by the Civil Code."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Entry
from awards.models import OfficeWorkdays
from ground.errors import Refused
from notifications.models import Duty, InboxItem
from publicity import services
from publicity.models import Notice
from tests.publicity.factories import (
    CLOSES,
    PUBLISHED,
    House,
    at,
    make_approval,
    make_candidate,
    make_list,
    owner_of,
    publish,
    record_sites,
)


def test_the_window_over_national_day_2026(park: House) -> None:
    notice = publish(park)
    assert (notice.day_one, notice.last_day) == (date(2026, 9, 29), date(2026, 10, 8))
    assert notice.closes_at == CLOSES
    assert notice.rolled
    assert (notice.state, park.refresh().state) == ("published", "publicity")
    assert len(notice.ledger_head) == 64


def test_the_notice_lists_exactly_what_was_approved(park: House) -> None:
    notice = publish(park)
    listed = list(notice.entries.values_list("application_id", "tier", "repeat"))
    assert listed == [
        (park.candidates[0].pk, "quality", False),
        (park.candidates[1].pk, "quality", True),
        (park.candidates[2].pk, "excellence", False),
    ]


def test_who_drafts_does_not_publish(park: House) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.head, now=PUBLISHED)
    record_sites(park, notice)
    with pytest.raises(Refused) as refusal:
        services.publish_notice(notice=notice, actor=park.head, now=PUBLISHED)
    assert refusal.value.codes == ("four_eyes",)
    assert services.publish_notice(notice=notice, actor=park.deputy, now=PUBLISHED).state == "published"


def test_who_changes_the_words_becomes_the_drafter(park: House) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.clerk, now=PUBLISHED)
    services.revise_notice(notice=notice, title="公示", body="改过的正文", actor=park.head, now=PUBLISHED)
    record_sites(park, notice)
    with pytest.raises(Refused) as refusal:
        services.publish_notice(notice=notice, actor=park.head, now=PUBLISHED)
    assert refusal.value.code == "four_eyes"


def test_only_the_head_publishes_and_only_in_the_own_scheme(park: House, city: House) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.clerk, now=PUBLISHED)
    record_sites(park, notice)
    for stranger in (park.clerk, park.committee, park.authority, city.head):
        with pytest.raises(PermissionDenied):
            services.publish_notice(notice=notice, actor=stranger, now=PUBLISHED)
    assert Notice.objects.get().state == "draft"


def test_one_notice_an_approval(park: House) -> None:
    approval = make_list(park)
    services.draft_notice(approval=approval, actor=park.clerk, now=PUBLISHED)
    with pytest.raises(Refused) as refusal:
        services.draft_notice(approval=approval, actor=park.clerk, now=PUBLISHED)
    assert refusal.value.codes == ("notice_exists",)


def test_an_empty_list_is_not_published(park: House) -> None:
    with pytest.raises(Refused) as refusal:
        services.draft_notice(approval=make_approval(park, []), actor=park.clerk, now=PUBLISHED)
    assert refusal.value.codes == ("list_empty",)


def test_the_city_needs_two_sites_and_the_last_one_counts(city: House) -> None:
    notice = services.draft_notice(approval=make_list(city), actor=city.clerk, now=PUBLISHED)
    with pytest.raises(Refused) as refusal:
        services.publish_notice(notice=notice, actor=city.head, now=PUBLISHED)
    assert refusal.value.codes == ("site_missing", "site_missing")
    first, second = city.edition.sites
    later = PUBLISHED + timedelta(days=1)
    for site, when in ((first, PUBLISHED), (second, later)):
        services.record_site(
            notice=notice,
            code=site.code,
            url="https://www.suzhou.gov.cn/x",
            published_at=when,
            actor=city.clerk,
            now=later,
        )
    notice = services.publish_notice(notice=notice, actor=city.head, now=later)
    assert notice.published_at == later
    assert notice.day_one == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("code", "url", "when", "codes"),
    [
        ("elsewhere", "https://www.sipac.gov.cn/1", PUBLISHED, ("site_unknown",)),
        ("authority", "www.sipac.gov.cn", PUBLISHED, ("site_url_bad",)),
        ("authority", "javascript:alert(1)", PUBLISHED, ("site_url_bad",)),
        ("authority", "https://www.sipac.gov.cn/1", PUBLISHED + timedelta(minutes=1), ("site_in_future",)),
        ("authority", "https://www.sipac.gov.cn/1", at(9, 24, 23, 59), ("site_before_approval",)),
        ("elsewhere", "x", PUBLISHED + timedelta(days=1), ("site_unknown", "site_url_bad", "site_in_future")),
    ],
)
def test_a_site_is_recorded_with_a_sound_address_and_time(
    park: House, code: str, url: str, when: object, codes: tuple[str, ...]
) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.clerk, now=PUBLISHED)
    with pytest.raises(Refused) as refusal:
        services.record_site(
            notice=notice, code=code, url=url, published_at=when, actor=park.clerk, now=PUBLISHED
        )
    assert refusal.value.codes == codes
    assert not notice.sites.exists()


def test_the_day_of_approval_itself_is_not_too_early(park: House) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.clerk, now=PUBLISHED)
    site = services.record_site(
        notice=notice,
        code="authority",
        url="https://www.sipac.gov.cn/1",
        published_at=at(9, 25, 0, 0),
        actor=park.clerk,
        now=PUBLISHED,
    )
    assert site.name == "苏州工业园区管理委员会网站"


def test_a_year_without_announced_holidays_is_refused_by_name(park: House, stopped) -> None:
    late = at(12, 28)
    stopped.move_to(late)
    notice = services.draft_notice(approval=make_list(park), actor=park.clerk, now=late)
    record_sites(park, notice, late, late)
    with pytest.raises(Refused) as refusal:
        services.publish_notice(notice=notice, actor=park.head, now=late)
    assert refusal.value.codes == ("calendar_unknown",)
    assert "2027年" in str(refusal.value)
    assert "/cycles/workdays/" in str(refusal.value)
    OfficeWorkdays.objects.create(
        year=2027,
        holidays=["2027-01-01", "2027-01-04"],
        makeup_days=[],
        source="国办发明电〔2026〕1号",
        entered_by=park.clerk,
        entered_at=late,
    )
    assert services.publish_notice(notice=notice, actor=park.head, now=late).last_day == date(2027, 1, 5)


def test_a_window_that_is_over_before_the_portal_knew_is_refused(park: House) -> None:
    notice = services.draft_notice(approval=make_list(park), actor=park.clerk, now=PUBLISHED)
    record_sites(park, notice)
    with pytest.raises(Refused) as refusal:
        services.publish_notice(notice=notice, actor=park.head, now=CLOSES)
    assert refusal.value.codes == ("window_over",)


def test_a_published_notice_does_not_change(park: House) -> None:
    notice = publish(park)
    for change in (
        lambda: services.revise_notice(notice=notice, title="x", body="y", actor=park.clerk, now=PUBLISHED),
        lambda: record_sites(park, notice),
        lambda: services.publish_notice(notice=notice, actor=park.deputy, now=PUBLISHED),
    ):
        with pytest.raises(Refused) as refusal:
            change()
        assert refusal.value.codes == ("wrong_state",)


def test_a_withdrawn_notice_makes_room_for_another_with_its_own_window(park: House) -> None:
    notice = publish(park)
    with pytest.raises(Refused) as refusal:
        services.withdraw_notice(notice=notice, reason=" ", actor=park.head, now=PUBLISHED)
    assert refusal.value.codes == ("reason_missing",)
    services.withdraw_notice(notice=notice, reason="名单有误", actor=park.head, now=PUBLISHED)
    second = publish(park, notice.approval, at(9, 29))
    assert second.day_one == date(2026, 9, 30)
    assert park.refresh().state == "publicity"


def test_the_listed_are_told_and_the_duty_ends(park: House) -> None:
    approval = make_list(park)
    owner = owner_of(park.candidates[0].organisation)
    stranger = owner_of(make_candidate(park, state="not_selected").organisation)
    publish(park, approval)
    assert [letter.kind for letter in InboxItem.objects.filter(user=owner)] == ["publicity.listed"]
    assert not InboxItem.objects.filter(user=stranger).exists()
    assert not Duty.objects.filter(kind="publicity.publish", closed_at=None).exists()


def test_every_step_stands_in_the_ledger(park: House) -> None:
    publish(park)
    actions = list(Entry.objects.filter(action__startswith="notice.").values_list("action", flat=True))
    assert actions == ["notice.draft", "notice.record_site", "notice.publish"]
    assert Entry.objects.get(action="notice.publish").article == "第二十六条"
    assert Entry.objects.filter(action="ledger.head_published").exists()

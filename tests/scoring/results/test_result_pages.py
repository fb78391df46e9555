"""The pages from the shortlist to the approval: what they say, what a refusal keeps, how many queries they take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from scoring.models import Approval, Meeting, Shortlist
from tests.factories import make_user
from tests.scoring.results.builders import Year, make_year, states_of, strike, url

Login = Callable[[User], Client]
MOST = 15


# ---------------------------------------------------------------- what they say


def test_the_ranking_shows_score_place_tier_and_reason(ranked: Year, client_of: Login) -> None:
    page = client_of(ranked.first).get(url("ranking", ranked)).content.decode()
    for words in ("700.00", "560.00", "420.00", "超过分数线，在名额内", "未达到分数线", "第十八条"):
        assert words in page
    assert ranked.cycle.ranking.digest in page


def test_a_tie_is_shown_with_the_seats_left(year: Year, client_of: Login) -> None:
    for name, score in (("甲", 700), ("乙", 650), ("丙", 650)):
        year.enter(name, score)
    year.freeze()
    page = client_of(year.first).get(url("ranking", year)).content.decode()
    assert "质量奖有并列" in page
    assert "只剩 1 个名额" in page
    assert page.count("并列待审议") >= 2
    year.call()
    member, tied = client_of(year.first), year.files["乙"].pk
    meeting = member.get(url("meeting", year)).content.decode()
    assert "乙、丙 同得 650.00 分，只剩 1 个名额" in meeting
    assert "授予哪一家并写明理由" in meeting
    vote = member.get(url("cast_vote", year, tied)).content.decode()
    assert "与丙同分，" in vote
    assert "质量奖只剩 1 个名额" in vote
    assert "同分" not in member.get(url("cast_vote", year, year.files["甲"].pk)).content.decode()
    resolve = client_of(year.head).get(url("record_resolution", year, tied)).content.decode()
    assert "授予或者不授予都要写明理由" in resolve


def test_before_freezing_the_office_sees_what_is_missing(year: Year, client_of: Login) -> None:
    year.enter("苏州甲精密", site=None)
    head = client_of(year.head)
    page = head.get(url("ranking", year)).content.decode()
    assert "全部签署后，才能锁定排名" in page
    assert "锁定排名</button>" not in page
    year.enter("苏州乙软件")
    year.files["苏州甲精密"].consolidations.filter(stage="site").update(state="signed", score=1)
    assert "锁定排名</button>" in head.get(url("ranking", year)).content.decode()
    assert "锁定排名</button>" not in client_of(year.clerk).get(url("ranking", year)).content.decode()


def test_single_votes_are_for_the_office_and_the_member(
    ranked: Year, called: Meeting, client_of: Login
) -> None:
    ranked.vote(called, "苏州甲精密", "for", "against", "abstain")
    office = client_of(ranked.clerk).get(url("meeting", ranked)).content.decode()
    assert "有不同意见" in office
    for reader in (ranked.first, ranked.authority):
        page = client_of(reader).get(url("meeting", ranked)).content.decode()
        assert "有不同意见" not in page
        assert "各委员表决" not in page
        assert "同意 1，不同意 1，弃权 1" in page
    mine = client_of(ranked.second).get(url("meeting", ranked)).content.decode()
    assert "已表决“不同意”，修改" in mine


def test_the_way_through_the_pages(year: Year, client_of: Login) -> None:
    """Shortlist to approval as the people click it."""
    year.set_state("material")
    one = year.enter("苏州甲精密", 700, state="accepted")
    year.enter("苏州乙软件", 560, state="accepted")
    head, clerk, authority = client_of(year.head), client_of(year.clerk), client_of(year.authority)
    head.post(url("shortlist", year), {"applications": [one.pk], "reason": "按分数"})
    assert states_of(("苏州甲精密", "苏州乙软件"), year) == {
        "苏州甲精密": "shortlisted",
        "苏州乙软件": "not_shortlisted",
    }
    # scoring:panels is the colleague's page: the act itself, not where it leads
    year.set_state("site")
    assert head.post(url("freeze_ranking", year)).url == url("ranking", year)
    answer = clerk.post(
        url("meeting", year), {"held_at": "2026-09-02T14:00", "place": "三楼", "chair": "高主任"}
    )
    assert answer.url == url("meeting", year)
    for member in year.members:
        client_of(member).post(url("cast_vote", year, one.pk), {"choice": "for", "reason": ""})
    award = {"outcome": "award", "tier": "quality", "number": "评定委〔2026〕1号", "reason": ""}
    assert head.post(url("record_resolution", year, one.pk), award).status_code == 302
    assert head.post(url("close_meeting", year)).url == url("approval", year)
    signed = {"document_number": "苏园管〔2026〕5号", "approved_on": "2026-08-03"}
    assert authority.post(url("approval", year), signed).url == url("approval", year)
    year.cycle.refresh_from_db()
    assert year.cycle.state == "approved"
    assert "苏园管〔2026〕5号" in clerk.get(url("approval", year)).content.decode()


def test_next_in_line_page(year: Year, client_of: Login) -> None:
    for name, score in zip("甲乙丙丁", (590, 580, 570, 560), strict=True):
        year.enter(f"苏州{name}公司", score)
    head = client_of(year.head)
    assert "没有需要递补的名额" in head.get(url("nominate_next", year)).content.decode()
    year.decided(苏州甲公司="excellence", 苏州乙公司="excellence", 苏州丙公司="excellence")
    year.approve()
    year.set_state("publicity_closed")
    strike(year.files["苏州甲公司"])
    page = head.get(url("nominate_next", year)).content.decode()
    assert "苏州丁公司，第 4 名，560.00 分" in page
    typed = {"number": "", "reason": "按排名递补苏州丁"}
    kept = head.post(url("nominate_next", year), typed)
    assert kept.status_code == 422
    assert "按排名递补苏州丁" in kept.content.decode()
    done = head.post(url("nominate_next", year), typed | {"number": "评定委〔2026〕9号"})
    assert done.url == url("approval", year)
    strike(year.files["苏州乙公司"])
    assert "空出的名额保留空缺" in head.get(url("nominate_next", year)).content.decode()


# ---------------------------------------------------------------- nothing typed is lost


def test_a_refused_shortlist_keeps_choice_and_reason(material_year: Year, client_of: Login) -> None:
    one, two = (material_year.files[name] for name in ("甲", "乙"))
    material_year.enter("丙", material=None, state="accepted")
    answer = client_of(material_year.head).post(
        url("shortlist", material_year), {"applications": [two.pk], "reason": "我写的理由"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“丙”的材料评审报告还没有签署" in page
    assert "我写的理由" in page
    assert f'value="{two.pk}" id="app-{two.pk}" checked' in page
    assert f'value="{one.pk}" id="app-{one.pk}" checked' not in page
    assert not Shortlist.objects.exists()


@pytest.mark.parametrize(
    ("view", "who", "typed", "kept"),
    [
        ("meeting", "clerk", {"held_at": "昨天", "place": "第三会议室", "chair": "高主任"}, "第三会议室"),
        (
            "approval",
            "authority",
            {"document_number": "苏园管特号", "approved_on": "2027-01-01"},
            "苏园管特号",
        ),
        (
            "approval",
            "authority",
            {"document_number": "苏园管特号", "approved_on": "2026-13-01"},
            "2026-13-01",
        ),
    ],
)
def test_bad_input_comes_back(
    ranked: Year, client_of: Login, view: str, who: str, typed: dict[str, str], kept: str
) -> None:
    if view == "approval":
        ranked.award(ranked.call(), 苏州甲精密="quality", 苏州乙软件="excellence")
        ranked.close(Meeting.objects.get())
    answer = client_of(ranked.people[who]).post(url(view, ranked), typed)
    assert answer.status_code == 422
    assert kept in answer.content.decode()
    assert not Approval.objects.exists()


def test_a_refused_vote_and_resolution_come_back(ranked: Year, called: Meeting, client_of: Login) -> None:
    file = ranked.files["苏州甲精密"].pk
    answer = client_of(ranked.first).post(
        url("cast_vote", ranked, file), {"choice": "against", "reason": " "}
    )
    assert answer.status_code == 422
    assert "请写明理由" in answer.content.decode()
    typed = {"outcome": "award", "tier": "excellence", "number": "评定委特号", "reason": ""}
    answer = client_of(ranked.head).post(url("record_resolution", ranked, file), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("评定委特号", "还没有委员", "没有多于不同意票", "请写明理由"):
        assert words in page


# ---------------------------------------------------------------- queries


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("view", ["shortlist", "ranking", "meeting", "approval"])
def test_queries_do_not_grow_with_the_candidates(
    year: Year, client_of: Login, view: str, frozen: bool
) -> None:
    other = make_year(year.now, year=2025)
    year.enter("甲", 700)
    for name, score in (("甲一", 700), ("甲二", 690), ("甲三", 560)):
        other.enter(name, score)
    if frozen:
        for held, tiers in (
            (year, {"甲": "quality"}),
            (other, {"甲一": "quality", "甲二": "quality", "甲三": "excellence"}),
        ):
            held.decided(**tiers)
            held.approve()
    for who in ("office_head:park", "supervisor"):
        client = client_of(make_user(who))
        client.get(url(view, year))
        counts = [queries(client, url(view, held)) for held in (year, other)]
        assert counts[0] == counts[1] <= MOST


@pytest.mark.parametrize("name", ["committee", "authority"])
def test_queries_of_first_pages(year: Year, client_of: Login, name: str) -> None:
    year.enter("甲", 700)
    year.freeze()
    year.call()
    client, address = (
        client_of(year.first if name == "committee" else year.authority),
        reverse(f"scoring:{name}"),
    )
    one = queries(client, address)
    for more in (2024, 2025):
        fresh = make_year(year.now, year=more)
        fresh.enter("甲", 700)
        fresh.freeze()
        fresh.call()
    assert queries(client, address) == one <= MOST


def test_the_awarded_before_shows_as_repeat(year: Year, client_of: Login) -> None:
    year.enter("老", 650)
    year.won("老", date(2020, 1, 1))
    year.freeze()
    page = client_of(year.clerk).get(url("ranking", year)).content.decode()
    assert "再次获奖，不占名额" in page

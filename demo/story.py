"""The demo's three cycles: a park year announced, a park year in site review, a city year open for applications."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from applications.models import Application
from audit.services import seal_pending
from awards.law import workdays
from awards.models import Cycle
from awards.services import sweep_cycles, sync_law
from demo import applying, careers, complaining, judging, visiting
from demo.roster import Roster, make_roster
from demo.self_assessing import write_online
from demo.timeline import around, days_from, last_year, on
from notifications.services import sweep_outbox, sweep_reminders
from publicity import services as publicity
from publicity.models import Honour, Payment
from scoring import services as scoring
from scoring.models import Consolidation, Meeting, Panel, Stage, Vote

PARK, CITY = ("park", "park-2023"), ("city", "city-2016")
# organisation → recommender, in the year that is over
LAST: Final = {
    "guangsu": "zone",
    "lanqiao": "chamber",
    "hengtu": "dushu",
    "tailong": "zone",
    "hexin": "dushu",
    "jinzhou": "chamber",
}
THIS: Final = {
    "ruian": "zone",
    "qingyuan": "chamber",
    "yunshu": "dushu",
    "mingde": "dushu",
    "xinghe": "zone",
    "beichen": "chamber",
}


def tell(now: datetime) -> Roster:
    """Make everything as it stands at `now`; return who is who."""
    this_year = days_from(now, -160).year
    over = min(this_year - 1, max(workdays.years()))
    sync_law(now=on(over, 1, 6))
    roster = make_roster(on(over, 1, 6))
    year_over(roster, over, now)
    careers.keep(roster, now, days_from(now, -165))
    year_in_site_review(roster, this_year, now)
    city_open(roster, now)
    sweep_cycles(now=now)
    sweep_reminders(now=now)
    seal_pending(now)
    sweep_outbox(now=now)
    return roster


def year_over(roster: Roster, year: int, now: datetime) -> None:
    """A park year from the call to the announcement, all prizes paid, an incident reported lately."""
    cycle = applying.call_year(
        roster, *PARK, year, f"苏园质评办〔{year}〕1号", last_year(year), on(year, 3, 3)
    )
    files = _apply(roster, cycle, LAST, on(year, 3, 20), timedelta(days=4))
    sweep_cycles(now=on(year, 5, 1))
    for application in files.values():
        applying.decide(roster, application, accepted=True, reason="", at=on(year, 5, 15))
    _material(roster, cycle, files.values(), (1, 5, 6, 2), on(year, 6, 3), on(year, 6, 20))
    _shortlist(roster, cycle, [files[key] for key in LAST if key != "jinzhou"], on(year, 7, 8))
    panel = judging.form_panel(
        roster, cycle, Panel.Kind.SITE, (3, 8, 7, 9), _shortlisted(cycle), on(year, 7, 14)
    )
    judging.declare_none(panel, on(year, 7, 15))
    for stage, at in (("presentation", on(year, 7, 24)), ("site", on(year, 8, 20))):
        judging.score(roster, judging.open_sheets(panel, stage), at)
        judging.sign_reports(panel, at + timedelta(hours=5), stage)
        if stage == "presentation":
            visiting.make_visits(roster, panel, on(year, 7, 31, 9))
    _decide(roster, cycle, year)
    _publish(roster, cycle, year)
    _afterwards(roster, cycle, year, now)


def year_in_site_review(roster: Roster, year: int, now: datetime) -> None:
    """A park year whose presentations are scored and whose site visits are under way."""
    rows = around(
        now,
        {
            "application": (-160, -110),
            "recommendation": (-160, -104),
            "eligibility": (-108, -92),
            "material": (-88, -45),
            "presentation": (-20, -6),
            "site": (-12, 18),
            "deliberation": (24, 34),
        },
    )
    cycle = applying.call_year(roster, *PARK, year, f"苏园质评办〔{year}〕1号", rows, days_from(now, -160))
    files = _apply(
        roster,
        cycle,
        THIS,
        days_from(now, -140),
        timedelta(days=3),
        online=("yunshu",),
        beichen={"spot_checks": []},
    )
    sweep_cycles(now=days_from(now, -109))
    for key, application in files.items():
        fit = key != "beichen"
        reason = "" if fit else "最近三年中有一年亏损，不符合申报条件。"
        applying.decide(roster, application, accepted=fit, reason=reason, at=days_from(now, -96))
    accepted = [application for key, application in files.items() if key != "beichen"]
    careers.clear_conflict(roster, 13, "xinghe", days_from(now, -88))
    _material(roster, cycle, accepted, (2, 5, 4, 13), days_from(now, -86), days_from(now, -50))
    _shortlist(
        roster, cycle, [files[key] for key in ("ruian", "qingyuan", "yunshu", "mingde")], days_from(now, -40)
    )
    panel = judging.form_panel(
        roster, cycle, Panel.Kind.SITE, (4, 3, 14, 8), _shortlisted(cycle), days_from(now, -24)
    )
    judging.declare_none(panel, days_from(now, -23))
    visiting.present(roster, panel, days_from(now, -22), days_from(now, -8))
    visiting.hear(roster, panel)
    judging.sign_reports(panel, days_from(now, -7), "presentation")
    for key, day in (("ruian", -3), ("qingyuan", -2)):
        made = visiting.visit(roster, panel, files[key], days_from(now, -7), days_from(now, day, 9))
        visiting.send_and_begin(roster, made, days_from(now, -6), days_from(now, day, 9))
    visiting.visit(roster, panel, files["mingde"], days_from(now, -5), days_from(now, 4))
    sheets = judging.open_sheets(panel, "site")
    judging.score(roster, sheets[:4], days_from(now, -2))
    judging.score(roster, sheets[4:6], days_from(now, -1))
    judging.score(roster, sheets[6:9], days_from(now, -1), share=0.6, seal=False)
    _still_to_do(roster, panel, files, now)


def _still_to_do(roster: Roster, panel: Panel, files: dict[str, Application], now: datetime) -> None:
    """What waits for somebody: a report for its members' word, a declined file, a complaint, an invitation."""
    report = Consolidation.objects.get(application=files["ruian"], stage=Stage.SITE)
    judging.settle(report, days_from(now, -1))
    judging.speak_apart(roster, report, (judging.DOUBTER, 3), days_from(now, -1, 14))
    doubter = roster.reviewers[judging.DOUBTER - 1]
    scoring.decline_file(
        reviewer=doubter,
        application=files["mingde"],
        reason="原定现场评审的两天须参加主管部门召集的会议，无法到场。",
        actor=doubter.user,
        now=days_from(now, -1, 15),
    )
    complaining.complain(roster, files["xinghe"], "xinghe", days_from(now, -4))
    careers.invite(roster, days_from(now, -2))


def city_open(roster: Roster, now: datetime) -> None:
    """A city year open for applications: one file recommended, one submitted twice, two being written online."""
    rows = around(
        now,
        {
            "application": (-25, 20),
            "recommendation": (-25, 27),
            "eligibility": (21, 42),
            "material": (45, 75),
            "presentation": (80, 90),
            "site": (91, 120),
            "deliberation": (125, 135),
        },
    )
    start = days_from(now, -25)
    cycle = applying.call_year(roster, *CITY, start.year, f"苏质评办〔{start.year}〕2号", rows, start)
    for key, recommender, signed in (("wuyue", "cityassoc", True), ("taihu", "cityassoc", False)):
        application = applying.draft(roster, cycle, key, days_from(now, -18))
        applying.complete(roster, application, key, recommender, days_from(now, -12))
        if not signed:
            applying.submit_twice(roster, application, key, days_from(now, -8), days_from(now, -6))
        else:
            applying.submit(roster, application, key, days_from(now, -6))
            applying.recommend(roster, application, recommender, days_from(now, -3))
    nearly = applying.draft(roster, cycle, "ruian", days_from(now, -9))
    applying.complete(roster, nearly, "ruian", "sipgov", days_from(now, -2), online=True)
    begun = applying.draft(roster, cycle, "hexin", days_from(now, -4), certificates=None, accidents=None)
    write_online(begun, "hexin", roster.owners["hexin"], days_from(now, -3))


def _apply(
    roster: Roster,
    cycle: Cycle,
    who: dict[str, str],
    start: datetime,
    pause: timedelta,
    online: tuple[str, ...] = (),
    **changes: dict[str, object],
) -> dict[str, Application]:
    files = {}
    for number, (key, recommender) in enumerate(who.items()):
        at = start + number * pause
        application = applying.draft(roster, cycle, key, at, **changes.get(key, {}))
        applying.complete(
            roster, application, key, recommender, at + timedelta(hours=3), online=key in online
        )
        applying.submit(roster, application, key, at + timedelta(days=1))
        applying.recommend(roster, application, recommender, at + timedelta(days=3))
        files[key] = application
    return files


def _material(
    roster: Roster,
    cycle: Cycle,
    applications: Iterable[Application],
    seats: tuple[int, ...],
    formed: datetime,
    scored: datetime,
) -> None:
    scoring.start_material_review(cycle=cycle, actor=roster.users["park_clerk"], now=formed)
    panel = judging.form_panel(roster, cycle, Panel.Kind.MATERIAL, seats, applications, formed)
    judging.declare_none(panel, formed + timedelta(days=1))
    judging.score(roster, judging.open_sheets(panel), scored)
    judging.sign_reports(panel, scored + timedelta(days=3))


def _shortlist(roster: Roster, cycle: Cycle, chosen: list[Application], at: datetime) -> None:
    head = roster.users["park_head"]
    scoring.decide_shortlist(
        cycle=cycle,
        applications=chosen,
        reason="按材料评审得分从高到低，并考虑现场评审力量确定。",
        actor=head,
        now=at,
    )
    scoring.start_site_review(cycle=cycle, actor=head, now=at + timedelta(hours=1))


def _shortlisted(cycle: Cycle) -> list[Application]:
    return list(cycle.applications.filter(state="shortlisted"))


def _decide(roster: Roster, cycle: Cycle, year: int) -> None:
    head = roster.users["park_head"]
    scoring.freeze_ranking(cycle=cycle, actor=head, now=on(year, 8, 25))
    meeting: Meeting = scoring.call_meeting(
        cycle=cycle,
        held_at=on(year, 9, 2, 14),
        place="管委会第三会议室",
        chair="高明远",
        actor=roster.users["park_clerk"],
        now=on(year, 8, 26),
    )
    for row in cycle.ranking.rows.select_related("application").filter(
        application_id__in=scoring.candidates_of(meeting)
    ):
        for number in (1, 2, 3):
            scoring.cast_vote(
                meeting=meeting,
                application=row.application,
                choice=Vote.Choice.FOR,
                reason="",
                actor=roster.users[f"park_member{number}"],
                now=on(year, 9, 2, 15),
            )
        scoring.record_resolution(
            meeting=meeting,
            application=row.application,
            outcome="award",
            tier=row.tier,
            number=f"苏园质评委〔{year}〕1号",
            reason="",
            actor=head,
            now=on(year, 9, 2, 16),
        )
    scoring.close_meeting(meeting=meeting, actor=head, now=on(year, 9, 2, 17))
    scoring.approve_list(
        cycle=cycle,
        document_number=f"苏园管〔{year}〕36号",
        approved_on=date(year, 9, 8),
        actor=roster.users["park_authority"],
        now=on(year, 9, 8, 15),
    )


def _publish(roster: Roster, cycle: Cycle, year: int) -> None:
    clerk, head = roster.users["park_clerk"], roster.users["park_head"]
    notice = publicity.draft_notice(approval=cycle.approvals.get(), actor=clerk, now=on(year, 9, 9, 9))
    publicity.record_site(
        notice=notice,
        code=cycle.edition.sites[0].code,
        url=f"https://example.org/gongshi/{year}/1",
        published_at=on(year, 9, 9, 9, 30),
        actor=clerk,
        now=on(year, 9, 9, 9, 40),
    )
    publicity.publish_notice(notice=notice, actor=head, now=on(year, 9, 9, 10))
    publicity.sweep_windows(now=on(year, 9, 18))
    publicity.announce(
        cycle=cycle, number=f"苏园管〔{year}〕40号", reason="", actor=head, now=on(year, 9, 22)
    )


def _afterwards(roster: Roster, cycle: Cycle, year: int, now: datetime) -> None:
    complaining.report_last_years(roster, cycle, 9, days_from(now, -12))
    prizes = list(Payment.objects.filter(honour__cycle=cycle).order_by("-amount", "id"))
    for number, payment in enumerate(prizes, start=1):
        publicity.record_payment(
            payment=payment,
            voucher=f"YQ{year}1020-{number:02d}",
            paid_on=date(year, 10, 20),
            actor=roster.users["park_finance"],
            now=on(year, 10, 20, 15),
        )
    honour = Honour.objects.filter(cycle=cycle, tier="excellence").order_by("id").first()
    if honour is None:
        return
    key = next(key for key, held in roster.organisations.items() if held.pk == honour.organisation_id)
    publicity.report_incident(
        honour=honour,
        event="failed_check",
        confirmed_on=days_from(now, -18).date(),
        description="一批次产品在地区监督抽查中标识不合格，已整改并复检合格。",
        upload=None,
        actor=roster.owners[key],
        now=days_from(now, -6),
    )

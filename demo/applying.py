"""From the call to the eligibility decision, through the same services as a real year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.timezone import localtime

from accounts.actors import PUBLIC
from accounts.models import User
from applications import services
from applications.models import Application
from applications.queries import evidence_asked
from applications.queries.years import figure_years
from applications.services import commitments
from applications.services.years import enter_year_figures
from awards.models import Cycle
from awards.services import open_cycle, publish_call, set_timetable, write_call
from demo.papers import evidence_of, index_of, report_of, signed_sheet_of
from demo.roster import Roster
from demo.self_assessing import write_online

Rows = Mapping[str, tuple[datetime, datetime]]
PROFILE: Final = (
    "{name}成立于{established}，现有职工 {employees} 人。使命是以可靠的质量创造长期价值，愿景是成为行业内受信赖的伙伴。"
    "主要顾客为国内外装备和民生领域的企业与公众；关键供方实行分级管理并共享质量数据。"
    "组织面对的主要挑战是技术更新加快和人才竞争，优势是稳定的工艺能力和完整的追溯体系。"
    "近三年系统导入卓越绩效模式，每年自评两次，由最高管理者主持改进。"
)
# What a first submission said where the second one, after a take-back, says what PROFILE says.
EARLIER: Final = (
    ("使命是以可靠的质量创造长期价值，", "以质量求生存，"),
    ("关键供方实行分级管理并共享质量数据。", "关键供方实行年度评价。"),
    ("每年自评两次，由最高管理者主持改进。", "每年自评一次，由质量部门组织改进。"),
)
POST: Final = "总经理"
CALL: Final = (
    "一、申报范围和条件见规则页，逐条列明条款。\n二、请在申报截止前在线填报并提交自评报告和证明材料，逾期系统自动关闭。\n"
    "三、申报、评审和授奖的全过程不收取任何费用，也没有委托任何机构代办。\n四、咨询请联系评定办公室。"
)


def call_year(
    roster: Roster, scheme: str, edition: str, year: int, number: str, rows: Rows, at: datetime
) -> Cycle:
    """The office opens the cycle, sets its timetable and publishes the call."""
    clerk, head = roster.users[f"{scheme}_clerk"], roster.users[f"{scheme}_head"]
    before = at - timedelta(days=5)
    cycle = open_cycle(scheme_code=scheme, edition_code=edition, year=year, actor=clerk, now=before)
    set_timetable(cycle=cycle, rows=rows, actor=clerk, now=before)
    write_call(cycle=cycle, number=number, text=CALL, actor=clerk, now=before)
    publish_call(cycle=cycle, actor=head, now=at)
    return cycle


def draft(roster: Roster, cycle: Cycle, key: str, at: datetime, **changes: Any) -> Application:
    """An organisation starts its application and answers the conditions; `changes` overrides single facts."""
    owner, row = roster.owners[key], roster.details[key]
    application = services.start_application(
        cycle=cycle, organisation=roster.organisations[key], actor=owner, now=at
    )
    services.save_facts(
        application=application,
        facts=_facts(row, cycle, at, **changes),
        notes=_notes(row),
        version=application.version,
        actor=owner,
        now=at,
    )
    return application


def complete(
    roster: Roster,
    application: Application,
    key: str,
    recommender: str,
    at: datetime,
    *,
    online: bool = False,
) -> None:
    """Profile, self-assessment, evidence and recommender: everything but the commitments. `online`: not one uploaded report."""
    owner, row = roster.owners[key], roster.details[key]
    cycle = application.cycle
    _profile(application, PROFILE.format(**row), owner, at)
    if not online:
        report = report_of(row, cycle.year, cycle.criteria_code)
        services.attach_report(application=application, upload=report, actor=owner, now=at)
        # A factory looks up the pages of every result; the others name the chapter of results as a whole.
        pages = index_of(report, cycle.criteria_code, by_chapter=row["industry"] != "C")
        services.save_page_index(application=application, pages=pages, actor=owner, now=at)
    enter_year_figures(
        organisation=application.organisation, rows=_figures(row, application.facts, at), actor=owner, now=at
    )
    labels = {condition.code: condition for condition in cycle.edition.conditions}
    for condition in evidence_asked(application):
        title = labels[condition].evidence[0]
        services.add_evidence(
            application=application, condition=condition, upload=evidence_of(title), actor=owner, now=at
        )
    if online:
        write_online(application, key, owner, at)
    services.choose_recommender(
        application=application, recommender=roster.recommenders[recommender][0], actor=owner, now=at
    )


def commit(roster: Roster, application: Application, key: str, at: datetime) -> None:
    """The person in charge signs the commitments: an even place in the list by a mailed link, an odd one on paper."""
    owner, name = roster.owners[key], roster.details[key]["person"]
    if list(roster.details).index(key) % 2:
        commitments.record_signed_sheet(
            application=application,
            signatory_post=POST,
            signed_on=localtime(at).date(),
            scan=signed_sheet_of(application, name, at),
            actor=owner,
            now=at,
        )
        return
    link = commitments.ask_to_sign(
        application=application, email=f"{key}.head@example.com", actor=owner, now=at
    )
    commitments.sign_commitments(invitation=link, signatory=name, signatory_post=POST, actor=PUBLIC, now=at)


def submit(roster: Roster, application: Application, key: str, at: datetime) -> None:
    """Signed by the person in charge, and handed in."""
    commit(roster, application, key, at)
    services.submit_application(application=application, actor=roster.owners[key], now=at)


def submit_twice(
    roster: Roster, application: Application, key: str, first: datetime, again: datetime
) -> None:
    """Hand in an earlier wording of the profile, take it back half a day before `again`, and hand in the one of PROFILE."""
    owner, row = roster.owners[key], roster.details[key]
    text = earlier = PROFILE.format(**row)
    for words, before in EARLIER:
        earlier = earlier.replace(words, before)
    _profile(application, earlier, owner, first - timedelta(hours=1))
    submit(roster, application, key, first)
    services.take_back_application(application=application, actor=owner, now=again - timedelta(hours=12))
    _profile(application, text, owner, again - timedelta(hours=1))
    submit(roster, application, key, again)


def _profile(application: Application, text: str, owner: User, at: datetime) -> None:
    services.save_profile(
        application=application, text=text, version=application.version, actor=owner, now=at
    )


def recommend(roster: Roster, application: Application, recommender: str, at: datetime) -> None:
    person = roster.recommenders[recommender][1]
    services.sign_recommendation(
        recommendation=application.recommendations.get(state="waiting"),
        opinion="该组织质量管理基础扎实，导入卓越绩效模式成效明显，申报材料经核对属实，同意推荐。",
        signatory=person.name,
        actor=person,
        now=at,
    )


def decide(roster: Roster, application: Application, *, accepted: bool, reason: str, at: datetime) -> None:
    """The clerk confirms every finding of the rules; the head decides."""
    scheme = application.cycle.scheme.code
    clerk, head = roster.users[f"{scheme}_clerk"], roster.users[f"{scheme}_head"]
    application.refresh_from_db()
    services.run_eligibility(application=application, actor=clerk, now=at)
    for check in application.checks.all():
        services.confirm_check(check=check, outcome=check.outcome, note="已核对证明材料", actor=clerk, now=at)
    services.decide_eligibility(application=application, accepted=accepted, reason=reason, actor=head, now=at)


def _facts(row: Mapping[str, Any], cycle: Cycle, at: datetime, **changes: Any) -> dict[str, Any]:
    year = at.year
    facts: dict[str, Any] = {
        "certificates": [{"standard": "ISO 9001", "valid_until": f"{year + 2}-05-31"}],
        "licences": "held",
        "spot_checks": [{"on": f"{year - 1}-06-18", "level": "city", "passed": True}],
        "above_scale": row["industry"] == "C",
        "exporter": row["industry"] == "C",
        "dishonesty_records": [],
        "accidents": [],
        "excellence_model": True,
        "honours": [],
    }
    if row["industry"] == "C":
        facts |= {"safety_level": 2, "export_incidents": []}
    if "profit" in row:
        facts["net_profit"] = {str(year - 3 + i): str(amount) for i, amount in enumerate(row["profit"])}
    if "rank" in row and cycle.scheme.code == "city":
        facts["trade_rank_in_city"] = row["rank"]
    if cycle.scheme.code == "city":
        facts["honours"] = [
            {"award": "suzhou_quality", "on": f"{year - 1}-01-10", "valid_until": f"{year + 2}-01-09"}
        ]
    return facts | changes


def _figures(row: Mapping[str, Any], facts: Mapping[str, Any], at: datetime) -> dict[int, dict[str, Any]]:
    """Revenue grows with the year; whoever runs for profit gives it too, the same as in the conditions."""
    profit = facts.get("net_profit", {})
    return {
        year: {"revenue": Decimal(row["employees"] * (900_000 + 60_000 * place))}
        | ({"net_profit": Decimal(profit[str(year)])} if str(year) in profit else {})
        for place, year in enumerate(sorted(figure_years(at)))
    }


def _notes(row: Mapping[str, Any]) -> dict[str, str]:
    if "profit" in row:
        return {}
    return {"profit": "本单位为非营利性组织，不以盈利为目的，此项不适用。"}

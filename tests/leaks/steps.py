"""The steps of the leaking year, each by the services, with the secrets that it makes."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from accounts.actors import PUBLIC
from notifications.models import Duty
from notifications.services import sweep_reminders
from publicity import services as publicity
from publicity.models import Honour
from scoring import services as scoring
from scoring.models import (
    Consolidation,
    RankingRow,
    Stage,
)
from scoring.rules.composite import displayed
from scoring.rules.slots import Plan
from tests.applications.assessments import picture
from tests.leaks.year import Secret, Year, member_of, score_sheet, seat_panel, settle_report
from tests.scoring.builders import (
    sheets_of,
)


def _scoring(year: Year) -> None:
    """`p_third` has sealed A, `p_lead` has a draft on A, `p_fourth` is recused from A and has declined B; no more.

    Before that all are reminded of what they have to score, by name.
    """
    duty = Duty.objects.filter(kind="scoring.score", user=year.users["p_fourth"]).order_by("pk")[0]
    sweep_reminders(duty.due_at)
    scoring.declare_recusal(
        reviewer=year.users["p_fourth"].reviewer, application=year.files["A"], kind="shareholding", reason="持股",
        actor=year.users["p_fourth"], now=year.now,
    )  # fmt: skip
    scoring.decline_file(
        reviewer=year.users["p_fourth"].reviewer, application=year.files["B"], reason="推辞秘因",
        actor=year.users["p_fourth"], now=year.now,
    )  # fmt: skip
    year.secrets.append(Secret("declined", "B", ("推辞秘因",), by="p_fourth"))
    sheets = {member_of(year, sheet): sheet for sheet in sheets_of(year.panels["P"], year.files["A"])}
    score_sheet(year, sheets["p_third"])
    score_sheet(year, sheets["p_lead"], seal=False)


def _sealed(year: Year) -> None:
    """All on A is sealed and settled, but not signed; one sheet on B is sealed; D's panel has signed."""
    for sheet in sheets_of(year.panels["P"], year.files["A"]):
        if sheet.state == "draft":
            score_sheet(year, sheet)
    settle_report(year, Consolidation.objects.get(application=year.files["A"], stage="material"), sign=False)
    _all(year, "Q", "D", Stage.MATERIAL)
    for sheet in sheets_of(year.panels["P"], year.files["B"])[:1]:
        score_sheet(year, sheet)


def _all(year: Year, panel: str, about: str, stage: Stage) -> None:
    for sheet in sheets_of(year.panels[panel], year.files[about], stage):
        if sheet.state == "draft":
            score_sheet(year, sheet)
    settle_report(year, Consolidation.objects.get(application=year.files[about], stage=stage))


def _ranked(year: Year) -> None:
    """Reports signed, shortlisted without D, visited, ranked."""
    for about in "ABC":
        _all(year, "P", about, Stage.MATERIAL)
    head, cycle = year.house.head, year.house.cycle
    scoring.decide_shortlist(
        cycle=cycle,
        applications=[year.files[key] for key in "ABC"],
        reason="入围理由秘而不宣",
        actor=head,
        now=year.now,
    )
    year.secrets.append(Secret("shortlist", "ABC", ("入围理由秘而不宣",)))
    scoring.start_site_review(cycle=cycle, actor=head, now=year.now)
    _refresh(year)
    seat_panel(year, "S", "site", ["s_lead", "s_expert", "s_third"], "ABC")
    _present(year)
    _visit(year)
    for stage in (Stage.PRESENTATION, Stage.SITE):
        for about in "ABC":
            _all(year, "S", about, stage)
    scoring.freeze_ranking(cycle=cycle, actor=head, now=year.now)
    _refresh(year)
    for row in RankingRow.objects.select_related("application"):
        about = next(key for key, file in year.files.items() if file.pk == row.application_id)
        shown = displayed(cycle.edition, row.composite)
        tokens = [str(row.composite), *([str(shown)] if "." in str(shown).rstrip("0").rstrip(".") else [])]
        year.secrets.append(Secret("rank", about, tuple(tokens)))


def _present(year: Year) -> None:
    """Each applicant is heard in a room of its own."""
    rooms, clerk = tuple(f"答辩秘厅{place}" for place in "一二三"), year.house.clerk
    plan = Plan((date(2026, 9, 1),), time(9), time(12), 40, 10, (), rooms)
    schedule = scoring.plan_presentations(
        panel=year.panels["S"], plan=plan, spare=0, actor=clerk, now=year.now
    )
    scoring.draw_presentations(schedule=schedule, seed="种子秘数", witness="见证", actor=clerk, now=year.now)
    year.secrets.append(Secret("lot", "ABC", ("种子秘数",)))
    for slot in schedule.slots.all():
        about = next(key for key, file in year.files.items() if file.pk == slot.application_id)
        year.secrets.append(Secret("slot", about, (slot.room,)))


def _visit(year: Year) -> None:
    """The visit to A is planned and sent; the lead has written what was found."""
    panel, clerk, lead = year.panels["S"], year.house.clerk, year.users["s_lead"]
    people = [year.users[key].reviewer for key in ("s_lead", "s_expert", "s_third")]
    visit = scoring.plan_visit(
        panel=panel, application=year.files["A"], starts_on=date(2026, 9, 2), ends_on=date(2026, 9, 2),
        place="访地秘甲", safety="", lead=people[0], members=people, actor=clerk, now=year.now,
    )  # fmt: skip
    agenda = scoring.add_line(visit=visit, kind="agenda", actor=clerk, now=year.now)
    interview = scoring.add_line(visit=visit, kind="interview", actor=lead, now=year.now)
    for actor, values in (
        (clerk, {f"line-{agenda.pk}-starts": time(9), f"line-{agenda.pk}-subject": "日程秘甲"}),
        (lead, {f"line-{interview.pk}-notes": "访谈秘甲", "opening_text": "纪要秘甲"}),
    ):
        scoring.save_visit(visit=visit, values=values, revision=visit.revision, actor=actor, now=year.now)
    scoring.send_visit(visit=visit, actor=clerk, now=year.now)
    scoring.add_photo(visit=visit, upload=picture(), actor=lead, now=year.now)
    year.secrets += [
        Secret("slot", "A", ("访地秘甲", "日程秘甲")),
        Secret("record", "A", ("访谈秘甲", "纪要秘甲", "流程图.png"), "site"),
    ]


def _decided(year: Year) -> None:
    """A and B resolved and approved; C is not."""
    cycle, house = year.house.cycle, year.house
    held = scoring.call_meeting(
        cycle=cycle, held_at=year.now, place="三楼", chair="主持", actor=house.clerk, now=year.now
    )
    for key in scoring_candidates(year, held):
        for member in ("first", "second", "third"):
            scoring.cast_vote(
                meeting=held, application=year.files[key], choice="against" if member == "second" else "for",
                reason=f"表决{key}{member}理由", actor=year.users[member], now=year.now,
            )  # fmt: skip
            year.secrets.append(Secret("vote", key, (f"表决{key}{member}理由",), by=member))
        row = RankingRow.objects.get(application=year.files[key])
        scoring.record_resolution(
            meeting=held, application=year.files[key], outcome="award", tier=row.tier, number="评定委1号",
            reason=f"决议{key}理由", actor=house.head, now=year.now,
        )  # fmt: skip
        year.secrets.append(Secret("resolution", key, (f"决议{key}理由",)))
    scoring.close_meeting(meeting=held, actor=house.head, now=year.now)
    scoring.approve_list(
        cycle=cycle, document_number="批文〔2026〕7秘号", approved_on=year.now.date(), actor=year.users["authority"],
        now=year.now,
    )  # fmt: skip
    year.secrets.append(Secret("approval", "AB", ("批文〔2026〕7秘号",)))
    _refresh(year)


def scoring_candidates(year: Year, held: Any) -> list[str]:
    found = set(scoring.candidates_of(held))
    return [key for key, file in year.files.items() if file.pk in found]


def _drafted(year: Year) -> None:
    year.notice = publicity.draft_notice(
        approval=year.house.cycle.approvals.get(), actor=year.house.clerk, now=year.now
    )


def _published(year: Year) -> None:
    for site in year.house.cycle.edition.sites:
        publicity.record_site(
            notice=year.notice, code=site.code, url=f"https://www.example.gov.cn/{site.code}/1", published_at=year.now,
            actor=year.house.clerk, now=year.now,
        )  # fmt: skip
    publicity.publish_notice(notice=year.notice, actor=year.house.head, now=year.now)
    objection = publicity.file_objection(
        entry=year.notice.entries.get(application=year.files["B"]), objector_kind="person",
        objector_name="异议人秘名", contact="13900001234", statement="异议人所说的秘密，足够写够若干个字。", upload=None,
        actor=PUBLIC, now=year.now,
    )  # fmt: skip
    year.secrets.append(Secret("objection", "B", ("异议人秘名", "13900001234", "异议人所说的秘密")))
    publicity.refuse_objection(
        objection=objection, reason="没有提供证据", actor=year.house.head, now=year.now
    )
    _refresh(year)


def _announced(year: Year) -> None:
    later = year.now + timedelta(days=30)
    publicity.sweep_windows(now=later)
    publicity.announce(
        cycle=year.house.cycle, number="苏园管〔2026〕9号", reason="", actor=year.house.head, now=later
    )
    honour = Honour.objects.get(application=year.files["A"])
    words = {"event": "事件秘密说明甲", "case": "撤销案秘密摘要"}
    incident = publicity.report_incident(
        honour=honour, event="failed_check", confirmed_on=later.date(), description=words["event"], upload=None,
        actor=year.users["owner_A"], now=later,
    )  # fmt: skip
    publicity.open_revocation_case(
        honour=honour,
        ground="fraud",
        summary=words["case"],
        incident=incident,
        actor=year.house.clerk,
        now=later,
    )
    year.secrets += [Secret(kind, "A", (word,)) for kind, word in words.items()]
    _refresh(year)


def _refresh(year: Year) -> None:
    year.house.cycle.refresh_from_db()
    for file in year.files.values():
        file.refresh_from_db()


STEP = {
    "scoring": _scoring,
    "sealed": _sealed,
    "ranked": _ranked,
    "decided": _decided,
    "drafted": _drafted,
    "published": _published,
    "announced": _announced,
}


def take(year: Year, step: str) -> None:
    STEP[step](year)
    year.step = step

"""A park year in which everything that may leak has a name of its own, step by step through the services.

Applicants A, B, C with panel P, applicant D with another. Every comment, conclusion and reason is a token that
stands nowhere else; every total is a number with odd decimals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.actors import PUBLIC
from accounts.models import User
from applications.models import Application, Correction, EligibilityCheck, Evidence, Invitation
from notifications.models import InboxItem
from publicity import services as publicity
from publicity.models import Honour, Incident, Notice, Payment, RevocationCase
from scoring import services as scoring
from scoring.models import (
    Consolidation,
    DeclinedFile,
    Panel,
    PoolImport,
    Post,
    RankingRow,
    Recusal,
    Sheet,
    Stage,
    VisitPhoto,
)
from scoring.queries.score_forms import score_form
from scoring.rules.composite import displayed
from scoring.rules.slots import Plan
from tests.applications.assessments import picture
from tests.factories import make_user
from tests.publicity.factories import owner_of
from tests.scoring.builders import (
    House,
    agree_all,
    countersign_all,
    declare_all,
    lead,
    make_house,
    make_recommender,
    make_reviewer,
    sheets_of,
)
from tests.scoring.results.builders import PEOPLE

NAMES = {
    "A": "苏州甲木泄密测试公司",
    "B": "苏州乙火泄密测试公司",
    "C": "苏州丙土泄密测试公司",
    "D": "苏州丁金泄密测试公司",
}
# Applicant → the percentage its reviewers give, about; C is below every line.
STRENGTH = {"A": 75, "B": 60, "C": 30, "D": 50}
STEPS = ("scoring", "sealed", "ranked", "decided", "drafted", "published", "announced")


@dataclass(frozen=True)
class Secret:
    """Something that some may know: a kind, whose it is, where it came about, and the words or numbers it shows as."""

    kind: str
    about: str
    tokens: tuple[str, ...]
    stage: str = ""
    by: str = ""

    def __str__(self) -> str:
        return f"{self.kind} of {self.about} {self.stage} {self.by}".strip()


@dataclass
class Year:
    """The year as far as it has come: `step` names the last step taken."""

    house: House
    users: dict[str, User | None] = field(default_factory=dict)
    files: dict[str, Application] = field(default_factory=dict)
    seats: dict[str, str] = field(default_factory=dict)
    panels: dict[str, Panel] = field(default_factory=dict)
    secrets: list[Secret] = field(default_factory=list)
    sealed: set[tuple[str, str, str]] = field(default_factory=set)
    signed: set[tuple[str, str]] = field(default_factory=set)
    step: str = ""
    notice: Notice | None = None

    @property
    def now(self) -> datetime:
        return self.house.now

    def reached(self, step: str) -> bool:
        return STEPS.index(self.step) >= STEPS.index(step)

    def take(self, step: str) -> None:
        STEP[step](self)
        self.step = step


def begin(now: datetime) -> Year:
    """The people and the four applicants; nothing scored."""
    house = make_house(now)
    year = Year(house)
    people = {
        key: make_user(f"{role}:park", name=f"园区{key}")
        for key, role in PEOPLE.items()
        if role[:6] != "office"
    }
    year.users |= people | {
        "visitor": None,
        "roleless": make_user(),
        "clerk": house.clerk,
        "head": house.head,
        "city_clerk": make_user("office_clerk:city"),
        "finance": make_user("finance:park"),
        "supervisor": make_user("supervisor"),
        "recommender": None,
    }
    zone = make_recommender()
    year.users["recommender"] = make_user(f"recommender:{zone.pk}")
    for key, name in NAMES.items():
        year.files[key] = house.applicant(name=name, recommender=zone)
        year.files[key].recommendations.create(
            recommender=zone, asked_at=now, answered_at=now, state="signed", opinion=f"推荐{key}"
        )
        year.secrets.append(Secret("name", key, (name,)))
    year.secrets.append(Secret("outcome", "C", ("未列入拟授奖名单",)))
    for key in "ABC":
        year.users[f"owner_{key}"] = owner_of(year.files[key].organisation)
        User.objects.filter(pk=year.users[f"owner_{key}"].pk).update(name=f"负责人{key}")
    for kind, members, about in (
        ("P", "p_lead p_expert p_third p_fourth", "ABC"),
        ("Q", "q_lead q_expert q_third", "D"),
    ):
        _panel(year, kind, "material", members.split(), about)
    return year


def _panel(year: Year, key: str, kind: str, members: list[str], about: str) -> None:
    pool = []
    for place, member in enumerate(members):
        if member not in year.seats:
            name = f"评审员泄密{member}"
            reviewer = make_reviewer(
                year.house.clerk, year.now, name=name, kind="expert" if place == 1 else "reviewer"
            )
            year.users[member] = reviewer.user
            year.secrets.append(Secret("reviewer", key, (name,), by=member))
        year.seats[member] = year.seats.get(member, "") + key
        pool.append(year.users[member].reviewer)
    seats = [scoring.Seat(one, lead=place == 0, industry_expert=place == 1) for place, one in enumerate(pool)]
    chosen = [year.files[one] for one in about]
    panel = year.house.form(seats, chosen, kind=kind, name=f"第{key}组")
    scoring.start_panel(panel=panel, actor=year.house.clerk, now=year.now)
    declare_all(panel, year.now)
    year.panels[key] = panel


def _member(year: Year, sheet: Sheet) -> str:
    return next(key for key in year.seats if year.users[key].pk == sheet.reviewer.user_id)


def _score(year: Year, sheet: Sheet, seal: bool = True) -> None:
    """Fill a sheet with words of its own; sealed, its total is a secret too."""
    about = next(key for key, file in year.files.items() if file.pk == sheet.application_id)
    member = _member(year, sheet)
    word = f"秘{about}{sheet.stage}{member}密"
    codes = score_form(sheet.application.cycle, sheet.stage).codes
    shift = 5 * (list(year.seats).index(member) % 3)
    items = {
        code: {
            "percent": STRENGTH[about] + (shift if place % 3 else 5),
            "strengths": word,
            "opportunities": word,
        }
        for place, code in enumerate(codes)
    }
    actor = sheet.reviewer.user
    scoring.save_items(sheet=sheet, items=items, overall=word, actor=actor, now=year.now)
    tokens = [word]
    if seal:
        scoring.seal_sheet(sheet=sheet, actor=actor, now=year.now)
        year.sealed.add((about, sheet.stage, member))
        assert sheet.total is not None
        tokens += [f"{sheet.total}"] if sheet.total % 1 else []
    year.secrets = [
        old for old in year.secrets if (old.about, old.stage, old.by) != (about, sheet.stage, member)
    ]
    year.secrets.append(Secret("sheet", about, tuple(tokens), sheet.stage, member))


def _sign(year: Year, report: Consolidation, sign: bool = True) -> None:
    """The lead settles with notes of their own and signs."""
    about = next(key for key, file in year.files.items() if file.pk == report.application_id)
    words = [f"合议{about}{report.stage}{part}议合" for part in ("注", "优", "改", "论")]
    codes = score_form(report.application.cycle, report.stage).codes
    every = 3 + list(Stage.values).index(report.stage)
    given = {"consolidation": report, "actor": lead(report.panel), "now": year.now}
    scoring.settle_items(
        items={
            code: (STRENGTH[about] + (5 if place % every else 0), words[0])
            for place, code in enumerate(codes)
        },
        **given,
    )
    year.secrets = [
        old for old in year.secrets if (old.kind, old.about, old.stage) != ("report", about, report.stage)
    ]
    texts = {"strengths": words[1], "opportunities": words[2], "conclusion": words[3]}
    if sign:
        agree_all(report, year.now)
        scoring.sign_consolidation(**texts, **given)
        countersign_all(report, year.now)
        report.refresh_from_db()
        year.signed.add((about, report.stage))
        assert report.score is not None
        if report.score % 1:
            year.secrets.append(Secret("score", about, (f"{report.score}",), report.stage))
    else:
        scoring.save_report(**texts, **given)
    # Strengths and opportunities are for the applicant too, the rest is not.
    year.secrets += [
        Secret("report", about, (words[0], *words[3:]), report.stage),
        Secret("report", about, tuple(words[1:3]), report.stage, by="feedback"),
    ]


def _scoring(year: Year) -> None:
    """`p_third` has sealed A, `p_lead` has a draft on A, `p_fourth` is recused from A and has declined B; no more."""
    scoring.declare_recusal(
        reviewer=year.users["p_fourth"].reviewer, application=year.files["A"], kind="shareholding", reason="持股",
        actor=year.users["p_fourth"], now=year.now,
    )  # fmt: skip
    scoring.decline_file(
        reviewer=year.users["p_fourth"].reviewer, application=year.files["B"], reason="推辞秘因",
        actor=year.users["p_fourth"], now=year.now,
    )  # fmt: skip
    year.secrets.append(Secret("declined", "B", ("推辞秘因",), by="p_fourth"))
    sheets = {_member(year, sheet): sheet for sheet in sheets_of(year.panels["P"], year.files["A"])}
    _score(year, sheets["p_third"])
    _score(year, sheets["p_lead"], seal=False)


def _sealed(year: Year) -> None:
    """All on A is sealed and settled, but not signed; one sheet on B is sealed; D's panel has signed."""
    for sheet in sheets_of(year.panels["P"], year.files["A"]):
        if sheet.state == "draft":
            _score(year, sheet)
    _sign(year, Consolidation.objects.get(application=year.files["A"], stage="material"), sign=False)
    _all(year, "Q", "D", Stage.MATERIAL)
    for sheet in sheets_of(year.panels["P"], year.files["B"])[:1]:
        _score(year, sheet)


def _all(year: Year, panel: str, about: str, stage: Stage) -> None:
    for sheet in sheets_of(year.panels[panel], year.files[about], stage):
        if sheet.state == "draft":
            _score(year, sheet)
    _sign(year, Consolidation.objects.get(application=year.files[about], stage=stage))


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
    _panel(year, "S", "site", ["s_lead", "s_expert", "s_third"], "ABC")
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


def addresses(year: Year) -> dict[str, Any]:
    """URL argument → the value that shows most of applicant A; what does not exist yet is left out.

    "ROUTE ARGUMENT" → the value on one route alone.
    """
    application, clerk, now = year.files["A"], year.house.clerk, year.now
    report = Consolidation.objects.get(application=application, stage="material")
    sheet = Sheet.objects.get(
        application=application, stage="material", reviewer=year.users["p_third"].reviewer
    )
    values: dict[str, Any] = {
        "cycle_id": year.house.cycle.pk,
        "application_id": application.pk,
        "organisation_id": application.organisation_id,
        "recommender_id": application.recommender_id,
        "recommendation_id": application.recommendations.get().pk,
        "file_id": application.report_id,
        "panel_id": year.panels["P"].pk,
        "sheet_id": sheet.pk,
        "consolidation_id": report.pk,
        "reviewer_id": sheet.reviewer_id,
        "recusal_id": Recusal.objects.get().pk,
        "user_id": year.users["p_third"].pk,
        "question": "profit",
        "item": "4.1.2",
        "number": 1,
        "site_code": "authority",
        "edition_code": year.house.cycle.edition.code,
        "criteria_code": year.house.cycle.criteria_code,
        "kind": "ranking",
        "step": "report",
        "section": "posts",
        "scoring:change_entry section": "work",
        "row_id": Post.objects.get_or_create(reviewer=sheet.reviewer, employer="示例厂")[0].pk,
        "declined_id": DeclinedFile.objects.get().pk,
        "import_id": PoolImport.objects.get_or_create(
            filename="名单.xlsx", digest="0" * 64, rows=[], uploaded_by=clerk, uploaded_at=now
        )[0].pk,
    }
    if "S" in year.panels:
        for name in (
            "schedule",
            "plan_presentations",
            "draw_presentations",
            "swap_presentations",
            "schedule_pdf",
        ):
            values[f"scoring:{name} panel_id"] = year.panels["S"].pk
    for photo in VisitPhoto.objects.filter(visit__application=application):
        values |= {"visit_id": photo.visit_id, "photo_id": photo.pk, "part": "opening"}
    for letter in application.letters.order_by("-pk")[:1]:
        values["letter_id"] = letter.pk
    given = {"application": application}
    values["evidence_id"] = Evidence.objects.get_or_create(
        **given,
        condition="profit",
        name="审计.pdf",
        file=application.report,
        uploaded_by=clerk,
        uploaded_at=now,
    )[0].pk
    values["correction_id"] = Correction.objects.get_or_create(
        **given, state="answered", requested_by=clerk, requested_at=now, due_at=now
    )[0].pk
    values["check_id"] = EligibilityCheck.objects.get_or_create(
        **given, condition="profit", position=1, article="第八条", outcome="pass", message="合格", edition_digest="0" * 64,
        found_at=now,
    )[0].pk  # fmt: skip
    values["pk"] = InboxItem.objects.filter(user=year.users["p_third"]).order_by("pk")[0].pk
    values["grant_id"] = year.users["owner_A"].role_grants.get().pk
    values["invitation_id"] = Invitation.objects.get_or_create(
        organisation=application.organisation, role="applicant_viewer", email="a@example.com", nonce="n" * 32,
        invited_by=year.users["owner_A"], invited_at=now, expires_at=now + timedelta(days=9),
    )[0].pk  # fmt: skip
    if year.notice:
        values["notice_id"] = year.notice.pk
        for objection in year.notice.entries.get(application=year.files["B"]).objections.all():
            values |= {"objection_id": objection.pk, "receipt": objection.receipt}
    for honour in Honour.objects.filter(application=application):
        values |= {"honour_id": honour.pk, "check_code": honour.check_code, "code": honour.check_code}
        for key, model in (("incident_id", Incident), ("case_id", RevocationCase)):
            if (row := model.objects.first()) is not None:
                values[key] = row.pk
        values["payment_id"] = Payment.objects.get(honour=honour).pk
    return values

"""A park year in which everything that may leak has a name of its own, step by step through the services.

Applicants A, B, C with panel P, applicant D with another. Every comment, conclusion and reason is a token that
stands nowhere else; every total is a number with odd decimals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from applications.models import Application, Correction, EligibilityCheck, Evidence, Invitation
from notifications.models import InboxItem
from publicity.models import Honour, Incident, Notice, Payment, RevocationCase
from scoring import services as scoring
from scoring.models import (
    Consolidation,
    DeclinedFile,
    Panel,
    PoolImport,
    Post,
    Recusal,
    Sheet,
    Stage,
    VisitPhoto,
)
from scoring.queries.score_forms import score_form
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
        seat_panel(year, kind, "material", members.split(), about)
    return year


def seat_panel(year: Year, key: str, kind: str, members: list[str], about: str) -> None:
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


def member_of(year: Year, sheet: Sheet) -> str:
    return next(key for key in year.seats if year.users[key].pk == sheet.reviewer.user_id)


def score_sheet(year: Year, sheet: Sheet, seal: bool = True) -> None:
    """Fill a sheet with words of its own; sealed, its total is a secret too."""
    about = next(key for key, file in year.files.items() if file.pk == sheet.application_id)
    member = member_of(year, sheet)
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


def settle_report(year: Year, report: Consolidation, sign: bool = True) -> None:
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

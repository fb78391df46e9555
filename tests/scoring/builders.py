"""A scheme's office, a cycle under review, its applicants and a panel, in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import RoleGrant, User
from applications.models import Application, Organisation, Recommender
from awards.models import Cycle, Milestone, Scheme
from awards.services import open_cycle, sync_law
from documents.models import StoredFile
from documents.services import store_file
from scoring import services
from scoring.models import NO_CONFLICT, Consolidation, Panel, Reviewer, Sheet, Stage
from scoring.queries.hearing import hearing_of
from scoring.queries.score_forms import score_form
from scoring.services import Seat
from tests.applications.builders import pdf, uscc
from tests.factories import make_user

_serial = count(1)
EDITIONS = {"park": "park-2023", "city": "city-2016"}
DUE = {"material": 30, "presentation": 40, "site": 50}


@dataclass
class House:
    """One scheme with its office and a cycle in the material review."""

    cycle: Cycle
    clerk: User
    head: User
    now: datetime
    applications: list[Application] = field(default_factory=list)
    pool: list[Reviewer] = field(default_factory=list)

    @property
    def scheme(self) -> str:
        return self.cycle.scheme.code

    def applicant(self, **changes: Any) -> Application:
        """An application that has passed the eligibility check, with a report."""
        application = make_application(self.cycle, self.clerk, self.now, **changes)
        self.applications.append(application)
        return application

    def reviewer(self, **changes: Any) -> Reviewer:
        reviewer = make_reviewer(self.clerk, self.now, **changes)
        self.pool.append(reviewer)
        return reviewer

    def official(self, role: str, **changes: Any) -> Reviewer:
        """A reviewer who got an official's role before the two were kept apart."""
        reviewer = self.reviewer(**changes)
        scope = {"scope_kind": "scheme", "scope_key": self.cycle.scheme.code}
        RoleGrant.objects.create(user=reviewer.user, role=role, granted_at=self.now, **scope)
        return reviewer

    def bench(self, size: int = 3) -> list[Seat]:
        """A lead, an industry expert and others."""
        people = [self.reviewer(kind="expert" if place == 1 else "reviewer") for place in range(size)]
        return [
            Seat(person, lead=place == 0, industry_expert=place == 1) for place, person in enumerate(people)
        ]

    def form(self, seats: Sequence[Seat], applications: Sequence[Application] = (), **changes: Any) -> Panel:
        given = {
            "cycle": self.cycle,
            "kind": "material",
            "name": f"第 {next(_serial)} 组",
            "seats": seats,
            "applications": applications or self.applications,
            "actor": self.clerk,
            "now": self.now,
        } | changes
        return services.form_panel(**given)

    def panel(self, size: int = 3, **changes: Any) -> Panel:
        """A started panel for all applicants, recusal declared."""
        panel = self.form(self.bench(size), **changes)
        services.start_panel(panel=panel, actor=self.clerk, now=self.now)
        declare_all(panel, self.now)
        return panel


def make_house(now: datetime, *, scheme: str = "park", state: str = "material", year: int = 2026) -> House:
    if not Scheme.objects.exists():
        sync_law(now=now)
    clerk, head = (
        make_user(f"office_clerk:{scheme}", name="陈经办"),
        make_user(f"office_head:{scheme}", name="林主任"),
    )
    cycle = open_cycle(scheme_code=scheme, edition_code=EDITIONS[scheme], year=year, actor=head, now=now)
    Milestone.objects.bulk_create(
        Milestone(cycle=cycle, kind=kind, starts_at=now, due_at=now + timedelta(days=days, hours=8))
        for kind, days in DUE.items()
    )
    Cycle.objects.filter(pk=cycle.pk).update(state=state)
    return House(Cycle.objects.select_related("scheme", "edition_record").get(pk=cycle.pk), clerk, head, now)


def make_application(cycle: Cycle, user: User, now: datetime, **changes: Any) -> Application:
    number = next(_serial)
    organisation = changes.pop("organisation", None) or Organisation.objects.create(
        uscc=changes.pop("uscc", "") or uscc(),
        name=changes.pop("name", f"苏州样例{number}科技有限公司"),
        kind="enterprise",
        region="sip",
        industry="C",
        category="industry",
        address="苏州工业园区星湖街 1 号",
        established_on=date(2010, 1, 1),
        legal_representative="张三",
        employees=300,
        contact_name="李四",
        contact_phone="0512-60000000",
        created_at=now,
    )
    given = {
        "state": "accepted",
        "number": f"{cycle.scheme.code}-{number:03d}",
        "category": "industry",
        "profile_text": "组织概述。\n\n使命：让制造更精密。",
        "report": report(user, now, f"report {number}"),
        "report_name": "自评报告.pdf",
        "created_by": user,
        "created_at": now,
        "submitted_at": now,
    } | changes
    return Application.objects.create(cycle=cycle, organisation=organisation, **given)


def report(user: User, now: datetime, text: str) -> StoredFile:
    return store_file(pdf(text), actor=user, now=now)


def make_reviewer(clerk: User, now: datetime, **changes: Any) -> Reviewer:
    number = next(_serial)
    given = {
        "user": changes.pop("user", None) or make_user(name=changes.pop("name", f"评审员{number}")),
        "kind": "reviewer",
        "employer": f"示例评价中心{number}",
        "employer_uscc": "",
        "industries": "CI",
        "qualification": "卓越绩效评审员",
    } | changes
    return services.register_reviewer(**given, actor=clerk, now=now)


def committee(scheme: str = "park") -> User:
    """A member of the committee."""
    return make_user(f"committee:{scheme}")


def make_recommender() -> Recommender:
    return Recommender.objects.create(name=f"样例功能区{next(_serial)}", kind=Recommender.Kind.ZONE)


def declare_all(panel: Panel, now: datetime) -> None:
    for member in panel.members.select_related("reviewer__user"):
        pledge(member.reviewer, panel.cycle, now)
        for application in panel.applications.all():
            services.declare_recusal(
                reviewer=member.reviewer,
                application=application,
                kind=NO_CONFLICT,
                reason="",
                actor=member.reviewer.user,
                now=now,
            )


def pledge(reviewer: Reviewer, cycle: Cycle, now: datetime) -> None:
    services.pledge_confidentiality(
        reviewer=reviewer, cycle=cycle, accepted=True, actor=reviewer.user, now=now
    )


def fill(sheet: Sheet, percent: int, now: datetime, **others: int) -> None:
    """Score every item with `percent`; `others` like i4_1_2=40 differ."""
    form = score_form(sheet.application.cycle, sheet.stage)
    different = {name.removeprefix("i").replace("_", "."): value for name, value in others.items()}
    items = {
        code: {
            "percent": different.get(code, percent),
            "strengths": "方法成系统",
            "opportunities": "展开还不够",
        }
        for code in form.codes
    }
    services.save_items(sheet=sheet, items=items, actor=sheet.reviewer.user, now=now)


def seal(sheet: Sheet, percent: int, now: datetime, **others: int) -> Sheet:
    fill(sheet, percent, now, **others)
    services.seal_sheet(sheet=sheet, actor=sheet.reviewer.user, now=now)
    return sheet


def sheets_of(panel: Panel, application: Application, stage: str = Stage.MATERIAL) -> list[Sheet]:
    """The live sheets, the lead's first."""
    return list(
        Sheet.objects.filter(panel=panel, application=application, stage=stage, state__in=("draft", "sealed"))
        .select_related(
            "reviewer__user",
            "panel",
            "application__organisation",
            "application__cycle__scheme",
            "application__cycle__edition_record",
        )
        .order_by("id")
    )


def seal_all(panel: Panel, application: Application, percents: Sequence[int], now: datetime) -> Consolidation:
    for sheet, percent in zip(sheets_of(panel, application), percents, strict=True):
        seal(sheet, percent, now)
    return Consolidation.objects.get(application=application, stage=Stage.MATERIAL)


def lead(panel: Panel) -> User:
    return panel.members.get(lead=True).reviewer.user


def settle_all(consolidation: Consolidation, percent: int, now: datetime, note: str = "") -> None:
    codes = score_form(consolidation.application.cycle, consolidation.stage).codes
    services.settle_items(
        consolidation=consolidation,
        items=dict.fromkeys(codes, (percent, note)),
        actor=lead(consolidation.panel),
        now=now,
    )


def agree_all(consolidation: Consolidation, now: datetime) -> None:
    """Every member agrees to what the lead settled, where that is asked."""
    hearing = hearing_of(consolidation, score_form(consolidation.application.cycle, consolidation.stage))
    for member in hearing.silent:
        services.give_consent(
            consolidation=consolidation,
            answers={item.line.code: (True, "") for item in hearing.asked_of(member)},
            actor=member.reviewer.user,
            now=now,
        )


def countersign_all(consolidation: Consolidation, now: datetime) -> None:
    hearing = hearing_of(consolidation, score_form(consolidation.application.cycle, consolidation.stage))
    for member in hearing.unsigned:
        services.countersign(
            consolidation=consolidation,
            digest=consolidation.digest,
            remark="",
            actor=member.reviewer.user,
            now=now,
        )


def sign(consolidation: Consolidation, now: datetime) -> Consolidation:
    """All members agree, the lead signs, all members sign."""
    agree_all(consolidation, now)
    sign_as_lead(consolidation, now)
    countersign_all(consolidation, now)
    return consolidation


def sign_as_lead(consolidation: Consolidation, now: datetime) -> Consolidation:
    services.sign_consolidation(
        consolidation=consolidation,
        strengths="领导作用明显",
        opportunities="对比数据不足",
        conclusion="材料评审通过",
        actor=lead(consolidation.panel),
        now=now,
    )
    return consolidation

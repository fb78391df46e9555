"""A scheme's people, a cycle whose list is approved, and what follows, in a few words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from accounts.actors import PUBLIC, SYSTEM
from accounts.models import User
from accounts.services import grant_role
from applications.models import Application, Organisation
from awards.models import Cycle
from awards.services import open_cycle, sync_law
from ground import clock
from publicity import services
from publicity.models import Honour, Notice, NoticeEntry, Objection
from scoring.models import Approval
from tests.factories import make_user

SHANGHAI = ZoneInfo("Asia/Shanghai")
PUBLISHED = datetime(2026, 9, 28, 10, 0, tzinfo=SHANGHAI)
CLOSES = datetime(2026, 10, 9, 0, 0, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)
EDITIONS = {"park": "park-2023", "city": "city-2016"}
_serial = count(1)


def at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@dataclass
class House:
    """One scheme with its people and one cycle."""

    scheme: str
    clerk: User
    head: User
    deputy: User
    committee: User
    authority: User
    finance: User
    cycle: Cycle
    candidates: list[Application] = field(default_factory=list)

    @property
    def edition(self):
        return self.cycle.edition

    def refresh(self) -> Cycle:
        self.cycle.refresh_from_db()
        return self.cycle


def make_house(scheme: str = "park", year: int = 2026) -> House:
    sync_law(now=clock.now())
    people = {
        name: make_user(f"{role}:{scheme}", name=f"{scheme}{name}")
        for name, role in {
            "clerk": "office_clerk",
            "head": "office_head",
            "deputy": "office_head",
            "committee": "committee",
            "authority": "authority",
            "finance": "finance",
        }.items()
    }
    cycle = open_cycle(
        scheme_code=scheme, edition_code=EDITIONS[scheme], year=year, actor=people["head"], now=clock.now()
    )
    Cycle.objects.filter(pk=cycle.pk).update(state="approved", call_published_at=clock.now())
    return House(scheme=scheme, cycle=Cycle.objects.get(pk=cycle.pk), **people)


def make_organisation(name: str = "") -> Organisation:
    number = next(_serial)
    return Organisation.objects.create(
        uscc=f"91320594MA{number:08d}",
        name=name or f"苏州示例{number}精密制造有限公司",
        kind="enterprise",
        region="sip",
        industry="C",
        category="industry",
        address="苏州工业园区星湖街1号",
        established_on=date(2010, 1, 1),
        legal_representative="张三",
        employees=300,
        contact_name="李四",
        contact_phone="0512-60000000",
        created_at=clock.now(),
    )


def owner_of(organisation: Organisation, role: str = "applicant_owner") -> User:
    user = make_user(name=f"{organisation.name}经办")
    grant_role(
        user=user,
        role=role,
        scope_key=str(organisation.pk),
        scope_label=organisation.name,
        actor=SYSTEM,
        now=clock.now(),
    )
    return user


def make_candidate(house: House, name: str = "", state: str = "candidate") -> Application:
    organisation = make_organisation(name)
    application = Application.objects.create(
        cycle=house.cycle,
        organisation=organisation,
        number=f"{house.scheme}-{next(_serial):03d}",
        category="industry",
        created_by=house.clerk,
        created_at=clock.now(),
        submitted_at=clock.now(),
    )
    Application.objects.filter(pk=application.pk).update(state=state)
    application.refresh_from_db()
    return application


def make_approval(
    house: House,
    rows: list[tuple[Application, str, str, int]],
    *,
    number: int = 1,
    on: date = date(2026, 9, 25),
) -> Approval:
    return Approval.objects.create(
        cycle=house.cycle,
        round=number,
        document_number=f"苏园管〔2026〕{20 + number}号",
        approved_on=on,
        list=[
            {
                "application_id": a.pk,
                "organisation": a.organisation.name,
                "tier": tier,
                "basis": basis,
                "prize": prize,
                "reason": "",
            }
            for a, tier, basis, prize in rows
        ],
        digest="0" * 64,
        approved_by=house.authority,
        approved_at=clock.now(),
    )


def make_list(house: House, count_: int = 3) -> Approval:
    """One quality winner, one repeat winner, then excellence."""
    house.candidates = [make_candidate(house) for _ in range(count_)]
    kinds = [("quality", "quota", 500000), ("quality", "repeat", 0), ("excellence", "quota", 100000)]
    return make_approval(house, [(a, *kinds[min(i, 2)]) for i, a in enumerate(house.candidates)])


def record_sites(house: House, notice: Notice, at_: datetime = PUBLISHED, now: datetime = PUBLISHED) -> None:
    for site in house.edition.sites:
        services.record_site(
            notice=notice,
            code=site.code,
            url=f"https://www.example.gov.cn/{site.code}/1.html",
            published_at=at_,
            actor=house.clerk,
            now=now,
        )


def publish(house: House, approval: Approval | None = None, now: datetime = PUBLISHED) -> Notice:
    """Drafted by the clerk, put up on all sites and published by the head at `now`."""
    approval = approval or make_list(house)
    notice = services.draft_notice(approval=approval, actor=house.clerk, now=now)
    record_sites(house, notice, now, now)
    return services.publish_notice(notice=notice, actor=house.head, now=now)


def object_to(
    entry: NoticeEntry, now: datetime, name: str = "王异议", contact: str = "13900001234"
) -> Objection:
    return services.file_objection(
        entry=entry,
        objector_kind="person",
        objector_name=name,
        contact=contact,
        statement="该组织去年有一次产品抽查不合格，材料中没有说明。",
        upload=None,
        actor=PUBLIC,
        now=now,
    )


def award(house: House, now: datetime = CLOSES) -> list[Honour]:
    """The whole way to honours, nobody objecting."""
    publish(house)
    services.sweep_windows(now=now)
    services.announce(
        cycle=house.cycle, number=f"{house.scheme}公〔2026〕5号", reason="", actor=house.head, now=now
    )
    return list(Honour.objects.filter(cycle=house.cycle).order_by("pk"))

"""Who is who in the demo: accounts for every role, recommenders, reviewers, organisations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import yaml
from django.contrib.auth.hashers import make_password
from stdnum.cn import uscc as uscc_number

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.roles import Role
from accounts.services import create_user, grant_role
from applications.models import Organisation, Recommender
from applications.services import register_organisation
from awards.models import Scheme
from scoring.models import Reviewer
from scoring.services import register_reviewer

PASSWORD: Final = "quality-demo"
DISTRICT: Final = "91320594"
OFFICIALS: Final = (
    (Role.OFFICE_CLERK, "clerk", "经办"),
    (Role.OFFICE_HEAD, "head", "主任"),
    (Role.AUTHORITY, "authority", "批准"),
    (Role.FINANCE, "finance", "财政"),
)
SURNAMES: Final = {"park": ("陈", "林", "吴", "郑"), "city": ("王", "赵", "孙", "钱")}
COMMITTEE: Final = {"park": ("高明远", "梁静怡", "何志远"), "city": ("罗建平", "谢文博", "邓丽华")}
RECOMMENDERS: Final = (
    ("苏州工业园区高端制造与国际贸易区", "zone", "zone", ("park",), "冯德才"),
    ("苏州工业园区独墅湖科教创新区", "zone", "dushu", ("park",), "蒋晓光"),
    ("苏州工业园区制造业商会", "association", "chamber", ("park",), "曹玉兰"),
    ("苏州工业园区管理委员会（推荐）", "district", "sipgov", ("city",), "潘永康"),
    ("苏州市质量管理协会", "association", "cityassoc", ("city",), "田秀英"),
)


@dataclass
class Roster:
    """Everybody in the demo, by a short key. `told` is what `./run` prints: login name → who it is."""

    now: datetime
    encoded: str = field(default_factory=lambda: make_password(PASSWORD))
    users: dict[str, User] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    owners: dict[str, User] = field(default_factory=dict)
    recommenders: dict[str, tuple[Recommender, User]] = field(default_factory=dict)
    reviewers: list[Reviewer] = field(default_factory=list)
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)

    def person(self, username: str, name: str, words: str) -> User:
        user = create_user(
            username=username,
            name=name,
            password=PASSWORD,
            email=f"{username}@example.com",
            actor=SYSTEM,
            now=self.now,
            demo=True,
            encoded=self.encoded,
        )
        self.users[username] = user
        self.told.append((username, words))
        return user

    def grant(self, user: User, role: str, key: str = "", label: str = "") -> None:
        grant_role(user=user, role=role, scope_key=key, scope_label=label, actor=SYSTEM, now=self.now)


def make_roster(now: datetime) -> Roster:
    """Make all accounts as they stood on `now`, long enough before the first cycle."""
    roster = Roster(now)
    for make in (_portal_roles, _officials, _recommenders, _reviewers, _organisations):
        make(roster)
    return roster


def _portal_roles(roster: Roster) -> None:
    roster.grant(roster.person("admin", "系统管理员", "系统管理员"), Role.ADMINISTRATOR)
    roster.grant(roster.person("supervisor", "纪检监督员", "纪检监督"), Role.SUPERVISOR)


def _officials(roster: Roster) -> None:
    for code, surnames in SURNAMES.items():
        scheme = Scheme.objects.get(code=code)
        for (role, suffix, words), surname in zip(OFFICIALS, surnames, strict=True):
            user = roster.person(f"{code}_{suffix}", f"{surname}{words}", f"{scheme.short_name} · {words}")
            roster.grant(user, role, code, scheme.short_name)
        for number, name in enumerate(COMMITTEE[code], start=1):
            user = roster.person(f"{code}_member{number}", name, f"{scheme.short_name}评定委委员")
            roster.grant(user, Role.COMMITTEE, code, scheme.short_name)


def _recommenders(roster: Roster) -> None:
    for name, kind, key, schemes, person in RECOMMENDERS:
        recommender = Recommender.objects.create(name=name, kind=kind)
        recommender.schemes.set(Scheme.objects.filter(code__in=schemes))
        user = roster.person(f"rec_{key}", person, f"推荐单位 · {name}")
        roster.grant(user, Role.RECOMMENDER, str(recommender.pk), name)
        roster.recommenders[key] = (recommender, user)


def _reviewers(roster: Roster) -> None:
    office = roster.users["park_head"]
    for number, row in enumerate(pool(), start=1):
        words = "行业专家" if row["kind"] == Reviewer.Kind.EXPERT else "评审员"
        user = roster.person(f"reviewer{number}", row["name"], words)
        roster.grant(user, Role.REVIEWER)
        roster.reviewers.append(
            register_reviewer(
                user=user,
                kind=row["kind"],
                employer=row["employer"],
                employer_uscc="",
                industries=row["industries"],
                qualification="高级工程师" if row["kind"] == Reviewer.Kind.EXPERT else "卓越绩效自评师",
                languages=row["languages"],
                load_limit=row.get("load_limit"),
                actor=office,
                now=roster.now,
            )
        )


def pool() -> list[dict[str, Any]]:
    """The reviewers, in the order of their numbers."""
    return _rows("reviewers.yaml")


def _organisations(roster: Roster) -> None:
    for row in _rows("organisations.yaml"):
        owner = roster.person(f"org_{row['key']}", row["person"], f"申报组织 · {row['name']}")
        roster.owners[row["key"]] = owner
        roster.details[row["key"]] = row
        roster.organisations[row["key"]] = register_organisation(
            data=_registration(row), actor=owner, now=roster.now
        )


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return rows


def _registration(row: dict[str, Any]) -> dict[str, Any]:
    body = DISTRICT + row["code"]
    established: date = row["established"]
    return {
        "uscc": body + uscc_number.calc_check_digit(body),
        "name": row["name"],
        "kind": row.get("kind", "enterprise"),
        "region": row["region"],
        "industry": row["industry"],
        "category": row.get("category", ""),
        "address": f"江苏省苏州市演示路 {row['employees'] % 300 + 1} 号",
        "established_on": established,
        "legal_representative": row["person"],
        "employees": row["employees"],
        "contact_name": row["person"],
        "contact_phone": "0512-00000000",
    }

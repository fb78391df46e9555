"""「我的资料」: each section by itself, everything in the ledger, conflicts found at once, nobody else's business."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from audit.queries import entries_of
from ground.errors import Refused
from notifications.queries import inbox_visible_to
from scoring import services
from scoring.models import (
    Consultancy,
    FamilyInterest,
    OfflineDevice,
    Post,
    Recusal,
    Reviewer,
    Training,
    Unavailability,
)
from scoring.services.careers import MOST_ROWS
from tests.factories import make_user
from tests.scoring.builders import House

Login = Callable[[User], Client]
PROFILE = reverse("scoring:profile")
ROWS: dict[str, dict[str, Any]] = {
    "posts": {"employer": "苏州甲精密制造有限公司", "title": "质量总监", "since": "2020-01-01", "until": "2025-06-30"},
    "services": {"organisation": "苏州乙软件服务有限公司", "kind": "consulting", "since": "2026-01-01", "paid": "on"},
    "training": {"name": "卓越绩效评审员培训", "held_on": "2024-05-06", "valid_until": "2027-05-05"},
    "family": {"relation": "配偶", "organisation": "苏州甲精密制造有限公司", "interest": "任财务总监"},
    "absences": {"since": "2026-08-10", "until": "2026-08-20", "reason": "出差"},
}  # fmt: skip
MODELS = {
    "posts": Post,
    "services": Consultancy,
    "training": Training,
    "family": FamilyInterest,
    "absences": Unavailability,
}


def entry(section: str) -> str:
    return reverse("scoring:change_entry", args=[section])


def add(section: str) -> str:
    return reverse("scoring:add_row", args=[section])


def change(section: str, pk: int) -> str:
    return reverse("scoring:change_row", args=[section, pk])


def test_each_section_of_the_entry_is_saved_by_itself(house: House, client_of: Login) -> None:
    reviewer = house.reviewer(industries="CI")
    client = client_of(reviewer.user)
    work = {
        "employer": "苏州质量协会",
        "employer_uscc": "",
        "qualification": "高级工程师",
        "languages": "中文、英语",
    }
    assert client.post(entry("work"), work).status_code == 302
    assert client.post(entry("expertise"), {"kept": ["C"], "added": "金融"}).status_code == 302
    assert client.post(entry("load"), {"load_limit": "4"}).status_code == 302
    reviewer.refresh_from_db()
    assert (reviewer.employer, reviewer.languages) == ("苏州质量协会", "中文、英语")
    assert (reviewer.industries, reviewer.load_limit) == ("CJ", 4)
    kept = [one.content["after"] for one in entries_of(reviewer) if one.action == "reviewer.change"]
    assert kept[1:] == [{"industries": "CJ"}, {"load_limit": 4}]
    page = client.get(PROFILE).content.decode()
    assert "苏州质量协会" in page
    assert "J 金融业" in page
    assert "I 信息传输" not in page


def test_saving_what_stands_there_writes_nothing(house: House) -> None:
    reviewer = house.reviewer()
    services.save_entry(
        reviewer=reviewer, changes={"employer": reviewer.employer}, actor=reviewer.user, now=house.now
    )
    assert not Entry.objects.filter(action="reviewer.change").exists()


@pytest.mark.parametrize("section", ROWS)
def test_a_row_is_added_changed_and_taken_out(house: House, client_of: Login, section: str) -> None:
    reviewer, model = house.reviewer(), MODELS[section]
    client = client_of(reviewer.user)
    assert client.post(add(section), ROWS[section]).status_code == 302
    row = model._default_manager.get(reviewer=reviewer)
    name = "reason" if section == "absences" else next(iter(ROWS[section]))
    assert client.post(change(section, row.pk), ROWS[section] | {name: "改"}).status_code == 302
    row.refresh_from_db()
    assert getattr(row, name) == "改"
    assert client.post(change(section, row.pk), {"step": "remove"}).status_code == 302
    assert not model._default_manager.exists()
    assert client.get(change(section, row.pk)).status_code == 404
    actions = [one.action for one in entries_of(reviewer) if one.action.startswith("career.")]
    assert actions == ["career.add", "career.change", "career.remove"]


@pytest.mark.parametrize(
    ("section", "wrong", "field"),
    [
        ("posts", {"employer": ""}, "employer"),
        ("posts", {"uscc": "123"}, "uscc"),
        ("posts", {"until": "2019-12-31"}, "until"),
        ("posts", {"since": "0001-01-01"}, "since"),
        ("services", {"kind": "bribery"}, "kind"),
        ("training", {"valid_until": "2024-05-05"}, "valid_until"),
        ("family", {"relation": "妻" * 31}, "relation"),
        ("absences", {"until": "明天"}, "until"),
    ],
)
def test_bad_input_changes_nothing_and_stays_in_the_form(
    house: House, client_of: Login, section: str, wrong: dict[str, str], field: str
) -> None:
    answer = client_of(house.reviewer().user).post(add(section), ROWS[section] | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not MODELS[section]._default_manager.exists()


@pytest.mark.parametrize(
    ("section", "sent", "field"),
    [
        ("work", {"employer": " "}, "employer"),
        ("work", {"employer": "某院", "employer_uscc": "9132"}, "employer_uscc"),
        ("load", {"load_limit": "101"}, "load_limit"),
        ("load", {"load_limit": "-1"}, "load_limit"),
        ("expertise", {"added": "航天"}, "added"),
    ],
)
def test_bad_entries_are_refused_at_the_field(
    house: House, client_of: Login, section: str, sent: dict[str, str], field: str
) -> None:
    answer = client_of(house.reviewer().user).post(entry(section), sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_what_is_declared_keeps_the_reviewer_out_of_the_file_at_once(house: House) -> None:
    reviewer = house.reviewer()
    services.save_career_row(
        reviewer=reviewer,
        section="family",
        values=ROWS["family"],
        actor=reviewer.user,
        now=house.now,
    )
    found = Recusal.objects.get(reviewer=reviewer)
    assert (found.code, found.application) == ("family_declared", house.applications[0])


def test_an_old_post_does_not_hide_the_present_employer(house: House) -> None:
    """任职经历里只有过去的单位时，现在的工作单位仍然参加比对。"""
    reviewer = house.reviewer(employer="苏州乙软件服务有限公司", industries="I")
    Recusal.objects.filter(reviewer=reviewer).delete()
    services.save_career_row(
        reviewer=reviewer,
        section="posts",
        values={"employer": "苏州丙厂", "since": date(2010, 1, 1), "until": date(2012, 1, 1)},
        actor=reviewer.user,
        now=house.now,
    )
    assert Recusal.objects.get(reviewer=reviewer).code == "same_employer"


def test_only_the_person_keeps_the_entry(house: House, client_of: Login) -> None:
    reviewer, other = house.reviewer(), house.reviewer()
    row = Post.objects.create(reviewer=reviewer, employer="某厂")
    assert client_of(other.user).get(change("posts", row.pk)).status_code == 404
    for user in (house.clerk, make_user("supervisor"), make_user("reviewer")):
        assert client_of(user).get(PROFILE).status_code == 403
    with pytest.raises(PermissionDenied):
        services.save_entry(reviewer=reviewer, changes={"employer": "x"}, actor=house.head, now=house.now)
    Reviewer.objects.filter(pk=reviewer.pk).update(disqualified_at=house.now)
    with pytest.raises(Refused) as refused:
        services.save_entry(reviewer=reviewer, changes={"employer": "x"}, actor=reviewer.user, now=house.now)
    assert refused.value.code == "reviewer_disqualified"
    assert client_of(reviewer.user).get(PROFILE).status_code == 403


def test_a_section_is_not_endless(house: House) -> None:
    reviewer = house.reviewer()
    Post.objects.bulk_create(Post(reviewer=reviewer, employer=f"第{n}厂") for n in range(MOST_ROWS))
    with pytest.raises(Refused) as refused:
        services.save_career_row(
            reviewer=reviewer, section="posts", values={"employer": "x"}, actor=reviewer.user, now=house.now
        )
    assert refused.value.code == "too_many_rows"


@pytest.mark.parametrize("address", [entry("posts"), add("work"), add("nonsense"), change("nonsense", 1)])
def test_a_section_that_is_none_is_not_found(house: House, client_of: Login, address: str) -> None:
    client = client_of(house.reviewer().user)
    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)


def test_the_page_asks_the_same_number_of_queries(house: House, client_of: Login) -> None:
    reviewer = house.reviewer()
    client = client_of(reviewer.user)
    found: list[int] = []
    for _ in (1, 2):
        for section, model in MODELS.items():
            for number in range(len(found) * 2 + 1):
                values = {key: value for key, value in ROWS[section].items() if key != "paid"}
                first = next(iter(values))
                if section != "absences":
                    values[first] = f"{number}"
                model._default_manager.create(reviewer=reviewer, **values)
        client.get(PROFILE)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(PROFILE).status_code == 200
        found.append(len(asked))
    assert found[0] == found[1] <= 15


def test_the_desk_shows_the_hours(house: House, client_of: Login) -> None:
    panel = house.panel()
    sheet = panel.sheets.select_related("reviewer__user").order_by("pk")[0]
    services.save_items(sheet=sheet, items={}, hours=3, actor=sheet.reviewer.user, now=house.now)
    page = client_of(sheet.reviewer.user).get(reverse("scoring:desk"))
    shown = page.context["reviewer"]
    assert (shown.hours_sealed, shown.hours_open) == (None, 3)
    assert "未封存的 3.0 小时" in page.content.decode()


# ---------------------------------------------------------------- a lost device


def device(reviewer: Reviewer, now: datetime) -> OfflineDevice:
    return OfflineDevice.objects.create(
        reviewer=reviewer, name="旧平板", key="0" * 64, added_at=now, seen_at=now
    )


def test_the_office_stops_a_lost_device(house: House, client_of: Login) -> None:
    reviewer = house.reviewer()
    lost = device(reviewer, house.now)
    shown = reverse("scoring:reviewer", args=[reviewer.pk])
    stop = reverse("scoring:revoke_lost_device", args=[reviewer.pk, lost.pk])
    client = client_of(house.clerk)
    assert stop in client.get(shown).content.decode()
    assert client.post(stop, {"reason": ""}).status_code == 422
    assert client.post(stop, {"reason": "本人电话报告丢失"}).status_code == 302
    lost.refresh_from_db()
    assert lost.revoked_at == house.now
    assert stop not in client.get(shown).content.decode()
    assert client.post(stop, {"reason": "再来"}).status_code == 422
    assert inbox_visible_to(reviewer.user).get().subject == "评定办已停用您的离线设备：旧平板"
    assert services.note_contact(device=lost, actor=reviewer.user, now=house.now) is False


def test_nobody_else_stops_it(house: House, client_of: Login) -> None:
    reviewer, other = house.reviewer(), house.reviewer()
    lost = device(reviewer, house.now)
    stop = reverse("scoring:revoke_lost_device", args=[reviewer.pk, lost.pk])
    for user in (make_user("supervisor"), other.user, reviewer.user, make_user("administrator")):
        assert client_of(user).post(stop, {"reason": "丢失"}).status_code == 403
    wrong = reverse("scoring:revoke_lost_device", args=[other.pk, lost.pk])
    assert client_of(house.clerk).post(wrong, {"reason": "丢失"}).status_code == 404

"""Everything missing is a link to the very field in which it is put right: the page opens and has that field."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application
from applications.views.drafting import TASKS
from documents.models import StoredFile
from ground import clock
from tests.applications import builders
from tests.applications.assessments import online

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
PAGES = ("tasks", "check_application")
# Facts with something missing behind what is given, and the fields that are asked for then.
HALF: tuple[tuple[dict[str, Any], set[str]], ...] = (
    ({}, {"id_has_certificates_0", "id_licences_0", "id_above_scale_0", "id_exporter_0", "id_has_honours_0"}),
    (
        {
            "certificates": [
                {"standard": "GB/T 19001", "valid_until": "2020-01-01"},
                {"standard": "GB/T 24001"},
            ],
            "above_scale": True,
            "exporter": True,
            "licences": "not_applicable",
            "net_profit": {"2023": "5"},
            "honours": [{"award": "sip_quality", "on": "2025-01-10"}],
        },
        {
            "id_rows-1-valid_until",
            "id_safety_level_0",
            "id_has_export_incidents_0",
            "id_note",
            "id_profit_2024",
            "id_upload",
            "id_text",
            "id_recommender",
        },
    ),
)


def links(client: Client, application: Application, page: str) -> set[tuple[str, str]]:
    """(address, anchor) of every gap on the page."""
    html = client.get(reverse(f"applications:{page}", args=[application.pk])).content.decode()
    if page == "tasks":
        html = "".join(re.findall(r'<ul class="task-gaps">.*?</ul>', html, re.S))
    else:
        html = html.split("补齐后才能提交</h2>", 1)[1].split("</section>", 1)[0]
    found = re.findall(r'<a href="(/applications/[^"]*?)(?:#([^"]+))?">', html)
    return {(address, anchor) for address, anchor in found if not address.startswith("/law/")}


def broken(client: Client, found: set[tuple[str, str]]) -> list[tuple[str, str]]:
    pages = {address: client.get(address) for address, _ in found}
    return [
        (address, anchor)
        for address, anchor in sorted(found)
        if pages[address].status_code != 200 or f'id="{anchor}"' not in pages[address].content.decode()
    ]


@pytest.mark.parametrize(("facts", "fields"), HALF)
@pytest.mark.parametrize(("scheme", "edition"), [("park", "park-2023"), ("city", "city-2016")])
def test_each_gap_leads_to_its_field(
    now: datetime, client_of: Login, scheme: str, edition: str, facts: dict[str, Any], fields: set[str]
) -> None:
    user, draft = builders.draft(builders.running_cycle(now, scheme=scheme, edition=edition), now)
    if facts:
        services.save_facts(
            application=draft, facts=facts, notes={}, version=draft.version, actor=user, now=now
        )
    client = client_of(user)
    on_tasks, on_check = (links(client, draft, page) for page in PAGES)
    assert on_tasks == on_check
    assert fields <= {anchor for _, anchor in on_check}
    assert all(anchor for _, anchor in on_check)
    assert broken(client, on_check) == []


def test_gaps_of_a_report_written_online(now: datetime, client_of: Login) -> None:
    """All items have their link on the check page; the task list leads to the first."""
    user, draft = builders.draft(builders.running_cycle(now), now)
    online(draft, user, now)
    client = client_of(user)
    on_tasks, on_check = (links(client, draft, page) for page in PAGES)
    items = {pair for pair in on_check if "/assessment/" in pair[0]}
    assert len(items) == 23
    assert {pair for pair in on_tasks if "/assessment/" in pair[0]} == {min(items)}
    assert broken(client, {min(items), max(items)}) == []


def test_gaps_of_infected_files_and_of_a_chosen_upload(now: datetime, client_of: Login) -> None:
    user, draft = builders.filled(builders.running_cycle(now), now)
    services.add_evidence(
        application=draft, condition="other", upload=builders.pdf("other"), actor=user, now=now
    )
    StoredFile.objects.update(scan="infected")
    client = client_of(user)
    on_tasks, on_check = (links(client, draft, page) for page in PAGES)
    assert on_tasks == on_check
    assert {anchor for _, anchor in on_check} == {"evidence", "id_upload", "id_scan"}
    assert broken(client, on_check) == []


def test_states_of_tasks(now: datetime, client_of: Login) -> None:
    """未开始, 填写中, 待完善, 已完成: each says what it is."""
    user, draft = builders.draft(builders.running_cycle(now), now)
    facts = {"exporter": False, "licences": "missing", "above_scale": True}
    services.save_facts(application=draft, facts=facts, notes={}, version=draft.version, actor=user, now=now)
    page = client_of(user).get(reverse("applications:tasks", args=[draft.pk]))
    states = {row["label"]: row["state"] for row in page.context["condition_tasks"]}
    assert {
        label: states[label]
        for label in ("出口商品质量", "许可、强制认证与产品注册", "安全生产标准化", "失信记录")
    } == {
        "出口商品质量": "done",
        "许可、强制认证与产品注册": "attention",
        "安全生产标准化": "active",
        "失信记录": "todo",
    }
    assert page.context["submit_tasks"][1]["hint"].startswith("还缺 ")
    html = page.content.decode()
    listed = html.split('<ul class="task-list">', 1)[1].split("各部分的状态", 1)[0]
    rows = sum(len(page.context[name]) for name in TASKS)
    assert listed.count("已完成") == 2
    # What is optional and empty counts nowhere.
    assert f"已完成 2 / {rows - 1} 部分" in html


def test_a_condition_that_fails_says_so_beside_the_missing_evidence(now: datetime, client_of: Login) -> None:
    user, draft = builders.draft(builders.running_cycle(now), now)
    facts = {"certificates": [{"standard": "GB/T 19001", "valid_until": "2020-01-01"}], "licences": "missing"}
    services.save_facts(application=draft, facts=facts, notes={}, version=draft.version, actor=user, now=now)
    page = client_of(user).get(reverse("applications:tasks", args=[draft.pk]))
    rows = {row["label"]: row for row in page.context["condition_tasks"] if row["failing"]}
    assert {label: (row["state"], row["failing"], len(row["gaps"])) for label, row in rows.items()} == {
        "管理体系认证": ("active", ("没有在有效期内的体系认证证书",), 1),
        "许可、强制认证与产品注册": ("attention", ("许可、认证或注册不齐备",), 0),
    }
    text = re.sub(r"<[^>]+>", "", page.content.decode())
    assert "不符合 没有在有效期内的体系认证证书" in text


def test_the_check_page_says_each_task_once_and_where_to_begin(now: datetime, client_of: Login) -> None:
    user, draft = builders.draft(builders.running_cycle(now), now)
    online(draft, user, now)
    page = client_of(user).get(reverse("applications:check_application", args=[draft.pk]))
    blocks = page.context["blocks"]
    assert len({block.label for block in blocks}) == len(blocks)
    report = next(block for block in blocks if block.label == "自评报告")
    assert (report.state, report.count, len(report.folds)) == ("todo", 23, 7)
    assert report.folds[0].label == "4.1 领导：3 个条目未填写"
    html = page.content.decode()
    assert html.count("<summary>4.") == 7
    assert html.count(f'class="button" href="{blocks[0].href}"') == 1
    assert "申报截止" in html


def test_the_submission_opens_for_what_can_be_submitted_alone(now: datetime, client_of: Login) -> None:
    """Anything else leads to the check page, which says why; posting stays refused and changes nothing."""
    cycle = builders.running_cycle(now)

    def told(user: User, application: Application, at: datetime) -> tuple[str, str]:
        address = reverse("applications:submit_application", args=[application.pk])
        with clock.frozen(at):
            answer = client_of(user).get(address, follow=True)
            if application.state == "draft":
                assert client_of(user).post(address).status_code == 422
        assert answer.redirect_chain == [
            (reverse("applications:check_application", args=[application.pk]), 302)
        ]
        state = Application.objects.get(pk=application.pk).state
        return state, str(next(iter(answer.context["messages"])))

    user, draft = builders.draft(cycle, now)
    state, words = told(user, draft, now)
    assert state == "draft"
    assert words.startswith("还缺 ")
    owner, full = builders.filled(cycle, now)
    state, words = told(owner, full, now + timedelta(days=31))
    assert state == "draft"
    assert "截止" in words
    handed_in = builders.submitted(cycle, now)
    assert "不能提交" in told(*handed_in, now)[1]
    with clock.frozen(now):
        page = client_of(owner).get(reverse("applications:submit_application", args=[full.pk]))
    assert page.status_code == 200
    assert "前可以撤回修改" in page.content.decode()


def test_a_submission_refused_as_late_promises_no_taking_back(now: datetime, client_of: Login) -> None:
    owner, full = builders.filled(builders.running_cycle(now), now)
    address = reverse("applications:submit_application", args=[full.pk])
    with clock.frozen(now + timedelta(days=30, seconds=1)):
        answer = client_of(owner).post(address)
    assert answer.status_code == 422
    assert "不能再提交" in answer.content.decode()
    assert "可以撤回修改" not in answer.content.decode()


def test_the_years_without_figures_are_a_gap_until_they_are_entered(now: datetime, client_of: Login) -> None:
    """Every year since the founding; the link leads to the first field that is empty."""
    cycle = builders.running_cycle(now)
    user, draft = builders.draft(cycle, now, established_on="2024-05-01")
    page = client_of(user).get(reverse("applications:tasks", args=[draft.pk]))
    task = page.context["registration_tasks"][1]
    address = f"{reverse('applications:year_figures', args=[draft.organisation_id])}?application={draft.pk}"
    assert (task["label"], task["state"], task["href"]) == ("近三年经营数据", "todo", address)
    assert task["gaps"] == [{"text": "请填写 2024、2025 年度的数据", "href": f"{address}#id_revenue_2024"}]
    assert 'id="id_revenue_2024"' in client_of(user).get(address).content.decode()
    builders.enter_figures(draft.organisation, user, now)
    page = client_of(user).get(reverse("applications:tasks", args=[draft.pk]))
    assert [row["state"] for row in page.context["registration_tasks"]] == ["done", "done"]

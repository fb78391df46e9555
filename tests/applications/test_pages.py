"""Every page for everybody: who sees it, who gets 404 or 403, with other people's data lying beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application, Correction, EligibilityCheck, Recommendation
from applications.questions import QUESTIONS
from audit.models import AccessLog
from awards.models import Cycle
from tests.applications import builders
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]


@dataclass
class World:
    """One application of each kind in the park, and one in the city that nobody of the park may see."""

    now: datetime
    cycle: Cycle
    owner: User
    draft: Application
    submitter: User
    submitted: Application
    recommendation: Recommendation
    recommended: Application
    check: EligibilityCheck
    correcting: Application
    correction: Correction
    head: User
    foreign: Application


@kept
def world(now: datetime) -> World:
    cycle = builders.running_cycle(now)
    head = make_user("office_head:park")
    owner, draft = builders.filled(cycle, now)
    submitter, submitted = builders.submitted(cycle, now)
    _, recommended = builders.recommended(cycle, now)
    _, correcting = builders.recommended(cycle, now)
    correction = services.request_correction(
        application=correcting,
        items=[("profit", "请补充审计报告"), ("profile", "请补充规模")],
        due_at=now + timedelta(days=7),
        actor=head,
        now=now,
    )
    city = builders.running_cycle(now, scheme="city", edition="city-2016")
    _, foreign = builders.submitted(city, now)
    return World(
        now=now,
        cycle=cycle,
        owner=owner,
        draft=draft,
        submitter=submitter,
        submitted=submitted,
        recommendation=submitted.recommendations.get(),
        recommended=recommended,
        check=recommended.checks.first(),
        correcting=correcting,
        correction=correction,
        head=head,
        foreign=foreign,
    )


OWN_PAGES = (
    "application", "tasks", "profile", "report", "choose_recommender", "check_application", "submit_application",
    "take_back_application", "withdraw_application",
)  # fmt: skip


@pytest.mark.parametrize("name", OWN_PAGES)
def test_the_applicant_opens_every_own_page_and_strangers_none(
    world: World, client_of: Login, name: str
) -> None:
    address = reverse(f"applications:{name}", args=[world.draft.pk])
    assert client_of(world.owner).get(address).status_code == 200
    strangers = (
        world.submitter,
        world.head,
        make_user("supervisor"),
        make_user("committee:park"),
        make_user(f"recommender:{world.draft.recommender_id}"),
        make_user("reviewer"),
        make_user("administrator"),
        make_user(),
    )
    for stranger in strangers:
        assert client_of(stranger).get(address).status_code == 404


@pytest.mark.parametrize("code", [question.code for question in QUESTIONS] + ["other"])
def test_each_question_has_its_page(world: World, client_of: Login, code: str) -> None:
    page = client_of(world.owner).get(reverse("applications:condition", args=[world.draft.pk, code]))
    assert page.status_code == 200


def test_who_reads_a_submitted_file(world: World, client_of: Login) -> None:
    address = reverse("applications:application", args=[world.submitted.pk])
    file = reverse("applications:file", args=[world.submitted.pk, world.submitted.report_id])
    readers = [
        world.submitter,
        world.head,
        make_user("office_clerk:park"),
        make_user("supervisor"),
        make_user("committee:park"),
        make_user("authority:park"),
        make_user(f"recommender:{world.submitted.recommender_id}"),
        make_user(f"applicant_viewer:{world.submitted.organisation_id}"),
    ]
    strangers = [
        world.owner,
        make_user("office_head:city"),
        make_user("committee:city"),
        make_user(f"recommender:{world.recommended.recommender_id}"),
        make_user("finance:park"),
        make_user("reviewer"),
        make_user("administrator"),
        make_user(),
    ]
    for user in readers:
        assert client_of(user).get(address).status_code == 200, user.role_line
        assert client_of(user).get(file).status_code == 200, user.role_line
    for user in strangers:
        assert client_of(user).get(address).status_code == 404, user.role_line
        assert client_of(user).get(file).status_code == 404, user.role_line
    assert Client().get(file).status_code == 302
    taken = AccessLog.objects.filter(action="download", subject_id=str(world.submitted.pk))
    assert taken.count() == len(readers)


def test_a_file_of_another_application_is_not_found(world: World, client_of: Login) -> None:
    address = reverse("applications:file", args=[world.draft.pk, world.submitted.report_id])
    assert client_of(world.owner).get(address).status_code == 404


@pytest.mark.parametrize("role", ["office_clerk:park", "office_head:park", "supervisor"])
def test_the_office_sees_its_own_scheme_and_no_drafts(world: World, client_of: Login, role: str) -> None:
    page = client_of(make_user(role)).get(reverse("applications:office_list", args=[world.cycle.pk]))
    assert page.status_code == 200
    shown = [row.pk for row in page.context["page"]]
    assert shown == [world.submitted.pk, world.recommended.pk, world.correcting.pk]
    words = page.content.decode()
    assert world.draft.organisation.name not in words
    assert world.foreign.organisation.name not in words


@pytest.mark.parametrize(
    "role", ["office_head:city", "reviewer", "administrator", "applicant_owner:1", "finance:park"]
)
def test_the_list_is_the_offices_own(world: World, client_of: Login, role: str) -> None:
    for name in ("office_list", "office_export"):
        address = reverse(f"applications:{name}", args=[world.cycle.pk])
        assert client_of(make_user(role)).get(address).status_code == 403


def test_the_eligibility_pages_are_the_offices(world: World, client_of: Login) -> None:
    address = reverse("applications:eligibility", args=[world.recommended.pk])
    assert client_of(world.head).get(address).status_code == 200
    assert client_of(make_user("supervisor")).get(address).status_code == 200
    applicant = make_user(f"applicant_owner:{world.recommended.organisation_id}")
    recommender = make_user(f"recommender:{world.recommended.recommender_id}")
    for user in (applicant, recommender, make_user("committee:park")):
        assert client_of(user).get(address).status_code == 403
    assert client_of(make_user("office_head:city")).get(address).status_code == 404
    for name in ("record_waiver", "request_correction", "decide_eligibility"):
        page = reverse(f"applications:{name}", args=[world.recommended.pk])
        assert client_of(world.head).get(page).status_code == 200
        assert client_of(make_user("supervisor")).get(page).status_code == 403
        assert client_of(applicant).get(page).status_code == 403
        assert client_of(make_user("office_head:city")).get(page).status_code == 404


def test_clerks_decide_nothing(world: World, client_of: Login) -> None:
    address = reverse("applications:decide_eligibility", args=[world.recommended.pk])
    assert client_of(make_user("office_clerk:park")).get(address).status_code == 403


def test_supervisors_change_nothing(world: World, client_of: Login) -> None:
    client = client_of(make_user("supervisor"))
    answer = client.post(
        reverse("applications:confirm_check", args=[world.check.pk]), {"outcome": "fail", "note": "不行"}
    )
    assert answer.status_code == 403
    assert (
        client.post(reverse("applications:run_eligibility", args=[world.recommended.pk])).status_code == 403
    )
    world.check.refresh_from_db()
    assert world.check.confirmed == ""


def test_applicants_see_public_words_only(world: World, client_of: Login) -> None:
    applicant = make_user(f"applicant_owner:{world.recommended.organisation_id}")
    services.confirm_check(
        check=world.check, outcome="fail", note="内部说明不外传", actor=world.head, now=world.now
    )
    words = (
        client_of(applicant)
        .get(reverse("applications:application", args=[world.recommended.pk]))
        .content.decode()
    )
    assert "资格审核中" in words
    assert "已推荐，待资格审核" not in words
    assert "内部说明不外传" not in words


def test_the_desk_shows_a_recommender_its_own(world: World, client_of: Login) -> None:
    mine = make_user(f"recommender:{world.submitted.recommender_id}")
    page = client_of(mine).get(reverse("applications:recommendations"))
    assert [row.pk for row in page.context["page"]] == [world.recommendation.pk]
    other = make_user(f"recommender:{world.draft.recommender_id}")
    assert list(client_of(other).get(reverse("applications:recommendations")).context["page"]) == []
    for name in ("recommendation", "sign_recommendation", "decline_recommendation"):
        address = reverse(f"applications:{name}", args=[world.recommendation.pk])
        assert client_of(mine).get(address).status_code == 200
        assert client_of(other).get(address).status_code == 404
        assert client_of(world.head).get(address).status_code == 404
    assert client_of(world.owner).get(reverse("applications:recommendations")).status_code == 403


def test_the_correction_page(world: World, client_of: Login) -> None:
    address = reverse("applications:correction", args=[world.correction.pk])
    applicant = make_user(f"applicant_editor:{world.correcting.organisation_id}")
    assert client_of(applicant).get(address).context["form"] is not None
    viewer = make_user(f"applicant_viewer:{world.correcting.organisation_id}")
    assert client_of(viewer).get(address).context["form"] is None
    assert client_of(viewer).post(address, {}).status_code == 403
    assert client_of(world.head).get(address).status_code == 200
    assert client_of(world.owner).get(address).status_code == 404
    answers = {f"answer_{item.pk}": "已补充" for item in world.correction.items.all()}
    assert client_of(applicant).post(address, {}).status_code == 422
    assert client_of(applicant).post(address, answers).status_code == 302
    world.correcting.refresh_from_db()
    assert world.correcting.state == "recommended"


def test_home_leads_to_registering_first(now: datetime, client_of: Login) -> None:
    builders.running_cycle(now)
    page = client_of(make_user()).get(reverse("applications:home"))
    assert page.status_code == 200
    assert reverse("applications:register_organisation") in page.content.decode()
    assert client_of(make_user("office_head:park")).get(reverse("applications:home")).status_code == 403
    assert (
        client_of(make_user("reviewer")).get(reverse("applications:register_organisation")).status_code == 403
    )


def test_home_shows_the_one_next_step(world: World, client_of: Login) -> None:
    page = client_of(world.owner).get(reverse("applications:home"))
    assert page.context["step"].button == "继续填写"
    assert [duty.kind for duty in page.context["duties"]] == ["application.submit"]
    applicant = make_user(f"applicant_owner:{world.correcting.organisation_id}")
    assert client_of(applicant).get(reverse("applications:home")).context["step"].button == "办理补正"
    words = page.content.decode()
    assert world.submitted.organisation.name not in words


def test_organisations_are_seen_by_their_own_and_by_officials(world: World, client_of: Login) -> None:
    address = reverse("applications:organisation", args=[world.submitted.organisation_id])
    assert client_of(world.submitter).get(address).status_code == 200
    assert client_of(world.head).get(address).status_code == 200
    assert client_of(world.owner).get(address).status_code == 404
    unseen = reverse("applications:organisation", args=[world.draft.organisation_id])
    assert client_of(world.head).get(unseen).status_code == 404
    edit = reverse("applications:edit_organisation", args=[world.submitted.organisation_id])
    assert client_of(world.head).get(edit).status_code == 403
    viewer = make_user(f"applicant_viewer:{world.submitted.organisation_id}")
    assert client_of(viewer).get(edit).status_code == 403


def test_viewers_read_and_write_nothing(world: World, client_of: Login) -> None:
    client = client_of(make_user(f"applicant_viewer:{world.draft.organisation_id}"))
    assert client.get(reverse("applications:tasks", args=[world.draft.pk])).status_code == 200
    profile = reverse("applications:profile", args=[world.draft.pk])
    assert client.get(profile).status_code == 200
    assert client.post(profile, {"text": "改", "version": 99}).status_code == 403
    assert client.get(reverse("applications:submit_application", args=[world.draft.pk])).status_code == 403
    condition = reverse("applications:condition", args=[world.draft.pk, "exports"])
    assert client.post(condition, {"exporter": "yes", "version": 99}).status_code == 403
    autosave = reverse("applications:autosave_profile", args=[world.draft.pk])
    assert client.post(autosave, "{}", content_type="application/json").status_code == 403


def test_an_answered_recommendation_has_no_form(client_of, world) -> None:
    answered = world.recommended.recommendations.get()
    client = client_of(make_user(f"recommender:{answered.recommender_id}"))
    for name in ("sign_recommendation", "decline_recommendation"):
        text = client.get(reverse(f"applications:{name}", args=[answered.pk])).content.decode()
        assert "不能再办理" in text
        assert '<form class="form' not in text


def test_a_file_in_review_is_neither_submitted_nor_decided_again(client_of, world) -> None:
    head = client_of(make_user("office_head:park"))
    owner = client_of(make_user(f"applicant_owner:{world.correcting.organisation_id}"))
    for client, name, why in (
        (owner, "submit_application", "“请补正材料”状态下不能提交申报。"),
        (owner, "take_back_application", "“请补正材料”状态下不能撤回修改。"),
        (head, "decide_eligibility", "“补正中”状态下不能作出资格审核结论。"),
        (head, "request_correction", "“补正中”状态下不能要求补正。"),
    ):
        address = reverse(f"applications:{name}", args=[world.correcting.pk])
        text = client.get(address, follow=True).content.decode()
        assert why in text, name
        assert '<form class="form' not in text, name

"""The self-assessment item by item: saved, versioned, merged, complete or not, and fixed by its digest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications import services
from applications.models import Application, AssessmentItem, ItemVersion
from applications.queries import assessment_of, assessment_progress, gaps, pages_of_items
from applications.queries.parts import parts
from applications.rules import self_scores
from documents.models import StoredFile
from ground.errors import Refused
from tests.applications import builders
from tests.applications.assessments import codes_of, drafted, online, picture, save, write_all
from tests.kept import kept

pytestmark = pytest.mark.django_db


@kept
def draft(now: datetime) -> tuple[User, Application]:
    return drafted(now)


# ---- what is missing
def test_an_uploaded_report_is_enough_as_before(now: datetime) -> None:
    user, application = builders.filled(builders.running_cycle(now), now)
    assert gaps(application, now) == ()
    online(application, user, now)
    assert len(gaps(application, now)) == 23
    services.choose_assessment_mode(application=application, mode="report", actor=user, now=now)
    assert gaps(application, now) == ()


def test_an_uploaded_report_goes_along_as_an_enclosure_and_the_pages_say_so(
    now: datetime, client_of: Callable[[User], Client]
) -> None:
    user, application = builders.filled(builders.running_cycle(now), now)
    client = client_of(user)
    asked = client.get(reverse("applications:choose_assessment_mode", args=[application.pk]))
    assert f"“{application.report_name}”将作为附件一并提交" in asked.content.decode()
    online(application, user, now)
    overview = client.get(reverse("applications:assessment", args=[application.pk])).content.decode()
    assert "将作为附件一并提交" in overview
    assert "report" in {row["code"] for row in parts(application)}
    services.remove_report(application=application, actor=user, now=now)
    assert "report" not in {row["code"] for row in parts(application)}


def test_every_item_needs_a_text(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    save(application, "已写", by=user, at=now)
    missing = [gap.code for gap in gaps(application, now)]
    assert missing == [f"incomplete/item-{code}" for code in codes_of(application)[1:]]
    with pytest.raises(Refused) as refusal:
        services.submit_application(application=application, actor=user, now=now)
    assert refusal.value.codes == tuple(missing)
    write_all(application, user, now)
    assert gaps(application, now) == ()


def test_a_picture_alone_is_written_but_counts_no_words(
    draft: tuple[User, Application], now: datetime, client_of: Callable[[User], Client]
) -> None:
    user, application = draft
    write_all(application, user, now)
    image = services.add_assessment_image(
        application=application, code="4.1.2", upload=picture(), actor=user, now=now
    )
    given = {"by": user, "at": now}
    overview = reverse("applications:assessment", args=[application.pk])

    def shown() -> tuple[int, bool, list[str]]:
        state = assessment_progress(application).state_of("4.1.2")
        return state.words, state.written, [gap.code for gap in gaps(application, now)]

    for text in (f"![]({image.number})", f"| ![]({image.number}) | |\n|---|---|"):
        save(application, text, **given)
        assert shown() == (0, True, []), text
        assert "待自评打分" in client_of(user).get(overview).content.decode()
        assert "待写文字" not in client_of(user).get(overview).content.decode()
    for text in ("![](99)", "| | |\n|---|---|"):
        save(application, text, **given)
        assert shown() == (0, False, ["incomplete/item-4.1.2"]), text
    save(application, f"![]({image.number})", **given)
    StoredFile.objects.filter(pk=image.file_id).update(scan="waiting")
    assert shown() == (0, True, []), "the scanner is not waited for"
    StoredFile.objects.filter(pk=image.file_id).update(scan="infected")
    assert shown() == (0, False, ["incomplete/item-4.1.2"])
    StoredFile.objects.filter(pk=image.file_id).update(scan="clean")
    services.submit_application(application=application, actor=user, now=now)
    assert Application.objects.get(pk=application.pk).state == "submitted"


def test_over_the_limit_is_saved_but_not_submitted(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    write_all(application, user, now)
    save(application, "字" * 60_000, by=user, at=now)
    assert assessment_progress(application).over > 0
    assert [gap.code for gap in gaps(application, now)] == ["incomplete/report"]


def test_submission_fixes_the_digest_of_every_item(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    write_all(application, user, now)
    before = {part["code"]: part["digest"] for part in parts(application)}
    assert {f"item-{code}" for code in codes_of(application)} <= before.keys()
    services.save_self_percent(
        application=application, code="4.1.2", percent=60, version=99, actor=user, now=now
    )
    image = services.add_assessment_image(
        application=application, code="4.1.3", upload=picture(), actor=user, now=now
    )
    save(application, f"![图]({image.number})", by=user, at=now, code="4.1.3")
    services.save_figure_cell(
        application=application,
        code="4.7.2",
        place=0,
        name="first",
        value="9.5",
        version=99,
        actor=user,
        now=now,
    )
    evidence = application.evidence.first()
    services.link_evidence(
        application=application, code="4.7.3", evidence=evidence, note="第 3 页", actor=user, now=now
    )
    after = {part["code"]: part["digest"] for part in parts(application)}
    changed = {code for code in after if after[code] != before.get(code)}
    assert changed == {"item-4.1.2", "item-4.1.3", "item-4.7.2", "item-4.7.3"}
    services.submit_application(application=application, actor=user, now=now)
    fixed = {part["code"]: part["digest"] for part in application.submitted_parts}
    assert {code: fixed[code] for code in changed} == {code: after[code] for code in changed}
    for change in (
        lambda: save(application, "提交后再改", by=user, at=now),
        lambda: services.save_self_percent(
            application=application, code="4.1.2", percent=5, version=99, actor=user, now=now
        ),
        lambda: services.save_figures(
            application=application, code="4.7.2", rows=[], version=99, actor=user, now=now
        ),
        lambda: services.choose_assessment_mode(application=application, mode="report", actor=user, now=now),
        lambda: services.remove_report(application=application, actor=user, now=now),
        lambda: services.restore_item_version(version=ItemVersion.objects.first(), actor=user, now=now),
    ):
        with pytest.raises(Refused) as refusal:
            change()
        assert refusal.value.code == "not_editable"


def test_a_correction_of_the_report_opens_the_items(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.filled(cycle, now)
    online(application, user, now)
    write_all(application, user, now)
    services.submit_application(application=application, actor=user, now=now)
    signer = builders.make_user(f"recommender:{application.recommender_id}")
    builders.sign(application, signer, now)
    services.request_correction(
        application=application,
        items=[("report", "请补充 4.1.2")],
        due_at=now + timedelta(days=7),
        actor=builders.make_user("office_head:park"),
        now=now,
    )
    assert save(application, "补正后的内容", by=user, at=now).text == "补正后的内容"


# ---- figures, evidence, pictures, pages
@pytest.mark.parametrize(
    "words", ["12a", "1e5", "NaN", "Infinity", "--1", "1.23456", "9" * 20, "１２％", "٣x", "1/2", "<script>"]
)
def test_figures_are_exact_numbers(draft: tuple[User, Application], now: datetime, words: str) -> None:
    user, application = draft
    with pytest.raises(Refused) as refusal:
        services.save_figure_cell(
            application=application,
            code="4.7.2",
            place=0,
            name="first",
            value=words,
            version=0,
            actor=user,
            now=now,
        )
    assert refusal.value.code == "not_a_number"
    assert refusal.value.faults[0].field == "figures-0-first"


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("1,234.5", "1234.5"),
        ("９８．６", "98.6"),
        ("-3", "-3"),
        (" 7 ", "7"),
        ("0.0001", "0.0001"),
        ("", None),
    ],
)
def test_numbers_as_people_type_them(words: str, number: str | None) -> None:
    assert self_scores.number_from(words) == (Decimal(number) if number else None)


def test_evidence_of_another_application_cannot_be_linked(now: datetime) -> None:
    cycle = builders.running_cycle(now)
    user, application = builders.filled(cycle, now)
    _, foreign = builders.filled(cycle, now)
    with pytest.raises(Refused) as refusal:
        services.link_evidence(
            application=application,
            code="4.1.2",
            evidence=foreign.evidence.first(),
            note="",
            actor=user,
            now=now,
        )
    assert refusal.value.code == "unknown_evidence"


def test_pictures_are_images_by_content(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    svg = SimpleUploadedFile("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>")
    with pytest.raises(Refused) as refusal:
        services.add_assessment_image(application=application, code="4.1.2", upload=svg, actor=user, now=now)
    assert refusal.value.faults[0].field == "upload"
    first = services.add_assessment_image(
        application=application, code="4.1.2", upload=picture(), actor=user, now=now
    )
    second = services.add_assessment_image(
        application=application, code="4.1.3", upload=picture(), actor=user, now=now
    )
    assert (first.number, second.number) == (1, 2)


def test_the_page_index_of_an_uploaded_report(now: datetime) -> None:
    user, application = builders.filled(builders.running_cycle(now), now)
    before = parts(application)
    services.save_page_index(application=application, pages={"4.1.2": (1, 1)}, actor=user, now=now)
    assert pages_of_items(application) == {"4.1.2": (1, 1)}
    assert [part["code"] for part in parts(application) if part not in before] == ["pages"]
    with pytest.raises(Refused) as refusal:
        services.save_page_index(
            application=application,
            pages={"4.1.2": (2, 1), "4.1.3": (1, 9), "9.9": (1, 1)},
            actor=user,
            now=now,
        )
    assert refusal.value.codes == ("pages_wrong", "pages_wrong", "unknown_item")
    services.remove_report(application=application, actor=user, now=now)
    assert pages_of_items(application) == {}


# ---- who
@pytest.mark.parametrize("role", ["applicant_viewer", "recommender", "office_head", "reviewer"])
def test_only_writers_write(draft: tuple[User, Application], now: datetime, role: str) -> None:
    _, application = draft
    keys = {
        "applicant_viewer": f":{application.organisation_id}",
        "recommender": f":{application.recommender_id}",
        "office_head": ":park",
        "reviewer": "",
    }
    user = builders.make_user(role + keys[role])
    for act in (
        lambda: save(application, "改", by=user, at=now),
        lambda: services.choose_assessment_mode(application=application, mode="report", actor=user, now=now),
        lambda: services.add_assessment_image(
            application=application, code="4.1.2", upload=picture(), actor=user, now=now
        ),
        lambda: services.keep_conflict_copy(
            application=application, code="4.1.2", text="改", actor=user, now=now
        ),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not AssessmentItem.objects.exists()


# ---- self-score
def test_points_are_exact_and_the_band_is_of_what_is_scored(
    draft: tuple[User, Application], now: datetime
) -> None:
    user, application = draft
    for code, percent in (("4.4.3", 5), ("4.4.6", 95)):
        services.save_self_percent(
            application=application, code=code, percent=percent, version=0, actor=user, now=now
        )
    total = assessment_progress(application).total
    assert total.points == Decimal("10.25")  # 15 × 5 % + 10 × 95 %
    assert (total.scored, total.items, total.share, total.band_number) == (2, 23, Decimal(41), 3)
    for percent in (3, 101, -5):
        with pytest.raises(Refused) as refusal:
            services.save_self_percent(
                application=application, code="4.4.3", percent=percent, version=99, actor=user, now=now
            )
        assert refusal.value.code == "not_on_scale"


def test_what_reviewers_read(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    write_all(application, user, now)
    image = services.add_assessment_image(
        application=application, code="4.1.2", upload=picture(), actor=user, now=now
    )
    save(application, f"## 方法\n\n![图]({image.number})", by=user, at=now)
    read = assessment_of(application, image_url=lambda number: f"/scoring/image/{number}/")
    assert read.online
    assert len([item for _, items in read.groups for item in items]) == 23
    assert '<img src="/scoring/image/1/"' in read.item("4.1.2").html
    assert read.item("4.1.2").anchor == "item-4-1-2"

"""The self-assessment item by item: saved, versioned, merged, complete or not, and fixed by its digest."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from applications import services
from applications.models import Application, AssessmentItem, ItemVersion
from applications.queries import assessment_of, assessment_progress, gaps, pages_of_items
from applications.queries.progress import parts
from applications.rules import self_scores
from ground.errors import Refused
from tests.applications import builders
from tests.applications.assessments import codes_of, colleague, online, picture, write_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(now: datetime) -> tuple[User, Application]:
    cycle = builders.running_cycle(now)
    user, application = builders.filled(cycle, now)
    online(application, user, now)
    return user, application


def save(
    application: Application, text: str, *, by: User, at: datetime, code: str = "4.1.2", version: int = 99
) -> AssessmentItem:
    return services.save_item_text(
        application=application, code=code, text=text, version=version, actor=by, now=at
    )


# ---- what is missing
def test_an_uploaded_report_is_enough_as_before(now: datetime) -> None:
    user, application = builders.filled(builders.running_cycle(now), now)
    assert gaps(application, now) == ()
    online(application, user, now)
    assert len(gaps(application, now)) == 23
    services.choose_assessment_mode(application=application, mode="report", actor=user, now=now)
    assert gaps(application, now) == ()


def test_every_item_needs_a_text(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    save(application, "已写", by=user, at=now)
    missing = [gap.code for gap in gaps(application, now)]
    assert missing == [f"incomplete/item-{code}" for code in codes_of(application)[1:]]
    with pytest.raises(Refused) as refusal:
        services.submit_application(
            application=application, signatory="王示例", signatory_post="总经理", actor=user, now=now
        )
    assert refusal.value.codes == tuple(missing)
    write_all(application, user, now)
    assert gaps(application, now) == ()


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
    services.submit_application(
        application=application, signatory="王示例", signatory_post="总经理", actor=user, now=now
    )
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
    services.submit_application(
        application=application, signatory="王示例", signatory_post="总经理", actor=user, now=now
    )
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


# ---- versions
def test_typing_goes_on_in_one_version_until_something_is_taken_out(
    draft: tuple[User, Application], now: datetime
) -> None:
    user, application = draft
    text = "第一段。" * 50
    for size in range(10, 201, 10):
        item = save(application, text[:size], by=user, at=now)
        now += timedelta(seconds=3)
    assert item.versions.count() == 1
    save(application, "全部删掉重写", by=user, at=now)
    texts = list(item.versions.values_list("text", flat=True))
    assert texts == ["全部删掉重写", text[:200]]


def test_slow_deleting_is_kept_too(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    text = "甲乙丙丁戊己庚辛壬癸" * 60
    item = save(application, text, by=user, at=now)
    for size in range(len(text), -1, -30):
        save(application, text[:size], by=user, at=now)
    kept = list(item.versions.order_by("id").values_list("text", flat=True))
    assert len(kept[0]) > len(text) - 150
    assert all(len(before) - len(after) <= 230 for before, after in pairwise(kept))


def test_another_person_or_a_pause_begins_a_new_version(
    draft: tuple[User, Application], now: datetime
) -> None:
    user, application = draft
    item = save(application, "一", by=user, at=now)
    save(application, "一二", by=colleague(application), at=now)
    save(application, "一二三", by=user, at=now + timedelta(seconds=5))
    save(application, "一二三四", by=user, at=now + timedelta(minutes=11))
    assert list(item.versions.values_list("text", flat=True)) == ["一二三四", "一二三", "一二", "一"]


def test_thirty_versions_are_kept_and_any_can_be_put_back(
    draft: tuple[User, Application], now: datetime
) -> None:
    user, application = draft
    for number in range(40):
        item = save(application, f"第 {number} 稿", by=user, at=now + timedelta(minutes=11 * number))
    assert [row.text for row in item.versions.all()] == [f"第 {number} 稿" for number in range(39, 9, -1)]
    later = now + timedelta(days=1)
    oldest = item.versions.last()
    item = services.restore_item_version(version=oldest, actor=user, now=later)
    assert item.text == "第 10 稿"
    versions = list(item.versions.all())
    assert len(versions) == 30
    assert (versions[0].text, versions[0].kind) == ("第 10 稿", "restored")
    assert versions[1].text == "第 39 稿"


def test_a_version_brings_back_score_and_figures(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    save(application, "文字", by=user, at=now)
    services.save_self_percent(
        application=application, code="4.1.2", percent=60, version=99, actor=user, now=now
    )
    rows = [
        {"label": "合格率", "unit": "%", "first": "97.5", "second": "98", "third": "99.25", "benchmark": "99"}
    ]
    item = services.save_figures(
        application=application, code="4.1.2", rows=rows, version=99, actor=user, now=now
    )
    services.save_figures(application=application, code="4.1.2", rows=[], version=99, actor=user, now=now)
    assert item.figures.count() == 0
    full = next(row for row in item.versions.all() if row.figures)
    services.restore_item_version(version=full, actor=user, now=now)
    figure = item.figures.get()
    assert (figure.label, figure.third, figure.benchmark) == ("合格率", Decimal("99.25"), Decimal(99))


# ---- two people
def test_the_parts_of_an_item_do_not_collide(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    other = colleague(application)
    save(application, "文字", by=user, at=now, version=0)
    services.save_self_percent(
        application=application, code="4.1.2", percent=55, version=0, actor=other, now=now
    )
    services.save_figure_cell(
        application=application,
        code="4.1.2",
        place=0,
        name="label",
        value="产值",
        version=0,
        actor=other,
        now=now,
    )
    assert save(application, "文字再写", by=user, at=now, version=1).self_percent == 55


def test_a_text_on_top_of_an_older_one_is_refused_and_nothing_is_lost(
    draft: tuple[User, Application], now: datetime
) -> None:
    user, application = draft
    other = colleague(application)
    save(application, "共同的开头。", by=user, at=now, version=0)
    save(application, "共同的开头。甲的补充。", by=user, at=now, version=1)
    mine = "共同的开头。乙的补充。"
    with pytest.raises(Refused) as refusal:
        save(application, mine, by=other, at=now, version=1)
    assert refusal.value.code == "stale_version"
    copy = services.keep_conflict_copy(application=application, code="4.1.2", text=mine, actor=other, now=now)
    both = "共同的开头。甲的补充。乙的补充。"
    item = services.settle_conflict(copy=copy, text=both, version=2, actor=other, now=now)
    assert item.text == both
    texts = [(row.kind, row.text) for row in item.versions.all()]
    assert ("aside", mine) in texts
    assert ("merged", both) in texts
    assert any(text == "共同的开头。甲的补充。" for _, text in texts)
    assert not item.conflict_copies.exists()


def test_taking_the_saved_text_keeps_ones_own_aside(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    other = colleague(application)
    save(application, "甲写的", by=user, at=now, version=0)
    copy = services.keep_conflict_copy(
        application=application, code="4.1.2", text="乙写的", actor=other, now=now
    )
    item = services.settle_conflict(copy=copy, text="甲写的", version=1, actor=other, now=now)
    assert item.text == "甲写的"
    assert item.versions.get(kind="aside").text == "乙写的"
    restored = services.restore_item_version(version=item.versions.get(kind="aside"), actor=other, now=now)
    assert restored.text == "乙写的"


def test_a_retry_of_a_saved_text_is_no_conflict(draft: tuple[User, Application], now: datetime) -> None:
    user, application = draft
    save(application, "同样的", by=user, at=now, version=0)
    assert save(application, "同样的", by=user, at=now, version=0).text_revision == 1


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

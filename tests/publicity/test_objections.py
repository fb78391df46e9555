"""异议: anyone with a real name, to the last second; the objector is shielded; the applicant is answered in writing."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import PUBLIC
from audit.models import Entry
from ground.errors import Refused
from notifications.models import InboxItem, OutboxMessage
from publicity import queries, services
from publicity.models import Objection
from tests.factories import make_user
from tests.publicity.factories import (
    CLOSES,
    PUBLISHED,
    SECOND,
    House,
    at,
    object_to,
    owner_of,
    publish,
)

IN_WINDOW = at(9, 30)


def file(entry, now=IN_WINDOW, **changes):
    data = {
        "objector_kind": "person",
        "objector_name": "王异议",
        "contact": "13900001234",
        "statement": "该组织去年有一次产品抽查不合格。",
        "upload": None,
    }
    return services.file_objection(entry=entry, actor=PUBLIC, now=now, **(data | changes))


def test_the_last_second_of_the_last_day_counts(park: House) -> None:
    entries = list(publish(park).entries.all())
    in_time, too_late = object_to(entries[0], CLOSES - SECOND), object_to(entries[1], CLOSES)
    assert (in_time.late, too_late.late) == (False, True)
    services.sweep_windows(now=CLOSES)
    states = [entry.application.state for entry in park.cycle.notices.get().entries.all()]
    assert states == ["held", "candidate", "candidate"]


def test_an_objection_filed_in_time_holds_even_if_the_window_was_swept_meanwhile(park: House) -> None:
    entry = publish(park).entries.first()
    services.sweep_windows(now=CLOSES)
    object_to(entry, CLOSES - SECOND)
    entry.application.refresh_from_db()
    assert entry.application.state == "held"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"objector_name": "匿名"}, ("anonymous_objection",)),
        ({"objector_name": "一名知情人"}, ("anonymous_objection",)),
        ({"objector_name": "王"}, ("anonymous_objection",)),
        ({"objector_name": "  "}, ("anonymous_objection",)),
        ({"objector_kind": "unit", "objector_name": "某公司"}, ("anonymous_objection",)),
        ({"contact": "没有"}, ("contact_missing",)),
        ({"statement": "不好"}, ("statement_missing",)),
        (
            {"objector_kind": "x", "objector_name": "", "contact": "", "statement": ""},
            ("objector_kind_unknown", "anonymous_objection", "contact_missing", "statement_missing"),
        ),
    ],
)
def test_anonymous_or_empty_objections_are_refused(
    park: House, changes: dict[str, str], codes: tuple[str, ...]
) -> None:
    entry = publish(park).entries.first()
    with pytest.raises(Refused) as refusal:
        file(entry, **changes)
    assert refusal.value.codes == codes
    assert not Objection.objects.exists()


@pytest.mark.parametrize("contact", ["0512-66681234", "+86 139 0000 1234", "wang@example.com"])
def test_a_phone_or_a_mail_address_is_a_contact(park: House, contact: str) -> None:
    assert file(publish(park).entries.first(), contact=contact).contact == contact


def test_only_a_list_in_publicity_takes_objections(park: House) -> None:
    notice = publish(park)
    services.withdraw_notice(notice=notice, reason="有误", actor=park.head, now=PUBLISHED)
    with pytest.raises(Refused) as refusal:
        file(notice.entries.first())
    assert refusal.value.codes == ("not_in_publicity",)


def test_evidence_is_kept_and_a_program_is_not_evidence(park: House) -> None:
    entry = publish(park).entries.first()
    with pytest.raises(Refused) as refusal:
        file(entry, upload=SimpleUploadedFile("证据.pdf", b"MZ\x90\x00 not a pdf"))
    assert refusal.value.code == "file_kind_not_allowed"
    assert not Objection.objects.exists()


def test_receipts_count_up_and_cannot_be_guessed(park: House) -> None:
    entry = publish(park).entries.first()
    first, second = file(entry), file(entry)
    assert first.receipt.startswith("YY2026-0001-")
    assert second.receipt.startswith("YY2026-0002-")
    assert first.receipt[-8:] != second.receipt[-8:]


def test_an_upheld_objection_strikes_the_candidate_for_good(park: House) -> None:
    entry = publish(park).entries.first()
    objection = file(entry)
    services.accept_objection(objection=objection, actor=park.clerk, now=IN_WINDOW)
    services.sweep_windows(now=CLOSES)
    services.decide_objection(
        objection=objection,
        upheld=True,
        conclusion="经调阅抽查通报，属实。",
        applicant_reply="经核查，反映的抽查不合格属实，取消拟授奖资格。",
        actor=park.head,
        now=CLOSES,
    )
    entry.application.refresh_from_db()
    assert entry.application.state == "struck"
    services.announce(cycle=park.cycle, number="公1号", reason="", actor=park.head, now=CLOSES)
    assert set(park.cycle.honours.values_list("application_id", flat=True)) == {
        a.pk for a in park.candidates[1:]
    }


def test_an_objection_decided_within_the_window_strikes_at_once(park: House) -> None:
    entry = publish(park).entries.first()
    objection = file(entry)
    services.accept_objection(objection=objection, actor=park.clerk, now=IN_WINDOW)
    services.decide_objection(
        objection=objection,
        upheld=True,
        conclusion="属实",
        applicant_reply="属实",
        actor=park.head,
        now=IN_WINDOW,
    )
    entry.application.refresh_from_db()
    assert entry.application.state == "struck"


def test_a_dismissed_one_releases_only_when_nothing_else_holds(park: House) -> None:
    entry = publish(park).entries.first()
    first, second = file(entry), file(entry, objector_name="李异议")
    services.sweep_windows(now=CLOSES)
    for objection, state in ((first, "held"), (second, "candidate")):
        services.accept_objection(objection=objection, actor=park.clerk, now=CLOSES)
        services.decide_objection(
            objection=objection,
            upheld=False,
            conclusion="不属实",
            applicant_reply="经核查不属实。",
            actor=park.head,
            now=CLOSES,
        )
        entry.application.refresh_from_db()
        assert entry.application.state == state


def test_refusing_one_that_holds_is_the_heads_matter(park: House) -> None:
    entry = publish(park).entries.first()
    objection = file(entry)
    services.sweep_windows(now=CLOSES)
    with pytest.raises(Refused) as refusal:
        services.refuse_objection(objection=objection, reason="不属于", actor=park.clerk, now=CLOSES)
    assert refusal.value.codes == ("head_must_refuse",)
    services.refuse_objection(objection=objection, reason="不属于质量方面", actor=park.head, now=CLOSES)
    entry.application.refresh_from_db()
    assert entry.application.state == "candidate"


def test_a_late_one_taken_up_by_the_office_holds_as_well(park: House) -> None:
    entry = publish(park).entries.first()
    services.sweep_windows(now=CLOSES)
    objection = object_to(entry, CLOSES + SECOND)
    entry.application.refresh_from_db()
    assert (objection.late, entry.application.state) == (True, "candidate")
    services.accept_objection(objection=objection, actor=park.clerk, now=CLOSES + SECOND)
    entry.application.refresh_from_db()
    assert entry.application.state == "held"


@pytest.mark.parametrize(
    ("conclusion", "reply", "codes"),
    [
        ("", "", ("conclusion_missing", "reply_missing")),
        ("属实", "王异议反映的情况属实。", ("reply_names_objector",)),
        ("属实", "请与 13900001234 联系。", ("reply_names_objector",)),
    ],
)
def test_the_reply_never_names_the_objector(
    park: House, conclusion: str, reply: str, codes: tuple[str, ...]
) -> None:
    objection = file(publish(park).entries.first())
    services.accept_objection(objection=objection, actor=park.clerk, now=IN_WINDOW)
    with pytest.raises(Refused) as refusal:
        services.decide_objection(
            objection=objection,
            upheld=True,
            conclusion=conclusion,
            applicant_reply=reply,
            actor=park.head,
            now=IN_WINDOW,
        )
    assert refusal.value.codes == codes


def test_who_may_handle_an_objection(park: House, city: House) -> None:
    objection = file(publish(park).entries.first())
    owner = owner_of(park.candidates[0].organisation)
    for stranger in (city.clerk, park.committee, park.authority, park.finance, owner):
        with pytest.raises(PermissionDenied):
            services.accept_objection(objection=objection, actor=stranger, now=IN_WINDOW)
    services.accept_objection(objection=objection, actor=park.clerk, now=IN_WINDOW)
    with pytest.raises(PermissionDenied):
        services.decide_objection(
            objection=objection,
            upheld=False,
            conclusion="x",
            applicant_reply="y",
            actor=park.clerk,
            now=IN_WINDOW,
        )


def test_the_objector_is_seen_by_the_office_and_the_supervisor_only(park: House, city: House) -> None:
    file(publish(park).entries.first())
    owner, supervisor = owner_of(park.candidates[0].organisation), make_user("supervisor")
    seen = {
        user.name: queries.objections_visible_to(user).count()
        for user in (
            park.clerk,
            park.head,
            supervisor,
            city.head,
            park.committee,
            park.authority,
            park.finance,
            owner,
        )
    }
    assert [name for name, count in seen.items() if count] == ["parkclerk", "parkhead", supervisor.name]


def test_nothing_sent_or_written_to_the_ledger_names_the_objector(park: House) -> None:
    entry = publish(park).entries.first()
    owner_of(entry.organisation)
    objection = file(entry)
    services.accept_objection(objection=objection, actor=park.clerk, now=IN_WINDOW)
    services.decide_objection(
        objection=objection,
        upheld=False,
        conclusion="王异议所述不属实",
        applicant_reply="经核查不属实。",
        actor=park.head,
        now=IN_WINDOW,
    )
    written = [f"{e.payload}{e.actor_label}{e.subject_label}" for e in Entry.objects.all()]
    written += [f"{m.subject}{m.body}" for m in [*InboxItem.objects.all(), *OutboxMessage.objects.all()]]
    assert not [text for text in written if "王异议" in text or "13900001234" in text]


def test_the_applicant_is_answered_in_writing_once(park: House) -> None:
    entry = publish(park).entries.first()
    owner = owner_of(entry.organisation)
    objection = file(entry)
    services.accept_objection(objection=objection, actor=park.clerk, now=IN_WINDOW)
    services.decide_objection(
        objection=objection,
        upheld=False,
        conclusion="不属实",
        applicant_reply="经核查，反映的情况不属实。",
        actor=park.head,
        now=IN_WINDOW,
    )
    letters = InboxItem.objects.filter(user=owner, kind="publicity.objection_result")
    assert [letter.body for letter in letters] == [
        f"{entry.organisation.name}：\n\n经核查，反映的情况不属实。"
    ]

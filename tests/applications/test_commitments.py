"""The commitments: signed by the person in charge by a mailed link or on paper, asked for again when they end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from accounts.actors import PUBLIC
from accounts.models import User
from accounts.services import grant_role
from applications import services
from applications.models import Application, Commitment, CommitmentInvitation, Organisation
from applications.queries.commitments import standing_commitment
from applications.queries.parts import signed_for
from applications.queries.receipt import receipt_of
from applications.services.commitments import ask_to_sign, record_signed_sheet, sign_commitments
from audit.models import Entry
from awards.models import Cycle
from ground import clock
from ground.errors import Refused
from notifications.models import InboxItem, OutboxMessage
from tests.applications import builders
from tests.factories import make_user
from tests.kept import kept

pytestmark = pytest.mark.django_db

Login = Callable[[User], Client]
BOSS = "boss@example.com"
SIGNED = {"signatory": "王示例", "signatory_post": "董事长", "agreed": "on"}


@kept
def cycle(now: datetime) -> Cycle:
    return builders.running_cycle(now)


@kept
def unsigned(cycle: Cycle, now: datetime) -> tuple[User, Application]:
    """A file in which the signature alone is missing."""
    user, application = builders.filled(cycle, now)
    Commitment.objects.all().delete()
    return user, application


def codes(refused: pytest.ExceptionInfo[Refused]) -> tuple[str, ...]:
    return refused.value.codes


def test_nothing_is_submitted_without_a_signature_and_the_check_page_says_where(
    unsigned: tuple[User, Application], now: datetime, client_of: Login
) -> None:
    user, application = unsigned
    with pytest.raises(Refused) as refused:
        services.submit_application(application=application, actor=user, now=now)
    assert codes(refused) == ("incomplete/commitments",)
    page = client_of(user).get(reverse("applications:check_application", args=[application.pk]))
    (block,) = page.context["blocks"]
    there = reverse("applications:commitments", args=[application.pk])
    assert (block.label, block.links[0].href) == ("签署承诺", f"{there}#ways")
    assert "请王示例（法定代表人）签署" in page.content.decode()
    assert 'id="ways"' in client_of(user).get(there).content.decode()


def test_the_person_in_charge_signs_by_a_link_without_an_account(
    unsigned: tuple[User, Application], now: datetime, client_of: Login
) -> None:
    user, application = unsigned
    page = client_of(user).post(
        reverse("applications:commitments", args=[application.pk]), {"email": BOSS.upper()}
    )
    assert page.status_code == 302
    letter = OutboxMessage.objects.get(address=BOSS)
    later, visitor = now + timedelta(hours=1), Client()
    with clock.frozen(later):
        read = visitor.get(letter.link).content.decode()
        assert all(words in read for words in ("没有隐瞒和虚构", "自评报告", application.organisation.name))
        assert visitor.post(letter.link, SIGNED).status_code == 302
        assert "王示例已于" in visitor.get(letter.link).content.decode()
        assert visitor.post(letter.link, SIGNED).status_code == 409
    signed = standing_commitment(application)
    assert signed is not None
    assert (signed.way, signed.signatory, signed.post, signed.email) == ("link", "王示例", "董事长", BOSS)
    assert signed.signed_on == localtime(later).date()
    assert signed.digest == signed_for(application, later)
    entry = Entry.objects.get(action="commitments.sign")
    assert BOSS in entry.actor_label
    assert entry.content["after"]["digest"] == signed.digest
    assert InboxItem.objects.filter(user=user, kind="commitments.signed").count() == 1
    services.submit_application(application=application, actor=user, now=later)
    receipt = receipt_of(application)
    assert receipt is not None
    words = dict(receipt.rows)
    assert words["承诺人"] == "王示例（董事长）"
    assert "邮件中的链接" in words["承诺签署"]
    assert BOSS in words["承诺签署"]


def test_a_signed_sheet_is_shown_to_whoever_reads_the_file(
    cycle: Cycle, now: datetime, client_of: Login
) -> None:
    signer, body = builders.recommender_of(cycle)
    _, application = builders.submitted(cycle, now, recommender=body)
    signed = standing_commitment(application)
    assert signed is not None
    scan = reverse("applications:file", args=[application.pk, signed.scan_id])
    pages = (
        (signer, reverse("applications:recommendation", args=[application.recommendations.get().pk])),
        (make_user("office_clerk:park"), application.get_absolute_url()),
    )
    for reader, address in pages:
        read = client_of(reader).get(address).content.decode()
        assert "王示例（总经理）" in read
        assert f'上传时的申报内容登记，内容摘要（SM3）<span class="digest">{signed.digest}' in read
        assert scan in read
        assert client_of(reader).get(scan).status_code == 200
    assert client_of(make_user()).get(scan).status_code == 404
    part = application.submitted_parts[-1]
    assert (part["code"], part["digest"]) == ("commitments-sheet", signed.scan.digest if signed.scan else "")
    kept = Entry.objects.get(action="commitments.record_sheet", subject_id=str(application.pk)).content
    assert kept["details"]["digest_as_of"] == "upload"


def test_the_sheet_is_a_pdf_with_the_words_of_the_edition(
    unsigned: tuple[User, Application], client_of: Login
) -> None:
    user, application = unsigned
    answer = client_of(user).get(reverse("applications:commitments_sheet", args=[application.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")


def test_who_types_the_address_does_not_sign_for_the_other(
    unsigned: tuple[User, Application], now: datetime
) -> None:
    """Neither by a colleague's address, nor under another name, nor logged in as himself."""
    user, application = unsigned
    User.objects.filter(pk=user.pk).update(email="clerk@example.com")
    given = {"application": application, "actor": user, "now": now}
    with pytest.raises(Refused) as refused:
        ask_to_sign(email="Clerk@example.com", **given)
    assert codes(refused) == ("email_of_member",)
    link = ask_to_sign(email=BOSS, **given)
    sign = {"invitation": link, "signatory_post": "总经理", "now": now}
    for signatory, actor in (("李经办", PUBLIC), ("王示例", user)):
        with pytest.raises(Refused) as refused:
            sign_commitments(signatory=signatory, actor=actor, **sign)
        assert codes(refused) == ("not_in_charge",)
    assert standing_commitment(application) is None
    boss = make_user(name="王 示例")
    grant_role(
        user=boss, role="applicant_owner", scope_key=str(application.organisation_id), actor=user, now=now
    )
    assert sign_commitments(signatory="王示例", actor=User.objects.get(pk=boss.pk), **sign).way == "link"


def test_everybody_answerable_is_told_which_mailbox_the_link_went_to(
    unsigned: tuple[User, Application], now: datetime, client_of: Login
) -> None:
    """An editor may send it to any second mailbox of his own: the owner is told and can send another."""
    owner, application = unsigned
    editor = make_user(f"applicant_editor:{application.organisation_id}", name="李经办")
    first = ask_to_sign(application=application, email="li2@example.com", actor=editor, now=now)
    told = InboxItem.objects.filter(kind="commitments.sent")
    assert [item.user for item in told] == [owner]
    for words in ("李经办", "li2@example.com", "2026年"):
        assert words in told[0].body, words
    page = reverse("applications:commitments", args=[application.pk])
    shown = client_of(owner).get(page).content.decode()
    assert "链接已由李经办于" in shown
    assert "li2@example.com" in shown
    second = ask_to_sign(application=application, email=BOSS, actor=owner, now=now)
    assert told.count() == 1, "who sends it knows"
    first.refresh_from_db()
    assert first.revoked_at is not None
    with clock.frozen(now):
        assert Client().post(second.link, SIGNED).status_code == 302
    letter = InboxItem.objects.get(kind="commitments.signed", user=editor)
    assert BOSS in letter.body
    assert f"链接由{owner.name}于" in client_of(editor).get(page).content.decode()
    services.submit_application(application=application, actor=owner, now=now)
    clerk = client_of(make_user("office_clerk:park"))
    dossier = clerk.get(reverse("applications:application", args=[application.pk])).content.decode()
    assert BOSS in dossier
    assert f"链接由{owner.name}于" in dossier
    assert "li2@example.com" not in dossier


def test_a_link_is_good_once_for_a_while_and_until_the_next(
    unsigned: tuple[User, Application], now: datetime
) -> None:
    user, application = unsigned
    first = ask_to_sign(application=application, email=BOSS, actor=user, now=now)
    second = ask_to_sign(application=application, email=BOSS, actor=user, now=now)
    given = {"signatory": "王示例", "signatory_post": "总经理", "actor": PUBLIC}
    with pytest.raises(Refused) as refused:
        sign_commitments(invitation=first, now=now, **given)
    assert codes(refused) == ("invitation_revoked",)
    with pytest.raises(Refused) as refused:
        sign_commitments(invitation=second, now=now + timedelta(days=8), **given)
    assert codes(refused) == ("invitation_expired",)
    sign_commitments(invitation=second, now=now, **given)
    with pytest.raises(Refused) as refused:
        sign_commitments(invitation=second, now=now, **given)
    assert codes(refused) == ("invitation_used",)
    assert Client().get(reverse("applications:sign_commitments", args=["made-up"])).status_code == 404


def test_only_so_many_letters(unsigned: tuple[User, Application], now: datetime) -> None:
    user, application = unsigned
    for _ in range(10):
        ask_to_sign(application=application, email=BOSS, actor=user, now=now)
    with pytest.raises(Refused) as refused:
        ask_to_sign(application=application, email=BOSS, actor=user, now=now)
    assert codes(refused) == ("too_many_invitations",)
    ask_to_sign(application=application, email=BOSS, actor=user, now=now + timedelta(days=8))


def test_a_change_of_the_file_leaves_the_signature_a_take_back_ends_it(cycle: Cycle, now: datetime) -> None:
    user, application = builders.filled(cycle, now)
    signed = standing_commitment(application)
    services.save_profile(
        application=application, text="改过的概述。", version=application.version, actor=user, now=now
    )
    assert signed is not None
    assert signed.digest != signed_for(application, now)
    services.submit_application(application=application, actor=user, now=now)
    services.take_back_application(application=application, actor=user, now=now)
    assert Entry.objects.filter(action="commitments.end").count() == 1
    with pytest.raises(Refused) as refused:
        services.submit_application(application=application, actor=user, now=now)
    assert codes(refused) == ("incomplete/commitments",)
    builders.commit(application, user, now)
    services.submit_application(application=application, actor=user, now=now)


def test_whoever_is_in_charge_now_signs_again(cycle: Cycle, now: datetime, client_of: Login) -> None:
    user, application = builders.filled(cycle, now)
    link = ask_to_sign(application=application, email=BOSS, actor=user, now=now)
    Organisation.objects.filter(pk=application.organisation_id).update(legal_representative="赵示例")
    application = Application.objects.get(pk=application.pk)
    with pytest.raises(Refused) as refused:
        services.submit_application(application=application, actor=user, now=now)
    assert codes(refused) == ("incomplete/commitments",)
    assert "赵示例" in str(refused.value)
    link = CommitmentInvitation.objects.get(pk=link.pk)
    with pytest.raises(Refused) as refused:
        sign_commitments(invitation=link, signatory="赵示例", signatory_post="总", actor=PUBLIC, now=now)
    assert codes(refused) == ("in_charge_changed",)
    page = client_of(user).get(reverse("applications:commitments", args=[application.pk])).content.decode()
    assert "须由赵示例重新签署" in page


def test_a_recommender_who_declines_ends_nothing(cycle: Cycle, now: datetime) -> None:
    signer, body = builders.recommender_of(cycle)
    user, application = builders.submitted(cycle, now, recommender=body)
    services.decline_recommendation(
        recommendation=application.recommendations.get(),
        reason="材料不足",
        signatory="张示例",
        actor=signer,
        now=now,
    )
    application.refresh_from_db()
    services.submit_application(application=application, actor=user, now=now)
    assert application.commitments.count() == 1


def test_nobody_signs_for_what_is_handed_in_or_too_late(
    cycle: Cycle, now: datetime, client_of: Login
) -> None:
    user, application = builders.filled(cycle, now)
    link = ask_to_sign(application=application, email=BOSS, actor=user, now=now)
    late = now + timedelta(days=31)
    with pytest.raises(Refused) as refused:
        builders.commit(application, user, late)
    assert codes(refused) == ("not_signable",)
    services.submit_application(application=application, actor=user, now=now)
    for attempt in (
        lambda: builders.commit(application, user, now),
        lambda: ask_to_sign(application=application, email=BOSS, actor=user, now=now),
        lambda: sign_commitments(
            invitation=link, signatory="王示例", signatory_post="总", actor=PUBLIC, now=now
        ),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert codes(refused) == ("not_signable",)
    assert Client().post(link.link, SIGNED).status_code == 409
    page = client_of(user).get(reverse("applications:commitments", args=[application.pk]))
    assert "不能再签署承诺" in page.content.decode()


def test_a_link_that_has_ended_speaks_of_a_link(unsigned: tuple[User, Application], now: datetime) -> None:
    user, application = unsigned
    first = ask_to_sign(application=application, email=BOSS, actor=user, now=now)
    second = ask_to_sign(application=application, email=BOSS, actor=user, now=now)
    ended = Client().get(first.link).content.decode()
    with clock.frozen(now + timedelta(days=8)):
        over = Client().get(second.link).content.decode()
    for words in (ended, over):
        assert "这个签署链接" in words
        assert "重新寄出" in words
        assert "邀请" not in words


def test_viewers_and_strangers_have_nothing_signed(unsigned: tuple[User, Application], now: datetime) -> None:
    _, application = unsigned
    for user in (make_user(f"applicant_viewer:{application.organisation_id}"), make_user()):
        given = {"application": application, "actor": user, "now": now}
        with pytest.raises(PermissionDenied):
            ask_to_sign(email=BOSS, **given)
        with pytest.raises(PermissionDenied):
            record_signed_sheet(
                signatory_post="总", signed_on=now.date(), scan=builders.pdf("sheet"), **given
            )

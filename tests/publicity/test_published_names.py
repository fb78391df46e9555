"""A notice, a title and a certificate keep the name they were published with; today's stands beside it."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.models import Application, Organisation
from publicity import services
from publicity.models import Honour, Notice, NoticeEntry
from publicity.queries import honours_matching, honours_visible_to, notices_matching, public_notices
from publicity.services.papers import paper_of
from publicity.views.certificates import _certificate_context
from tests.publicity.factories import CLOSES, House, award, make_approval, make_candidate, owner_of, publish

OLD, NEW = "苏州旧名精密有限公司", "苏州新名智造股份有限公司"
BOTH = f"{OLD}（现名：{NEW}）"


def rename(organisation: Organisation, name: str = NEW) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(name=name)


def renamed(house: House) -> Honour:
    """Handed in, published and awarded under the old name; renamed a month later."""
    application = make_candidate(house, OLD)
    Application.objects.filter(pk=application.pk).update(submitted_register={"name": OLD})
    publish(house, make_approval(house, [(application, "quality", "quota", 500000)]))
    services.sweep_windows(now=CLOSES)
    services.announce(
        cycle=house.refresh(), number="苏园管〔2026〕30号", reason="", actor=house.head, now=CLOSES
    )
    rename(application.organisation)
    return Honour.objects.get()


def read(address: str, client: Client | None = None) -> str:
    return (client or Client()).get(address).content.decode()


def test_every_public_page_says_the_name_as_published_and_todays(park: House) -> None:
    honour = renamed(park)
    listed, announced = Notice.objects.order_by("pk")
    pages = (listed.get_absolute_url(), announced.get_absolute_url(), honour.get_absolute_url())
    for address in (*pages, reverse("publicity:honours"), reverse("publicity:feed")):
        assert BOTH in read(address), address
    for notice in (listed, announced):
        assert f"1. {OLD}\n" in paper_of(notice)["body"] + "\n", "on paper the name alone"
    assert _certificate_context(honour)["organisation"] == OLD
    entry = Client().get(f"/api/v1/notices/{announced.pk}/").json()["entries"][0]
    assert (entry["organisation"], entry["present_name"]) == (OLD, NEW)
    given = Client().get(f"/api/v1/certificates/{honour.check_code}/").json()
    assert (given["organisation"], given["present_name"]) == (OLD, NEW)


def test_a_name_that_stayed_is_told_once(park: House) -> None:
    honour = award(park)[0]
    assert "现名" not in read(honour.get_absolute_url()) + read(honour.notice.get_absolute_url())


def test_a_list_drawn_up_after_the_change_keeps_the_name_as_handed_in(park: House) -> None:
    application = make_candidate(park, OLD)
    Application.objects.filter(pk=application.pk).update(submitted_register={"name": OLD})
    rename(application.organisation)
    notice = publish(park, make_approval(park, [(application, "quality", "quota", 500000)]))
    assert BOTH in read(notice.get_absolute_url())
    assert BOTH in read(reverse("publicity:file_objection", args=[notice.pk]))


@pytest.mark.parametrize("words", [OLD, "旧名", NEW, "新名智造"])
def test_both_names_are_found(park: House, words: str) -> None:
    honour = renamed(park)
    award_of = honours_matching(honours_visible_to(None), words=words)
    assert list(award_of) == [honour]
    assert notices_matching(public_notices(), words=words).count() == 2


def test_a_revocation_names_both(park: House) -> None:
    honour = renamed(park)
    case = services.open_revocation_case(
        honour=honour, ground="fraud", summary="x", incident=None, actor=park.clerk, now=CLOSES
    )
    case.sanction = {"effects": [{"label": "撤销称号", "applies": True}]}
    on = CLOSES + timedelta(days=1)
    notice = services.effects._publish(case, honour, park.edition, park.authority, on)
    assert BOTH in notice.body
    assert (NoticeEntry.objects.get(notice=notice).name, OLD in notice.title) == (OLD, True)


def test_rows_from_before_get_the_name_that_was_handed_in_else_todays(park: House) -> None:
    honour = renamed(park)
    keep_names = import_module("publicity.migrations.0004_published_names").keep_names
    Honour.objects.update(name="x")
    NoticeEntry.objects.update(name="x")
    keep_names(apps, None)
    names = {
        *NoticeEntry.objects.values_list("name", flat=True),
        *Honour.objects.values_list("name", flat=True),
    }
    assert names == {OLD}
    Application.objects.update(submitted_register={})
    keep_names(apps, None)
    honour.refresh_from_db()
    assert honour.name == NEW
    with pytest.raises(IntegrityError), transaction.atomic():
        Honour.objects.update(name="")


def test_its_holder_reads_both(park: House, client_of) -> None:
    honour = renamed(park)
    assert BOTH in read(reverse("publicity:honour_home"), client_of(owner_of(honour.organisation)))

"""Panels are offered while something waits for one; else it is said in one line why not, on the forms as well."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from ground.errors import Refused
from scoring import services
from scoring.models import Panel
from scoring.queries.waiting import Waiting, waiting_in
from tests.scoring.builders import House, make_house
from tests.scoring.office import Login, page, picks
from tests.scoring.reviewing import read

ALL_SEATED = "资格审核通过的 2 家申报组织都已分给材料评审组，没有等待分组的。"
NONE_READY = "没有入围的申报组织，还不能组建现场评审组。"


def offered(client: Client, house: House) -> dict[str, bool]:
    text = read(client, page("panels", house.cycle.pk))
    forms = {
        f"form_{kind}": f"{page('form_panel', house.cycle.pk)}?kind={kind}" for kind in Panel.Kind.values
    }
    links = {"propose": page("ask_proposal", house.cycle.pk)} | forms
    return {name: f'<a href="{address}">' in text for name, address in links.items()}


def test_only_what_waits_is_offered(house: House, client_of: Login) -> None:
    client = client_of(house.clerk)
    assert offered(client, house) == {"propose": True, "form_material": True, "form_site": False}
    house.form(house.bench())
    assert offered(client, house) == {"propose": False, "form_material": False, "form_site": False}
    assert ALL_SEATED in read(client, page("panels", house.cycle.pk))
    house.applications[0].state = "shortlisted"
    house.applications[0].save()
    assert offered(client, house) == {"propose": True, "form_material": False, "form_site": True}


@pytest.mark.parametrize(
    ("kind", "words"), [("material", ALL_SEATED), ("site", NONE_READY)], ids=["all seated", "none ready"]
)
def test_the_form_says_why_there_is_nothing_to_form(
    house: House, client_of: Login, kind: str, words: str
) -> None:
    client, address = client_of(house.clerk), page("form_panel", house.cycle.pk)
    assert '<form class="form wide"' in read(client, address)
    house.form(house.bench())
    text = read(client, f"{address}?kind={kind}")
    assert words in text
    assert '<form class="form wide"' not in text


def test_what_somebody_else_has_seated_meanwhile_keeps_what_was_picked(
    house: House, client_of: Login
) -> None:
    data = picks(house.bench(), house)
    house.form(house.bench())
    answer = client_of(house.clerk).post(page("form_panel", house.cycle.pk), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert ALL_SEATED in text
    assert 'value="一组"' in text
    assert Panel.objects.count() == 1


def test_no_proposal_is_asked_for_while_nothing_waits(house: House, client_of: Login, now: datetime) -> None:
    client, address = client_of(house.clerk), page("ask_proposal", house.cycle.pk)
    assert "提出分组方案</button>" in read(client, address)
    house.form(house.bench())
    text = read(client, address)
    assert ALL_SEATED in text
    assert "提出分组方案</button>" not in text
    with pytest.raises(Refused) as refusal:
        services.ask_proposal(cycle=house.cycle, kind="material", size=3, most=8, actor=house.clerk, now=now)
    assert refusal.value.codes == ("nothing_waits",)


def test_outside_its_stages_the_form_names_the_stage(now: datetime, db: None, client_of: Login) -> None:
    house = make_house(now, state="ranked")
    client = client_of(house.clerk)
    for name in ("form_panel", "ask_proposal"):
        assert "不能组建材料评审组" in read(client, page(name, house.cycle.pk))
    assert offered(client, house) == {"propose": False, "form_material": False, "form_site": False}


def test_who_must_keep_out_of_a_file_does_not_learn_that_it_waits(now: datetime, db: None) -> None:
    house = make_house(now)
    kept_out = house.official("office_clerk")
    house.applicant(name="苏州有关系有限公司", uscc="")
    services.declare_recusal(
        reviewer=kept_out,
        application=house.applications[0],
        kind="family",
        reason="配偶任职",
        actor=kept_out.user,
        now=now,
    )
    material = Panel.Kind.MATERIAL
    assert waiting_in(house.cycle, [material], kept_out.user) == [Waiting(material, 0, ())]
    assert waiting_in(house.cycle, [material], house.clerk) == [Waiting(material, 1, ("苏州有关系有限公司",))]
    assert waiting_in(house.cycle, [], house.clerk) == []

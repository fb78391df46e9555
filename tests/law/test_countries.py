"""Country lists: dated, with their source."""

from pathlib import Path

import pytest

from awards.law import countries, source


@pytest.mark.clause("P3")
def test_members_by_year() -> None:
    assert countries.codes() == ("belt-and-road", "eu")
    eu, road = countries.get("eu"), countries.get("belt-and-road")
    assert eu.source
    assert road.known_on.year >= 2026
    assert len([m for m in eu.members if m.until is None]) == 27
    assert eu.has_in_year("GB", 2020)
    assert not eu.has_in_year("GB", 2021)
    assert not eu.has_in_year("EP", 2022)
    assert road.has_in_year("AR", 2022)
    assert not road.has_in_year("AR", 2021)
    assert road.has_in_year("IT", 2023)
    assert not road.has_in_year("IT", 2024)
    assert road.has_in_year("NA", 2022)


def test_every_country_is_two_letters_and_stands_once() -> None:
    for code in countries.codes():
        listed = [member.country for member in countries.get(code).members]
        assert len(listed) == len(set(listed))
        assert all(len(country) == 2 and country.isupper() for country in listed)


def test_unknown() -> None:
    with pytest.raises(countries.UnknownList):
        countries.get("atlantis")


def test_a_list_without_dated_members(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        "code: x\ntitle: 甲\nsource: 乙\nknown_on: 2026-01-01\ncountries: [NO]\n", encoding="utf-8"
    )
    assert countries.load(path).has_in_year("NO", 2000)
    path.write_text("code: x\ntitle: 甲\nsource: 乙\nknown_on: soon\ncountries: [NO]\n", encoding="utf-8")
    with pytest.raises(source.Refused, match=r"x\.yaml:4"):
        countries.load(path)

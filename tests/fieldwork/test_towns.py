"""Towns to start from, near the parcels."""

import pytest

from engine.domain import PlanError
from engine.fieldwork import towns as towns_module
from engine.fieldwork.towns import town_of, towns

VOJVODINA = (18.9, 44.7, 21.5, 46.1)


def test_the_largest_town_comes_first_and_all_lie_among_the_parcels():
    nearby = towns(VOJVODINA)
    names = [town.name for town in nearby]
    assert names[0] == "Belgrade"
    assert {"Novi Sad", "Subotica", "Zrenjanin"} <= set(names)
    assert len(set(names)) == len(names)
    assert all(18.6 <= town.lon <= 21.8 and 44.4 <= town.lat <= 46.4 for town in nearby)


def test_a_town_is_named_whatever_its_case_and_a_wrong_name_says_what_to_give():
    assert town_of(" subotica ", VOJVODINA).lat == pytest.approx(46.1, abs=0.05)
    with pytest.raises(PlanError, match=r"no town 'Paris' near the parcels.*LON,LAT.*Belgrade"):
        town_of("Paris", VOJVODINA)


def test_in_the_middle_of_the_sea_there_is_no_town():
    assert towns((-40.0, 30.0, -39.0, 31.0)) == ()


def test_the_towns_are_read_from_geonames_once_and_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path))
    readings = []
    read = towns_module._read_geonames
    monkeypatch.setattr(towns_module, "_read_geonames", lambda: readings.append(1) or read())
    first = towns.__wrapped__(VOJVODINA)
    for _ in range(2):  # in the same process, then in a new one
        assert towns.__wrapped__(VOJVODINA) == first
        assert len(readings) == 1
        towns_module._every_town.cache_clear()
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(b"damaged")
    assert towns.__wrapped__(VOJVODINA) == first
    assert len(readings) == 2

"""The bill of a trip against sums done by hand."""

import dataclasses

import pytest

from engine.fieldwork.costs import (
    FREE,
    PRESETS,
    RATES,
    Range,
    Tariff,
    TariffError,
    altered,
    bill,
    exactly,
    read_tariff,
    tariff_of,
)
from engine.fieldwork.currencies import currencies, sign_of

PLAIN = Tariff(
    per_km=0.5, per_hour=10.0, crew=2, allowance=20.0, lodging=50.0, minutes_per_parcel=12.0,
    minutes_first_stop=30.0, road_km_h=60.0, field_km_h=20.0, field_km=0.5, detour=1.0, fixed=100.0,
)  # fmt: skip


def test_a_tour_costs_what_it_costs_by_hand():
    # 120 km in 2 h; 5 stops with 10 parcels: 5 x 1 km of tracks at 20 km/h, 10 x 12 min, 2 mornings.
    cost = bill(PLAIN, exactly(120.0), exactly(2.0), stops=5, parcels=10, crew_days=2, nights=1)
    assert cost.km.likely == 125
    assert cost.hours.likely == pytest.approx(2 + 0.25 + 2 + 1)
    assert {name: item.likely for name, item in cost.items.items()} == pytest.approx(
        {"driving": 62.5, "wages": 5.25 * 10 * 2, "allowance": 80.0, "lodging": 100.0, "fixed": 100.0}
    )
    assert cost.money.likely == pytest.approx(447.5)
    assert cost.money.low == cost.money.high  # nothing was uncertain


def test_no_trip_is_free():
    assert bill(PLAIN, exactly(0.0), exactly(0.0), 0, 0, 0) == FREE
    assert FREE.money == exactly(0.0)


def test_ranges_of_rates_become_a_range_of_money():
    tariff = tariff_of({"minutes_per_parcel": [6, 12, 24], "per_hour": 10.0})
    cost = bill(tariff, exactly(10.0), exactly(0.2), 1, 10, 1)
    assert cost.money.low < cost.money.likely < cost.money.high
    assert cost.items["wages"].high - cost.items["wages"].likely == pytest.approx(10 * 12 / 60 * 10 * 2)


def test_a_tariff_is_read_by_name_or_from_a_file(tmp_path):
    assert read_tariff("default") == Tariff()
    for name, preset in PRESETS.items():
        assert read_tariff(name) == preset
    file = tmp_path / "ours.toml"
    file.write_text('currency = "RSD"\nper_km = 45\ncrew = 1\ndetour = [1.2, 1.3, 1.4]\n')
    tariff = read_tariff(str(file))
    assert (tariff.name, tariff.currency, tariff.per_km, tariff.crew) == ("ours", "RSD", 45.0, 1)
    assert tariff.detour == Range(1.3, 1.2, 1.4)


@pytest.mark.parametrize(
    ("rates", "complaint"),
    [
        ({"per_mile": 1.0}, "no rate per_mile"),
        ({"per_km": "cheap"}, "give a number"),
        ({"per_km": -1.0}, "at least 0"),
        ({"road_km_h": 0}, "above 0"),
        ({"road_km_h": [10, 20, 30]}, "give a number"),
        ({"detour": [1.5, 1.2, 1.3]}, "in this order"),
        ({"detour": 0.9}, "at least 1"),
        ({"crew": 1.5}, "a whole number"),
        ({"per_km": float("nan")}, "at least 0"),
        ({"hours_per_day": 0.1}, "too short for one parcel"),
    ],
)
def test_a_tariff_that_makes_no_sense_is_refused_with_its_cure(rates, complaint):
    with pytest.raises(TariffError, match=complaint):
        tariff_of(rates)


def test_every_rate_is_described_once_with_its_unit():
    assert [*RATES] == [field.name for field in dataclasses.fields(Tariff)][2:]
    assert RATES["per_km"].title("EUR") == "Driving, € per km"
    assert RATES["crew"].title("EUR") == "People in a car"
    assert RATES["fixed"].title("RSD") == "Fixed costs, RSD"


def test_an_unknown_or_broken_tariff_file_is_explained(tmp_path):
    with pytest.raises(TariffError, match="no tariff cheapest"):
        read_tariff("cheapest")
    (tmp_path / "broken.toml").write_text("per_km = ")
    with pytest.raises(TariffError, match="cannot be read as TOML"):
        read_tariff(str(tmp_path / "broken.toml"))


def test_another_currency_renames_all_money_and_changes_no_amount():
    changed = altered(Tariff(), {"per_km": 0.37}, "RSD")
    assert changed == dataclasses.replace(Tariff(), currency="RSD")
    assert changed.minutes_per_parcel == Tariff().minutes_per_parcel
    assert [sign_of(code) for code in ("EUR", "INR", "RSD", "none")] == ["€", "₹", "RSD", "none"]
    assert {"EUR", "RSD", "KES"} <= set(currencies())
    assert "DEM" not in currencies()  # out of use

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import Departure
from engine.geodesy import WGS84
from engine.sampling.coverage import coverage_of, coverage_of_circle, reach
from engine.sampling.distances import distance_km
from tests import made_up


def frame(*rows: tuple[float, float, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["lon", "lat", "field_group", "crop"]).assign(area_ha=2.0)


def test_a_degree_along_the_equator_is_111_km() -> None:
    km = distance_km(frame((1.0, 0.0, "a", "maize")), Departure(0, 0))
    assert km == pytest.approx([111.319491], abs=1e-5)  # 6378.137 km * pi / 180


def test_a_quarter_of_a_meridian_is_10_002_km() -> None:
    km = distance_km(frame((0.0, 90.0, "a", "maize")), Departure(0, 0))
    assert km == pytest.approx([10_001.965729], abs=1e-5)  # WGS 84's meridian quadrant


def test_the_date_line_is_no_wall() -> None:
    km = distance_km(frame((-179.9, 10.0, "a", "maize")), Departure(179.9, 10))
    assert km[0] < 25


def test_a_field_is_as_near_as_its_nearest_parcel() -> None:
    parcels = frame((0.1, 0, "field", "maize"), (0.4, 0, "field", "wheat"), (0.2, 0, "lone", "wheat"))
    km = distance_km(parcels, Departure(0, 0))
    assert km[1] == km[0] == pytest.approx(11.1319, abs=1e-3)
    assert km[2] == pytest.approx(22.2639, abs=1e-3)


def test_coverage_counts_the_circle_and_names_what_it_misses() -> None:
    parcels = frame(
        (0.01, 0, "a", "maize"), (0.02, 0, "b", "maize"), (1, 0, "c", "maize"), (1, 0, "d", "rice")
    )
    table = coverage_of_circle(parcels, Departure(0, 0), 5)
    assert list(table["crop"]) == ["maize", "rice"]
    assert list(table["within"]) == [2, 0]
    assert list(table["total"]) == [3, 1]
    assert list(table["ha_within"]) == [4.0, 0.0]


def test_no_parcels_no_classes() -> None:
    assert coverage_of_circle(frame(), Departure(0, 0), 5).empty
    assert distance_km(frame(), Departure(0, 0)).shape == (0,)


places = st.tuples(st.floats(-179, 179), st.floats(-80, 80))


@given(
    st.lists(st.tuples(places, st.sampled_from("abcde"), st.sampled_from(["maize", "rice"])), max_size=30),
    places,
)
def test_distances_hold_by_group(
    rows: list[tuple[tuple[float, float], str, str]], start: tuple[float, float]
) -> None:
    parcels = frame(*((lon, lat, group, crop) for (lon, lat), group, crop in rows))
    km = distance_km(parcels, Departure(*start))
    own = np.array([WGS84.inv(*start, lon, lat)[2] / 1000 for (lon, lat), _, _ in rows])
    assert (km >= 0).all()
    assert (km <= own + 1e-9).all()
    for group in set(parcels["field_group"]):
        members = (parcels["field_group"] == group).to_numpy()
        assert np.ptp(km[members]) == 0
        assert km[members][0] == pytest.approx(own[members].min())


@settings(deadline=None, max_examples=25)
@given(st.floats(0, 100), st.floats(0, 100))
def test_a_wider_circle_holds_no_less(one: float, other: float) -> None:
    parcels = made_up.study().parcels_in("2021")
    small, large = (coverage_of_circle(parcels, made_up.CENTRE, km) for km in sorted((one, other)))
    assert (small["within"] <= large["within"]).all()
    assert large["total"].sum() == len(parcels)
    assert large["within"].sum() == (distance_km(parcels, made_up.CENTRE) <= max(one, other)).sum()


def test_a_reach_answers_every_circle_as_the_parcels_do():
    parcels = made_up.study(unseen_crop=True).parcels_in("2021")
    near = reach(parcels, made_up.CENTRE)
    km = distance_km(parcels, made_up.CENTRE)
    for radius in (0.0, 10.0, float(np.sort(km)[7]), 100.0):
        pd.testing.assert_frame_equal(near.within(radius), coverage_of(parcels, km <= radius))

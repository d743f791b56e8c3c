"""Projections and distances against known geodesics, anywhere on the globe."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from engine import geodesy

LON, LAT = st.floats(-179, 179), st.floats(-80, 80)


def test_a_degree_of_the_equator_and_a_quarter_of_a_meridian_have_their_lengths():
    lons, lats = np.array([1.0, 0.0]), np.array([0.0, 90.0])
    assert geodesy.geodesic_km(0, 0, lons, lats) == pytest.approx([111.319491, 10_001.965729], abs=1e-5)


@given(LON, LAT, st.floats(0.1, 300), st.floats(0, 360))
def test_east_and_north_keep_the_distance_from_their_place(lon, lat, km, azimuth):
    there = geodesy.WGS84.fwd(lon, lat, azimuth, 1000 * km)
    east, north = geodesy.east_north_km(lon, lat, np.array([there[0]]), np.array([there[1]]))
    assert np.hypot(east, north)[0] == pytest.approx(km, rel=1e-5)


@given(st.floats(17, 23), st.floats(44, 47))
def test_a_place_comes_back_from_its_projection(lon, lat):
    back = geodesy.unproject_m("EPSG:32634", *geodesy.project_m("EPSG:32634", [lon], [lat]))
    assert (back[0][0], back[1][0]) == pytest.approx((lon, lat), abs=1e-9)


@pytest.mark.parametrize(
    ("bounds", "zone"),
    [
        ((19.0, 45.0, 21.0, 46.0), "EPSG:32634"),
        ((-58.0, -35.0, -57.0, -34.0), "EPSG:32721"),
        ((179.0, 0.0, 180.0, 1.0), "EPSG:32660"),
        ((180.0, 0.0, 180.0, 1.0), "EPSG:32660"),
    ],
)
def test_the_utm_zone_is_that_of_the_centre_and_of_its_hemisphere(bounds, zone):
    assert geodesy.utm_crs(bounds) == zone


def test_the_bounds_hold_all_places():
    assert geodesy.bounds_of([19.5, 20.5], [45.0, 44.0]) == (19.5, 44.0, 20.5, 45.0)


@given(LON, LAT, st.floats(1, 200))
def test_a_circle_is_closed_and_everywhere_as_far_as_its_radius(lon, lat, km):
    ring = geodesy.circle(lon, lat, km)
    assert ring.shape == (61, 2)
    assert ring[0] == pytest.approx(ring[-1])
    assert geodesy.geodesic_km(lon, lat, *ring.T) == pytest.approx(np.full(61, km), rel=1e-6)
    assert np.ptp(ring[:, 0]) < 180  # in one piece, also across the date line


def test_longitudes_run_on_across_the_date_line():
    assert geodesy.unrolled(np.array([179.0, -179.0]), 180.0).tolist() == [179.0, 181.0]


def test_blocks_are_squares_with_numbers_from_nought():
    x, y = np.array([0.1, 4.9, 5.1, -0.1]), np.array([0.1, 4.9, 0.1, 0.1])
    block = geodesy.blocks(x, y, 5.0)
    assert block[0] == block[1]
    assert sorted(set(block)) == [0, 1, 2]


def test_the_examples_of_the_documentation_hold():
    assert doctest.testmod(geodesy).failed == 0


def test_one_computation_gives_distance_east_and_north() -> None:
    rng = np.random.default_rng(3)
    lons, lats = 19.8 + rng.uniform(-3, 3, 50), 45.2 + rng.uniform(-3, 3, 50)
    km, east, north = geodesy.around_km(19.8, 45.2, lons, lats)
    np.testing.assert_array_equal(km, geodesy.geodesic_km(19.8, 45.2, lons, lats))
    around = Transformer.from_crs(4326, "+proj=aeqd +lon_0=19.8 +lat_0=45.2 +units=km", always_xy=True)
    np.testing.assert_allclose((east, north), around.transform(lons, lats), atol=1e-9)


def test_parts_of_the_ground_are_of_a_size_on_the_whole_globe():
    rng = np.random.default_rng(0)
    for lat, lon in ((0, 0), (45, 20), (-35, 179.9), (64, -20)):
        lons, lats = lon + rng.uniform(-1, 1, 4000), lat + rng.uniform(-1, 1, 4000)
        names, every = np.arange(4000), np.ones(4000, bool)
        for parts in (2, 3):
            part = geodesy.ground_parts(names, lons, lats, every, parts, 5.0)
            assert np.bincount(part, minlength=parts) / 4000 == pytest.approx(1 / parts, abs=0.04)


def test_places_metres_apart_are_on_one_part_of_the_ground_but_for_borders():
    rng = np.random.default_rng(0)
    lons, lats = rng.uniform(19, 21, 2000), rng.uniform(45, 46, 2000)
    near = np.append(lons, lons), np.append(lats, lats + 0.0005)
    part = geodesy.ground_parts(np.arange(4000), *near, np.ones(4000, bool), 2, 5.0)
    assert (part[:2000] == part[2000:]).mean() > 0.97


def test_few_parcels_on_few_blocks_are_divided_all_the_same():
    for km in (0.2, 1, 4):
        rng = np.random.default_rng(1)
        lons, lats = 20 + rng.uniform(0, km / 78, 60), 45 + rng.uniform(0, km / 111, 60)
        part = geodesy.ground_parts(np.arange(60), lons, lats, np.ones(60, bool), 2, 5.0)
        assert 0.25 <= part.mean() <= 0.75


def test_parcels_of_one_field_stand_on_one_part_of_the_ground():
    rng = np.random.default_rng(2)
    field = rng.integers(0, 50, 300)
    lons, lats = rng.uniform(19, 21, 300), rng.uniform(45, 46, 300)
    part = geodesy.ground_parts(field, lons, lats, rng.random(300) < 0.3, 3, 5.0)
    assert all(len(set(part[field == name])) == 1 for name in set(field))

"""The physics against what is known without running it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.simulation import crops, growth, radar
from engine.simulation.degree_days import degree_days, first_day, first_dry
from engine.simulation.mowing import mown_cover
from engine.simulation.parameters import DAYS, Landscape
from engine.simulation.province import ground
from engine.simulation.weather import drought, surface_moisture, weather

LAND = Landscape()
POWER = st.floats(1e-4, 1.0)
ANGLE = st.floats(30, 46)


@given(POWER, POWER, ANGLE)
def test_without_canopy_the_water_cloud_shows_the_soil(soil, canopy, angle):
    assert radar.water_cloud(soil, canopy, 1.1, 0.0, angle) == pytest.approx(soil)


@given(POWER, POWER, ANGLE)
def test_a_dense_canopy_hides_the_soil(soil, canopy, angle):
    assert radar.water_cloud(soil, canopy, 1.1, 50.0, angle) == pytest.approx(canopy)


@given(POWER, POWER, ANGLE, st.floats(0, 2))
def test_the_water_cloud_lies_between_soil_and_canopy(soil, canopy, angle, cover):
    seen = radar.water_cloud(soil, canopy, 1.1, cover, angle)
    assert min(soil, canopy) - 1e-12 <= seen <= max(soil, canopy) + 1e-12


@pytest.mark.parametrize("looks", [1.0, 4.4, 15.0])
def test_speckle_has_mean_one_and_variance_one_over_looks(looks):
    bright = radar.speckle(np.random.default_rng(0), looks, (400_000,))
    assert bright.mean() == pytest.approx(1, abs=0.01)
    assert bright.var() == pytest.approx(1 / looks, rel=0.03)


@pytest.mark.parametrize("band", radar.BANDS, ids=lambda band: band.name)
def test_bare_soil_brightens_with_moisture_and_roughness_and_darkens_with_incidence_and_frost(band):
    def soil(moisture=0.2, angle=38.0, rough=0.0, frozen=0.0):
        return radar.bare_soil(band, *(np.array([v]) for v in (moisture, angle, rough, frozen)))[0]

    assert soil(moisture=0.3) > soil()
    assert soil(angle=42.0) < soil()
    assert soil(rough=1.0) > soil()
    assert soil(frozen=1.0) == pytest.approx(soil() - 3)


def test_soil_freezes_after_cold_days_and_later_where_it_is_shielded():
    air = np.full((3, 20), 5.0)
    air[:, 10:] = -6.0
    frozen = radar.frost(air, np.array([0.0, -6.0, 0.0]), np.array([1.0, 1.0, 0.5]))
    assert frozen[0, :10].max() < 0.01  # not before the cold
    assert frozen[0, 10] < 0.1  # the soil follows the air of three days
    assert frozen[0, 13] > 0.95
    assert frozen[1, 13] < 0.1
    assert frozen[2] == pytest.approx(frozen[0] / 2)


def test_both_orbits_see_the_province_between_30_and_46_degrees():
    angles = radar.incidence_deg(np.linspace(-90, 140, 50), 0.055)
    assert angles.min() >= 30
    assert angles.max() <= 46
    assert (np.diff(angles[0]) > 0).any()
    assert (np.diff(angles[1]) < 0).any()


@given(st.floats(0.5, 4.0))
def test_a_warmer_season_brings_anthesis_and_maturity_forward(warmer):
    day = np.arange(DAYS)
    cool = (11.9 - 11.3 * np.cos(2 * np.pi * (day - 18) / 365))[None]
    need, ripen = np.array([960.0]), np.array([930.0])

    def when(temperature):
        stage = growth.development(degree_days(0, 30, temperature), need, ripen)
        return first_day(stage >= 1)[0], first_day(stage >= 2)[0]

    early, late = when(cool + warmer), when(cool)
    assert early[0] < late[0]
    assert early[1] < late[1]


def test_rain_wets_the_topsoil_which_dries_to_its_wilting_point():
    place = ground(0, 1.0, np.array([0.0]), np.array([20.0]))
    rain = np.zeros((1, DAYS))
    rain[0, 100] = 20.0
    moisture = surface_moisture(place, np.full((1, DAYS), 20.0), rain)[0]
    wilting = 0.04 + 0.25 * place.clay[0]
    assert moisture[100] > moisture[99]
    assert np.all(np.diff(moisture[100:]) <= 0)
    assert moisture[-1] == pytest.approx(wilting, abs=1e-3)


def test_drought_needs_warmth_and_missing_rain():
    warm, dry, wet = np.full((1, DAYS), 25.0), np.zeros((1, DAYS)), np.full((1, DAYS), 6.0)
    cover = np.ones((1, DAYS))
    assert drought(warm, dry, cover)[0, -1] > 0.9
    assert drought(warm, wet, cover).max() == 0
    assert drought(np.full((1, DAYS), -2.0), dry, cover).max() == 0


def test_nobody_works_on_a_wet_field():
    rain = np.zeros((1, DAYS))
    rain[0, 98:104] = 10.0
    assert first_dry(np.array([100.0]), rain)[0] == 106
    assert first_dry(np.array([90.0]), rain)[0] == 90
    assert first_dry(np.array([DAYS + 5.0]), rain)[0] == DAYS + 5  # what never falls due is never done


def test_grass_is_cut_when_warmth_has_gathered_and_grows_back():
    place = ground(0, 1.0, np.linspace(-60, 90, 40), np.linspace(-20, 70, 40))
    temperature = np.tile(11.9 - 11.3 * np.cos(2 * np.pi * (np.arange(DAYS) - 18) / 365), (40, 1))
    for kind in (kind for _, kind in crops.KINDS if kind.mowing):
        cool, warm = (
            mown_cover(LAND, 2020, kind, place, (sky, np.zeros_like(sky)), np.random.default_rng(0))
            for sky in (temperature, temperature + 2)
        )
        first = [(np.diff(cover, axis=1) < -0.1).argmax(axis=1) for cover in (cool, warm)]
        assert (first[1] < first[0]).all()
        assert ((np.diff(cool, axis=1) < -0.05).sum(axis=1) >= 2).all()
        least, most = kind.canopy.cover
        assert cool.min() >= least - 1e-9
        assert cool.max() <= most + 1e-9
        assert (cool[:, 200:].max(axis=1) > 0.8 * most).all()


def test_cuts_differ_over_the_province_and_are_alike_nearby():
    along = np.linspace(-60, 90, 400)
    place = ground(0, 1.0, along, np.zeros(400))
    temperature = np.tile(11.9 - 11.3 * np.cos(2 * np.pi * (np.arange(DAYS) - 18) / 365), (400, 1))
    kind = next(kind for _, kind in crops.KINDS if kind.habit == "alfalfa")
    sky = temperature, np.zeros_like(temperature)
    cover = mown_cover(LAND, 2020, kind, place, sky, np.random.default_rng(0))
    first = (np.diff(cover, axis=1) < -0.1).argmax(axis=1)
    left = cover[np.arange(400), first + 1] / cover[np.arange(400), first]
    for value in (first, left):
        regional = np.convolve(value, np.ones(25) / 25, mode="valid")  # over 9 km
        assert np.ptp(regional) > 1.0 * np.std(value[:25])  # regions differ
        assert value[:50].std() > 0  # and so do neighbours
    assert np.ptp(first) >= 5  # days
    assert 0.1 < left.min() < left.max() < 0.65


def test_a_frost_does_not_come_to_the_whole_province_at_once():
    x, y = (axis.ravel() for axis in np.meshgrid(np.linspace(-60, 90, 16), np.linspace(-40, 80, 16)))
    temperature, _ = weather(LAND, 2021).at(ground(0, 1.0, x, y))
    cold = (temperature < radar.FROST_C)[:, :60].mean(axis=0)  # share of the places, [day]
    assert ((cold > 0.05) & (cold < 0.95)).sum() >= 5
    grid = temperature.reshape(16, 16, -1)[:, :, :60]
    beside = np.abs(np.diff(grid, axis=1)).mean()  # 10 km apart
    far = np.abs(grid[:, 0] - grid[:, -1]).mean()
    assert beside < 0.5 * far


def test_rotation_keeps_the_shares_and_forbids_beet_after_beet():
    lift = crops.followers(1.0)
    share = np.array([crop.share for crop in crops.CLASSES])
    share = share / share.sum()
    assert share @ (lift * share) == pytest.approx(share, abs=1e-6)
    assert (lift * share).sum(axis=1) == pytest.approx(np.ones(len(share)), abs=1e-6)
    beet, alfalfa = crops.NAMES.index("sugar beet"), crops.NAMES.index("alfalfa")
    assert lift[beet, beet] < 0.1
    assert lift[alfalfa, alfalfa] > 3
    assert crops.followers(0.0) == pytest.approx(np.ones_like(lift))

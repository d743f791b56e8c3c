"""A simulated landscape as a whole: what it looks like, and that it is always the same."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from engine.domain import StudyError
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.learning.recipes import Recipe, Schedule
from engine.simulation import crops
from engine.simulation import series as simulated
from engine.simulation.fields import cadastre
from engine.simulation.growth import develop
from engine.simulation.parameters import Landscape, LandscapeError, documented, landscape_of
from engine.simulation.parcels import parcel_table
from engine.simulation.province import ground, outline, to_degrees, to_km
from engine.simulation.weather import weather
from engine.studies import store
from engine.studies.fingerprint import parcels_digest
from engine.studies.manifest import SeasonEntry, read_manifest
from engine.studies.parcels_file import read_parcels, write_parcels
from engine.studies.simulated import simulate
from tests.made_up import grid

ROOT = Path(__file__).parents[2]
SMALL = Landscape(first=2020, last=2021, parcels=300, pixels=4)
WIDE = Landscape(parcels=3000, pixels=1)


@pytest.fixture(scope="module")
def parcels():
    return parcel_table(WIDE)


def profile(landscape: Landscape, year: int) -> np.ndarray:
    """Mean backscatter of each class, ``[class, band, time]`` dB."""
    values = np.concatenate(list(simulated.pixel_series(landscape, year)))
    code = np.repeat(simulated.surveys(landscape)[year].code, landscape.pixels)
    return np.stack([values[code == number].mean(axis=0) for number in range(len(crops.CLASSES))])


def slot(day_of_year: int) -> int:
    return round((day_of_year - 1) / 3)


def test_one_seed_gives_one_study_in_one_process_or_two(tmp_path):
    alone = store.open_study(simulate(SMALL, tmp_path / "alone"))
    together = store.open_study(simulate(SMALL, tmp_path / "together", workers=2))
    reseeded = store.open_study(simulate(dataclasses.replace(SMALL, seed=1), tmp_path / "reseeded"))
    assert alone.fingerprint == together.fingerprint
    assert alone.fingerprint != reseeded.fingerprint


def test_a_season_does_not_depend_on_which_others_are_simulated():
    alone = np.concatenate(list(simulated.pixel_series(dataclasses.replace(SMALL, first=2021), 2021)))
    among = np.concatenate(list(simulated.pixel_series(SMALL, 2021)))
    assert np.array_equal(alone, among)


def test_a_light_study_simulates_its_series_on_demand_and_keeps_them_in_the_workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    whole = store.open_study(simulate(SMALL, tmp_path / "whole"))
    light = store.open_study(simulate(SMALL, tmp_path / "light", series=False))
    assert light.fingerprint == whole.fingerprint
    assert not list((tmp_path / "light").glob("series-*"))
    assert store.unsimulated_seasons(light) == ("2020", "2021")
    assert np.array_equal(light.cubes["2021"].values, whole.cubes["2021"].values)
    assert store.unsimulated_seasons(light) == ("2020",)
    assert len(list((tmp_path / "workspace" / "series").glob("2021-*.parquet"))) == 1


def test_no_series_are_simulated_for_a_season_that_is_still_to_come(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    folder = simulate(SMALL, tmp_path / "light", series=False)
    known = read_manifest(folder / "study.toml")
    parcels = read_parcels(folder, known)
    coming = parcels[parcels["season"] == "2021"].assign(season="2022", crop=None)
    parcels = pd.concat([parcels, coming], ignore_index=True)
    write_parcels(parcels, folder)
    seasons = (*known.seasons, SeasonEntry(SMALL.season(2022)))
    dataclasses.replace(known, seasons=seasons, parcels_sha256=parcels_digest(parcels)).write(folder)
    study = store.open_study(folder)
    assert store.unsimulated_seasons(study) == ("2020", "2021")
    store.simulate_series(study, "2021")
    store.simulate_series(study, "2022")
    assert [path.name[:4] for path in (tmp_path / "workspace" / "series").glob("*.parquet")] == ["2021"]
    assert set(study.parcels.iloc[study.cubes["2021"].parcel]["season"]) == {"2021"}
    with pytest.raises(StudyError, match=r"Season 2022 .* has no series yet"):
        study.cubes["2022"]


def test_series_that_differ_from_what_was_announced_are_refused_and_not_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    folder = simulate(SMALL, tmp_path / "light", series=False)
    manifest = folder / "study.toml"
    manifest.write_text(manifest.read_text().replace("looks = 20.0", "looks = 19.0"))
    with pytest.raises(StudyError, match="another version"):
        store.open_study(folder).cubes["2021"]
    assert not list((tmp_path / "workspace" / "series").glob("*.parquet"))


def test_an_interrupted_simulation_leaves_nothing_behind(tmp_path):
    def stop(label: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(SMALL, tmp_path / "study", observe=stop)
    assert list(tmp_path.iterdir()) == []


def test_the_province_has_its_area_and_novi_sad_its_place():
    assert outline().is_valid
    assert outline().area == pytest.approx(21_506, rel=0.02)  # km2, Statistical Office of Serbia
    assert outline().contains(shapely.Point(0, 0))
    assert to_km(19.845, 45.255) == pytest.approx((0, 0))
    assert to_degrees(*to_km(20.5, 44.9)) == pytest.approx((20.5, 44.9))


def test_class_shares_follow_the_table_and_the_regions(parcels):
    share = parcels["crop"].value_counts(normalize=True)
    for crop in crops.CLASSES:
        assert 0.4 < share[crop.name] / crop.share < 2.5
    banat = parcels["lon"] > 20.5
    sunflower, soybean = (parcels["crop"] == name for name in ("sunflower", "soybean"))
    assert sunflower[banat].mean() > 1.3 * sunflower[~banat].mean()
    assert soybean[banat].mean() < 0.7 * soybean[~banat].mean()


def test_alfalfa_stays_and_beet_moves_on(parcels):
    crop = parcels.pivot_table(index="parcel_id", columns="season", values="crop", aggfunc="first")
    pairs = [(crop[a], crop[b]) for a, b in zip(crop.columns[:-1], crop.columns[1:], strict=True)]

    def again(name: str) -> float:
        before = [(old == name) & new.notna() for old, new in pairs]
        same = [(old == name) & (new == name) for old, new in pairs]
        return sum(s.sum() for s in same) / sum(b.sum() for b in before)

    assert again("alfalfa") > 0.4
    assert again("sugar beet") < 0.1


def test_harvest_follows_maturity_which_follows_anthesis_and_sowing():
    place = ground(0, 1.0, np.linspace(-60, 60, 40), np.zeros(40))
    sky = weather(SMALL, 2020)
    for code, kind in crops.KINDS:
        if kind.thermal is None:
            continue
        growth = develop(SMALL, 2020, code, kind, place, sky.at(place), sky.spring, np.random.default_rng(0))
        assert (growth.sown < growth.anthesis).all()
        assert (growth.anthesis < growth.maturity).all()
        assert (growth.harvest >= growth.maturity).all()
        assert (growth.harvest >= kind.thermal.earliest).all()


# Ranges in which Sentinel-1 has been published for these crops in temperate Europe (docs/landscape.md).
RANGES = {
    ("winter wheat", "VH", 136): (-24, -18),
    ("winter wheat", "VV", 136): (-19, -13),
    ("rapeseed", "VH", 150): (-16, -11),
    ("maize", "VH", 105): (-23, -17),
    ("maize", "VH", 196): (-18, -13),
    ("maize", "VV", 196): (-13, -8),
    ("soybean", "VH", 200): (-18, -12),
    ("sunflower", "VH", 166): (-17, -11),
    ("sugar beet", "VH", 200): (-17, -12),
}


def test_backscatter_lies_in_published_ranges_in_every_season():
    landscape = dataclasses.replace(WIDE, parcels=1200)
    for year in landscape.years:
        mean = profile(landscape, year)
        for (crop, band, day), (low, high) in RANGES.items():
            value = mean[crops.NAMES.index(crop), ["VV", "VH"].index(band), slot(day)]
            assert low < value < high, f"{crop} {band} on day {day} of {year}: {value:.1f} dB"
        assert (mean[:, 0] - mean[:, 1]).min() > 2  # VV is brighter than VH


def test_an_open_season_has_the_parcels_of_any_other_but_no_crops_and_no_series(tmp_path):
    to_come = dataclasses.replace(SMALL, last=2022, open_from=2022)
    known = parcel_table(dataclasses.replace(to_come, open_from=0))
    table = parcel_table(to_come)
    assert table.drop(columns="crop").equals(known.drop(columns="crop"))
    opened = table["season"] == "2022"
    assert opened.sum() == SMALL.parcels
    assert table.loc[opened, "crop"].isna().all()
    assert (table.loc[~opened, "crop"] == known.loc[~opened, "crop"]).all()
    assert table[~opened].equals(parcel_table(SMALL))

    folder = simulate(to_come, tmp_path / "study")
    assert sorted(path.name for path in folder.glob("series-*")) == [
        "series-2020.parquet",
        "series-2021.parquet",
    ]
    study = store.open_study(folder)
    assert study.is_open("2022")
    assert study.seasons_before("2022") == ("2020", "2021")


def test_lost_acquisitions_are_interpolated_and_a_lost_satellite_takes_every_second_pass():
    failing = dataclasses.replace(SMALL, satellite_lost=2021, gaps=0.0)
    taken, lost = simulated.acquisitions(failing, 2021)
    assert len(lost) == 52
    assert set(np.diff(taken)) == {1, 3}  # two orbits three days apart, then a pass of each is lost
    assert simulated.acquisitions(failing, 2020)[1].size == 0
    values = np.concatenate(list(simulated.pixel_series(failing, 2021)))
    assert np.isfinite(values).all()
    third = (values[..., taken[1]] * 2 + values[..., taken[2]]) / 3
    assert values[..., lost[0]] == pytest.approx(third, abs=0.011)


def test_after_a_break_maize_grows_late_barley_is_surveyed_apart_and_the_radar_is_calibrated_otherwise():
    whole = dataclasses.replace(WIDE, first=2020, parcels=1200)
    broken = dataclasses.replace(whole, broken_past=2021)
    assert parcel_table(whole).drop(columns="crop").equals(parcel_table(broken).drop(columns="crop"))

    grown, surveyed = parcel_table(whole), parcel_table(broken)
    earlier, now = surveyed["season"] == "2020", surveyed["season"] == "2021"
    assert set(grown.loc[earlier, "crop"]) - set(surveyed.loc[earlier, "crop"]) == {"barley"}
    changed = grown.loc[earlier, "crop"] != surveyed.loc[earlier, "crop"]
    assert set(surveyed.loc[earlier, "crop"][changed]) == {"winter wheat"}
    assert (grown.loc[now, "crop"] == surveyed.loc[now, "crop"]).all()

    before, after = profile(whole, 2021), profile(broken, 2021)
    wheat, maize = crops.NAMES.index("winter wheat"), crops.NAMES.index("maize")
    assert (after - before)[wheat, 0] == pytest.approx(0.8, abs=0.15)  # edges mix with maize
    assert (after - before)[wheat, 1] == pytest.approx(-1.2, abs=0.15)
    assert (after - before)[maize, 1, slot(175)] < -3  # still bare when it used to stand high
    assert np.array_equal(profile(whole, 2020), profile(broken, 2020))


def test_every_parameter_is_documented_and_none_leaves_its_range():
    for parameter in documented():
        assert parameter.low <= parameter.default <= parameter.high
        assert parameter.source
        with pytest.raises(LandscapeError, match=parameter.name):
            landscape_of({parameter.name: parameter.high + 1})
        assert parameter.name in Landscape.__doc__


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"look": 3}, "no parameter look"),
        ({"looks": "many"}, "not a number"),
        ({"parcels": "3.5"}, "not a whole number"),
        ({"first": 2021, "last": 2018}, "lies before the first"),
        ({"looks": float("nan")}, "outside its plausible range"),
        ({"open_from": 2017}, "none can teach"),
    ],
)
def test_a_landscape_that_cannot_be_simulated_is_refused_with_its_cure(settings, complaint):
    with pytest.raises(LandscapeError, match=complaint):
        landscape_of(settings)


def test_two_hundred_thousand_parcels_fit_into_the_province():
    landscape = dataclasses.replace(SMALL, parcels=200_000)
    surveyed = simulated.surveys(landscape)[2021]
    assert len(np.unique(surveyed.field)) == 200_000
    assert len(cadastre(0)) > 300_000
    first = next(simulated.pixel_series(landscape, 2021))  # a batch at a time, however many there are
    assert first.shape == (simulated.BATCH * landscape.pixels, 2, 105)


SMALL_WORLD = Recipe(
    "small world",
    filters=8,
    kernel=4,
    dropout=0.1,
    pretrain=Schedule(10, 128, 3e-3),
    transfer=Schedule(12, 32, 1e-3),
    scratch=Schedule(12, 32, 4e-3),
    trees=20,
    pixels=4,
)


def test_in_a_small_world_transfer_beats_scratch_and_random_beats_radius(tmp_path):
    landscape = Landscape(
        first=2019, last=2021, parcels=900, pixels=4, looks=60, place_structure=2.0, mix=1.6
    )
    study = store.open_study(simulate(landscape, tmp_path / "study"))
    plans = grid(
        study, "2021", study.departure, [25], ["radius", "random"], ["transfer", "scratch"], "cnn1d",
        SMALL_WORLD, repeats=2,
    )  # fmt: skip
    f1 = {
        (outcome.plan.method.name, outcome.plan.design.name): outcome.macro_f1.value
        for outcome in run_plans(study, plans, Archive(tmp_path / "archive"))
    }
    for design in ("radius", "random"):
        assert f1["transfer", design] > f1["scratch", design] + 0.02
    for method in ("transfer", "scratch"):
        assert f1[method, "random"] > f1[method, "radius"] + 0.02


SIMULATED_ELSEWHERE = """
import sys, tempfile
from engine.studies import store
from engine.simulation.parameters import Landscape
from engine.studies.simulated import simulate
with tempfile.TemporaryDirectory() as folder:
    landscape = Landscape(first=2020, last=2021, parcels=300, pixels=4)
    print(store.open_study(simulate(landscape, folder + "/study")).fingerprint)
"""


def test_a_processor_without_wide_instructions_gives_the_same_study(tmp_path):
    here = store.open_study(simulate(SMALL, tmp_path / "here")).fingerprint
    narrow = os.environ | {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}
    there = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SIMULATED_ELSEWHERE],
        env=narrow,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here

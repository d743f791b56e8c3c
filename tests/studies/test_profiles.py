"""Mean series of the classes."""

import numpy as np
import pytest

from engine.studies import store
from engine.studies.profiles import ProfileSums, profiles
from engine.views.profiles import profiles as chart_of
from tests import made_up


def test_a_profile_is_the_mean_over_parcels_whatever_their_number_of_pixels():
    study = made_up.study(seasons=("2021",), parcels=30, pixels=3, noise_db=1.0)
    frame = profiles(study)
    cube = study.cubes["2021"]
    crop = study.parcels["crop"].to_numpy()[cube.parcel]
    for row in frame.itertuples():
        band = cube.bands.index(row.band)
        by_parcel = cube.values[crop == row.crop, band].reshape(-1, 3, len(cube.days)).mean(axis=1)
        assert row.parcels == 10
        assert row.mean == pytest.approx(by_parcel.mean(axis=0), abs=2e-3)
        assert row.sd == pytest.approx(by_parcel.std(axis=0), abs=2e-3)


def test_parcels_may_come_in_parts():
    rng = np.random.default_rng(0)
    code, series = rng.integers(0, 3, 40), rng.normal(size=(40, 2, 5))
    whole, parts = ProfileSums.empty(3, 2, 5), ProfileSums.empty(3, 2, 5)
    whole.add(code, series)
    for start in range(0, 40, 7):
        parts.add(code[start : start + 7], series[start : start + 7])
    assert np.array_equal(whole.count, parts.count)
    assert whole.total == pytest.approx(parts.total)
    assert whole.squares == pytest.approx(parts.squares)


def test_a_saved_study_gives_the_same_profiles(tmp_path):
    study = made_up.study(parcels=20)
    saved = store.open_study(store.save_study(study, tmp_path / "study"))
    one, same = profiles(study), store.profiles_of(saved)
    assert one.drop(columns=["days", "mean", "sd"]).equals(same.drop(columns=["days", "mean", "sd"]))
    assert np.array_equal(np.stack(one["mean"]), np.stack(same["mean"]))


def test_the_chart_names_the_two_classes_that_are_hardest_to_tell_apart():
    study = made_up.study(seasons=("2021",), crops=4, parcels=40)
    frame = profiles(study)
    for band in ("VV", "VH"):
        wheat, sunflower = (
            frame.index[(frame["crop"] == crop) & (frame["band"] == band)][0]
            for crop in ("wheat", "sunflower")
        )
        frame.at[wheat, "mean"] = frame.at[sunflower, "mean"] + 0.01
    chart = chart_of(frame, study.legend, study.seasons[0], False)
    assert chart.title == "Wheat and sunflower look most alike in 2021"
    assert len(chart.figure.data) == 8  # a line for each class and band

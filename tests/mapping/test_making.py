"""A map learns from the labelled parcels of its season, and classes every parcel."""

import dataclasses

import numpy as np
import pytest

from engine.domain import PlanError
from engine.experiments.source_models import source_key
from engine.experiments.target_data import TargetRows
from engine.mapping.crop_map import CropMap
from engine.mapping.making import make_map
from engine.mapping.prediction import predict_season
from engine.mapping.request import map_request
from engine.mapping.training import MOST_UNLABELLED
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.experiments.examples import ask
from tests.mapping.conftest import SEASON, training_of


def test_every_parcel_of_the_season_gets_its_class_where_classes_are_separable(truth, crop_map):
    expected = truth.parcels_in(SEASON).set_index("parcel_id")["crop"]
    table = crop_map.parcels.set_index("parcel_id")
    assert set(table.index) == set(expected.index)
    assert (table["crop"] == expected.loc[table.index]).mean() > 0.95
    assert (table["crop"] != table["second"]).all()
    assert (table["probability"] + table["second_probability"] <= 1 + 1e-6).all()
    assert sum(crop_map.areas_ha.values()) == pytest.approx(80.0)
    assert crop_map.card["training_parcels"] == table["labelled"].sum() == 40
    assert (table["surveyed"].notna() == table["labelled"]).all()


def test_no_field_stands_in_two_folds_and_every_labelled_parcel_is_held_out_once(study, crop_map):
    validation = crop_map.validation
    fields = study.parcels.set_index("parcel_id").loc[list(validation.parcel_id), "field_group"]
    folds = {}
    for field, fold in zip(fields, validation.fold, strict=True):
        folds.setdefault(field, set()).add(int(fold))
    assert all(len(numbers) == 1 for numbers in folds.values())
    assert len(set(validation.parcel_id)) == validation.confusion.sum() == 40
    assert len(validation.confusion) == crop_map.card["folds"] > 1
    assert validation.macro_f1 > 0.9
    assert validation.overall_accuracy > 0.9


def test_without_labels_the_map_is_that_without_a_field_trip(tmp_path):
    bare = made_up.without_labels(made_up.study(("2020", SEASON), parcels=30, pixels=2, times=6), SEASON)
    training, notes = training_of(bare, tmp_path, "ensemble", recipe=made_up.TINY, learner="cnn1d")
    made = make_map(training, notes)
    assert made.method == "ensemble-zero-shot"
    assert made.validation is None
    assert made.card["training_parcels"] == 0
    assert "no parcel" in made.card["notes"][0].lower()
    assert len(made.parcels) == 30


def test_without_a_past_the_map_learns_from_its_own_labels_and_without_both_it_says_what_to_do(study):
    alone = dataclasses.replace(
        study,
        parcels=study.parcels[study.parcels["season"] == SEASON].reset_index(drop=True),
        seasons=study.seasons[-1:],
        fingerprint="alone",
    )
    request, notes = map_request(alone, SEASON)
    assert request.method.name == "scratch"
    assert "its own labels alone" in notes[0]
    with pytest.raises(PlanError, match="bring their labels in"):
        map_request(made_up.without_labels(alone, SEASON), SEASON)
    with pytest.raises(PlanError, match="has no series yet"):
        map_request(made_up.without_series(study, SEASON), SEASON)


def test_a_label_more_is_another_map_and_one_of_a_season_that_is_not_used_is_not(truth, study):
    key = map_request(study, SEASON)[0].key
    assert map_request(truth, SEASON)[0].key != key
    assert map_request(study, SEASON, seed=1)[0].key != key
    scratch = map_request(study, SEASON, "scratch")[0].key
    assert map_request(made_up.without_labels(study, "2020"), SEASON, "scratch")[0].key == scratch
    assert map_request(made_up.without_labels(study, "2020"), SEASON)[0].key != key


def test_a_map_starts_from_the_source_model_of_every_trip_to_its_season(study):
    plan = ask(study, methods=("transfer",), repeats=1)[0]
    request = map_request(study, SEASON, "transfer", recipe=made_up.SMALL)[0]
    mine, theirs = request.plan(study), plan
    assert source_key(mine, 0, mine.method.source).name == source_key(theirs, 0, theirs.method.source).name


def test_a_parcel_is_classed_alike_from_a_file_in_small_parts_and_from_memory(
    study, training, tmp_path, monkeypatch
):
    model, features = training.model(), training.request.method.features
    whole = predict_season(study, SEASON, model, features)
    stored = open_study(save_study(study, tmp_path / "study"))
    monkeypatch.setattr("engine.mapping.prediction.CHUNK", 7)
    parts = predict_season(stored, SEASON, model, features)
    assert np.array_equal(whole.rows, parts.rows)
    for name in ("decision", "calibrated", "series", "band_mean", "band_std"):
        assert np.allclose(getattr(whole, name), getattr(parts, name), atol=1e-4)


def test_no_parcel_gives_more_pixels_than_the_limit(study, training, monkeypatch):
    seen = []

    class Counting:
        def predict(self, values):
            seen.append(len(values))
            return np.full((len(values), 3), 1 / 3, dtype=np.float32)

    monkeypatch.setattr("engine.mapping.prediction.CHUNK", 7)
    monkeypatch.setattr("engine.mapping.prediction.PIXELS", 2)
    predict_season(study, SEASON, Counting(), training.request.method.features)
    assert sum(seen) == 80 * 2


def test_a_held_out_parcel_is_no_training_sample(training):
    held_out = training.labelled[:10]
    received = []

    class Recording:
        name, visits = "recording", True
        features = training.request.method.features
        source = None

        def pixels(self, recipe):
            return recipe.pixels

        def learn(self, learner, data, setting):
            received.append(data)

    request = dataclasses.replace(training.request, method=Recording())
    dataclasses.replace(training, request=request).model(held_out=held_out)
    assert not set(received[0].labelled.parcel) & set(held_out)
    assert set(received[0].labelled.parcel) == set(training.labelled[10:])
    assert set(received[0].unlabelled.crop) == {-1}


def test_of_many_unlabelled_parcels_some_tell_the_scale_and_no_label_is_left_out(training, monkeypatch):
    assert MOST_UNLABELLED > 40
    monkeypatch.setattr("engine.mapping.training.MOST_UNLABELLED", 10)
    fresh = dataclasses.replace(training)
    assert len(np.unique(fresh.cube.parcel)) == 40 + 10
    assert np.array_equal(fresh.labelled, training.labelled)


def test_a_map_and_its_rows_are_frozen(crop_map):
    assert isinstance(crop_map, CropMap)
    with pytest.raises(dataclasses.FrozenInstanceError):
        crop_map.season = "2020"
    with pytest.raises(dataclasses.FrozenInstanceError):
        TargetRows(*[np.arange(2)] * 3).area = np.arange(3)

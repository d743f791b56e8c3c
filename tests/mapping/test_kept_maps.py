"""A kept map counts as long as the study is what it was made of."""

import json

import pytest

from engine.mapping.kept_maps import latest_map, map_by_key, stratified
from engine.mapping.making import make_map
from engine.mapping.store import CARD, MapError, keep_map, map_folder
from tests import made_up
from tests.mapping.conftest import SEASON, half_labelled, training_of


def test_a_map_is_found_until_its_labels_change(crop_map, study, truth, tmp_path):
    assert latest_map(study, SEASON, tmp_path, "scratch") is None
    keep_map(crop_map, tmp_path)
    found = latest_map(study, SEASON, tmp_path, "scratch")
    assert found is not None
    assert found.key == crop_map.key
    assert latest_map(study, SEASON, tmp_path) is None, "of another method"
    assert latest_map(truth, SEASON, tmp_path, "scratch") is None, "of other labels"
    assert map_by_key(tmp_path, crop_map.key).parcels["crop"].equals(crop_map.parcels["crop"])
    (map_folder(tmp_path, crop_map.key) / CARD).write_text("{")
    assert latest_map(study, SEASON, tmp_path, "scratch") is None


@pytest.mark.parametrize("key", ["0" * 16, "../../etc", ""])
def test_a_map_that_is_not_there_names_the_command(tmp_path, key):
    with pytest.raises(MapError, match="groundplan map"):
        map_by_key(tmp_path, key)


def test_strata_are_the_classes_of_the_map_or_all_parcels_without_one(crop_map, study, tmp_path):
    population, key = stratified(study, SEASON, tmp_path)
    assert key is None
    assert set(population["stratum"]) == {"all parcels"}
    keep_map(crop_map, tmp_path)
    path = map_folder(tmp_path, crop_map.key) / CARD
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "method": "ensemble"}))
    population, key = stratified(study, SEASON, tmp_path)
    assert key == crop_map.key
    assert list(population["stratum"]) == list(crop_map.parcels["crop"])
    assert set(population["stratum"]) <= set(made_up.CROPS)


def test_the_usual_map_of_a_season_without_a_past_is_what_stands_in_for_it(tmp_path):
    alone = half_labelled(made_up.study(seasons=(SEASON,), parcels=80, pixels=4))
    training, _ = training_of(alone, tmp_path, "ensemble")
    keep_map(make_map(training), tmp_path)
    found = latest_map(alone, SEASON, tmp_path)
    assert found is not None
    assert found.method == "scratch"

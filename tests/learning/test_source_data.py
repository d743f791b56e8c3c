"""Source seasons as arrays: what pre-training may use, and what identifies its result."""

import dataclasses

import numpy as np
import pytest

from engine.fingerprints import Fingerprints, SeasonFingerprint
from engine.learning.all_seasons import AllSeasons
from engine.learning.ensemble_sources import EnsembleSources
from engine.learning.features import RawSeries
from engine.learning.pretraining import BestFold
from engine.learning.source_data import SourceData, SourceKey, remembered
from tests import made_up
from tests.made_up import SMALL

USED = Fingerprints("a", "b", SeasonFingerprint("c", "d", "e"), (SeasonFingerprint("f", "g", "h"),))
KEY = SourceKey(BestFold(), USED.of_sources, "2021", ("2019", "2020"), "cnn1d", SMALL, "far-half", 0)


def source_data(study, test_ground):
    parcels = study.parcels
    return SourceData(
        study.cubes,
        parcels["season"].to_numpy(object),
        parcels["field_group"].to_numpy(object),
        study.legend.codes(parcels["crop"].to_numpy(object)),
        np.zeros((len(parcels), 2)),
        parcels[["lon", "lat"]].to_numpy(float),
        test_ground,
        study.legend.names,
        "2021",
        ("2019", "2020"),
    )


def test_source_parcels_are_of_source_seasons_and_never_on_a_test_field_of_the_target():
    study = made_up.study(parcels=40)
    test_ground = np.arange(len(study.parcels)) % 2 == 0
    rows = source_data(study, test_ground).rows()
    season, field_group = (study.parcels[column].to_numpy(object) for column in ("season", "field_group"))
    assert set(season[rows]) == {"2019", "2020"}
    test_fields = set(field_group[(season == "2021") & test_ground])
    assert not {field for row, field in zip(rows, field_group[rows], strict=True) if test_ground[row]} & (
        test_fields
    )
    left_out = set(np.flatnonzero(np.isin(season, ["2019", "2020"]))) - set(rows)
    assert left_out
    assert all(test_ground[row] and field_group[row] in test_fields for row in left_out)


def test_each_source_season_is_standardised_by_its_own_pixels():
    study = made_up.study(parcels=40)
    data = source_data(study, np.zeros(len(study.parcels), bool))
    samples = data.standardised_samples(RawSeries(), 3, np.random.default_rng(0))
    for label in ("2019", "2020"):
        values = samples.values[data.season[samples.parcel] == label]
        assert values.mean(axis=(0, 2)) == pytest.approx([0, 0], abs=1e-4)
        assert values.std(axis=(0, 2)) == pytest.approx([1, 1], abs=1e-4)


@pytest.mark.parametrize(
    "changes",
    [
        {"training": AllSeasons()},
        {"training": EnsembleSources()},
        {"training": EnsembleSources(period_days=30.0)},
        {"study": dataclasses.replace(USED.of_sources, legend="another")},
        {"study": dataclasses.replace(USED.of_sources, ground="another")},
        {"study": dataclasses.replace(USED.of_sources, target=SeasonFingerprint("other fields"))},
        {"study": dataclasses.replace(USED.of_sources, sources=(SeasonFingerprint("f", "g", "other"),))},
        {"study": Fingerprints(study="of an earlier version")},
        {"target": "2022"},
        {"sources": ("2019",)},
        {"learner": "transformer"},
        {"recipe": dataclasses.replace(SMALL, filters=8)},
        {"test": "far-all"},
        {"seed": 1},
    ],
)
def test_whatever_changes_a_source_model_changes_its_name(changes):
    changed = dataclasses.replace(KEY, **changes)
    assert changed.name != KEY.name
    assert dataclasses.replace(KEY).name == KEY.name
    assert changed.facts["training"]["name"] == changed.training.name


def test_series_and_labels_of_the_target_season_change_no_source_model():
    labelled = dataclasses.replace(
        USED, target=SeasonFingerprint("c", "other series", "labels that came home")
    )
    assert dataclasses.replace(KEY, study=labelled.of_sources) == KEY


def test_a_process_remembers_the_latest_and_forgets_the_oldest():
    memory, made = {}, []

    def value(key):
        return remembered(memory, key, lambda: made.append(key) or key, most=2)

    assert [value(key) for key in "abba"] == list("abba")
    assert made == ["a", "b"]
    value("c")
    value("b")
    assert made == ["a", "b", "c"]
    value("a")
    assert made == ["a", "b", "c", "a"]

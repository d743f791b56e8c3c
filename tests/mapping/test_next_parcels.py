"""Where to look next: unvisited, informative, unlike each other, in stops."""

import dataclasses

import numpy as np
import pytest

from engine.domain import PlanError
from engine.geodesy import geodesic_km
from engine.mapping.next_parcels import PARCELS_A_STOP, STOP_KM, class_weighted_entropy, next_parcels


def altered(crop_map, **columns):
    return dataclasses.replace(crop_map, parcels=crop_map.parcels.assign(**columns))


def test_next_parcels_are_unvisited_and_stand_in_stops_that_are_near(study, crop_map):
    found = next_parcels(crop_map, study.departure, 12)
    labelled = set(crop_map.parcels.loc[crop_map.parcels["labelled"], "parcel_id"])
    assert len(set(found["parcel_id"])) == 12
    assert not set(found["parcel_id"]) & labelled
    assert sorted(found["rank"]) == list(range(1, 13))
    assert found["stop"].is_monotonic_increasing
    for _, stop in found.groupby("stop"):
        assert len(stop) <= PARCELS_A_STOP
        first = stop.sort_values("rank").iloc[0]
        km = geodesic_km(first["lon"], first["lat"], stop["lon"].to_numpy(), stop["lat"].to_numpy())
        assert (km <= STOP_KM).all()


def test_the_second_parcel_is_unlike_the_first_rather_than_its_twin(study, crop_map):
    """Two groups of doubtful parcels: the larger is asked first, then the other, not the first again."""
    count = len(crop_map.parcels)
    features = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
    features[50:] += 100
    calibrated = np.full((count, 3), 1 / 3, dtype=np.float32)
    spread = altered(crop_map, labelled=False, lon=np.linspace(10, 30, count))
    twins = dataclasses.replace(spread, features=features, calibrated=calibrated)
    found = next_parcels(twins, study.departure, 2).sort_values("rank")
    order = [twins.parcels["parcel_id"].tolist().index(name) for name in found["parcel_id"]]
    assert order[0] < 50 <= order[1]


def test_doubt_about_a_rare_class_weighs_more_than_about_a_frequent_class():
    sure = np.tile([0.98, 0.01, 0.01], (50, 1))
    doubtful = np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]])
    entropy = class_weighted_entropy(np.vstack([sure, doubtful]))
    assert entropy[51] > entropy[50] > entropy[0]


def test_nothing_left_to_visit_says_why(study, crop_map):
    with pytest.raises(PlanError, match="none is left to visit"):
        next_parcels(altered(crop_map, labelled=True), study.departure, 3)
    with pytest.raises(PlanError, match="Allow more with --within"):
        next_parcels(crop_map, study.departure, 3, within_km=0.001)
    with pytest.raises(PlanError, match="at least 1"):
        next_parcels(crop_map, study.departure, 0)

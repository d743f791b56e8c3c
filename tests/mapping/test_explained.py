"""Parcels explained, maps beside the truth, and labels as references."""

from __future__ import annotations

import pytest

from engine.domain import Estimate, PlanError
from engine.mapping.accuracy.tables import references_of
from engine.mapping.assessed import assessed
from engine.mapping.explained import explain, least_sure
from engine.mapping.truth import GAIN, beside_truth, true_areas_ha
from engine.studies.labels.nouns import Label, Status


@pytest.fixture(scope="module")
def crops(truth, crop_map):
    season = truth.parcels_in(crop_map.season)
    return dict(zip(season["parcel_id"].astype(str), season["crop"], strict=True))


def test_a_parcel_is_explained_by_its_classes_and_the_labels_that_resemble_it(crop_map):
    row = crop_map.parcels.iloc[1]
    found = explain(crop_map, row["parcel_id"])
    shares = [share for _, share in found.probabilities]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-4)
    assert dict(found.probabilities)[row["crop"]] == pytest.approx(row["probability"], abs=1e-5)
    labelled = crop_map.parcels.set_index("parcel_id")["surveyed"]
    assert [each.crop for each in found.alike] == labelled[[each.parcel_id for each in found.alike]].tolist()
    assert row["parcel_id"] not in [each.parcel_id for each in found.alike]
    with pytest.raises(PlanError, match="has no parcel nowhere"):
        explain(crop_map, "nowhere")


def test_the_least_sure_parcels_come_first(crop_map):
    found = least_sure(crop_map, 5)
    assert len(found) == 5
    assert found["probability"].max() <= crop_map.parcels["probability"].nsmallest(5).max()


def test_a_map_that_is_the_truth_is_right_everywhere(crop_map, crops):
    perfect = dict(zip(crop_map.parcels["parcel_id"], crop_map.parcels["crop"], strict=True))
    gain = Estimate(0.05, 0.01, 0.09)
    rows = {each.name: each for each in beside_truth(crop_map, perfect, None, crop_map, gain)}
    assert {name: each.truth for name, each in rows.items()} == {
        "overall accuracy": 1, "macro F1": 1, GAIN: 0
    }  # fmt: skip
    assert rows[GAIN].inside is False
    assert rows["macro F1"].inside is None  # cross-validation has no interval
    assert true_areas_ha(crop_map, perfect) == pytest.approx(crop_map.areas_ha)
    assert sum(true_areas_ha(crop_map, crops).values()) == pytest.approx(crop_map.parcels["area_ha"].sum())


def test_the_truth_counts_no_parcel_that_trained_the_map(crop_map, crops):
    table = crop_map.parcels
    unseen = table[~table["labelled"]]
    right = (unseen["crop"] == unseen["parcel_id"].map(crops)).mean()
    assert beside_truth(crop_map, crops)[0].truth == pytest.approx(right)


def test_a_parcel_without_a_crop_is_an_answer_and_one_out_of_reach_is_none(crop_map, tmp_path):
    labels = [
        Label("a", Status.LABELLED, "wheat"),
        Label("b", Status.NO_CROP),
        Label("c", Status.REFUSED),
        Label("d", Status.NEW_CLASS, "hemp"),
    ]
    assert references_of(labels)["reference"].tolist() == ["wheat", "no crop", None, "hemp"]
    assert assessed(tmp_path, crop_map) is None  # no sample was drawn

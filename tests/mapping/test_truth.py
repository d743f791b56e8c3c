"""A map and its estimates beside the truth."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from engine.mapping.accuracy.assessment import assess
from engine.mapping.accuracy.drawing import DrawnSample, Stratum
from engine.mapping.accuracy.tables import map_table, of_drawn
from engine.mapping.assessed import Assessed
from engine.mapping.truth import GAIN, MACRO, OVERALL, areas_beside_truth, beside_truth


def crops(truth):
    surveyed = truth.parcels_in("2021")
    return dict(zip(surveyed["parcel_id"], surveyed["crop"], strict=True))


def census(crop_map, known):
    """Every parcel that trained no model, all of them sampled."""
    table = crop_map.parcels
    trained = tuple(table.loc[table["labelled"], "parcel_id"])
    inside = table[~table["labelled"]]
    stratum = Stratum("all parcels", len(inside), float(inside["area_ha"].sum()), len(inside))
    names = dict.fromkeys(inside["parcel_id"], "all parcels")
    sample = DrawnSample("2021", "no map", 0, "proportional", 0.1, (stratum,), names, trained)
    references = pd.DataFrame(
        {"parcel_id": list(names), "reference": [known[name] for name in names], "status": "labelled"}
    )
    frame, rows = of_drawn(sample, map_table(crop_map), references)
    return Assessed(sample, len(rows), assess(frame, rows))


def test_a_census_agrees_with_the_truth(crop_map, truth):
    known = crops(truth)
    found = census(crop_map, known)
    rows = {row.name: row for row in beside_truth(crop_map, known, found)}
    for name in (OVERALL, MACRO):
        assert rows[name].truth == pytest.approx(rows[name].estimate.value, abs=1e-9)
        assert rows[name].inside
    table = crop_map.parcels
    areas = table.groupby(table["parcel_id"].map(known))["area_ha"].sum()
    for row in areas_beside_truth(crop_map, known, found.accuracy):
        name = row.name.removeprefix("area of ").removesuffix(", ha")
        assert row.truth == pytest.approx(areas[name])
        assert row.truth == pytest.approx(row.estimate.value, rel=1e-6)


def test_without_a_sample_there_is_no_interval_and_the_gain_is_that_over_the_other_map(crop_map, truth):
    known = crops(truth)
    rows = {row.name: row for row in beside_truth(crop_map, known, without=crop_map)}
    assert rows[OVERALL].estimate is None
    assert rows[OVERALL].inside is None
    assert rows[GAIN].truth == 0
    unlabelled = crop_map.parcels[~crop_map.parcels["labelled"]]
    right = unlabelled["crop"] == unlabelled["parcel_id"].map(known)
    assert rows[OVERALL].truth == pytest.approx(float(np.mean(right)))


def test_a_parcel_of_the_trip_without_a_label_keeps_its_land_in_the_areas(crop_map, truth):
    known = crops(truth)
    table = crop_map.parcels.copy()
    refused = table.index[table["labelled"]][0]
    table.loc[refused, "surveyed"] = None
    found = census(dataclasses.replace(crop_map, parcels=table), known)
    areas = [each.area.estimate.value for each in found.accuracy.by_class]
    assert sum(areas) == pytest.approx(table["area_ha"].sum())

"""The truth beside estimates."""

import numpy as np
import pandas as pd
import pytest

from engine.mapping.accuracy.assessment import assess
from engine.mapping.accuracy.nouns import Frame
from engine.mapping.truth import beside_truth, true_scores


def test_scores_of_a_map_that_is_known_throughout():
    truth = pd.Series(["a", "a", "b", "b"])
    mapped = pd.Series(["a", "b", "b", "b"])
    overall, macro = true_scores(truth, mapped, pd.Series([1.0, 1.0, 1.0, 1.0]))
    assert overall == 0.75
    assert macro == pytest.approx((2 / 3 + 4 / 5) / 2)
    overall, _ = true_scores(truth, mapped, pd.Series([1.0, 9.0, 1.0, 1.0]))
    assert overall == pytest.approx(3 / 12)


def test_a_census_agrees_with_the_truth_and_parcels_outside_count_in_areas_alone():
    rng = np.random.default_rng(0)
    count = 200
    truth = rng.choice(["a", "b"], count)
    mapped = np.where(rng.random(count) < 0.8, truth, "a")
    table = pd.DataFrame(
        {"parcel_id": [f"p{n}" for n in range(count)], "mapped": mapped, "area_ha": rng.uniform(1, 3, count)}
    )
    known = dict(zip(table["parcel_id"], truth, strict=True))
    outside = {"p0", "p1", "p2"}
    inside = table[~table["parcel_id"].isin(outside)]
    frame = Frame(
        pd.DataFrame({"stratum": ["all"], "parcels": [len(inside)], "area_ha": [inside["area_ha"].sum()]}),
        inside.groupby("mapped")["area_ha"].sum().to_dict(),
    )
    sample = inside.assign(stratum="all", reference=inside["parcel_id"].map(known))
    rows = {row.name: row for row in beside_truth(assess(frame, sample), table, known, outside)}
    overall = rows["overall accuracy"]
    assert overall.inside
    assert overall.truth == pytest.approx(overall.estimate.value, abs=0.01)
    areas = table.groupby(table["parcel_id"].map(known))["area_ha"].sum()
    assert rows["area of a, ha"].truth == pytest.approx(areas["a"])

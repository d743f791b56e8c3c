"""Simulated crews: what they write down differs from the truth as often as was asked."""

import geopandas as gpd
import pytest
from shapely.geometry import box

from engine.fieldwork.simulated_visit import Observers, VisitError, fill_in

COUNT = 400
TRUTH = {f"p{number}": ("maize", "wheat")[number % 2] for number in range(COUNT)} | {
    f"r{number}": "soybean" for number in range(COUNT)
}
CROPS = ("maize", "wheat", "soybean")


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "itinerary.gpkg"
    for layer, prefix, replaces in (("parcels", "p", False), ("replacements", "r", True)):
        frame = gpd.GeoDataFrame(
            {
                "parcel_id": [f"{prefix}{number}" for number in range(COUNT)],
                "crop_found": "",
                "visited": "",
                "note": "",
                **({"replaces": [f"p{number}" for number in range(COUNT)]} if replaces else {}),
            },
            geometry=[box(n, 0, n + 0.1, 0.1) for n in range(COUNT)],
            crs="EPSG:4326",
        )
        frame.to_file(path, layer=layer, driver="GPKG")
    return path


def test_crews_without_error_write_down_the_truth_and_leave_replacements_alone(plan, tmp_path):
    out = tmp_path / "visited.gpkg"
    filled = fill_in(plan, TRUTH, CROPS, Observers(0, 0), out)
    assert (filled.visited, filled.replaced, filled.refused, filled.wrong) == (COUNT, 0, 0, 0)
    parcels = gpd.read_file(out, layer="parcels")
    assert list(parcels["crop_found"]) == [TRUTH[name] for name in parcels["parcel_id"]]
    assert not gpd.read_file(out, layer="replacements")["crop_found"].replace("", None).notna().any()


def test_refused_parcels_are_replaced_and_errors_are_as_many_as_asked(plan, tmp_path):
    out = tmp_path / "visited.gpkg"
    filled = fill_in(plan, TRUTH, CROPS, Observers(0.1, 0.25, seed=3), out)
    assert filled.refused == filled.replaced
    assert filled.visited == COUNT
    assert 0.18 * COUNT < filled.refused < 0.32 * COUNT
    assert 0.05 * COUNT < filled.wrong < 0.15 * COUNT
    parcels, spares = (gpd.read_file(out, layer=name) for name in ("parcels", "replacements"))
    refused = parcels[parcels["crop_found"] == "cannot reach"]
    assert set(spares.loc[spares["visited"] == "yes", "replaces"]) == set(refused["parcel_id"])
    visited = parcels[parcels["visited"] == "yes"]
    wrong = (visited["crop_found"] != visited["parcel_id"].map(TRUTH)).sum()
    assert 0 < wrong <= filled.wrong


def test_the_same_seed_gives_the_same_visit(plan, tmp_path):
    first = fill_in(plan, TRUTH, CROPS, Observers(0.2, 0.2, 5), tmp_path / "a.gpkg")
    again = fill_in(plan, TRUTH, CROPS, Observers(0.2, 0.2, 5), tmp_path / "b.gpkg")
    for layer in ("parcels", "replacements"):
        left, right = (gpd.read_file(each.path, layer=layer)["crop_found"] for each in (first, again))
        assert left.equals(right)


def test_a_file_that_is_no_field_plan_and_parcels_nobody_knows_are_refused(plan, tmp_path):
    (tmp_path / "odd.gpkg").write_bytes(b"no database")
    with pytest.raises(VisitError, match=r"itinerary\.gpkg"):
        fill_in(tmp_path / "odd.gpkg", TRUTH, CROPS, Observers(), tmp_path / "out.gpkg")
    with pytest.raises(VisitError, match="same study and season"):
        fill_in(plan, {"elsewhere": "maize"}, CROPS, Observers(), tmp_path / "out.gpkg")
    with pytest.raises(VisitError, match="from 0 to 1"):
        Observers(wrong=2)
    assert not (tmp_path / "out.gpkg").exists()

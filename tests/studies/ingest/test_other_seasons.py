"""Faults of seasons that are not asked for neither block nor count."""

from __future__ import annotations

import numpy as np
import pytest

from engine.studies.ingest import IngestError
from tests.studies.ingest.foreign import ingested, parcels, series

OF_2019 = series()["season"] == 2019


def changed(column, value):
    """The series, of whose first season some observations have a faulty value."""
    table = series()
    table[column] = table[column].astype(object)
    table.loc[table.index[OF_2019][:3], column] = value
    return table


FAULTS = {
    "a date that cannot be read": changed("date", "2019-13-45").astype({"date": str}),
    "no parcel": changed("parcel_id", None),
    "an unknown parcel": changed("parcel_id", "stray"),
    "text among the numbers": changed("VV", "n/a").astype({"VV": str}),
    "a value out of range": changed("VV", 80.0).astype({"VV": float}),
    "a band without values": series().assign(VH=lambda table: table["VH"].mask(OF_2019)),
    "a parcel without series": series()[~(OF_2019 & (series()["parcel_id"] == "p2019-0"))],
    "a season that is seen for a month": series()[~OF_2019 | (series()["date"] < "2019-04-01")],
}


@pytest.mark.parametrize("stated", [True, False], ids=["season stated", "season by date"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_season_that_is_not_asked_for_blocks_nothing(tmp_path, fault, stated):
    table = FAULTS[fault] if stated else FAULTS[fault].drop(columns="season")
    with pytest.raises(IngestError):
        ingested(tmp_path, parcels(), table)
    made = ingested(tmp_path, parcels(), table, seasons=("2020",))
    plain = ingested(tmp_path, parcels(), series(), seasons=("2020",))
    np.testing.assert_array_equal(made.study.cubes["2020"].values, plain.study.cubes["2020"].values)
    assert made.study.fingerprint == plain.study.fingerprint
    assert not any("2019" in note for note in made.notes)


@pytest.mark.parametrize("fault", ["a date that cannot be read", "no parcel", "a value out of range"])
def test_a_fault_of_a_season_that_is_asked_for_is_found_and_counted(tmp_path, fault):
    with pytest.raises(IngestError) as found:
        ingested(tmp_path, parcels(), FAULTS[fault], seasons=("2019",))
    assert any("3" in each.what or each.count == 1 for each in found.value.faults)


def test_series_of_other_seasons_alone_are_a_fault(tmp_path):
    with pytest.raises(IngestError, match="no observation of 2020"):
        ingested(tmp_path, parcels(), series()[OF_2019], seasons=("2020",))

"""Series find their parcels although tools spell ids otherwise; what has no partner is named once."""

from __future__ import annotations

import pytest

from engine.studies.ingest import IngestError
from tests.studies.ingest.foreign import PARCELS, ingested, parcels, series


def renamed(spelt):
    """The sound files with other ids in the series, and the ids of the parcels with zeros."""
    frame, table = parcels(), series()
    names = {name: f"{row + 1:05d}A" for row, name in enumerate(frame["parcel_id"])}
    frame["parcel_id"] = frame["parcel_id"].map(names)
    table["parcel_id"] = table["parcel_id"].map(names).map(spelt)
    return frame, table


@pytest.mark.parametrize(
    ("spelt", "how"),
    [
        (str.lower, "in capitals or small letters"),
        (lambda name: name.lstrip("0"), "without leading zeros"),
        (lambda name: f"{name}.0", r"with \.0"),
        (lambda name: f"{name[:3]}-{name[3:]}", "with other signs"),
    ],
)
def test_ids_that_are_spelt_otherwise_are_the_same(tmp_path, spelt, how):
    frame, table = renamed(spelt)
    made = ingested(tmp_path, frame, table)
    assert len(made.study.parcels) == 2 * PARCELS
    (note,) = [note for note in made.notes if "taken for the same" in note]
    assert f"{2 * PARCELS} ids of the series are spelt {how}".replace("\\", "") in note


def test_ids_that_could_be_two_parcels_are_not_guessed(tmp_path):
    frame, table = renamed(lambda name: name.lstrip("0"))
    frame.loc[0, "parcel_id"], frame.loc[1, "parcel_id"] = "01A", "001A"
    table["parcel_id"] = table["parcel_id"].replace({"2A": "1A"})
    with pytest.raises(IngestError, match="Parcels without series: 2"):
        ingested(tmp_path, frame, table)


def test_numbers_from_nought_are_parcels_in_their_order(tmp_path):
    frame, table = parcels(), series()
    order = {name: str(row) for row, name in enumerate(frame["parcel_id"])}
    made = ingested(tmp_path, frame, table.assign(parcel_id=table["parcel_id"].map(order)))
    plain = ingested(tmp_path, frame, table)
    assert made.study.fingerprint == plain.study.fingerprint
    assert any("in the order of the parcels, 0 for p2019-0" in note for note in made.notes)


def test_ids_without_any_partner_are_one_fault(tmp_path):
    table = series()
    with pytest.raises(IngestError) as found:
        ingested(tmp_path, parcels(), table.assign(parcel_id="x" + table["parcel_id"]))
    (fault,) = found.value.faults
    assert "No series belongs to a parcel" in fault.what
    assert "--rename OLD=parcel_id" in fault.cure

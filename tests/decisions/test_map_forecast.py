"""The forecast beside the truth is of the trip that was driven, as far as its field files say which."""

from engine.decisions.map_forecast import DrivenTrip, driven_trip, gain_basis
from engine.domain import Estimate
from engine.studies.labels import journal
from tests.studies.labels.field import SEASON, ids, saved, table, took

GAIN = Estimate(0.01, 0.0, 0.02)


def test_most_rows_say_which_design_was_driven_and_files_that_name_none_count_as_a_circle(tmp_path):
    folder = saved(tmp_path / "study")
    names = iter(ids(folder))

    def bring(number: int, parcels: int, design: str, trip: str = "ab12") -> None:
        rows = [(next(names), "wheat", trip, design) for _ in range(parcels)]
        took(folder, table(tmp_path / f"{number}.csv", rows, "parcel_id", "crop_found", "trip", "design"))

    assert driven_trip(folder, SEASON) == DrivenTrip("radius", False)
    bring(1, 4, "in strips", trip="")  # a foreign file, whose columns mean something else
    bring(2, 2, "nobody knows this one")
    assert driven_trip(folder, SEASON) == DrivenTrip("radius", False)
    bring(3, 1, "corridors")  # as an earlier version called it
    assert driven_trip(folder, SEASON) == DrivenTrip("transects", True)
    bring(4, 3, "listed")
    assert driven_trip(folder, SEASON) == DrivenTrip("listed", True)
    assert driven_trip(folder, "2020") == DrivenTrip("radius", False)
    kept = journal.imports(folder)
    assert [(each.files[0].trip, each.files[0].design) for each in kept[:3:2]] == [
        ("", ""),
        ("ab12", "corridors"),
    ]
    journal.undo(folder, 4)
    assert driven_trip(folder, SEASON) == DrivenTrip("transects", True)


def test_the_page_says_which_trip_the_forecast_is_of():
    assert "20 parcels (transects, as the field files say)" in gain_basis(
        DrivenTrip("transects", True), 20, GAIN
    )
    assert "no field file names a design" in gain_basis(DrivenTrip("radius", False), 20, GAIN)
    assert "No design drew this list" in gain_basis(DrivenTrip("listed", True), 20, None)
    assert "forecast" not in gain_basis(DrivenTrip("transects", True), 20, None)

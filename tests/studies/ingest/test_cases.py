"""Each case from the field gives the outcome that its README calls right, by the command that it names."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pytest

from engine.__main__ import main
from engine.domain import Study
from engine.studies.store import open_study

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.exists(), reason=f"the cases are not at {CASES}")


class Case:
    """The files of one case, and the command line run among them."""

    def __init__(self, name: str, out: Path, monkeypatch, capsys) -> None:
        monkeypatch.chdir(CASES / name)
        monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(out / "workspace"))
        self.out, self.capsys = out / "study", capsys

    def ingest(self, parcels: str, series: str, *more: str) -> Study:
        """The study; its notes are in `notes`."""
        status, said = self._run(parcels, series, more)
        assert status == 0, said
        self.notes = [line for line in said.splitlines() if line.startswith("note: ")]
        return open_study(self.out)

    def refused(self, parcels: str, series: str, *more: str) -> str:
        """What is said of files that are refused; nothing changes on disk."""
        before = self.out.exists() and open_study(self.out).fingerprint
        status, said = self._run(parcels, series, more)
        assert status == 2, said
        assert before == (self.out.exists() and open_study(self.out).fingerprint)
        return said

    def _run(self, parcels, series, more):
        files = ["--parcels", *parcels.split(), "--series", *series.split()]
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # none of a library may reach the user
            status = main(["ingest", *files, "--name", "x", "--out", str(self.out), "--overwrite", *more])
        captured = self.capsys.readouterr()
        return status, captured.out + captured.err

    def noted(self, pattern: str) -> bool:
        """Whether a note matches."""
        return any(re.search(pattern, note) for note in self.notes)

    def command(self, *words: str) -> tuple[int, str]:
        """Status and output of another command on the study."""
        status = main([words[0], str(self.out), *words[1:]])
        captured = self.capsys.readouterr()
        return status, captured.out + captured.err


@pytest.fixture
def case(request, tmp_path, monkeypatch, capsys):
    return Case(request.param, tmp_path, monkeypatch, capsys)


def of(name):
    return pytest.mark.parametrize("case", [name], indirect=True)


def sizes(study):
    """Parcels a season."""
    return {season.label: len(study.parcels_in(season.label)) for season in study.seasons}


def labelled(study):
    return {season.label: len(study.labelled_in(season.label)) for season in study.seasons}


@of("axes-swapped")
def test_swapped_axes_are_said_with_their_distance_and_turned_round(case):
    case.ingest("parcels.geojson", "s1.csv", "--departure", "19.84,45.25")
    assert case.noted(r"3,6\d\d km from the departure. With their axes swapped they lie \d+ km")
    words = ("--target", "2021", "--design", "random", "--parcels", "10")
    status, said = case.command("itinerary", *words)
    assert status == 2
    assert re.search(r"3,6\d\d km", said)
    study = case.ingest("parcels.geojson", "s1.csv", "--departure", "19.84,45.25", "--swap-axes")
    assert study.parcels["lat"].between(44, 46.5).all()
    status, said = case.command("itinerary", *words)
    assert (status, "10 parcels" in said and "left out" not in said) == (0, True), said


@of("earth-engine-date-first")
def test_wide_tables_of_earth_engine_give_both_bands_without_a_gap(case):
    study = case.ingest("parcels.geojson", "s1_2020.csv s1_2021.csv")
    assert study.cubes["2020"].bands == ("VH", "VV")
    assert study.cubes["2021"].values.shape == (14, 2, 21)
    assert case.noted(r"not used: 2 \(system:index, .geo\)")
    assert "0%" in case.command("info")[1]


@of("geojson-in-metres")
def test_a_crs_is_believed_where_coordinates_are_off_the_globe(case):
    names = ("--rename", "Field ID=parcel_id", "Crop1=crop", "year=season")
    assert "look like metres" in case.refused("labels.geojson", "s1.csv", *names)
    study = case.ingest("labels.geojson", "s1.csv", *names, "--crs", "EPSG:32634")
    assert len(study.parcels) == 28
    assert study.parcels["lon"].between(19.2, 20.4).all()
    assert study.parcels["lat"].between(44.8, 45.7).all()
    assert case.noted("Crop2")


@of("ids-as-floats")
def test_ids_and_seasons_that_became_decimals_are_the_same_names(case):
    assert sizes(case.ingest("parcels.geojson", "s1.csv")) == {"2020": 14, "2021": 14}


@of("ids-given-anew-each-year")
def test_ids_of_places_far_apart_are_not_one_field(case):
    study = case.ingest("rpg.geojson", "s1.csv", "--departure", "19.84,45.25")
    assert study.parcels["field_group"].nunique() == 108
    assert case.noted("36 ids stand for parcels that lie apart")
    status, said = case.command("run", "--target", "2021", "--radius", "20", "--recipe", "quick", "--check")
    assert (status, said.count("open  ")) == (0, 5), said


@of("layer-a-year")
def test_all_layers_with_parcels_are_read(case):
    assert sizes(case.ingest("lpis.gpkg", "s1.csv")) == {"2020": 14, "2021": 14}
    said = case.refused("lpis.gpkg", "s1.csv", "--layers", "parcels")
    assert "only parcels_2020, parcels_2021" in said


@of("minus-9999-in-reflectance")
@pytest.mark.parametrize("table", ["s2.csv", "evi.csv"])
def test_codes_for_no_data_are_no_measurements(case, table):
    said = case.refused("parcels.geojson", table)
    assert said.count("\n- ") == 1
    assert "--no-data -9999" in said
    study = case.ingest("parcels.geojson", table, "--no-data", "-9999")
    assert min(cube.values.min() for cube in study.cubes.values()) > -1


@of("no-past-at-all")
def test_without_a_past_the_cure_is_from_scratch(case):
    case.ingest("parcels.geojson", "s1.csv", "--departure", "19.84,45.25")
    asked = ("run", "--target", "2021", "--radius", "20", "--recipe", "quick", "--check")
    for more in ((), ("--source", "others")):
        assert "scratch" in case.command(*asked, *more)[1]
    assert case.command(*asked, "--method", "scratch")[0] == 0
    assert "others" not in case.command("forecast", "--target", "2021")[1]


@of("odk-survey-csv")
@pytest.mark.parametrize("table", ["survey.csv", "kobo.csv"])
def test_a_survey_is_placed_by_its_columns_and_is_of_the_season_of_its_series(case, table):
    study = case.ingest(f"{table} past.geojson", "s1.csv", "--rename", "_id=parcel_id", "current/crop=crop")
    assert labelled(study) == {"2020": 20, "2021": 19}
    assert case.noted(r"Season 2021: 1 of 20 parcels have no crop")
    survey = study.parcels[study.parcels["season"] == "2021"].set_index("parcel_id")
    assert (survey.loc["5000011", "lon"], survey.loc["5000011", "lat"]) == pytest.approx(
        (19.882581, 45.34863)
    )
    names = ("--rename", "_id=parcel_id", "current/crop=crop", "--season", f"{table}=2021")
    assert labelled(case.ingest(f"{table} past.geojson", "s1.csv", *names))["2021"] == 19


@of("one-row-a-band")
def test_a_tidy_table_has_its_bands(case):
    study = case.ingest("parcels.geojson", "tidy.csv")
    assert set(study.cubes["2020"].bands) == {"VV", "VH"}
    assert sizes(study) == {"2020": 10, "2021": 10}


@of("one-season-in-linear-power")
def test_the_season_in_linear_power_is_named_and_converted(case):
    said = case.refused("parcels.geojson", "s1.csv")
    assert "Season 2021" in said
    assert "--linear 2021" in said
    study = case.ingest("parcels.geojson", "s1.csv", "--linear", "2021")
    assert abs(np.median(study.cubes["2021"].values) - np.median(study.cubes["2020"].values)) < 1


@of("parcel-twice-in-a-season")
def test_equal_rows_count_once_and_two_crops_are_named_and_droppable(case):
    said = case.refused("parcels.geojson", "s1.csv")
    assert "2020_000: clover and soya" in said
    study = case.ingest("parcels.geojson", "s1.csv", "--drop-faulty")
    assert sizes(study) == {"2020": 12, "2021": 14}
    assert case.noted(r"count once: 1 \(2020_005\)")


@of("placeholders-for-classes")
def test_words_for_nothing_are_no_class_and_spellings_are_one(case):
    study = case.ingest("labels.geojson", "s1.csv", "--drop-faulty")
    assert sorted(study.legend.names) == ["maize", "soya", "wheat"]
    assert labelled(study) == {"2020": 15, "2021": 15}
    assert case.noted("Maize as maize, SOYA as soya")


@of("register-a-year-shapefile")
def test_the_year_in_a_files_name_is_its_season(case):
    study = case.ingest(
        "HR_2020_EC21.shp HR_2021_EC21.shp",
        "s1_2020.csv s1_2021.csv",
        "--rename",
        "PARCEL_ID=parcel_id",
        "EC_hcat_c=crop",
        "--drop-faulty",
    )
    assert labelled(study) == {"2020": 13, "2021": 13}
    assert set(study.legend.names) == {"3301010101", "3301010600", "3301160000"}
    assert case.noted("HR_2020_EC21.shp: season 2020, by its name")


@of("same-fields-every-year")
def test_stable_fields_can_be_asked_with_their_own_past(case):
    study = case.ingest("parcels.geojson", "s1.csv", "--departure", "19.84,45.25")
    assert study.parcels["field_group"].nunique() == 36
    asked = ("run", "--target", "2021", "--radius", "20", "--recipe", "quick", "--check")
    status, said = case.command(*asked)
    assert (status, said.count("open  ")) == (0, 5), said


@of("season-from-a-date")
def test_a_day_is_of_the_season_whose_window_holds_it(case):
    names = ("--rename", "sample_id=parcel_id", "ewoc_code=crop", "valid_time=season")
    assert sizes(case.ingest("rdm.geoparquet", "s1.csv", *names)) == {"2020": 14, "2021": 14}
    said = case.refused("rdm.geoparquet", "s1.csv", *names, "--window", "07-01", "10-31")
    assert "day lies in no season's window" in said


@of("season-in-progress")
def test_a_season_that_goes_on_is_refused_with_a_window_that_works(case):
    said = case.refused("parcels.geojson", "s1.csv")
    assert "2021 is observed up to 2021-07-11" in said
    assert "--window 03-01 07-15" in said
    case.ingest("parcels.geojson", "s1.csv", "--window", "03-01", "07-15")


@of("shapefile-cp1250")
def test_the_encoding_of_a_shapefile_is_asked_for_and_found(case):
    files = ("lpis_2020.shp lpis_2021.shp", "s1_2020.csv s1_2021.csv", "--rename", "original_n=crop")
    said = case.refused(*files)
    assert '--encoding cp1250 it reads "kukuruz šećerac"' in said
    study = case.ingest(*files, "--encoding", "cp1250")
    assert set(study.legend.names) == {"kukuruz šećerac", "ozima pšenica", "soja"}


@of("spreadsheet-csv")
def test_a_table_is_the_same_however_the_spreadsheet_wrote_it(case):
    plain = case.ingest("parcels.geojson", "plain.csv").fingerprint
    for table, note in (
        ("semicolon.csv", "semicolons"),
        ("comma.csv", 'written with ","'),
        ("tab.txt", "tabs"),
        ("dayfirst.csv", "day first"),
        ("cp1250.csv", "cp1250"),
    ):
        assert case.ingest("parcels.geojson", table).fingerprint == plain, table
        assert case.noted(note), table


@of("statistics-beside-the-mean")
def test_spread_and_counts_are_no_bands(case):
    study = case.ingest("parcels.geojson", "stats.csv", "--rename", "interval_from=date")
    assert study.cubes["2020"].bands == ("VV_mean", "VH_mean")
    assert case.noted("statistics of a band.*10")


@of("target-without-labels")
def test_labels_may_come_as_a_table_without_places(case):
    assert case.ingest("parcels.geojson", "s1.csv").is_open("2021")
    assert labelled(case.ingest("parcels.geojson truth.csv", "s1.csv"))["2021"] == 40


@of("labels-come-home")
def test_the_layers_of_a_field_file_label_the_open_season(case):
    names = ("--rename", "crop_found=crop", "--departure", "19.84,45.25")
    before = case.ingest("parcels.geojson", "s1.csv", *names)
    study = case.ingest("parcels.geojson home.gpkg", "s1.csv", *names)
    assert sizes(study)["2021"] == sizes(before)["2021"] == 40
    assert labelled(study) == {"2019": 40, "2020": 40, "2021": 11}
    assert "sunflower" in study.legend.names
    assert case.noted("home.gpkg:stops holds no parcels")
    assert case.noted("Season 2021: 29 of 40 parcels have no crop")


@of("two-tiles-a-day")
def test_empty_rows_of_a_day_are_gaps_and_codes_have_an_option(case):
    assert "--no-data -9999" in case.refused("parcels.geojson", "coded.csv")
    study = case.ingest("parcels.geojson", "empty.csv")
    assert sizes(study) == {"2020": 10, "2021": 10}
    assert case.noted("500 rows are of a day that their series already has")
    again = case.ingest("parcels.geojson", "coded.csv", "--no-data", "-9999")
    assert again.fingerprint == study.fingerprint


@of("wide-date-twice")
def test_two_columns_of_one_date_are_averaged_as_power(case):
    study = case.ingest("parcels.geojson", "s1_2020.csv s1_2021.csv")
    row = int(np.flatnonzero(study.parcels["parcel_id"] == "2021_000")[0])
    cube = study.cubes["2021"]
    first = dict(zip(cube.bands, cube.values[cube.parcel == row][0, :, 0], strict=True))
    assert first["VH"] == pytest.approx(-21.25, abs=0.01)
    assert first["VV"] == pytest.approx(-11.90, abs=0.01)


@of("wide-two-date-styles")
def test_columns_of_two_date_styles_are_all_read(case):
    study = case.ingest("parcels.geojson", "s1_2020.csv s1_2021.csv")
    assert study.cubes["2020"].values.shape == (14, 2, 21)
    assert "0%" in case.command("info")[1]


@of("year-of-sowing")
def test_years_of_sowing_are_found_and_shifted(case):
    window = ("--window", "10-01", "04-30")
    for more in ((), ("--drop-faulty",)):
        said = case.refused("parcels.geojson", "s1.csv", *window, *more)
        assert "years of sowing" in said
        assert "--shift-seasons 1" in said
    study = case.ingest("parcels.geojson", "s1.csv", *window, "--shift-seasons", "1")
    assert sizes(study) == {"2019": 14, "2020": 14, "2021": 14}

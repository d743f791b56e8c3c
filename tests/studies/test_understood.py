"""What was understood of files is what they hold."""

import dataclasses
import io

import numpy as np
import pandas as pd

from engine.studies import templates
from engine.studies.ingest.faults import Fault
from engine.studies.ingest.look import column_for, look
from engine.studies.understood import UNLABELLED_NAME, facts_of, faults_table, understood
from engine.views.class_medians import class_medians
from tests.studies.ingest import foreign


def test_seasons_classes_bands_and_medians_are_those_of_the_files(tmp_path):
    parcels, series = foreign.parcels(), foreign.series(pixels=1)
    parcels.loc[parcels["season"] == 2020, "crop"] = None
    series["VV"] = np.where(series["season"] == 2019, -10.0, -12.0)
    found = understood(foreign.ingested(tmp_path, parcels, series))
    assert [(each.season, each.parcels, each.labelled, each.pixels) for each in found.seasons] == [
        ("2019", 9, 9, 9),
        ("2020", 9, 0, 9),
    ]
    assert [each.parcels for each in found.classes] == [{"2019": 3}] * 3
    band = found.bands[0]
    assert (band.name, band.unit, band.low, band.median, band.high) == ("VV", "dB", -12, -11, -10)
    rows = found.profiles[found.profiles["band"] == "VV"]
    assert set(rows["crop"][rows["season"] == "2020"]) == {UNLABELLED_NAME}
    assert all((values == -10).all() for values in rows["median"][rows["season"] == "2019"])
    assert facts_of(found)["seasons"][0]["first"] == "2019-03-01"


def test_seasons_that_do_not_fit_together_are_the_title_of_the_chart(tmp_path):
    parcels, series = foreign.parcels(), foreign.series(pixels=1)
    made = foreign.ingested(tmp_path, parcels, series)
    fits = class_medians(understood(made), dark=False, most_seasons=4)
    assert fits.title.startswith("The seasons fit together")
    series.loc[series["season"] == 2020, "VH"] += 12
    apart = class_medians(understood(foreign.ingested(tmp_path, parcels, series, trust_values=True)), True, 4)
    assert apart.title.startswith("VH of 2020 lies far above that of 2019")
    assert class_medians(understood(made), False, 1).title == "Median series of each class in 2020"


def test_a_look_says_what_a_file_holds_and_which_columns_ingest_would_take(tmp_path):
    foreign.request(tmp_path, foreign.parcels().rename(columns={"crop": "Label"}), foreign.series())
    found = look(tmp_path / "p.parquet")
    assert found.holds == "parcels"
    assert column_for("crop", found.columns) == "Label"
    assert column_for("season", found.columns) == "season"
    assert column_for("date", found.columns) is None
    assert look(tmp_path / "s.parquet").holds == "series"
    assert look(tmp_path / "none.csv").columns == ()


def test_a_look_finds_nothing_in_a_document_that_is_called_a_map(tmp_path):
    (tmp_path / "report.gpkg").write_text("%PDF-1.4\nno map\n")
    found = look(tmp_path / "report.gpkg")
    assert (found.holds, found.columns) == ("parcels", ())


def test_templates_have_the_columns_that_are_read_and_a_row_each(tmp_path):
    paths = dict(zip(templates.templates(), templates.write_templates(tmp_path), strict=True))
    assert set(look(paths[templates.MAP]).columns) == {"parcel_id", "season", "crop"}
    row = pd.read_csv(paths[templates.TABLE])
    assert len(row) == 1
    assert {"parcel_id", "season", "date", "VV", "VH"} == set(row)


def test_the_table_of_faults_has_all_names():
    fault = Fault("Odd", "Mend it.", ("a", "b", "c", "d"))
    table = pd.read_csv(io.BytesIO(faults_table([fault, dataclasses.replace(fault, names=())])))
    assert list(table["name"][:4]) == ["a", "b", "c", "d"]
    assert len(table) == 5

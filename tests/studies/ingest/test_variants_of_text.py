"""A table is the same study however dates, numbers, columns and ids are written in it."""

from __future__ import annotations

import decimal

import pandas as pd
import pytest

from engine.studies.ingest import ingest
from engine.studies.ingest.crop_names import without_placeholders
from engine.studies.ingest.dates import read_times
from engine.studies.ingest.faults import Findings
from engine.studies.ingest.id_spellings import respelt
from engine.studies.ingest.text_numbers import with_numbers
from engine.studies.ingest.wide import dated_columns
from tests.studies.ingest.foreign import parcels
from tests.studies.ingest.variants import faults, plain, same, written

DAY = pd.Timestamp("2021-03-09")
DATES = {
    "an ISO week and day": "2021-W10-2",
    "a week, whose Monday counts": "2021-W10",
    "a day of the year": "2021-068",
    "a year of two digits": "09.03.21",
    "six digits": "210309",
    "a mail's date": "Tue, 09 Mar 2021 00:00:00 GMT",
    "a month by name": "09-Mar-21",
    "text as spreadsheets mark it": "'2021-03-09",
    "the name of an image": "S1A_IW_GRDH_1SDV_20210309T045011_20210309T045036_026147_02E8F5_AAAA",
}


@pytest.mark.parametrize("text", DATES.values(), ids=DATES)
def test_a_date_is_read_however_it_is_written(text):
    times, _ = read_times(pd.Series([text]), "day-first")
    assert abs(pd.Timestamp(times[0]) - DAY) <= pd.Timedelta(1, "D")


IMAGE = "S1A_IW_GRDH_1SDV_20210309T045011_20210309T045036_026147_02E8F5_AAAA"
COLUMNS = {
    "X before the date": "VV_X2021.03.09",
    "one digit, two digits": "VV_2021-3-09",
    "a time after it": "VV 2021-03-09 04:50:11",
    "a time after a T": "VV_2021-03-09T04:50:11Z",
    "brackets": "VV (2021-03-09)",
    "SNAP's": "Sigma0_VV_09Mar2021",
    "day first without signs": "VV_09032021",
    "a day of the year": "VV_2021_068",
    "an image before the band": f"{IMAGE}_VV",
    "an image after the band": f"VV_{IMAGE}",
}


@pytest.mark.parametrize("name", COLUMNS.values(), ids=COLUMNS)
def test_a_column_has_its_band_and_date_however_it_is_named(name):
    (column,) = dated_columns([name], None)
    assert (column.band, pd.Timestamp(column.date)) == ("VV", DAY)


def test_october_has_one_or_two_digits_like_any_month():
    dated = dated_columns(["VV_2021-10-3", "VV_2021-9-3"], None)
    assert [str(each.date)[:10] for each in dated] == ["2021-10-03", "2021-09-03"]


def test_columns_without_a_year_are_named_with_a_cure(tmp_path):
    table = plain().set_index("parcel_id").iloc[:, :1].assign(VV_060=-10.0, VV_072=-10.0, VV_084=-9.0)
    (fault,) = faults(written(tmp_path, table=table.reset_index()))
    assert "no date with its year" in fault.what


NUMBERS = {
    "decimal commas": (["-9,87", "1,5", "3"], [-9.87, 1.5, 3.0]),
    "both decimal signs": (["-9,87", "-1.5"], [-9.87, -1.5]),
    "commas between thousands": (["1,234", "12", "1,234,567.5"], [1234, 12, 1234567.5]),
    "points between thousands": (["1.234,5", "0,5"], [1234.5, 0.5]),
    "a long minus": (["\u22129.5", "3"], [-9.5, 3]),
    "exact decimals": ([decimal.Decimal("1.5"), None], [1.5, None]),
}


@pytest.mark.parametrize(("written_as", "numbers"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_in_text_are_numbers(written_as, numbers):
    read = with_numbers(pd.DataFrame({"VV": pd.Series(written_as, dtype=object)}), "s.csv", Findings())
    assert read["VV"].tolist() == pytest.approx(
        [float("nan") if n is None else n for n in numbers], nan_ok=True
    )


@pytest.mark.parametrize("text", ["-9.87 dB", "17-3", "abc"])
def test_text_stays_text(text):
    frame = pd.DataFrame({"VV": [text, "1"]})
    assert with_numbers(frame, "s.csv", Findings()).equals(frame)


TABLES = {
    "a quoted separator line": lambda text: '"sep=,"\n' + text,
    "a title and a blank line": lambda text: "Export of series\nDate: 2021-11-03\n\n" + text,
    "the header again": lambda text: text + text.partition("\n")[0] + "\n",
    "a remark below": lambda text: text + "# 720 rows\n",
}


@pytest.mark.parametrize("change", TABLES.values(), ids=TABLES)
def test_lines_around_a_table_are_not_of_it(tmp_path, change):
    asked = written(tmp_path)
    right = ingest(asked)
    asked.series[0].write_text(change(asked.series[0].read_text()))
    assert same(ingest(asked), right)


def test_a_parquet_table_has_its_index_as_columns(tmp_path):
    asked = written(tmp_path)
    right = ingest(asked)
    plain().set_index(["parcel_id", "date"]).to_parquet(tmp_path / "s.parquet")
    again = written(tmp_path, series=(tmp_path / "s.parquet",))
    assert same(ingest(again), right)


SPELT = {
    "powers of ten": ("2.019001E+06", "2019001"),
    "no zeros": ("17", "0017"),
    "a quote": ("'0017", "0017"),
}


@pytest.mark.parametrize(("theirs", "ours"), SPELT.values(), ids=SPELT)
def test_ids_are_known_however_tools_spell_them(theirs, ours):
    assert respelt({ours}, {theirs}, "series", Findings()) == {theirs: ours}


def test_ids_that_lost_digits_are_said_to_have_lost_them(tmp_path):
    table = plain()
    table["parcel_id"] = "2.0E+06"
    (fault,) = faults(written(tmp_path, table=table))
    assert "shortened" in fault.cure


def test_labels_whose_ids_lost_their_zeros_are_of_the_parcels(tmp_path):
    frame, table = parcels(), plain()
    number = {name: f"00{place}" for place, name in enumerate(frame["parcel_id"])}
    frame["parcel_id"], table["parcel_id"] = frame["parcel_id"].map(number), table["parcel_id"].map(number)
    labels = frame[["parcel_id", "season", "crop"]].assign(parcel_id=frame["parcel_id"].astype(int))
    labels.to_csv(tmp_path / "labels.csv", index=False)
    asked = written(tmp_path, frame.drop(columns="crop"), table)
    result = ingest(
        written(
            tmp_path, frame.drop(columns="crop"), table, parcels=(*asked.parcels, tmp_path / "labels.csv")
        )
    )
    assert result.study.parcels["crop"].notna().all()


CLASSES = {
    "codes": (["1", "1.0", "01", "1"], ["1"] * 4),
    "signs": (["winter wheat", "Winter-Wheat", "winter_wheat", "winter wheat"], ["winter wheat"] * 4),
    "words for nothing": (["(null)", "<Null>", "n.d.", "rye"], [None, None, None, "rye"]),
    "codes alone": (["01", "02"], ["01", "02"]),
}


@pytest.mark.parametrize(("names", "right"), CLASSES.values(), ids=CLASSES)
def test_classes_are_one_however_they_are_spelt(names, right):
    read = without_placeholders(pd.Series(names, dtype="str"), Findings())
    assert [None if pd.isna(name) else name for name in read] == right


def test_umlauts_are_one_letter_in_either_normal_form(tmp_path):
    frame = parcels()
    forms = {"maize": "gr\u00fcn", "soybean": "gru\u0308n"}
    frame["crop"] = frame["crop"].replace(forms)
    assert set(ingest(written(tmp_path, frame)).study.legend.names) == {"gr\u00fcn", "wheat"}


SEASONS = {
    "two short years": lambda year: f"{(year - 1) % 100}/{year % 100}",
    "a word": lambda year: f"Season {year}",
    "New Year's Day": lambda year: f"{year}-01-01",
}


@pytest.mark.parametrize("change", SEASONS.values(), ids=SEASONS)
def test_a_season_is_its_year_of_harvest_however_it_is_written(tmp_path, change):
    frame = parcels()
    frame["season"] = frame["season"].map(change)
    assert [season.label for season in ingest(written(tmp_path, frame)).study.seasons] == ["2019", "2020"]


def test_seasons_that_are_no_years_are_one_fault(tmp_path):
    (fault,) = faults(written(tmp_path, parcels().assign(season="spring")))
    assert "not a year (spring)" in fault.what

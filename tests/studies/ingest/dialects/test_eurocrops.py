"""EuroCrops: crops by their name or code in HCAT, parcels by the usual names of their countries."""

import pytest

from tests.studies.ingest.dialects.reading import as_parcels, fault, reader_of, squares


def test_crops_are_named_by_hcat_from_the_file(tmp_path):
    table = squares(
        PARCEL_ID=["00", "01", "02"],
        EC_trans_n=["Maize", "Winter wheat", None],
        EC_hcat_n=["grain_maize_corn_popcorn", None, None],
        EC_hcat_c=["3301010600", "3301010101", None],
    )
    table.to_file(tmp_path / "HR_2020_EC21.shp")
    frame = as_parcels(tmp_path / "HR_2020_EC21.shp")
    assert reader_of(tmp_path / "HR_2020_EC21.shp") == "EuroCrops"
    assert list(frame["parcel_id"]) == ["00", "01", "02"]
    assert list(frame["crop"])[:2] == ["grain_maize_corn_popcorn", "winter_common_soft_wheat"]
    assert frame["crop"].isna().tolist() == [False, False, True]
    assert "season" not in frame


@pytest.mark.parametrize("codes", [[3301010600.0] * 3, ["33-01-01-06-00"] * 3, [3301010600] * 3])
def test_codes_alone_are_named_however_they_are_written(tmp_path, codes):
    squares(OBJECTID=[1, 2, 3], EC_hcat_c=codes).to_file(tmp_path / "x.gpkg")
    frame = as_parcels(tmp_path / "x.gpkg")
    assert set(frame["crop"]) == {"grain_maize_corn_popcorn"}
    assert list(frame["parcel_id"]) == ["1", "2", "3"]


def test_a_register_in_eurocrops_keeps_its_own_names_of_parcels_and_years(tmp_path):
    table = squares(
        Journalnr=["19-1", "19-1", "19-2"],
        Marknr=["1-0", "2-0", "1-0"],
        Afgkode=[1, 2, 3],
        field_id=[7, 8, 9],
        ROK=[2019, 2019, 2019],
        EC_hcat_n=["rye", "rye", "oats"],
    )
    table.to_parquet(tmp_path / "dk.parquet")
    frame = as_parcels(tmp_path / "dk.parquet")
    assert list(frame["parcel_id"]) == ["19-1-1-0", "19-1-2-0", "19-2-1-0"]
    assert set(frame["season"]) == {2019}


def test_the_code_is_the_crop_where_the_caller_says_so(tmp_path):
    table = squares(PARCEL_ID=["0", "1", "2"], EC_hcat_n=["rye"] * 3, EC_hcat_c=["3301010300"] * 3)
    table.to_file(tmp_path / "x.shp")
    frame = as_parcels(tmp_path / "x.shp", EC_hcat_c="crop")
    assert set(frame["crop"]) == {"3301010300"}
    assert list(frame["parcel_id"]) == ["0", "1", "2"]


def test_a_name_of_parcels_that_nobody_uses_is_left_to_the_caller(tmp_path):
    squares(strange=["a", "b", "c"], EC_hcat_n=["rye"] * 3).to_parquet(tmp_path / "x.parquet")
    assert "parcel_id" not in as_parcels(tmp_path / "x.parquet")
    assert list(as_parcels(tmp_path / "x.parquet", strange="parcel_id")["parcel_id"]) == ["a", "b", "c"]


def test_a_damaged_file_is_a_fault(tmp_path):
    path = tmp_path / "x.gpkg"
    squares(OBJECTID=[1, 2, 3], EC_hcat_n=["rye"] * 3).to_file(path)
    path.write_bytes(path.read_bytes()[:5000])
    assert "cannot be read as a map" in fault(path)

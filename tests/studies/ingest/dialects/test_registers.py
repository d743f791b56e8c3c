"""National registers are known by their columns, in any case and as Shapefiles cut them."""

import pytest

from tests.studies.ingest.dialects.reading import as_parcels, reader_of, squares

REGISTERS = {
    "france": (
        {
            "ID_PARCEL": ["10", "11", "12"],
            "SURF_PARC": [1.0] * 3,
            "CODE_CULTU": ["BTH"] * 3,
            "CODE_GROUP": ["1"] * 3,
        },
        (["10", "11", "12"], "BTH", None),
    ),
    "france since 2021": (
        {"id_parcel": ["10", "11", "12"], "code_cultu": ["MIS"] * 3, "code_group": ["2"] * 3},
        (["10", "11", "12"], "MIS", None),
    ),
    "austria": (
        {
            "GEO_ID": [5, 6, 7],
            "FS_KENNUNG": [1, 1, 2],
            "SNAR_CODE": [140] * 3,
            "SNAR_BEZEICHNUNG": ["WINTERWEICHWEIZEN"] * 3,
        },
        (["5", "6", "7"], "WINTERWEICHWEIZEN", None),
    ),
    "netherlands": (
        {
            "OBJECTID": [1, 2, 3],
            "category": ["Bouwland"] * 3,
            "gewas": ["Aardappelen"] * 3,
            "gewascode": [2014] * 3,
            "jaar": [2021] * 3,
        },
        (["1", "2", "3"], "Aardappelen", 2021),
    ),
    "denmark": (
        {
            "Marknr": ["1-0", "2-0", "1-0"],
            "Journalnr": ["a", "a", "b"],
            "Afgkode": [11] * 3,
            "Afgroede": ["Vinterhvede"] * 3,
        },
        (["a-1-0", "a-2-0", "b-1-0"], "Vinterhvede", None),
    ),
    "flanders": (
        {"ALVID": [1, 2, 3], "HFDTLT": ["201"] * 3, "LBLHFDTLT": ["Silomaïs"] * 3},
        (["1", "2", "3"], "Silomaïs", None),
    ),
    "slovenia": (
        {
            "ID": [1, 2, 3],
            "GERK_PID": [9, 9, 9],
            "SIFRA_KMRS": ["006"] * 3,
            "RASTLINA": ["koruza za zrnje"] * 3,
        },
        (["1", "2", "3"], "koruza za zrnje", None),
    ),
    "sweden": (
        {
            "blockid": ["b1", "b1", "b2"],
            "skiftesbet": ["1A", "1B", "1A"],
            "grdkod_mar": [4] * 3,
            "arslager": [2020] * 3,
        },
        (["b1-1A", "b1-1B", "b2-1A"], 4, 2020),
    ),
}


@pytest.mark.parametrize("suffix", ["shp", "parquet"])
@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_is_read_with_its_own_columns(tmp_path, name, suffix):
    columns, (ids, crop, year) = REGISTERS[name]
    path = tmp_path / f"x.{suffix}"
    table = squares(**columns)
    if suffix == "shp":  # cut by hand, as a register's files are, so that nothing warns
        table = table.rename(columns={column: column[:10] for column in columns})
        table.to_file(path)
    else:
        table.to_parquet(path)
    assert reader_of(path) == "national parcel register"
    frame = as_parcels(path)
    assert list(frame["parcel_id"]) == ids
    assert set(frame["crop"]) == {crop}
    assert ("season" in frame) == (year is not None)
    assert year is None or set(frame["season"]) == {year}


def test_a_file_that_names_parcels_and_crops_is_read_as_it_is(tmp_path):
    table = squares(parcel_id=["a", "b", "c"], crop=["x", "y", "z"], gewas=["1"] * 3, gewascode=["2"] * 3)
    table.to_file(tmp_path / "x.gpkg")
    assert reader_of(tmp_path / "x.gpkg") == "GeoPackage"
    assert list(as_parcels(tmp_path / "x.gpkg")["crop"]) == ["x", "y", "z"]

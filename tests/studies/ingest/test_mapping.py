"""How files are read can be kept as TOML and used again; what is no mapping is refused with a cure."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from engine.domain import Departure
from engine.studies.ingest.mapping import MappingError, mapping_text, read_mapping, write_mapping
from engine.studies.ingest.request import IngestRequest

FULL = IngestRequest(
    (Path("p.gpkg"),),
    (Path("s.csv"),),
    "Try",
    keep=("maize",),
    rest="other",
    merge={"corn": "maize"},
    window=("10-01", "06-30"),
    step=10,
    bands=("VV", "VH"),
    band="NDVI",
    crs="EPSG:32634",
    swap_axes=True,
    seasons=("2020", "2021"),
    season_of={"p.gpkg": "2021"},
    shift_seasons=1,
    season_from="date",
    departure=Departure(19.8, 45.2, "Novi Sad"),
    rename={"id": "parcel_id"},
    layers=("parcels",),
    encoding="cp1250",
    separator=";",
    decimal=",",
    dates="day-first",
    no_data=(-9999.0, 0.0),
    linear=("2021",),
    offsets={"2022": -1000.0},
    scales={"NDVI": 0.0001},
    trust_values=True,
    drop_faulty=True,
    provenance="simulated",
    source="an agency",
)


def test_a_request_comes_back_from_its_mapping_whole(tmp_path):
    read = read_mapping(write_mapping(FULL, tmp_path / "mapping.toml"))
    assert IngestRequest(FULL.parcels, FULL.series, FULL.name, **read) == FULL


def test_the_full_request_of_this_test_differs_in_every_field():
    usual = IngestRequest((), (), "")
    same = [each.name for each in fields(usual) if getattr(usual, each.name) == getattr(FULL, each.name)]
    assert same == []


def test_only_what_is_unusual_is_written():
    plain = replace(IngestRequest((Path("p"),), (Path("s"),), "x"), step=5)
    assert mapping_text(plain) == "step = 5\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("step = ", "no TOML file.*leave out --mapping"),
        ("steps = 5", "names steps, which ingest does not know. It knows keep"),
        ("step = 'five'", "a value of another kind"),
        ("rename = 5", "a value of another kind"),
        ("keep = [1]", "a value of another kind"),
        ("departure = {lon = 500, lat = 0}", "a value of another kind|not on the globe"),
        ("dates = 'year-first'", "a value of another kind"),
    ],
)
def test_what_is_no_mapping_is_refused(tmp_path, text, complaint):
    path = tmp_path / "mapping.toml"
    path.write_text(text)
    with pytest.raises(Exception, match=complaint) as found:
        read_mapping(path)
    assert isinstance(found.value, MappingError)


def test_a_missing_mapping_says_how_to_make_one(tmp_path):
    with pytest.raises(MappingError, match="--save-mapping FILE"):
        read_mapping(tmp_path / "none.toml")

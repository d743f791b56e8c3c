"""What campaigns have found, kind by kind, so that it never comes back."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from engine.__main__ import main
from engine.amounts import check_money, check_seed
from engine.decisions.advice import advise
from engine.domain import GroundplanError, PlanError, StudyError
from engine.experiments.archive import Archive
from engine.experiments.jobs import Job, every, live_statuses
from engine.experiments.queue import in_turn
from engine.experiments.worker import resume
from engine.fieldwork.costs import TariffError, read_tariff
from engine.fieldwork.simulated_visit import Observers, VisitError, fill_in
from engine.mapping.accuracy.nouns import AccuracyError
from engine.mapping.accuracy.tables import read_map
from engine.mapping.findings import kept_doubts
from engine.mapping.store import MAPS, MapError, kept_map
from engine.parsing import json_of, toml_of
from engine.studies.cubes import read_cube
from engine.studies.ingest import IngestError, ingest
from engine.studies.ingest.columns import with_plain_cells
from engine.studies.ingest.faults import Findings
from engine.studies.ingest.foreign import FileOptions
from engine.studies.ingest.readers import read_layers
from engine.studies.ingest.shapes import check_shapes, finite
from engine.studies.manifest import read_manifest
from engine.studies.store import open_study, save_study
from tests.fuzz import samples
from tests.fuzz.odd_shapes import SHAPES
from tests.studies.ingest import foreign


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_no_outline_is_too_odd(shape):
    parcels = foreign.parcels()
    parcels["geometry"] = gpd.GeoSeries([shape, *parcels.geometry[1:]], crs=4326)
    parcels["sound"] = True
    findings = Findings(drop_faulty=True)
    check_shapes(parcels, findings)
    assert parcels["sound"][1:].all()
    assert shapely.is_valid(parcels.geometry[parcels["sound"]].to_numpy()).all()


def test_an_outline_with_infinite_places_is_none():
    shapes = np.array([shapely.Point(1, 2), shapely.Point(np.nan, 1), None, shapely.Point()], dtype=object)
    assert finite(shapes).tolist() == [True, False, True, True]


@pytest.mark.parametrize("cell", [[1, 2], {"a": 1}, [], [None]])
def test_ids_that_are_lists_are_no_ids(tmp_path, cell):
    features = json.loads(foreign.parcels().to_json())
    features["features"][0]["properties"]["parcel_id"] = cell
    (tmp_path / "p.geojson").write_text(json.dumps(features))
    (layer,) = read_layers(tmp_path / "p.geojson", FileOptions(), Findings())
    assert layer.frame["parcel_id"].isna().tolist() == [True] + [False] * (len(layer.frame) - 1)


def test_a_map_without_active_geometry_has_the_one_that_it_has(tmp_path):
    bare = pd.DataFrame(foreign.parcels().assign(other=1)).rename(columns={"geometry": "place"})
    gpd.GeoDataFrame(bare, geometry="place", crs=4326).to_parquet(tmp_path / "p.parquet")
    (layer,) = read_layers(tmp_path / "p.parquet", FileOptions(), Findings())
    assert layer.has_geometry


def test_a_day_that_no_calendar_has_is_none(tmp_path):
    table = foreign.series(pixels=1)
    days = pa.array([2**63 - 1] + [0] * (len(table) - 1), pa.timestamp("us", "UTC"))
    for name in ("date", "season"):
        odd = pa.Table.from_pandas(table.drop(columns=name)).append_column(name, days)
        foreign.parcels().to_parquet(tmp_path / "p.parquet")
        pq.write_table(odd, tmp_path / "s.parquet")
        with pytest.raises(IngestError):
            ingest(
                foreign.IngestRequest((tmp_path / "p.parquet",), (tmp_path / "s.parquet",), "Try", step=12)
            )


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC"])
def test_days_of_any_resolution_stay_as_they_are(unit, zone):
    days = pd.Series(pd.to_datetime(["2021-03-01", None])).dt.as_unit(unit).dt.tz_localize(zone)
    frame = pd.DataFrame({"date": days})
    pd.testing.assert_frame_equal(with_plain_cells(frame), frame)


def test_bands_without_any_value_are_a_fault(tmp_path):
    table = foreign.series(pixels=1).assign(VV=None)
    with pytest.raises(IngestError):
        foreign.ingested(tmp_path, foreign.parcels(), table)


@pytest.mark.parametrize("window", [("3-1", "10-31"), ("03-01", "02-30"), ("0301", "1031"), ("", "10-31")])
def test_a_window_that_is_written_otherwise_is_a_fault(tmp_path, window):
    with pytest.raises(IngestError, match="as 03-01"):
        foreign.ingested(tmp_path, foreign.parcels(), foreign.series(pixels=1), window=window)


def test_a_step_beyond_any_number_is_a_fault(tmp_path):
    with pytest.raises(IngestError, match="does not fit the window"):
        foreign.ingested(tmp_path, foreign.parcels(), foreign.series(pixels=1), step=10**20)


@pytest.fixture
def study(tmp_path):
    read_cube.cache_clear()
    return save_study(samples.made(), tmp_path / "study")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("slots = 4", "slots = 2147483648"), ("slots = 4", "slots = 0"), ("step = 16", "step = -1"),
        ('colour = "#88CCBB"', 'colour = ""'), ('colour = "#88CCBB"', 'colour = "red"'),
        ("slots = 4", f"slots = 4\ndeep = {'[' * 3000}"), ("slots = 4", f"slots = {'9' * 5000}"),
    ],
)  # fmt: skip
def test_a_manifest_that_says_something_odd_is_one_sentence(study, old, new):
    path = study / "study.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(StudyError, match=r"study\.toml"):
        read_manifest(path)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("parcel_id", pa.array([1] * 24)), ("lon", pa.array([None] * 24, pa.float64())),
        ("area_ha", pa.array(["a"] * 24)), ("season", pa.array([["2020"]] * 24)),
        ("geometry", pa.array([7] * 24)), ("field_group", pa.nulls(24)),
    ],
)  # fmt: skip
def test_parcels_of_another_kind_are_one_sentence(study, column, values):
    table = pq.read_table(study / "parcels.parquet")
    place = table.column_names.index(column)
    pq.write_table(table.set_column(place, column, values), study / "parcels.parquet")
    with pytest.raises(StudyError, match=r"parcels\.parquet"):
        open_study(study)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("VV", pa.array([None] * 12, pa.list_(pa.float32(), 4))),
        ("VV", pa.array([[1.0, None, 2.0, 3.0]] * 12, pa.list_(pa.float32(), 4))),
        ("parcel_id", pa.array([None] * 12, pa.string()).dictionary_encode()),
        ("parcel_id", pa.array([1] * 12)),
    ],
)
def test_series_of_another_kind_are_one_sentence(study, column, values):
    path = study / "series-2020.parquet"
    table = pq.read_table(path)
    pq.write_table(table.set_column(table.column_names.index(column), column, values), path)
    with pytest.raises(StudyError, match=r"series-2020\.parquet"):
        open_study(study).cubes["2020"]


def test_a_bit_of_weights_that_flips_is_noticed_and_said(tmp_path, caplog):
    archive = Archive(tmp_path)
    archive.keep_weights("m", {"a": np.arange(4, dtype=np.float32)}, {"held_out": "2019"})
    assert archive.weights("m")[1] == {"held_out": "2019"}
    path = tmp_path / "models" / "m.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 64
    path.write_bytes(content)
    assert archive.weights("m") is None
    assert "is not used (its card states another SHA-256). The model is trained again." in caplog.text


@pytest.mark.parametrize(
    "odd",
    [
        "[]",
        "[" * 5000,
        "7",
        '{"asked": []}',
        '{"asked": "x"}',
        '{"asked": -1, "owner": []}',
        '{"plans": 3}',
        "NaN",
    ],
)
@pytest.mark.parametrize("name", ["request.json", "status.json"])
def test_an_odd_job_never_stops_the_queue(tmp_path, odd, name):
    for job in ("bad", "good"):
        for file, content in samples.job().items():
            path = tmp_path / "jobs" / job / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(odd.encode() if (job, file) == ("bad", name) else content)
    bad, good = (Job((tmp_path / "jobs" / job).resolve()) for job in ("bad", "good"))
    assert {job.folder for job in every(tmp_path)} == {bad.folder, good.folder}
    assert good.plans()
    assert set(live_statuses(tmp_path)) <= {bad, good}
    waiting = {job: good.status().__class__("queued") for job in (bad, good)}
    assert set(in_turn(waiting, {})) == {bad, good}
    json.dumps(bad.status().row(), allow_nan=False)
    if name == "request.json":
        with pytest.raises(GroundplanError, match="cannot be read"):
            resume(bad)
    if name == "status.json":
        assert bad.status().state == "lost"
        assert str(bad.folder / name) in bad.status().complaint


@pytest.mark.parametrize("text", ["[" * 5000, "NaN", "[Infinity]", "1e999", '"\\ud800"', "{", b"\xff"])
def test_json_that_cannot_be_used_or_written_again_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        json_of(text)


def test_sound_json_and_toml_are_read(tmp_path):
    assert json_of('{"a": [1, 2.5e100, "\\ud83d\\ude00", null]}') == {"a": [1, 2.5e100, "😀", None]}
    (tmp_path / "a.toml").write_text("day = 2021-03-01")
    assert toml_of(tmp_path / "a.toml") == {"day": dt.date(2021, 3, 1)}
    (tmp_path / "a.toml").write_text("a = " + "[" * 5000)
    with pytest.raises(ValueError, match="nested"):
        toml_of(tmp_path / "a.toml")


@pytest.mark.parametrize("seed", [-1, 2**31, 2**64])
def test_a_seed_that_no_generator_takes_is_refused_everywhere(seed, capsys):
    with pytest.raises(PlanError, match="whole number"):
        check_seed(seed)
    assert main(["cost", "demo", "--target", "2021", "--radius", "25", "--seed", str(seed)]) == 2
    assert "whole number from 0" in capsys.readouterr().err


@pytest.mark.parametrize("money", ["nan", "-5", "inf"])
def test_money_that_cannot_be_weighed_is_refused_everywhere(money, capsys):
    with pytest.raises(PlanError, match="0 or more"):
        check_money(float(money), "A budget")
    with pytest.raises(PlanError, match="value of a point"):
        advise([SimpleNamespace()], value_of_point=float(money))
    assert main(["advise", "demo", "--target", "2021", f"--value-of-point={money}"]) == 2
    assert "Give 0 or more" in capsys.readouterr().err


@pytest.mark.parametrize("rate", ["crew = 1" + "0" * 400, "per_km = 1" + "0" * 400, "crew = true"])
def test_a_rate_beyond_any_number_is_refused(tmp_path, rate):
    (tmp_path / "t.toml").write_text(rate)
    with pytest.raises(TariffError, match=r"give a"):
        read_tariff(str(tmp_path / "t.toml"))


def test_what_is_kept_beside_a_map_may_be_odd(tmp_path):
    folder = tmp_path / MAPS / samples.KEY
    for name, content in samples.kept_map(tmp_path / "made").items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert kept_map(tmp_path, samples.KEY).areas_ha
    for rows in (3, {}, [1], None):
        (folder / "doubts.json").write_text(json.dumps({"rows": rows}))
        with pytest.raises(MapError):
            kept_doubts(tmp_path, samples.KEY)
    card = json.loads((folder / "map.json").read_text())
    for name, odd in (("legend", [[]]), ("legend", 3), ("study", []), ("sha256", []), ("card", [])):
        (folder / "map.json").write_text(json.dumps({**card, name: odd}))
        with pytest.raises(MapError):
            kept_map(tmp_path, samples.KEY)


def test_a_map_of_words_for_hectares_is_refused(tmp_path):
    table = samples.sampled()[0]
    for odd in ("many", None, float("inf")):
        table.assign(area_ha=odd).to_csv(tmp_path / "map.csv", index=False)
        with pytest.raises(AccuracyError, match="area_ha"):
            read_map(tmp_path / "map.csv")

    (tmp_path / "map.gpkg").write_text("<OGRVRTDataSource></OGRVRTDataSource>")
    with pytest.raises(AccuracyError, match="cannot be read"):
        read_map(tmp_path / "map.gpkg")


def test_a_field_plan_whose_parcels_have_no_outlines_is_refused(tmp_path):
    rows = pd.DataFrame({"parcel_id": ["a"], "crop_found": [""], "visited": [""]})
    gpd.GeoDataFrame(rows).to_file(tmp_path / "plan.gpkg", layer="parcels", driver="GPKG")
    with pytest.raises(VisitError, match="no outlines"):
        fill_in(tmp_path / "plan.gpkg", {"a": "maize"}, ("maize",), Observers(0, 0, 0), tmp_path / "out.gpkg")
    assert issubclass(VisitError, GroundplanError)

"""Sound files of every kind that Groundplan reads, small; a campaign damages copies of them."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import cattrs
import geopandas as gpd
import numpy as np
import pandas as pd

import engine
from engine.decisions import scenario
from engine.decisions.comparison import comparisons
from engine.decisions.decision import Aims
from engine.decisions.routed import routed_trip
from engine.decisions.trip import TripRequest, candidates
from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.codec import to_json
from engine.experiments.outcome import Outcome
from engine.experiments.plan import plan_to_json
from engine.experiments.records import record_of
from engine.experiments.scores import MACRO_F1
from engine.fieldwork.costs import Tariff
from engine.files import demo_folder, shipped_folder
from engine.mapping import request as requests
from engine.mapping.accuracy.drawing import draw, strata_of
from engine.mapping.accuracy.sample_file import write_sample
from engine.mapping.accuracy.sample_size import planned
from engine.mapping.crop_map import CropMap, Validation
from engine.mapping.learning_curve import LearningCurve
from engine.mapping.request import MapRequest
from engine.mapping.store import keep_map
from engine.sampling.limits import Limit
from engine.studies.ingest.mapping import mapping_text
from engine.studies.ingest.request import IngestRequest
from engine.studies.labels.importing import LabelRequest, take
from engine.studies.store import open_study, save_study
from engine.views.report.record import rates
from tests import made_up
from tests.mapping.populations import population
from tests.studies.ingest import foreign
from tests.studies.labels import field

Files = Mapping[str, bytes]  # content by the name in a folder
KEY = "0123456789abcdef"
SEASON = "2021"


@cache
def demo() -> Study:
    """The study that ships."""
    return open_study(demo_folder())


@cache
def made() -> Study:
    """A made-up study of two seasons, the last without labels."""
    study = made_up.study(seasons=("2020", SEASON), parcels=field.PARCELS, pixels=1, times=4)
    return made_up.without_labels(study, SEASON)


def folder_files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def maps(folder: Path) -> dict[str, bytes]:
    """The same parcels in every format, and in two that are not read."""
    parcels = foreign.parcels()
    parcels.to_file(folder / "p.gpkg", driver="GPKG")
    parcels.to_file(folder / "p.geojson", driver="GeoJSON")
    parcels.to_parquet(folder / "p.parquet")
    parcels.to_file(folder / "p.fgb", driver="FlatGeobuf")
    parcels.to_file(folder / "p.kml", driver="KML")
    (folder / "shp").mkdir()
    parcels.to_file(folder / "shp" / "p.shp")
    with zipfile.ZipFile(folder / "p.zip", "w") as archive:
        for path in sorted((folder / "shp").iterdir()):
            archive.write(path, path.name)
    shutil.rmtree(folder / "shp")
    wkt = pd.DataFrame(parcels.drop(columns="geometry")).assign(geometry=parcels.geometry.to_wkt())
    wkt.to_csv(folder / "p.csv", index=False)
    return folder_files(folder)


def series() -> dict[str, bytes]:
    """The same series as CSV and Parquet, long and wide."""
    table = foreign.series(pixels=1).drop(columns="pixel_id").round({"VV": 2, "VH": 2})
    out = io.BytesIO()
    table.to_parquet(out)
    wide = table.assign(day=table["date"].dt.strftime("VV_%Y%m%d"))
    wide = wide.set_index(["parcel_id", "season", "day"])["VV"].unstack().reset_index()  # noqa: PD010
    return {
        "s.csv": table.to_csv(index=False).encode(),
        "s.parquet": out.getvalue(),
        "wide.csv": wide.to_csv(index=False).encode(),
    }


def study_folder(folder: Path) -> dict[str, bytes]:
    """A study with one import of labels."""
    path = save_study(made(), folder / "study")
    take(path, [field.table(folder / "l.csv", dict.fromkeys(field.ids(path)[:2], "maize"))], LabelRequest())
    return folder_files(path)


def labels(folder: Path) -> dict[str, bytes]:
    """Labels as our table, our package, a survey form and a map."""
    study = made()
    ids = list(study.parcels_in(SEASON)["parcel_id"])
    crops = dict(zip(ids, ["maize", "wheat", "soybean"] * 4, strict=True))
    field.table(folder / "l.csv", crops)
    field.package(
        folder / "l.gpkg",
        study,
        {name: {"crop_found": crop, "visited": "yes"} for name, crop in crops.items()},
    )
    kobo = pd.DataFrame(
        {"start": "2021-06-01T10:00:00+02:00", "group/parcel_id": ids, "group/crop": list(crops.values())}
    )
    kobo.to_csv(folder / "kobo.csv", index=False)
    found = study.parcels_in(SEASON)[["parcel_id", "geometry"]].assign(crop=list(crops.values()))
    gpd.GeoDataFrame(found).to_file(folder / "l.geojson", driver="GeoJSON")
    return folder_files(folder)


@cache
def outcomes() -> dict[str, bytes]:
    """Answers of the demo that can be compared."""
    study = demo()
    answers = max(comparisons(study, Archive(demo_folder()).outcomes(study)).values(), key=len)
    chosen = [*answers[:1], *(each for each in answers if each.visits)][:4]
    return {f"{each.plan.key}.json": json.dumps(record_of(each)).encode() for each in chosen}


@cache
def some_outcomes() -> tuple[Outcome, ...]:
    """Those answers, read."""
    keys = {Path(name).stem for name in outcomes()}
    return tuple(each for each in Archive(demo_folder()).outcomes(demo()) if each.plan.key in keys)


def plans() -> list[dict[str, object]]:
    """Plans of those answers, with their keys."""
    return [{"key": each.plan.key, "plan": plan_to_json(each.plan)} for each in some_outcomes()]


def job() -> dict[str, bytes]:
    """What a job was asked, and how it stands."""
    request = {
        "study": str(demo_folder()), "workspace": "/tmp/x", "owner": "A", "asked": 1.5e9, "workers": 1,
        "plans": [each["plan"] for each in plans()],
    }  # fmt: skip
    status = {
        "state": "queued",
        "done": 1,
        "steps": 3,
        "what": "a",
        "started": 1.5e9,
        "running": ["b"],
        "updated": 1.5e9,
    }
    return {"request.json": json.dumps(request).encode(), "status.json": json.dumps(status).encode()}


def map_request() -> MapRequest:
    """A map that is asked for."""
    return requests.map_request(made(), SEASON, "zero-shot")[0]


def map_job() -> dict[str, bytes]:
    """What the job of a map was asked, and how it stands."""
    request = {
        "command": "mapwork", "study": "/none", "workspace": "/tmp/x", "owner": "A", "asked": 1.5e9,
        "priority": 1, "task": "map", "notes": ["a"], "request": to_json(map_request()),
    }  # fmt: skip
    status = {"state": "running", "done": 0, "steps": 0, "started": 1.5e9, "running": ["b"], "attempts": 1}
    return {"request.json": json.dumps(request).encode(), "status.json": json.dumps(status).encode()}


def weights() -> dict[str, bytes]:
    """A source model that ships."""
    path = sorted((shipped_folder() / "models").glob("*.safetensors"))[0]
    return {path.name: path.read_bytes(), f"{path.stem}.json": path.with_suffix(".json").read_bytes()}


def tariff() -> dict[str, bytes]:
    """Rates, some with a range."""
    text = 'currency = "RSD"\ncrew = 2\nper_km = [0.2, 0.3, 0.5]\nper_hour = 9\nfixed = 10.5\n'
    return {"t.toml": text.encode()}


def decision() -> dict[str, bytes]:
    """What a report was asked."""
    plan = some_outcomes()[0].plan
    facts = {
        "format": 2, "engine": engine.__version__, "study": {"name": "A", "fingerprint": "b"},
        "target": plan.target,
        "departure": to_json(plan.departure),
        "tariff": rates(Tariff()), "value_of_point": 100.0, "budget": None, "metric": to_json(MACRO_F1),
        "trip": {"visits": ["p1"], "crews": 1, "sleep_out": False}, "plans": plans(),
    }  # fmt: skip
    return {"decision.json": json.dumps(facts).encode()}


def scenarios() -> dict[str, bytes]:
    """A named trip."""
    trip = TripRequest(SEASON, made_up.CENTRE, "radius", Limit("km", 25), Tariff())
    return {"north.json": scenario.written(scenario.scenario_of("North", made(), trip, Aims(100.0, 2000.0)))}


def routed_request() -> tuple[gpd.GeoDataFrame, TripRequest]:
    """Parcels to choose from, and a trip to some of them."""
    trip = TripRequest("2020", made_up.CENTRE, "radius", Limit("km", 30), Tariff())
    return candidates(made(), trip, Archive(Path("/nowhere"))), trip


@cache
def routed() -> dict[str, bytes]:
    """A trip that was routed."""
    trip = routed_request()[1]
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        routed_trip(made(), trip, archive)
        return {path.name: path.read_bytes() for path in (archive.folder / "trips").glob("*.json")}


@cache
def sampled() -> tuple[pd.DataFrame, dict[str, bytes]]:
    """A map as a table, the sample drawn from it, and what was found."""
    people = population(np.random.default_rng(5), 200)
    sample = draw(people, planned(strata_of(people), 40), SEASON, KEY)
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder) / "sample.json", sample)
        drawn = (Path(folder) / "sample.json").read_bytes()
    table = people.assign(crop=people["stratum"])[["parcel_id", "crop", "area_ha", "lon", "lat"]]
    found = sample.table[["parcel_id"]].assign(reference=sample.table["stratum"])
    out = io.BytesIO()
    table.to_parquet(out)
    files = {
        "sample.json": drawn, "map.csv": table.to_csv(index=False).encode(), "map.parquet": out.getvalue(),
        "references.csv": found.to_csv(index=False).encode(),
    }  # fmt: skip
    return table, files


def kept_map(folder: Path) -> dict[str, bytes]:
    """A map, and what was found out about it."""
    parcels = made().parcels_in(SEASON)
    count, legend = len(parcels), made().legend.names
    rows = parcels[["parcel_id", "area_ha", "lon", "lat", "geometry"]].reset_index(drop=True).assign(
        crop=legend[0], probability=0.6, second=legend[1], second_probability=0.3, dissimilarity=0.1,
        applicable=True, labelled=False, surveyed=None,
    )  # fmt: skip
    calibrated = np.tile(np.array([0.6, 0.3, 0.1], np.float32), (count, 1))
    check = Validation(
        rows["parcel_id"].to_numpy(object), np.arange(count) % 3, np.arange(count) % 3,
        calibrated.astype(float), calibrated.astype(float),
    )  # fmt: skip
    card = {"training_parcels": 3, "source_seasons": ["2020"], "fingerprints": {}, "notes": [], "seed": 0}
    made_map = CropMap("A", SEASON, KEY, legend, "scratch", rows, calibrated, calibrated, card, check)
    keep_map(made_map, folder)
    files = {Path(name).name: content for name, content in folder_files(folder).items()}
    doubts = [{"parcel_id": "a", "label": "maize", "probability": 0.1}]
    curve = [cattrs.unstructure(LearningCurve((10.0, 20.0), (0.4, 0.6), 3.0, 0.5))]
    return {
        **files,
        "doubts.json": json.dumps({"rows": doubts}).encode(),
        "learning-curve.json": json.dumps({"rows": curve}).encode(),
    }


def mapping() -> dict[str, bytes]:
    """How foreign files are to be read."""
    request = IngestRequest((), (), "", window=("03-01", "09-30"), step=12, merge={"a": "b"}, no_data=(-1.0,))
    text = mapping_text(request)
    tomllib.loads(text)
    return {"m.toml": text.encode()}


def source() -> dict[str, bytes]:
    """How images are stored."""
    text = 'unit = "decibel"\nborder = 2\nscale = 0.5\nassets = {VV = "vv"}\n'
    text += '[mask]\nasset = "scl"\nexclude = [3, 8]\n'
    return {"s.toml": text.encode()}


def zipped(files: Files) -> bytes:
    """An archive of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()

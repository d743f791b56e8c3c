"""How long a map of many parcels takes, and how much memory.

    python benchmarks/map_scale.py [--parcels 200000] [--pixels 50] [--visited 200] [--method ensemble]

A study of a source season of 2,000 parcels and a season to map is made up: three bands, twenty times, noise
around a curve for each of six classes. It is written part by part, so that no process ever holds it. Then the
map is made in a process of its own; JSON is printed: seconds of each step, and the peak memory of that
process before and after. What the map must keep (probabilities and composites of every parcel) is part of it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from engine.domain import CROP_COLOURS, Crop, Departure, Legend, Season
from engine.experiments.archive import Archive
from engine.learning.recipes import QUICK
from engine.mapping.making import make_map, training_for
from engine.mapping.request import map_request
from engine.studies.fingerprint import SeriesDigest, parcels_digest
from engine.studies.manifest import Manifest, SeasonEntry
from engine.studies.parcels_file import write_parcels
from engine.studies.series_file import series_path, write_series
from engine.studies.store import open_study

BANDS, TIMES, STEP, CLASSES, PART = ("VV", "VH", "NDVI"), 20, 12, 6, 1_000
SEASONS = {"2020": 2_000, "2021": 0}


def made_study(folder: Path, parcels: int, pixels: int, visited: int) -> None:
    rng = np.random.default_rng(0)
    legend = Legend(tuple(Crop(i, f"crop {i}", CROP_COLOURS[i]) for i in range(CLASSES)))
    counts = {"2020": SEASONS["2020"], "2021": parcels}
    codes = {label: rng.integers(0, CLASSES, count) for label, count in counts.items()}
    frames = [_parcels(label, code, visited, rng) for label, code in codes.items()]
    table = gpd.GeoDataFrame({name: np.concatenate([f[name] for f in frames]) for name in frames[0]})
    table = table.set_geometry("geometry", crs="EPSG:4326")
    table["crop"] = table["crop"].where(table["crop"] != "", None)
    folder.mkdir(parents=True)
    write_parcels(table, folder)
    entries, first = [], 0
    for label, code in codes.items():
        season = Season(dt.date(int(label), 3, 1), dt.date(int(label), 10, 31), label)
        owner = first + np.repeat(np.arange(len(code)), pixels)
        digest = SeriesDigest(label, BANDS, np.arange(TIMES) * STEP, owner)
        ids = table["parcel_id"].to_numpy(dtype=object)[first : first + len(code)]
        write_series(series_path(folder, label), BANDS, TIMES, _series(ids, code, pixels, digest))
        entries.append(SeasonEntry(season, digest.hexdigest(), len(owner)))
        first += len(code)
    Manifest(
        name="Scale", provenance="simulated", source="made up", bands=BANDS, step=STEP, slots=TIMES,
        departure=Departure(20.0, 45.5), legend=legend, seasons=tuple(entries),
        parcels_sha256=parcels_digest(table),
    ).write(folder)  # fmt: skip


def _parcels(label: str, code: np.ndarray, visited: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    lon, lat = rng.uniform(19, 21, len(code)), rng.uniform(45, 46, len(code))
    known = np.arange(len(code)) < (visited if label == "2021" else len(code))
    names = np.array([f"{label}-{i}" for i in range(len(code))], dtype=object)
    return {
        "parcel_id": names,
        "season": np.full(len(code), label, dtype=object),
        "crop": np.where(known, np.array([f"crop {i}" for i in code], dtype=object), ""),
        "field_group": names,
        "area_ha": np.ones(len(code)),
        "lon": lon,
        "lat": lat,
        "geometry": shapely.box(lon - 5e-4, lat - 5e-4, lon + 5e-4, lat + 5e-4),
    }


def _series(
    ids: np.ndarray, code: np.ndarray, pixels: int, digest: SeriesDigest
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(1)
    time_axis = np.linspace(0, 2 * np.pi, TIMES)
    curves = -12 + 3 * np.sin(time_axis + np.arange(CLASSES)[:, None])  # [class, time]
    for first in range(0, len(code), PART):
        owner = np.repeat(np.arange(first, min(first + PART, len(code))), pixels)
        values = curves[code[owner]][:, None] + np.arange(len(BANDS))[None, :, None]
        values = np.ascontiguousarray(values + rng.normal(0, 2, values.shape), dtype=np.float32)
        digest.update(values)
        yield ids[owner], values


def measured(folder: Path, method: str) -> dict[str, object]:
    study = open_study(folder)
    request, notes = map_request(study, "2021", method, recipe=QUICK, folds=0)
    before, steps = _peak_gb(), []
    made = make_map(
        training_for(study, request, Archive(folder.parent / "archive")), notes,
        lambda step: steps.append((step, time.perf_counter())),
    )  # fmt: skip
    ends = [start for _, start in steps[1:]] + [time.perf_counter()]
    seconds = {step: round(end - start, 1) for (step, start), end in zip(steps, ends, strict=True)}
    return {"parcels": len(made.parcels), "seconds": seconds, "peak_gb": [before, _peak_gb()]}


def _peak_gb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--parcels", type=int, default=200_000)
    parser.add_argument("--pixels", type=int, default=50)
    parser.add_argument("--visited", type=int, default=200)
    parser.add_argument("--method", default="ensemble")
    parser.add_argument("--study", type=Path, help="used by the process that is measured")
    options = parser.parse_args()
    if options.study:
        print(json.dumps(measured(options.study, options.method)))
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "study")
        made_study(folder, options.parcels, options.pixels, options.visited)
        words = [sys.executable, __file__, "--study", str(folder), "--method", options.method]
        subprocess.run(words, check=True)


if __name__ == "__main__":
    main()

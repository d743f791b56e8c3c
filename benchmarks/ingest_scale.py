"""How long ingest takes and how much memory it needs, by the number of parcels.

    python benchmarks/ingest_scale.py [--parcels 30000 200000]

Makes a GeoPackage of three seasons of square parcels, the last without labels, and one CSV of their series
(21 dates, two bands, a pixel each), runs `ingest` in a process of its own, and prints a row of JSON for each
number: rows of the CSV, seconds of computing, seconds that passed, and the peak memory in MB.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

ROOT = Path(__file__).resolve().parents[1]
SEASONS, CROPS = (2019, 2020, 2021), np.array(["maize", "wheat", "soya", "sunflower"])
AT_ONCE = 20_000  # parcels written in one go
PROBE = """
import json, resource, sys
from engine.__main__ import main
status = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"computing_s": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}))
sys.exit(status)
"""


def make(count: int, folder: Path) -> int:
    """Write the files; how many rows the series have.

    Parameters
    ----------
    count
        Parcels a season.
    folder
        Where they are written.
    """
    rng = np.random.default_rng(0)
    number, side = np.arange(count), int(np.ceil(np.sqrt(count)))
    west, south = 19 + number % side * 0.004, 44.5 + number // side * 0.003
    squares = shapely.box(west, south, west + 0.0025, south + 0.0018)
    ids = np.array([f"p{each:06d}" for each in number])
    frames, rows = [], 0
    for season in SEASONS:
        crop = rng.integers(0, len(CROPS), count)
        label = CROPS[crop] if season < SEASONS[-1] else None
        frames.append(pd.DataFrame({"parcel_id": ids, "season": season, "crop": label, "geometry": squares}))
        days = pd.date_range(f"{season}-03-01", f"{season}-10-30", freq="12D").strftime("%Y-%m-%d").to_numpy()
        for first in range(0, count, AT_ONCE):
            some = slice(first, first + AT_ONCE)
            noise = rng.normal(0, 1, (2, len(ids[some]) * len(days)))
            table = {
                "parcel_id": np.repeat(ids[some], len(days)),
                "date": np.tile(days, len(ids[some])),
                "VV": (-12 + np.repeat(crop[some], len(days)) + noise[0]).round(3),
                "VH": (-18 + noise[1]).round(3),
            }
            new = not rows
            pd.DataFrame(table).to_csv(folder / "s.csv", mode="w" if new else "a", header=new, index=False)
            rows += len(noise[0])
    parcels = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), geometry="geometry", crs="EPSG:4326")
    parcels.to_file(folder / "p.gpkg")
    return rows


def measure(count: int) -> dict[str, float]:
    """Figures of one size.

    Parameters
    ----------
    count
        Parcels a season.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = make(count, folder)
        files = ["--parcels", folder / "p.gpkg", "--series", folder / "s.csv"]
        words = ["ingest", *files, "--name", "scale", "--out", folder / "study"]
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", PROBE, *map(str, words)],
            cwd=ROOT, env={**os.environ, "GROUNDPLAN_WORKSPACE": name},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True,
        )  # fmt: skip
        passed = time.perf_counter() - start
        used = json.loads(done.stdout.splitlines()[-1])
    return {"parcels": count, "seasons": len(SEASONS), "rows": rows, "passed_s": passed, **used}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--parcels", type=int, nargs="+", default=[30_000, 200_000], metavar="N")
    for count in parser.parse_args().parcels:
        print(json.dumps({key: round(value, 1) for key, value in measure(count).items()}), flush=True)


if __name__ == "__main__":
    main()

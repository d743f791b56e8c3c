"""Make the sample files that ship: parcels and series in the shape in which people bring their own.

    python benchmarks/ship_sample.py [--out data/sample.zip]

A small landscape is simulated: four seasons with labels, and a fifth, open one without labels and series. Its
series are thinned to one pixel a parcel every 12 days.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.domain import Study
from engine.files import write_atomic
from engine.simulation.parameters import Landscape
from engine.studies.sample import PARCELS, READ_ME, SAMPLE, SERIES, instructions
from engine.studies.simulated import simulate
from engine.studies.store import open_study
from engine.views.report.files import zipped

LANDSCAPE = Landscape(seed=1, first=2018, last=2022, open_from=2022, parcels=400, pixels=1)
EVERY = 4  # of the slots, which are 3 days apart
DAY = dt.date(2026, 1, 1)  # that all entries state: the same sample, the same bytes


def parcels_of(study: Study) -> gpd.GeoDataFrame:
    """Parcels as a survey has them.

    Parameters
    ----------
    study
        The landscape.
    """
    return study.parcels[["parcel_id", "season", "crop", "geometry"]]


def series_of(study: Study) -> pd.DataFrame:
    """A row a parcel and date, a column a band.

    Parameters
    ----------
    study
        The landscape.
    """
    tables = []
    for label, cube in study.cubes.items():
        start = study.season(label).start
        for slot in range(0, len(cube.days), EVERY):
            date = start + dt.timedelta(days=int(cube.days[slot]))
            bands = {
                band: cube.values[:, place, slot].round(2).astype(float)
                for place, band in enumerate(cube.bands)
            }
            names = study.parcels["parcel_id"].to_numpy(object)[cube.parcel]
            tables.append(pd.DataFrame({"parcel_id": names, "season": label, "date": date} | bands))
    return pd.concat(tables).sort_values(["season", "parcel_id", "date"])


def main() -> None:
    """Simulate, thin and pack."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=SAMPLE)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study = open_study(simulate(LANDSCAPE, Path(folder) / "study", name="Sample", workers=2))
        layer = Path(folder) / PARCELS
        parcels_of(study).to_file(layer, layer="parcels", driver="GPKG")
        files = {
            PARCELS: layer.read_bytes(),
            SERIES: series_of(study).to_csv(index=False, lineterminator="\n").encode(),
            READ_ME: instructions().encode(),
        }
    write_atomic(options.out, zipped(files, DAY))
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

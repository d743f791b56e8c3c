"""The folder of a year of BreizhCrops, ``2017``: parcels of Brittany with Sentinel-2 means.

An index a region (``L1C/frh01.csv`` or ``L2A/frh01.csv``) has ``id``, ``CODE_CULTU`` and ``path``; by
the name of its path each parcel has a CSV in ``L1C/frh01/csv``, whose rows are times: ``doa`` and a
column a band. Outlines are in ``frh01.shp``. Observations that a mask (``QA60``, ``CLD``, ``EDG``,
``SAT``) touches are gaps. The database ``frh01.h5`` of the same series is not read.

References
----------
.. [1] M. Rußwurm et al., ``breizhcrops/datasets/breizhcrops.py``, https://github.com/dl4sits/BreizhCrops
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from glob import escape
from pathlib import Path

import geopandas as gpd
import pandas as pd

from engine.studies.ingest.columns import as_text
from engine.studies.ingest.foreign import ForeignFile, Reader
from engine.studies.ingest.vector_files import SHAPEFILE

INDEX = {"id", "CODE_CULTU", "path"}
SHAPE_IDS = ("ID", "ID_PARCEL")
BAND = re.compile(r"B\d+A?")
MASKS = ("QA60", "CLD", "EDG", "SAT")
TIME = "doa"
YEAR = re.compile(r"(?:19|20)\d\d")


def recognises(file: ForeignFile) -> bool:
    """Whether a folder holds an index of a region.

    Parameters
    ----------
    file
        The folder to look at.
    """
    return file.is_folder and any(_is_index(path) for path in _tables(file))


def parcels(file: ForeignFile) -> gpd.GeoDataFrame:
    """The parcels of all regions in the folder, with the code of their crop.

    Parameters
    ----------
    file
        A folder of BreizhCrops.
    """
    year = next((name for name in reversed(file.path.resolve().parts) if YEAR.fullmatch(name)), None)
    frames = []
    for path, index in _indices(file):
        shapes = _shapes(file, path.stem)
        name = next(name for name in SHAPE_IDS if name in shapes)
        by_id = gpd.GeoSeries(shapes.geometry.to_numpy(), index=as_text(shapes[name]), crs=shapes.crs)
        ids = as_text(index["id"])
        frames.append(
            gpd.GeoDataFrame(
                {"parcel_id": ids, "season": year, "crop": index["CODE_CULTU"]},
                geometry=by_id[~by_id.index.duplicated()].reindex(ids).to_numpy(),
                crs=shapes.crs,
            )
        )
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True))


def series(file: ForeignFile) -> pd.DataFrame:
    """A long table of the series of all parcels that have a file.

    Parameters
    ----------
    file
        A folder of BreizhCrops.
    """
    frames = []
    for path, index in _indices(file):
        below = escape(str(path.with_suffix("").relative_to(file.path)))
        of_region = {place.name: place for place in file.files(f"{below}/csv/*.csv")}
        for parcel, field in zip(as_text(index["id"]), index["path"], strict=True):
            place = of_region.get(Path(str(field)).name)
            if place is not None:
                table = pd.read_csv(place, compression=None)
                bands = [column for column in table.columns if BAND.fullmatch(column)]
                touched = table[[mask for mask in MASKS if mask in table]].gt(0).any(axis=1)
                frames.append(table[bands].mask(touched).assign(parcel_id=parcel, date=table[TIME]))
    if not frames:
        raise ValueError("it holds none of the CSV files that its index names")
    return pd.concat(frames, ignore_index=True)


def _tables(file: ForeignFile) -> list[Path]:
    """Tables that may be an index: those of the folder, else those of the levels in it."""
    return file.files("*.csv") or file.files("*/*.csv")


def _is_index(path: Path) -> bool:
    return set(pd.read_csv(path, nrows=0, compression=None).columns) >= INDEX


def _indices(file: ForeignFile) -> Iterator[tuple[Path, pd.DataFrame]]:
    paths = [path for path in _tables(file) if _is_index(path)]
    levels = sorted({path.parent.name for path in paths})
    if len(levels) > 1:
        raise ValueError(f"it holds {' and '.join(levels)}, which are the same parcels: leave one there")
    for path in paths:
        yield path, pd.read_csv(path, compression=None)


def _shapes(file: ForeignFile, region: str) -> gpd.GeoDataFrame:
    for path in [*file.files(f"{escape(region)}.shp"), *file.files(f"*/{escape(region)}.shp")]:
        shape = ForeignFile(path)
        if SHAPEFILE.recognises(shape) and SHAPEFILE.parcels:
            return SHAPEFILE.parcels(shape)
    raise ValueError(f"it holds no Shapefile {region}.shp")


BREIZHCROPS = Reader("BreizhCrops folder", recognises, parcels, series)

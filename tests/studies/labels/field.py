"""A small study whose last season nobody knows, and files that a crew might bring back."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from engine.domain import Study
from engine.studies.labels.importing import LabelRequest, take
from engine.studies.store import open_study, save_study
from tests import made_up

SEASON = "2021"
PARCELS = 12


def saved(folder: Path) -> Path:
    """The folder of the study: 12 parcels in each of two seasons, the last without crops."""
    study = made_up.study(seasons=("2020", SEASON), parcels=PARCELS, pixels=1, times=4)
    return save_study(made_up.without_labels(study, SEASON), folder)


def ids(folder: Path) -> list[str]:
    """Ids of the season's parcels."""
    return list(open_study(folder).parcels_in(SEASON)["parcel_id"])


def table(path: Path, rows: dict[str, str] | list[tuple[str, ...]], *columns: str) -> Path:
    """A CSV table of ids and crops, or of rows with named columns."""
    if isinstance(rows, dict):
        rows, columns = list(rows.items()), ("parcel_id", "crop_found")
    pd.DataFrame(rows, columns=list(columns)).to_csv(path, index=False)
    return path


def package(path: Path, of: Study, filled: dict[str, dict[str, str]], **same: str) -> Path:
    """A GeoPackage as QField returns it: another order of layers, half of the parcels replacements."""
    every = of.parcels_in(SEASON).to_crs(4326)
    rows = every[["parcel_id", "geometry"]].assign(crop_found="", visited="", note="", **same)
    for parcel, values in filled.items():
        for column, value in values.items():
            rows.loc[rows["parcel_id"] == parcel, column] = value
    rows = rows.fillna("").reset_index(drop=True)
    stops = gpd.GeoDataFrame(
        {"day": [1], "stop": [1]}, geometry=rows.geometry[:1].representative_point(), crs=4326
    )
    for name, layer in {"stops": stops, "replacements": rows.iloc[6:], "parcels": rows.iloc[:6]}.items():
        layer.to_file(path, layer=name, driver="GPKG")
    return path


def took(folder: Path, *files: Path, **request) -> Study:
    """The study after an import."""
    take(folder, files, LabelRequest(**request))
    return open_study(folder)


def crops(study: Study) -> dict[str, str]:
    """The crops of the season that are known, by parcel."""
    labelled = study.labelled_in(SEASON)
    return dict(zip(labelled["parcel_id"], labelled["crop"], strict=True))


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

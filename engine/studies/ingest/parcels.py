"""Foreign parcels -> the parcel table of a study, with everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj.exceptions import CRSError

from engine.geodesy import DEGREES
from engine.studies.ingest.columns import YEAR, as_text
from engine.studies.ingest.faults import Findings
from engine.studies.ingest.field_groups import field_groups
from engine.studies.ingest.readers import read_map
from engine.studies.ingest.request import IngestRequest

REQUIRED = ("parcel_id", "season", "crop")
CROP = "crop"
# What files write where no crop was chosen, in small letters; the braces are QGIS's word for NULL in a list.
NO_CROP = frozenset(
    {
        "null",
        "<null>",
        "n/a",
        "na",
        "n.a.",
        "<na>",
        "nan",
        "none",
        "nil",
        "-",
        "--",
        "?",
        "unknown",
        "not known",
    }
    | {"no data", "nodata", "unlabelled", "unlabeled", "{2839923c-8b7d-419e-b84b-ca2fe9b80ec7}"}
)
POLYGONS = ("Polygon", "MultiPolygon")
SAFE_AREA_CHANGE = 0.01  # share of the area that a repair may change


def read_parcels(request: IngestRequest, findings: Findings) -> gpd.GeoDataFrame | None:
    """All parcels of all files: text columns, geometry in EPSG:4326, and ``sound`` for those usable.

    ``crop`` is missing where a file leaves it out or writes one of `NO_CROP`, in any case.

    None where a file cannot be read or lacks columns; everything wrong is in ``findings``.

    Parameters
    ----------
    request
        Files of parcels, and which seasons, columns and CRS to use.
    findings
        Takes the faults and notes.
    """
    frames, bare = [], []
    for path in request.parcels:
        frame = read_map(path, request.rename, findings)
        if frame is None:
            continue
        absent = [column for column in REQUIRED if column not in frame.columns]
        if absent == [CROP] and len(request.parcels) > 1:
            bare.append((path, frame))
            frame, absent = frame.assign(crop=None), []
        if absent:
            findings.fault(
                f"{path} lacks the columns {', '.join(absent)}; it has {', '.join(map(str, frame.columns))}",
                f"Name the right ones with --rename OLD={absent[0]}.",
            )
            continue
        placed = _in_degrees(frame, str(path), request, findings)
        columns = [*REQUIRED, *(["field_group"] if "field_group" in frame.columns else []), "geometry"]
        frames.append(placed[columns])
    _say_without_crop(bare, len(request.parcels), findings)
    if len(frames) < len(request.parcels) or not frames or len(bare) == len(frames):
        return None
    parcels = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=DEGREES)
    for column in parcels.columns.drop("geometry"):
        parcels[column] = as_text(parcels[column])
    parcels["crop"] = parcels["crop"].mask(parcels["crop"].str.casefold().isin(NO_CROP))
    parcels["sound"] = True
    if request.seasons is not None:  # the faults of other seasons are of no interest
        parcels = _of_seasons(parcels, request.seasons, findings)
    _check_texts(parcels, findings)
    _check_ids(parcels, findings)
    _check_shapes(parcels, findings)
    return parcels


def complete(parcels: gpd.GeoDataFrame, findings: Findings) -> gpd.GeoDataFrame:
    """The parcel table of a study: field groups, areas in ha and centroids in the study's UTM zone.

    Parameters
    ----------
    parcels
        Sound parcels in EPSG:4326, with or without ``field_group``.
    findings
        Takes the notes.
    """
    projected = parcels.to_crs(parcels.estimate_utm_crs())
    centroid = projected.centroid.to_crs(DEGREES)
    if "field_group" in parcels.columns:
        group = parcels["field_group"].fillna(parcels["parcel_id"])
    else:
        group = field_groups(projected)
        findings.note(f"Field groups were computed: {len(set(group))} fields among {len(parcels)} parcels.")
    if (projected.area == 0).all():
        findings.note("The parcels are points: their areas are 0 ha.")
    return gpd.GeoDataFrame(
        {
            "parcel_id": parcels["parcel_id"],
            "season": parcels["season"],
            "crop": parcels["crop"],
            "field_group": pd.Series(group, index=parcels.index, dtype="str"),
            "area_ha": projected.area / 1e4,
            "lon": centroid.x,
            "lat": centroid.y,
            "geometry": parcels.geometry,
        },
        crs=DEGREES,
    ).reset_index(drop=True)


def _say_without_crop(bare: Sequence[tuple[Path, gpd.GeoDataFrame]], files: int, findings: Findings) -> None:
    """Files without a crop column hold parcels without labels, unless all files are such."""
    for path, frame in bare:
        columns = ", ".join(map(str, frame.columns))
        if len(bare) == files:
            findings.fault(
                f"{path} lacks the columns crop; it has {columns}",
                "Name the right one with --rename OLD=crop: at least one season needs labels.",
            )
        else:
            findings.note(
                f"{path} has no column crop, so its {len(frame)} parcels have no label (it has {columns}). "
                "If one of these is the crop, name it with --rename OLD=crop."
            )


def _in_degrees(
    frame: gpd.GeoDataFrame, path: str, request: IngestRequest, findings: Findings
) -> gpd.GeoDataFrame:
    """The same parcels in EPSG:4326; untouched where their CRS is not known."""
    # GeoPackages state an "undefined" engineering CRS where they mean none.
    stated, crs = frame.crs is not None and not frame.crs.is_engineering, request.crs
    if not stated and crs is None:
        findings.fault(
            f"{path} does not state its coordinate reference system", "Give it, for example --crs EPSG:4326."
        )
        return frame.set_crs(DEGREES, allow_override=True)
    if not stated:
        try:
            frame = frame.set_crs(crs, allow_override=True)
        except CRSError:
            findings.fault(f'The coordinate reference system "{crs}" is unknown', "Try --crs EPSG:4326.")
            return frame.set_crs(DEGREES, allow_override=True)
    source_crs = frame.crs
    frame = frame.to_crs(DEGREES)
    bounds = shapely.bounds(frame.geometry.to_numpy())  # [parcel, 4], NaN where empty
    some = ~(shapely.is_empty(frame.geometry.to_numpy()) | shapely.is_missing(frame.geometry.to_numpy()))
    with np.errstate(invalid="ignore"):
        on_globe = (np.abs(bounds) <= (180, 90, 180, 90)).all(axis=1)
    off = some & ~on_globe
    if request.seasons is not None:
        off &= as_text(frame["season"]).isin(request.seasons).to_numpy()
    if off.any():
        findings.fault(
            f"Parcels of {path} off the globe when read as {source_crs.to_string()[:40]}",
            "The file states a wrong coordinate reference system: correct it there.",
            tuple(as_text(frame["parcel_id"])[off].fillna("?")),
        )
    return frame


def _check_texts(parcels: gpd.GeoDataFrame, findings: Findings) -> None:
    nameless = parcels["parcel_id"].isna()
    if nameless.any():
        rows = tuple(f"row {row + 1}" for row in np.flatnonzero(nameless))
        findings.reject("Parcels without parcel_id", "Give each parcel a name.", rows)
    timeless = ~parcels["season"].fillna("").str.fullmatch(YEAR.pattern) & ~nameless
    if timeless.any():
        labels = parcels["season"][timeless].fillna("none").unique()
        findings.reject(
            f"Parcels whose season is not a year ({', '.join(labels[:3])})",
            "Write the year of the harvest, for example 2021.",
            tuple(parcels["parcel_id"][timeless]),
        )
    parcels["sound"] &= ~(nameless | timeless)


def _of_seasons(parcels: gpd.GeoDataFrame, seasons: tuple[str, ...], findings: Findings) -> gpd.GeoDataFrame:
    seasons_given = sorted(parcels["season"].dropna().unique())
    unknown = [label for label in seasons if label not in seasons_given]
    if unknown:
        findings.fault("Seasons without parcels", f"There are {', '.join(seasons_given)}.", unknown)
    return parcels[parcels["season"].isin(seasons)].reset_index(drop=True)


def _check_ids(parcels: gpd.GeoDataFrame, findings: Findings) -> None:
    twice = parcels.duplicated(["parcel_id", "season"]) & parcels["sound"]
    if twice.any():
        findings.fault(
            "Parcels named twice in a season",
            "Give each parcel of a season its own parcel_id.",
            tuple(parcels["parcel_id"][twice].unique()),
        )
    parcels["sound"] &= ~twice


def _check_shapes(parcels: gpd.GeoDataFrame, findings: Findings) -> None:
    """Repair geometries where that is safe; find those that are empty, invalid or lines."""
    shapes = shapely.force_2d(parcels.geometry.to_numpy())
    names = parcels["parcel_id"].fillna("?").to_numpy(object)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    findings.reject("Parcels without geometry", "Draw their outlines.", tuple(names[empty]))

    broken = ~empty & ~shapely.is_valid(shapes)
    repaired = broken.copy()
    for row in np.flatnonzero(broken):
        shape = _repaired(shapes[row])
        repaired[row] = shape is not None
        shapes[row] = shape or shapes[row]
    if repaired.any():
        what = ", ".join(names[repaired][:3])
        findings.note(f"Repaired the geometry of {repaired.sum()} parcels ({what}); areas changed by < 1 %.")
    invalid = broken & ~repaired
    findings.reject(
        "Parcels with invalid geometry that cannot be repaired safely",
        "Correct their outlines (in QGIS: Check validity).",
        tuple(names[invalid]),
    )
    kind = parcels.geometry.geom_type.isin([*POLYGONS, "Point"]).to_numpy()
    odd = ~empty & ~broken & ~kind
    findings.reject(
        "Parcels that are neither polygons nor points", "Give outlines or points.", tuple(names[odd])
    )
    parcels["geometry"] = shapes
    parcels["sound"] &= ~(empty | invalid | odd)


def _repaired(shape: shapely.Geometry) -> shapely.Geometry | None:
    """The valid polygon an invalid one stands for, or None where its area would change."""
    parts: npt.NDArray[np.object_] = shapely.get_parts(shapely.make_valid(shape))
    polygons = [part for part in shapely.get_parts(parts) if part.geom_type == "Polygon"]
    if not polygons:
        return None
    valid = polygons[0] if len(polygons) == 1 else shapely.union_all(polygons)
    before, after = abs(shapely.area(shape)), shapely.area(valid)
    safe = valid.geom_type in POLYGONS and abs(after - before) < SAFE_AREA_CHANGE * before
    return valid if safe else None

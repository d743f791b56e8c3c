"""The parcels whose series are wanted: id, season and outline; crops do not matter here."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely
from pyproj.exceptions import CRSError

from engine.geodesy import DEGREES
from engine.studies.extract.images import ExtractError
from engine.studies.extract.request import ExtractRequest
from engine.studies.ingest.columns import YEAR, as_text
from engine.studies.ingest.faults import Findings, listed
from engine.studies.ingest.readers import read_map


def read_outlines(request: ExtractRequest, notes: list[str]) -> gpd.GeoDataFrame:
    """All parcels of all files in EPSG:4326: ``parcel_id``, ``season``, geometry; neighbours stand together.

    Parameters
    ----------
    request
        Names the files and the seasons.
    notes
        Takes what was left out.

    Raises
    ------
    ExtractError
        Where a file cannot be read or lacks what is needed.
    """
    findings = Findings()
    frames = []
    for path in request.parcels:
        frame = read_map(path, request.rename, findings)
        if findings.faults or frame is None:
            raise ExtractError(" ".join(str(fault) for fault in findings.faults))
        frames.append(_placed(frame, str(path), request))
    notes += findings.notes
    parcels = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=DEGREES)
    if request.seasons is not None:
        stated = sorted(parcels["season"].unique())
        if unknown := [label for label in request.seasons if label not in stated]:
            raise ExtractError(
                f"No parcel is of season {', '.join(unknown)}. There are {', '.join(stated)}: choose with "
                "--seasons."
            )
        parcels = parcels[parcels["season"].isin(request.seasons)]
    twice = parcels["parcel_id"][parcels.duplicated(["parcel_id", "season"])]
    if len(twice):
        raise ExtractError(
            f"{listed('Parcels named twice in a season', tuple(twice.unique()))}. Give each its own "
            "parcel_id."
        )
    parcels = parcels.assign(place=parcels.hilbert_distance())
    return parcels.sort_values(["season", "place", "parcel_id"], ignore_index=True)


def _placed(frame: gpd.GeoDataFrame, path: str, request: ExtractRequest) -> gpd.GeoDataFrame:
    """The parcels of one file, sound and in degrees; one row a season."""
    frame = _in_degrees(frame, path, request.crs)
    columns = ", ".join(map(str, frame.columns))
    if "parcel_id" not in frame:
        raise ExtractError(
            f"{path} lacks the column parcel_id; it has {columns}. Add --rename OLD=parcel_id."
        )
    if "season" not in frame and request.seasons is None:
        raise ExtractError(
            f"{path} lacks the column season; it has {columns}. Name the harvest years with --seasons 2020 "
            "2021, or add --rename OLD=season."
        )
    shapes = shapely.make_valid(shapely.force_2d(frame.geometry.to_numpy()))
    plain = pd.DataFrame({"parcel_id": as_text(frame["parcel_id"]), "geometry": shapes})
    if "season" in frame:
        plain["season"] = as_text(frame["season"])
    else:
        plain = pd.concat([plain.assign(season=label) for label in request.seasons or ()])
    strange = plain["season"][~plain["season"].fillna("").str.fullmatch(YEAR.pattern)]
    if len(strange):
        raise ExtractError(
            f"{listed('Seasons that are not a year', tuple(strange.fillna('none').unique()))} in {path}. "
            "Write the year of the harvest, for example 2021."
        )
    outlines = plain["geometry"].to_numpy()
    lost = plain["parcel_id"].isna() | shapely.is_missing(outlines) | shapely.is_empty(outlines)
    if lost.any():
        raise ExtractError(
            f"{path}: {int(lost.sum())} parcels have no parcel_id or no outline. Complete or delete them."
        )
    return gpd.GeoDataFrame(plain, geometry="geometry", crs=DEGREES)


def _in_degrees(frame: gpd.GeoDataFrame, path: str, crs: str | None) -> gpd.GeoDataFrame:
    """The same parcels in EPSG:4326."""
    if frame.crs is None or frame.crs.is_engineering:
        if crs is None:
            raise ExtractError(
                f"{path} does not state its coordinate reference system. Give it, for example --crs "
                "EPSG:4326."
            )
        try:
            frame = frame.set_crs(crs, allow_override=True)
        except CRSError:
            raise ExtractError(
                f'The coordinate reference system "{crs}" is unknown. Try --crs EPSG:4326.'
            ) from None
    return frame.to_crs(DEGREES)

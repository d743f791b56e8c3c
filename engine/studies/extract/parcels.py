"""The parcels whose series are wanted: id, season and outline; crops do not matter here."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from engine.geodesy import DEGREES
from engine.studies.extract.images import ExtractError
from engine.studies.extract.request import ExtractRequest
from engine.studies.ingest.column_names import standard_names
from engine.studies.ingest.columns import YEAR, as_text
from engine.studies.ingest.faults import Findings, listed
from engine.studies.ingest.layers import draws
from engine.studies.ingest.places import in_degrees
from engine.studies.ingest.readers import Layer, read_layers
from engine.studies.ingest.request import IngestRequest
from engine.studies.ingest.season_names import season_labels, window_of, year_in
from engine.studies.ingest.time_axis import Window


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
    options = IngestRequest(
        request.parcels, (), "", window=request.window, crs=request.crs, rename=request.rename
    )
    window = window_of(options, findings)
    frames = []
    for path in request.parcels:
        layers = read_layers(path, options.options, findings)
        if layers is None:
            raise _error(findings)
        drawn = [layer for layer in layers if draws(layer) is not None]
        frames += [_placed(layer, options, request.seasons, window, findings) for layer in drawn]
        if not drawn:
            raise ExtractError(f"{path} draws no parcels. Give the file that holds their outlines.")
    if findings.faults:
        raise _error(findings)
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


def _placed(
    layer: Layer, options: IngestRequest, seasons: tuple[str, ...] | None, window: Window, findings: Findings
) -> gpd.GeoDataFrame:
    """The parcels of one layer, sound and in degrees; one row a season."""
    names = standard_names(layer.frame, ("parcel_id", "season"), str(layer), findings)
    frame = layer.frame.rename(columns=names)
    columns = ", ".join(map(str, frame.columns))
    if "parcel_id" not in frame:
        raise ExtractError(
            f"{layer} lacks the column parcel_id; it has {columns}. Add --rename OLD=parcel_id."
        )
    year = year_in(layer.name or "") or year_in(layer.path.stem)
    if "season" in frame:
        label: pd.Series[str] | str = pd.Series(
            season_labels(frame["season"], window, options).names, index=frame.index
        ).astype("str")
    elif year is not None and (seasons is None or year in seasons):
        label = year
    elif seasons is not None:
        label = seasons[0]
    else:
        raise ExtractError(
            f"{layer} lacks the column season; it has {columns}. Name the harvest years with --seasons 2020 "
            "2021, or add --rename OLD=season."
        )
    frame = gpd.GeoDataFrame(frame.assign(parcel_id=as_text(frame["parcel_id"]), season=label))
    frame = in_degrees(frame, str(layer), options, findings)
    if findings.faults:
        raise _error(findings)
    shapes = shapely.make_valid(shapely.force_2d(frame.geometry.to_numpy()))
    plain = pd.DataFrame({"parcel_id": frame["parcel_id"], "season": frame["season"], "geometry": shapes})
    if "season" not in layer.frame.rename(columns=names) and year is None:
        plain = pd.concat([plain.assign(season=each) for each in seasons or ()])
    strange = plain["season"][~plain["season"].fillna("").str.fullmatch(YEAR.pattern)]
    if len(strange):
        raise ExtractError(
            f"{listed('Seasons that are not a year', tuple(strange.fillna('none').unique()))} in {layer}. "
            "Write the year of the harvest, for example 2021."
        )
    outlines = plain["geometry"].to_numpy()
    lost = plain["parcel_id"].isna() | shapely.is_missing(outlines) | shapely.is_empty(outlines)
    if lost.any():
        raise ExtractError(
            f"{layer}: {int(lost.sum())} parcels have no parcel_id or no outline. Complete or delete them."
        )
    return gpd.GeoDataFrame(plain, geometry="geometry", crs=DEGREES)


def _error(findings: Findings) -> ExtractError:
    return ExtractError(" ".join(str(fault) for fault in findings.faults))

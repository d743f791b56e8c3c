"""Foreign parcels -> the parcel table of a study, with everything that is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from engine.geodesy import DEGREES, utm_crs
from engine.studies.ingest.column_names import the_only_text
from engine.studies.ingest.columns import YEAR, as_text
from engine.studies.ingest.crop_names import check_encoding, without_placeholders
from engine.studies.ingest.faults import Findings
from engine.studies.ingest.field_groups import field_groups
from engine.studies.ingest.id_spellings import respelt
from engine.studies.ingest.layers import OUTSIDE, draws, read_all
from engine.studies.ingest.parcel_rows import one_row_a_parcel
from engine.studies.ingest.places import in_degrees, turned
from engine.studies.ingest.readers import Layer
from engine.studies.ingest.request import IngestRequest
from engine.studies.ingest.shapes import check_shapes
from engine.studies.ingest.time_axis import Window

if TYPE_CHECKING:
    from engine.studies.ingest.observations import Observations

COLUMNS = ("parcel_id", "season", "crop")


def read_parcels(
    request: IngestRequest, window: Window, findings: Findings, observed: Observations | None = None
) -> gpd.GeoDataFrame | None:
    """All parcels of all files: text columns, geometry in EPSG:4326, and ``sound`` for those usable.

    ``crop`` is missing where a file leaves it out or writes a word for nothing.

    None where a file cannot be read or lacks columns; everything wrong is in ``findings``.

    Parameters
    ----------
    request
        Files of parcels, and which seasons, columns and CRS to use.
    window
        Of the year, which gives days their season.
    findings
        Takes the faults and notes.
    observed
        Series, which tell the season of parcels where nothing else does.
    """
    layers = read_all(request, window, observed, findings)
    if layers is None or not _say_without_crop(layers, findings):
        return None
    maps = [
        _table(layer, frame, request, findings) for layer in layers if (frame := draws(layer)) is not None
    ]
    if not maps:
        findings.fault(
            f"{layers[0]} has no geometry",
            "Give the file that holds the parcels' outlines or positions as well.",
        )
        return None
    parcels = gpd.GeoDataFrame(pd.concat(maps, ignore_index=True), crs=DEGREES)
    labels = [_labels(layer) for layer in layers if draws(layer) is None]
    for column in parcels.columns.drop(["geometry", OUTSIDE]):
        parcels[column] = as_text(parcels[column])
    parcels["sound"] = True
    if request.seasons is not None:  # the faults of other seasons are of no interest
        parcels = _of_seasons(parcels, request.seasons, findings)
    check_encoding(parcels["crop"], request, findings)
    every = pd.concat([parcels["crop"], *(table["crop"] for table in labels)], ignore_index=True)
    named = without_placeholders(every, findings)
    parcels["crop"] = named[: len(parcels)].to_numpy()
    if labels:
        labelled = pd.concat(labels, ignore_index=True)
        labelled["crop"] = named[len(parcels) :].to_numpy()
        parcels = _with_labels(parcels, labelled, findings)
    _check_texts(parcels, request, findings)
    parcels = one_row_a_parcel(parcels, findings)
    check_shapes(parcels, findings)
    return turned(parcels, request, findings)


def complete(parcels: gpd.GeoDataFrame, findings: Findings) -> gpd.GeoDataFrame:
    """The parcel table of a study: field groups, areas in ha and centroids in the study's UTM zone.

    Parameters
    ----------
    parcels
        Sound parcels in EPSG:4326, with or without ``field_group``.
    findings
        Takes the notes.
    """
    projected = parcels.to_crs(utm_crs(tuple(parcels.total_bounds)))
    centroid = projected.centroid.to_crs(DEGREES)
    if "field_group" in parcels.columns:
        group = parcels["field_group"].fillna(parcels["parcel_id"])
    else:
        group = field_groups(projected, findings)
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


def _say_without_crop(layers: list[Layer], findings: Findings) -> bool:
    """Whether some layer names crops; those that do not hold parcels without labels, which is noted."""
    bare = [layer for layer in layers if "crop" not in layer.frame]
    for layer in bare:
        columns = ", ".join(str(column) for column in layer.frame.columns if column != OUTSIDE)
        if len(bare) == len(layers):
            findings.fault(
                f"{layer} lacks the columns crop; it has {columns}",
                "Name the right one with --rename OLD=crop: at least one season needs labels.",
                changes=the_only_text(layer.frame, "crop"),
            )
        else:
            findings.note(
                f"{layer} has no column crop, so its {len(layer.frame)} parcels have no label (it has "
                f"{columns}). If one of these is the crop, name it with --rename OLD=crop."
            )
    return len(bare) < len(layers)


def _table(
    layer: Layer, frame: gpd.GeoDataFrame, request: IngestRequest, findings: Findings
) -> gpd.GeoDataFrame:
    frame = frame if "crop" in frame else frame.assign(crop=None)
    placed = in_degrees(frame, str(layer), request, findings)
    group = ["field_group"] if "field_group" in frame.columns else []
    return placed[[*COLUMNS, *group, OUTSIDE, "geometry"]]


def _labels(layer: Layer) -> pd.DataFrame:
    """Crops that a table without places tells of parcels that another file draws."""
    frame = pd.DataFrame(layer.frame)
    return pd.DataFrame({name: as_text(frame[name]) for name in COLUMNS})


def _with_labels(parcels: gpd.GeoDataFrame, labels: pd.DataFrame, findings: Findings) -> gpd.GeoDataFrame:
    """The parcels and, for each label, a row more with the place of its parcel."""
    keys = ["parcel_id", "season"]
    places = parcels.drop_duplicates(keys).drop(columns="crop")
    names = respelt(set(places["parcel_id"].dropna()), set(labels["parcel_id"].dropna()), "labels", findings)
    labels = labels.assign(parcel_id=labels["parcel_id"].replace(names))
    labelled = labels.merge(places, on=keys, how="left", indicator=True)
    stray = labelled["_merge"] == "left_only"
    findings.reject(
        "Labels of parcels that no file draws",
        "Check parcel_id and season, or add the parcels' outlines.",
        tuple(labelled["parcel_id"][stray].fillna("?") + " (" + labelled["season"][stray].fillna("?") + ")"),
        len(labelled),
    )
    found = gpd.GeoDataFrame(labelled[~stray].drop(columns="_merge"), geometry="geometry", crs=DEGREES)
    return gpd.GeoDataFrame(pd.concat([parcels, found], ignore_index=True), crs=DEGREES)


def _check_texts(parcels: gpd.GeoDataFrame, request: IngestRequest, findings: Findings) -> None:
    nameless = parcels["parcel_id"].isna()
    if nameless.any():
        rows = tuple(f"row {row + 1}" for row in np.flatnonzero(nameless))
        findings.reject("Parcels without parcel_id", "Give each parcel a name.", rows, len(parcels))
    outside = parcels[OUTSIDE].to_numpy(bool) & ~nameless
    findings.reject(
        f"Parcels whose day lies in no season's window ({request.window[0]} to {request.window[1]})",
        "Widen it with --window, or say the season with --season FILE=YEAR.",
        tuple(parcels["parcel_id"][outside]),
        len(parcels),
    )
    timeless = ~parcels["season"].fillna("").str.fullmatch(YEAR.pattern) & ~nameless & ~outside
    if timeless.any():
        labels = parcels["season"][timeless].fillna("none").unique()
        findings.reject(
            f"Parcels whose season is not a year ({', '.join(labels[:3])})",
            "Write the year of the harvest, for example 2021, or a day of the season.",
            tuple(parcels["parcel_id"][timeless]),
            len(parcels),
        )
    parcels["sound"] &= ~(nameless | timeless | outside)


def _of_seasons(parcels: gpd.GeoDataFrame, seasons: tuple[str, ...], findings: Findings) -> gpd.GeoDataFrame:
    given = sorted(parcels["season"].dropna().unique())
    unknown = [label for label in seasons if label not in given]
    if unknown:
        findings.fault("Seasons without parcels", f"There are {', '.join(given)}.", unknown)
    return parcels[parcels["season"].isin(seasons)].reset_index(drop=True)

"""Which parcel each row is of: by its id as tools spell it, else by its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from engine.geodesy import utm_crs
from engine.studies.ingest.faults import Findings, listed
from engine.studies.ingest.id_spellings import respelt
from engine.studies.ingest.shapes import finite
from engine.studies.labels.nouns import LabelError
from engine.studies.labels.reading import LabelRows

MatchBy = Literal["id", "place"]
Floats = npt.NDArray[np.float64]

WITHIN_KM = 0.1  # from a parcel's edge: a position taken at the roadside
FAR_KM = 1.0  # of a row from the parcel that its id names, beyond which one of the two is wrong
MOST_FAR = 0.5  # share of such rows from which the ids name something else
M_IN_KM = 1000.0


@dataclass(frozen=True, eq=False)
class Places:
    """The parcels of a season, in metres, ready to be searched.

    Parameters
    ----------
    ids
        Of the parcels, ``[parcel]``.
    shapes
        In ``crs``, ``[parcel]``.
    """

    ids: npt.NDArray[np.object_]
    shapes: gpd.GeoSeries
    tree: shapely.STRtree

    def nearest(self, places: gpd.GeoSeries) -> tuple[npt.NDArray[np.int64], Floats]:
        """Row of the nearest parcel of each place, -1 where it has none, and the km to it, infinite there."""
        rows = np.full(len(places), -1, np.int64)
        km = np.full(len(places), np.inf)
        points = _points(places, self.shapes.crs)
        asked, found, far = None, None, None
        usable = np.flatnonzero(~(shapely.is_missing(points) | shapely.is_empty(points)))
        if len(usable):
            (asked, found), far = self.tree.query_nearest(
                points[usable], return_distance=True, all_matches=False
            )
            rows[usable[asked]], km[usable[asked]] = found, far / M_IN_KM
        return rows, km

    def km_to(self, rows: npt.NDArray[np.int64], places: gpd.GeoSeries) -> Floats:
        """Km from each place to the parcel of that row; NaN where there is no place."""
        points = _points(places, self.shapes.crs)
        return np.asarray(shapely.distance(points, self.shapes.to_numpy()[rows]) / M_IN_KM)


def places_of(parcels: gpd.GeoDataFrame) -> Places:
    """The parcels of a season, ready to be searched.

    Parameters
    ----------
    parcels
        With ``parcel_id``, in degrees.
    """
    shapes = parcels.geometry.to_crs(utm_crs(tuple(parcels.total_bounds)))
    return Places(parcels["parcel_id"].to_numpy(object), shapes, shapely.STRtree(shapes.to_numpy()))


def matched(
    read: LabelRows, places: Places, findings: Findings, within_km: float, by: MatchBy | None
) -> pd.DataFrame:
    """The rows with the id of their parcel, missing where none fits.

    Parameters
    ----------
    read
        Rows of one layer.
    places
        Parcels of the season.
    findings
        Takes the notes.
    within_km
        How far a place may lie from its parcel.
    by
        ``id`` or ``place`` alone; None tries the id first.

    Returns
    -------
    The rows with ``parcel`` (our id or None), ``matched`` (``id`` or ``place``), ``km`` (of a match by place)
    and ``nearest_km`` (infinite where a row has no place, or was found by its id).

    Raises
    ------
    LabelError
        Where ids name parcels that lie elsewhere.
    """
    rows = read.rows.assign(parcel=None, matched="id", km=0.0, nearest_km=np.inf)
    if by != "place":
        rows["parcel"] = _by_id(read, places, findings, by)
    if by == "id" or "geometry" not in rows:
        return rows
    left = rows["parcel"].isna().to_numpy()
    if not left.any():
        return rows
    nearest, km = places.nearest(gpd.GeoSeries(rows.loc[left, "geometry"], crs="EPSG:4326"))
    fits = (nearest >= 0) & (km <= within_km)
    found = np.flatnonzero(left)[fits]
    parcels = rows["parcel"].to_numpy(object, copy=True)
    parcels[found] = places.ids[nearest[fits]]
    rows["parcel"] = pd.Series(parcels, index=rows.index, dtype=object)
    rows.loc[rows.index[found], "matched"] = "place"
    rows.loc[rows.index[found], "km"] = km[fits]
    rows.loc[left, "nearest_km"] = km
    return rows


def _by_id(
    read: LabelRows, places: Places, findings: Findings, by: MatchBy | None
) -> npt.NDArray[np.object_]:
    """Our id of each row, None where its id is none of ours, or where the ids number something else."""
    theirs = read.rows["parcel_id"]
    row_of = {str(name): row for row, name in enumerate(places.ids)}
    names = respelt(set(row_of), set(theirs.dropna()), f"labels in {read.file.name}", findings)
    ours = theirs.replace(names) if names else theirs
    rows = np.array([row_of.get(str(name), -1) for name in ours], np.int64)
    hits = np.flatnonzero(rows >= 0)
    nothing: npt.NDArray[np.object_] = np.full(len(rows), None, object)
    if len(hits) and "geometry" in read.rows and by is None:
        km = places.km_to(rows[hits], gpd.GeoSeries(read.rows["geometry"].iloc[hits], crs="EPSG:4326"))
        far = hits[np.nan_to_num(km) > FAR_KM]
        if len(far) > MOST_FAR * len(hits):
            middle = np.nanmedian(km)
            if read.is_id_weak:
                findings.note(
                    f"{read.name}: the ids name parcels {middle:,.0f} km away from the rows, so they number "
                    "something else. The rows are matched by place."
                )
                return nothing
            raise LabelError(
                f"{read.name}: most rows lie far from the parcels that their ids name, {middle:,.0f} km in "
                "the middle. Is it a file of another study? If only the ids are right, say --match id; if "
                "only the places, --match place."
            )
        if len(far):
            names_far = [str(name) for name in theirs.iloc[far]]
            what = f"{read.name}: rows more than {FAR_KM:.0f} km from the parcel of their id"
            findings.note(f"{listed(what, names_far)}. The id counts.")
    nothing[hits] = places.ids[rows[hits]]
    return nothing


def _points(places: gpd.GeoSeries, crs: object) -> npt.NDArray[np.object_]:
    """A point inside each place, in metres; missing where it has none."""
    shapes = places.to_crs(crs).to_numpy()
    shapes[~finite(shapes)] = None  # off the globe
    return np.asarray(shapely.point_on_surface(shapes), object)

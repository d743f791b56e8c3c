"""Where trips start as long as nobody says it: the middle of the parcels, or where most of them lie."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from scipy.spatial import cKDTree

from engine.domain import Departure
from engine.geodesy import bounds_of, geodesic_km, project_km, utm_crs
from engine.studies.ingest.faults import Findings

TRIP_KM = 20.0  # the study's shortest radius


def usual_departure(parcels: gpd.GeoDataFrame, findings: Findings) -> Departure:
    """The middle of the parcels; where no parcel of the last season lies near it, the thickest of them.

    Parameters
    ----------
    parcels
        With ``season``, ``lon`` and ``lat``.
    findings
        Takes the note, where it is not the middle.
    """
    middle = Departure(float(parcels["lon"].mean()), float(parcels["lat"].mean()), "Middle of the parcels")
    last = parcels["season"].max()
    lon, lat = (parcels.loc[parcels["season"] == last, axis].to_numpy(float) for axis in ("lon", "lat"))
    if geodesic_km(middle.lon, middle.lat, lon, lat).min() <= TRIP_KM:
        return middle
    places = np.column_stack(project_km(utm_crs(bounds_of(parcels["lon"], parcels["lat"])), lon, lat))
    near = cKDTree(places).query_ball_point(places, TRIP_KM, return_length=True)
    best = int(np.argmax(near))
    name = f"Most parcels of {last}"
    findings.note(
        f"No parcel of {last} lies within {TRIP_KM:.0f} km of the middle of all, so the departure is "
        f"{lon[best]:.3f},{lat[best]:.3f}, with {near[best]:,} parcels around. --departure chooses another."
    )
    return Departure(float(lon[best]), float(lat[best]), name)

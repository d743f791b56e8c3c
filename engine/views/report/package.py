"""The report for other programs: a table of the parcels, and a GeoPackage."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from engine.decisions.trip import Trip
from engine.fieldwork import exports
from engine.fieldwork.tour import Itinerary
from engine.sampling.distances import distance_km
from engine.views.report.content import OnMap

COLUMNS = ["parcel_id", "season", "crop", "field_group", "area_ha", "lon", "lat"]


def parcels(report: OnMap) -> gpd.GeoDataFrame:
    """The parcels of the season: how far away, whether the trip visits them, on which day by which crew.

    ``day``, ``crew`` and ``stop`` are 0 where a parcel is not on the itinerary.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    season = report.study.parcels_in(report.target)
    frame = season[[*COLUMNS, "geometry"]].reset_index(drop=True)
    wanted = set() if report.trip is None else set(report.trip.wanted["parcel_id"])
    frame.insert(7, "distance_km", distance_km(season, report.departure).round(3))
    frame.insert(8, "visited", frame["parcel_id"].isin(wanted).to_numpy())
    at = {
        parcel: (day.number, day.crew, place)
        for day in (report.itinerary.days if report.itinerary else ())
        for place, stop in enumerate(day.stops, 1)
        for parcel in stop.parcels
    }
    visits = np.array([at.get(str(name), (0, 0, 0)) for name in frame["parcel_id"]]).reshape(-1, 3)
    for place, name in enumerate(("day", "crew", "stop")):
        frame.insert(9 + place, name, visits[:, place])
    return frame


def routed(itinerary: Itinerary, trip: Trip) -> dict[str, Any]:
    """The layers ``stops`` and ``ways``.

    Parameters
    ----------
    itinerary, trip
        Day tours of the trip.
    """
    every = exports.layers(itinerary, trip.wanted)
    return {"stops": every["stops"], "ways": every["ways"]}


def packed(layers: Mapping[str, Any], made_on: dt.date) -> bytes:
    """Layers as a GeoPackage.

    Parameters
    ----------
    layers
        By name.
    made_on
        The day that the file states.
    """
    import pyogrio

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.gpkg"
        # The clock is the only thing in which two packages of one report would differ.
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{made_on:%Y-%m-%d}T00:00:00.000Z"})
        try:
            for name, layer in layers.items():
                pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG", append=path.exists())
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        return path.read_bytes()

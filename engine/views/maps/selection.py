"""What a click on a map means, or an area that is drawn around parcels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from engine.domain import Departure


def clicked(selection: Mapping[str, Any], parcels: pd.DataFrame) -> Departure | None:
    """The place of the parcel that was clicked, under its name; None where none was.

    Parameters
    ----------
    selection
        What Streamlit reports: objects by layer.
    parcels
        With ``parcel_id``, ``lon`` and ``lat``: the browser is asked which, never where.
    """
    for objects in selection.get("objects", {}).values():
        for picked in objects:
            name = picked.get("properties", picked).get("id") or picked.get("text")
            found = parcel_named(str(name), parcels)
            if found:
                return found
    return None


def parcel_named(name: str, parcels: pd.DataFrame) -> Departure | None:
    """The place of a parcel, under its name; None where there is none of that name.

    Parameters
    ----------
    name
        Id of the parcel; spaces around it do not matter.
    parcels
        With ``parcel_id``, ``lon`` and ``lat``.
    """
    parcel = parcels[parcels["parcel_id"].astype(str) == name.strip()]
    if parcel.empty:
        return None
    lon, lat = float(parcel["lon"].iloc[0]), float(parcel["lat"].iloc[0])
    return Departure(round(lon, 3), round(lat, 3), name.strip())


def inside(selection: Mapping[str, Any], parcels: pd.DataFrame) -> tuple[str, ...]:
    """Ids of the parcels whose centres lie within what was drawn on a chart, sorted.

    Parameters
    ----------
    selection
        What Streamlit reports of a plotly chart: corners in degrees of each ``lasso`` and ``box``, ``x`` and
        ``y``. A box has two.
    parcels
        With ``parcel_id``, ``lon`` and ``lat``.

    Examples
    --------
    >>> parcels = pd.DataFrame({"parcel_id": ["a", "b"], "lon": [0.5, 2.0], "lat": [0.5, 0.5]})
    >>> inside({"box": [{"x": [0, 1], "y": [1, 0]}]}, parcels)
    ('a',)
    """
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)
    within = np.zeros(len(parcels), bool)
    for box in selection.get("box", ()):
        west, east = sorted((box["x"][0], box["x"][1]))
        south, north = sorted((box["y"][0], box["y"][1]))
        within |= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    for lasso in selection.get("lasso", ()):
        if len(lasso["x"]) > 2:
            drawn = shapely.make_valid(shapely.Polygon(np.column_stack([lasso["x"], lasso["y"]])))
            within |= shapely.contains_xy(drawn, lon, lat)
    return tuple(sorted(parcels.loc[within, "parcel_id"].astype(str)))

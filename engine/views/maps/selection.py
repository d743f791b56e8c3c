"""What a click on a map means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

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

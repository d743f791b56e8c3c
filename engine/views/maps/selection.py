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
            parcel = parcels[parcels["parcel_id"].astype(str) == str(name)]
            if len(parcel):
                lon, lat = float(parcel["lon"].iloc[0]), float(parcel["lat"].iloc[0])
                return Departure(round(lon, 3), round(lat, 3), str(name))
    return None

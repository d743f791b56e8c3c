"""Routed trips on disk: ``trips/KEY.json``, a few kB each."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from engine.decisions.trip import Trip, TripRequest, replaced_by
from engine.fieldwork.compact import compact, restored
from engine.fieldwork.costs import Tariff, exactly
from engine.fieldwork.tour import Itinerary
from engine.files import write_json
from engine.parsing import json_of
from engine.sampling import design_by_name
from engine.sampling.listed import ListedParcels
from engine.sampling.replacements import replacement_rows

FORMAT = 2  # raised when the same request would be routed in another way
FOLDER = "trips"
PLACES = 7  # decimals of a degree: a centimetre
DIGITS = 6  # of a design's auxiliary variables


def key_of(ready: gpd.GeoDataFrame, request: TripRequest) -> str:
    """A name for everything that a routed trip depends on: the parcels, and all that is asked of them.

    Crops and names do not count: labels that come in later leave a trip as it is, unless they are of some
    parcels only, which are then no longer among those to choose from.

    Parameters
    ----------
    ready
        The parcels among which the design chooses, see `engine.decisions.trip.candidates`.
    request
        What is asked.

    Returns
    -------
    16 hexadecimal digits.
    """
    driving = request.driving
    facts = {
        "format": FORMAT,
        "parcels": _digest(ready, request),
        "departure": [float(request.departure.lon), float(request.departure.lat)],
        "design": "" if request.listed else request.design,
        "limit": None if request.listed else [request.limit.kind, float(request.limit.amount)],
        "tariff": _rates(request.tariff),
        "seed": request.seed,
        "listed": sorted(request.listed),
        "driving": [driving.crews, driving.sleep_out, driving.most_days, _number(driving.budget)],
        **({"pinned": sorted(request.pinned)} if request.pinned else {}),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _number(amount: float | None) -> float | None:
    return None if amount is None else float(amount)


def _rates(tariff: Tariff) -> dict[str, Any]:
    """Every rate, low, likely and high; the tariff's name does not count."""
    rates: dict[str, Any] = {"currency": tariff.currency}
    for field in dataclasses.fields(tariff):
        if field.name not in ("name", "currency"):
            rate = exactly(getattr(tariff, field.name))
            rates[field.name] = [float(rate.low), float(rate.likely), float(rate.high)]
    return rates


def _digest(ready: gpd.GeoDataFrame, request: TripRequest) -> str:
    """Of where the parcels are, in their order, and of what the design knows about them."""
    digest = hashlib.sha256()
    names = ["parcel_id", "field_group"]
    asked = None if request.listed else design_by_name(request.design, 1.0).auxiliary
    if asked is not None:
        names += [name for name in ready.columns if str(name) == asked or str(name).startswith(f"{asked}_")]
    for name in names:
        values = ready[name].to_numpy()
        if values.dtype.kind == "f":
            values = values.round(DIGITS)
        digest.update("\0".join(map(str, [name, *values.tolist()])).encode())
    for name in ("lon", "lat"):
        digest.update(np.round(ready[name].to_numpy(np.float64) * 10**PLACES).astype("<i8").tobytes())
    return digest.hexdigest()


def keep(folder: Path, key: str, trip: Trip, itinerary: Itinerary) -> None:
    """Store a routed trip.

    Parameters
    ----------
    folder
        Of an archive.
    key
        What `key_of` gave.
    trip, itinerary
        Its parcels that are visited, and its day tours.

    Raises
    ------
    WriteError
        Where the folder cannot be written.
    """
    write_json(path_of(folder, key), record(key, trip, itinerary))


def record(key: str, trip: Trip, itinerary: Itinerary) -> dict[str, Any]:
    """A routed trip as the values of its file.

    Parameters
    ----------
    key, trip, itinerary
        As for `keep`.
    """
    return {
        "format": FORMAT,
        "key": key,
        "equivalent_radius_km": trip.design.equivalent_radius_km or None,
        "visits": sorted(itinerary.parcels),
        "left_out": list(itinerary.left_out),
        "replacements": replaced_by(trip),
        "days": compact(itinerary),
    }


def path_of(folder: Path, key: str) -> Path:
    """Where a routed trip lies.

    Parameters
    ----------
    folder
        Of an archive, or of a study that ships trips.
    key
        What `key_of` gave.
    """
    return folder / FOLDER / f"{key}.json"


def read(
    folder: Path, key: str, ready: gpd.GeoDataFrame, request: TripRequest
) -> tuple[Trip, Itinerary] | None:
    """A routed trip, or None where it is not there or damaged: it is then made again.

    Parameters
    ----------
    folder, key
        Where it lies, and its name.
    ready, request
        What its key was made of.
    """
    try:
        facts = json_of(path_of(folder, key).read_bytes())
        if (facts["format"], facts["key"]) != (FORMAT, key):
            return None
        wanted = ready[ready["parcel_id"].isin([*facts["visits"], *facts["left_out"]])]
        spare = replacement_rows(ready, facts["replacements"])
        design = (
            ListedParcels(request.listed)
            if request.listed
            else design_by_name(request.design, facts["equivalent_radius_km"])
        )
        itinerary = restored(wanted, request.departure, request.tariff, facts["days"])
        if sorted(itinerary.parcels) != facts["visits"]:
            return None
        visited = wanted[wanted["parcel_id"].isin(facts["visits"])]
        return Trip(request, design, visited, spare), itinerary
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError):
        return None

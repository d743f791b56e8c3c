"""Where to look next: the unvisited parcels whose labels would teach the map most.

The gain of a set of parcels is a stated proxy of what they add to macro F1: the expected reduction of
class-weighted entropy over the map. A parcel's entropy is that of its calibrated probabilities; each class
counts by the inverse of its expected share, as macro F1 counts classes rather than parcels. A label explains
the parcels that look like it: all of the entropy of its own parcel, and less with growing distance in the
space of the dissimilarity index. Labels that are there already explain theirs, so what is chosen is new, and
what is chosen first makes its like less worth while: the set is diverse. The gain is submodular, so taking
the best parcel each time comes within 1 - 1/e of the best set (Nemhauser et al. 1978).

References
----------
K. Wei, R. Iyer, J. Bilmes (2015), "Submodularity in data subset selection and active learning", ICML,
1954-1963.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Departure, PlanError
from engine.geodesy import geodesic_km
from engine.mapping.crop_map import CropMap

MOST_CANDIDATES = 3_000  # parcels that may be chosen, those of the largest entropy
MOST_EXPLAINED = 3_000  # parcels that stand for the map, at even steps
PARCELS_A_STOP = 4
STOP_KM = 3.0  # a stop's parcels lie within so many km of its first
NEIGHBOUR = 10  # how far it usually is says how far a label reaches
LEAST_SHARE = 0.01  # of a class: a rarer one weighs no more
COLUMNS = ("stop", "rank", "parcel_id", "crop", "probability", "gain", "km", "lon", "lat")

Floats = npt.NDArray[np.floating]
Places = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Explained:
    """How much of the map's entropy labels explain so far.

    Parameters
    ----------
    similarity
        Of candidates and parcels that stand for the map, 0 to 1, ``[candidate, parcel]``.
    worth
        Class-weighted entropy of the parcels, adding up to 1, ``[parcel]``.
    so_far
        Largest similarity of each parcel with a label, ``[parcel]``.
    """

    similarity: Floats
    worth: Floats
    so_far: Floats

    def gains(self) -> Floats:
        """Share of the map's entropy that each candidate would explain beside the labels so far."""
        return np.asarray(np.maximum(self.similarity - self.so_far, 0) @ self.worth)

    def take(self, candidate: int) -> None:
        """Count a candidate's label."""
        np.maximum(self.so_far, self.similarity[candidate], out=self.so_far)


def next_parcels(
    crop_map: CropMap, departure: Departure, parcels: int, within_km: float | None = None
) -> pd.DataFrame:
    """The most informative unvisited parcels, in stops to drive to.

    Parameters
    ----------
    crop_map
        The map so far.
    departure
        Where the day starts.
    parcels
        How many, at most.
    within_km
        How far from the departure, at most.

    Returns
    -------
    ``stop`` (in the order of the drive: each is the nearest to the one before), ``rank`` (in which parcels
    were chosen, from 1), ``parcel_id``, ``crop`` and ``probability`` (as mapped), ``gain`` (share of the
    map's class-weighted entropy), ``km`` from the departure, ``lon``, ``lat``.

    Raises
    ------
    PlanError
        Where no parcel is wanted, or none is left to visit.
    """
    if parcels < 1:
        raise PlanError(f"{parcels} parcels are no day's work. Ask for at least 1 with --next.")
    table = crop_map.parcels
    lon, lat = table["lon"].to_numpy(np.float64), table["lat"].to_numpy(np.float64)
    km = geodesic_km(departure.lon, departure.lat, lon, lat)
    labelled = table["labelled"].to_numpy(dtype=bool)
    within = ~labelled & (True if within_km is None else km <= within_km)
    if not within.any():
        raise PlanError(_nothing_left(crop_map, departure, within_km, bool(labelled.all())))
    entropy = class_weighted_entropy(crop_map.calibrated)
    candidates = np.flatnonzero(within)
    candidates = candidates[np.argsort(-entropy[candidates], kind="stable")][:MOST_CANDIDATES]
    explained = _explained(crop_map, candidates, np.flatnonzero(labelled), entropy)
    chosen, gains, stops = _chosen(explained, candidates, parcels, lon, lat)
    found = pd.DataFrame(
        {
            "stop": _drive_order(np.array(stops), lon[chosen], lat[chosen], departure),
            "rank": np.arange(1, len(chosen) + 1),
            "parcel_id": table["parcel_id"].to_numpy(dtype=object)[chosen],
            "crop": table["crop"].to_numpy(dtype=object)[chosen],
            "probability": table["probability"].to_numpy(np.float64)[chosen],
            "gain": gains,
            "km": km[chosen],
            "lon": lon[chosen],
            "lat": lat[chosen],
        }
    )
    return found.sort_values(["stop", "rank"]).reset_index(drop=True)[list(COLUMNS)]


def _nothing_left(
    crop_map: CropMap, departure: Departure, within_km: float | None, all_labelled: bool
) -> str:
    if all_labelled or within_km is None:
        return f"Every mapped parcel of {crop_map.season} has a label, so none is left to visit."
    return (
        f"No unvisited parcel of {crop_map.season} lies within {within_km:g} km of {departure.title}. Allow "
        "more with --within."
    )


def class_weighted_entropy(calibrated: Floats) -> Floats:
    """Entropy of each parcel in which classes count by the inverse of their expected share, ``[parcel]``.

    Parameters
    ----------
    calibrated
        Probabilities, ``[parcel, class]``.
    """
    exact = np.maximum(calibrated.astype(np.float64), 1e-12)
    weight = 1 / np.maximum(exact.mean(axis=0), LEAST_SHARE)  # [class]
    return np.asarray((-exact * np.log(exact)) @ (weight / weight.sum()))


def _explained(
    crop_map: CropMap, candidates: npt.NDArray[np.int64], labelled: npt.NDArray[np.int64], entropy: Floats
) -> _Explained:
    """Similarities fall with distance as a Gaussian as wide as the usual distance of the tenth neighbour."""
    from scipy.spatial.distance import cdist

    features = crop_map.features.astype(np.float64)
    stands = np.arange(0, len(features), max(1, -(-len(features) // MOST_EXPLAINED)))
    between = cdist(features[candidates], features[stands])
    nth = min(NEIGHBOUR, len(stands) - 1)
    width = float(np.median(np.partition(between, nth, axis=1)[:, nth])) or 1.0  # or all parcels are alike
    worth = entropy[stands] / max(float(entropy[stands].sum()), 1e-12)
    so_far = np.zeros(len(stands))
    for part in np.array_split(labelled, max(1, len(labelled) // MOST_CANDIDATES)):
        if len(part):
            nearest = cdist(features[part], features[stands]).min(axis=0)
            np.maximum(so_far, np.exp(-((nearest / width) ** 2) / 2), out=so_far)
    return _Explained(np.exp(-((between / width) ** 2) / 2), worth, so_far)


def _chosen(
    explained: _Explained, candidates: npt.NDArray[np.int64], parcels: int, lon: Places, lat: Places
) -> tuple[npt.NDArray[np.int64], list[float], list[int]]:
    """The best parcel of all begins a stop; the best within reach of it fill the stop; and so on."""
    free = np.ones(len(candidates), dtype=bool)
    chosen: list[int] = []
    gains: list[float] = []
    stops: list[int] = []
    reach = free
    while len(chosen) < min(parcels, len(candidates)):
        begins = not stops or stops.count(stops[-1]) >= PARCELS_A_STOP or not (free & reach).any()
        gain = explained.gains()
        best = int(np.where(free if begins else free & reach, gain, -1.0).argmax())
        if begins:
            at = candidates[best]
            reach = geodesic_km(lon[at], lat[at], lon[candidates], lat[candidates]) <= STOP_KM
        explained.take(best)
        free[best] = False
        chosen.append(int(candidates[best]))
        gains.append(float(gain[best]))
        stops.append((stops[-1] + 1 if begins else stops[-1]) if stops else 1)
    return np.array(chosen), gains, stops


def _drive_order(
    stop: npt.NDArray[np.int64], lon: Places, lat: Places, departure: Departure
) -> npt.NDArray[np.int64]:
    """Stops numbered so that each is the nearest of those left to the one before, ``[parcel]``."""
    middle = {number: (lon[stop == number].mean(), lat[stop == number].mean()) for number in np.unique(stop)}
    order: dict[int, int] = {}
    at = (departure.lon, departure.lat)
    while middle:
        numbers = list(middle)
        places = np.array([middle[number] for number in numbers])
        nearest = numbers[int(geodesic_km(*at, places[:, 0], places[:, 1]).argmin())]
        at = middle.pop(nearest)
        order[nearest] = len(order) + 1
    return np.array([order[number] for number in stop])

"""The draw of an accuracy sample: known chances, spread over the area, apart from what trains the map."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from engine.geodesy import bounds_of, project_km, utm_crs
from engine.mapping.accuracy.nouns import AccuracyError
from engine.mapping.accuracy.sample_size import Allocation, Size
from engine.sampling.pivotal import pivotal_sample

EVERYTHING = "all parcels"  # the stratum where nothing divides them
NO_MAP = "no map"


@dataclass(frozen=True)
class Stratum:
    """A stratum of a drawn sample: parcels of the frame, their area, and how many were drawn."""

    name: str
    parcels: int
    area_ha: float
    drawn: int

    @property
    def inclusion(self) -> float:
        """The chance of each of its parcels to be drawn."""
        return self.drawn / self.parcels


@dataclass(frozen=True)
class DrawnSample:
    """A probability sample: of what, how, and which parcels.

    Parameters
    ----------
    season
        That it is for.
    map_key
        Of the map whose classes are the strata, or ``no map``.
    seed
        Of the draw.
    allocation
        How the size was divided among strata.
    half_width
        Of the overall accuracy, as planned.
    strata
        In the order of their names.
    parcels
        The stratum of each drawn parcel, by id.
    left_out
        Parcels outside the frame: a trip visited them to train the map.
    first_phase
        With two phases the stratum of each parcel of the first sample, by id, which ``strata`` count; else
        empty.
    """

    season: str
    map_key: str
    seed: int
    allocation: Allocation
    half_width: float
    strata: tuple[Stratum, ...]
    parcels: Mapping[str, str]
    left_out: tuple[str, ...]
    first_phase: Mapping[str, str] = field(default_factory=dict)

    @property
    def strata_table(self) -> pd.DataFrame:
        """The strata as `assess` takes them."""
        rows = [(each.name, each.parcels, each.area_ha) for each in self.strata]
        return pd.DataFrame(rows, columns=["stratum", "parcels", "area_ha"])

    @property
    def table(self) -> pd.DataFrame:
        """The drawn parcels: ``parcel_id``, ``stratum`` and ``inclusion``."""
        inclusion = {each.name: each.inclusion for each in self.strata}
        rows = [(parcel, stratum, inclusion[stratum]) for parcel, stratum in self.parcels.items()]
        return pd.DataFrame(rows, columns=["parcel_id", "stratum", "inclusion"])


def frame_of(population: pd.DataFrame, visited: Collection[str] = ()) -> pd.DataFrame:
    """The parcels that may be drawn: all but those that trained the map.

    A map is right on its own training parcels by fit. To count them would flatter it, so accuracies stand
    for the parcels that nobody visited, and known parcels count in areas only.

    Parameters
    ----------
    population
        ``parcel_id``, ``stratum``, ``area_ha``, ``lon``, ``lat``.
    visited
        Ids of training parcels.

    Raises
    ------
    AccuracyError
        Where a parcel is named twice, has no area or no stratum, or fewer than two are left.
    """
    ids = population["parcel_id"].astype(str)
    twice = ids[ids.duplicated()]
    if len(twice):
        raise AccuracyError(
            f"The map names parcel {twice.iloc[0]} twice. Give the parcels of one season, each in one row."
        )
    broken = population[~(population["area_ha"] > 0) | population["stratum"].isna()]
    if len(broken):
        raise AccuracyError(
            f"Parcel {broken['parcel_id'].iloc[0]} and {len(broken) - 1} more have no class or no "
            "area above 0. Remove them from the map, or give both."
        )
    frame = population[~ids.isin(set(visited))].reset_index(drop=True)
    if len(frame) < 2:
        raise AccuracyError(
            f"{len(frame)} parcels are left to draw from, because all others were visited. No sample "
            "is needed."
        )
    return frame


def strata_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The strata of a frame: ``stratum``, ``parcels``, ``area_ha`` and ``area_cv``, a row each.

    Parameters
    ----------
    frame
        ``stratum`` and ``area_ha``, a row a parcel.
    """
    groups = frame.groupby("stratum", sort=True)["area_ha"]
    return pd.DataFrame(
        {
            "stratum": [str(name) for name in groups.groups],
            "parcels": groups.size().to_numpy(),
            "area_ha": groups.sum().to_numpy(),
            "area_cv": (groups.std(ddof=0) / groups.mean()).to_numpy(),
        }
    )


def draw(
    population: pd.DataFrame,
    size: Size,
    season: str,
    map_key: str,
    visited: Collection[str] = (),
    seed: int = 0,
) -> DrawnSample:
    """Draw a sample: in each stratum equal chances, spread in space by the local pivotal method.

    Parameters
    ----------
    population
        ``parcel_id``, ``stratum``, ``area_ha``, ``lon``, ``lat``, a row a parcel.
    size
        Of each stratum, see `sample_size`.
    season, map_key
        What the sample is for, and the map whose classes are its strata.
    visited
        Ids of training parcels, which are left out.
    seed
        Of the draw.

    Raises
    ------
    AccuracyError
        Where the population can't be drawn from.
    """
    frame = frame_of(population, visited)
    lon, lat = frame["lon"].to_numpy(float), frame["lat"].to_numpy(float)
    places = np.stack(project_km(utm_crs(bounds_of(lon, lat)), lon, lat), axis=1)
    rng = np.random.default_rng(seed)
    strata, drawn = [], {}
    for name, rows in sorted(frame.groupby(frame["stratum"].astype(str)).indices.items()):
        many = size.by_stratum[str(name)]
        strata.append(Stratum(str(name), len(rows), float(frame["area_ha"].iloc[rows].sum()), many))
        for row in np.asarray(rows)[pivotal_sample(places[rows], many, rng)]:
            drawn[str(frame["parcel_id"].iloc[row])] = str(name)
    known = {str(parcel) for parcel in population["parcel_id"]}
    return DrawnSample(
        season,
        map_key,
        seed,
        size.allocation,
        size.half_width,
        tuple(strata),
        drawn,
        tuple(sorted(known & {str(parcel) for parcel in visited})),
    )

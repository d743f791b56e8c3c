"""Straight lines out from the departure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from engine.domain import PlanError
from engine.sampling.families import BUNDLED, Family
from engine.sampling.protocol import Rows, SizedDesign


@dataclass(frozen=True)
class Transects(SizedDesign):
    """Straight transects from the departure, turned at random: out along one, back along another.

    Parameters
    ----------
    directions
        Number of transects, evenly spread over the compass.
    width_km
        Of a transect, both sides together, km.

    Raises
    ------
    PlanError
        Where they hold no parcel.

    Examples
    --------
    >>> Transects(20, directions=3).width_km
    3.0
    """

    directions: int = 5
    width_km: float = 3.0
    name: ClassVar[str] = "transects"
    label: ClassVar[str] = "Transects"
    description: ClassVar[str] = "along transects"
    families: ClassVar[tuple[Family, ...]] = (BUNDLED,)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.directions < 1 or not self.width_km > 0:
            raise PlanError(
                f"{self.directions} transects of {self.width_km:g} km width hold no parcel. Give at least "
                "one direction and a width above 0."
            )

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """Outwards along the transects; then whatever lies beside them, the nearest to one first."""
        first_bearing = rng.random() * 2 * np.pi
        bearing = first_bearing + 2 * np.pi * np.arange(self.directions) / self.directions  # [direction]
        east, north = fields["east_km"].to_numpy(), fields["north_km"].to_numpy()
        along = east[:, None] * np.sin(bearing) + north[:, None] * np.cos(bearing)  # [field, direction]
        across = np.abs(east[:, None] * np.cos(bearing) - north[:, None] * np.sin(bearing))
        beside = np.where(along >= 0, across, np.hypot(east, north)[:, None]).min(axis=1)  # [field]
        inside = beside <= self.width_km / 2
        return np.lexsort([np.where(inside, fields["distance_km"], beside), ~inside])

"""Every parcel near the departure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from engine.sampling.families import CONVENIENCE, Family
from engine.sampling.protocol import Rows, SizedDesign


@dataclass(frozen=True)
class Radius(SizedDesign):
    """Every parcel within a circle around the departure: the convenience sample of the study.

    Examples
    --------
    >>> Radius(20)
    Radius(equivalent_radius_km=20.0)
    """

    name: ClassVar[str] = "radius"
    label: ClassVar[str] = "Circle"
    description: ClassVar[str] = "near the departure"
    families: ClassVar[tuple[Family, ...]] = (CONVENIENCE,)

    @property
    def spreads(self) -> bool:
        """No: all its parcels lie within the radius."""
        return False

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """The nearest first."""
        return np.argsort(fields["distance_km"].to_numpy(), kind="stable")

"""The baseline: map the season without a trip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from engine.sampling.families import Family
from engine.sampling.protocol import DesignBase, DrawnParcels


@dataclass(frozen=True)
class NoVisit(DesignBase):
    """Visit nothing.

    Examples
    --------
    >>> NoVisit().description
    'without a trip'
    """

    name: ClassVar[str] = "no-visit"
    label: ClassVar[str] = "No field trip"
    description: ClassVar[str] = "without a trip"
    auxiliary: ClassVar[str | None] = None
    equivalent_radius_km: ClassVar[float] = 0.0
    families: ClassVar[tuple[Family, ...]] = ()

    def count(self, parcels: pd.DataFrame) -> int:
        """None."""
        return 0

    def drawn(self, parcels: pd.DataFrame, rng: np.random.Generator) -> DrawnParcels:
        """Nothing."""
        return DrawnParcels((), ())

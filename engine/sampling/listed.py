"""A list of parcels that was made elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from engine.domain import PlanError
from engine.sampling.excluding import with_fields
from engine.sampling.families import LISTS, Family
from engine.sampling.protocol import DesignBase, DrawnParcels


@dataclass(frozen=True)
class ListedParcels(DesignBase):
    """The parcels of a list that may be visited, all of them, with the rest of their field groups.

    Parameters
    ----------
    parcels
        Ids.

    Examples
    --------
    >>> ListedParcels(("p1", "p2")).equivalent_radius_km
    0.0
    """

    parcels: tuple[str, ...]
    name: ClassVar[str] = "listed"
    label: ClassVar[str] = "List of parcels"
    description: ClassVar[str] = "from a list"
    auxiliary: ClassVar[str | None] = None
    equivalent_radius_km: ClassVar[float] = 0.0
    families: ClassVar[tuple[Family, ...]] = (LISTS,)

    def count(self, parcels: pd.DataFrame) -> int:
        """Parcels of the list and of their field groups; `PlanError` where there are none."""
        return int(self._chosen(parcels).sum())

    def drawn(self, parcels: pd.DataFrame, rng: np.random.Generator) -> DrawnParcels:
        """The list; nothing follows it."""
        return DrawnParcels(tuple(parcels.loc[self._chosen(parcels), "parcel_id"]), ())

    def _chosen(self, parcels: pd.DataFrame) -> pd.Series:
        chosen = with_fields(parcels, self.parcels)
        if not chosen.any():
            raise PlanError(
                f"None of the {len(self.parcels)} listed parcels may be visited (the first is "
                f"{self.parcels[0] if self.parcels else 'missing'}). Give ids of surveyed parcels of the "
                "season outside the test half."
            )
        return chosen

"""What designs share that choose near the departure by what a model says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.sampling.protocol import Rows, SizedDesign


@dataclass(frozen=True)
class Reaching(SizedDesign):
    """A design that prefers some parcels within reach; when these are used up, the nearest beyond follow.

    Parameters
    ----------
    within_km
        The reach, km from the departure.
    """

    within_km: float = 40.0

    def preferred(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """Rows of the field groups within reach, the ones to visit first, ``[field]``."""
        raise NotImplementedError

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """Those within reach as preferred, then the nearest."""
        distance = fields["distance_km"].to_numpy()
        within, beyond = np.flatnonzero(distance <= self.within_km), np.flatnonzero(distance > self.within_km)
        nearest_beyond = beyond[np.argsort(distance[beyond], kind="stable")]
        return np.concatenate([within[self.preferred(fields.iloc[within], rng)], nearest_beyond])

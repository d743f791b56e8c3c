"""A sample spread evenly over the area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from engine.sampling.pivotal import pivotal_order
from engine.sampling.protocol import Rows, SizedDesign


@dataclass(frozen=True)
class Balanced(SizedDesign):
    """Spread evenly over the whole area, by the local pivotal method.

    References
    ----------
    See `engine.sampling.pivotal.pivotal_order`.

    Examples
    --------
    >>> Balanced(20).description
    'spread evenly'
    """

    name: ClassVar[str] = "balanced"
    label: ClassVar[str] = "Spatially balanced"
    description: ClassVar[str] = "spread evenly"

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """Neighbours far from each other in the order."""
        return pivotal_order(fields[["east_km", "north_km"]].to_numpy(), rng)

"""A simple random sample of the area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from engine.sampling.families import CONVENIENCE, SPREAD, Family
from engine.sampling.protocol import Rows, SizedDesign


@dataclass(frozen=True)
class Random(SizedDesign):
    """Spread at random over the whole area: the study's comparison, the same count without the convenience.

    Examples
    --------
    >>> Random(20).label
    'Random sample'
    """

    name: ClassVar[str] = "random"
    label: ClassVar[str] = "Random sample"
    description: ClassVar[str] = "spread at random"
    families: ClassVar[tuple[Family, ...]] = (CONVENIENCE, SPREAD)

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """Any order."""
        return rng.permutation(len(fields))

"""The parcels about which source models differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from engine.sampling.families import BY_MODEL, Family
from engine.sampling.protocol import DISAGREEMENT, Rows
from engine.sampling.reaching import Reaching


@dataclass(frozen=True)
class Disagreement(Reaching):
    """Within reach, first the parcels on which models of different training disagree.

    Examples
    --------
    >>> Disagreement(20).within_km
    40.0
    """

    name: ClassVar[str] = "disagreement"
    label: ClassVar[str] = "Where models disagree"
    description: ClassVar[str] = "where models disagree"
    families: ClassVar[tuple[Family, ...]] = (BY_MODEL,)
    auxiliary: ClassVar[str | None] = DISAGREEMENT

    def preferred(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """The largest disagreement first."""
        return np.argsort(-fields[DISAGREEMENT].to_numpy(), kind="stable")

"""Parcels that look different to a source model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from engine.sampling.families import BY_MODEL, Family
from engine.sampling.pivotal import pivotal_order
from engine.sampling.protocol import EMBEDDING, Rows
from engine.sampling.reaching import Reaching


@dataclass(frozen=True)
class Embedding(Reaching):
    """Within reach, parcels that differ in the source model's embedding: balanced over it.

    Examples
    --------
    >>> Embedding(20).label
    'Balanced over embeddings'
    """

    name: ClassVar[str] = "embedding"
    label: ClassVar[str] = "Balanced over embeddings"
    description: ClassVar[str] = "balanced over the model's embedding"
    families: ClassVar[tuple[Family, ...]] = (BY_MODEL,)
    auxiliary: ClassVar[str | None] = EMBEDDING

    def preferred(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """The local pivotal method in the space of the embedding."""
        return pivotal_order(fields.filter(regex=f"^{EMBEDDING}_").to_numpy(), rng)

"""A sample that takes as many parcels of each predicted class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from engine.sampling.pivotal import pivotal_order
from engine.sampling.protocol import PREDICTED_CLASS, Rows, SizedDesign


@dataclass(frozen=True)
class Stratified(SizedDesign):
    """As many of each class that the source model predicts, each class spread evenly over the area.

    Equal allocation: macro F1 counts every class the same, so rare ones are worth as many visits.

    Examples
    --------
    >>> Stratified(20).auxiliary
    'predicted_class'
    """

    name: ClassVar[str] = "stratified"
    label: ClassVar[str] = "Stratified by predicted class"
    description: ClassVar[str] = "stratified by predicted class"
    auxiliary: ClassVar[str | None] = PREDICTED_CLASS

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """The classes in turn, and within a class the order of the local pivotal method."""
        turn = np.empty(len(fields), dtype=np.int64)
        points = fields[["east_km", "north_km"]].to_numpy()
        for _, rows in sorted(fields.reset_index().groupby(PREDICTED_CLASS).indices.items()):
            turn[rows[pivotal_order(points[rows], rng)]] = np.arange(len(rows))
        return np.lexsort([rng.random(len(fields)), turn])

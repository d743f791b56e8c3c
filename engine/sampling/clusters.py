"""Groups of neighbouring parcels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from engine.domain import PlanError
from engine.sampling.families import BUNDLED, Family
from engine.sampling.protocol import Rows, SizedDesign


@dataclass(frozen=True)
class Clusters(SizedDesign):
    """Groups of neighbouring parcels far apart from each other: few long ways, many short ones.

    Parameters
    ----------
    clusters
        Number of groups. Their centres are those of k-means over all fields, so each stands for as much of
        the area as the others.

    Raises
    ------
    PlanError
        Where there is no group.

    Examples
    --------
    >>> Clusters(20, clusters=4)
    Clusters(equivalent_radius_km=20.0, clusters=4)
    """

    clusters: int = 6
    name: ClassVar[str] = "clusters"
    label: ClassVar[str] = "Clusters"
    description: ClassVar[str] = "in clusters far apart"
    families: ClassVar[tuple[Family, ...]] = (BUNDLED,)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.clusters < 1:
            raise PlanError(f"{self.clusters} clusters hold no parcel. Give at least 1.")

    def ranked(self, fields: pd.DataFrame, rng: np.random.Generator) -> Rows:
        """The clusters in turn, each from its centre outwards."""
        from scipy.cluster.vq import kmeans2

        points = fields[["east_km", "north_km"]].to_numpy()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # fewer places than clusters leave some of them empty
            centres, cluster = kmeans2(points, min(self.clusters, len(fields)), minit="++", rng=rng)
        from_centre = np.hypot(*(points - centres[cluster]).T)  # [field] km
        turn = pd.Series(from_centre).groupby(cluster).rank(method="first").to_numpy()
        return np.lexsort([from_centre, turn])

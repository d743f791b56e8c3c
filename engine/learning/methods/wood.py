"""Trees that vote beside the network: they err elsewhere than it does."""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from engine.learning.calibration import Adjusted, Reweighed
from engine.learning.features import described
from engine.learning.samples import Samples, every, joined

Wood = Literal["boosted", "forest"]
BOOSTED: Wood = "boosted"
FOREST: Wood = "forest"
TREES = {BOOSTED: ("gradient-boosting", 100), FOREST: ("extra-trees", 60)}  # and rounds of boosting
MOST, TRIAL = 20_000, 6_000  # pixels of past seasons that they learn from; while they are tried out
WORTH = 10.0  # a pixel of a lone visited parcel, in pixels of the past
NEAR_KM = 5.0  # visited parcels that lie so close say much the same
EVENED = 0.5  # how much of the log prior is taken away by weights while they grow


def grown(
    kind: Wood, old: Samples | None, own: Samples | None, share: float, seed: int, most: int = MOST
) -> Adjusted:
    """Trees of past pixels, of those of a trip, or of both.

    Parcels count alike, those of a trip by `worth`, and all by the inverse square root of their class's
    frequency; the odds are divided by the other half of it: a model that favours no class.

    Parameters
    ----------
    share
        How much of the log prior a decision gets back.
    most
        Pixels of the past to learn from.
    """
    from engine.learning import trees

    some = None if old is None else every(old, most)
    pool = joined([part for part in (some, own) if part is not None])
    weight = np.concatenate([*([] if some is None else [even(some)]), *([] if own is None else [worth(own)])])
    prior = pool.prior(weight)
    learner, size = TREES[kind]
    size = size if most > TRIAL else size // 2
    evened = weight * np.exp(-EVENED * prior)[pool.crop]
    features = partial(described, still=pool.still)
    fitted = trees.fit(learner, pool, size, seed, evened / evened.mean(), features)
    return Adjusted(Reweighed(fitted, (EVENED - 1) * prior), prior, share)


def even(samples: Samples) -> npt.NDArray[np.float64]:
    """Weights of the pixels that let every parcel count the same, with a mean of 1, ``[pixel]``."""
    owner, count = np.unique(samples.parcel, return_inverse=True, return_counts=True)[1:]
    weight = 1.0 / count[owner]
    return np.asarray(weight / weight.mean()) if len(weight) else weight


def worth(visited: Samples) -> npt.NDArray[np.float64]:
    """What visited pixels count in pixels of the past, ``[pixel]``.

    `WORTH`, divided by the square root of the number of visited parcels within `NEAR_KM`, itself included:
    neighbours repeat one another, so a crowded circle says less of an area than as many parcels all over it.
    """
    parcel, first, owner = np.unique(visited.parcel, return_index=True, return_inverse=True)
    place = visited.values[first, visited.values.shape[1] - visited.still :, 0]  # [parcel, xy] km
    if not visited.still or not len(parcel):
        return WORTH * even(visited)
    tree = KDTree(place)
    crowd = tree.query_ball_point(place, NEAR_KM, return_length=True)  # [parcel]
    return np.asarray(WORTH * even(visited) / np.sqrt(crowd)[owner])

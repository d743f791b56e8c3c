"""Ground that source seasons and visited parcels share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.learning.samples import Samples

SAME_GROUND_KM = 0.1  # middles of parcels so close to each other are of one field, or of fields that overlap


def on_other_ground(source: Samples, labelled: Samples) -> Samples:
    """Source samples without those of fields that labelled samples stand on.

    A model that learnt a field in another season predicts it better than a new one: a crop that stays, as an
    orchard does, is told by the place. Who is tested on the labelled samples must not have learnt from their
    ground.

    Parameters
    ----------
    source
        Source samples; those without the place as static features are returned as they are.
    labelled
        Labelled target samples, of the same features.
    """
    if not source.static or not len(labelled) or not len(source):
        return source
    from scipy.spatial import KDTree

    _, first, owner = np.unique(source.parcel, return_index=True, return_inverse=True)
    nearest_km, _number = KDTree(_place_km(labelled)).query(_place_km(source.chosen(first)))  # [parcel]
    apart: npt.NDArray[np.bool_] = (nearest_km > SAME_GROUND_KM)[owner]
    return source if apart.all() else source.chosen(apart)


def _place_km(samples: Samples) -> npt.NDArray[np.float32]:
    """Place of each pixel's parcel, ``[pixel, xy]``."""
    return samples.values[:, samples.values.shape[1] - samples.static :, 0]

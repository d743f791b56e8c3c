"""The parcels of a trip, and those that stand in for them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.sampling.protocol import Design


def visits_and_replacements(
    parcels: pd.DataFrame, design: Design, share: float, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The parcels that a design visits, and those that replace the ones that cannot be visited.

    Parameters
    ----------
    parcels
        As `Design` wants them, see `engine.sampling.distances.with_distances`.
    design
        At the size that is wanted.
    share
        Number of replacements as a share of the parcels to visit, rounded up.
    seed
        Of the draw.

    Returns
    -------
    Rows of ``parcels``: the visits in its order, the replacements in the order in which they are used.
    """
    visit, spare = design.drawn(parcels, np.random.default_rng(seed))
    wanted = spare[: int(np.ceil(share * len(visit)))]
    by_id = parcels.set_index("parcel_id", drop=False)
    return parcels[parcels["parcel_id"].isin(visit)], by_id.loc[list(wanted)].reset_index(drop=True)

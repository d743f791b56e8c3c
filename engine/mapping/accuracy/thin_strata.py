"""Strata with too few references to show how much their parcels differ."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from engine.mapping.accuracy.nouns import Frame

LEAST = 2  # references from which a variance follows


def joined(frame: Frame, answered: pd.DataFrame) -> tuple[Frame, pd.DataFrame, list[str]]:
    """Frame and sample with each thin stratum joined to the smallest other, and what a reader must know.

    A stratum with fewer than two references has no variance of its own (collapsed strata, Cochran 1977,
    section 5A.12). One whose parcels all have a reference needs none and stays.

    Parameters
    ----------
    frame
        As drawn.
    answered
        Sampled parcels with a reference.
    """
    notes: list[str] = []
    while len(frame.strata) > 1:
        counts = frame.strata["stratum"].map(answered["stratum"].value_counts()).fillna(0)
        thin = frame.strata[(counts < LEAST) & (counts < frame.strata["parcels"])]
        if thin.empty:
            break
        name = thin["stratum"].iloc[0]
        others = frame.strata[frame.strata["stratum"] != name]
        other = others["stratum"].loc[others["parcels"].idxmin()]
        notes.append(
            f"The stratum {name} has fewer than {LEAST} references and is joined with {other}: "
            "parcels of the two count the same."
        )
        strata = frame.strata.assign(stratum=frame.strata["stratum"].replace({name: other}))
        strata = strata.groupby("stratum", as_index=False, sort=False)[["parcels", "area_ha"]].sum()
        first = frame.first_phase
        if first is not None:
            first = first.assign(stratum=first["stratum"].replace({name: other}))
        frame = replace(frame, strata=strata, first_phase=first)
        answered = answered.assign(stratum=answered["stratum"].replace({name: other}))
    return frame, answered, notes

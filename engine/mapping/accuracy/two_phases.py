"""Samples in two phases: strata that are known for a larger first sample only, and a second drawn from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import pandas as pd

from engine.mapping.accuracy.drawing import DrawnSample, draw, frame_of, strata_of
from engine.mapping.accuracy.nouns import AccuracyError, Frame
from engine.mapping.accuracy.sample_size import Size


def two_phase_strata(first: pd.DataFrame, parcels: int, area_ha: float) -> pd.DataFrame:
    """Totals of strata that are known for a first sample only, estimated from its shares.

    Parameters
    ----------
    first
        The first sample, drawn at random: ``stratum`` and ``area_ha``.
    parcels, area_ha
        All parcels, and their area.
    """
    groups = first.groupby("stratum", sort=True)["area_ha"]
    return pd.DataFrame(
        {
            "stratum": list(groups.groups),
            "parcels": groups.size().to_numpy() / len(first) * parcels,
            "area_ha": groups.sum().to_numpy() / first["area_ha"].sum() * area_ha,
        }
    )


def first_sample(first: Mapping[str, str], crop_map: pd.DataFrame) -> pd.DataFrame:
    """The rows of a map that a first sample drew, with their strata.

    Parameters
    ----------
    first
        Stratum by id.
    crop_map
        ``parcel_id`` and what else it holds.

    Raises
    ------
    AccuracyError
        Where the map lacks one of them.
    """
    ids = crop_map["parcel_id"].astype(str)
    lost = sorted(set(first) - set(ids))
    if lost:
        raise AccuracyError(
            f"The map lacks {len(lost)} parcels of the first sample, such as {lost[0]}. Give the map that it "
            "was drawn from."
        )
    inside = ids.isin(first.keys())
    return crop_map[inside].assign(stratum=ids[inside].map(first)).reset_index(drop=True)


def drawable(first: Mapping[str, str], crop_map: pd.DataFrame, visited: Collection[str]) -> pd.DataFrame:
    """The strata of a first sample without the parcels that train the map, as `sample_size` takes them.

    Parameters
    ----------
    first, crop_map, visited
        As `draw_second` takes them.

    Raises
    ------
    AccuracyError
        Where the map lacks parcels of the first sample, or too few are left.
    """
    known = frame_of(first_sample(first, crop_map), visited)
    strata, everything = strata_of(known), frame_of(crop_map, visited)
    return strata.assign(stands_for=strata["parcels"] * len(everything) / len(known))


def draw_second(
    crop_map: pd.DataFrame,
    first: Mapping[str, str],
    size: Size,
    named: tuple[str, str],
    visited: Collection[str] = (),
    seed: int = 0,
) -> DrawnSample:
    """Draw from a first sample, by its strata.

    Parameters
    ----------
    crop_map
        Every parcel: ``parcel_id``, ``area_ha``, ``lon``, ``lat``.
    first
        Stratum by id.
    size
        Of each stratum.
    named
        Season, and key of the map.
    visited
        Ids of training parcels, which are left out.
    seed
        Of the draw.
    """
    sample = draw(first_sample(first, crop_map), size, *named, visited, seed)
    trained = set(crop_map["parcel_id"].astype(str)) & {str(parcel) for parcel in visited}
    kept = {parcel: stratum for parcel, stratum in first.items() if parcel not in trained}
    return replace(sample, first_phase=kept, left_out=tuple(sorted(trained)))


def with_first_phase(frame: Frame, first: Mapping[str, str], crop_map: pd.DataFrame) -> Frame:
    """A frame whose strata are known for a first sample only.

    Parameters
    ----------
    frame
        Its ``parcels`` are all that the first sample speaks for.
    first
        Stratum by id; parcels outside the frame, because they train the map, do not count.
    crop_map
        All parcels that it was drawn from.

    Raises
    ------
    AccuracyError
        Where the map lacks parcels of the first sample, or fewer than two are left.
    """
    everything = frame.parcels
    assert everything is not None
    known = first_sample(first, crop_map)
    known = known[known["parcel_id"].isin(everything["parcel_id"])].reset_index(drop=True)
    if len(known) < 2:
        raise AccuracyError(
            f"{len(known)} parcels of the first sample do not train the map. Draw a first sample that has "
            "more."
        )
    strata = two_phase_strata(known, len(everything), float(everything["area_ha"].sum()))
    return replace(frame, strata=strata, first_phase=known)

"""The maps of a season that are kept, and the strata that they give."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from engine.domain import MOST_KNOWN, PlanError, Study
from engine.experiments.fingerprints import fingerprints_of
from engine.learning.methods import BASELINE, DEFAULT
from engine.learning.recipes import recipe_by_name
from engine.mapping.crop_map import CropMap
from engine.mapping.request import FOLDS, MapRequest, map_request
from engine.mapping.store import CARD, MAPS, MapError, kept_map
from engine.parsing import json_of
from engine.sampling.split import TestArea

if TYPE_CHECKING:
    import pandas as pd

KEY = re.compile(r"[0-9a-f]{16}")


def latest_map(study: Study, season: str, workspace: Path, method: str | None = None) -> CropMap | None:
    """The map of a season, as the study is today, that was made last; None where there is none.

    Parameters
    ----------
    study, season
        The study; label of the season.
    workspace
        Where maps are kept.
    method
        By name; None is the usual one, or what stands in for it in this season, see `map_request`.
    """
    method = method or _usual(study, season)
    cards = (workspace / MAPS).glob(f"*/{CARD}")
    for path in sorted(cards, key=lambda path: -path.stat().st_mtime):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError, MapError):
            record = json_of(path.read_text(encoding="utf-8"))
            card = record["card"]
            if record["season"] != season or record["method"] != method:
                continue
            used = fingerprints_of(study, season, tuple(card["source_seasons"]), TestArea().kind)
            if card["fingerprints"] == used.facts and (found := kept_map(workspace, path.parent.name)):
                return found
    return None


def _usual(study: Study, season: str) -> str:
    """Name of the method that a map of the season is made by where nobody names one."""
    try:
        return map_request(study, season)[0].method.name
    except PlanError:  # nothing can be mapped yet
        return DEFAULT


def needed_map(study: Study, season: str, workspace: Path, named: Path | str) -> CropMap:
    """The latest map of a season, for what cannot do without one.

    Parameters
    ----------
    study, season, workspace
        As of `latest_map`.
    named
        The study, as the user named it.

    Raises
    ------
    MapError
        Where none is made yet; with the command that makes it.
    """
    found = latest_map(study, season, workspace)
    if found is None:
        raise MapError(
            f"No map of {season} is made yet, as the study is today. Make it first: groundplan map {named} "
            f"--season {season}"
        )
    return found


def request_of(study: Study, made: CropMap) -> MapRequest:
    """The request that a kept map answers.

    Parameters
    ----------
    study
        As it is today.
    made
        One of its maps.

    Raises
    ------
    MapError
        Where labels have come home since it was made.
    """
    card = made.card
    options = {"recipe": recipe_by_name(card["recipe"]), "learner": card["learner"], "seed": card["seed"]}
    for folds in (FOLDS, card["folds"]):  # fewer than were asked for, where the ground has fewer blocks
        request, _ = map_request(study, made.season, made.method, **options, folds=folds)
        if request.key == made.key:
            return request
    raise MapError(f"The labels have changed since the map {made.key} was made. Make the map again.")


def trained_ids(study: Study, season: str) -> frozenset[str]:
    """Parcels whose labels train the map of a season: no sample for its accuracy is drawn among them.

    Parameters
    ----------
    study, season
        The study; label of the season.

    Returns
    -------
    Their ids; none for a season that is labelled throughout, which is looked at as if nobody knew.
    """
    every, known = study.parcels_in(season), study.labelled_in(season)
    return frozenset(known["parcel_id"].astype(str)) if len(known) <= MOST_KNOWN * len(every) else frozenset()


def map_by_key(workspace: Path, key: str) -> CropMap:
    """A kept map.

    Parameters
    ----------
    workspace
        Where maps are kept.
    key
        Of the map.

    Raises
    ------
    MapError
        Where there is none.
    """
    found = kept_map(workspace, key) if KEY.fullmatch(key) else None
    if found is None:
        raise MapError(f"There is no map {key[:40]!r} in {workspace}. Make it with: groundplan map")
    return found


def stratified(study: Study, season: str, workspace: Path) -> tuple[pd.DataFrame, str | None]:
    """The parcels of a season by the class that is mapped so far, for the draw of a sample.

    Parameters
    ----------
    study, season, workspace
        As of `latest_map`.

    Returns
    -------
    ``parcel_id``, ``stratum``, ``area_ha``, ``lon`` and ``lat``, a row a parcel; and the key of the map whose
    classes are the strata. Where none is made yet, all parcels are one stratum, and the key is None.
    """
    import pandas as pd

    from engine.mapping.accuracy.drawing import EVERYTHING

    columns = ["parcel_id", "area_ha", "lon", "lat"]
    made = latest_map(study, season, workspace) or latest_map(study, season, workspace, BASELINE)
    if made is None or len(made.parcels) < len(study.parcels_in(season)):
        return pd.DataFrame(study.parcels_in(season)[columns]).assign(stratum=EVERYTHING), None
    return pd.DataFrame(made.parcels[columns]).assign(stratum=made.parcels["crop"]), made.key

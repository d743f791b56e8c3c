"""A study as its labels make it: crops of parcels that nobody knew, and classes that the legend lacked.

The files of the study stay as they are, so that an import is undone exactly.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.domain import Crop, Legend, Study
from engine.field_form import ACCURACY, Purpose
from engine.studies.cubes import StoredCubes
from engine.studies.ingest.legend import colour
from engine.studies.labels.journal import imports
from engine.studies.labels.nouns import Import, Label, Status
from engine.studies.labels.settling import settle

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True, eq=False)
class Overlaid:
    """Legend and parcels with the labels; ``digest`` is empty where no label counts."""

    legend: Legend
    parcels: gpd.GeoDataFrame
    digest: str


def labels_of(study: Study | Path, season: str, purpose: Purpose | None = None) -> tuple[Label, ...]:
    """The labels of a season that came back, one a parcel.

    Parameters
    ----------
    study
        An open study, or its folder. One that lies in no folder has none.
    season
        Label of the season.
    purpose
        ``training`` or ``accuracy``; None for both.
    """
    folder = study if isinstance(study, Path) else _folder_of(study)
    labels = settle(imports(folder), season).labels if folder else ()
    return tuple(label for label in labels if purpose in (None, label.purpose))


def with_labels(folder: Path, legend: Legend, parcels: gpd.GeoDataFrame, seasons: Sequence[str]) -> Overlaid:
    """The parcels with the crops that labels for training name, where nobody knew them.

    Labels for accuracy change no parcel. A crop that the legend lacks becomes its last class.

    Parameters
    ----------
    folder
        Of the study.
    legend
        Of the study as it was made.
    parcels
        Its parcels; they are not changed.
    seasons
        Labels of the seasons with series.
    """
    counted = [each for each in imports(folder) if not each.undone]
    if not counted:
        return Overlaid(legend, parcels, "")
    wider = wider_legend(legend, counted)
    found = {
        (season, label.parcel_id): label.crop
        for season in seasons
        for label in settle(counted, season).labels
        if label.status == Status.LABELLED and label.purpose != ACCURACY
    }
    keys = list(zip(parcels["season"].astype(str), parcels["parcel_id"].astype(str), strict=True))
    unknown = parcels["crop"].isna().to_numpy()
    crops = {row: found[key] for row, key in enumerate(keys) if unknown[row] and key in found}
    if not crops:
        return Overlaid(wider, parcels, "")
    column = parcels["crop"].astype(object)
    column.iloc[list(crops)] = list(crops.values())
    text = json.dumps(list(crops.items()))
    return Overlaid(
        wider, parcels.assign(crop=column.astype("str")), hashlib.sha256(text.encode()).hexdigest()
    )


def wider_legend(legend: Legend, counted: Iterable[Import]) -> Legend:
    """The legend, and after its classes those that labels name and it lacks.

    Parameters
    ----------
    legend
        Of the study as it was made.
    counted
        Imports that count, in their order.
    """
    names = list(legend.names)
    for each in sorted(counted, key=lambda each: each.number):
        crops = {label.crop for label in each.labels if label.status == Status.LABELLED and label.crop}
        names += sorted(crops - set(names))
    added = names[len(legend) :]
    more = (Crop(code, name, colour(code)) for code, name in enumerate(added, len(legend)))
    return Legend((*legend.crops, *more)) if added else legend


def _folder_of(study: Study) -> Path | None:
    return study.cubes.folder if isinstance(study.cubes, StoredCubes) else None

"""Drawn samples as JSON files in the folder of a study."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import cattrs

from engine.files import is_demo, write_json
from engine.mapping.accuracy.drawing import DrawnSample
from engine.mapping.accuracy.nouns import AccuracyError
from engine.parsing import json_of

FORMAT = 1
FOLDER = "samples"  # of a study
SAMPLE = "accuracy-sample.json"  # among the field files of a trip


def next_path(study: Path, season: str) -> Path:
    """Where the next sample of a season is kept.

    Parameters
    ----------
    study
        Its folder.
    season
        Its label.
    """
    number = 1
    while (path := study / FOLDER / f"{season}-{number}.json").exists():
        number += 1
    return path


def latest_path(study: Path, season: str) -> Path:
    """Where the last sample of a season is kept.

    Parameters
    ----------
    study
        Its folder.
    season
        Its label.

    Raises
    ------
    AccuracyError
        Where none was drawn.
    """
    numbers = [
        int(number)
        for path in (study / FOLDER).glob(f"{season}-*.json")
        if (number := path.stem.removeprefix(f"{season}-")).isdigit()
    ]
    if not numbers:
        raise AccuracyError(
            f"No accuracy sample was drawn for {season} in {study}. Draw one with: groundplan accuracy draw"
        )
    return study / FOLDER / f"{season}-{max(numbers)}.json"


def write_sample(path: Path, sample: DrawnSample) -> None:
    """Keep a drawn sample.

    Parameters
    ----------
    path
        Of the file.
    sample
        As drawn.
    """
    write_json(path, {"format": FORMAT, **cattrs.unstructure(sample)})


def read_sample(path: Path) -> DrawnSample:
    """A kept sample, checked.

    Parameters
    ----------
    path
        Of the file.

    Raises
    ------
    AccuracyError
        Where it can't be read or contradicts itself.
    """
    try:
        record: Any = json_of(path.read_text(encoding="utf-8"))
        if record.pop("format") != FORMAT:
            raise ValueError("another format")
        sample = cattrs.structure(record, DrawnSample)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, cattrs.BaseValidationError) as error:
        raise AccuracyError(
            f"{path} is no accuracy sample that can be read ({type(error).__name__}). Give the JSON "
            "file that accuracy draw wrote, unchanged."
        ) from error
    first = sample.first_phase
    if first and any(first.get(parcel) != stratum for parcel, stratum in sample.parcels.items()):
        raise AccuracyError(
            f"{path} lists parcels that are not in its first sample. Restore the file, or draw another."
        )
    counts = Counter(sample.parcels.values())
    for stratum in sample.strata:
        if counts.pop(stratum.name, 0) != stratum.drawn or not 0 <= stratum.drawn <= stratum.parcels:
            raise AccuracyError(
                f"{path} says that {stratum.drawn} of {stratum.parcels} parcels of {stratum.name} "
                "were drawn, but lists another number. The file was changed: restore it, or draw "
                "another sample."
            )
    if counts:
        raise AccuracyError(
            f"{path} lists parcels of {', '.join(counts)}, which is none of its strata. Restore the file."
        )
    return sample


def keep_sample(folder: Path, sample: DrawnSample) -> Path:
    """Keep a drawn sample with its study, unless it is the latest there.

    Parameters
    ----------
    folder
        Of the study.
    sample
        As drawn.

    Raises
    ------
    AccuracyError
        Where it is the study that ships.
    """
    if is_demo(folder):
        raise AccuracyError(
            "The demo ships with Groundplan and is never changed, so it keeps no sample. Draw it with the "
            "trip: groundplan itinerary demo --accuracy 120 --out trip."
        )
    if is_kept(folder, sample):
        return latest_path(folder, sample.season)
    path = next_path(folder, sample.season)
    write_sample(path, sample)
    return path


def is_kept(folder: Path, sample: DrawnSample) -> bool:
    """Whether a drawn sample is the latest that is kept with its study.

    Parameters
    ----------
    folder, sample
        As of `keep_sample`.
    """
    try:
        return read_sample(latest_path(folder, sample.season)) == sample
    except AccuracyError:
        return False

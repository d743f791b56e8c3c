"""What a method learns from in its target season: pixels of labelled parcels, and of others unlabelled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.domain import UNLABELLED, Cube, Study
from engine.learning.protocols import Method
from engine.learning.recipes import Recipe
from engine.learning.samples import draw_samples
from engine.learning.streams import Stream, generator
from engine.learning.training_data import TrainingData
from engine.sampling.split import utm_km

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TargetRows:
    """Which parcels of the target season a method learns from, as rows of ``Study.parcels``.

    Parameters
    ----------
    labelled
        The parcels whose crop it is given; none without a trip.
    unlabelled
        The parcels whose pixels it is given without their crop.
    area
        The parcels that nobody visits, of which it is given the places only.
    """

    labelled: Rows
    unlabelled: Rows
    area: Rows


def target_data(
    study: Study,
    cube: Cube,
    crop: Codes,
    rows: TargetRows,
    method: Method,
    recipe: Recipe,
    rng: np.random.Generator,
    seed: int,
) -> TrainingData:
    """Labelled and unlabelled target samples, without the source model.

    Parameters
    ----------
    study
        With the parcels of all its seasons.
    cube
        Series of the target season, or of those of its parcels that are asked for.
    crop
        Code of every parcel's class, ``[parcel]``; only those of labelled rows are used.
    rows
        Which parcels are learnt from.
    method, recipe
        Say how many pixels of a parcel are drawn, and what models see of them.
    rng
        Draws the labelled pixels.
    seed
        Of the draw of unlabelled pixels.
    """
    features, pixels, classes = method.features, method.pixels(recipe), len(study.legend)
    labelled = (
        draw_samples(cube, crop, classes, rows.labelled, pixels, rng, repeat_pixels=features.repeat_pixels)
        if len(rows.labelled)
        else None
    )
    nobody = np.full(len(crop), UNLABELLED)  # labels stay out of reach
    random = generator(seed, Stream.UNLABELLED_PIXELS)
    unlabelled = draw_samples(cube, nobody, classes, rows.unlabelled, pixels, random)
    place_km = np.column_stack(utm_km(study, cube.season.label))  # [parcel, xy]
    return TrainingData(
        None,
        features.of(labelled, cube.days, place_km) if labelled is not None else None,
        features.of(unlabelled, cube.days, place_km),
        place_km[rows.labelled],
        place_km[rows.area],
    )

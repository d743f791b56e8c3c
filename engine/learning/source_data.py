"""Source seasons as arrays: what pre-training may use, and what identifies its result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

import engine
from engine.domain import UNLABELLED, Cube
from engine.fingerprints import Fingerprints
from engine.geodesy import DIVISION
from engine.learning.folds import Fold, Mask, Rows, leave_one_season_out
from engine.learning.protocols import FeatureSet, SourceTraining
from engine.learning.recipes import Recipe
from engine.learning.samples import Samples, draw_samples, joined

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True)
class SourceKey:
    """What identifies a source model.

    It depends on the kind of test area, whose fields it must not have seen in other seasons, but not on
    the departure.

    Parameters
    ----------
    training
        How it is learnt, with its options.
    study
        Fingerprints of what it uses of the study: the source seasons, and the fields of the target season.
    test
        Kind of the test area.
    division
        Revision of the way in which the ground is divided.
    """

    training: SourceTraining
    study: Fingerprints
    target: str
    sources: tuple[str, ...]
    learner: str
    recipe: Recipe
    test: str
    seed: int
    division: int = DIVISION

    @property
    def facts(self) -> dict[str, Any]:
        """The key as JSON."""
        training = {"name": self.training.name, **asdict(self.training)}
        return {**asdict(self), "training": training, "study": self.study.facts}

    @property
    def name(self) -> str:
        """File name of the model: the target season, and sixteen hexadecimal digits."""
        return name_of(self.facts)


def name_of(facts: Mapping[str, Any]) -> str:
    """File name of the source model of these facts.

    Parameters
    ----------
    facts
        As `SourceKey.facts` gives them, and a model's card holds them.
    """
    text = json.dumps({"version": engine.__version__, **facts}, sort_keys=True)
    return f"{facts['target']}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, eq=False)
class SourceData:
    """The parcels of a study as pre-training sees them, ``[parcel]`` each unless said otherwise.

    Parameters
    ----------
    cubes
        Series by season label.
    season, field_group, crop
        Label of the season, field, and code of the class (`UNLABELLED` where it is not known).
    place_km
        UTM coordinates, ``[parcel, xy]``.
    degrees
        Longitude and latitude, ``[parcel, lon and lat]``.
    test_ground
        Whether the parcel stands on ground that tests.
    classes
        Names of the classes in order of their codes.
    target, sources
        Labels of the season to map and of those to learn from.
    """

    cubes: Mapping[str, Cube]
    season: npt.NDArray[np.object_]
    field_group: npt.NDArray[np.object_]
    crop: npt.NDArray[np.int64]
    place_km: npt.NDArray[np.float64]
    degrees: npt.NDArray[np.float64]
    test_ground: Mask
    classes: tuple[str, ...]
    target: str
    sources: tuple[str, ...]

    def rows(self) -> Rows:
        """Labelled parcels that source seasons may train on, ``[row]``.

        A test field that the target season shares would give its class away where the crop stays, as an
        orchard does.
        """
        # By hashing: numpy compares Python objects one with another, and pages ask at every redraw.
        of_target = self.field_group[self.season == self.target]
        recurring = pd.Index(self.field_group).isin(of_target) & self.test_ground
        known = self.crop != UNLABELLED
        return np.flatnonzero(pd.Index(self.season).isin(self.sources) & ~recurring & known)

    def season_folds(self) -> tuple[Fold, ...]:
        """Leave one season out: each source season validates once what the others teach; where fields recur,
        what others teach on other ground.
        """
        usable = np.zeros(len(self.season), dtype=bool)
        usable[self.rows()] = True
        return leave_one_season_out(
            self.season, self.field_group, self.degrees, self.test_ground, self.sources, usable
        )

    def draw(self, label: str, rows: Rows, pixels: int, rng: np.random.Generator, repeat: bool) -> Samples:
        """Random pixels of the parcels of one season, see `draw_samples`.

        Parameters
        ----------
        label
            Of the season.
        rows
            Of the parcels, in any season.
        pixels
            Of each parcel.
        rng
            Draws the pixels.
        repeat
            Whether a parcel with fewer pixels repeats them.
        """
        return draw_samples(
            self.cubes[label], self.crop, len(self.classes), rows, pixels, rng, repeat_pixels=repeat
        )

    def seasons_of(self, rows: Rows) -> list[str]:
        """Labels of the seasons of some parcels, ascending.

        Parameters
        ----------
        rows
            Of the parcels.
        """
        return sorted(set(self.season[rows]))

    def standardised_samples(self, features: FeatureSet, pixels: int, rng: np.random.Generator) -> Samples:
        """Pixels of the source seasons, each season standardised by its own.

        Parameters
        ----------
        features
            What the model sees of series.
        pixels
            Of each parcel, at most.
        rng
            Draws the pixels.
        """
        rows, parts = self.rows(), []
        for label in self.seasons_of(rows):
            of_season = rows[self.season[rows] == label]
            part = self.draw(label, of_season, pixels, rng, features.repeat_pixels)
            part = features.of(part, self.cubes[label].days, self.place_km)
            parts.append(part.scaled(*part.scale()))
        return joined(parts)


def remembered(memory: dict[K, V], key: K, make: Callable[[], V], most: int) -> V:
    """What a process remembers under a key, made where it is missing; the oldest entries are forgotten.

    Parameters
    ----------
    memory
        Of the process.
    key
        Of the value.
    make
        Makes the value.
    most
        Values to remember.
    """
    if key not in memory:
        while len(memory) >= most:
            memory.pop(next(iter(memory)))
        memory[key] = make()
    return memory[key]

"""Crops: the classes of the survey, and which of them grows on a field in a season."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from engine.simulation.parameters import Landscape
from engine.simulation.province import Floats, Ground, random_field, stream

Rows = npt.NDArray[np.int64]
Habit = Literal["spring", "winter", "alfalfa", "meadow", "fallow", "vegetables"]
ROTATION_BEGINS = 2012  # the same for every landscape, so that a season does not depend on the others


@dataclass(frozen=True)
class Thermal:
    """Degree days of a crop's development, after the WOFOST crop files of A. de Wit
    (github.com/ajwdewit/WOFOST_crop_parameters, commit 4fd5f9a); the regional variety is picked inside
    their published range.

    Parameters
    ----------
    base, cap
        Temperatures below and above which a day adds nothing more, degrees C.
    emergence, to_anthesis, to_maturity
        Degree days: TSUMEM, TSUM1, TSUM2. Winter crops count TSUM1 from 1 January.
    sowing
        Mean sowing day of the year; None for winter crops.
    lag
        Mean days from maturity to harvest.
    earliest
        First day of the year on which it is harvested.
    """

    base: float
    cap: float
    emergence: float
    to_anthesis: float
    to_maturity: float
    sowing: float | None
    lag: float
    earliest: int = 0


@dataclass(frozen=True)
class Canopy:
    """What the radar sees of a crop.

    Parameters
    ----------
    stages, cover
        Relative amount of canopy V, 0..1, at development stages (0 emergence, 1 anthesis, 2 maturity).
    b_vh, b_vv
        Attenuation per unit of V in the water cloud model.
    knots, vh, vv
        Backscatter of a dense canopy in dB at 38 degrees, at development stages.
    """

    stages: tuple[float, ...]
    cover: tuple[float, ...]
    b_vh: float
    b_vv: float
    knots: tuple[float, ...]
    vh: tuple[float, ...]
    vv: tuple[float, ...]


@dataclass(frozen=True)
class Mowing:
    """When grass is cut.

    Parameters
    ----------
    first, every
        Degree days above 3 degrees C, from 1 January to the first cut and from each cut to the next.
    cuts
        In a season.
    regrowth
        Days until the cover has grown back.
    """

    first: float
    every: float
    cuts: int
    regrowth: float


@dataclass(frozen=True)
class Kind:
    """One way to use a field; several kinds may share a class of the legend."""

    habit: Habit
    canopy: Canopy
    thermal: Thermal | None = None
    mowing: Mowing | None = None


@dataclass(frozen=True)
class CropClass:
    """A class of the legend.

    Parameters
    ----------
    share
        Base share of the surveyed parcels.
    banat, srem, sand, solonetz, belt
        Regional preferences in log odds; ``belt`` near the departure.
    again
        How likely it follows itself, relative to chance.
    kinds, mixture
        Its kinds and their shares.
    """

    name: str
    share: float
    banat: float
    srem: float
    sand: float
    solonetz: float
    belt: float
    again: float
    kinds: tuple[Kind, ...]
    mixture: tuple[float, ...] = (1.0,)


_MEADOW = Canopy((0, 1), (0.3, 0.8), 0.9, 0.45, (0,), (-18.2,), (-12.2,))
_FALLOW = Canopy((0, 1), (0.15, 0.7), 0.9, 0.45, (0,), (-17.6,), (-11.8,))
_VEGETABLES = Canopy((0, 0.5, 1, 1.6, 2), (0.0, 0.5, 0.9, 0.85, 0.4), 0.9, 0.45, (0,), (-15.6,), (-10.2,))

# Shares are those of a survey, not of the land: rare classes are surveyed more than their area.
CLASSES = (
    CropClass("maize", 0.30, -0.1, 0.1, 0.1, -0.3, 0.2, 1.0, (Kind("spring", Canopy(
        (0, 0.25, 0.5, 0.8, 1, 1.4, 1.8, 2), (0, 0.1, 0.4, 0.9, 1, 0.95, 0.65, 0.5), 1.1, 0.55,
        (0, 0.5, 1, 1.6, 2), (-16, -15, -15.3, -16.2, -17.2), (-10.5, -9.4, -9.8, -10.4, -11),
    ), Thermal(6, 30, 110, 900, 910, 107, 28)),)),
    CropClass("winter wheat", 0.19, 0.25, 0.1, -0.2, 0.0, 0.0, 0.3, (Kind("winter", Canopy(
        (0, 0.2, 0.4, 0.7, 1, 1.4, 1.8, 2), (0.22, 0.3, 0.5, 0.9, 1, 0.85, 0.5, 0.4), 1.2, 0.75,
        (0, 0.35, 0.75, 1.05, 1.5, 2), (-17.6, -18.2, -21.8, -22, -19.6, -18.8),
        (-11.5, -13, -17, -17.2, -14.2, -12.6),
    ), Thermal(0, 30, 0, 960, 930, None, 6)),)),
    CropClass("barley", 0.06, 0.1, -0.1, 0.3, 0.3, -0.5, 0.3, (Kind("winter", Canopy(
        (0, 0.2, 0.4, 0.7, 1, 1.4, 1.8, 2), (0.22, 0.32, 0.55, 0.9, 1, 0.8, 0.45, 0.38), 1.2, 0.75,
        (0, 0.35, 0.75, 1.05, 1.4, 2), (-17.6, -18, -21.2, -20.6, -18.2, -18.2),
        (-11.5, -12.8, -16.4, -15.6, -13.2, -12.2),
    ), Thermal(0, 30, 0, 740, 740, None, 6)),)),
    CropClass("soybean", 0.14, -1.5, 0.1, -1.2, -0.5, 0.6, 0.4, (Kind("spring", Canopy(
        (0, 0.4, 0.8, 1.2, 1.5, 1.75, 2), (0, 0.12, 0.5, 0.95, 1, 0.7, 0.25), 1.15, 0.6,
        (0, 0.8, 1.3, 1.7, 2), (-16.5, -15.6, -15, -16.5, -18.5), (-11, -10.2, -9.4, -10.6, -12),
    ), Thermal(7, 30, 80, 560, 1250, 112, 12)),)),
    CropClass("sunflower", 0.12, 1.3, -0.9, 0.3, 0.1, -1.0, 0.08, (Kind("spring", Canopy(
        (0, 0.2, 0.45, 0.7, 1, 1.4, 1.75, 2), (0, 0.1, 0.4, 0.9, 1, 0.8, 0.5, 0.4), 1.15, 0.6,
        (0, 0.5, 0.9, 1.2, 1.7, 2), (-15.5, -13.9, -13.4, -14.3, -16.3, -17.2),
        (-10, -8.6, -8.6, -9.4, -11, -11.6),
    ), Thermal(2, 35, 130, 1050, 1000, 100, 15)),)),
    CropClass("sugar beet", 0.05, -0.7, 0.3, -1.5, -0.6, 0.5, 0.02, (Kind("spring", Canopy(
        (0, 0.35, 0.7, 1, 1.3, 2), (0, 0.12, 0.55, 0.9, 1, 0.85), 1.2, 0.65,
        (0, 0.6, 1, 1.5, 2), (-15.5, -14.3, -13.9, -14.3, -14.8), (-10, -9, -8.7, -9, -9.4),
    ), Thermal(3, 21, 90, 760, 1400, 86, 14, earliest=258)),)),
    CropClass("rapeseed", 0.05, 0.5, 0.5, 0.0, 0.1, -0.8, 0.08, (Kind("winter", Canopy(
        (0, 0.3, 0.6, 1, 1.4, 1.8, 2), (0.35, 0.4, 0.7, 0.9, 1, 0.9, 0.7), 1.3, 0.75,
        (0, 0.5, 0.9, 1.1, 1.5, 2), (-16.8, -15.4, -15.6, -14.5, -12.8, -14.2),
        (-11.2, -10.6, -11.6, -10.8, -9.2, -10.4),
    ), Thermal(4, 35, 0, 240, 680, None, 5)),)),
    CropClass("alfalfa", 0.05, 0.1, -0.2, 0.8, 0.5, -0.3, 15.0, (Kind("alfalfa", Canopy(
        (0, 1), (0.12, 1.0), 1.1, 0.6, (0,), (-16.6,), (-11.0,),
    ), mowing=Mowing(720, 610, 5, 24)),)),
    CropClass("other", 0.04, 0.6, 0.1, 1.2, 1.3, 0.3, 15.0, (
        Kind("meadow", _MEADOW, mowing=Mowing(1180, 1230, 2, 45)),
        Kind("fallow", _FALLOW),
        Kind("vegetables", _VEGETABLES, Thermal(8, 30, 70, 420, 520, 128, 8)),
    ), (0.55, 0.25, 0.20)),
)  # fmt: skip

NAMES = tuple(crop.name for crop in CLASSES)
KINDS = tuple((code, kind) for code, crop in enumerate(CLASSES) for kind in crop.kinds)


def class_odds(landscape: Landscape, place: Ground, year: int) -> Floats:
    """Shares of the classes at places in a season without regard to what grew before, ``[place, class]``.

    Parameters
    ----------
    landscape
        Strength of the regional and yearly differences, and the seed.
    place
        Soils and relief, ``[place]``.
    year
        Harvest year of the season.
    """
    belt = np.exp(-((np.hypot(place.x, place.y) / 26) ** 2))
    yearly = stream(landscape.seed, "class mix", year).normal(size=len(CLASSES))
    logits = np.empty((len(place.x), len(CLASSES)))
    for code, crop in enumerate(CLASSES):
        patch = random_field(stream(landscape.seed, "class patch", code), 25).at(place.x, place.y)
        region = (
            crop.banat * place.banat
            + crop.srem * place.srem
            + crop.sand * place.sand
            + crop.solonetz * place.solonetz
        )
        logits[:, code] = (
            np.log(crop.share)
            + landscape.mix * (region + 0.45 * patch + crop.belt * belt)
            + landscape.year_mix * yearly[code]
        )
    return np.asarray(softmax(logits, axis=1))


def followers(strength: float) -> Floats:
    """How likely a class follows another, relative to chance, ``[before, after]``.

    Every class keeps its share in the long run: joint shares are balanced to the classes' shares on both
    sides (iterative proportional fitting; Sinkhorn & Knopp 1967).

    Parameters
    ----------
    strength
        Of crop rotation, from 0 (none) to 1.
    """
    share = np.array([crop.share for crop in CLASSES])
    share = share / share.sum()
    lift = np.ones((len(CLASSES), len(CLASSES)))
    np.fill_diagonal(lift, [crop.again for crop in CLASSES])
    cereal = [NAMES.index("winter wheat"), NAMES.index("barley")]
    lift[np.ix_(cereal, cereal)] *= 0.6
    lift[NAMES.index("sunflower"), NAMES.index("rapeseed")] = 0.3  # they share diseases
    lift[NAMES.index("rapeseed"), NAMES.index("sunflower")] = 0.3
    joint = lift**strength * np.outer(share, share)
    for _ in range(500):
        joint *= (share / joint.sum(axis=1))[:, None]
        joint *= share / joint.sum(axis=0)
    lifted: Floats = joint / np.outer(share, share)
    return lifted


def rotate(landscape: Landscape, place: Ground, field: Rows, fields: int) -> dict[int, Rows]:
    """The class of fields in each season, ``[place]``: local preference, times what follows what.

    Parameters
    ----------
    landscape
        Which seasons, and how strong rotation and regional differences are.
    place
        Soils and relief, ``[place]``.
    field, fields
        Number of each place's field, and how many fields there are: draws belong to fields, so that a
        field grows the same whoever else is surveyed.

    Returns
    -------
    Class codes by harvest year.
    """
    lift = followers(landscape.rotation)
    before: Rows | None = None
    class_of_year = {}
    for year in range(ROTATION_BEGINS, landscape.last + 1):
        odds = class_odds(landscape, place, year)
        if before is not None:
            odds = odds * lift[before]
        chance = stream(landscape.seed, "crop", year).random(fields)[field]
        edge = np.cumsum(odds, axis=1)
        edge /= edge[:, -1:]
        before = (edge[:, :-1] < chance[:, None]).sum(axis=1)
        class_of_year[year] = before
    return {year: class_of_year[year] for year in landscape.years}


def choose_kinds(code: Rows, rng: np.random.Generator) -> Rows:
    """The kind of each field, a place in `KINDS`, ``[place]``.

    Parameters
    ----------
    code
        Of the class of each field, ``[place]``.
    rng
        Of the kinds.
    """
    chance = rng.random(len(code))
    kinds = np.zeros(len(code), dtype=np.int64)
    for number, crop in enumerate(CLASSES):
        of_class = code == number
        first = next(place for place, (owner, _) in enumerate(KINDS) if owner == number)
        kinds[of_class] = first + np.searchsorted(np.cumsum(crop.mixture)[:-1], chance[of_class])
    return kinds


def names(codes: Sequence[int] | Rows) -> npt.NDArray[np.object_]:
    """Names of classes by code.

    Parameters
    ----------
    codes
        Of classes.
    """
    named: npt.NDArray[np.object_] = np.array(NAMES, dtype=object)[np.asarray(codes)]
    return named

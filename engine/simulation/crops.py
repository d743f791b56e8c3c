"""Crops: which class grows on a field, and how it develops with the degree days of a season."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import expit, softmax

from engine.simulation import breaks
from engine.simulation.parameters import DAYS, Landscape
from engine.simulation.province import Floats, Ground, random_field, stream
from engine.simulation.weather import drought

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
class Kind:
    """One way to use a field; several kinds may share a class of the legend."""

    habit: Habit
    canopy: Canopy
    thermal: Thermal | None = None


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
    )),)),
    CropClass("other", 0.04, 0.6, 0.1, 1.2, 1.3, 0.3, 15.0, (
        Kind("meadow", _MEADOW),
        Kind("fallow", _FALLOW),
        Kind("vegetables", _VEGETABLES, Thermal(8, 30, 70, 420, 520, 128, 8)),
    ), (0.55, 0.25, 0.20)),
)  # fmt: skip

NAMES = tuple(one.name for one in CLASSES)
KINDS = tuple((code, kind) for code, one in enumerate(CLASSES) for kind in one.kinds)


def class_odds(landscape: Landscape, place: Ground, year: int) -> Floats:
    """Shares of the classes at places in a season without regard to what grew before, ``[place, class]``."""
    belt = np.exp(-((np.hypot(place.x, place.y) / 26) ** 2))
    yearly = stream(landscape.seed, "class mix", year).normal(size=len(CLASSES))
    logits = np.empty((len(place.x), len(CLASSES)))
    for code, one in enumerate(CLASSES):
        patch = random_field(stream(landscape.seed, "class patch", code), 25).at(place.x, place.y)
        region = (
            one.banat * place.banat
            + one.srem * place.srem
            + one.sand * place.sand
            + one.solonetz * place.solonetz
        )
        logits[:, code] = (
            np.log(one.share)
            + landscape.mix * (region + 0.45 * patch + one.belt * belt)
            + landscape.year_mix * yearly[code]
        )
    return np.asarray(softmax(logits, axis=1))


def followers(strength: float) -> Floats:
    """How likely a class follows another, relative to chance, ``[before, after]``.

    Every class keeps its share in the long run: joint shares are balanced to the classes' shares on both
    sides (iterative proportional fitting; Sinkhorn & Knopp 1967).
    """
    share = np.array([one.share for one in CLASSES])
    share = share / share.sum()
    lift = np.ones((len(CLASSES), len(CLASSES)))
    np.fill_diagonal(lift, [one.again for one in CLASSES])
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
    field, fields
        Number of each place's field, and how many fields there are: draws belong to fields, so that a
        field grows the same whoever else is surveyed.
    """
    lift = followers(landscape.rotation)
    before: Rows | None = None
    grown = {}
    for year in range(ROTATION_BEGINS, landscape.last + 1):
        odds = class_odds(landscape, place, year)
        if before is not None:
            odds = odds * lift[before]
        chance = stream(landscape.seed, "crop", year).random(fields)[field]
        edge = np.cumsum(odds, axis=1)
        edge /= edge[:, -1:]
        before = (edge[:, :-1] < chance[:, None]).sum(axis=1)
        grown[year] = before
    return {year: grown[year] for year in landscape.years}


@dataclass(frozen=True, eq=False)
class Growth:
    """How fields of one kind develop over a season, ``[place, day]`` each unless said otherwise.

    Parameters
    ----------
    stage
        Development: 0 emergence, 1 anthesis, 2 maturity; constant for grass.
    cover
        Relative amount of canopy V, 0..1.
    stress
        Drought in the root zone, 0..1.
    sown, anthesis, maturity, harvest
        Day of the year, ``[place]``; ``DAYS`` where it never comes.
    """

    stage: Floats
    cover: Floats
    stress: Floats
    sown: Floats
    anthesis: Floats
    maturity: Floats
    harvest: Floats


def degree_days(base: float, cap: float, temperature: Floats) -> Floats:
    """Degree days gathered since 1 January, ``[place, day]``."""
    gathered: Floats = np.cumsum(np.clip(temperature - base, 0, cap - base), axis=1)
    return gathered


def development(since: Floats, to_anthesis: Floats, to_maturity: Floats) -> Floats:
    """Development stage, 0 to 2, from degree days since emergence ``[place, day]`` and those required
    ``[place]``.
    """
    ripening = (since - to_anthesis[:, None]) / to_maturity[:, None]
    stage: Floats = np.clip(since / to_anthesis[:, None], 0, 1) + np.clip(ripening, 0, 1)
    return stage


def first_day(reached: npt.NDArray[np.bool_]) -> Floats:
    """First day on which something is reached, or the number of days, ``[place]``."""
    day: Floats = np.where(reached.any(axis=1), reached.argmax(axis=1), reached.shape[1]).astype(np.float64)
    return day


def grow(
    landscape: Landscape,
    year: int,
    code: int,
    kind: Kind,
    place: Ground,
    sky: tuple[Floats, Floats],
    spring: float,
    rng: np.random.Generator,
) -> Growth:
    """Grow one kind on places.

    Parameters
    ----------
    sky
        Temperature in degrees C and rain in mm, ``[place, day]`` each.
    spring
        Anomaly of the spring in degrees C.
    """
    temperature, rain = sky
    places = len(place.x)
    if kind.thermal is None:
        cover = (_wild if kind.habit == "fallow" else _mown)(kind, temperature, rng)
        never = np.full(places, float(DAYS))
        stress = drought(temperature, rain, cover)
        return Growth(np.ones((places, DAYS)), cover, stress, np.zeros(places), never, never, never)
    thermal = kind.thermal
    yearly = stream(landscape.seed, "management", year, code).normal(size=2) * landscape.year_management
    regional = random_field(stream(landscape.seed, "phenology", code), 30).at(place.x, place.y)
    pace = (
        1.0
        + rng.normal(0, landscape.variety_sd, places)
        + landscape.place_phenology * 0.035 * regional
        + 0.03 * yearly[1]
    ) * breaks.faster(landscape, year, NAMES[code])
    gathered = degree_days(thermal.base, thermal.cap, temperature)
    if thermal.sowing is None:
        sown = np.zeros(places)
        head_start = rng.normal(0, 35, places) + landscape.place_phenology * 25 * regional
        since = gathered + np.minimum(head_start[:, None], gathered)  # nothing grows backwards
    else:
        late = np.where(rng.random(places) < 0.06, rng.gamma(3, 9, places), 0.0)
        wish = (
            thermal.sowing
            + breaks.later(landscape, year, NAMES[code])
            - 3.2 * spring
            + 4 * yearly[0]
            + landscape.place_phenology * (4 * place.banat + 3.5 * regional)
            + rng.normal(0, landscape.sowing_sd, places)
            + late
        )
        sown = passable(wish, rain)
        at_sowing = np.take_along_axis(gathered, sown.astype(np.int64)[:, None], axis=1)
        since = gathered - at_sowing - thermal.emergence * pace[:, None]
    wait = rng.gamma(2.5, thermal.lag / 2.5, places)
    weeds = np.abs(rng.normal(0.04, 0.05, places))[:, None]  # also volunteers on the stubble

    first, second = thermal.to_anthesis * pace, thermal.to_maturity * pace
    cover = np.interp(development(since, first, second), kind.canopy.stages, kind.canopy.cover)
    stress = drought(temperature, rain, cover)
    stage = development(since, first, second * (1 - 0.12 * stress[:, 90:270].mean(axis=1)))
    cover = np.interp(stage, kind.canopy.stages, kind.canopy.cover)
    if thermal.sowing is not None:
        cover = np.where(since > 0, cover, 0.0)
    maturity = first_day(stage >= 2)
    harvest = np.minimum(np.maximum(np.ceil(maturity + wait), thermal.earliest), DAYS)
    day = np.arange(DAYS)
    cover = np.where(
        day >= harvest[:, None], np.minimum(weeds * day / 200, 0.3), np.maximum(cover, weeds / 4)
    )
    return Growth(stage, cover, stress, sown, first_day(stage >= 1), maturity, harvest)


def passable(wish: Floats, rain: Floats) -> Floats:
    """The first day from the wished one on which three days' rain leaves the field passable."""
    summed = np.cumsum(rain, axis=1)
    three = summed - np.pad(summed, ((0, 0), (3, 0)))[:, :-3]
    day = np.arange(rain.shape[1])
    from_wish = day >= np.clip(wish, 40, 170)[:, None]
    ready = from_wish & (three < 8.0)
    found: Floats = np.where(ready.any(axis=1), ready.argmax(axis=1), from_wish.argmax(axis=1)).astype(
        np.float64
    )
    return found


def _mown(kind: Kind, temperature: Floats, rng: np.random.Generator) -> Floats:
    """Cover of grass and alfalfa: green-up with warmth, then cuts from which they grow back."""
    places, days = len(temperature), DAYS
    warm = degree_days(3, 30, temperature)
    green = expit((warm - rng.normal(330, 50, places)[:, None]) / 60)
    least, most = kind.canopy.cover
    cover = least + (most - least) * green
    alfalfa = kind.habit == "alfalfa"
    cut = rng.normal(135, 6, places) if alfalfa else rng.normal(165, 10, places)
    regrowth, cuts = (24.0, 5) if alfalfa else (45.0, 2)
    for _ in range(cuts):
        since = np.arange(days) - cut[:, None]
        back = np.where(since >= 0, 0.3 + 0.7 * np.minimum(np.maximum(since, 0) / regrowth, 1), 1.0)
        cover = np.maximum(cover * back, least)
        cut = cut + (rng.normal(37, 5, places) if alfalfa else rng.normal(65, 10, places))
    mown: Floats = cover
    return mown


def _wild(kind: Kind, temperature: Floats, rng: np.random.Generator) -> Floats:
    """Cover of fallow: weeds come with warmth and dry up in late summer."""
    places, days = len(temperature), DAYS
    green = expit((degree_days(5, 30, temperature) - rng.normal(600, 150, places)[:, None]) / 120)
    dry = expit((np.arange(days) - rng.normal(230, 15, places)[:, None]) / 10)
    least, most = kind.canopy.cover
    cover: Floats = least + (most - least) * green * (1 - 0.6 * dry)
    return cover


def choose_kinds(code: Rows, rng: np.random.Generator) -> Rows:
    """The kind of each field, a place in `KINDS`, ``[place]``."""
    chance = rng.random(len(code))
    kinds = np.zeros(len(code), dtype=np.int64)
    for number, one in enumerate(CLASSES):
        mine = code == number
        first = next(place for place, (owner, _) in enumerate(KINDS) if owner == number)
        kinds[mine] = first + np.searchsorted(np.cumsum(one.mixture)[:-1], chance[mine])
    return kinds


def names(codes: Sequence[int] | Rows) -> npt.NDArray[np.object_]:
    """Names of classes by code."""
    named: npt.NDArray[np.object_] = np.array(NAMES, dtype=object)[np.asarray(codes)]
    return named

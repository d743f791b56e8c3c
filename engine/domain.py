"""The nouns of Groundplan: what every other module speaks about.

Order of axes: ``[pixel, band, time]``; longitude before latitude; distances in km, areas in ha.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import geopandas as gpd

Provenance = Literal["measured", "simulated"]
LEVEL = 0.90  # of every interval: of scores, of their differences, and of forecasts
MOST_KNOWN = 0.9  # share of labelled parcels from which on a season counts as labelled
Entry = TypeVar("Entry")
UNLABELLED = -1  # code of a parcel whose crop nobody knows yet


class GroundplanError(Exception):
    """A fault the user can cure; its text names the thing, the value and the cure."""


class CubeError(GroundplanError):
    """A cube whose parts contradict each other."""


class StudyError(GroundplanError):
    """A study that cannot be opened, saved or made."""


class PlanError(GroundplanError):
    """A plan that cannot be answered with this study."""


def entry(
    kind: str, table: Mapping[str, Entry], name: str, old_names: Mapping[str, str] | None = None
) -> Entry:
    """What a table of designs, methods, learners or recipes holds under a name.

    Parameters
    ----------
    kind
        What the table lists, as an error calls it: ``design``.
    table
        By name.
    name
        As a plan or a user gives it.
    old_names
        Today's name by that of an earlier version.

    Raises
    ------
    PlanError
        Where there is none, with the names to choose from.

    Examples
    --------
    >>> entry("device", {"cpu": 1}, "cpu")
    1
    """
    today = (old_names or {}).get(name, name)
    if today not in table:
        raise PlanError(f"There is no {kind} {name}; choose one of {', '.join(table)}.")
    return table[today]


@dataclass(frozen=True, order=True)
class Season:
    """One growing season, named by its harvest year.

    Parameters
    ----------
    start, end
        First and last day of the time window, both inclusive.
    label
        Harvest year, for example ``"2021"``.
    """

    start: dt.date
    end: dt.date
    label: str

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise StudyError(
                f"Season {self.label} ends on {self.end}, before it starts on {self.start}. "
                "Give a window whose end lies after its start."
            )


@dataclass(frozen=True)
class Crop:
    """One class of the legend: integer code, name, colour as ``#RRGGBB`` for light backgrounds."""

    code: int
    name: str
    colour: str


# Nine colours of classes that stay apart under colour-vision deficiencies (smallest CIEDE2000 difference 19).
CROP_COLOURS = (
    "#88CCBB", "#CC99FF", "#8855CC", "#886600", "#334444", "#AABB44", "#228877", "#440077", "#552200",
)  # fmt: skip


@dataclass(frozen=True)
class Legend:
    """The crop classes of a study; a class's code is its place in every ``[class]`` axis."""

    crops: tuple[Crop, ...]

    def __post_init__(self) -> None:
        if [crop.code for crop in self.crops] != list(range(len(self.crops))):
            raise StudyError(
                f"The legend's codes are {[crop.code for crop in self.crops]}; they must run "
                "0, 1, 2, ... in order. Renumber the [[crop]] entries of study.toml."
            )
        if len(set(self.names)) != len(self.crops):
            raise StudyError(
                f"The legend names a class twice: {', '.join(self.names)}. Give each class one name."
            )

    def __len__(self) -> int:
        return len(self.crops)

    def __iter__(self) -> Iterator[Crop]:
        return iter(self.crops)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes in order of their codes."""
        return tuple(crop.name for crop in self.crops)

    def codes(self, names: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Codes of class names, same shape; unknown names raise `StudyError`."""
        code = {crop.name: crop.code for crop in self.crops}
        flat = np.asarray(names, dtype=object)
        unknown = sorted({str(name) for name in flat.ravel() if name not in code})
        if unknown:
            raise StudyError(
                f"The legend has no class {', '.join(unknown)}; it knows {', '.join(self.names)}."
            )
        return np.array([code[name] for name in flat.ravel()], dtype=np.int64).reshape(flat.shape)


@dataclass(frozen=True)
class Departure:
    """Where the trip starts: degrees WGS 84. The name is for people and is not part of a plan's key."""

    lon: float
    lat: float
    name: str = field(default="", repr=False, compare=False)

    def __post_init__(self) -> None:
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise PlanError(
                f"Departure {self.lon}, {self.lat} is not on the globe. "
                "Give longitude first, then latitude, in degrees."
            )

    @property
    def title(self) -> str:
        """The name, or the coordinates where there is none."""
        return self.name or f"{self.lon:.3f}, {self.lat:.3f}"


@dataclass(frozen=True, eq=False)
class Cube:
    """The series of one season on the study's regular time axis.

    Parameters
    ----------
    season
        The season.
    bands
        Names of the bands: backscatter in dB (``VV``, ``VH``), indices unitless (``NDVI``).
    days
        Days after the start of the window, ``[time]``.
    parcel
        Row of the pixel's parcel in ``Study.parcels``, ``[pixel]``.
    values
        ``[pixel, band, time]`` float32, finite.
    """

    season: Season
    bands: tuple[str, ...]
    days: npt.NDArray[np.int64]
    parcel: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        expected = (len(self.parcel), len(self.bands), len(self.days))
        if self.values.shape != expected:
            raise CubeError(
                f"Season {self.season.label}: values have shape {self.values.shape}, but {expected[0]} "
                f"pixels x {expected[1]} bands x {expected[2]} days were declared."
            )
        if self.values.dtype != np.float32:
            raise CubeError(
                f"Season {self.season.label}: values are {self.values.dtype}, not float32. Convert them."
            )
        if not np.isfinite(self.values).all():
            broken = int((~np.isfinite(self.values)).any(axis=(1, 2)).sum())
            raise CubeError(
                f"Season {self.season.label}: {broken} of {len(self.parcel)} pixels hold values that are "
                "not finite. Ingest the series again: gaps are filled there."
            )


@dataclass(frozen=True, eq=False)
class Study:
    """Parcels, crops and satellite series over several seasons.

    Parameters
    ----------
    parcels
        One row per parcel and season, index 0, 1, 2, ...: ``parcel_id``, ``season`` (label), ``crop``
        (a name of the legend; missing, as `pandas.isna` tells, where nobody knows it yet), ``field_group``
        (the same field in any season), ``area_ha``, ``lon`` and ``lat`` of its centroid in degrees,
        ``geometry`` in EPSG:4326.
    cubes
        Cubes by season label; a stored study reads a season when it is asked for. A season without labels may
        have none yet: its parcels are known before any satellite has seen the season.
    fingerprint
        Hash of all that any score depends on; a plan names those of the seasons that it uses.
    source
        Where the data come from, for captions and reports.
    """

    name: str
    legend: Legend
    seasons: tuple[Season, ...]
    parcels: gpd.GeoDataFrame
    cubes: Mapping[str, Cube]
    departure: Departure
    provenance: Provenance
    fingerprint: str
    source: str = ""
    _by_season: dict[str, gpd.GeoDataFrame] = field(default_factory=dict, init=False, repr=False)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the parcels' centroids, degrees."""
        lon, lat = self.parcels["lon"], self.parcels["lat"]
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    def season(self, label: str) -> Season:
        """The season of that label, or `PlanError`."""
        for season in self.seasons:
            if season.label == label:
                return season
        raise PlanError(
            f"Study {self.name} has no season {label}; it has {', '.join(s.label for s in self.seasons)}."
        )

    def seasons_before(self, label: str) -> tuple[str, ...]:
        """Labels of the seasons with labelled parcels before that one, oldest first: those that can teach."""
        target = self.season(label)
        return tuple(
            season.label
            for season in sorted(self.seasons)
            if season.start < target.start and not self.is_open(season.label)
        )

    def other_seasons(self, label: str) -> tuple[str, ...]:
        """Labels of all seasons with labelled parcels but that one, oldest first."""
        target = self.season(label)
        others = [season.label for season in sorted(self.seasons) if season != target]
        return tuple(name for name in others if not self.is_open(name))

    def is_open(self, label: str) -> bool:
        """Whether no parcel of that season has a label yet."""
        return bool(self.parcels_in(label)["crop"].isna().all())

    def has_series(self, label: str) -> bool:
        """Whether that season has satellite series yet; one that is still to come has parcels only."""
        self.season(label)
        return label in self.cubes

    def labelled_in(self, label: str) -> gpd.GeoDataFrame:
        """The parcels of that season whose crop is known; their index is the row in ``parcels``."""
        surveyed = self.parcels_in(label)
        return surveyed[surveyed["crop"].notna()]

    def is_partly_labelled(self, label: str) -> bool:
        """Whether the labels of that season are still coming home: it is the last one, it has labels, and a
        tenth of its parcels or more have none. Single gaps, or gaps of a past season, are no trip to plan.
        """
        known = self.parcels_in(label)["crop"].notna()
        last = label == max(self.seasons).label
        return last and bool(known.any()) and float(known.mean()) <= MOST_KNOWN

    def to_visit(self, label: str) -> gpd.GeoDataFrame:
        """The parcels of that season that a trip may visit; their index is the row in ``parcels``.

        Nobody drives to a parcel whose crop is known: in a season with some labels these are the other
        parcels. A season that is labelled throughout is looked at in hindsight, as if nobody knew.
        """
        surveyed = self.parcels_in(label)
        return surveyed[surveyed["crop"].isna()] if self.is_partly_labelled(label) else surveyed

    def known_already(self, label: str) -> int:
        """How many parcels of that season no trip visits, because their crop is known, see `to_visit`."""
        return len(self.parcels_in(label)) - len(self.to_visit(label))

    @property
    def labelled(self) -> npt.NDArray[np.bool_]:
        """Whether the crop of each parcel is known, ``[parcel]``."""
        known: npt.NDArray[np.bool_] = self.parcels["crop"].notna().to_numpy(dtype=bool)
        return known

    @property
    def crop_codes(self) -> npt.NDArray[np.int64]:
        """Code of each parcel's class, `UNLABELLED` where it is not known yet, ``[parcel]``."""
        known = self.labelled
        codes = np.full(len(known), UNLABELLED, dtype=np.int64)
        codes[known] = self.legend.codes(self.parcels["crop"].to_numpy(dtype=object)[known])
        return codes

    def parcels_in(self, label: str) -> gpd.GeoDataFrame:
        """The parcels surveyed in that season; their index is the row in ``parcels``."""
        if label not in self._by_season:
            self.season(label)
            self._by_season[label] = self.parcels[self.parcels["season"] == label]
        return self._by_season[label].copy(deep=False)  # whoever changes it changes nothing of the study


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; a number never travels without it. As text, a share in percent."""

    value: float
    low: float
    high: float
    level: float = LEVEL

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"Estimate {self.value} lies outside its interval {self.low} to {self.high}.")

    def __str__(self) -> str:
        low, high = (f"{100 * end:.1f}" for end in (self.low, self.high))
        return f"{self.value:.1%} ({low} to {high})"

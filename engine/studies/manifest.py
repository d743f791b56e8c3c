"""``study.toml``: what a study folder says about itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import tomli_w

from engine.domain import Crop, Departure, GroundplanError, Legend, Provenance, Season, StudyError
from engine.parsing import toml_of
from engine.simulation.parameters import Landscape, landscape_of

FORMAT = 1
FILE = "study.toml"
MOST_DAYS = 400  # of a step, and slots of a window
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")

T = TypeVar("T")


@dataclass(frozen=True)
class SeasonEntry:
    """One ``[[season]]``: the season, the content hash and the size of its series.

    ``missing_share`` is the share of slots, in 0..1, that were filled by interpolation; None where
    nobody knows. ``series`` is the hash with parcels counted within the season, whatever other seasons the
    study has; None in studies that an earlier version saved, and in simulated ones. A season that has parcels
    but no series yet (``series = false`` in the file) has no hash and no pixels.
    """

    season: Season
    sha256: str = ""
    pixels: int = 0
    missing_share: float | None = None
    series: str | None = None

    @property
    def has_series(self) -> bool:
        """Whether the season has series yet."""
        return bool(self.sha256)


@dataclass(frozen=True)
class Manifest:
    """The content of ``study.toml``.

    ``step`` is in days, ``slots`` is the length of the time axis; ``landscape`` is what a simulated study
    was made from, and can be made from again.
    """

    name: str
    provenance: Provenance
    source: str
    bands: tuple[str, ...]
    step: int
    slots: int
    departure: Departure
    legend: Legend
    seasons: tuple[SeasonEntry, ...]
    parcels_sha256: str
    landscape: Landscape | None = None

    @property
    def days(self) -> npt.NDArray[np.int64]:
        """Days after the start of the window, ``[time]``."""
        return np.arange(self.slots, dtype=np.int64) * self.step

    def write(self, folder: Path) -> None:
        """Write ``study.toml`` into a folder."""
        document: dict[str, Any] = {
            "format": FORMAT,
            "name": self.name,
            "provenance": self.provenance,
            "source": self.source,
            "bands": list(self.bands),
            "axis": {"step": self.step, "slots": self.slots},
            "departure": {
                "name": self.departure.name,
                "lon": float(self.departure.lon),
                "lat": float(self.departure.lat),
            },
            "parcels": {"sha256": self.parcels_sha256},
            "crop": [{"code": c.code, "name": c.name, "colour": c.colour} for c in self.legend],
            "season": [_season_table(entry) for entry in self.seasons],
        }
        if self.landscape:
            document["landscape"] = dataclasses.asdict(self.landscape)
        (folder / FILE).write_bytes(tomli_w.dumps(document).encode())
        read_manifest(folder / FILE)  # what could not be opened is not saved


def _season_table(entry: SeasonEntry) -> dict[str, Any]:
    table: dict[str, Any] = {
        "label": entry.season.label,
        "start": entry.season.start,
        "end": entry.season.end,
    }
    if not entry.has_series:
        return {**table, "series": False}
    table |= {"sha256": entry.sha256, "pixels": entry.pixels}
    if entry.missing_share is not None:
        table["missing_share"] = round(float(entry.missing_share), 4)
    if entry.series is not None:
        table["series"] = entry.series
    return table


def read_manifest(path: Path) -> Manifest:
    """Read and check ``study.toml``; any fault is a `StudyError`.

    Parameters
    ----------
    path
        Of ``study.toml``.

    Raises
    ------
    StudyError
        Where the file cannot be read, is of another format, or an entry is missing or wrong.
    """
    try:
        document = toml_of(path)
    except (OSError, ValueError) as error:
        raise StudyError(
            f"{path} cannot be read as TOML ({error}). Restore it from a copy, or ingest the study again."
        ) from error
    if document.get("format") != FORMAT:
        raise StudyError(
            f"{path} is of format {document.get('format', 'unknown')}; this Groundplan reads format "
            f"{FORMAT}. Update Groundplan, or ingest the study again."
        )
    try:
        return _manifest(document, path)
    except StudyError:
        raise
    except GroundplanError as error:
        raise StudyError(f"{path}: {error}") from error


def _manifest(document: dict[str, Any], path: Path) -> Manifest:
    provenance = _entry(document, "provenance", str, path)
    if provenance not in ("measured", "simulated"):
        raise StudyError(f'{path} gives provenance "{provenance}". Write "measured" or "simulated".')
    axis = _entry(document, "axis", dict, path)
    step, slots = _entry(axis, "step", int, path), _entry(axis, "slots", int, path)
    if not (1 <= step <= MOST_DAYS and 1 <= slots <= MOST_DAYS):
        raise StudyError(
            f"{path} gives a step of {step} days and {slots} slots. Both must lie between 1 and {MOST_DAYS}."
        )
    bands = _entry(document, "bands", list, path)
    crops = [
        Crop(_entry(t, "code", int, path), _entry(t, "name", str, path), _entry(t, "colour", str, path))
        for t in _entry(document, "crop", list, path)
    ]
    if colourless := [crop.name for crop in crops if not COLOUR.fullmatch(crop.colour)]:
        raise StudyError(f"{path} gives {', '.join(colourless)} a colour that is none. Write it as #88CCBB.")
    departure = _entry(document, "departure", dict, path)
    seasons = tuple(_season_entry(t, path) for t in _entry(document, "season", list, path))
    labels = [entry.season.label for entry in seasons]
    if not bands or not crops or len(set(labels)) < len(labels) or not any(e.has_series for e in seasons):
        raise StudyError(
            f"{path} must list at least one band, one [[crop]] and one [[season]] with series, each season "
            "once."
        )
    return Manifest(
        name=_entry(document, "name", str, path),
        provenance=cast(Provenance, provenance),
        source=_entry(document, "source", str, path),
        bands=tuple(str(band) for band in bands),
        step=step,
        slots=slots,
        departure=Departure(
            float(_entry(departure, "lon", float, path)),
            float(_entry(departure, "lat", float, path)),
            _entry(departure, "name", str, path),
        ),
        legend=Legend(tuple(crops)),
        seasons=seasons,
        parcels_sha256=_entry(_entry(document, "parcels", dict, path), "sha256", str, path),
        landscape=landscape_of(document["landscape"]) if document.get("landscape") else None,
    )


def _season_entry(table: Any, path: Path) -> SeasonEntry:
    label = _entry(table, "label", str, path)
    if not re.fullmatch(r"\w[\w.-]*", label):
        raise StudyError(f'{path} names a season "{label}". Use letters, digits, dots and dashes only.')
    season = Season(_entry(table, "start", dt.date, path), _entry(table, "end", dt.date, path), label)
    if table.get("series") is False:
        return SeasonEntry(season)
    missing = _entry(table, "missing_share", float, path) if "missing_share" in table else None
    return SeasonEntry(
        season,
        _entry(table, "sha256", str, path),
        _entry(table, "pixels", int, path),
        missing,
        _entry(table, "series", str, path) if "series" in table else None,
    )


def _entry(table: Any, key: str, kind: type[T], path: Path) -> T:
    """The entry of that key, or a `StudyError` that says what is wrong with it."""
    value = table.get(key) if isinstance(table, dict) else None
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        state = "is missing" if value is None else f"is {value!r}"
        raise StudyError(
            f"{path}: {key} {state}, a {kind.__name__} was expected. Correct it (docs/formats.md lists the "
            "entries), or ingest the study again."
        )
    return value

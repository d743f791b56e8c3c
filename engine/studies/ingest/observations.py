"""Foreign series tables, long or wide, -> observations of series."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype, union_categoricals

from engine.studies.ingest.bands import recognised
from engine.studies.ingest.columns import YEAR, as_names, as_time
from engine.studies.ingest.faults import Findings, listed
from engine.studies.ingest.readers import read_columns
from engine.studies.ingest.request import IngestRequest
from engine.studies.ingest.time_axis import Window

EPOCH = np.datetime64(0, "s")
KEYS = ("parcel_id", "pixel_id", "season", "date")
DATE_COLUMN = re.compile(r"(?:(?P<band>.+?)[_\-. ])?(?P<date>\d{4}-\d{2}-\d{2}|\d{8})")


@dataclass(frozen=True)
class Observations:
    """What was observed of which series, when.

    Parameters
    ----------
    series
        One row a series (a pixel in a season): ``parcel_id``, ``pixel_id``, ``season``.
    of
        Row of each observation's series, ``[observation]``.
    time
        ``[observation]``, UTC.
    values
        ``[observation]`` float32 by band; NaN where missing.
    season_stated
        Whether the tables say the season, or it was taken from the dates.
    """

    series: pd.DataFrame
    of: npt.NDArray[np.int64]
    time: npt.NDArray[np.datetime64]
    values: dict[str, npt.NDArray[np.float32]]
    season_stated: bool

    def only(self, wanted: npt.NDArray[np.bool_]) -> Observations:
        """The observations of the wanted series, ``[series]``; a series keeps its name, not its row."""
        row = np.cumsum(wanted) - 1
        kept = wanted[self.of]
        return Observations(
            self.series[wanted].reset_index(drop=True),
            row[self.of[kept]],
            self.time[kept],
            {band: values[kept] for band, values in self.values.items()},
            self.season_stated,
        )

    def names(self, marked: npt.NDArray[np.bool_]) -> tuple[str, ...]:
        """Names of the marked series, ``[series]``; the pixel is named where a parcel has several."""
        several = self.series.duplicated(["parcel_id", "season"], keep=False)
        chosen = self.series[marked]
        pixel = (" pixel " + chosen["pixel_id"]).where(several[marked], "")
        return tuple(chosen["parcel_id"] + " (" + chosen["season"] + ")" + pixel)


def read_observations(request: IngestRequest, window: Window, findings: Findings) -> Observations | None:
    """The observations of all tables; None where one cannot be read or no band is left.

    Parameters
    ----------
    request
        Files of series, and which bands and columns to use.
    window
        Window of the year, which gives seasons to dates where tables do not say them.
    findings
        Takes the faults and notes.
    """
    frames = []
    for path in request.series:
        frame = read_columns(path, request.rename, findings)
        if frame is not None:
            frame = _long(frame, path, request, findings)
        if frame is not None:
            frames.append(frame)
    if len(frames) < len(request.series) or not frames:
        return None
    if request.seasons is not None:  # the faults of other seasons are of no interest
        kept = [_of_seasons(frame, request.seasons, window) for frame in frames]
        frames = [frame for frame in kept if len(frame)]
        if not frames:
            asked = " and ".join(request.seasons)
            findings.fault(f"The series hold no observation of {asked}", "Choose others with --seasons.")
            return None
    bands = _choose_bands(frames, request.bands, findings)
    if not bands:
        return None
    ids = union_categoricals([pd.Categorical(frame["parcel_id"]) for frame in frames])
    table = pd.concat([frame.drop(columns="parcel_id") for frame in frames], ignore_index=True)
    table["parcel_id"] = ids
    return _observations(table, bands, window, findings)


def _long(frame: pd.DataFrame, path: Path, request: IngestRequest, findings: Findings) -> pd.DataFrame | None:
    """A table with ``parcel_id``, ``pixel_id``, ``season`` (maybe), ``date`` and columns of numbers."""
    dated = {} if "date" in frame else _date_columns(frame.columns)
    absent = [column for column in ("parcel_id", "date") if column not in frame]
    if dated:
        absent.remove("date")
    if absent:
        columns = ", ".join(map(str, frame.columns[:12]))
        findings.fault(
            f"{path} lacks the columns {', '.join(absent)}; it has {columns}",
            f"Name the right ones with --rename OLD={absent[0]}; in a wide table each date is a column, "
            "such as VV_2018-03-01.",
        )
        return None
    frame = frame.assign(parcel_id=as_names(frame["parcel_id"]))
    if "season" in frame:
        frame["season"] = as_names(frame["season"])
    if dated:
        frame = _melt(frame, dated, request.band)
        if any(band is None for band, _ in dated.values()) and request.band == IngestRequest.band:
            findings.note(
                f'{path} does not name its band: it is called "{request.band}", and its values are not '
                "checked. Name it with --band, for example --band NDVI."
            )
    if "pixel_id" not in frame:
        frame["pixel_id"] = "0"
    frame["pixel_id"] = as_names(frame["pixel_id"])
    return frame


def _of_seasons(frame: pd.DataFrame, seasons: Sequence[str], window: Window) -> pd.DataFrame:
    """The observations of some seasons; of a date that cannot be read, those that its year may lead up to."""
    if "season" in frame:
        wanted = frame["season"].isin(seasons).to_numpy(dtype=bool)
    else:
        time = as_time(frame["date"])
        readable = ~np.isnat(time)
        year = frame["date"].astype("str").str.extract(r"^\s*(\d{4})")[0]
        spans = [window.season(label) for label in seasons if YEAR.fullmatch(label)]
        near = {str(day.year) for span in spans for day in (span.start, span.end)}
        within = np.isin(window.harvest_years(np.where(readable, time, EPOCH)).astype(str), seasons)
        wanted = np.where(readable, within, (year.isna() | year.isin(near)).to_numpy(dtype=bool))
    kept = frame[wanted]
    for column in kept.columns.difference(list(KEYS)):
        if not is_numeric_dtype(kept[column]):  # what kept it from being numbers may have been elsewhere
            numbers = pd.to_numeric(kept[column], errors="coerce")
            if numbers.notna().equals(kept[column].notna()):
                kept = kept.assign(**{str(column): numbers})
    return kept


def _date_columns(columns: pd.Index) -> dict[str, tuple[str | None, np.datetime64]]:
    """Band (None where it is not named) and date of each column whose name is a date."""
    dated = {}
    for column in map(str, columns):
        match = DATE_COLUMN.fullmatch(column)
        date = pd.to_datetime(match["date"], format="ISO8601", errors="coerce") if match else pd.NaT
        if match and not pd.isna(date) and YEAR.fullmatch(f"{date.year}"):
            dated[column] = (match["band"], date.to_datetime64())
    return dated


def _melt(
    frame: pd.DataFrame, dated: dict[str, tuple[str | None, np.datetime64]], unnamed: str
) -> pd.DataFrame:
    """A wide table as a long one, date after date."""
    keys = [column for column in ("parcel_id", "pixel_id", "season") if column in frame]
    if "pixel_id" not in frame:
        owner = [column for column in ("parcel_id", "season") if column in frame]
        frame["pixel_id"] = frame.groupby(owner, observed=True).cumcount()
        keys.append("pixel_id")
    dates = sorted({date for _, date in dated.values()})
    column_of = {(band or unnamed, date): column for column, (band, date) in dated.items()}
    bands = list(dict.fromkeys(band for band, _ in column_of))
    long = pd.concat([frame[keys]] * len(dates), ignore_index=True)
    long["date"] = np.repeat(np.array(dates, dtype="datetime64[s]"), len(frame))
    empty = np.full(len(frame), np.nan, np.float32)
    for band in bands:
        columns = [column_of.get((band, date)) for date in dates]
        long[band] = np.concatenate([empty if c is None else frame[c].to_numpy() for c in columns])
    return long


def _choose_bands(
    frames: Sequence[pd.DataFrame], asked: tuple[str, ...] | None, findings: Findings
) -> tuple[str, ...]:
    """The bands asked for, else the recognised columns, else all columns of numbers."""
    numbers = list(
        dict.fromkeys(
            str(column)
            for frame in frames
            for column in frame.columns
            if column not in KEYS and is_numeric_dtype(frame[column]) and not is_bool_dtype(frame[column])
        )
    )
    texts = [
        str(column)
        for frame in frames
        for column in frame.columns
        if column not in KEYS
        and (str(column) in asked if asked is not None else recognised(str(column)))
        and not is_numeric_dtype(frame[column])
    ]
    if texts:
        findings.fault("Bands with values that are not numbers", "Leave missing values empty.", texts)
        return ()
    if asked is not None:
        absent = [band for band in asked if band not in numbers]
        if absent:
            findings.fault("Bands that no table has", f"There are {', '.join(numbers)}.", absent)
        return tuple(band for band in asked if band in numbers)
    bands = [column for column in numbers if recognised(column)]
    if not numbers:
        findings.fault("The series have no column of numbers", "Give one column a band, such as VV or NDVI.")
    ignored = [column for column in numbers if bands and column not in bands]
    if ignored:
        findings.note(f"{listed('Columns not used as bands', ignored)}; name them with --bands to use them.")
    return tuple(bands or numbers)


def _observations(
    table: pd.DataFrame, bands: tuple[str, ...], window: Window, findings: Findings
) -> Observations:
    """Check the dates and number the series."""
    time = as_time(table["date"])
    stated = "season" in table
    undated = np.isnat(time)
    if undated.any():
        texts = tuple(table["date"][undated].astype(str).unique())
        findings.fault(
            f"{undated.sum()} observations have a date that cannot be read, for example {texts[0]}",
            "Write dates as 2018-03-31.",
        )
    nameless = table["parcel_id"].isna().to_numpy()
    if nameless.any():
        findings.fault(f"{nameless.sum()} observations lack parcel_id", "Say which parcel each belongs to.")
    usable = ~(undated | nameless)
    table, time = table[usable], time[usable]
    season = table["season"].astype("str") if stated else window.harvest_years(time).astype(str)
    keys = table[["parcel_id", "pixel_id"]].assign(season=pd.Categorical(season))
    groups = keys.groupby(list(keys.columns), observed=True, sort=False, dropna=False)
    of = groups.ngroup().to_numpy()
    first = np.unique(of, return_index=True)[1]
    series = keys.iloc[first].astype("str").fillna("none").reset_index(drop=True)
    strange = ~series["season"].str.fullmatch(YEAR.pattern).to_numpy(bool)
    if strange.any():
        labels = tuple(series["season"][strange].unique())
        findings.fault(
            "Seasons of series that are not a year", "Write the year of the harvest, such as 2021.", labels
        )
    values = {band: table[band].to_numpy(np.float32) for band in bands}
    for band, numbers in values.items():
        values[band] = np.where(np.isfinite(numbers), numbers, np.float32(np.nan))
    return Observations(series, np.asarray(of, np.int64), time, values, stated)

"""Foreign series tables -> observations of series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype, union_categoricals

from engine.studies.ingest.bands import recognised
from engine.studies.ingest.columns import YEAR
from engine.studies.ingest.faults import MOST_DROPPED, Findings, listed
from engine.studies.ingest.request import IngestRequest
from engine.studies.ingest.same_day import averaged_days
from engine.studies.ingest.statistics import centres
from engine.studies.ingest.tables import KEYS, UNREAD, columns_of_numbers, read_table
from engine.studies.ingest.time_axis import Window
from engine.studies.ingest.values import converted, without_codes

EPOCH = np.datetime64(0, "s")


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
    file
        Number of the file among ``files`` that each observation is from, ``[observation]``.
    files
        Names of the files.
    """

    series: pd.DataFrame
    of: npt.NDArray[np.int64]
    time: npt.NDArray[np.datetime64]
    values: dict[str, npt.NDArray[np.float32]]
    season_stated: bool
    file: npt.NDArray[np.int16]
    files: tuple[str, ...]

    @property
    def season_of(self) -> npt.NDArray[np.object_]:
        """Season of each observation, ``[observation]``."""
        return np.asarray(self.series["season"].to_numpy(object)[self.of])

    def only(self, wanted: npt.NDArray[np.bool_]) -> Observations:
        """The observations of the wanted series, ``[series]``; a series keeps its name, not its row."""
        if wanted.all():
            return self
        row = np.cumsum(wanted) - 1
        kept = wanted[self.of]
        return Observations(
            self.series[wanted].reset_index(drop=True),
            row[self.of[kept]],
            self.time[kept],
            {band: values[kept] for band, values in self.values.items()},
            self.season_stated,
            self.file[kept],
            self.files,
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
    for number, path in enumerate(request.series):
        frame = read_table(path, request, window, findings)
        if frame is not None:
            frames.append(frame.assign(file=np.int16(number)))
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
    table = _usable(_joined(frames, bands), findings)
    observed = None if table is None else _observations(table, bands, window, request, findings)
    if observed is None:
        return None
    observed = without_codes(converted(observed, request, findings), request, findings)
    return averaged_days(observed, findings)


def _joined(frames: list[pd.DataFrame], bands: tuple[str, ...]) -> pd.DataFrame:
    """One table of all; names become categories that all share."""
    names = [name for name in ("parcel_id", "pixel_id", "season", UNREAD) if name in frames[0]]
    table = pd.concat(
        [frame[[c for c in ("date", "file", *bands) if c in frame]] for frame in frames], ignore_index=True
    )
    for name in names:
        if all(name in frame for frame in frames):
            table[name] = union_categoricals([pd.Categorical(frame[name]) for frame in frames])
    return table


def _of_seasons(frame: pd.DataFrame, seasons: Sequence[str], window: Window) -> pd.DataFrame:
    """The observations of some seasons; of a date that cannot be read, those that its year may lead up to."""
    if "season" in frame:
        wanted = frame["season"].isin(seasons).to_numpy(dtype=bool)
    else:
        time = frame["date"].to_numpy()
        readable = ~np.isnat(time)
        year = frame[UNREAD].astype("str").str.extract(r"^\s*(\d{4})")[0]
        spans = [window.season(label) for label in seasons if YEAR.fullmatch(label)]
        near = {str(day.year) for span in spans for day in (span.start, span.end)}
        within = np.isin(window.harvest_years(np.where(readable, time, EPOCH)).astype(str), seasons)
        wanted = np.where(readable, within, (year.isna() | year.isin(near)).to_numpy(dtype=bool))
    kept = frame[wanted]
    for column in kept.columns.difference([*KEYS, UNREAD, "file"]):
        if not is_numeric_dtype(kept[column]):  # what kept it from being numbers may have been elsewhere
            numbers = pd.to_numeric(kept[column], errors="coerce")
            if numbers.notna().equals(kept[column].notna()):
                kept = kept.assign(**{str(column): numbers})
    return kept


def _choose_bands(
    frames: Sequence[pd.DataFrame], asked: tuple[str, ...] | None, findings: Findings
) -> tuple[str, ...]:
    """The bands asked for, else the recognised columns, else all columns of numbers."""
    numbers = list(dict.fromkeys(c for frame in frames for c in columns_of_numbers(frame) if c != "file"))
    others = {
        str(column): frame[column]
        for frame in frames
        for column in frame.columns
        if column not in (*KEYS, UNREAD, "file") and not is_numeric_dtype(frame[column])
    }
    texts = [c for c in others if (c in asked if asked is not None else recognised(c))]
    if texts:
        examples = others[texts[0]].astype("str")
        odd = examples[pd.to_numeric(examples, errors="coerce").isna() & examples.notna()]
        example = next(iter([*odd, *examples.dropna()]), "an empty cell")
        findings.fault(
            f'Bands with values that are not numbers, such as "{example}"',
            "Leave missing values empty; give another decimal sign with --decimal.",
            texts,
        )
        return ()
    if asked is not None:
        absent = [band for band in asked if band not in numbers]
        if absent:
            findings.fault("Bands that no table has", f"There are {', '.join(numbers)}.", absent)
        return tuple(band for band in asked if band in numbers)
    if not numbers:
        findings.fault("The series have no column of numbers", "Give one column a band, such as VV or NDVI.")
    known, spreads = centres([column for column in numbers if recognised(column)])
    ignored = [c for c in (*numbers, *others) if known and c not in known and c not in spreads]
    if spreads:
        findings.note(
            f"{listed('Columns that are statistics of a band beside it', spreads)}; not used. "
            "Name bands with --bands to choose others."
        )
    if ignored:
        findings.note(f"{listed('Columns not used as bands', ignored)}; name them with --bands to use them.")
    return tuple(known or numbers)


def _usable(table: pd.DataFrame, findings: Findings) -> pd.DataFrame | None:
    """The rows with a date and a parcel; None where they are too few for anything else to be said."""
    undated = np.isnat(table["date"].to_numpy("datetime64[s]"))
    nameless = table["parcel_id"].isna().to_numpy()
    texts = table[UNREAD][undated].astype("str").dropna()
    example = f"cannot be read, for example {texts.iloc[0]}" if len(texts) else "is empty"
    for marked, what, cure in (
        (undated, f"have a date that {example}", "Write dates as 2018-03-31."),
        (nameless, "lack parcel_id", "Say which parcel each belongs to."),
    ):
        few = marked.mean() <= MOST_DROPPED
        if marked.any() and few and findings.drop_faulty:
            findings.note(f"Left out: {marked.sum()} observations that {what}.")
        elif marked.any():
            findings.fault(
                f"{marked.sum()} observations {what}",
                f"{cure} Or leave them out with --drop-faulty." if few else cure,
                changes={"drop_faulty": True} if few else None,
            )
    usable = ~(undated | nameless)
    return table[usable] if usable.mean() >= MOST_DROPPED else None


def _observations(
    table: pd.DataFrame, bands: tuple[str, ...], window: Window, request: IngestRequest, findings: Findings
) -> Observations | None:
    """Number the series; None where too few seasons of theirs are years, so that nothing would match."""
    time = table["date"].to_numpy("datetime64[s]")
    stated = "season" in table
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
            "Seasons of series that are not a year",
            "Write the year of the harvest, such as 2021, or take the seasons from the dates with "
            "--season-from date.",
            labels,
            {"season_from": "date"},
        )
        if strange.mean() > MOST_DROPPED:
            return None
    values = {band: table[band].to_numpy(np.float32) for band in bands}
    for band, numbers in values.items():
        values[band] = np.where(np.isfinite(numbers), numbers, np.float32(np.nan))
    files = tuple(str(path) for path in request.series)
    file = table["file"].to_numpy(np.int16)
    return Observations(series, np.asarray(of, np.int64), time, values, stated, file, files)

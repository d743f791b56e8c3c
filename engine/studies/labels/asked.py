"""Whether files of labels are of the study, season and purpose that are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import geopandas as gpd

from engine.domain import Legend
from engine.field_form import Purpose
from engine.studies.ingest.faults import Findings
from engine.studies.labels.nouns import Label, LabelError, Status
from engine.studies.labels.reading import LabelRows
from engine.studies.manifest import Manifest


def season_of(
    manifest: Manifest, parcels: gpd.GeoDataFrame, read: Sequence[LabelRows], asked: str | None
) -> str:
    """The season that labels are of: as asked, as the files say, the last with unknown crops, or the last.

    Parameters
    ----------
    manifest, parcels
        Of the study as it was made.
    read
        Rows of all files.
    asked
        By the user; None where nothing is.

    Raises
    ------
    LabelError
        Where files say several seasons, or the study lacks the season.
    """
    seasons = sorted(entry.season.label for entry in manifest.seasons)
    said = sorted({str(label) for rows in read for label in rows.rows["season"].dropna()})
    if asked is None and len(said) > 1:
        raise LabelError(
            f"The files are of several seasons ({', '.join(said)}). Say which to take with --season YEAR."
        )
    if asked is not None and said and asked not in said:
        raise LabelError(
            f"The files are of season {', '.join(said)}, not {asked}. Leave out --season, or give others."
        )
    unknown = parcels.loc[parcels["crop"].isna(), "season"]
    season = asked or (said[0] if said else max(unknown, default=seasons[-1]))
    if season not in seasons:
        raise LabelError(
            f"{manifest.name} has no season {season}; it has {', '.join(seasons)}. Give files of one of "
            "these, or the study that the files are of."
        )
    return str(season)


def of_season(read: LabelRows, season: str, study: str, any_study: bool, findings: Findings) -> LabelRows:
    """The rows of a season, of this study.

    Parameters
    ----------
    read
        Rows of a layer.
    season
        That is taken.
    study
        Name of the study.
    any_study
        Whether rows that name another study are taken.
    findings
        Takes the notes.

    Raises
    ------
    LabelError
        Where the rows are of another study.
    """
    rows = read.rows
    other = sorted(
        set(rows.loc[rows["trip"].notna(), "study"].dropna()) - {study}
    )  # our own files name a trip
    if other and not any_study:
        raise LabelError(
            f"{read.name} is a field file of the study {', '.join(other)}, not of {study}, so nothing was "
            "changed. Name that study; or, if this study was renamed, say --any-study."
        )
    strange = (rows["season"].notna() & (rows["season"] != season)).to_numpy()
    if strange.any():
        findings.note(
            f"{read.name}: {strange.sum()} rows are of other seasons than {season}; they are left out."
        )
        return replace(read, rows=rows[~strange].reset_index(drop=True))
    return read


def check_purposes(read: LabelRows, asked: Purpose | None) -> None:
    """Refuse rows that state another purpose than the one that is asked for.

    Parameters
    ----------
    read
        Rows of a layer.
    asked
        By the user; None where nothing is.

    Raises
    ------
    LabelError
        Where a row states another one.
    """
    other = read.rows["purpose"].dropna()
    other = other[other != asked] if asked else other[:0]
    if len(other):
        raise LabelError(
            f"{read.name} says that {len(other)} rows are for {other.iloc[0]}, not for {asked}. Leave out "
            "--purpose: labels that were drawn for accuracy must not train."
        )


def check_decisions(decisions: Mapping[str, str], legend: Legend, labels: Sequence[Label]) -> None:
    """Refuse decisions about parcels without labels, or for classes that nobody knows.

    Parameters
    ----------
    decisions
        Crop, or ``no crop``, by parcel.
    legend
        Of the study, with classes that labels added.
    labels
        Of the season, new ones among them.

    Raises
    ------
    LabelError
        Where one does not fit.
    """
    parcels = {label.parcel_id for label in labels}
    crops = {*legend.names, *(str(label.crop) for label in labels if label.status == Status.LABELLED)}
    for parcel, crop in decisions.items():
        if parcel not in parcels:
            raise LabelError(
                f"No label is of the parcel {parcel}, so --decide {parcel}={crop} has nothing to decide."
            )
        if crop not in crops and crop != Status.NO_CROP:
            raise LabelError(
                f"--decide {parcel}={crop} names no class. Choose among {', '.join(sorted(crops))}, "
                f"or {Status.NO_CROP}."
            )

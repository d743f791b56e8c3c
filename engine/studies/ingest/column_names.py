"""What the columns of foreign tables mean, by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from engine.studies.ingest.faults import Findings

# Names in small letters and without group, that files give to our columns; the first that is there counts.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "parcel_id": (
        "parcel_id",
        "parcelid",
        "field_id",
        "fieldid",
        "plot_id",
        "plotid",
        "sample_id",
        "sampleid",
        "parcel",
        "field",
        "plot",
        "id_parcel",
        "poly_id",
        "polygon_id",
        "feature_id",
        "featureid",
        "id",
        "uid",
        "fid",
        "objectid",
    ),
    "season": ("season", "year", "harvest_year", "crop_year", "campaign"),
    "crop": ("crop", "crop_type", "croptype", "crop_name", "cropname", "crop_class", "label", "class_name"),
    "field_group": ("field_group", "field_grou"),  # Shapefiles cut names to ten letters
    "date": (
        "date",
        "acquisition_date",
        "acquisition_time",
        "acquired",
        "sensing_date",
        "image_date",
        "observation_date",
        "interval_from",
        "system_time_start",
        "timestamp",  # may be the time of processing
        "datetime",
        "time",
    ),
    "pixel_id": ("pixel_id", "pixelid", "pixel", "point_id"),
}
TEXTS = ("parcel_id", "season", "crop", "field_group", "date")
NOT_WORDS = re.compile(r"[^0-9a-z]+")


def plain(name: str) -> str:
    """A column's name in small letters, without the group that forms write before a slash.

    Parameters
    ----------
    name
        As the file has it, for example ``plot/_Field ID``.
    """
    return NOT_WORDS.sub("_", name.rpartition("/")[2].casefold()).strip("_")


def is_text(name: str) -> bool:
    """Whether a column of that name may hold ids, classes, seasons or dates, which are read as text.

    Parameters
    ----------
    name
        As the file has it, or as it is renamed.
    """
    return any(plain(name) in ALIASES[wanted] for wanted in TEXTS)


def standard_names(
    frame: pd.DataFrame, wanted: Sequence[str], file: str, findings: Findings
) -> dict[str, str]:
    """Our name by the file's name, for columns that go by another one; what is taken so is noted.

    Parameters
    ----------
    frame
        Table, after the renaming that the user asked for.
    wanted
        Our names of the columns that are looked for.
    file
        Its name, for the note.
    findings
        Takes the note.
    """
    found: dict[str, str] = {}
    names = [str(column) for column in frame.columns]
    for name in wanted:
        if name in names:
            continue
        candidates = [
            (ALIASES[name].index(plain(column)), column)
            for column in names
            if plain(column) in ALIASES[name] and column not in found and column not in ALIASES
        ]
        if candidates:
            found[min(candidates)[1]] = name
    said = [f"{column} as {name}" for column, name in found.items() if plain(column) != name]
    if said:
        findings.note(f"{file}: column {', '.join(said)}. Name others with --rename OLD=NEW.")
    return found


def the_only_text(frame: pd.DataFrame, wanted: str) -> dict[str, object]:
    """The change of a request that takes the only column of text without a meaning of its own as ours.

    Parameters
    ----------
    frame
        Table that lacks the column.
    wanted
        Our name of the column; the change is empty where no column, or more than one, could be meant.
    """
    free = [
        str(name)
        for name, kind in frame.dtypes.items()
        if pd.api.types.is_string_dtype(kind) and name not in ALIASES
    ]
    return {"rename": {free[0]: wanted}} if len(free) == 1 else {}

"""Maps and references read from files, and joined to what `assess` takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from engine.field_form import NO_CROP
from engine.mapping.accuracy.drawing import DrawnSample, strata_of
from engine.mapping.accuracy.nouns import AccuracyError, Frame
from engine.mapping.accuracy.two_phases import with_first_phase
from engine.spreadsheets import read_back
from engine.studies.labels.nouns import Label, Status
from engine.unpacking import check_parquet
from engine.vectors import read_layers

if TYPE_CHECKING:
    from engine.mapping.crop_map import CropMap

FIBOA = {"id": "parcel_id", "crop:name": "crop", "area": "area_ha"}  # as `engine.mapping.exports` writes them
CLASS_COLUMNS = ("crop", "mapped", "stratum", "class")  # of a map, the first that is there
REFERENCE_COLUMNS = ("reference", "crop_found", "crop")  # of references, likewise
MAP_COLUMNS = ("area_ha", "lon", "lat")


def read_table(path: Path) -> pd.DataFrame:
    """Rows of a CSV, a (Geo)Parquet file or a GeoPackage (its first layer); ids and classes are text.

    A table with fiboa's names, such as ``map --out`` writes it, gets ours.

    Parameters
    ----------
    path
        Of the file; its ending says which.

    Raises
    ------
    AccuracyError
        Where it can't be read or has no column ``parcel_id`` or ``id``.
    """
    ending = path.suffix.lower()
    try:
        if ending == ".parquet":
            with pq.ParquetFile(path) as file:
                check_parquet(path, file)
            table = pd.read_parquet(path)
        elif ending == ".gpkg":
            table = pd.DataFrame(next(iter(read_layers(path, geometry=False).values())))
        else:
            text = {"parcel_id": str, "id": str}
            table = read_back(pd.read_csv(path, dtype=text, encoding="utf-8-sig", compression=None))
    except Exception as error:  # a library that reads what a stranger wrote may fail in any way
        raise AccuracyError(
            f"{path} cannot be read ({type(error).__name__}). Give a CSV in UTF-8, a Parquet file or "
            "a GeoPackage."
        ) from error
    twice = sorted({str(name) for name in table.columns[table.columns.duplicated()]})
    if twice:
        raise AccuracyError(f"{path} has the column {', '.join(twice)} twice. Remove one.")
    if "parcel_id" not in table:
        table = table.rename(columns={old: new for old, new in FIBOA.items() if new not in table})
    if "parcel_id" not in table:
        raise AccuracyError(
            f"{path} has no column parcel_id, only {', '.join(map(str, table.columns))}. Name the "
            "column of ids so."
        )
    return table.assign(parcel_id=table["parcel_id"].astype(str))


def read_map(path: Path) -> pd.DataFrame:
    """A crop map: ``parcel_id``, ``mapped`` class, ``area_ha``, ``lon``, ``lat``, and whatever else it holds.

    Parameters
    ----------
    path
        Of a table with a row a parcel.

    Raises
    ------
    AccuracyError
        Where a column is missing.
    """
    table = read_table(path)
    missing = [name for name in MAP_COLUMNS if name not in table]
    if missing:
        raise AccuracyError(f"The map {path} lacks the column {', '.join(missing)}. Add it: ha, and degrees.")
    for name in MAP_COLUMNS:
        numbers = pd.to_numeric(table[name], errors="coerce")
        if not np.isfinite(numbers.to_numpy(float, na_value=np.nan)).all():
            raise AccuracyError(
                f"The map {path} has cells in the column {name} that are no numbers. Correct them."
            )
        table[name] = numbers.astype(float)
    mapped = table[_first(table, CLASS_COLUMNS, path)]
    return table.assign(mapped=mapped.where(mapped.isna(), mapped.astype(str)), stratum=mapped)


def read_references(path: Path) -> pd.DataFrame:
    """What was found: ``parcel_id``, ``reference`` and, where the file has them, ``status`` and ``stratum``.

    Parameters
    ----------
    path
        Of a table with a row a parcel; an empty reference is a parcel without an answer.

    Raises
    ------
    AccuracyError
        Where no column holds the crops.
    """
    table = read_table(path)
    found = table[_first(table, REFERENCE_COLUMNS, path)]
    empty = found.isna() | (found.astype(str).str.strip() == "")
    kept = [name for name in ("parcel_id", "status", "stratum", "inclusion") if name in table]
    return table[kept].assign(reference=found.astype(str).str.strip().where(~empty, None))


def read_first_phase(path: Path) -> dict[str, str]:
    """The stratum of each parcel of a first sample, by id.

    Parameters
    ----------
    path
        Of a table with a row a parcel: ``parcel_id`` and ``stratum``.

    Raises
    ------
    AccuracyError
        Where a parcel has no stratum or is named twice.
    """
    table = read_table(path)
    if "stratum" not in table:
        raise AccuracyError(f"{path} has no column stratum. Add it: the stratum of each parcel of the list.")
    empty = table["stratum"].isna() | (table["stratum"].astype(str).str.strip() == "")
    if empty.any():
        raise AccuracyError(
            f"{int(empty.sum())} parcels of {path}, such as {table.loc[empty, 'parcel_id'].iloc[0]}, have no "
            "stratum. Write one for each: a parcel that is left out would bias the estimate."
        )
    twice = table.loc[table["parcel_id"].duplicated(), "parcel_id"]
    if len(twice):
        raise AccuracyError(f"{path} names parcel {twice.iloc[0]} twice. Keep one row a parcel.")
    return dict(zip(table["parcel_id"], table["stratum"].astype(str).str.strip(), strict=True))


def map_table(crop_map: CropMap) -> pd.DataFrame:
    """A map as `of_drawn` takes it, with the probability of each class in a column of its name.

    Parameters
    ----------
    crop_map
        The map.
    """
    table = pd.DataFrame(crop_map.parcels.drop(columns="geometry"))
    probability = {name: crop_map.calibrated[:, code] for code, name in enumerate(crop_map.legend)}
    return table.assign(mapped=table["crop"], stratum=table["crop"], **probability)


def references_of(labels: Iterable[Label]) -> pd.DataFrame:
    """What labels say, as references.

    A parcel where nothing grows is an answer: what the map shows there is wrong. One that crews could not
    reach, or disagree on, has none.

    Parameters
    ----------
    labels
        One a parcel, of the purpose ``accuracy``.
    """
    rows = [(label.parcel_id, _reference(label), str(label.status)) for label in labels]
    return pd.DataFrame(rows, columns=["parcel_id", "reference", "status"], dtype=object)


def _reference(label: Label) -> str | None:
    if label.status in (Status.LABELLED, Status.NEW_CLASS):
        return label.crop
    return NO_CROP if label.status == Status.NO_CROP else None


def of_drawn(
    sample: DrawnSample, crop_map: pd.DataFrame, references: pd.DataFrame
) -> tuple[Frame, pd.DataFrame]:
    """Frame and rows of a drawn sample, with the classes of the map that is assessed.

    Parameters
    ----------
    sample
        As drawn.
    crop_map
        ``parcel_id``, ``mapped``, ``area_ha`` and, where it was surveyed, ``surveyed``.
    references
        ``parcel_id``, ``reference`` and perhaps ``status``; parcels that were not drawn are left out.

    Raises
    ------
    AccuracyError
        Where the map lacks drawn parcels.
    """
    answers = references[[name for name in references if name not in ("stratum", "inclusion")]]
    rows = sample.table.merge(crop_map[["parcel_id", "mapped", "area_ha"]], on="parcel_id", how="left")
    if rows["area_ha"].isna().any():
        lost = rows.loc[rows["area_ha"].isna(), "parcel_id"]
        raise AccuracyError(
            f"The map lacks {len(lost)} parcels that were drawn, such as {lost.iloc[0]}. Give a map "
            f"of season {sample.season} that covers the sample."
        )
    outside = crop_map["parcel_id"].isin(sample.left_out)
    frame = _frame(sample.strata_table, crop_map, outside)
    if sample.first_phase:
        frame = with_first_phase(frame, sample.first_phase, crop_map)
    return frame, rows.merge(answers, on="parcel_id", how="left")


def of_list(
    crop_map: pd.DataFrame, references: pd.DataFrame, first: Mapping[str, str] | None = None
) -> tuple[Frame, pd.DataFrame]:
    """Frame and rows of a sample that was drawn elsewhere: stratified by the classes of the map.

    Parameters
    ----------
    crop_map
        ``parcel_id``, ``mapped``, ``area_ha``; parcels that are ``labelled`` are no part of the frame.
    references
        ``parcel_id`` and ``reference`` of the sample; ``inclusion`` probabilities are checked where they are
        given.
    first
        Stratum of each parcel of a first sample, by id, where that is where the sample was drawn from.

    Raises
    ------
    AccuracyError
        Where the probabilities are not those of such a sample, or the map lacks parcels.
    """
    outside = (
        crop_map["labelled"].fillna(False).astype(bool) if "labelled" in crop_map else _none_of(crop_map)
    )
    inside = crop_map[~outside]
    columns = inside[["parcel_id", "mapped", "area_ha"]].assign(stratum=inside["mapped"])
    answers = references[[name for name in references if name != "stratum"]]
    rows = answers.merge(columns, on="parcel_id", how="left")
    if rows["mapped"].isna().any():
        lost = rows.loc[rows["mapped"].isna(), "parcel_id"]
        raise AccuracyError(
            f"{len(lost)} sampled parcels, such as {lost.iloc[0]}, are not among the mapped parcels "
            "that no trip visited for training. Give the map that the sample was drawn from."
        )
    if first is not None:
        return _of_first(crop_map, outside, rows, first)
    strata = strata_of(columns)
    if "inclusion" in rows:
        _check_inclusion(rows, strata)
    return _frame(strata, crop_map, outside), rows


def _of_first(
    crop_map: pd.DataFrame, outside: pd.Series, rows: pd.DataFrame, first: Mapping[str, str]
) -> tuple[Frame, pd.DataFrame]:
    frame = with_first_phase(_frame(strata_of(crop_map[~outside]), crop_map, outside), first, crop_map)
    assert frame.first_phase is not None
    rows = rows.assign(stratum=rows["parcel_id"].map(first))
    if rows["stratum"].isna().any():
        lost = rows.loc[rows["stratum"].isna(), "parcel_id"]
        raise AccuracyError(
            f"{len(lost)} sampled parcels, such as {lost.iloc[0]}, are not in the first sample. Give the "
            "first sample that they were drawn from."
        )
    if "inclusion" in rows:
        _check_inclusion(rows, strata_of(frame.first_phase))
    return frame, rows


def with_probabilities(crop_map: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """The map with a probability of each class in a column of its name.

    A map that names the first and second class only leaves the rest of the probability to all others alike.

    Parameters
    ----------
    crop_map
        With ``mapped``, ``probability``, ``second`` and ``second_probability``; or with a column a class.
    classes
        Names.

    Raises
    ------
    AccuracyError
        Where the map has neither.
    """
    if set(classes) <= set(crop_map.columns):
        return crop_map
    needed = ["probability", "second", "second_probability"]
    if not set(needed) <= set(crop_map.columns):
        raise AccuracyError(
            "The map has no probabilities, so they cannot assist. Give a map with the columns "
            f"{', '.join(needed)}, or leave --assisted out."
        )
    first, second = crop_map["probability"].to_numpy(float), crop_map["second_probability"].to_numpy(float)
    rest = np.clip(1 - first - second, 0, 1) / max(len(classes) - 2, 1)
    columns = {
        name: np.where(crop_map["mapped"] == name, first, np.where(crop_map["second"] == name, second, rest))
        for name in classes
    }
    return crop_map.assign(**columns)


def _frame(strata: pd.DataFrame, crop_map: pd.DataFrame, outside: pd.Series) -> Frame:
    inside = crop_map[~outside]
    mapped_ha = {str(name): float(area) for name, area in inside.groupby("mapped")["area_ha"].sum().items()}
    visited = None
    if "surveyed" in crop_map:
        # Nobody could enter some parcels of the trip: they count as they are mapped, so that no land is lost.
        reference = crop_map["surveyed"].fillna(crop_map["mapped"])
        visited = crop_map.assign(reference=reference).loc[outside, ["reference", "area_ha"]]
    return Frame(strata, mapped_ha, inside.reset_index(drop=True), visited)


def _none_of(table: pd.DataFrame) -> pd.Series:
    return pd.Series(False, index=table.index)


def _check_inclusion(rows: pd.DataFrame, strata: pd.DataFrame) -> None:
    """A list of its own says with which chance each parcel was drawn; here all of a stratum have the same."""
    counts = rows["stratum"].value_counts()
    for name, parcels in zip(strata["stratum"], strata["parcels"], strict=True):
        given = rows.loc[rows["stratum"] == name, "inclusion"].to_numpy(float)
        if len(given) and not np.allclose(given, counts[name] / parcels, rtol=0.02):
            raise AccuracyError(
                f"The sample gives inclusion probabilities of {given.min():g} to {given.max():g} in stratum "
                f"{name}, but {counts[name]} of its {parcels} parcels are in the sample. Give the "
                "whole sample, those without an answer too, and the map that it was drawn from."
            )


def _first(table: pd.DataFrame, names: Sequence[str], path: Path) -> str:
    for name in names:
        if name in table:
            return name
    raise AccuracyError(f"{path} has none of the columns {', '.join(names)}. Name the column of classes so.")

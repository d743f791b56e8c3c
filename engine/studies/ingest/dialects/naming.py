"""What dialects share: columns found by their usual names, and classes named by their codes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd

from engine.studies.ingest.columns import as_text
from engine.studies.ingest.foreign import ForeignFile


@cache
def legend(name: str) -> Mapping[str, str]:
    """Names of classes by their code, ten digits.

    ``hcat`` is the Hierarchical Crop and Agriculture Taxonomy of EuroCrops [1]_ (HCAT3, CC BY 4.0), ``ewoc``
    the legend of WorldCereal [2]_ (MIT), with the season as part of the name.

    Parameters
    ----------
    name
        ``hcat`` or ``ewoc``.

    References
    ----------
    .. [1] M. Schneider et al., EuroCrops, ``hcat_core/HCAT3.csv``, https://github.com/maja601/EuroCrops
    .. [2] ESA WorldCereal, ``croptype_mappings/eurocrops_map_wcr_edition.csv`` and ``wc2eurocrops_map.csv``,
       https://github.com/WorldCereal/worldcereal-classification
    """
    with Path(__file__).with_name(f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def named(codes: pd.Series, name: str) -> pd.Series[str]:
    """The names of classes; a code stays where the legend lacks it, and nothing where there is no code.

    Parameters
    ----------
    codes
        Ten digits as number or text, also as ``33-01-01-05-00``.
    name
        ``hcat`` or ``ewoc``.
    """
    names, texts = legend(name), as_text(codes)
    digits = texts.str.replace("-", "")
    # A last digit that the legend lacks is a variant of the class without it.
    found = digits.map(names).fillna((digits.str[:-1] + "0").map(names))
    return found.fillna(texts).astype("str")


def found(frame: pd.DataFrame, names: Iterable[str]) -> pd.Series | None:
    """The first column with one of the names, in any case, that is not empty; None where there is none.

    Parameters
    ----------
    frame
        Table to look in.
    names
        Usual names, the best first.
    """
    of = {str(name).casefold(): name for name in reversed(list(frame.columns))}
    there = (frame[of[name.casefold()]] for name in names if name.casefold() in of)
    return next((values for values in there if values.notna().any()), None)


def filled(frame: gpd.GeoDataFrame, file: ForeignFile, **columns: pd.Series | None) -> gpd.GeoDataFrame:
    """The same parcels with the columns of a study, but for those that are named so already.

    Parameters
    ----------
    frame
        Parcels with the columns of their dialect.
    file
        Where they are from, with the columns that its caller will rename.
    columns
        ``parcel_id``, ``season`` and ``crop``; None where the dialect does not know it.
    """
    there = {*frame.columns, *file.options.rename.values()}
    return frame.assign(
        **{name: values for name, values in columns.items() if values is not None and name not in there}
    )


def as_day(column: pd.Series) -> pd.Series[str]:
    """Times as ISO days in UTC, missing where they cannot be read.

    Parameters
    ----------
    column
        Times or ISO text.
    """
    times = pd.to_datetime(column, format="ISO8601", errors="coerce", utc=True)
    return pd.Series(times.dt.strftime("%Y-%m-%d"), index=column.index).astype("str")

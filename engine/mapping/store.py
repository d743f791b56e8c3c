"""Maps on disk: ``maps/<key>/`` with tables and a card, whole or not at all; opening one never runs code."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.domain import GroundplanError
from engine.experiments.codec import from_json
from engine.files import write_atomic, write_json
from engine.mapping.crop_map import CropMap, Validation
from engine.parsing import json_of

if TYPE_CHECKING:
    import geopandas as gpd

FORMAT = 1
MAPS = "maps"  # folder of a workspace
MAP, DETAILS, VALIDATION, CARD = "map.parquet", "details.parquet", "validation.parquet", "map.json"
PROBABILITY, FEATURE, DECISION = "probability-", "feature-", "decision-"


class MapError(GroundplanError):
    """A map that cannot be opened or written."""


@dataclass(frozen=True)
class _Card:
    """What `CARD` holds."""

    format: int
    study: str
    season: str
    key: str
    legend: tuple[str, ...]
    method: str
    card: dict[str, Any]
    sha256: dict[str, str]


def map_folder(workspace: Path, key: str) -> Path:
    """Where a map is kept.

    Parameters
    ----------
    workspace
        The workspace, or the folder of an archive.
    key
        Of the map.
    """
    return workspace / MAPS / key


def keep_map(crop_map: CropMap, workspace: Path) -> Path:
    """Keep a map: its tables first, its card last, which names their hashes.

    Parameters
    ----------
    crop_map
        The map.
    workspace
        The workspace, or the folder of an archive.

    Returns
    -------
    Its folder.

    Raises
    ------
    WriteError
        Where the folder cannot be written.
    """
    folder = map_folder(workspace, crop_map.key)
    contents = {
        MAP: _parquet(crop_map.parcels),
        DETAILS: _parquet(_wide({PROBABILITY: crop_map.calibrated, FEATURE: crop_map.features})),
    }
    if crop_map.validation is not None:
        contents[VALIDATION] = _parquet(_validation_table(crop_map.validation))
    for name, content in contents.items():
        write_atomic(folder / name, content)
    record = {
        "format": FORMAT,
        "study": crop_map.study,
        "season": crop_map.season,
        "key": crop_map.key,
        "legend": list(crop_map.legend),
        "method": crop_map.method,
        "card": dict(crop_map.card),
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }
    write_json(folder / CARD, record)
    return folder


def kept_map(workspace: Path, key: str) -> CropMap | None:
    """A map that was kept; None where there is none, or it was not kept to the end.

    Parameters
    ----------
    workspace
        The workspace, or the folder of an archive.
    key
        Of the map.

    Raises
    ------
    MapError
        Where its files are damaged.
    """
    import geopandas as gpd

    folder = map_folder(workspace, key)
    try:
        record = json_of((folder / CARD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _damaged(folder, f"{CARD} cannot be read") from error
    try:
        if record["format"] != FORMAT or record["key"] != key:
            return None
        card = from_json(_Card, record)
        contents = {name: _checked(folder, name, digest) for name, digest in card.sha256.items()}
        details = pd.read_parquet(io.BytesIO(contents[DETAILS]))
        validation = (
            _validation_of(pd.read_parquet(io.BytesIO(contents[VALIDATION])))
            if VALIDATION in contents
            else None
        )
        return CropMap(
            card.study, card.season, key, card.legend, card.method,
            gpd.read_parquet(io.BytesIO(contents[MAP])), _array(details, PROBABILITY, np.float32),
            _array(details, FEATURE, np.float32), card.card, validation,
        )  # fmt: skip
    except MapError:
        raise
    except Exception as error:  # a library that reads what a stranger wrote may fail in any way
        raise _damaged(folder, f"{error}") from error


def _checked(folder: Path, name: str, digest: str) -> bytes:
    """The bytes of a file that the card names."""
    if name not in (MAP, DETAILS, VALIDATION):
        raise _damaged(folder, f"{CARD} names the file {name}")
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise _damaged(folder, f"{name} cannot be read") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise _damaged(folder, f"{name} is not the file that {CARD} describes")
    return content


def _damaged(folder: Path, what: str) -> MapError:
    return MapError(f"The map in {folder} is damaged: {what}. Delete that folder and make the map again.")


def _parquet(table: pd.DataFrame | gpd.GeoDataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _wide(arrays: dict[str, Any]) -> pd.DataFrame:
    """Arrays ``[row, column]`` side by side; a column's name is its array's and a number."""
    named = [pd.DataFrame(array).add_prefix(prefix) for prefix, array in arrays.items()]
    return pd.concat(named, axis=1)


def _array(table: pd.DataFrame, prefix: str, kind: Any) -> Any:
    """The array of that name; columns are in order."""
    return table[[name for name in table.columns if name.startswith(prefix)]].to_numpy(kind)


def _validation_table(validation: Validation) -> pd.DataFrame:
    table = _wide({DECISION: validation.decision, PROBABILITY: validation.calibrated})
    return table.assign(
        parcel_id=validation.parcel_id.astype(str), fold=validation.fold, truth=validation.truth
    )


def _validation_of(table: pd.DataFrame) -> Validation:
    return Validation(
        table["parcel_id"].to_numpy(dtype=object),
        table["fold"].to_numpy(np.int64),
        table["truth"].to_numpy(np.int64),
        _array(table, DECISION, np.float64),
        _array(table, PROBABILITY, np.float64),
    )

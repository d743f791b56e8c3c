"""What is found out about a map after it is made, kept beside it: doubted labels, what wrong ones would cost,
and the learning curve of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cattrs

from engine.files import readonly, write_json
from engine.mapping.crop_map import CropMap
from engine.mapping.doubts import DoubtsError, doubted_labels
from engine.mapping.learning_curve import LearningCurve, learning_curve
from engine.mapping.store import MapError, map_folder
from engine.mapping.training import Training
from engine.mapping.validation import macro_f1_with_wrong_labels
from engine.parsing import json_of

if TYPE_CHECKING:
    import pandas as pd

DOUBTS, WRONG, CURVE = "doubts.json", "wrong-labels.json", "learning-curve.json"
DIGITS = 6

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Doubts:
    """Labels that models doubt.

    Parameters
    ----------
    rows
        As `engine.mapping.doubts.doubted_labels` lists them, the most doubtful first.
    why_none
        Why no label could be checked; empty where they were.
    """

    rows: tuple[Row, ...] = ()
    why_none: str = ""


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as JSON values.

    Parameters
    ----------
    table
        Empty cells become null.
    """
    whole = table.astype(object).where(table.notna(), None)
    return [{str(key): _plain(value) for key, value in row.items()} for row in whole.to_dict("records")]


def find_doubts(training: Training, crop_map: CropMap, workspace: Path) -> Doubts:
    """The doubted labels of a map: those that are kept, else found now and kept.

    Parameters
    ----------
    training
        What the map was trained from.
    crop_map
        The map.
    workspace
        Where it is kept.
    """
    found = kept_doubts(workspace, crop_map.key)
    if found is None:
        try:
            found = Doubts(tuple(records(doubted_labels(training, crop_map.validation))))
        except DoubtsError as error:
            return Doubts(why_none=str(error))  # not kept: cleanlab may be installed tomorrow
        _keep(map_folder(workspace, crop_map.key) / DOUBTS, found.rows)
    return found


def kept_doubts(workspace: Path, key: str) -> Doubts | None:
    """The doubted labels that are kept beside a map; None where nobody has looked for them.

    Parameters
    ----------
    workspace, key
        Where maps are kept; key of the map.

    Raises
    ------
    MapError
        Where the file is damaged.
    """
    rows = _read(map_folder(workspace, key) / DOUBTS)
    return None if rows is None else Doubts(tuple(rows))


def find_wrong_labels(training: Training, crop_map: CropMap, workspace: Path) -> dict[float, float]:
    """Macro F1 by share of wrong labels: what is kept beside the map, else found now and kept.

    Parameters
    ----------
    training, crop_map, workspace
        As for `find_doubts`.
    """
    found = kept_wrong_labels(workspace, crop_map.key)
    if found is None:
        found = macro_f1_with_wrong_labels(training)
        rows = [{"share": share, "macro_f1": score} for share, score in found.items()]
        _keep(map_folder(workspace, crop_map.key) / WRONG, rows)
    return found


def kept_wrong_labels(workspace: Path, key: str) -> dict[float, float] | None:
    """What wrong labels would cost, kept beside a map; None where nobody has asked.

    Parameters
    ----------
    workspace, key
        As for `kept_doubts`.

    Raises
    ------
    MapError
        Where the file is damaged.
    """
    path = map_folder(workspace, key) / WRONG
    rows = _read(path)
    try:
        return None if rows is None else {float(row["share"]): float(row["macro_f1"]) for row in rows}
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path) from error


def find_learning_curve(
    training: Training, crop_map: CropMap, workspace: Path, observe: Callable[[str], None] = lambda _: None
) -> LearningCurve | None:
    """The learning curve of a map's labels: what is kept beside the map, else found now and kept.

    Parameters
    ----------
    training, crop_map, workspace
        As for `find_doubts`.
    observe
        Told before every training what begins.

    Returns
    -------
    None where the map was not cross-validated: its labels are too few, or of one block of ground.
    """
    if crop_map.validation is None:
        return None
    found = kept_learning_curve(workspace, crop_map.key)
    if found is None:
        found = learning_curve(training, crop_map.validation, observe=observe)
        _keep(map_folder(workspace, crop_map.key) / CURVE, [cattrs.unstructure(found)])
    return found


def kept_learning_curve(workspace: Path, key: str) -> LearningCurve | None:
    """The learning curve that is kept beside a map; None where nobody has asked.

    Parameters
    ----------
    workspace, key
        As for `kept_doubts`.

    Raises
    ------
    MapError
        Where the file is damaged.
    """
    path = map_folder(workspace, key) / CURVE
    rows = _read(path)
    try:
        return None if rows is None else cattrs.structure(rows[0], LearningCurve)
    except (IndexError, KeyError, TypeError, cattrs.BaseValidationError) as error:
        raise _damaged(path) from error


def _keep(path: Path, rows: Sequence[Row]) -> None:
    if not readonly():
        write_json(path, {"rows": list(rows)})


def _read(path: Path) -> Any:
    """The rows of a file; None where there is none."""
    try:
        rows = json_of(path.read_text(encoding="utf-8"))["rows"]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError("its rows are none")
        return rows
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> MapError:
    return MapError(f"{path} cannot be read. Delete it and ask again.")


def _plain(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value

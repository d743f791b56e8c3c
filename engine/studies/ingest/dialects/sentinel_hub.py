"""Answers of Sentinel Hub's Statistical API: one file a feature, or all of them in one file or folder.

One feature is named by its file::

    {"data": [{"interval": {"from": ..., "to": ...},
               "outputs": {OUTPUT: {"bands": {BAND: {"stats": {"mean": ..., "stDev": ...}}}}}}]}

Answers of a batch wrap it: ``{"id", "identifier", "response": {"data": ...}}``. A file may hold one
answer, a list, or one a line. Means are taken, ``"NaN"`` is a gap.

References
----------
.. [1] https://docs.sentinel-hub.com/api/latest/api/statistical/examples
.. [2] https://github.com/sentinel-hub/sentinelhub-py, ``sentinelhub/data_utils.py``
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd

from engine.studies.ingest.foreign import ForeignFile, Reader

UNNAMED = "B0"  # what the first of several bands without names of their own is called
MASK = "dataMask"


def recognises(file: ForeignFile) -> bool:
    """Whether JSON, or the first JSON of a folder, holds statistics by interval.

    Parameters
    ----------
    file
        The file or folder to look at.
    """
    if not file.is_folder:
        return file.is_json and any(_intervals(answer) is not None for answer in _answers(file)[:1])
    first = next(iter(file.files("*.json")), None)
    return first is not None and recognises(ForeignFile(first))


def series(file: ForeignFile) -> pd.DataFrame:
    """A long table of the means.

    Parameters
    ----------
    file
        Answers of the Statistical API.
    """
    files = [ForeignFile(path) for path in file.files("*.json")] if file.is_folder else [file]
    try:
        rows = [row for single in files for row in _rows(single)]
    except (AttributeError, LookupError) as error:
        raise ValueError(f"it is not laid out as an answer of the Statistical API: {error}") from None
    return pd.DataFrame(rows, columns=list(dict.fromkeys(name for row in rows for name in row)))


def _answers(file: ForeignFile) -> list[Any]:
    documents = file.documents
    return list(documents[0]) if len(documents) == 1 and isinstance(documents[0], list) else list(documents)


def _intervals(answer: object) -> list[Any] | None:
    """The intervals of one feature; none where all of them failed; None where it is no answer."""
    if not isinstance(answer, dict):
        return None
    batch = answer.get("response")
    intervals = (batch if isinstance(batch, dict) else answer).get("data")
    if isinstance(intervals, list):
        return intervals if all("interval" in part for part in intervals) else None
    return [] if "identifier" in answer and ("response" in answer or "error" in answer) else None


def _rows(file: ForeignFile) -> Iterator[dict[str, Any]]:
    answers = _answers(file)
    for number, answer in enumerate(answers):
        intervals = _intervals(answer)
        if intervals is None:
            raise ValueError(f"{file.path.name} holds something else than statistics by interval")
        own = file.path.stem if len(answers) == 1 else number
        name = answer.get("identifier") or answer.get("id", own)
        for part in intervals:
            if "outputs" in part:  # else the interval failed
                yield {"parcel_id": str(name), "date": part["interval"]["from"], **_means(part["outputs"])}


def _means(outputs: dict[str, Any]) -> dict[str, float]:
    """Mean by band; bands without names of their own are called as their output."""
    means = {
        (output, band): float(content["stats"]["mean"])
        for output, of in outputs.items()
        if output != MASK
        for band, content in of["bands"].items()
    }
    return {_name(output, band, means): mean for (output, band), mean in means.items()}


def _name(output: str, band: str, means: Collection[tuple[str, str]]) -> str:
    if (output, UNNAMED) in means:
        alone = sum(other == output for other, _ in means) == 1
        return output if alone else f"{output}_{band}"
    unique = sum(other == band for _, other in means) == 1
    return band if unique else f"{output}_{band}"


SENTINEL_HUB = Reader("Sentinel Hub statistics", recognises, series=series)

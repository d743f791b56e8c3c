"""The legend of an ingested study: classes kept, merged or left out, and their colours."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence

import pandas as pd

from engine.domain import CROP_COLOURS, Crop, Legend
from engine.studies.ingest.faults import Findings
from engine.studies.ingest.request import IngestRequest

GOLDEN = 0.618034  # successive hues lie far apart


def merge_classes(crop: pd.Series[str], request: IngestRequest, findings: Findings) -> pd.Series[str]:
    """The class of each parcel after merging, keeping some and merging the others; missing where left out.

    Parameters
    ----------
    crop
        Class of each parcel as the files name it, ``[parcel]``; missing, and left so, where it has no label.
    request
        ``merge``, new names of classes; ``keep``, classes to keep, none for all; ``rest``, the class that the
        others are merged into, None to leave them out.
    findings
        Takes the faults and notes.
    """
    keep, rest = request.keep, request.rest
    if request.merge:
        crop = _renamed(crop, request.merge, findings)
    if not keep:
        if rest is not None:
            findings.fault(
                f'The other classes are to become "{rest}", but none is kept', "Name classes with --keep."
            )
        return crop
    sizes = crop.value_counts()
    unknown = [name for name in keep if name not in sizes.index]
    if unknown:
        findings.fault("Classes to keep that no parcel has", f"There are {', '.join(sizes.index)}.", unknown)
    others = sizes[~sizes.index.isin(list(keep))]
    counts = ", ".join(f"{name} {size}" for name, size in others.items())
    if len(others):
        verb = "Left out" if rest is None else f"Merged into {rest}"
        findings.note(f"{verb}: {others.sum()} parcels of {len(others)} classes ({counts}).")
    return crop.where(crop.isin(list(keep)) | crop.isna(), rest)


def _renamed(crop: pd.Series[str], merge: Mapping[str, str], findings: Findings) -> pd.Series[str]:
    """The classes under the new names; several may become one."""
    sizes = crop.value_counts()
    unknown = [name for name in merge if name not in sizes.index]
    if unknown:
        findings.fault("Classes to merge that no parcel has", f"There are {', '.join(sizes.index)}.", unknown)
    said = ", ".join(f"{name} ({sizes[name]}) as {new}" for name, new in merge.items() if name in sizes.index)
    if said:
        findings.note(f"Classes renamed or merged: {said}.")
    return crop.replace(dict(merge))


def make_legend(crop: pd.Series[str], keep: Sequence[str], rest: str | None) -> Legend:
    """The classes in the order they were kept, the rest last; else the most frequent first.

    Parameters
    ----------
    crop
        Class of each parcel, ``[parcel]``.
    keep
        Classes that were kept, in the order wanted; none if all were.
    rest
        Class that the others were merged into, if any.
    """
    sizes = crop.value_counts()
    if keep:
        order = [*keep, *([rest] if rest is not None else [])]
        names = [name for name in dict.fromkeys(order) if name in sizes.index]
    else:
        names = sorted(sizes.index, key=lambda name: (-int(sizes[name]), name))
    return Legend(tuple(Crop(code, name, colour(code)) for code, name in enumerate(names)))


def colour(code: int) -> str:
    """Colour of a class as ``#RRGGBB``; beyond the nine chosen ones it is computed.

    Parameters
    ----------
    code
        Of the class, from 0.
    """
    if code < len(CROP_COLOURS):
        return CROP_COLOURS[code]
    turn = code - len(CROP_COLOURS)
    rgb = colorsys.hls_to_rgb(turn * GOLDEN % 1, (0.35, 0.55, 0.7)[turn % 3], (0.75, 0.5)[turn % 2])
    return "#" + "".join(f"{round(255 * part):02X}" for part in rgb)

"""Accuracy samples as JSON values, and estimates as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.mapping.accuracy.drawing import DrawnSample
from engine.mapping.accuracy.nouns import Accuracy, Figure
from engine.mapping.accuracy.sample_size import Size
from engine.mapping.truth import BesideTruth


def sample_facts(sample: DrawnSample, size: Size, files: Sequence[Path]) -> dict[str, Any]:
    """A drawn sample.

    Parameters
    ----------
    sample
        As drawn.
    size
        As planned.
    files
        That were written.
    """
    return {
        "season": sample.season or None,
        "map": sample.map_key,
        "parcels": size.parcels,
        "half_width": size.half_width,
        "allocation": sample.allocation,
        "seed": sample.seed,
        "strata": [{**asdict(each), "inclusion": each.inclusion} for each in sample.strata],
        "drawn": list(sample.parcels),
        "left_out": len(sample.left_out),
        "first_phase": len(sample.first_phase) or None,
        "files": [str(path) for path in files],
    }


def lines_of(accuracy: Accuracy) -> list[str]:
    """Estimates as a table of text.

    Parameters
    ----------
    accuracy
        As assessed.
    """
    width = max(len(name) for name in (*accuracy.classes, "class"))
    lines = [
        f"overall accuracy {accuracy.overall.estimate}",
        f"macro F1         {accuracy.macro_f1.estimate}",
        f"{'class':<{width}}  {'user’s accuracy':<21}  {'producer’s accuracy':<21}  "
        f"{'area in ha':<28}  mapped ha",
    ]
    for each in accuracy.by_class:
        area = each.area.estimate
        hectares = f"{area.value:,.0f} ({area.low:,.0f} to {area.high:,.0f})"
        lines.append(
            f"{each.name:<{width}}  {_text(each.users):<21}  {_text(each.producers):<21}  {hectares:<28}  "
            f"{each.mapped_ha:,.0f}"
        )
    return lines


def _text(figure: Figure | None) -> str:
    return str(figure.estimate) if figure else "unknown"


def truth_lines(rows: Sequence[BesideTruth]) -> Iterator[str]:
    """The same, to read.

    Parameters
    ----------
    rows
        As `engine.mapping.assessed.Assessed.truth` holds them.
    """
    if rows:
        inside = sum(bool(row.inside) for row in rows)
        yield f"Truth, known because the visit was simulated: {inside} of {len(rows)} intervals hold it."
    for row in rows:
        if row.estimate is None:
            continue
        area = row.name.endswith("ha")
        text = f"{row.truth:,.0f}" if area else f"{row.truth:.1%}"
        low, high = (f"{end:,.0f}" if area else f"{end:.1%}" for end in (row.estimate.low, row.estimate.high))
        yield f"  {row.name:<28} {text:>8}  {'inside' if row.inside else 'outside'} {low} to {high}"

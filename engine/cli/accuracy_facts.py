"""Accuracy samples and estimates as JSON values and as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.mapping.accuracy.acceptance import Acceptance
from engine.mapping.accuracy.drawing import DrawnSample
from engine.mapping.accuracy.nouns import Accuracy, ClassFigures, Figure
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
        "files": [str(path) for path in files],
    }


def estimate_facts(
    accuracy: Accuracy, accepted: Acceptance | None, statement: Mapping[str, str]
) -> dict[str, Any]:
    """Estimates.

    Parameters
    ----------
    accuracy
        As assessed.
    accepted
        The answer to a requirement, if there is any.
    statement
        In words, by heading.
    """
    return {
        "weight": accuracy.weight,
        "assisted": accuracy.assisted,
        "drawn": accuracy.response.drawn,
        "responded": accuracy.response.responded,
        "missing": dict(accuracy.response.reasons),
        "overall_accuracy": _figure(accuracy.overall),
        "macro_f1": _figure(accuracy.macro_f1),
        "classes": [_class(each) for each in accuracy.by_class],
        "confusion": accuracy.matrix.tolist(),
        "confusion_counts": accuracy.counts.tolist(),
        "requirement": accepted and asdict(accepted),
        "notes": list(accuracy.notes),
        "statement": dict(statement),
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


def _class(each: ClassFigures) -> dict[str, Any]:
    return {
        "name": each.name,
        "users_accuracy": each.users and _figure(each.users),
        "producers_accuracy": each.producers and _figure(each.producers),
        "f1": each.f1 and _figure(each.f1),
        "share": _figure(each.share),
        "area_ha": _figure(each.area),
        "mapped_ha": each.mapped_ha,
        "sampled": each.sampled,
        "found": each.found,
    }


def _figure(figure: Figure) -> dict[str, float]:
    return {**asdict(figure.estimate), "standard_error": figure.standard_error}


def _text(figure: Figure | None) -> str:
    return str(figure.estimate) if figure else "unknown"


def truth_facts(rows: Sequence[BesideTruth]) -> list[dict[str, Any]] | None:
    """The truth beside estimates; None where nobody knows it.

    Parameters
    ----------
    rows
        As `engine.mapping.truth.beside_truth` gives them.
    """
    return [
        {
            "name": row.name,
            "estimate": row.estimate.value,
            "low": row.estimate.low,
            "high": row.estimate.high,
            "truth": row.truth,
            "inside": row.inside,
        }
        for row in rows
        if row.estimate is not None
    ] or None


def truth_lines(rows: Sequence[BesideTruth]) -> Iterator[str]:
    """The same, to read.

    Parameters
    ----------
    rows
        As `engine.mapping.truth.beside_truth` gives them.
    """
    rows = [row for row in rows if row.estimate is not None]
    if rows:
        inside = sum(bool(row.inside) for row in rows)
        yield f"Truth, known because the visit was simulated: {inside} of {len(rows)} intervals hold it."
    for row in rows:
        assert row.estimate is not None
        area = row.name.endswith("ha")
        text = f"{row.truth:,.0f}" if area else f"{row.truth:.1%}"
        low, high = (f"{end:,.0f}" if area else f"{end:.1%}" for end in (row.estimate.low, row.estimate.high))
        yield f"  {row.name:<28} {text:>8}  {'inside' if row.inside else 'outside'} {low} to {high}"

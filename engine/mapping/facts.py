"""Accuracies of a map as JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from engine.mapping.accuracy.acceptance import Acceptance
from engine.mapping.accuracy.nouns import Accuracy, ClassFigures, Figure
from engine.mapping.crop_map import NOT_RANDOM, Validation
from engine.mapping.explained import Explained
from engine.mapping.truth import BesideTruth


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


def truth_facts(rows: Sequence[BesideTruth]) -> list[dict[str, Any]] | None:
    """The truth beside estimates; None where nobody knows it.

    Parameters
    ----------
    rows
        As `engine.mapping.assessed.Assessed.truth` holds them.
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


def validation_facts(validation: Validation) -> dict[str, Any]:
    """A cross-validation.

    Parameters
    ----------
    validation
        Of a map's visited parcels.
    """
    return {
        "name": NOT_RANDOM,
        "parcels": len(validation.truth),
        "macro_f1": validation.macro_f1,
        "overall_accuracy": validation.overall_accuracy,
        "confusion": validation.confusion.tolist(),
    }


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


def explained_facts(explained: Explained) -> dict[str, Any]:
    """Why a parcel has its class.

    Parameters
    ----------
    explained
        See `engine.mapping.explained`.
    """
    return {**asdict(explained), "probabilities": dict(explained.probabilities)}

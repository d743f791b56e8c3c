"""The sentences about what a forecast rests on, and how good the map without a trip will be."""

from __future__ import annotations

from engine.decisions.history import Evidence
from engine.decisions.texts import counted, listed
from engine.domain import Estimate
from engine.sampling import DESIGNS

MOST_NAMED = 3  # designs that a sentence names


def evidence_sentence(evidence: Evidence, design: str = "") -> str:
    """Which seasons were backtested with which designs, and what was pooled.

    Parameters
    ----------
    evidence
        Of a forecast.
    design
        Name of the design of the trip that it is of.

    Examples
    --------
    >>> evidence_sentence(Evidence(("2018", "2019", "2020"), (("radius", 3),), "design"), "clusters")
    'Backtests of 3 seasons (2018 to 2020): circle at 3 sizes. Clusters: not backtested; pooled from these.'
    """
    text = (
        f"Backtests of {counted(len(evidence.seasons), 'season')} ({_seasons(evidence.seasons)}): "
        f"{_designs(evidence.sizes)}."
    )
    if evidence.pooled == "design" and design:
        name = _design(design)
        text += f" {name[:1].upper()}{name[1:]}: not backtested; pooled from these."
    elif evidence.pooled == "size":
        text += " This size lies outside the backtested ones: it follows their trend."
    if evidence.expected_f1:
        text += " It uses what the map without a trip expects of itself in each season."
    return text


def pooling_sentence(designs: tuple[str, ...]) -> str:
    """That backtested designs share what they have in common; empty where there is only one.

    Parameters
    ----------
    designs
        Names of the backtested designs.
    """
    return "" if len(designs) < 2 else "Designs are pooled partially: each leans on the others."


def level_sentence(level: Estimate, score: str) -> str:
    """How good the map of a season without labels will be without a trip.

    Parameters
    ----------
    level
        The forecast score, 0 to 1.
    score
        Title of the score.

    Examples
    --------
    >>> level_sentence(Estimate(0.78, 0.66, 0.86), "macro F1")
    "Forecast for this season's map without a trip: macro F1 78.0% (66.0 to 86.0)."
    """
    return f"Forecast for this season's map without a trip: {score} {level}."


def _designs(sizes: tuple[tuple[str, int], ...]) -> str:
    """Each design with the number of its sizes; many designs of as many sizes together."""
    counts = {count for _, count in sizes}
    if len(sizes) > MOST_NAMED and len(counts) == 1:
        return f"{len(sizes)} designs at {counted(counts.pop(), 'size')} each"
    return listed([f"{_design(name)} at {counted(count, 'size')}" for name, count in sizes])


def _design(name: str) -> str:
    label = DESIGNS[name].label if name in DESIGNS else name
    return label[:1].lower() + label[1:]


def _seasons(labels: tuple[str, ...]) -> str:
    """``2017 to 2020`` where no year is missing between them, else each."""
    years = [int(label) for label in labels if label.isdigit()]
    if len(years) == len(labels) > 2 and years == list(range(years[0], years[-1] + 1)):
        return f"{labels[0]} to {labels[-1]}"
    return listed(list(labels))

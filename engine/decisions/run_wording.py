"""The sentences about runs: how long they take, and what is still to come."""

from __future__ import annotations

from collections.abc import Sequence

from engine.experiments.outcome import Outcome


def duration(seconds: float) -> str:
    """A time in a unit that people use: ``40 s``, ``12 min``, ``1.5 h``.

    Parameters
    ----------
    seconds
        The time.
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def provisional_sentence(outcomes: Sequence[Outcome]) -> str:
    """Which of some outcomes are provisional; empty where none is.

    Parameters
    ----------
    outcomes
        Answers, some of them with repeats still to come.
    """
    partial = [outcome for outcome in outcomes if outcome.provisional]
    if not partial:
        return ""
    counts = sorted({(outcome.finished, outcome.plan.repeats) for outcome in partial})
    (least, asked), (most, _) = counts[0], counts[-1]
    finished = f"{least}" if least == most else f"{least} to {most}"
    return (
        f"Provisional: {finished} of {asked} repeats in {len(partial)} of "
        f"{len(outcomes):,} outcome{'s' * (len(outcomes) != 1)}. Intervals narrow as repeats come."
    )

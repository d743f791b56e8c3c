"""What was forecast of a trip that is home by now, to be put beside what it gained."""

from __future__ import annotations

from collections.abc import Sequence

from engine.decisions.forecast import forecast
from engine.decisions.trip_gain import nearest_history
from engine.domain import Departure, Estimate, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.experiments.scores import Metric


def forecast_gain(
    study: Study,
    outcomes: Sequence[Outcome],
    season: str,
    departure: Departure,
    trip: tuple[str, int],
    archive: Archive,
) -> Estimate | None:
    """The gain in macro F1 per parcel that backtests forecast, 0 to 1; None where there are none.

    Parameters
    ----------
    study, outcomes
        The study, and answers to it.
    season, departure
        Of the trip.
    trip
        Name of the design, and number of parcels.
    archive
        Where outcomes and predictions are kept.
    """
    past, _ = nearest_history(study, outcomes, season, departure, Metric("parcel"), archive)
    if past is None:
        return None
    gain = forecast(past.gains, *trip, past.expected_f1).interval()
    return Estimate(gain.value / 100, gain.low / 100, gain.high / 100, gain.level)

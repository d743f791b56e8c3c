"""A routed trip as a row: the one set of names and numbers that every command and file writes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.decisions.routed import RoutedTrip
from engine.decisions.rows import estimate_row, forecast_row, metric_row
from engine.decisions.trip import replaced_by
from engine.decisions.trip_gain import TripGain
from engine.decisions.trip_wording import interpolation_basis
from engine.domain import Study
from engine.experiments.scores import MACRO_F1


def routed_row(study: Study, routed: RoutedTrip, gain: TripGain) -> dict[str, Any]:
    """A routed trip, nested.

    Parameters
    ----------
    study
        Whose season it visits.
    routed
        Its parcels, day tours and bill.
    gain
        What it may be expected to give.
    """
    request, cost, instead = routed.request, routed.cost, replaced_by(routed.trip)
    return {
        "key": routed.key,
        "target": request.target,
        "departure": asdict(request.departure),
        "design": request.design,
        "equivalent_radius_km": routed.trip.design.equivalent_radius_km or None,
        "answered": request.answered or None,
        "parcels": len(routed.parcels),
        "visits": list(routed.parcels),
        "replacements": [*dict.fromkeys(instead.values())],
        "replaced_by": instead,
        "left_out": list(routed.itinerary.left_out),
        "pinned": list(request.pinned),
        "excluded": list(request.unreachable),
        "known_already": study.known_already(request.target),
        "crews": request.driving.crews or routed.crews,
        "days": routed.days,
        "crew_days": cost.crew_days,
        "nights": cost.nights,
        "km": asdict(cost.km),
        "hours": asdict(cost.hours),
        "currency": request.tariff.currency,
        "money": asdict(cost.money),
        "metric": metric_row(gain.metric),
        "score": estimate_row(gain.score.f1),
        "macro_f1_pixel": estimate_row(gain.score.f1) if gain.metric == MACRO_F1 else None,
        "basis": interpolation_basis(gain.score),
        "gain_over_baseline": estimate_row(gain.over_baseline),
        "forecast": forecast_row(gain.forecast) if gain.forecast else None,
        "forecast_from": asdict(gain.forecast_from) if gain.forecast_from else None,
    }

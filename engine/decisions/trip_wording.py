"""The sentences about what is expected of one trip, before it is run."""

from collections.abc import Sequence

from engine.decisions.backtest import TripForecast
from engine.decisions.evidence_wording import evidence_sentence, level_sentence
from engine.decisions.interpolation import Interpolation
from engine.decisions.routed import RoutedTrip
from engine.decisions.texts import listed
from engine.decisions.trip import Trip
from engine.decisions.trip_gain import TripGain, km_between
from engine.decisions.wording import counted, label_of, points
from engine.domain import Departure, Study
from engine.experiments.scores import Metric
from engine.sampling.protocol import pinned_count

FEW_PINS = 0.2  # share of a trip up to which pins don't change what to expect of it


def interpolation_basis(guess: Interpolation) -> str:
    """What an interpolated score rests on.

    Parameters
    ----------
    guess
        The score that is expected of a trip, and the answers around it.
    """
    sizes = guess.sizes
    if not sizes or guess.method is None:
        return f"no trip of the design {guess.design} is answered here"
    if guess.f1 is None:
        span = f"{sizes[0]:g} km" if len(sizes) == 1 else f"{sizes[0]:g} to {sizes[-1]:g} km"
        return f"answered for {span} only"
    if guess.between is None:
        return f"{label_of(guess.method)}, answered at this size"
    ends = " and ".join(f"{size:g} km ({f1:.1%})" for size, f1 in guess.between)
    return f"{label_of(guess.method)}, between the answered {ends}"


def known_sentence(study: Study, target: str) -> str:
    """How many parcels of a season no trip visits, because their crop is known; empty where there are none.

    Parameters
    ----------
    study
        With its seasons and parcels.
    target
        Label of the season.
    """
    known = study.known_already(target)
    if not known:
        return ""
    return f"Left out, because their crop is known: {counted(known, 'labelled parcel')} of {target}."


def pins_sentence(trip: Trip) -> str:
    """That a score or forecast does not speak of pinned parcels; empty where they are few.

    Parameters
    ----------
    trip
        Estimated or routed.
    """
    pinned, parcels = pinned_count(trip.wanted), len(trip.wanted)
    if pinned <= FEW_PINS * parcels:
        return ""
    return (
        f"{pinned:,} of the {counted(parcels, 'parcel')} are pinned. Scores and forecasts are those of the "
        "design without pins."
    )


def unvisited_pins_sentence(routed: RoutedTrip) -> str:
    """Which pinned parcels no tour visits; empty where all are visited.

    Parameters
    ----------
    routed
        The trip.
    """
    lost = [name for name in routed.request.pinned if name in set(routed.itinerary.left_out)]
    return f"Pinned, but not visited, because a tour there takes more than a day: {listed(lost)}." * bool(
        lost
    )


def gain_sentence(gain: TripGain) -> str:
    """What a trip gains by answered trips; empty where that is not known.

    Parameters
    ----------
    gain
        What it may be expected to give.
    """
    if gain.over_baseline is None or gain.baseline is None:
        return ""
    return f"Gain over the map without a trip, {gain.baseline}: {points(gain.over_baseline)}."


def forecast_sentence(forecast: TripForecast) -> str:
    """What a trip will gain, by the backtest.

    Parameters
    ----------
    forecast
        Of one trip; its gain in points.
    """
    worth = forecast.probability_worth_cost
    return (
        f"Forecast from {counted(forecast.seasons, 'backtest season')}: {points(forecast.gain, 1.0)} over "
        f"the map without a trip ({forecast.gain.level:.0%} interval). It gains with a probability of "
        f"{forecast.probability_of_gain:.0%}"
        + (f" and is worth its cost with {worth:.0%}." if worth is not None else ".")
    )


def forecast_basis(forecasts: Sequence[TripForecast], metric: Metric) -> list[str]:
    """How good the map is without a trip, and on which backtests forecasts of one season rest.

    Parameters
    ----------
    forecasts
        Of trips of the season, at least one.
    metric
        The score.
    """
    first = forecasts[0]
    level = [level_sentence(first.level, metric.title)] if first.level else []
    evidence = dict.fromkeys(evidence_sentence(each.evidence, each.design) for each in forecasts)
    return [*level, *evidence]


def forecast_text(gain: TripGain, departure: Departure) -> str:
    """The forecast of a trip with what it rests on; empty where there is none.

    Parameters
    ----------
    gain
        What the trip may be expected to give.
    departure
        Where it starts.
    """
    if gain.forecast is None or gain.forecast_from is None:
        return ""
    sentence = " ".join(
        [
            forecast_sentence(gain.forecast),
            *forecast_basis([gain.forecast], gain.metric),
        ]
    )
    if gain.forecast_from == departure:
        return sentence
    apart = km_between(departure, gain.forecast_from)
    return (
        f"{sentence} The backtests start in {gain.forecast_from.title}, {apart:.0f} km away: none starts in "
        f"{departure.title}."
    )

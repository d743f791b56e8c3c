"""What was forecast of a trip that is home by now, to be put beside what it gained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.decisions.forecast import forecast
from engine.decisions.trip_gain import nearest_history
from engine.decisions.wording import label_of, lowered
from engine.domain import Departure, Estimate, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.experiments.scores import Metric
from engine.sampling import DESIGNS, current_name
from engine.sampling.listed import ListedParcels
from engine.sampling.radius import Radius
from engine.studies.labels.journal import imports

LIST = ListedParcels.name


@dataclass(frozen=True)
class DrivenTrip:
    """How the parcels of a season were drawn that are visited by now.

    Parameters
    ----------
    design
        Name of the design, or of a list, which no design drew.
    is_known
        Whether the field files say so; else it is taken for granted.
    """

    design: str
    is_known: bool


def driven_trip(study_folder: Path, season: str) -> DrivenTrip:
    """How the visited parcels of a season were drawn: by the design from which most rows came home.

    Where no field file names one, as in files of earlier versions, a circle is taken for granted.

    Parameters
    ----------
    study_folder
        Folder of the study, whose imports keep what their field files say.
    season
        Label of the season.
    """
    rows = Counter[str]()
    counted = (each for each in imports(study_folder) if each.season == season and not each.undone)
    for file in (file for each in counted for file in each.files):
        name = current_name(file.design)
        if name in DESIGNS or name == LIST:
            rows[name] += file.filled
    return DrivenTrip(rows.most_common(1)[0][0], True) if rows else DrivenTrip(Radius.name, False)


def forecast_gain(
    study: Study,
    outcomes: Sequence[Outcome],
    season: str,
    departure: Departure,
    trip: tuple[str, int],
    archive: Archive,
) -> Estimate | None:
    """The gain in macro F1 per parcel that backtests forecast, 0 to 1.

    None where there are none, or the parcels are of a list: backtests are of designs.

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
    if trip[0] not in DESIGNS:
        return None
    past, _ = nearest_history(study, outcomes, season, departure, Metric("parcel"), archive)
    if past is None:
        return None
    gain = forecast(past.gains, *trip, past.expected_f1).interval()
    return Estimate(gain.value / 100, gain.low / 100, gain.high / 100, gain.level)


def gain_basis(driven: DrivenTrip, parcels: int, gain: Estimate | None) -> str:
    """What the gain beside the truth is, and which trip its forecast is of.

    Parameters
    ----------
    driven
        How the parcels were drawn.
    parcels
        That train the map.
    gain
        Its forecast; None where there is none.
    """
    if driven.design == LIST:
        return "The gain is macro F1 per parcel. No design drew this list of parcels, so it has no forecast."
    if gain is None:
        return "The gain is macro F1 per parcel."
    name = lowered(label_of(DESIGNS[driven.design]))
    why = "as the field files say" if driven.is_known else "taken for granted: no field file names a design"
    return f"The gain is macro F1 per parcel; its forecast is for {parcels} parcels ({name}, {why})."

"""A trip whose visit is simulated to the end: crews go out, and their labels are in the study."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.decisions.routed import RoutedTrip
from engine.domain import Study
from engine.fieldwork import exports
from engine.fieldwork.simulated_visit import Filled, Observers, VisitError, fill_in
from engine.files import make_folder, readonly
from engine.mapping.accuracy.drawing import DrawnSample
from engine.mapping.accuracy.sample_file import SAMPLE, keep_sample, read_sample
from engine.studies import shelf
from engine.studies.hidden import hide_labels, truth_of, truth_path
from engine.studies.labels.importing import LabelRequest, take
from engine.studies.labels.nouns import Import
from engine.studies.manifest import FILE, read_manifest
from engine.studies.parcels_file import read_parcels
from engine.studies.store import open_study

PLAN, FILLED = "itinerary.gpkg", "visited.gpkg"


@dataclass(frozen=True)
class SimulatedTrip:
    """A simulated visit whose labels are in a study.

    Parameters
    ----------
    folder
        Of the study that has the labels.
    season
        Of the trip.
    filled
        What crews wrote down; the file itself is gone.
    taken
        The import of their labels.
    """

    folder: Path
    season: str
    filled: Filled
    taken: Import


def why_not_simulated(folder: Path, season: str) -> str:
    """Why no visit of a season can be simulated here; empty where it can.

    Parameters
    ----------
    folder
        Of the study.
    season
        Of the trip.

    Raises
    ------
    StudyError
        Where the study cannot be read.
    """
    if readonly():
        return (
            "This installation keeps nothing, so it simulates no visit. With Groundplan on a machine of your "
            "own it does."
        )
    manifest = read_manifest(folder / FILE)
    if manifest.landscape is not None or truth_path(folder, season).is_file():
        return ""
    parcels = read_parcels(folder, manifest)
    if parcels.loc[parcels["season"] == season, "crop"].notna().all():
        return ""
    return (
        f"Nobody knows the crops of {season}, so no visit can be simulated. Choose a season whose parcels "
        "have crops: a copy of the study hides them first."
    )


def visited_copy(
    folder: Path,
    season: str,
    plan: Path,
    out: Path,
    filled: Path,
    observers: Observers,
    overwrite: bool = False,
) -> Filled:
    """Copy a study without the crops of a season, and fill in a field plan as crews would.

    A sample for accuracy that lies beside the field plan is kept with the copy.

    Parameters
    ----------
    folder
        Of the study.
    season
        Of the trip; its crops are hidden.
    plan
        GeoPackage of the trip's field files.
    out
        Where the copy is written.
    filled
        The filled-in GeoPackage to write.
    observers
        How crews err.
    overwrite
        Replace a study that lies there.

    Raises
    ------
    StudyError
        As of `engine.studies.hidden.hide_labels`.
    VisitError
        Where the plan is none of the study.
    """
    made = hide_labels(folder, season, out, overwrite=overwrite)
    found = _filled(open_study(made), made, season, plan, filled, observers)
    drawn = plan.parent / SAMPLE
    if drawn.is_file():
        keep_sample(made, read_sample(drawn))
    return found


def simulate_trip(
    study: Study,
    folder: Path,
    made: RoutedTrip,
    observers: Observers,
    workspace: Path,
    sample: DrawnSample | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> SimulatedTrip:
    """Simulate the visit of a trip and take its labels in.

    The crops of the season are hidden in a copy of the study, among the studies of the workspace. Where they
    are hidden already, because a visit was simulated before, the labels are added to those that are there.

    Parameters
    ----------
    study, folder
        The study and its folder.
    made
        The trip.
    observers
        How crews err.
    workspace
        Where the copy is kept.
    sample
        The parcels of the trip that were drawn for accuracy.
    say
        Told what is being done.

    Raises
    ------
    VisitError
        Where nobody knows the crops, or the installation keeps nothing.
    StudyError
        Where the copy or the labels cannot be written. Nothing is changed then.
    """
    season = made.request.target
    if refusal := why_not_simulated(folder, season):
        raise VisitError(refusal)
    with tempfile.TemporaryDirectory() as place:
        if truth_path(folder, season).is_file():
            return _labels_in(study, folder, made, observers, sample, Path(place), say)
        say(f"Copying the study without the crops of {season}")
        copies = workspace / shelf.FOLDER
        make_folder(copies)
        partial = copies / f".{uuid.uuid4().hex[:8]}.visit"  # no study of the shelf before it is whole
        try:
            hide_labels(folder, season, partial)
            copied = open_study(partial)
            found = _labels_in(copied, partial, made, observers, sample, Path(place), say)
            final = shelf.place_for(workspace, copied.name)
            os.rename(partial, final)
        except OSError as error:
            raise VisitError(
                f"The visited study cannot be written to {copies} ({error.strerror}). Free some space."
            ) from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return SimulatedTrip(final.resolve(), season, found.filled, found.taken)


def _labels_in(
    study: Study,
    folder: Path,
    made: RoutedTrip,
    observers: Observers,
    sample: DrawnSample | None,
    place: Path,
    say: Callable[[str], None],
) -> SimulatedTrip:
    """Have the trip of a study with hidden crops visited, and its labels taken in."""
    season = made.request.target
    say("The crews are out")
    origin = made.origin(study.name, sample.parcels if sample else ())
    trip, crops = made.trip, study.legend.names
    exports.write(made.itinerary, trip.wanted, place, crops=crops, replacements=trip.spare, origin=origin)
    filled = _filled(study, folder, season, place / PLAN, place / FILLED, observers)
    say("Taking their labels in")
    taken, _ = take(folder, [filled.path], LabelRequest(season))
    if sample is not None:
        keep_sample(folder, sample)
    return SimulatedTrip(folder, season, filled, taken)


def _filled(
    study: Study, folder: Path, season: str, plan: Path, filled: Path, observers: Observers
) -> Filled:
    truth = truth_of(folder, season)
    assert truth is not None
    return fill_in(plan, truth, study.legend.names, observers, filled, study=study.name)


def visit_sentence(filled: Filled) -> str:
    """What crews found, in a sentence.

    Parameters
    ----------
    filled
        What they wrote down.
    """
    return (
        f"{filled.visited} parcels with a crop, {filled.replaced} of them instead of another; "
        f"{filled.refused} without access; {filled.wrong} labels are wrong."
    )

"""What the page Crop map keeps of engine calls: maps, their accuracy, their files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.decisions.map_forecast import DrivenTrip, forecast_gain
from engine.decisions.map_forecast import driven_trip as drawn
from engine.domain import Departure, Estimate, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.jobs import stamp_of
from engine.experiments.outcome import Outcome
from engine.mapping import assessed as assessing
from engine.mapping import store
from engine.mapping.accuracy.sample_file import FOLDER as SAMPLES
from engine.mapping.assessed import Assessed
from engine.mapping.crop_map import CropMap
from engine.mapping.request import MapRequest, map_request
from engine.mapping.store import CARD, map_folder
from engine.studies.hidden import truth_of, truth_path
from engine.studies.store import stamp
from pages import _cache as cache
from pages._kept import cached
from pages._users import map_place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.learning.recipes import Recipe
    from engine.views import maps


@cached(
    lambda study, season, method, recipe: (study.fingerprint, season, method, recipe),
    entries=32,
)
def request(study: Study, season: str, method: str, recipe: Recipe) -> tuple[MapRequest, tuple[str, ...]]:
    """The map that can be made of a season today, and what is made otherwise than asked."""
    return map_request(study, season, method, recipe=recipe)


def is_made(study: Study, season: str, method: str, recipe: Recipe, workspace: Path) -> bool:
    """Whether that map was made."""
    try:
        key = request(study, season, method, recipe)[0].key
    except PlanError:
        return False
    return (map_folder(workspace, key) / CARD).is_file()


def kept_map(workspace: Path, key: str) -> CropMap | None:
    """A map that was made; None where there is none."""
    return _kept_map(workspace, key, stamp_of(map_folder(workspace, key) / CARD))


@cached(lambda workspace, key, changed: (workspace, key, changed), entries=6, spinner="Opening the map")
def _kept_map(workspace: Path, key: str, changed: object) -> CropMap | None:
    return store.kept_map(workspace, key)


def assessed(folder: Path, made: CropMap) -> Assessed | None:
    """What the accuracy sample of the season says of the map; None without one."""
    samples = sorted((folder / SAMPLES).glob(f"{made.season}-*.json"))
    changed = stamp(folder), tuple((path.name, stamp_of(path)) for path in samples)
    return _assessed(folder, made, changed)


@cached(lambda folder, made, changed: (folder, made.key, changed), entries=16, spinner="Estimating accuracy")
def _assessed(folder: Path, made: CropMap, changed: object) -> Assessed | None:
    return assessing.assessed(folder, made)


@cached(
    lambda study, made: (study.fingerprint, made.key, map_place()),
    entries=8,
    spinner="Drawing the parcels",
    valid=lambda published: published.exists,
)
def published(study: Study, made: CropMap) -> maps.PublishedMap:
    """A map, published for the browser."""
    from engine.views import maps

    return maps.publish_crop_map(made, study.legend, *map_place())


@cached(lambda study, made: (study.fingerprint, made.key), entries=4, spinner="Writing the files")
def files(study: Study, made: CropMap) -> dict[str, bytes]:
    """The files of a map by name."""
    from engine.mapping.exports import map_files

    return map_files(made, study)


@cached(
    lambda made, departure, parcels, within_km: (made.key, departure, parcels, within_km),
    entries=16,
    spinner="Looking for parcels that would teach most",
)
def following(made: CropMap, departure: Departure, parcels: int, within_km: float | None) -> Any:
    """The parcels to visit next."""
    from engine.mapping.next_parcels import next_parcels

    return next_parcels(made, departure, parcels, within_km)


@cached(
    lambda study, made, folder, found: (
        study.fingerprint,
        made.key,
        folder,
        found and (found.answers, found.accuracy and found.accuracy.overall),
    ),
    entries=4,
    spinner="Writing the report",
)
def report(study: Study, made: CropMap, folder: Path, found: Assessed | None) -> dict[str, bytes]:
    """The files of the map's report by name, all of them together last."""
    from engine.views.report.map_content import compose_map
    from engine.views.report.map_files import map_files

    return map_files(compose_map(study, made, folder, found=found))


@cached(lambda study, made: (study.fingerprint, made.key), entries=4, spinner="Reading the series")
def mapped_profiles(study: Study, made: CropMap) -> Any:
    """Mean series of the mapped classes."""
    from engine.mapping.mapped_profiles import mapped_profiles as read

    return read(study, made)


def truth(folder: Path, season: str) -> Mapping[str, str] | None:
    """The true crops of a season by parcel, where a visit was simulated."""
    return _truth(folder, season, stamp_of(truth_path(folder, season)))


@cached(lambda folder, season, changed: (folder, season, changed), entries=8)
def _truth(folder: Path, season: str, changed: object) -> Mapping[str, str] | None:
    return truth_of(folder, season)


@cached(
    lambda study, outcomes, season, departure, trip, archive: (
        study.fingerprint, cache.keys(outcomes), season, departure, trip, archive.identity,
    ),
    entries=16,
)  # fmt: skip
def forecast(
    study: Study,
    outcomes: Sequence[Outcome],
    season: str,
    departure: Departure,
    trip: tuple[str, int],
    archive: Archive,
) -> Estimate | None:
    """What backtests forecast of such a trip's gain."""
    return forecast_gain(study, outcomes, season, departure, trip, archive)


def driven_trip(folder: Path, season: str) -> DrivenTrip:
    """How the visited parcels were drawn, as far as the imports of the study say it."""
    return _driven_trip(folder, season, stamp(folder))


@cached(lambda folder, season, changed: (folder, season, changed), entries=8)
def _driven_trip(folder: Path, season: str, changed: object) -> DrivenTrip:
    return drawn(folder, season)

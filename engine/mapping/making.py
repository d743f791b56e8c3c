"""Making a map: train on the real visit, class every parcel, say where the map applies and how good it is."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

import engine
from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.repeat import TREE_LIBRARIES
from engine.learning.calibration import Standardised
from engine.learning.learners import learner_by_name, require
from engine.learning.protocols import Model
from engine.learning.setting import EpochObserver, NoObserver, Setting
from engine.mapping.applicability import Applicability, applicability
from engine.mapping.crop_map import CropMap
from engine.mapping.prediction import Predicted, predict_season
from engine.mapping.request import MapRequest
from engine.mapping.training import Training
from engine.mapping.validation import cross_validate
from engine.studies.store import simulate_series

if TYPE_CHECKING:
    import geopandas as gpd

StepObserver = Callable[[str], None]


def say_nothing(step: str) -> None:
    """Tell nobody.

    Parameters
    ----------
    step
        What begins now.
    """


def training_for(
    study: Study,
    request: MapRequest,
    archive: Archive,
    device: str = "auto",
    observer: EpochObserver | None = None,
) -> Training:
    """All that the models of a map are trained from.

    Parameters
    ----------
    study, request
        What is mapped, and how.
    archive
        Where source models are looked up and kept.
    device
        ``auto``, ``cpu`` or ``cuda``.
    observer
        Told after every epoch; may raise to stop.
    """
    setting = Setting(request.recipe, request.seed, device, observer or NoObserver())
    return Training(study, request, archive, setting)


def make_map(training: Training, notes: Sequence[str] = (), observe: StepObserver = say_nothing) -> CropMap:
    """Train on all labelled parcels of the season, and class every parcel that has series.

    Parameters
    ----------
    training
        What the map is trained from, see `training_for`.
    notes
        Sentences for the card, as `map_request` gives them.
    observe
        Told before every step what begins.

    Raises
    ------
    GroundplanError
        Where the study cannot be read, or the learner is not installed.
    """
    study, request, start = training.study, training.request, time.perf_counter()
    require(request.learner)
    observe("read the series")
    for label in (request.target, *request.sources):
        simulate_series(study, label)
    labelled = training.labelled
    observe("train on the source seasons" if request.sources else "train")
    model = training.model()
    observe("class every parcel")
    predicted = predict_season(study, request.target, model, request.method.features)
    observe("measure where the map applies")
    learnt = labelled if request.method.visits else labelled[:0]
    reach = applicability(study, request.target, predicted, learnt, request.sources)
    validation = None
    if request.method.visits and request.folds:
        observe("cross-validate")
        validation = cross_validate(training)
    table = _table(study, predicted, reach)
    card = _card(training, model, reach, len(study.parcels_in(request.target)) - len(table))
    card |= {
        "training_parcels": len(learnt),
        "folds": 0 if validation is None else int(validation.fold.max()) + 1,
        "seconds": round(time.perf_counter() - start, 1),
        "notes": list(notes),
    }
    return CropMap(
        study.name, request.target, request.key, study.legend.names, request.method.name, table,
        predicted.calibrated.astype(np.float32), reach.features, card, validation,
    )  # fmt: skip


def _table(study: Study, predicted: Predicted, reach: Applicability) -> gpd.GeoDataFrame:
    """One row a parcel, see `CropMap`; the class is that of the largest probability that decides."""
    import geopandas as gpd

    names = np.array(study.legend.names, dtype=object)
    numbers = np.arange(len(predicted.rows))
    chosen = predicted.decision.argmax(axis=1)
    others = predicted.decision.copy()
    others[numbers, chosen] = -1.0
    second = others.argmax(axis=1)
    parcels = study.parcels.iloc[predicted.rows]
    crop = parcels["crop"]
    table = {
        "parcel_id": parcels["parcel_id"].astype(str).to_numpy(dtype=object),
        "crop": names[chosen],
        "probability": predicted.calibrated[numbers, chosen],
        "second": names[second],
        "second_probability": predicted.calibrated[numbers, second],
        "dissimilarity": reach.dissimilarity,
        "applicable": reach.applicable,
        "area_ha": parcels["area_ha"].to_numpy(np.float64),
        "lon": parcels["lon"].to_numpy(np.float64),
        "lat": parcels["lat"].to_numpy(np.float64),
        "labelled": crop.notna().to_numpy(dtype=bool),
        "surveyed": crop.where(crop.notna(), None).to_numpy(dtype=object),
    }
    return gpd.GeoDataFrame(table, geometry=parcels.geometry.to_numpy(), crs=study.parcels.crs)


def _card(training: Training, model: Model, reach: Applicability, without_series: int) -> dict[str, Any]:
    request = training.request
    learner = learner_by_name(request.learner)
    return {
        "source_seasons": list(request.sources),
        "fingerprints": request.study.facts,
        "threshold": reach.threshold,
        "reference_parcels": reach.training,
        "without_series": without_series,
        "recipe": request.recipe.name,
        "learner": request.learner,
        "seed": request.seed,
        "member_weights": dict(model.member_weights) if isinstance(model, Standardised) else {},
        "versions": {
            "engine": engine.__version__,
            "python": platform.python_version(),
            **{library: version(library) for library in TREE_LIBRARIES},
            **learner.environment(training.setting.device),
        },
    }

"""One repeat of a plan: draw the parcels, train, and count right and wrong on the test parcels."""

from __future__ import annotations

import platform
import time
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import numpy.typing as npt
import pandas as pd

import engine
from engine.domain import UNLABELLED, Study
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import auxiliary_variables
from engine.experiments.outcome import Repeat
from engine.experiments.plan import Plan
from engine.experiments.sizing import draw_seed
from engine.experiments.source_models import source_model
from engine.experiments.target_data import TargetRows, target_data
from engine.geodesy import blocks
from engine.learning import metrics
from engine.learning.calibration import Standardised, probabilities
from engine.learning.learners import learner_by_name
from engine.learning.protocols import Model
from engine.learning.samples import Samples, draw_samples
from engine.learning.setting import EpochObserver, Setting
from engine.learning.training_data import TrainingData
from engine.sampling.split import SpatialSplit, split_parcels, utm_km

TREE_LIBRARIES = ("lightgbm", "scikit-learn")  # which members of ensembles are made with
TEST_PIXELS = 50  # of each test parcel, as in the study
TEST_SEED = 0  # the same test pixels for every plan and repeat, whatever the recipe

Codes = npt.NDArray[np.int64]


def setting_of(plan: Plan, repeat: int, device: str, observer: EpochObserver) -> Setting:
    """The circumstances under which a repeat is trained.

    Parameters
    ----------
    plan
        The plan.
    repeat
        Number of the repeat, from 0.
    device
        ``auto``, ``cpu`` or ``cuda``.
    observer
        Told after every epoch.
    """
    return Setting(plan.recipe, plan.seed + repeat, device, observer)


def compute_repeat(study: Study, plan: Plan, repeat: int, archive: Archive, setting: Setting) -> Repeat:
    """Visit, train and test once.

    Parameters
    ----------
    study
        The study.
    plan
        The plan.
    repeat
        Number of the repeat, from 0.
    archive
        Where source models are looked up and kept.
    setting
        As `setting_of` gives it.

    Returns
    -------
    Visited parcels, and counts of right and wrong by test block.

    Raises
    ------
    PlanError
        Where the study cannot answer the plan.
    """
    split = split_parcels(study, plan.target, plan.departure, plan.test)
    rng = np.random.default_rng(draw_seed(plan, repeat))
    variables = auxiliary_variables(study, plan, repeat, split.candidates, split, archive, setting)
    visited = plan.design.draw(split.candidates.join(variables), rng)
    training = plan.method.source
    source = source_model(study, plan, repeat, archive, setting, training) if training else None
    start = time.perf_counter()
    data = replace(_training_data(study, plan, split, visited, setting, rng), source=source)
    title = f"{plan.method.name}, {plan.design.name} {plan.design.equivalent_radius_km:.3g} km"
    observer = setting.observer.for_training(f"{title}, repeat {repeat + 1}")
    learner = learner_by_name(plan.learner)
    model = plan.method.learn(learner, data, replace(setting, observer=observer))
    by_pixel, by_parcel, reliability, expected_f1 = _test_counts(study, plan, split, model)
    return Repeat(
        visited,
        by_pixel.tolist(),
        by_parcel.tolist(),
        tuple(getattr(model, "loss", ())) if plan.method.visits else (),
        time.perf_counter() - start,
        {
            "engine": engine.__version__,
            "python": platform.python_version(),
            **{library: version(library) for library in TREE_LIBRARIES},
            **learner.environment(setting.device),
        },
        dict(model.member_weights) if isinstance(model, Standardised) else {},
        reliability.tolist(),
        expected_f1,
    )


def expected_without_labels(study: Study, plan: Plan, archive: Archive, setting: Setting) -> float | None:
    """The macro F1 that the first repeat of a plan without a trip expects, on the parcels that test, or would
    if the season had labels; none is looked at.

    Parameters
    ----------
    study, plan
        The study, and a plan whose method does not visit.
    archive
        Where source models are looked up and kept.
    setting
        As `setting_of` gives it.

    Returns
    -------
    From 0 to 1; None where no parcel would test.
    """
    split = split_parcels(study, plan.target, plan.departure, plan.test)
    training = plan.method.source
    source = source_model(study, plan, 0, archive, setting, training) if training else None
    data = _training_data(study, plan, split, (), setting, np.random.default_rng(draw_seed(plan, 0)))
    model = plan.method.learn(learner_by_name(plan.learner), replace(data, source=source), setting)
    nobody = np.full(len(study.parcels), UNLABELLED)
    test = _test_samples(study, plan, split, nobody)
    return metrics.expected_macro_f1(*probabilities(model, test.values)) if len(test) else None


def test_blocks(tests: pd.DataFrame) -> Codes:
    """Block of each test parcel for the bootstrap, ``[parcel]``.

    Blocks of 20 km; where all test parcels share one block, each field group is a block.

    Parameters
    ----------
    tests
        Test parcels with ``x_km``, ``y_km`` and ``field_group``.
    """
    block = blocks(tests["x_km"].to_numpy(), tests["y_km"].to_numpy(), metrics.BLOCK_KM)
    if block.max() == 0:
        block = pd.factorize(tests["field_group"])[0].astype(np.int64)
    return block


def _training_data(
    study: Study,
    plan: Plan,
    split: SpatialSplit,
    visited: tuple[str, ...],
    setting: Setting,
    rng: np.random.Generator,
) -> TrainingData:
    """Labelled and unlabelled target samples of a trip, without the source model."""
    candidates, method = split.candidates, plan.method
    labelled = candidates.index[candidates["parcel_id"].isin(visited)].to_numpy()
    rows = TargetRows(
        labelled,
        (split.parcels if method.transductive else split.pool).index.to_numpy(),
        split.parcels.index[~split.parcels.index.isin(labelled)].to_numpy(),
    )
    cube = study.cubes[plan.target]
    return target_data(study, cube, study.crop_codes, rows, method, plan.recipe, rng, setting.seed)


def _test_samples(study: Study, plan: Plan, split: SpatialSplit, crop: Codes) -> Samples:
    cube, rows = study.cubes[plan.target], split.test.index.to_numpy()
    rng = np.random.default_rng(TEST_SEED)
    samples = draw_samples(cube, crop, len(study.legend), rows, TEST_PIXELS, rng)
    return plan.method.features.of(samples, cube.days, np.column_stack(utm_km(study, plan.target)))


def _test_counts(
    study: Study, plan: Plan, split: SpatialSplit, model: Model
) -> tuple[Codes, Codes, npt.NDArray[np.float64], float]:
    """Confusion by block over pixels and over parcels, reliability by block over pixels, and the macro F1
    that the model expects.
    """
    crop = study.crop_codes
    test, classes = _test_samples(study, plan, split, crop), len(study.legend)
    block = np.zeros(len(study.parcels), dtype=np.int64)  # [parcel]
    block[split.test.index.to_numpy()] = test_blocks(split.test)
    count = int(block.max()) + 1
    decision, calibrated = probabilities(model, test.values)  # [pixel, class]
    of_pixel = block[test.parcel]
    by_pixel = metrics.confusion_by_block(test.crop, decision.argmax(axis=1), of_pixel, classes, count)
    reliability = metrics.reliability_by_block(calibrated, test.crop, of_pixel, count)
    parcel, predicted = metrics.parcel_classes(decision, test.parcel)
    by_parcel = metrics.confusion_by_block(crop[parcel], predicted, block[parcel], classes, count)
    return by_pixel, by_parcel, reliability, metrics.expected_macro_f1(decision, calibrated)

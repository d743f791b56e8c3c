"""What designs need of source models is kept, and computed again exactly where it must be."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.experiments import auxiliary, predictions
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import parcels_with_auxiliary
from engine.experiments.fingerprints import fingerprints_of
from engine.experiments.predictions import disagreement
from engine.experiments.run import run_plans
from engine.experiments.source_models import FOR_DESIGNS, committee, source_key, source_model
from engine.files import WriteError
from engine.learning.samples import draw_samples
from engine.learning.setting import Setting
from engine.sampling import DESIGNS
from engine.sampling.split import split_parcels
from tests import made_up
from tests.experiments.examples import ask

ROOT = Path(__file__).parents[2]
STUDY = made_up.study(parcels=60)
WITH_AUXILIARY = [name for name, design in DESIGNS.items() if design.auxiliary]


def plan_of(design: str):
    return ask(STUDY, ["transfer"], [design], radii=(20,))[0]


def variables(archive: Archive, design: str, study=STUDY, repeat: int = 0):
    plan = plan_of(design)
    plan = dataclasses.replace(plan, study=fingerprints_of(study, plan.target, plan.sources, "far-half"))
    return parcels_with_auxiliary(study, plan, archive, repeat=repeat).filter(regex="predicted|disagr|embed")


@pytest.fixture(scope="module")
def after_a_run(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    plans = [*ask(STUDY, ["zero-shot"], ["radius"]), *ask(STUDY, ["transfer"], ["disagreement"])]
    run_plans(STUDY, plans, Archive(folder))
    return folder


@pytest.fixture
def archive(after_a_run: Path, tmp_path: Path) -> Archive:
    """Its own copy of what a run left."""
    shutil.copytree(after_a_run, tmp_path / "archive")
    return Archive(tmp_path / "archive")


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the source models that were loaded."""
    numbers: list[int] = []

    def counted(study, plan, number, *rest):
        numbers.append(number)
        return source_model(study, plan, number, *rest)

    monkeypatch.setattr(auxiliary, "source_model", counted)
    return numbers


def files_of(archive: Archive) -> list[Path]:
    return sorted((archive.folder / "models" / "predictions").iterdir())


@pytest.mark.parametrize("design", WITH_AUXILIARY)
def test_after_a_run_a_design_loads_no_model_and_gets_what_the_models_say(archive, loaded, design):
    kept = variables(archive, design, repeat=1)
    assert loaded == []
    plan = committee(plan_of(design)) if design == "disagreement" else plan_of(design)
    split = split_parcels(STUDY, "2021", STUDY.departure, plan.test)
    models = [
        source_model(STUDY, plan, n, archive, Setting(plan.recipe, n), FOR_DESIGNS).model for n in (0, 1)
    ]
    rng, rows = np.random.default_rng(predictions.PIXEL_SEED), split.parcels.index.to_numpy()
    unlabelled = np.zeros(len(STUDY.parcels), dtype=np.int64)
    samples = draw_samples(STUDY.cubes["2021"], unlabelled, 1, rows, predictions.PIXELS, rng)
    owner = samples.parcel
    for row, values in kept.iterrows():
        of_parcel = samples.values[owner == row]
        if design == "embedding":
            expected = models[1].embed(of_parcel).mean(axis=0)
            np.testing.assert_allclose(values.to_numpy(float), expected, rtol=1e-5, atol=1e-6)
        elif design == "stratified":
            code = models[1].predict(of_parcel).mean(axis=0).argmax()
            assert values["predicted_class"] == STUDY.legend.names[code]
        else:
            expected = disagreement([model.predict(of_parcel) for model in models]).mean()
            assert values["disagreement"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("design", WITH_AUXILIARY)
def test_kept_values_equal_those_computed_now_in_every_digit(archive, loaded, design):
    kept = variables(archive, design)
    shutil.rmtree(archive.folder / "models" / "predictions")
    computed = variables(archive, design)
    assert loaded
    assert computed.equals(kept)
    loaded.clear()
    assert variables(archive, design).equals(kept)  # and are kept again
    assert loaded == []


def test_a_model_that_was_trained_anew_is_asked_anew(archive, loaded):
    before = variables(archive, "embedding")
    name = source_key(plan_of("embedding"), 0, FOR_DESIGNS).name
    tensors, card = archive.weights(name)
    weight = next(key for key in tensors if key.endswith("blocks.3.normalisation.bias"))
    archive.keep_weights(name, {**tensors, weight: tensors[weight] + 1}, card)
    after = variables(archive, "embedding")
    assert loaded
    assert not after.equals(before)
    loaded.clear()
    variables(archive, "embedding", repeat=1)
    assert loaded == []  # the other model is the same


def test_a_model_with_a_new_name_is_not_asked_again(archive, loaded):
    plan = plan_of("disagreement")
    renamed = dataclasses.replace(plan, recipe=dataclasses.replace(plan.recipe, name="renamed"))
    for number in range(committee(plan).repeats):
        stored = archive.weights(source_key(committee(plan), number, FOR_DESIGNS).name)
        archive.keep_weights(source_key(committee(renamed), number, FOR_DESIGNS).name, *stored)
    parcels_with_auxiliary(STUDY, renamed, archive)
    assert loaded == []


def test_a_season_with_other_series_is_predicted_anew(archive, loaded):
    cube = STUDY.cubes["2021"]
    cubes = {**STUDY.cubes, "2021": dataclasses.replace(cube, values=cube.values[..., ::-1].copy())}
    before = variables(archive, "embedding")
    after = variables(archive, "embedding", dataclasses.replace(STUDY, cubes=cubes))
    assert loaded
    assert not after.equals(before)


def damaged(content: bytes) -> dict[str, bytes]:
    flipped = bytearray(content)
    flipped[-3] ^= 255
    return {"cut off": content[:-5], "empty": b"", "another format": b"no arrays", "a bit": bytes(flipped)}


@pytest.mark.parametrize("damage", damaged(b"whatever is there"))
def test_a_damaged_file_is_computed_again_and_replaced(archive, loaded, damage):
    expected = variables(archive, "disagreement")
    for path in files_of(archive):
        content = path.read_bytes()
        path.write_bytes(damaged(content)[damage])
    assert variables(archive, "disagreement").equals(expected)
    assert loaded
    loaded.clear()
    assert variables(archive, "disagreement").equals(expected)
    assert loaded == []


def test_a_file_of_other_facts_under_the_name_is_not_taken(archive, loaded):
    expected = variables(archive, "embedding")
    contents = [path.read_bytes() for path in files_of(archive)]
    for path, other in zip(files_of(archive), contents[1:] + contents[:1], strict=True):
        path.write_bytes(other)
    assert variables(archive, "embedding").equals(expected)
    assert loaded


def test_a_workspace_that_cannot_be_written_to_still_answers(archive, loaded, monkeypatch):
    expected = variables(archive, "embedding")
    shutil.rmtree(archive.folder / "models" / "predictions")

    def refuse(*_):
        raise WriteError("The disk is full. Free some space.")

    monkeypatch.setattr(Archive, "keep_predictions", refuse)
    assert variables(archive, "embedding").equals(expected)
    assert loaded


def test_labels_and_the_departure_change_no_prediction(archive, loaded):
    parcels = STUDY.parcels.copy()
    parcels.loc[parcels["season"] == "2021", "crop"] = STUDY.legend.names[0]
    variables(archive, "stratified", dataclasses.replace(STUDY, parcels=parcels))
    assert loaded == []


@pytest.mark.parametrize("design", WITH_AUXILIARY)
def test_on_the_demo_neither_torch_is_imported_nor_a_season_simulated(tmp_path, design):
    code = (
        "import sys; from engine.__main__ import main; "
        f"status = main(['cost', 'demo', '--target', '2021', '--design', '{design}', '--radius', '15']); "
        "assert status == 0 and 'torch' not in sys.modules, sys.modules.keys()"
    )
    env = os.environ | {"GROUNDPLAN_WORKSPACE": str(tmp_path / "workspace")}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True, capture_output=True)
    assert not list(tmp_path.rglob("*.parquet"))

"""Groundplan's own methods on studies whose right answer is known."""

import dataclasses
import json

import numpy as np
import pytest

from engine.domain import PlanError
from engine.experiments import run
from engine.experiments.archive import Archive
from engine.experiments.balanced import SHARES, best_share
from engine.experiments.member_weights import by_training_data
from engine.experiments.plan import from_json, grid, to_json
from engine.experiments.run import answer
from engine.learning.methods import MANNERS, METHODS
from engine.learning.methods.groundplan import Groundplan, _missing
from engine.learning.methods.moved import Averaged, Joint, Replay
from engine.learning.methods.selftraining import SelfTraining, TransductiveSelfTraining
from engine.learning.protocols import Past
from engine.learning.samples import Samples
from engine.sampling.designs import DESIGNS
from tests import made_up
from tests.made_up import TINY

MOVED = (Replay, Averaged, Joint, SelfTraining, TransductiveSelfTraining, Groundplan)
SHORT = {method.name: method(steps=60) for method in MOVED}
OWN = ("all-past", "adjusted", "groundplan-home", *SHORT)


def ask(study, methods=OWN, learner="cnn1d", radii=(30,), designs=("radius",), **changes):
    plans = grid(study, "2021", study.departure, radii, designs, methods, learner, TINY, repeats=1, **changes)
    return [dataclasses.replace(one, method=SHORT.get(one.method.name, one.method)) for one in plans]


def scores(study, folder, **changes):
    found = answer(study, ask(study, **changes), Archive(folder))
    return {one.plan.method.name: one.macro_f1_parcel.value for one in found}


def with_series(study, label, values):
    return dataclasses.replace(
        study, cubes={**study.cubes, label: dataclasses.replace(study.cubes[label], values=values)}
    )


@pytest.mark.parametrize("learner", ["cnn1d", "random-forest"])
def test_a_separable_study_is_learnt_by_every_method_and_learner(tmp_path, learner):
    found = scores(made_up.study(parcels=120), tmp_path, learner=learner)
    assert set(found) == set(OWN)
    assert min(found.values()) > 0.97


def test_a_new_calibration_moves_nothing_for_who_standardises_by_season(tmp_path):
    study = made_up.study(parcels=120)
    shifted = with_series(study, "2021", study.cubes["2021"].values * 1.5 + np.float32(20))
    found = scores(shifted, tmp_path, methods=("zero-shot", "adjusted"))
    assert found["adjusted"] > 0.97
    assert found["zero-shot"] < 0.8


def test_a_past_whose_labels_meant_something_else_is_left_behind(tmp_path):
    study = made_up.study(parcels=240)
    names = study.legend.names
    other = dict(zip(names, (*names[1:], names[0]), strict=True))
    past = study.parcels["season"] != "2021"
    crop = study.parcels["crop"].where(~past, study.parcels["crop"].map(other))
    broken = dataclasses.replace(study, parcels=study.parcels.assign(crop=crop))
    plans = ask(broken, methods=("adjusted", "groundplan"), designs=("random",))
    plans[1] = dataclasses.replace(plans[1], method=Groundplan(steps=300))
    home, went = answer(broken, plans, Archive(tmp_path))
    assert home.macro_f1_parcel.value < 0.1
    assert went.macro_f1_parcel.value > 0.9
    counts = by_training_data(went.member_weights)
    assert sum(counts.values()) == pytest.approx(1)
    assert counts["past seasons"] < 0.1
    assert counts["the visited parcels alone"] > 0.2
    assert not home.member_weights


def test_a_circle_that_holds_one_class_does_not_make_the_vote_forget_the_others(tmp_path):
    study = made_up.study(parcels=240, noise_db=3)
    km = np.hypot(
        (study.parcels["lon"] - study.departure.lon) * 78.4,
        (study.parcels["lat"] - study.departure.lat) * 111.2,
    )
    kept = (study.parcels["season"] != "2021") | (km > 30) | (study.parcels["crop"] == "maize")
    rows = np.flatnonzero(kept)
    new = np.full(len(kept), -1)
    new[rows] = np.arange(len(rows))
    cube = study.cubes["2021"]
    stays = new[cube.parcel] >= 0
    cubes = {
        label: dataclasses.replace(
            one,
            parcel=new[one.parcel[stays]] if label == "2021" else new[one.parcel],
            values=one.values[stays] if label == "2021" else one.values,
        )
        for label, one in study.cubes.items()
    }
    lone = dataclasses.replace(study, parcels=study.parcels[kept].reset_index(drop=True), cubes=cubes)
    found = scores(lone, tmp_path, methods=("adjusted", "groundplan"))
    assert found["adjusted"] > 0.8
    assert found["groundplan"] > found["adjusted"] - 0.02


def test_no_pixel_and_no_label_of_a_test_parcel_reaches_a_method(tmp_path, monkeypatch):
    study = made_up.study(parcels=80)
    given = []

    class Spy(Groundplan):
        def learn(self, learner, known, setting):
            given.append(known)
            return super().learn(learner, known, setting)

    (plan,) = ask(study, methods=("groundplan",), designs=("random",))
    spied = dataclasses.replace(plan, method=Spy(steps=20))
    answer(study, [spied], Archive(tmp_path))
    tests = set(run.survey(study, "2021", plan.departure, plan.test).test.index)
    (known,) = given
    assert not tests & set(known.seen.parcel)
    assert not tests & set(known.visited.parcel)
    assert set(known.seen.crop) == {-1}
    fields = study.parcels["field_group"]
    assert not set(fields[list(tests)]) & set(fields[np.unique(known.past.samples.parcel)])
    assert len(known.place) == len(np.unique(known.visited.parcel))
    assert len(known.area) + len(known.place) == (study.parcels["season"] == "2021").sum()
    assert not {tuple(one) for one in known.place} & {tuple(one) for one in known.area}


@pytest.mark.parametrize("method", [SelfTraining, TransductiveSelfTraining])
def test_only_the_transductive_method_sees_pixels_of_test_parcels_and_no_method_their_labels(
    tmp_path, method
):
    study = made_up.study(parcels=80)
    given = []

    class Spy(method):
        def learn(self, learner, known, setting):
            given.append(known)
            return super().learn(learner, known, setting)

    (plan,) = ask(study, methods=(method.name,), designs=("random",))
    answer(study, [dataclasses.replace(plan, method=Spy(steps=20))], Archive(tmp_path))
    tests = set(run.survey(study, "2021", plan.departure, plan.test).test.index)
    assert bool(tests & set(given[0].seen.parcel)) == method.transductive
    assert set(given[0].seen.crop) == {-1}


def test_the_share_of_the_prior_moves_only_where_seasons_agree():
    flat = np.full((4, len(SHARES)), 0.7)
    assert best_share(flat) == 0.5
    agreed = flat + np.array([0.0, 0.0, 0.0, 0.0, 0.05])
    assert best_share(agreed) == 1.0
    quarrel = flat.copy()
    quarrel[:, 4] += np.array([0.2, -0.15, -0.1, 0.1])
    assert best_share(quarrel) == 0.5
    assert best_share(agreed[:1]) == 0.5  # one season proves nothing
    assert best_share(np.empty((0, len(SHARES)))) == 0.5
    rng = np.random.default_rng(0)
    chance = [best_share(rng.normal(0.7, 0.05, (4, len(SHARES)))) for _ in range(300)]
    assert np.mean(np.array(chance) != 0.5) < 0.25


def test_classes_that_a_trip_lacks_never_outnumber_the_trip():
    rng = np.random.default_rng(0)
    crop = np.repeat([0, 1, 2], [20, 480, 500])
    past = Past(None, Samples(rng.normal(size=(1000, 1, 4)).astype("f4"), crop, np.arange(1000), 3))
    rare = Samples(np.zeros((8, 1, 4), np.float32), np.zeros(8, dtype=np.int64), np.arange(8), 3)
    spoken = _missing(past, rare)
    assert set(spoken.crop) == {1, 2}
    assert len(spoken) <= 9
    usual = Samples(np.zeros((49, 1, 4), np.float32), np.repeat([1, 2], [24, 25]), np.arange(49), 3)
    assert list(_missing(past, usual).crop) == [0]


def test_a_past_that_cannot_be_held_out_is_refused_before_anything_is_computed(tmp_path):
    study = made_up.study(parcels=80)
    label = study.seasons_before("2021")[-1]
    only = dataclasses.replace(
        study, parcels=study.parcels[study.parcels["season"].isin([label, "2021"])].reset_index(drop=True)
    )
    plans = [
        dataclasses.replace(one, study=only.fingerprint, sources=(label,))
        for one in ask(study, methods=("groundplan",), test="far-all")
    ]
    with pytest.raises(PlanError, match="Name more seasons"):
        answer(only, plans, Archive(tmp_path))
    assert not list(tmp_path.rglob("*.safetensors"))


@dataclasses.dataclass(frozen=True)
class StopsTheNameless:
    training: str = "?"

    def of(self, training):
        return StopsTheNameless(training)

    def epoch(self, epoch, epochs, loss):
        if not self.training:
            raise run.CancelledError("Stopped.")


def test_a_stop_is_heard_while_the_vote_cross_validates(tmp_path):
    study = made_up.study(parcels=60)
    plans = ask(study, methods=("groundplan-home", "groundplan"))
    answer(study, plans[:1], Archive(tmp_path))  # its past is ready
    with pytest.raises(run.CancelledError):
        answer(study, plans[1:], Archive(tmp_path), watch=StopsTheNameless())


def test_a_balanced_model_is_made_once_and_kept(tmp_path):
    study = made_up.study(parcels=60)
    archive = Archive(tmp_path)
    first = answer(study, ask(study, methods=("all-past", "replay")), archive)
    models = list((tmp_path / "models").glob("*.safetensors"))
    assert len(models) == 1
    stamp = models[0].stat().st_mtime_ns
    answer(study, ask(study, methods=("joint",)), archive)
    assert [one.stat().st_mtime_ns for one in (tmp_path / "models").glob("*.safetensors")] == [stamp]
    assert first[0].plan.method.name == "all-past"


def test_a_plan_of_every_method_and_design_survives_json_under_its_own_name():
    study = made_up.study(parcels=40)
    for plan in grid(study, "2021", study.departure, [30], DESIGNS, METHODS, "cnn1d", TINY, repeats=2):
        assert from_json(json.loads(json.dumps(to_json(plan)))) == plan
    assert not set(DESIGNS) & set(METHODS)
    assert list(MANNERS) == list(METHODS)
    assert not {one.__name__ for one in DESIGNS.values()} & {one.__name__ for one in METHODS.values()}


@pytest.mark.parametrize("method", ["adjusted", "groundplan-home"])
def test_a_season_whose_parcels_all_test_is_refused_with_the_cure(tmp_path, method):
    study = made_up.study(parcels=60)
    away = dataclasses.replace(study.departure, lat=study.departure.lat + 3)
    plans = grid(
        study, "2021", away, [30], ["radius"], [method], "cnn1d", TINY, test="far-all", repeats=1, seed=0
    )
    with pytest.raises(PlanError, match=r"none is left to standardise.*far-half"):
        answer(study, plans, Archive(tmp_path))

"""Auxiliary variables: what source models predict of parcels that nobody has visited yet."""

import dataclasses

import numpy as np
import pytest

from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import parcels_for_field_plan, parcels_with_auxiliary
from engine.experiments.plan import plan_from_json, plan_to_json
from engine.experiments.predictions import disagreement
from engine.experiments.run import run_plans
from engine.experiments.source_models import committee
from engine.sampling import DESIGNS
from engine.sampling.distances import with_distances
from engine.sampling.radius import Radius
from engine.sampling.split import split_parcels
from tests import made_up
from tests.experiments.examples import ask
from tests.made_up import SMALL

STUDY = made_up.study(parcels=120)
WITH_AUXILIARY = [name for name, design in DESIGNS.items() if design.auxiliary]


def ask_within_20_km(designs, methods=("zero-shot", "transfer"), **changes):
    return ask(STUDY, methods, designs, radii=(20,), **changes)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """With the source models that the designs ask."""
    with_models = Archive(tmp_path_factory.mktemp("archive"))
    run_plans(STUDY, ask_within_20_km(["radius"], ["zero-shot"]), with_models)
    return with_models


def test_models_that_agree_disagree_by_nothing_and_opposite_ones_by_a_bit():
    confident = np.array([[1.0, 0.0]], dtype=np.float32)
    assert disagreement([confident, confident]) == pytest.approx(0, abs=1e-9)
    assert disagreement([confident, confident[:, ::-1]]) == pytest.approx(np.log(2))
    undecided = np.array([[0.5, 0.5]], dtype=np.float32)  # both undecided in the same way: they agree
    assert disagreement([undecided, undecided]) == pytest.approx(0, abs=1e-9)


def test_the_predicted_class_of_a_separable_study_is_the_true_one(archive):
    parcels = parcels_with_auxiliary(STUDY, ask_within_20_km(["stratified"])[1], archive)
    assert (parcels["predicted_class"] == parcels["crop"]).mean() > 0.95


def test_no_label_of_the_target_season_reaches_the_model(archive):
    _, plan = ask_within_20_km(["stratified"])
    with_labels = parcels_with_auxiliary(STUDY, plan, archive)["predicted_class"]
    parcels = STUDY.parcels.copy()
    parcels.loc[parcels["season"] == "2021", "crop"] = STUDY.legend.names[0]
    relabelled = dataclasses.replace(STUDY, parcels=parcels)
    assert list(parcels_with_auxiliary(relabelled, plan, archive)["predicted_class"]) == list(with_labels)


@pytest.mark.parametrize("name", WITH_AUXILIARY)
def test_a_design_with_an_auxiliary_variable_visits_candidates_as_many_as_the_circle_holds(archive, name):
    _, outcome = run_plans(STUDY, ask_within_20_km([name]), archive)
    candidates = split_parcels(STUDY, "2021", STUDY.departure, outcome.plan.test).candidates
    for visited in outcome.visited:
        assert set(visited) <= set(candidates["parcel_id"])
        assert len(visited) == (candidates["distance_km"] <= 20).sum()
    assert plan_from_json(plan_to_json(outcome.plan), outcome.plan.key) == outcome.plan


def test_scratch_may_use_such_a_design_and_its_plan_names_the_sources(archive):
    (outcome,) = run_plans(STUDY, ask_within_20_km(["stratified"], ["scratch"]), archive)
    assert outcome.plan.sources == STUDY.seasons_before("2021")


def test_disagreement_asks_two_models_also_of_a_plan_that_trains_but_one():
    plan = next(plan for plan in ask_within_20_km(["disagreement"], repeats=1) if plan.design.auxiliary)
    assert len(committee(plan).source_seeds) == 2


def test_designs_that_ask_models_need_source_seasons():
    with pytest.raises(PlanError, match="which the design stratified needs"):
        ask_within_20_km(["stratified"], ["scratch"], target="2018")


def test_a_forest_has_no_embedding_and_the_refusal_says_so(tmp_path):
    plans = ask_within_20_km(["embedding"], ["transfer"], learner="random-forest", repeats=1)
    with pytest.raises(PlanError, match="has no embedding"):
        run_plans(STUDY, plans, Archive(tmp_path))


def test_models_that_are_not_trained_yet_are_refused_with_the_run_that_trains_them(tmp_path):
    with pytest.raises(PlanError, match=r"run --target .* --method zero-shot"):
        parcels_with_auxiliary(STUDY, ask_within_20_km(["stratified"])[1], Archive(tmp_path))


@pytest.fixture(scope="module")
def archive_for_field_plans(archive):
    """With the five models that a field plan asks."""
    run_plans(STUDY, ask_within_20_km(["radius"], ["zero-shot"], repeats=5), archive)
    return archive


@pytest.mark.parametrize("name", WITH_AUXILIARY)
def test_a_field_plan_gets_the_variables_of_its_design_on_all_surveyed_parcels(archive_for_field_plans, name):
    surveyed = STUDY.parcels_in("2021")
    parcels = parcels_for_field_plan(STUDY, "2021", STUDY.departure, name, archive_for_field_plans, SMALL)
    assert parcels.geometry.notna().all()
    drawn, expected = (
        Radius(20).draw(with_distances(frame, STUDY.departure), np.random.default_rng(0))
        for frame in (parcels, surveyed)
    )
    assert len(drawn) == len(expected)
    visited = DESIGNS[name](20).draw(with_distances(parcels, STUDY.departure), np.random.default_rng(0))
    assert len(visited) == len(expected)


def test_a_field_plan_with_a_circle_asks_no_model(tmp_path):
    parcels = parcels_for_field_plan(STUDY, "2021", STUDY.departure, "radius", Archive(tmp_path), SMALL)
    assert list(parcels["parcel_id"]) == list(STUDY.parcels_in("2021")["parcel_id"])
    with pytest.raises(PlanError, match="no season 1999"):
        parcels_for_field_plan(STUDY, "1999", STUDY.departure, "radius", Archive(tmp_path), SMALL)

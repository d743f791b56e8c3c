"""What models say of parcels that nobody visited, and plans that ask them."""

import dataclasses

import numpy as np
import pytest

from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import disagreement, parcels_for_field_plan, parcels_with_auxiliary
from engine.experiments.plan import from_json, grid, to_json
from engine.experiments.run import answer
from engine.experiments.sizing import fitted
from engine.fieldwork.costs import Tariff
from engine.fieldwork.estimate import estimate
from engine.sampling.designs import Radius, chosen
from engine.sampling.limits import Limit
from engine.sampling.protocol import Excluding, ListedParcels
from engine.sampling.split import split_parcels
from tests import made_up
from tests.made_up import TINY

STUDY = made_up.study(parcels=120)
ASKING = ["stratified", "disagreement", "embedding"]


def ask(designs, methods=("zero-shot", "transfer"), radii=(20,), **options):
    return grid(
        STUDY, "2021", STUDY.departure, radii, designs, methods, "cnn1d", TINY, **{"repeats": 2} | options
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """With the source models that the designs ask."""
    kept = Archive(tmp_path_factory.mktemp("archive"))
    answer(STUDY, ask(["radius"], ["zero-shot"]), kept)
    return kept


def test_models_that_agree_disagree_by_nothing_and_opposite_ones_by_a_bit():
    sure = np.array([[1.0, 0.0]], dtype=np.float32)
    assert disagreement([sure, sure]) == pytest.approx(0, abs=1e-9)
    assert disagreement([sure, sure[:, ::-1]]) == pytest.approx(np.log(2))
    unsure = np.array([[0.5, 0.5]], dtype=np.float32)  # both unsure in the same way: they agree
    assert disagreement([unsure, unsure]) == pytest.approx(0, abs=1e-9)


def test_the_predicted_class_of_a_separable_study_is_the_true_one(archive):
    known = parcels_with_auxiliary(STUDY, ask(["stratified"])[1], archive)
    assert (known["predicted"] == known["crop"]).mean() > 0.95


def test_no_label_of_the_target_season_reaches_the_model(archive):
    (_, plan) = ask(["stratified"])
    before = parcels_with_auxiliary(STUDY, plan, archive)["predicted"]
    parcels = STUDY.parcels.copy()
    parcels.loc[parcels["season"] == "2021", "crop"] = STUDY.legend.names[0]
    blind = dataclasses.replace(STUDY, parcels=parcels)
    after = parcels_with_auxiliary(blind, plan, archive)["predicted"]
    assert list(before) == list(after)


@pytest.mark.parametrize("name", ASKING)
def test_a_design_that_asks_a_model_is_answered_within_its_ground(archive, name):
    _, outcome = answer(STUDY, ask([name]), archive)
    ground = split_parcels(STUDY, "2021", STUDY.departure, outcome.plan.test)
    for visited in outcome.visited:
        assert set(visited) <= set(ground.open["parcel_id"])
        assert len(visited) == (ground.open["distance_km"] <= 20).sum()
    assert from_json(to_json(outcome.plan)) == outcome.plan


def test_scratch_may_use_such_a_design_and_its_plan_names_the_sources(archive):
    (outcome,) = answer(STUDY, ask(["stratified"], ["scratch"]), archive)
    assert outcome.plan.sources == STUDY.seasons_before("2021")


def test_disagreement_needs_two_models_and_a_past():
    with pytest.raises(PlanError, match="at least 2 repeats"):
        ask(["disagreement"], repeats=1)
    with pytest.raises(PlanError, match="asks a pre-trained model"):
        grid(STUDY, "2018", STUDY.departure, [20], ["stratified"], ["scratch"], "cnn1d", TINY)


def test_a_forest_has_no_embedding_and_says_so(tmp_path):
    plans = grid(
        STUDY, "2021", STUDY.departure, [20], ["embedding"], ["transfer"], "random-forest", TINY, repeats=1
    )
    with pytest.raises(PlanError, match="has no embedding"):
        answer(STUDY, plans, Archive(tmp_path))


def test_models_that_are_not_trained_yet_are_asked_for_by_name(tmp_path):
    with pytest.raises(PlanError, match="Run zero-shot"):
        parcels_with_auxiliary(STUDY, ask(["stratified"])[1], Archive(tmp_path))


def test_field_parcels_know_what_the_design_needs(archive):
    answer(STUDY, ask(["radius"], ["zero-shot"], repeats=5), archive)  # a field plan asks five models
    for name in ASKING:
        parcels = parcels_for_field_plan(STUDY, "2021", STUDY.departure, name, archive, TINY)
        assert parcels.geometry.notna().all()
        assert len(chosen(parcels, STUDY.departure, Radius(20))) == (
            len(chosen(STUDY.parcels_in("2021"), STUDY.departure, Radius(20)))
        )


@pytest.mark.parametrize("name", ["radius", "random", "stratified"])
def test_plans_fitted_to_a_budget_keep_it_in_every_repeat(archive, name):
    (plan,) = ask([name], ["transfer"])
    (fit,) = fitted(STUDY, [plan], [Limit("money", 900)], Tariff(), archive)
    (outcome,) = answer(STUDY, [fit], archive)
    parcels = STUDY.parcels_in("2021")
    for visited in outcome.visited:
        trip = parcels[parcels["parcel_id"].isin(visited)]
        assert estimate(trip, STUDY.departure, Tariff()).money.likely <= 900


def test_unreachable_parcels_and_given_lists_travel_with_the_plan(archive):
    ids = tuple(split_parcels(STUDY, "2021", STUDY.departure, ask(["radius"])[1].test).open["parcel_id"])
    lost = Excluding(Radius(30), ids[:3])
    for design in (lost, ListedParcels(ids[3:9])):
        (outcome,) = answer(STUDY, ask([design], ["transfer"]), archive)
        assert not set(outcome.visited[0]) & set(ids[:3])
        assert from_json(to_json(outcome.plan)) == outcome.plan

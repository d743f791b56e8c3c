"""Plans within a limit of parcels, days or money."""

import pytest

from engine.experiments.archive import Archive
from engine.experiments.plan import plan_from_json, plan_to_json
from engine.experiments.run import run_plans
from engine.experiments.sizing import fitted
from engine.fieldwork.costs import Tariff
from engine.fieldwork.estimate import estimate
from engine.sampling.excluding import Excluding
from engine.sampling.limits import Limit
from engine.sampling.listed import ListedParcels
from engine.sampling.radius import Radius
from engine.sampling.split import split_parcels
from tests import made_up
from tests.experiments.examples import ask

STUDY = made_up.study(parcels=120)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """With the source models that the designs ask."""
    with_models = Archive(tmp_path_factory.mktemp("archive"))
    run_plans(STUDY, ask(STUDY, ["zero-shot"], radii=(20,)), with_models)
    return with_models


@pytest.mark.parametrize("name", ["radius", "random", "stratified"])
def test_plans_fitted_to_a_budget_keep_it_in_every_repeat(archive, name):
    (plan,) = ask(STUDY, ["transfer"], [name], radii=(20,))
    (within,) = fitted(STUDY, [plan], [Limit("money", 900)], Tariff(), archive)
    (outcome,) = run_plans(STUDY, [within], archive)
    parcels = STUDY.parcels_in("2021")
    for visited in outcome.visited:
        trip = parcels[parcels["parcel_id"].isin(visited)]
        assert estimate(trip, STUDY.departure, Tariff()).money.likely <= 900


def test_plans_without_a_size_stay_as_they_are(archive):
    (baseline,) = ask(STUDY, ["zero-shot"])
    (listed,) = ask(STUDY, ["transfer"], [ListedParcels(("p2021-0001",))])
    assert fitted(STUDY, [baseline, listed], [Limit("money", 1)], Tariff(), archive) == (baseline, listed)


def test_unreachable_parcels_and_lists_travel_with_the_plan(archive):
    (plan,) = ask(STUDY, ["transfer"], radii=(20,))
    ids = tuple(split_parcels(STUDY, "2021", STUDY.departure, plan.test).candidates["parcel_id"])
    for design in (Excluding(Radius(30), ids[:3]), ListedParcels(ids[3:9])):
        (outcome,) = run_plans(STUDY, ask(STUDY, ["transfer"], [design]), archive)
        assert not set(outcome.visited[0]) & set(ids[:3])
        assert plan_from_json(plan_to_json(outcome.plan), outcome.plan.key) == outcome.plan

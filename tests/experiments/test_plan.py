import dataclasses
import json

import pytest

import engine
from engine.domain import Departure, PlanError
from engine.experiments import plan as plan_module
from engine.experiments.plan import Plan, TestArea, plan_from_json, plan_to_json
from engine.experiments.source_models import FOR_DESIGNS, committee, source_key
from engine.fingerprints import Fingerprints, SeasonFingerprint
from engine.learning.methods.ensemble import StackedEnsemble
from engine.learning.methods.scratch import Scratch
from engine.learning.methods.transfer import Transfer
from engine.learning.methods.zero_shot import ZeroShot
from engine.learning.pretraining import BestFold
from engine.learning.recipes import PAPER, QUICK
from engine.sampling.no_visit import NoVisit
from engine.sampling.protocol import SizedDesign
from engine.sampling.radius import Radius
from engine.sampling.random import Random
from engine.sampling.transects import Transects
from tests import made_up
from tests.made_up import grid

USED = Fingerprints("a", "b", SeasonFingerprint("c", "d", "e"), (SeasonFingerprint("f", "g", "h"),) * 2)
PLAN = Plan(
    USED, "2021", ("2019", "2020"), Departure(19.8, 45.2), Radius(20), Transfer(), "cnn1d", QUICK,
    TestArea(), 5, 0,
)  # fmt: skip
CHANGES = {
    "study": dataclasses.replace(USED, target=SeasonFingerprint("c", "d", "other labels")),
    "target": "2022",
    "sources": ("2020",),
    "departure": Departure(19.8, 45.3),
    "design": Random(20),
    "method": Scratch(),
    "learner": "random-forest",
    "recipe": PAPER,
    "test": TestArea("far-all"),
    "repeats": 4,
    "seed": 1,
    "source_models": 1,
}


def test_the_changes_tried_below_cover_every_field():
    assert set(CHANGES) == {field.name for field in dataclasses.fields(Plan)}


@pytest.mark.parametrize("field", CHANGES)
def test_the_key_changes_with_every_field_of_the_plan(field):
    assert dataclasses.replace(PLAN, **{field: CHANGES[field]}).key != PLAN.key


def test_the_key_changes_with_every_number_of_the_recipe():
    keys = {PLAN.key}
    for field in dataclasses.fields(QUICK):
        value = getattr(QUICK, field.name)
        changed = "x" if isinstance(value, str) else value + 1 if isinstance(value, int | float) else None
        if changed is None:
            changed = dataclasses.replace(value, epochs=value.epochs + 1)
        keys.add(dataclasses.replace(PLAN, recipe=dataclasses.replace(QUICK, **{field.name: changed})).key)
    assert len(keys) == 1 + len(dataclasses.fields(QUICK))


def test_the_key_changes_with_the_version_of_the_engine(monkeypatch):
    before = PLAN.key
    monkeypatch.setattr(plan_module.engine, "__version__", "999")
    assert dataclasses.replace(PLAN).key != before  # a plan keeps its own key


def test_the_name_of_the_departure_is_not_part_of_the_key():
    assert dataclasses.replace(PLAN, departure=Departure(19.8, 45.2, "Novi Sad")).key == PLAN.key


def test_a_whole_number_of_km_is_the_same_radius():
    assert dataclasses.replace(PLAN, design=Radius(20.0)).key == PLAN.key


@pytest.mark.parametrize("field", CHANGES)
def test_a_plan_survives_the_way_through_json(field):
    plan = dataclasses.replace(PLAN, **{field: CHANGES[field]})
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan))), plan.key) == plan


def test_the_key_rests_on_names_and_values_and_not_on_classes_or_the_order_of_fields(monkeypatch):
    @dataclasses.dataclass(frozen=True)
    class Reordered(SizedDesign):
        name = "transects"
        width_km: float = 3.0
        directions: int = 5

    assert (
        dataclasses.replace(PLAN, design=Reordered(20)).key
        == dataclasses.replace(PLAN, design=Transects(20)).key
    )
    assert (
        dataclasses.replace(PLAN, design=Reordered(20, 4.0)).key
        != dataclasses.replace(PLAN, design=Transects(20)).key
    )


def test_a_key_stays_as_it_is_from_release_to_release():
    assert engine.__version__ == "0.1.0"  # with another version comes another key
    assert PLAN.key == "b5ddee6d105dd4e8"
    assert dataclasses.replace(PLAN, method=StackedEnsemble()).key == "708b2d0314f676fd"


def test_a_plan_that_names_the_whole_study_is_read_as_it_was_written():
    old = dataclasses.replace(PLAN, study=Fingerprints(study="abc"))
    assert plan_to_json(old)["study"] == "abc"
    assert plan_from_json(json.loads(json.dumps(plan_to_json(old))), old.key) == old


def test_a_plan_with_a_source_model_for_each_repeat_is_written_as_before_there_was_a_choice():
    assert "source_models" not in plan_to_json(PLAN)
    shared = dataclasses.replace(PLAN, source_models=1)
    assert plan_from_json(json.loads(json.dumps(plan_to_json(shared))), shared.key) == shared


def test_repeats_take_the_source_models_in_turns():
    plan = dataclasses.replace(PLAN, source_models=2, seed=7)
    names = [source_key(plan, repeat, BestFold()).name for repeat in range(5)]
    assert [source_key(plan, repeat, BestFold()).seed for repeat in range(5)] == [7, 8, 7, 8, 7]
    assert len(set(names)) == 2


def test_as_many_source_models_as_repeats_and_a_method_without_sources_change_no_key():
    study = made_up.study()
    asked = {"methods": ["transfer", "scratch"], "radii": [30], "designs": ["radius"]}
    separate = ask(study, **asked, source_models=None)
    assert ask(study, **asked, source_models=separate[0].repeats) == separate
    transfer, scratch = ask(study, **asked)
    assert (transfer.source_models, scratch) == (1, separate[1])


def test_a_design_that_asks_whether_source_models_disagree_has_two_and_its_method_keeps_its_own():
    asked = {"methods": ["transfer"], "radii": [30], "repeats": 3}
    study = made_up.study()
    (alone,) = ask(study, **asked, designs=["radius"])
    (shared,) = ask(study, **asked, designs=["disagreement"])
    (separate,) = ask(study, **asked, designs=["disagreement"], source_models=None)
    assert committee(alone) is alone
    assert committee(separate) is separate
    assert committee(shared).source_seeds == (0, 1)
    assert {source_key(shared, repeat, BestFold()) for repeat in range(3)} == {
        source_key(alone, 0, BestFold())
    }
    assert source_key(committee(shared), 0, FOR_DESIGNS) == source_key(alone, 0, BestFold())


def test_whole_degrees_are_the_same_departure():
    assert dataclasses.replace(PLAN, departure=Departure(20, 45)).key == (
        dataclasses.replace(PLAN, departure=Departure(20.0, 45.0)).key
    )


def ask(study, **changes):
    options = {
        "target": "2021", "departure": study.departure, "radii": [20, 30], "designs": ["radius", "random"],
        "methods": ["zero-shot", "transfer", "scratch"], "learner": "cnn1d", "recipe": QUICK,
    }  # fmt: skip
    return grid(study, **(options | changes))


def test_a_grid_asks_every_combination_and_a_method_without_a_trip_once():
    plans = ask(made_up.study())
    assert len(plans) == len(set(plans)) == 1 + 2 * 2 * 2
    assert sum(plan.method == ZeroShot() for plan in plans) == 1
    assert all(plan.design == NoVisit() for plan in plans if plan.method == ZeroShot())


def test_sources_are_the_earlier_seasons_by_default_all_others_or_named_ones():
    study = made_up.study()
    assert ask(study, target="2020")[0].sources == ("2018", "2019")
    assert ask(study, target="2020", source="others")[0].sources == ("2018", "2019", "2021")
    assert ask(study, target="2020", source="2021,2018")[0].sources == ("2018", "2021")


def test_training_from_scratch_has_the_same_key_whatever_the_sources():
    study = made_up.study()
    earlier, named = (ask(study, methods=["scratch"], source=source) for source in ("earlier", "2018"))
    assert earlier == named


def test_the_old_spelling_of_earlier_seasons_and_old_names_are_understood():
    study = made_up.study()
    assert ask(study, source="past") == ask(study, source="earlier") == ask(study)
    names = {"designs": ["corridors", "transects"], "methods": ["groundplan", "ensemble"]}
    assert ask(study, **names) == ask(study, designs=["transects"], methods=["ensemble"])


def test_the_test_area_begins_beyond_30_km_or_the_largest_radius():
    study = made_up.study()
    assert {plan.test.beyond_km for plan in ask(study, radii=[10, 20])} == {30}
    assert {plan.test.beyond_km for plan in ask(study, radii=[10, 40])} == {40}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"target": "1999"}, "has no season 1999"),
        ({"target": "2018"}, "no season with labels before 2018.*--source others"),
        ({"source": "2021"}, "both target and source"),
        ({"source": "1999"}, "has no season 1999"),
        ({"radii": [40], "beyond_km": 30}, "reaches into the test area"),
        ({"radii": [-1]}, "no circle"),
        ({"methods": []}, "Nothing was asked"),
        ({"radii": [], "methods": ["transfer"]}, "Nothing was asked"),
        ({"methods": ["magic"]}, "no method magic"),
        ({"designs": ["spiral"]}, "no design spiral"),
        ({"learner": "oracle"}, "no learner oracle"),
        ({"repeats": 0}, "at least 1"),
        ({"source_models": 0}, "at least 1 and fewer than repeats"),
        ({"source_models": 9}, "at least 1 and fewer than repeats"),
        ({"test": "near"}, "no test area near"),
    ],
)
def test_a_senseless_question_is_refused_with_its_cure(changes, sentence):
    with pytest.raises(PlanError, match=sentence):
        ask(made_up.study(), **changes)

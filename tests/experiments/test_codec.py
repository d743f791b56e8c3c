"""What strangers write is checked part by part; what is registered in a test is known."""

import copy
import dataclasses
import json
from pathlib import Path

import pytest

from engine.domain import Departure, Estimate, PlanError
from engine.experiments import codec
from engine.experiments.codec import CodecError, from_json, to_json
from engine.experiments.outcome import Outcome, Repeat
from engine.experiments.plan import Plan, TestArea, plan_from_json, plan_to_json
from engine.experiments.records import read_outcome
from engine.fingerprints import Fingerprints, SeasonFingerprint
from engine.learning import methods
from engine.learning.methods.ensemble import StackedEnsemble
from engine.learning.methods.scratch import Scratch
from engine.learning.recipes import QUICK
from engine.sampling import DESIGNS
from engine.sampling.excluding import Excluding
from engine.sampling.listed import ListedParcels
from engine.sampling.no_visit import NoVisit
from engine.sampling.radius import Radius

DEMO = Path(__file__).parents[2] / "data" / "vojvodina-demo"
PLAN = Plan(
    Fingerprints("a", "b", SeasonFingerprint("c", "d", "e"), (SeasonFingerprint("f", "g", "h"),)), "2021",
    ("2019", "2020"), Departure(19.8, 45.2, "Novi Sad"), Radius(20), StackedEnsemble(),
    "cnn1d", QUICK, TestArea(), 5, 0,
)  # fmt: skip
NAN, INFINITE = float("nan"), float("inf")


def test_a_plan_is_written_in_plain_names():
    facts = json.loads(json.dumps(plan_to_json(PLAN)))
    assert facts["design"] == {"name": "radius", "equivalent_radius_km": 20.0}
    assert facts["method"] == {
        "name": "ensemble",
        "period_days": 15.0,
        "revision": 3,
        "steps": 250,
        "caution": 10.0,
    }
    assert facts["departure"] == {"lon": 19.8, "lat": 45.2, "name": "Novi Sad"}
    assert facts["sources"] == ["2019", "2020"]


@pytest.mark.parametrize(
    "design",
    [*(design(20) for design in DESIGNS.values()), NoVisit(), ListedParcels(("p1", "p2")), ListedParcels(())],
    ids=lambda design: design.name,
)
def test_every_design_survives_alone_and_with_parcels_excluded(design):
    for whole in (design, Excluding(design, ("p7",))):
        plan = dataclasses.replace(PLAN, design=whole)
        assert plan_from_json(json.loads(json.dumps(plan_to_json(plan))), plan.key) == plan


@pytest.mark.parametrize("method", list(methods.METHODS))
def test_every_method_survives(method):
    plan = dataclasses.replace(PLAN, method=methods.method_by_name(method))
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan))), plan.key) == plan


@dataclasses.dataclass(frozen=True)
class Within(Radius):
    """A design of a test module."""

    rings: int = 2
    name = "within"


@dataclasses.dataclass(frozen=True)
class Patient(Scratch):
    """A method of a test module."""

    hours: float = 1.5
    name = "patient"


def test_a_design_and_a_method_registered_by_a_test_are_known_from_then_on(monkeypatch):
    plan = dataclasses.replace(PLAN, design=Within(20, rings=3), method=Patient(hours=2.5))
    facts = plan_to_json(plan)
    with pytest.raises(PlanError, match="there is no design 'within'"):
        plan_from_json(facts, plan.key)
    monkeypatch.setitem(DESIGNS, "within", Within)
    monkeypatch.setitem(methods.METHODS, "patient", Patient)
    again = plan_from_json(facts, plan.key)
    assert again == plan
    assert (again.design.rings, again.method.hours) == (3, 2.5)


def changed(path, value):
    facts = copy.deepcopy(plan_to_json(PLAN))
    *parents, name = path.split(".")
    part = facts
    for parent in parents:
        part = part[parent]
    part[name] = value
    return facts


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("repeats", "5", "repeats: '5' is not a whole number"),
        ("repeats", True, "repeats: True is not a whole number"),
        ("repeats", 5.0, "repeats: 5.0 is not a whole number"),
        ("repeats", 0, "at least 1"),
        ("repeats", 10**400, "has the key"),
        ("seed", None, "seed: None is not a whole number"),
        ("seed", 1, "has the key"),
        ("study", 3, "study: 3 are no fingerprints"),
        ("target", "2020", "both target and source"),
        ("sources", "2019", "sources: '2019' is no list"),
        ("sources", [2019], "sources: .*text"),
        ("sources", [["2019"]], "sources: .*text"),
        ("sources", {"2019": 1}, "sources: .*no list"),
        ("learner", "oracle", "no learner oracle"),
        ("departure", "Novi Sad", "departure: it is no object"),
        ("departure.lon", NAN, "departure.lon: nan is not a finite"),
        ("departure.lon", "19", "departure.lon: '19' is not a finite"),
        ("departure.lon", 19, "departure.lon: 19 is not a finite decimal"),
        ("departure.lon", 400.0, "not on the globe"),
        ("departure.height", 80.0, "departure: there is no 'height'"),
        ("design", None, "design: None is no design"),
        ("design", "radius", "design: 'radius' is no design"),
        ("design", {"name": "spiral"}, "there is no design 'spiral'; known are radius"),
        ("design", {"name": ["radius"]}, "there is no design"),
        ("design", {"name": "radius"}, "'equivalent_radius_km' is missing"),
        ("design", {"is": "Popen", "args": ["true"]}, "there is no design None"),
        ("design", {"name": "ensemble"}, "there is no design 'ensemble'"),
        ("design.equivalent_radius_km", INFINITE, "inf is not a finite"),
        ("design.equivalent_radius_km", -3.0, "no circle"),
        ("design.equivalent_radius_km", 50.0, "reaches into the test area"),
        ("design.directions", 5, "design: there is no 'directions'"),
        ("method", {"name": "radius"}, "there is no method 'radius'"),
        ("method", {"name": "ensemble"}, "leaves parts out"),
        ("method.steps", 250.5, "method.steps: 250.5 is not a whole number"),
        ("recipe", [], "recipe: it is no object"),
        ("recipe.pretrain.epochs", "many", "recipe.pretrain.epochs: 'many' is not a whole number"),
        ("recipe.dropout", True, "recipe.dropout: True is not a finite"),
        ("test.kind", "near", "test.kind: near"),
        ("test.kind", ["far-half"], "test.kind"),
        ("test.beyond_km", NAN, "test.beyond_km: nan is not a finite"),
        ("extra", 1, "there is no 'extra'"),
        ("study", "", "study"),
        ("study", {}, "study: {} are no fingerprints"),
        ("study.study", "abc", "are no fingerprints"),
        ("study.target", {"fields": "c"}, "leaves parts out"),
        ("study.target.labels", 1, "study.target.labels: 1 is not text"),
        ("study.sources", "f", "study.sources"),
    ],
)
def test_a_plan_with_a_part_that_is_not_as_declared_is_refused_by_the_name_of_the_part(path, value, sentence):
    with pytest.raises(PlanError, match=sentence) as refusal:
        plan_from_json(changed(path, value), PLAN.key)
    assert "Take the file as Groundplan wrote it." in str(refusal.value)


@pytest.mark.parametrize("part", [*plan_to_json(PLAN)])
def test_a_plan_that_lacks_a_part_is_refused_by_its_name(part):
    facts = plan_to_json(PLAN)
    del facts[part]
    with pytest.raises(PlanError, match=f"'{part}' is missing"):
        plan_from_json(facts, PLAN.key)


def nested(depth, make):
    value = plan_to_json(PLAN)["design"]
    for _ in range(depth):
        value = make(value)
    return value


@pytest.mark.parametrize("depth", [2, 900, 100_000])
def test_deep_nesting_is_refused_and_breaks_nothing(depth):
    designs = nested(depth, lambda inner: {"name": "excluding", "design": inner, "unreachable": []})
    lists = nested(depth, lambda inner: [inner])
    for facts in (
        changed("design", designs),
        changed("design", lists),
        changed("sources", lists),
        changed("departure.name", lists),
        lists,
    ):
        with pytest.raises(PlanError):
            plan_from_json(facts, PLAN.key)
    with pytest.raises(PlanError, match="has the key"):
        plan_from_json(plan_to_json(PLAN), lists)


@pytest.mark.parametrize("value", [None, True, 3, 2.5, "plan", "", [], {}, [[]], {"is": "Plan"}, {"name": 1}])
def test_what_is_no_plan_at_all_is_refused(value):
    with pytest.raises(PlanError, match="is no plan"):
        plan_from_json(value, PLAN.key)


@pytest.mark.parametrize("key", [None, 3, "", "0" * 16, [], {}])
def test_a_plan_under_another_key_is_refused(key):
    with pytest.raises(PlanError, match="the file was altered"):
        plan_from_json(plan_to_json(PLAN), key)


def test_only_a_part_that_has_a_design_or_a_method_looks_one_up():
    with pytest.raises(CodecError):
        from_json(Departure, {"name": "radius", "equivalent_radius_km": 20.0})
    assert set(codec.designs()) == {*DESIGNS, "no-visit", "listed", "excluding"}


def test_a_repeat_survives_and_keeps_every_digit():
    repeat = Repeat(("p1",), [[[1, 2], [3, 4]]], [[[0, 1], [1, 0]]], (0.1 + 0.2,), 1 / 3, {"engine": "x"})
    assert from_json(Repeat, json.loads(json.dumps(to_json(repeat)))) == repeat


def test_every_shipped_outcome_is_whole_and_explained_as_it_is_read():
    paths = sorted((DEMO / "outcomes").glob("*.json"))
    assert len(paths) > 150
    for path in paths:
        outcome = read_outcome(path)
        facts = json.loads(json.dumps(to_json(outcome)))
        assert from_json(Outcome, facts) == from_json(Outcome, facts, explain=False) == outcome
        assert outcome.plan.key == path.stem


@pytest.mark.parametrize("explain", [True, False])
@pytest.mark.parametrize(
    "estimate",
    [
        {"value": 0.5, "low": 0.4, "high": 0.6, "level": True},
        {"value": NAN, "low": 0.4, "high": 0.6},
        {"value": 0.9, "low": 0.4, "high": 0.6},
        {"value": 0.5, "low": 0.4},
        {"value": "0.5", "low": 0.4, "high": 0.6},
    ],
)
def test_an_estimate_that_is_none_is_refused_with_and_without_explanation(estimate, explain):
    with pytest.raises(CodecError):
        from_json(Estimate, estimate, explain=explain)

"""Advice for a season without labels rests on its backtests alone."""

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.decisions.backtest import backtests
from engine.decisions.class_mix import class_mix
from engine.decisions.decision import Aims
from engine.decisions.diagnosis import diagnose, diagnosis_of_plan
from engine.decisions.outlook import outlook
from engine.decisions.outlook_wording import choice_title, outlook_headline, outlook_reasons
from engine.decisions.report_wording import diagnosis_sentences
from engine.decisions.routed import routed_trip
from engine.decisions.trip import TripRequest, replaced_by, trip
from engine.decisions.wording import FORECAST, HINDSIGHT, forecast_or_hindsight
from engine.experiments.archive import Archive
from engine.experiments.preparation import prepare
from engine.experiments.run import run_plans
from engine.fieldwork.costs import Tariff
from engine.fieldwork.estimate import estimate
from engine.sampling.limits import Limit
from engine.sampling.split import TestArea, split_parcels
from tests import made_up
from tests.experiments.examples import ask
from tests.made_up import TINY

LABELLED = made_up.study(parcels=60, times=6, pixels=2)
STUDY = made_up.without_labels(LABELLED, "2021")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Backtests of trips to 2021, with gains that differ by size."""
    archive = Archive(tmp_path_factory.mktemp("outlook"))
    plans = backtests(
        STUDY, ask(STUDY, ("joint",), ("radius", "random"), radii=(20, 30), repeats=1, recipe=TINY)
    )
    run_plans(STUDY, plans, archive)
    return archive


@pytest.fixture(autouse=True)
def default_method(monkeypatch):
    """A method that learns quickly stands in for the ensemble."""
    monkeypatch.setattr("engine.decisions.outlook.DEFAULT", "joint")


def gained(outcomes, points):
    """The same answers, but every trip gains so many points over its baseline."""
    free = {o.plan.target: o for o in outcomes if not o.visits}
    lifted = [
        dataclasses.replace(
            o, repeats=tuple(f1 + points / 100 for f1 in free[o.plan.target].repeats), counts=None
        )
        if o.visits
        else o
        for o in outcomes
    ]
    assert any(o.visits for o in lifted)
    return lifted


def asked(archive, outcomes, **more):
    return outlook(STUDY, outcomes, "2021", STUDY.departure, Tariff(), archive, Aims(**more))


def test_a_trip_that_pays_is_recommended_and_one_that_loses_is_not(archive):
    outcomes = archive.outcomes(STUDY)
    good = asked(archive, gained(outcomes, 8), value_of_point=1e4)
    assert len(good.choices) == 4
    assert good.best.surplus(1e4) == max(each.surplus(1e4) for each in good.choices) > 0
    assert good.recommended.surplus(1e4) > 0
    for cheaper in good.choices[: good.choices.index(good.recommended)]:
        apart = np.hypot(cheaper.within_season, good.best.within_season)
        assert good.best.surplus(1e4) - cheaper.surplus(1e4) > 1e4 * apart or cheaper.surplus(1e4) <= 0
    assert choice_title(good.recommended) in outlook_headline(good)
    reasons = " ".join(outlook_reasons(STUDY, good))
    assert "no labels yet" in reasons
    assert "Backtests of 3 seasons (2018 to 2020): circle at 2 sizes and random sample at 2 sizes" in reasons
    assert "Forecast for this season's map without a trip: macro F1 " in reasons
    assert asked(archive, gained(outcomes, 8)).recommended.forecast.probability_of_gain > 0.84
    bad = asked(archive, gained(outcomes, -8))
    assert bad.recommended is None
    assert outlook_headline(bad).startswith("Map 2021 without a trip")
    assert "clear gain" in outlook_headline(bad)
    dear = asked(archive, gained(outcomes, 8), value_of_point=0.01)
    assert dear.recommended is None


def test_a_budget_leaves_out_what_costs_more(archive):
    outcomes = gained(archive.outcomes(STUDY), 8)
    money = [each.forecast.money for each in asked(archive, outcomes).choices]
    some = asked(archive, outcomes, budget=money[1], value_of_point=1e4)
    assert some.beyond_budget == 2
    assert some.recommended.forecast.money <= money[1]
    none = asked(archive, outcomes, budget=1)
    assert "no backtested trip fits 1" in outlook_headline(none)
    assert "4 of 4 backtested trips cost more" in " ".join(outlook_reasons(STUDY, none))


def test_without_a_backtest_there_is_no_outlook(archive):
    assert asked(archive, []) is None


def test_the_diagnosis_of_an_open_season_names_what_its_classes_are(archive, tmp_path):
    (plan,) = ask(STUDY, ("scratch",), ("random",), radii=(25,), recipe=TINY)
    unknown = diagnosis_of_plan(STUDY, plan, Archive(tmp_path))
    assert (unknown.classes, unknown.lacks, unknown.trip.mix, unknown.random.missing) == (
        "unknown", (), None, None,
    )  # fmt: skip
    assert diagnosis_sentences(unknown)[0].startswith("Classes that it misses: not known yet")
    prepare(STUDY, "2021", STUDY.departure, [], archive, TINY, "cpu")
    known = diagnosis_of_plan(STUDY, plan, archive)
    assert known.classes == "predicted"
    assert 0 <= known.trip.mix <= 1
    assert "predicted by the source model" in diagnosis_sentences(known)[0]


def test_a_diagnosis_without_a_mix_looks_at_no_label():
    split = split_parcels(STUDY, "2021", STUDY.departure, TestArea())
    found = diagnose(STUDY, "2021", split.candidates["parcel_id"].tolist()[:5], split)
    assert (found.classes, found.trip.missing) == ("unknown", None)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**16), st.sampled_from(["radius", "random", "transects"]))
def test_whatever_grows_in_the_season_its_trips_bills_and_forecasts_are_the_same(archive, seed, design):
    """Random crops of the target reach neither parcels nor money nor gain."""
    parcels = LABELLED.parcels.copy()
    of_target = (parcels["season"] == "2021").to_numpy()
    grown = np.random.default_rng(seed).choice(LABELLED.legend.names, of_target.sum())
    parcels.loc[of_target, "crop"] = grown
    known = dataclasses.replace(STUDY, parcels=parcels)
    request = TripRequest("2021", STUDY.departure, design, Limit("parcels", 12), Tariff(), recipe=TINY)
    first, second = (trip(study, request, archive) for study in (STUDY, known))
    assert list(first.wanted["parcel_id"]) == list(second.wanted["parcel_id"])
    made = (
        routed_trip(study, request, Archive(archive.folder / grown))
        for study, grown in ((STUDY, "unknown"), (known, "known"))
    )
    assert replaced_by(next(made).trip) == replaced_by(next(made).trip) != {}
    bills = [estimate(each.wanted, STUDY.departure, Tariff()) for each in (first, second)]
    assert bills[0] == bills[1]
    outcomes = archive.outcomes(STUDY)
    outlooks = [
        outlook(study, outcomes, "2021", STUDY.departure, Tariff(), archive) for study in (STUDY, known)
    ]
    assert [each.forecast for each in outlooks[0].choices] == [each.forecast for each in outlooks[1].choices]
    assert class_mix(known, "2021", archive, TINY).basis == "labels"


def test_only_a_season_whose_crops_are_known_is_called_hindsight():
    assert forecast_or_hindsight(STUDY, "2021")[0] == FORECAST
    assert forecast_or_hindsight(LABELLED, "2021")[0] == HINDSIGHT
    assert "2020" in forecast_or_hindsight(STUDY, "2020")[1]


def test_a_size_that_was_tested_in_one_season_alone_is_no_option(archive):
    outcomes = archive.outcomes(STUDY)
    (stray, *_) = [o for o in outcomes if o.plan.target == "2020" and o.plan.design.name == "radius"]
    smaller = dataclasses.replace(
        stray.plan, design=dataclasses.replace(stray.plan.design, equivalent_radius_km=25.0)
    )
    more = [*outcomes, dataclasses.replace(stray, plan=smaller)]
    question = "2021", STUDY.departure, Tariff(), archive
    sizes = [
        {choice.forecast.equivalent_radius_km for choice in outlook(STUDY, found, *question).choices}
        for found in (outcomes, more)
    ]
    assert sizes == [{20.0, 30.0}, {20.0, 30.0}]


def test_the_forecast_of_a_season_that_has_labels_by_now_does_not_call_it_unlabelled(archive):
    outcomes = archive.outcomes(STUDY)
    found = outlook(STUDY, outcomes, "2021", STUDY.departure, Tariff(), archive)
    said = {study: " ".join(outlook_reasons(study, found)) for study in (STUDY, LABELLED)}
    assert "2021 has no labels yet" in said[STUDY]
    assert "no labels yet" not in said[LABELLED]
    assert "what was forecast for 2021 before it had labels" in said[LABELLED]

"""The sentences of an advice, under every filter."""

import re

import pytest
from hypothesis import given, settings

from engine.decisions.advice import advise
from engine.decisions.advice_rows import claim_rows
from engine.decisions.claim_wording import claim_sentence, reasons, rule
from engine.decisions.claims import claims
from engine.decisions.wording import headline, verdict
from engine.domain import PlanError
from engine.experiments.scores import MACRO_F1
from tests.decisions.options_of import option
from tests.decisions.test_claims import BUDGET, VALUE, option_sets

FREE, ENSEMBLE = option("zero-shot", 0.0, 0.70, 0.005), option("ensemble-zero-shot", 0.0, 0.80, 0.005)


def text(options, **aims):
    advice = advise(options, **aims)
    return headline(advice, "Novi Sad", "EUR"), " ".join(reasons(advice, "EUR"))


def test_a_budget_that_fits_nothing_is_told_what_the_cheapest_better_trip_costs():
    worse, better = option("scratch", 200.0, 0.60, km=11), option("scratch", 362.0, 0.75, km=12)
    lead, said = text([FREE, worse, better], budget=100)
    assert "No tried trip fits 100 €; the cheapest that scores more costs an estimated 362 €." in lead
    assert "an estimated 362 €" in said
    lead, said = text([FREE, worse], budget=100)
    assert "No tried trip scores more." in lead
    assert "No tried trip fits 100 €, and none scores more" in said
    lead, _ = text([FREE, worse, better], budget=250)
    assert "No tried trip within 250 € scores more; the cheapest that does costs an estimated 362 €." in lead


def test_without_trips_or_without_a_baseline_that_is_said():
    assert "No trip with this score is answered yet." in text([FREE])[0]
    assert "trips are compared with each other" in text([option("scratch", 100.0, 0.7)])[1]
    with pytest.raises(PlanError, match="the cheapest costs 100"):
        advise([option("scratch", 100.0, 0.7)], budget=50)


def test_a_baseline_that_is_better_than_all_is_recommended_and_nothing_scores_more():
    lead, said = text([ENSEMBLE, option("ensemble", 100.0, 0.78)])
    assert lead.startswith("Map without a trip")
    assert "No tried trip scores more." in lead
    assert "1 of 1 trip by Groundplan ensemble scores below" in said


def test_the_studys_methods_stand_in_a_sentence_of_their_own_by_name():
    options = [
        FREE, ENSEMBLE, option("scratch", 100.0, 0.65, km=11), option("transfer", 100.0, 0.68, km=12),
        option("transfer", 150.0, 0.75, km=13), option("ensemble", 200.0, 0.85, 0.005, km=14),
    ]  # fmt: skip
    _, said = text(options)
    assert "Trips of the study's methods that score below Zero-shot (no field trip), 70.0%" in said
    assert "1 of 1 by From scratch" in said
    assert "1 of 2 by Transfer (fine-tuned)" in said
    assert "by Groundplan ensemble" not in said
    shown = verdict([each.outcome for each in options], MACRO_F1)
    assert "score" not in shown.partition(". ")[2]


def test_the_rule_is_a_line_with_budget_and_value():
    advice = advise([FREE], value_of_point=100, budget=900)
    line = rule(advice, "EUR")
    assert "within 900 €" in line
    assert "at 100 € a point of macro F1" in line
    assert reasons(advice, "EUR")[-1] == line


@settings(max_examples=100, deadline=None)
@given(option_sets(), VALUE, BUDGET)
def test_each_claim_has_a_sentence_with_its_amounts_and_the_rows_hold_both(options, value, budget):
    try:
        advice = advise(options, value_of_point=value, budget=budget)
    except PlanError:
        return
    said = claims(advice)
    for claim, row in zip(said, claim_rows(advice, "EUR"), strict=True):
        sentence = claim_sentence(claim, advice, "EUR")
        assert row["text"] == sentence
        assert sentence.endswith((".", ")"))
        if claim.money is not None:
            assert f"{abs(claim.money):,.0f} €" in sentence
        if claim.count is not None:
            assert re.search(rf"\b{claim.count} of {claim.of}\b", sentence)
        if claim.change is not None and claim.kind != "price":
            assert f"{100 * claim.change.value:+.1f} points" in sentence
    lead = headline(advice, "Novi Sad", "EUR")
    if "No tried trip scores more" in lead:
        trips = [each for each in options if each.visits]
        assert all(each.f1.value <= advice.baseline.f1.value for each in trips)

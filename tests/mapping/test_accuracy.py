"""Accuracies and areas: they cover the truth, and say what they rest on."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.domain import Estimate
from engine.mapping.accuracy import measures
from engine.mapping.accuracy.acceptance import acceptance
from engine.mapping.accuracy.assessment import _arrays, assess
from engine.mapping.accuracy.cells import cells_of
from engine.mapping.accuracy.intervals import effective_size, estimate_of_share
from engine.mapping.accuracy.nouns import AccuracyError, Frame
from engine.mapping.accuracy.statement import requirement, statement, without_sample
from engine.mapping.accuracy.thin_strata import joined
from engine.mapping.accuracy.two_phases import two_phase_strata
from tests.mapping.populations import CROPS, drawn, figures_of, population, strata_of, truths

SIZES = {"maize": 60, "wheat": 45, "soybean": 35, "sunflower": 25}
MAP = population(np.random.default_rng(11), 3000)
FRAME = Frame(strata_of(MAP), parcels=MAP)
TRUTH = truths(MAP)
DRAWS = 150


def assessed(seed=0, **options):
    return assess(FRAME, drawn(MAP, SIZES, np.random.default_rng(seed)), **options)


@pytest.mark.parametrize("assisted", [False, True])
def test_intervals_cover_the_truth_as_often_as_they_say(assisted):
    """A rough check of each and a closer one of all; benchmarks/accuracy_coverage.py has 1,000 draws."""
    rng = np.random.default_rng(1)
    hits, values = Counter(), Counter()
    for _ in range(DRAWS):
        for name, figure in figures_of(assess(FRAME, drawn(MAP, SIZES, rng), assisted=assisted)).items():
            hits[name] += figure.estimate.low <= TRUTH[name] <= figure.estimate.high
            values[name] += figure.estimate.value / DRAWS
    assert set(hits) == set(TRUTH)
    assert min(hits.values()) >= 131
    assert sum(hits.values()) / len(hits) / DRAWS == pytest.approx(0.955, abs=0.02)
    assert {name: values[name] / TRUTH[name] for name in TRUTH} == pytest.approx(
        dict.fromkeys(TRUTH, 1.0), abs=0.07
    )


def test_a_census_has_no_error():
    everyone = MAP.assign(reference=MAP["truth"])
    for weight in ("area", "parcels"):
        found = assess(FRAME, everyone, weight=weight)
        truth = truths(MAP, weight)
        assert found.overall.estimate.value == pytest.approx(truth["overall"])
        assert found.macro_f1.estimate.value == pytest.approx(truth["macro_f1"])
        assert found.macro_f1.standard_error == pytest.approx(0, abs=1e-9)
        assert found.by_class[0].area.estimate.value == pytest.approx(truth[f"area {found.classes[0]}"])


def test_the_linearised_error_of_macro_f1_is_that_of_the_bootstrap():
    rng = np.random.default_rng(2)
    sample = drawn(MAP, SIZES, rng)
    frame = Frame(FRAME.strata, finite=False)
    again = []
    for _ in range(300):
        rows = np.concatenate(
            [rng.choice(rows, len(rows)) for rows in sample.reset_index().groupby("stratum").indices.values()]
        )
        copy = sample.iloc[rows].assign(parcel_id=range(len(rows)))
        again.append(assess(frame, copy).macro_f1.estimate.value)
    assert assess(frame, sample).macro_f1.standard_error == pytest.approx(np.std(again), rel=0.15)


def test_the_jackknife_is_the_usual_variance_of_what_is_linear_and_more_of_what_is_not():
    regions = MAP.assign(stratum=np.where(MAP["lon"] < 19.9, "west", "east"))
    frame, rng, everything = Frame(strata_of(regions)), np.random.default_rng(6), np.ones(len(CROPS), bool)
    more = []
    for _ in range(30):
        rows = drawn(regions, {"west": 60, "east": 60}, rng)
        cells = cells_of(_arrays(frame, rows, CROPS, "parcels", False)[0])
        macro = measures.macro_f1(cells.values)
        assert measures.mean_f1(cells.values, everything) == pytest.approx(macro.value)
        again = cells.jackknife(lambda each: measures.mean_f1(each, everything))
        more.append(again / cells.variance(macro.gradient)[0])
    assert 1.03 < np.mean(more) < 1.3
    overall = measures.overall(cells.values)
    plain = cells.jackknife(lambda each: np.trace(each, axis1=-2, axis2=-1) / each.sum(axis=(-2, -1)))
    assert plain == pytest.approx(cells.variance(overall.gradient)[0])


def test_errors_that_no_stratum_shows_widen_the_interval_of_every_accuracy_and_no_standard_error():
    """Half of the wheat is hidden among maize, of which few parcels are sampled."""
    rows = drawn(MAP[MAP["mapped"] == MAP["truth"]], SIZES | {"maize": 8}, np.random.default_rng(0))
    missed = rows.index[rows["mapped"] == "soybean"][:4]
    rows.loc[missed, "reference"] = "sunflower"
    found = assess(FRAME, rows)
    cells = cells_of(_arrays(FRAME, rows, CROPS, "area", False)[0])
    measure = measures.producers(cells.values, CROPS.index("sunflower"))
    figure = found.by_class[found.classes.index("sunflower")].producers
    variance, freedom = cells.variance(measure.gradient)
    assert figure.standard_error == pytest.approx(variance**0.5)
    # An error on the eight parcels of maize would weigh much more than those that are seen.
    assert cells.hidden(measure.gradient) > 0.25 * variance
    size = effective_size(measure.value, variance, cells.worth(measure.part))
    plain = estimate_of_share(measure.value, size, freedom)
    assert figure.estimate.value == plain.value
    assert figure.estimate.low < plain.low < plain.high < figure.estimate.high


def test_gradients_are_the_derivatives():
    cells = np.array([[5.0, 1, 0], [1, 7, 2], [0.5, 1, 9]])
    asked = [measures.overall, measures.macro_f1]
    of_class = (measures.users, measures.producers, measures.f1)
    asked += [lambda each, take=take: take(each, 1) for take in of_class]
    asked.append(lambda each: measures.total(each, 1))
    for measure in asked:
        for place in np.ndindex(cells.shape):
            step = np.zeros_like(cells)
            step[place] = 1e-6
            slope = (measure(cells + step).value - measure(cells - step).value) / 2e-6
            assert measure(cells).gradient[place] == pytest.approx(slope, abs=1e-6)


def test_probabilities_of_every_parcel_narrow_the_areas_and_leave_the_accuracies():
    plain, helped = assessed(), assessed(assisted=True)
    assert helped.overall == plain.overall
    assert [each.users for each in helped.by_class] == [each.users for each in plain.by_class]
    assert sum(each.area.standard_error for each in helped.by_class) < sum(
        each.area.standard_error for each in plain.by_class
    )


def test_strata_of_another_map_are_no_bias():
    old = MAP.assign(stratum=np.where(MAP["lon"] < 19.9, "west", "east"))
    frame = Frame(strata_of(old))
    values = [
        assess(
            frame, drawn(old, {"west": 60, "east": 60}, np.random.default_rng(seed))
        ).overall.estimate.value
        for seed in range(60)
    ]
    assert np.mean(values) == pytest.approx(TRUTH["overall"], abs=0.015)


def test_a_first_sample_instead_of_known_strata_widens_the_interval_and_covers():
    hits, errors = 0, []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        first = MAP.iloc[rng.choice(len(MAP), 500, replace=False)]
        strata = two_phase_strata(first, len(MAP), float(MAP["area_ha"].sum()))
        second = drawn(first, dict.fromkeys(SIZES, 25), rng)
        maize = figures_of(assess(Frame(strata, first_phase=first), second))["area maize"]
        known = figures_of(assess(Frame(strata), second))["area maize"]
        assert maize.standard_error > known.standard_error
        errors.append(maize.estimate.value - TRUTH["area maize"])
        hits += maize.estimate.low <= TRUTH["area maize"] <= maize.estimate.high
    assert hits >= 70
    assert abs(np.mean(errors)) < 3 * np.std(errors) / 80**0.5


def test_refusals_are_reported_and_leave_the_estimate_where_it_was():
    sample = drawn(MAP, SIZES, np.random.default_rng(4))
    sample = sample.assign(status=None)
    refused = sample.index[::6]
    sample.loc[refused, ["reference", "status"]] = [None, "refused"]
    sample.loc[refused[0], "status"] = None
    found = assess(FRAME, sample)
    assert found.response.responded == len(sample) - len(refused)
    assert found.response.reasons == {"no reference": 1, "refused": len(refused) - 1}
    assert found.overall.estimate.value == pytest.approx(TRUTH["overall"], abs=0.08)
    assert "refused" in statement(found)["Response"]


def test_crops_of_visited_parcels_count_in_areas_only():
    visited = pd.DataFrame({"reference": ["maize"], "area_ha": [1000.0]})
    plain = assessed()
    more = assess(replace(FRAME, visited=visited), drawn(MAP, SIZES, np.random.default_rng(0)))
    assert more.overall == plain.overall
    by_name = {each.name: each.area.estimate.value for each in plain.by_class}
    assert {each.name: each.area.estimate.value for each in more.by_class} == pytest.approx(
        by_name | {"maize": by_name["maize"] + 1000}
    )


def test_a_stratum_with_one_reference_is_joined_and_said():
    sample = drawn(MAP, SIZES | {"sunflower": 1}, np.random.default_rng(0))
    frame, rows, notes = joined(FRAME, sample)
    assert len(frame.strata) == 3
    assert frame.strata["parcels"].sum() == len(MAP)
    assert set(rows["stratum"]) == set(frame.strata["stratum"])
    assert "sunflower has fewer than 2" in notes[0]
    assert notes[0] in assess(FRAME, sample).notes


def test_a_sample_without_an_error_proves_no_certainty():
    right = MAP[MAP["mapped"] == MAP["truth"]]
    found = assess(FRAME, drawn(right, SIZES, np.random.default_rng(0)))
    assert found.overall.estimate.value == pytest.approx(1)
    assert 0.9 < found.overall.estimate.low < 0.99
    assert estimate_of_share(1.0, 30, 30).low < 0.9
    assert effective_size(0.5, 0.0025, 30, errors=0) == pytest.approx(100)
    rye = replace(FRAME, mapped_ha={"rye": 0.0})
    unseen = assess(rye, drawn(MAP, SIZES, np.random.default_rng(0))).by_class[0]
    assert (unseen.name, unseen.users, unseen.producers) == ("rye", None, None)
    assert unseen.share.estimate.low == 0 < unseen.share.estimate.high < 0.05
    assert 0 == unseen.area.estimate.low < unseen.area.estimate.high < 0.05 * MAP["area_ha"].sum()


def test_a_requirement_is_met_missed_or_undecided_and_more_parcels_decide():
    found = assessed()
    low = acceptance(found, 0.5, 0.95)
    assert (low.verdict, low.further) == ("met", None)
    assert low.bound > 0.5
    assert acceptance(found, 0.99, 0.95).verdict == "not met"
    share = found.overall.estimate.value
    close = acceptance(found, share - 0.01, 0.95)
    assert close.verdict == "undecided"
    assert 0.5 < close.probability < 0.95
    assert close.bound < share - 0.01
    enough = replace(found, effective=(found.effective[0] * (1 + close.further / 165), 10_000))
    assert acceptance(enough, share - 0.01, 0.95).verdict == "met"
    assert acceptance(found, share - 0.01, 0.95, frame=200).further is None
    assert acceptance(found, share, 0.95).further is None
    texts = [requirement(each) for each in (low, acceptance(found, 0.99, 0.95), close)]
    assert [text.split()[0] + " " + text.split()[2] for text in texts] == [
        "The meets",
        "The does",
        "Undecided: sample",
    ]


def test_the_statement_has_what_reviewers_expect_and_no_interval_without_a_sample():
    found = assessed()
    text = statement(found, accepted=acceptance(found, 0.85, 0.95))
    assert list(text) == ["Design", "Response", "Estimates", "Areas", "Requirement", "Limits"]
    assert str(found.overall.estimate) in text["Estimates"]
    assert "95% interval" in text["Estimates"]
    assert "non-random trip of 60 parcels" in without_sample(60)
    assert "design-based interval" in without_sample(60)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.assign(stratum="rye"), "stratum rye"),
        (lambda rows: pd.concat([rows, rows]), "twice"),
        (lambda rows: rows.assign(reference=None), "0 of 165"),
        (lambda rows: rows.assign(mapped=None), "no class for 165"),
    ],
)
def test_a_sample_that_does_not_fit_says_why(change, message):
    with pytest.raises(AccuracyError, match=message):
        assess(FRAME, change(drawn(MAP, SIZES, np.random.default_rng(0))))


def test_a_requirement_that_is_no_share_is_refused():
    with pytest.raises(AccuracyError, match="required accuracy of 85"):
        acceptance(assessed(), 85, 0.95)


def test_every_estimate_has_the_level_that_was_asked():
    found = assessed(level=0.9)
    assert isinstance(found.overall.estimate, Estimate)
    assert {figure.estimate.level for figure in figures_of(found).values()} == {0.9}


def test_a_variance_that_is_only_rounding_is_none():
    assert effective_size(0.08, 1e-33, 9.0, np.inf) == 9.0
    assert effective_size(0.08, 0.0, 9.0, np.inf) == 9.0
    assert effective_size(1.0, 1e-33, 9.0) == 9.0

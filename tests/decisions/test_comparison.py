"""Outcomes side by side."""

from engine.decisions.comparison import comparisons
from engine.decisions.rows import learner_table, outcome_table
from engine.experiments.archive import Archive
from engine.experiments.outcome import baseline_of
from engine.experiments.run import run_plans
from tests import made_up
from tests.made_up import TINY, grid


def asked(study, learner, methods=("zero-shot", "scratch")):
    return grid(study, "2021", study.departure, [30], ["radius"], methods, learner, TINY, repeats=1)


def test_learners_stand_side_by_side_where_all_else_agrees(tmp_path):
    study = made_up.study(parcels=80, noise_db=3)
    archive = Archive(tmp_path)
    for learner in ("cnn1d", "random-forest"):
        run_plans(study, asked(study, learner), archive)
    sorted_out = comparisons(study, tuple(archive.outcomes(study)))
    question = next(iter(sorted_out))
    learners = learner_table(sorted_out, question).set_index("method")
    assert set(learners.index) == {"zero-shot", "scratch"}
    for method, row in learners.iterrows():
        scores = {
            outcome.plan.learner: outcome.macro_f1.value
            for answers in sorted_out.values()
            for outcome in answers
            if outcome.plan.method.name == method
        }
        assert row["best"] == max(scores, key=scores.get)
        assert {name: row[name] for name in scores} == scores


def test_the_baseline_is_what_a_user_would_take_for_it_not_what_scored_best(tmp_path):
    study = made_up.study(parcels=80)
    plans = asked(study, "random-forest", ("zero-shot", "all-sources", "logit-adjusted"))
    outcomes = run_plans(study, plans, Archive(tmp_path))
    baseline = baseline_of(reversed(outcomes))
    assert baseline is not None
    assert baseline.plan.method.name == "logit-adjusted"
    assert baseline_of([]) is None
    assert outcome_table(outcomes)["calibration_error"].between(0, 1).all()
    assert outcome_table(outcomes)["overall_accuracy"].between(0, 1).all()

"""What the finished repeats of an unfinished plan say so far."""

import dataclasses

import numpy as np
import pytest

from engine.domain import LEVEL
from engine.experiments import jobs, provisional
from engine.experiments.archive import Archive
from engine.experiments.job_status import Status
from engine.experiments.plan import plan_to_json
from engine.experiments.progress import CancelledError
from engine.experiments.provisional import Spread, current_outcomes, finished_repeats
from engine.experiments.run import run_plans
from engine.files import write_json
from tests import made_up
from tests.experiments.examples import ask

STUDY = made_up.study(parcels=90, noise_db=4)


class StopsAfter:
    """Stops a run once so many steps are finished."""

    def __init__(self, steps):
        self.steps = steps

    def __call__(self, progress):
        if progress.done >= self.steps:
            raise CancelledError("Stopped.")


def stopped_run(tmp_path, plans, steps):
    """An archive whose job has finished so many steps."""
    archive = Archive(tmp_path)
    job = jobs.job_of(plans, tmp_path)
    write_json(job.folder / "request.json", {"plans": [plan_to_json(plan) for plan in plans]})
    job.write_status(Status("cancelled"))
    with pytest.raises(CancelledError):
        run_plans(STUDY, plans, archive, observe=StopsAfter(steps))
    return archive


def test_after_the_first_wave_every_plan_has_a_provisional_outcome(tmp_path):
    plans = ask(STUDY, ["scratch"], radii=(20, 25, 30), repeats=3)
    archive = stopped_run(tmp_path, plans, 3)
    assert finished_repeats(archive) == {plan.key_of_repeats: (0,) for plan in plans}
    outcomes = current_outcomes(STUDY, archive, ())
    assert {outcome.plan for outcome in outcomes} == set(plans)
    assert all(outcome.provisional and outcome.finished == 1 for outcome in outcomes)
    assert all("Provisional: 1 of 3 repeats" in " ".join(outcome.notes) for outcome in outcomes)
    assert archive.outcomes(STUDY) == ()  # never written


def test_an_interval_narrows_as_repeats_come_and_the_last_one_ends_it(tmp_path):
    plans = ask(STUDY, ["scratch"], repeats=3)
    widths = []
    for steps in (1, 2):  # a stored repeat is a finished step
        archive = stopped_run(tmp_path, plans, steps)
        (outcome,) = current_outcomes(STUDY, archive, ())
        assert outcome.finished == steps
        assert outcome.macro_f1.value == pytest.approx(np.mean(outcome.repeats))
        widths.append(outcome.macro_f1.high - outcome.macro_f1.low)
    (finished,) = run_plans(STUDY, plans, archive)
    assert widths[0] > widths[1]
    assert not finished.provisional
    assert current_outcomes(STUDY, archive, [finished]) == (finished,)


def test_one_repeat_is_wider_than_its_test_area_alone_says(tmp_path):
    plans = ask(STUDY, ["scratch"], repeats=2)
    archive = stopped_run(tmp_path, plans, 1)
    (outcome,) = current_outcomes(STUDY, archive, ())
    single = dataclasses.replace(plans[0], repeats=1)
    (alone,) = run_plans(STUDY, [single], Archive(tmp_path / "alone"))
    assert alone.macro_f1.value == outcome.macro_f1.value
    of_area = alone.macro_f1.value - alone.macro_f1.low
    training = Spread().half_width(1, LEVEL)
    assert outcome.macro_f1.value - outcome.macro_f1.low == pytest.approx(
        min(np.hypot(of_area, training), outcome.macro_f1.value)
    )


def test_the_spread_of_other_plans_takes_over_from_the_usual_one():
    rng = np.random.default_rng(0)
    few = Spread().with_scores([list(rng.normal(0.8, 0.1, 5))])
    many = Spread().with_scores([list(rng.normal(0.8, 0.1, 5)) for _ in range(200)])
    assert Spread().sd < few.sd
    assert many.sd == pytest.approx(0.1, rel=0.1)
    assert many.degrees == provisional.USUAL_DEGREES + 800
    assert many.half_width(1, LEVEL) == pytest.approx(1.645 * many.sd, rel=0.01)
    assert many.half_width(4, LEVEL) == pytest.approx(many.half_width(1, LEVEL) / 2)
    assert Spread().with_scores([[0.5], []]).sd == pytest.approx(
        Spread().sd
    )  # single scores say nothing of a spread


def test_repeats_are_gathered_once_as_long_as_none_is_added(tmp_path, monkeypatch):
    plans = ask(STUDY, ["scratch"], repeats=3, seed=11)
    archive = stopped_run(tmp_path, plans, 1)
    gathered = []

    def counting(*arguments):
        gathered.append(arguments[1].key)
        return outcome_of(*arguments)

    outcome_of = provisional.outcome_of
    monkeypatch.setattr(provisional, "outcome_of", counting)
    first = current_outcomes(STUDY, archive, ())
    assert current_outcomes(STUDY, archive, ()) == first
    assert gathered == [plans[0].key]


def test_two_processes_break_waves_but_answer_the_same(tmp_path):
    plans = ask(STUDY, ["transfer", "scratch"], repeats=2)
    seen = []
    outcomes = run_plans(STUDY, plans, Archive(tmp_path / "two"), workers=2, observe=seen.append)
    alone = run_plans(STUDY, plans, Archive(tmp_path / "one"))
    assert [outcome.confusion for outcome in outcomes] == [outcome.confusion for outcome in alone]
    assert [progress.done for progress in seen] == list(range(len(seen)))
    assert len(seen[0].running) == 2
    assert seen[-1].running == ()
    assert seen[-1].left_s == 0


def test_a_run_answers_breadth_first(tmp_path):
    plans = ask(STUDY, ["scratch"], radii=(25, 30), repeats=2)
    seen = []
    run_plans(STUDY, plans, Archive(tmp_path), observe=seen.append)
    assert [progress.what for progress in seen[1:]] == [
        f"scratch, radius {km} km, repeat {number} of 2" for number in (1, 2) for km in (25, 30)
    ]
    assert [progress.running for progress in seen] == [(progress.what,) for progress in seen[1:]] + [()]

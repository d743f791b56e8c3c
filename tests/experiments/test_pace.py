"""The order of a run's steps, and how much of it is left."""

import pytest

from engine.decisions.run_wording import duration
from engine.experiments import steps
from engine.experiments.order import breadth_first
from engine.experiments.pace import Pace, Step
from engine.experiments.speeds import TYPICAL, Speeds


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_every_plan_is_answered_once_before_any_is_answered_twice():
    pretraining = [(0, "model 0"), (1, "model 1"), (2, "model 2")]
    repeats = [(number, f"{plan} {number}") for plan in "ab" for number in range(3)]
    assert breadth_first(pretraining, repeats, 1) == [
        "model 0", "a 0", "b 0", "model 1", "a 1", "b 1", "model 2", "a 2", "b 2",
    ]  # fmt: skip


def test_pretraining_fills_all_processes_before_a_repeat_waits_for_it():
    pretraining = [(0, "model 0"), (1, "model 1"), (2, "model 2")]
    repeats = [(0, "a 0"), (1, "a 1"), (2, "a 2")]
    ordered = breadth_first(pretraining, repeats, 2)
    assert ordered == ["model 0", "model 1", "a 0", "a 1", "model 2", "a 2"]


def test_a_repeat_that_asks_all_source_models_comes_after_them():
    pretraining = [(0, "model 0"), (1, "model 1")]
    ordered = breadth_first(pretraining, [(1, "committee 0"), (0, "a 0"), (1, "a 1")], 1)
    assert ordered == ["model 0", "a 0", "model 1", "committee 0", "a 1"]


def test_a_run_says_which_step_goes_on_not_just_which_has_finished():
    clock = Clock()
    pace = Pace(
        [Step("s", "simulating 2020", 10, alone=True), Step("p", "first", 20), Step("p", "second", 20)],
        2,
        clock,
    )
    assert pace.progress("start").running == ("simulating 2020",)
    clock.now = 10
    pace.finish(0, 10)
    assert pace.progress("simulating 2020").running == ("first", "second")
    pace.finish(2, 20)
    assert pace.progress("second").running == ("first",)


def test_steps_weigh_what_they_take_and_processes_share_them():
    clock = Clock()
    steps = [Step("s", "simulating", 10, alone=True), *(Step("r", f"repeat {n}", 30) for n in range(4))]
    pace = Pace(steps, 2, clock)
    progress = pace.progress("start")
    assert (progress.left_s, progress.waiting_s) == (10 + 60, 60)
    clock.now = 10
    pace.finish(0, 10)
    clock.now = 25
    progress = pace.progress("")
    assert progress.elapsed_s == 25
    assert progress.left_s == pytest.approx((15 + 15 + 30 + 30) / 2)


def test_what_was_measured_corrects_the_rest_each_kind_by_its_own():
    clock = Clock()
    steps = [Step("a", "a1", 10), Step("a", "a2", 10), Step("b", "b1", 10), Step("c", "c1", 10)]
    pace = Pace(steps, 1, clock)
    clock.now = 30
    pace.finish(0, 30)  # three times as long as thought: so is everything, as far as anybody knows
    assert pace.progress("").left_s == pytest.approx(90)
    clock.now = 60
    pace.finish(1, 30)
    clock.now = 65
    pace.finish(2, 5)
    assert pace.progress("").left_s == pytest.approx(10 * 65 / 30)
    pace.finish(3, 1)
    assert pace.progress("").left_s == 0


def test_stored_steps_weigh_nothing_and_correct_nothing():
    pace = Pace([Step("a", "stored", 0), Step("a", "open", 10)], 1, Clock())
    pace.finish(0, 0.5)
    assert pace.progress("").left_s == 10


def test_a_step_takes_as_long_as_the_fittest_measured_speed_says():
    asked = [steps.Step("one", 300.0, ("own", "alike")), steps.Step("other", 300.0, ("unknown", "alike"))]
    timed = steps.timed_steps(asked, Speeds({"own": 100.0, "alike": 50.0}))
    assert [step.seconds for step in timed] == [3, 6]
    assert [step.seconds for step in steps.timed_steps(asked, Speeds({}))] == [300 / TYPICAL] * 2


@pytest.mark.parametrize(("seconds", "text"), [(40, "40 s"), (720, "12 min"), (5400, "1.5 h")])
def test_a_time_is_said_in_a_unit_that_people_use(seconds, text):
    assert duration(seconds) == text

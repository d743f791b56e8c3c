"""Time of the study's own table, from measured speeds and counted series."""

import pytest

from engine.experiments import bench_runs
from tests import made_up


@pytest.fixture
def speeds(monkeypatch):
    """A plain loop at 1,000 and 500 series a second, and an engine four times as fast."""
    known = {"plain": (1 / 1000, 1 / 500), "engine": (1 / 4000, 1 / 2000)}
    monkeypatch.setattr(bench_runs, "_seconds_of_a_series", lambda study, note: known)


def rows_of(study):
    return {
        (row.run, row.variant, row.source_models): row
        for row in bench_runs.bench_runs(study, "2021", lambda what: None)
    }


def test_an_engine_four_times_as_fast_takes_a_quarter_of_the_time(speeds):
    rows = rows_of(made_up.study())
    for run, models in ((bench_runs.TABLE, 5), (bench_runs.TABLE, 1), (bench_runs.FIRST_CURVE, 1)):
        plain, engine = rows[run, "plain", models], rows[run, "engine", models]
        assert engine.minutes == pytest.approx(plain.minutes / 4)
        assert engine.ratio == pytest.approx(4 * plain.ratio)


def test_one_source_model_saves_four_pre_trainings_of_five(speeds):
    rows = rows_of(made_up.study())
    five, one = rows[bench_runs.TABLE, "plain", 5], rows[bench_runs.TABLE, "plain", 1]
    first = rows[bench_runs.FIRST_CURVE, "plain", 1]
    saved = five.minutes - one.minutes  # four pre-trainings
    trips = one.minutes - saved / 4  # of five repeats
    assert saved > 0
    assert first.minutes == pytest.approx(saved / 4 + trips / 5)


def test_speeds_are_measured_in_turns_for_both_loops(monkeypatch):
    monkeypatch.setattr(bench_runs, "ROUNDS", 1)
    monkeypatch.setattr(bench_runs, "BATCHES", 1)
    said = []
    measured = bench_runs._seconds_of_a_series(made_up.study(), said.append)
    assert set(measured) == {"plain", "engine"}
    assert all(seconds > 0 for pair in measured.values() for seconds in pair)
    assert len(said) == 2

"""The chart of what trips of a season without labels are forecast to gain."""

import pytest

from engine.decisions.backtest import backtests
from engine.decisions.outlook import outlook
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.fieldwork.costs import Tariff
from engine.views.forecasts import MOST_SERIES, forecast_frame, forecasts
from tests import made_up
from tests.experiments.examples import ask

STUDY = made_up.without_labels(made_up.study(parcels=60, times=6, pixels=2), "2021")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.decisions.outlook.DEFAULT", "joint")
        archive = Archive(tmp_path_factory.mktemp("forecasts"))
        asked = ask(STUDY, ("joint",), ("radius", "random"), radii=(20, 30), repeats=1)
        run_plans(STUDY, backtests(STUDY, asked), archive)
        return outlook(STUDY, archive.outcomes(STUDY), "2021", STUDY.departure, Tariff(), archive)


def test_every_trip_stands_at_its_cost_and_its_gain(found):
    frame = forecast_frame(found)
    assert list(frame["name"]) == [choice.name for choice in found.choices]
    assert list(frame["cost"]) == [choice.forecast.money for choice in found.choices]
    assert list(frame["gain"]) == [choice.forecast.gain.value for choice in found.choices]
    assert frame["design"].nunique() <= MOST_SERIES


@pytest.mark.parametrize("dark", [False, True])
def test_a_click_names_the_trip_and_the_chosen_one_is_marked_with_its_interval(found, dark):
    chosen = found.choices[-1]
    figure = forecasts(found, dark, chosen).figure
    names = {point[-1] for trace in figure.data if trace.customdata is not None for point in trace.customdata}
    assert names == {choice.name for choice in found.choices}
    (mark,) = [trace for trace in figure.data if trace.text == ("chosen",)]
    assert mark.y == (chosen.forecast.gain.value,)
    width = mark.error_y.array[0] + mark.error_y.arrayminus[0]
    assert width == pytest.approx(chosen.forecast.gain.high - chosen.forecast.gain.low)


def test_the_text_for_those_who_cannot_see_it_holds_every_trip(found):
    alt = forecasts(found, False).alt
    for choice in found.choices:
        assert f"{choice.forecast.parcels:,} parcel" in alt

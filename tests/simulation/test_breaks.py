"""The stress test changes a landscape only from its year on."""

import numpy as np
import pytest

from engine.simulation import breaks
from engine.simulation.parameters import Landscape

BROKEN, WHOLE = Landscape(broken_past=2021), Landscape()


@pytest.mark.parametrize(("landscape", "year"), [(WHOLE, 2021), (BROKEN, 2020)])
def test_before_the_break_and_without_one_nothing_changes(landscape, year):
    assert not breaks.after_break(landscape, year)
    assert breaks.sowing_delay(landscape, year, "maize") == 0
    assert breaks.degree_day_factor(landscape, year, "maize") == 1
    assert breaks.shift_db(landscape, year).tolist() == [0, 0]


def test_after_it_maize_is_sown_later_and_ripens_faster_and_the_radar_shifts():
    assert breaks.sowing_delay(BROKEN, 2021, "maize") == 42
    assert breaks.degree_day_factor(BROKEN, 2021, "maize") == 0.75
    assert breaks.sowing_delay(BROKEN, 2021, "soybean") == 0
    assert breaks.shift_db(BROKEN, 2021).tolist() == [0.8, -1.2]


def test_the_survey_has_one_class_for_two_crops_until_the_break():
    names = np.array(["barley", "maize"], dtype=object)
    assert breaks.as_surveyed(BROKEN, 2020, names).tolist() == ["winter wheat", "maize"]
    assert breaks.as_surveyed(BROKEN, 2021, names) is names
    assert breaks.as_surveyed(WHOLE, 2020, names) is names

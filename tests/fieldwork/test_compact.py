"""An itinerary comes back from its few kB as it was."""

import json

import pandas as pd
import pytest

from engine.fieldwork.compact import compact, restored
from engine.fieldwork.crews import CrewLimits
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.solver import Effort
from tests.fieldwork.test_itinerary import CENTRE, TARIFF, scattered

QUICK = Effort(60)


@pytest.mark.parametrize("limits", [CrewLimits(2, False), CrewLimits(2, True), CrewLimits(1, None, 2)])
def test_it_comes_back_as_it_was(limits):
    parcels = scattered(45, 35.0)
    planned = plan_days(parcels, CENTRE, TARIFF, limits, effort=QUICK)
    written = json.loads(json.dumps(compact(planned)))
    assert restored(parcels, CENTRE, TARIFF, written) == planned


def test_nothing_comes_back_as_nothing_and_a_stranger_is_refused():
    none = scattered(0)
    assert restored(none, CENTRE, TARIFF, []) == plan_days(none, CENTRE, TARIFF)
    stranger = [{"day": 1, "crew": 1, "away": False, "stops": ["nobody"]}]
    with pytest.raises(KeyError):
        restored(pd.DataFrame(scattered(3)), CENTRE, TARIFF, stranger)

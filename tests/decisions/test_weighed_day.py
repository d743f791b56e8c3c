"""A day to come is weighed with the parcels that the map would learn most from, and its own bill."""

import pandas as pd
import pytest

from engine.decisions.next_day import next_day
from engine.decisions.weighed_day import DayAsked, weighed_day
from engine.experiments.archive import Archive
from engine.fieldwork.costs import Tariff
from engine.mapping.learning_curve import LearningCurve
from tests import made_up


def test_the_day_visits_the_next_parcels_of_the_map_and_is_weighed_by_what_they_cost(tmp_path, monkeypatch):
    study = made_up.study(parcels=40, pixels=1, times=4)
    every = study.parcels_in("2021")
    table = every[["parcel_id"]].assign(labelled=[number < 15 for number in range(len(every))])
    made = type("Made", (), {"season": "2021", "parcels": table})
    chosen = list(every["parcel_id"].iloc[20:26])
    monkeypatch.setattr(
        "engine.decisions.weighed_day.next_parcels", lambda *_: pd.DataFrame({"parcel_id": chosen})
    )
    curve = LearningCurve((7.0, 14.0), (0.8, 0.85), 20.0, 2.0)
    asked = DayAsked(study.departure, Tariff(), "radius", 6)
    found = weighed_day(study, made, curve, asked, (), Archive(tmp_path))
    assert found.parcels == tuple(chosen)
    assert found.bill.money.likely > 0
    assert found.worth == next_day(15, 6, found.bill.money.likely, curve, None, "radius")
    assert found.worth.gain.value == pytest.approx(curve.growth(15, 6)[0])

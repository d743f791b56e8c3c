"""Every parcel of a trip has a replacement of its own, as near as can be."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sampling.protocol import PREDICTED_CLASS
from engine.sampling.replacements import AWAY, REPLACES, replacement_rows, replacements


def fields(count, seed=0, reach=30.0):
    """Parcels in a square; the first two stand on one field."""
    xy = np.random.default_rng(seed).uniform(-reach, reach, (count, 2))
    names = [f"p{number}" for number in range(count)]
    frame = pd.DataFrame(
        {"parcel_id": names, "field_group": names, "east_km": xy[:, 0], "north_km": xy[:, 1]}
    )
    frame.loc[:1, "field_group"] = "shared"
    return frame


def in_all(parcels, pairs):
    """Kilometres between all visits and their replacements."""
    return replacement_rows(parcels, pairs)[AWAY].sum()


@given(st.integers(4, 60), st.integers(1, 60), st.integers(0, 99))
def test_each_visit_has_one_and_nobody_replaces_two_where_there_are_enough(count, visited, seed):
    parcels = fields(count, seed)
    visits = list(parcels["parcel_id"][: min(visited, count - 1)])
    pairs = replacements(parcels, visits)
    assert list(pairs) == visits
    used, free = set(pairs.values()), set(parcels["parcel_id"]) - set(visits) - {"p1"}
    assert used <= free
    assert len(used) == min(len(visits), len(free))


@given(st.integers(0, 99))
def test_no_two_of_them_can_be_swapped_for_a_shorter_way(seed):
    parcels = fields(40, seed)
    pairs = replacements(parcels, parcels["parcel_id"][2:12])
    least, visits = in_all(parcels, pairs), list(pairs)
    for place, first in enumerate(visits):
        for second in visits[place + 1 :]:
            swapped = pairs | {first: pairs[second], second: pairs[first]}
            assert in_all(parcels, swapped) >= least - 1e-9


def test_a_lone_visit_is_replaced_by_its_nearest_neighbour_of_another_field():
    parcels = fields(50)
    parcels.loc[0, ["east_km", "north_km"]] = parcels.loc[1, ["east_km", "north_km"]]
    away = np.hypot(parcels["east_km"] - parcels["east_km"][0], parcels["north_km"] - parcels["north_km"][0])
    nearest = parcels["parcel_id"][away[2:].idxmin()]
    assert replacements(parcels, ["p0"]) == {"p0": nearest}


def test_the_predicted_class_is_kept_unless_that_leads_too_far():
    parcels = fields(3).assign(field_group=["a", "b", "c"], north_km=0.0, east_km=[0.0, 1.0, 15.0])
    parcels[PREDICTED_CLASS] = ["maize", "wheat", "maize"]
    assert replacements(parcels, ["p0"]) == {"p0": "p2"}
    assert replacements(parcels.assign(east_km=[0.0, 1.0, 25.0]), ["p0"]) == {"p0": "p1"}
    assert replacements(
        parcels.assign(crop=["maize", "wheat", "maize"]).drop(columns=PREDICTED_CLASS), ["p0"]
    ) == {"p0": "p1"}


def test_where_all_are_visited_nobody_is_replaced():
    parcels = fields(5)
    assert replacements(parcels, parcels["parcel_id"]) == {}
    assert replacements(parcels, []) == {}
    assert replacement_rows(parcels, {}).empty


def test_its_row_says_what_it_replaces_and_how_far_away():
    parcels = fields(4).assign(north_km=0.0, east_km=[0.0, 0.1, 3.0, 9.0])
    rows = replacement_rows(parcels, replacements(parcels, ["p0", "p1"]))
    assert list(rows[REPLACES]) == ["p0", "p1"]
    assert sorted(rows["parcel_id"]) == ["p2", "p3"]
    assert rows[AWAY].sum() == pytest.approx(3.0 + 9.0 - 0.1)


def test_a_crowd_in_one_corner_finds_as_many_as_it_needs_farther_away():
    """More visits than the nearest candidates of any: the search widens."""
    parcels = fields(400).assign(field_group=[f"g{number}" for number in range(400)])
    order = np.argsort(np.hypot(parcels["east_km"], parcels["north_km"]).to_numpy())
    visits = parcels["parcel_id"].to_numpy()[order[:180]]
    assert len(set(replacements(parcels, visits).values())) == 180

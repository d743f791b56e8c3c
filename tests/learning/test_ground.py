"""Ground that source seasons and visited parcels share."""

import numpy as np

from engine.learning.features import CompositeSeries
from engine.learning.ground import on_other_ground
from engine.learning.samples import Samples


def samples_at(place_km):
    """One pixel for each place, with the place as static features."""
    count = len(place_km)
    series = Samples(np.zeros((count, 1, 2), np.float32), np.arange(count) % 2, np.arange(count), 2)
    return CompositeSeries().of(series, np.arange(2) * 16, np.asarray(place_km, dtype=float))


def test_source_samples_of_a_field_that_is_labelled_are_taken_out_and_those_of_its_neighbours_stay():
    source = samples_at([[500.0, 5000.0], [500.4, 5000.0], [520.0, 5010.0]])
    left = on_other_ground(source, samples_at([[500.02, 5000.01], [530.0, 5000.0]]))
    assert left.parcel.tolist() == [1, 2]


def test_where_no_ground_is_shared_or_none_is_known_the_source_samples_are_the_same_object():
    source = samples_at([[500.0, 5000.0], [520.0, 5010.0]])
    elsewhere = samples_at([[600.0, 5000.0]])
    assert on_other_ground(source, elsewhere) is source
    assert on_other_ground(source, elsewhere.chosen(np.zeros(1, dtype=bool))) is source
    without_place = source.dynamic()
    assert on_other_ground(without_place, without_place) is without_place

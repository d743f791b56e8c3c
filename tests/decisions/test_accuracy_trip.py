"""A sample for accuracy beside a trip: apart from training, on the same tour, and priced."""

import pytest

from engine.decisions.accuracy_trip import (
    accuracy_sentence,
    draw_sample,
    trade,
    with_accuracy,
    without_map_sentence,
)
from engine.decisions.forecast import Gain
from engine.decisions.history import History
from engine.decisions.routed import routed_trip
from engine.decisions.trip import TripRequest
from engine.experiments.archive import Archive
from engine.fieldwork.costs import Tariff
from engine.mapping.accuracy.drawing import NO_MAP
from engine.mapping.accuracy.nouns import AccuracyError
from engine.sampling.limits import Limit
from engine.sampling.replacements import REPLACES
from tests import made_up


@pytest.fixture(scope="module")
def study():
    return made_up.study(parcels=90, times=3, pixels=1)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return Archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def made(study, archive):
    request = TripRequest("2021", study.departure, "random", Limit("parcels", 20), Tariff())
    return routed_trip(study, request, archive)


def test_the_sample_is_none_of_the_trip_and_both_are_driven_together(study, archive, made):
    sample = draw_sample(study, made, archive.folder, parcels=25)
    assert len(sample.parcels) == 25
    assert not set(sample.parcels) & set(made.parcels)
    assert set(sample.left_out) == set(made.parcels)
    found = with_accuracy(study, made, sample, archive)
    assert set(found.both.parcels) == {*made.parcels, *sample.parcels}
    assert found.more_money > 0
    assert not set(found.both.trip.spare[REPLACES].astype(str)) & found.accuracy_ids, "nobody replaces them"
    apart = routed_trip(
        study, TripRequest("2021", study.departure, "radius", Limit("km", 1e5), Tariff(),
                           listed=tuple(sorted(sample.parcels))), archive,
    )  # fmt: skip
    assert found.more_money < apart.cost.money.likely, "together costs less than a tour of its own"
    text = accuracy_sentence(found)
    assert "Training 20 parcels + 25 for accuracy" in text
    assert f"{found.both.days} day" in text


def test_a_wanted_half_width_sizes_the_sample_and_a_narrower_one_takes_more(study, archive, made):
    wide = draw_sample(study, made, archive.folder, half_width=0.12)
    narrow = draw_sample(study, made, archive.folder, half_width=0.07)
    assert len(wide.parcels) < len(narrow.parcels)
    assert narrow.half_width <= 0.07
    with pytest.raises(AccuracyError):
        draw_sample(study, made, archive.folder, parcels=0)


def test_the_trade_keeps_the_number_of_visits_and_gives_up_gain_for_certainty(study, archive, made):
    past = History(
        tuple(Gain(year, "random", n, n / 10, 0.2) for year in ("2019", "2020") for n in (10, 20, 40))
    )
    rows = trade(study, made, past, archive.folder, (0, 5, 10, 20))
    assert [row.training + row.accuracy for row in rows] == [20] * len(rows)
    assert [row.accuracy for row in rows] == [0, 5, 10], "nothing is left for training at 20"
    gains, widths = [row.gain.value for row in rows], [row.half_width for row in rows[1:]]
    assert gains == sorted(gains, reverse=True)
    assert widths == sorted(widths, reverse=True)
    assert rows[0].half_width is None


def test_a_sample_without_a_map_is_advised_only_where_a_map_can_be_made():
    study = made_up.study(parcels=40, pixels=1, times=4)
    unknown = made_up.without_labels(study, "2021")
    assert "rare classes may be missed" in without_map_sentence(unknown, "2021", NO_MAP)
    assert without_map_sentence(unknown, "2021", "0" * 16) == ""
    assert without_map_sentence(study, "2021", NO_MAP) == "", "all its crops are known"
    nothing = made_up.without_labels(made_up.study(seasons=("2021",), parcels=40, pixels=1, times=4), "2021")
    assert without_map_sentence(nothing, "2021", NO_MAP) == "", "there is nothing to learn from"

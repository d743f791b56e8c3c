import pandas as pd
import pytest

from engine.decisions.wording import listed
from engine.experiments.progress import LossCurve
from engine.fieldwork.costs import FREE, Cost, Range
from engine.sampling.coverage import coverage_of_circle
from engine.views import palette
from engine.views.bill import bill
from engine.views.class_counts import class_counts
from engine.views.coverage import coverage
from engine.views.training_loss import training_loss
from tests import made_up

STUDY = made_up.study(unseen_crop=True)


def covered(**within: int) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"crop": name, "within": count, "total": 9, "ha_within": 1.0 * count}
            for name, count in within.items()
        ]
    )


@pytest.mark.parametrize(
    ("table", "title"),
    [
        (covered(maize=0, wheat=2), "The circle misses maize"),
        (covered(maize=0, wheat=0, soybean=1), "The circle misses maize and wheat"),
        (covered(maize=0, wheat=0), "The circle holds no parcel"),
        (covered(maize=5, wheat=2), "The circle holds all 2 classes; the rarest is wheat with 2"),
        (covered(maize=5), "The circle holds 5 parcels of maize, the only class"),
    ],
)
def test_the_title_is_the_answer(table: pd.DataFrame, title: str) -> None:
    assert coverage(table, STUDY.legend, dark=False).title == title


def test_class_counts_says_what_dominates_and_what_is_absent() -> None:
    chart = class_counts(STUDY.parcels, STUDY.legend, dark=False)
    assert chart.title == "Maize and wheat make up 63% of 320 parcels; 1 of 4 classes is not in every season"
    assert "2021: maize 20, wheat 20, soybean 20, sunflower 20" in chart.alt


@pytest.mark.parametrize("dark", [False, True])
def test_crops_keep_their_colours(dark: bool) -> None:
    table = coverage_of_circle(STUDY.parcels_in("2021"), STUDY.departure, 30)
    figure = coverage(table, STUDY.legend, dark).figure
    expected = dict(zip(made_up.CROPS, palette.CROPS_DARK if dark else palette.CROPS_LIGHT, strict=False))
    assert list(figure.data[1].marker.color) == [expected[name] for name in table["crop"]]


def test_names_are_listed_as_people_do() -> None:
    assert listed(["maize"]) == "maize"
    assert listed(["maize", "rice"]) == "maize and rice"
    assert listed(["maize", "rice", "wheat"]) == "maize, rice and wheat"
    assert listed(list("abcdef")) == "a, b, c and 3 more"


def test_a_bill_names_its_total_and_its_dearest_item_first() -> None:
    items = {"driving": Range(20, 10, 30), "wages": Range(100, 100, 100), "lodging": Range(0, 0, 0)}
    cost = Cost("EUR", Range(300, 300, 300), Range(9, 9, 9), 2, 0, items)
    chart = bill(cost, 40, dark=False)
    assert chart.title == "40 parcels in 2 crew-days for 120 € (110 to 130)"
    assert bill(cost, 40, dark=False, days=1).title == "40 parcels in 1 day for 120 € (110 to 130)"
    assert list(chart.table["item"]) == ["wages", "driving"]
    assert bill(FREE, 0, dark=True).title == "Without a field trip there is no cost"


def test_at_most_four_trainings_are_drawn_and_all_are_listed() -> None:
    curves = [LossCurve(f"fold {number}", 3, (1, 2 + (number < 5)), (0.9, 0.5)) for number in range(6)]
    chart = training_loss(curves, dark=False)
    assert [trace.name for trace in chart.figure.data] == ["fold 2", "fold 3", "fold 4", "fold 5"]
    assert chart.title == "1 training going on, 5 finished"
    assert len(chart.table) == 6

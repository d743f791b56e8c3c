import pandas as pd
import pytest

from engine.decisions.wording import listed
from engine.sampling.coverage import coverage_of_circle
from engine.views import palette
from engine.views.class_counts import class_counts
from engine.views.coverage import coverage
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

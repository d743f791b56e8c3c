"""The sentences about what a forecast rests on."""

import pytest

from engine.decisions.evidence_wording import evidence_sentence, level_sentence, pooling_sentence
from engine.decisions.history import Evidence
from engine.domain import Estimate

SEASONS = ("2017", "2018", "2019", "2020")


def test_it_names_the_seasons_the_designs_and_the_number_of_sizes():
    sizes = (("radius", 3), ("random", 1))
    assert evidence_sentence(Evidence(SEASONS, sizes)) == (
        "Backtests of 4 seasons (2017 to 2020): circle at 3 sizes and random sample at 1 size."
    )


def test_many_designs_of_as_many_sizes_are_counted():
    sizes = tuple((name, 3) for name in ("radius", "random", "clusters", "transects"))
    assert "(2017 to 2020): 4 designs at 3 sizes each." in evidence_sentence(Evidence(SEASONS, sizes))


@pytest.mark.parametrize(
    ("seasons", "said"),
    [(("2017", "2019", "2020"), "2017, 2019 and 2020"), (("2019", "2020"), "2019 and 2020"), (("A",), "A")],
)
def test_seasons_with_a_gap_are_named_one_by_one(seasons, said):
    assert f"({said})" in evidence_sentence(Evidence(seasons, (("radius", 3),)))


def test_pooling_is_said_where_the_design_or_the_size_was_not_backtested():
    sizes = (("radius", 3),)
    assert "Clusters: not backtested; pooled from these." in evidence_sentence(
        Evidence(SEASONS, sizes, "design"), "clusters"
    )
    assert "outside the backtested ones" in evidence_sentence(Evidence(SEASONS, sizes, "size"), "radius")
    assert pooling_sentence(("radius",)) == ""
    assert "pooled partially" in pooling_sentence(("radius", "random"))


def test_a_forecast_that_uses_what_the_map_expects_of_itself_says_so():
    assert "expects of itself" in evidence_sentence(Evidence(SEASONS, (("radius", 3),), "", True))


def test_the_level_is_said_with_its_interval():
    said = level_sentence(Estimate(0.78, 0.66, 0.86), "macro F1")
    assert said.startswith("Forecast for this season's map without a trip: macro F1 78.0% (66.0 to 86.0)")

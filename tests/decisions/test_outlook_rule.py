"""The trip of an open season is the cheapest that the forecasts cannot tell from the best, under any aims."""

from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions.backtest import TripForecast
from engine.decisions.cheapest import standard_error
from engine.decisions.history import Evidence, History
from engine.decisions.outlook import Choice, Outlook, with_choices
from engine.decisions.outlook_wording import outlook_headline, outlook_reasons
from engine.domain import Departure, Estimate
from engine.fieldwork.costs import Tariff

STUDY = SimpleNamespace(is_open=lambda season: True, known_already=lambda season: 0)
PLACE = Departure(19.845, 45.255, "Novi Sad")
ROWS = st.lists(
    st.tuples(st.integers(1, 4000), st.integers(-30, 80), st.integers(1, 60), st.integers(0, 20)),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row[0],
)


def choice(cost, gain, half, apart):
    gain = Estimate(gain / 10, (gain - half) / 10, (gain + half) / 10, 0.9)
    rests = Evidence(("2019", "2020", "2021"), (("radius", 2),))
    forecast = TripForecast("radius", 20.0, 50, float(cost), gain, 0.5, None, 3, evidence=rests)
    return Choice(SimpleNamespace(request=SimpleNamespace(design="radius")), forecast, apart / 10)


def asked(rows, value=None, budget=None):
    bare = Outlook("2022", PLACE, Tariff(), "ensemble", value, budget, History(), (), None, None, 0, ())
    return with_choices(bare, [choice(*row) for row in rows])


@given(ROWS, st.none() | st.integers(1, 3000), st.none() | st.integers(1, 4000))
def test_the_recommended_trip_follows_the_rule_and_the_sentences_say_so(rows, value, budget):
    found = asked(rows, value, budget)
    within = [each for each in found.choices if budget is None or each.forecast.money <= budget]
    assert found.beyond_budget == len(rows) - len(within)
    point, share = (1.0, 0.0) if value is None else (float(value), 1.0)

    def worth(each):
        return point * each.forecast.gain.value - share * each.forecast.money

    most = max(map(worth, within), default=None)
    head, said = outlook_headline(found), " ".join(outlook_reasons(STUDY, found))
    if found.recommended is None:
        assert head.startswith("Map 2022 without a trip")
        least = standard_error(found.best.forecast.gain) if within and value is None else 0.0
        assert most is None or most <= least
        assert ("fits" in head) == (not within)
        if not within:
            assert f"the cheapest costs an estimated {min(row[0] for row in rows):,}" in head
    else:
        best, taken = found.best, found.recommended
        assert worth(best) == most
        assert worth(taken) > 0
        assert taken is best or most - worth(taken) <= point * np.hypot(
            best.within_season, taken.within_season
        )
        for cheaper in within[: within.index(taken)]:
            apart = np.hypot(best.within_season, cheaper.within_season)
            assert worth(cheaper) <= 0 or most - worth(cheaper) > point * apart
        assert f"an estimated {taken.forecast.money:,.0f}" in head
        assert ("within a standard error of each other" in said) == (taken is not best)
    if found.beyond_budget:
        assert f"{found.beyond_budget} of {len(rows)} backtested trip" in said


def test_an_unresolved_gain_sends_nobody_unless_a_point_is_worth_it():
    unclear = [(500, 10, 40, 2)]
    assert asked(unclear).recommended is None
    assert asked(unclear, value=1000).recommended is not None
    assert asked(unclear, value=100).recommended is None
    assert asked([(500, 40, 20, 2)]).recommended is not None

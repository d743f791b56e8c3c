"""The page Overview."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.experiments import worker
from engine.studies import store
from tests import made_up
from tests.pages.driving import go_to, open_app, texts, until_final


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store.save_study(made_up.study(unseen_crop=True), tmp_path_factory.mktemp("studies") / "made-up")


@pytest.fixture
def page(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return open_app(saved, tmp_path, monkeypatch)


def within(page: AppTest) -> int:
    match = re.search(r"\*\*(\d+) of 80 parcels lie within (\d+) km of", texts(page))
    assert match, texts(page)
    return int(match[1])


def test_it_says_what_the_study_holds(page: AppTest) -> None:
    assert not page.exception
    assert "What should we do this season?" in texts(page)
    assert "**Made up** :orange-badge[simulated] 4 seasons, 2018 to 2021 · 320 parcels" in texts(page)
    assert page.selectbox(key="season").value == "2021"


def test_a_wider_circle_holds_more(page: AppTest) -> None:
    few = within(page)
    page.slider(key="radius").set_value(50).run()
    assert not page.exception
    assert within(page) > few
    page.slider(key="radius").set_value(1).run()
    assert within(page) == 0
    assert "The circle holds no parcel" in texts(page)


def test_another_season_and_departure(page: AppTest) -> None:
    page.selectbox(key="season").set_value("2018").run()
    assert "in 2018" in texts(page)
    page.number_input(key="lon").set_value(25.0).run()
    assert not page.exception
    assert "of 25.000, 45.255" in texts(page)
    assert within(page) == 0


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    return open_app(None, tmp_path, monkeypatch)


def test_a_fresh_clone_opens_on_the_simulated_demo_with_its_answers(demo: AppTest, tmp_path: Path) -> None:
    assert not demo.exception
    assert not demo.error
    assert ":orange-badge[simulated]" in texts(demo)
    assert demo.selectbox(key="season").value == "2022"
    assert demo.get("badge") or "Forecast" in texts(demo)
    assert [tile.label for tile in demo.metric] == [
        "Parcels", "Days", "Cost", "Forecast, points", "Without a trip",
    ]  # fmt: skip
    assert "The largest gain to expect is" in texts(demo)
    assert any("Simulated data. Gains are forecast" in caption.value for caption in demo.caption)
    assert not (tmp_path / "series").exists()  # no pixel was grown for it


def test_the_recommended_trip_is_routed_on_the_map_and_goes_into_the_field(demo: AppTest) -> None:
    demo.segmented_control(key="overview-map").set_value("day tours").run(timeout=120)
    until_final(demo)
    assert not demo.exception
    best = int(re.search(r"Visit (\d+) parcels", texts(demo))[1])
    routed = re.search(r"\*\*(\d+) parcels, ((\d+) days, ([\d,]+ km), ([\d,]+ €)), routed", texts(demo))
    assert int(routed[1]) == best
    assert tiles(demo)["Days"] == (routed[3], routed[4])
    assert tiles(demo)["Cost"][0] == routed[5]
    field = go_to(demo, "fieldwork")
    field.segmented_control(key="fieldwork-trip").set_value("recommended").run(timeout=120)
    until_final(field)
    assert not field.exception
    assert re.search(rf"\*\*{best} parcels \(\w+\) in 2022, from Novi Sad: {routed[2]}\*\*", texts(field))


def tiles(page: AppTest) -> dict[str, tuple[str, str]]:
    return {tile.label: (tile.value, tile.delta) for tile in page.metric}


@pytest.mark.parametrize("season", ["2021", "2022"])
def test_a_chosen_trip_is_the_one_of_map_tiles_and_field(demo: AppTest, season: str) -> None:
    demo.selectbox(key="season").set_value(season).run(timeout=120)
    recommended = tiles(demo)
    demo.selectbox(key="trip").select_index(2).run(timeout=120)
    until_final(demo)
    assert not demo.exception
    chosen = tiles(demo)
    assert chosen != recommended
    assert f"**{chosen['Parcels'][0]} parcels to visit from Novi Sad**" in texts(demo)
    assert re.search(
        r"You chose this trip\. Recommended, for these reasons: \*\*Visit \d+ parcels", texts(demo)
    )
    field = until_final(go_to(demo, "fieldwork", trip=demo.selectbox(key="trip").value, season=season))
    assert not field.exception
    assert f"**{chosen['Parcels'][0]} parcels (" in texts(field)
    assert f"{chosen['Days'][1]}, {chosen['Cost'][0]}**" in texts(field)


def test_a_season_in_hindsight_says_so_and_shows_its_tests(demo: AppTest) -> None:
    demo.selectbox(key="season").set_value("2021").run(timeout=120)
    until_final(demo)
    assert not demo.exception
    assert "Gain, points" in tiles(demo)
    assert re.search(r"the map without a trip, \d\d\.\d%", texts(demo))
    assert any("Simulated data, tested on" in caption.value for caption in demo.caption)


def test_a_dearer_tariff_makes_the_same_trips_dearer(demo: AppTest) -> None:
    def price() -> float:
        until_final(demo)
        return float(tiles(demo)["Cost"][0].removesuffix(" €").replace(",", ""))

    before = price()
    demo.selectbox(key="tariff").set_value("western").run()
    assert not demo.exception
    assert price() != before


def test_a_tariff_that_contradicts_itself_is_answered_in_words(demo: AppTest) -> None:
    demo.number_input(key="default-hours_per_day").set_value(0.2).run()
    assert not demo.exception
    assert "too short for one parcel" in demo.error[0].value
    demo.number_input(key="default-hours_per_day").set_value(8.0).run()
    assert not demo.error


def test_another_study_opens_over_the_demo(demo: AppTest, saved: Path) -> None:
    demo.text_input(key="folder_typed").set_value(str(saved))
    demo.button[0].click().run()
    assert not demo.exception
    assert "**Made up**" in texts(demo)
    assert demo.selectbox(key="season").value == "2021"
    assert "No outcome for 2021 from Novi Sad yet" in demo.info[0].value


def test_a_broken_study_is_explained(monkeypatch: pytest.MonkeyPatch, saved: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    store.save_study(made_up.study(parcels=20), broken)
    (broken / "parcels.parquet").unlink()
    page = open_app(broken, tmp_path, monkeypatch)
    assert not page.exception
    assert "parcels.parquet is missing" in page.error[0].value

    page.text_input(key="folder_typed").set_value(str(saved))
    page.button[0].click().run()
    assert not page.error
    assert "**Made up**" in texts(page)


def test_a_wrong_folder_leaves_the_open_study_alone(page: AppTest) -> None:
    page.text_input(key="folder_typed").set_value("/nowhere/at/all")
    page.button[0].click().run()
    assert not page.exception
    assert "There is no folder" in page.error[0].value
    assert within(page) >= 0
    page.slider(key="radius").set_value(30).run()
    assert not page.error


def test_a_departure_that_nobody_answered_has_cost_and_forecast_and_one_click_answers_it(
    demo: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    monkeypatch.setattr(worker, "start", lambda plans, *_, **__: started.append(plans))
    monkeypatch.setattr(worker, "start_calibration", lambda *_: True)
    demo.selectbox(key="town").set_value("Zrenjanin").run()
    until_final(demo)
    assert not demo.exception
    assert "nothing can be tested in it" in demo.info[0].value
    said = texts(demo).replace("\\", "")
    assert re.search(r"A trip within 25 km: \d+ parcels, \d+ days, [\d,]+ km, [\d,]+ €, routed", said)
    assert re.search(r"from 5 backtest seasons: .* The backtests start in Novi Sad, \d+ km away", said)
    click = demo.button(key="overview-answer")
    assert re.match(r"Answer \d+ plans from here \((about .*|time is being measured)\)", click.label)
    click.click().run()
    assert not demo.exception
    assert {plan.departure.title for plan in started[0]} == {"Zrenjanin"}

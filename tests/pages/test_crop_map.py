"""The page Crop map: how a map comes to be, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.experiments import dispatcher
from engine.experiments.archive import Archive
from engine.learning.recipes import RECIPES
from engine.mapping import jobs
from engine.mapping.accuracy.drawing import draw, frame_of, strata_of
from engine.mapping.accuracy.sample_file import next_path, write_sample
from engine.mapping.accuracy.sample_size import planned
from engine.mapping.accuracy.tables import map_table
from engine.mapping.making import make_map, training_for
from engine.mapping.request import map_request
from engine.mapping.store import keep_map
from engine.studies.hidden import hide_labels, truth_of
from engine.studies.labels.importing import LabelRequest, take
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.made_up import TINY
from tests.pages import driving
from tests.pages.driving import button, open_page

SEASON = "2021"
METHOD = {"crop_map-method": "scratch"}


def texts(page) -> str:
    return driving.texts(page).replace("\\", "")


def bring_home(study: Path, names: list[str], purpose: str) -> None:
    truth = truth_of(study, SEASON)
    lines = "\n".join(f"{name},{truth[name]}" for name in names)
    path = study.parent / f"{purpose}.csv"
    path.write_text(f"parcel_id,crop_found\n{lines}\n")
    take(study, [path], LabelRequest(SEASON, purpose))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose visit is simulated: a third of the labels are home."""
    folder = tmp_path_factory.mktemp("played")
    whole = save_study(made_up.study(parcels=60, times=6, pixels=2, noise_db=4), folder / "whole")
    study = hide_labels(whole, SEASON, folder / "study")
    names = open_study(study).parcels_in(SEASON)["parcel_id"].astype(str)
    bring_home(study, names.iloc[::3].tolist(), "training")
    return study


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Background work is done at once, here."""
    done: list[Path] = []

    def spawn(command: str, path: Path, log: object) -> Any:
        if command == "dispatch":
            dispatcher._Dispatcher(path).step()
        else:
            done.append(path)
            assert (command, jobs.work_on_map(path)) == ("mapwork", 0)
        return SimpleNamespace(poll=lambda: 0)

    monkeypatch.setattr(dispatcher, "spawn", spawn)
    monkeypatch.setattr("engine.learning.methods.DEFAULT", "scratch")
    monkeypatch.setitem(RECIPES, "quick", TINY)
    return done


def test_a_map_is_made_by_a_click_and_then_explains_itself(played, tmp_path, monkeypatch, here) -> None:
    page = open_page(played, tmp_path, monkeypatch, "crop_map", **METHOD)
    assert "would learn from 20 labels of 2021" in texts(page)
    button(page, "Make the map").click().run()
    assert not page.exception
    assert "60 parcels of 2021 are mapped" in texts(page)
    assert "Cross-validated accuracy from a non-random trip of 20 parcels" in texts(page)
    assert "The map is least sure of this parcel" in texts(page)
    assert "The labelled parcels that resemble it most" in texts(page)
    name = open_study(played).parcels_in(SEASON)["parcel_id"].astype(str).iloc[0]
    page.text_input(key="crop_map-find").set_value(name).run()
    assert "Visited: its label says" in texts(page)
    page.text_input(key="crop_map-find").set_value("nowhere").run()
    assert "No mapped parcel has the id nowhere" in texts(page)
    for colours in ("probability", "applicability"):
        page.segmented_control(key="crop_map-colours").set_value(colours).run()
        assert not page.exception
    page.segmented_control(key="crop_map-show").set_value("table").run()
    assert len(page.dataframe[0].value) == 60

    page.segmented_control(key="crop_map-view").set_value("next").run()
    assert "would settle" in texts(page)
    assert "Labels that the models doubt" in texts(page)
    button(page, "Find it out").click().run()
    assert not page.exception
    assert "Cross-validated macro F1 is" in texts(page)
    button(page, "What would one more day add?").click().run()
    assert not page.exception
    assert "One more day with 25 parcels changes macro F1" in texts(page)
    assert "By the labels the day adds" in texts(page)
    assert len(here) == 3
    page.segmented_control(key="crop_map-view").set_value("files").run()
    assert len(page.get("download_button")) == 7
    page.segmented_control(key="crop_map-view").set_value("accuracy").run()
    assert "Only a probability sample can tell" in texts(page)
    page.segmented_control(key="crop_map-view").set_value("truth").run()
    truth = page.dataframe[0].value.set_index("figure")
    assert "cross-validated" in truth.loc["Overall accuracy", "estimate"]
    assert "points" in truth.loc["Gain over the map without a trip", "truth"]


def test_a_probability_sample_gives_accuracy_areas_and_a_verdict(played, tmp_path, monkeypatch, here) -> None:
    study = open_study(played)
    request, notes = map_request(study, SEASON, "scratch", recipe=TINY)
    archive = Archive(tmp_path)
    made = make_map(training_for(study, request, archive), notes)
    keep_map(made, tmp_path)
    population = map_table(made)
    visited = population.loc[population["labelled"], "parcel_id"].tolist()
    size = planned(strata_of(frame_of(population, visited)), 20)
    sample = draw(population, size, SEASON, made.key, visited)
    write_sample(next_path(played, SEASON), sample)
    page = open_page(played, tmp_path, monkeypatch, "crop_map", **METHOD)
    assert f"An accuracy sample of {len(sample.parcels)} parcels is drawn; 0 of them" in texts(page)
    bring_home(played, list(sample.parcels), "accuracy")
    page.run()
    assert f"by a probability sample of {len(sample.parcels)} parcels" in texts(page)
    page.segmented_control(key="crop_map-view").set_value("areas").run()
    assert "estimates from the sample" in texts(page)
    page.segmented_control(key="crop_map-view").set_value("accuracy").run()
    page.number_input(key="crop_map-required").set_value(99).run()
    verdicts = [*page.success, *page.error, *page.info]
    assert "an overall accuracy of 99% with 95% confidence" in "".join(each.value for each in verdicts)
    page.segmented_control(key="crop_map-view").set_value("truth").run()
    assert page.dataframe[0].value["inside"].str.contains("the interval").any()
    assert not page.exception


def test_a_season_whose_parcels_are_all_labelled_needs_no_map(tmp_path, monkeypatch) -> None:
    page = open_page(None, tmp_path, monkeypatch, "crop_map", season="2021")
    assert not page.exception
    assert "simulate its visit" in "".join(each.value for each in page.info)


def test_an_installation_that_only_shows_says_where_maps_are_made(played, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    page = open_page(played, tmp_path, monkeypatch, "crop_map", **METHOD)
    assert "This installation makes no maps" in texts(page)

"""The number of crews may be left to the search."""

import json

import pytest

from engine.__main__ import main
from engine.studies.store import save_study
from tests import made_up

TRIP = ["--target", "2021", "--parcels", 40]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    return save_study(made_up.study(parcels=60, times=6, pixels=2), tmp_path / "study")


def run(*words):
    return main([str(word) for word in words])


def test_crews_are_as_many_as_the_days_need(folder, capsys):
    assert run("itinerary", folder, *TRIP, "--days", 1, "--crews", "auto", "--json") == 0
    trip = json.loads(capsys.readouterr().out)["trip"]
    assert trip["days"] == 1
    assert trip["parcels"] == 40
    assert trip["crews"] == trip["crew_days"] > 1


def test_days_alone_with_an_open_number_of_crews_are_refused_with_a_cure(folder, capsys):
    assert run("itinerary", folder, "--target", "2021", "--days", 2, "--crews", "auto") != 0
    assert "Give the number of crews" in capsys.readouterr().err


@pytest.mark.parametrize(("crews", "cure"), [("many", "a whole number or auto"), ("0", "Give at least 1")])
def test_a_number_of_crews_that_makes_no_sense_is_refused_with_a_cure(folder, capsys, crews, cure):
    assert run("cost", folder, *TRIP, "--crews", crews) != 0
    assert cure in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (["--metric", "parcel"], "macro F1 per parcel"),
        (["--metric", "crops", "--crops", "maize"], "F1 of maize"),
        ([], "macro F1"),
    ],
)
def test_cost_and_itinerary_tell_of_the_score_that_is_asked_for(folder, capsys, words, title):
    metric = {"name": words[1] if words else "pixel", "crops": words[3:]}
    assert run("cost", folder, *TRIP, *words, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    asked = [printed["trip"]["metric"], printed["interpolated"]["metric"]]
    assert run("itinerary", folder, *TRIP, *words, "--json") == 0
    asked.append(json.loads(capsys.readouterr().out)["trip"]["metric"])
    assert [{name: each[name] for name in metric} for each in asked] == [metric] * 3
    assert run("cost", folder, *TRIP, *words) == 0
    assert f"Expected {title}:" in capsys.readouterr().out


def test_parcels_are_pinned_and_left_out_by_id(folder, capsys):
    def trip(*words):
        assert run("itinerary", folder, "--target", "2021", "--parcels", 9, "--json", *words) == 0
        return json.loads(capsys.readouterr().out)["trip"]

    bare, wide = trip(), trip("--radius", 100, "--parcels", 60)
    far = next(name for name in wide["visits"] if name not in bare["visits"])
    near = bare["visits"][0]
    made = trip("--pin", far, "--exclude", near)
    assert (made["pinned"], made["excluded"]) == ([far], [near])
    assert far in made["visits"]
    assert near not in made["visits"]
    assert made["parcels"] == 9
    assert run("cost", folder, "--target", "2021", "--parcels", 9, "--pin", far, *bare["visits"][:3]) == 0
    assert "4 of the 9 parcels are pinned" in capsys.readouterr().out
    assert run("cost", folder, "--target", "2021", "--pin", "nobody") != 0
    assert "Unpin it" in capsys.readouterr().err

"""The command map, from labels to files."""

import json
from pathlib import Path

import pytest

from engine.learning.recipes import RECIPES
from engine.studies.store import save_study
from tests import made_up
from tests.cli.test_contracts import faults, run

FAST = ["--method", "scratch", "--recipe", "quick", "--learner", "random-forest", "--folds", 2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A study of whose last season half of the parcels are labelled."""
    place = tmp_path_factory.mktemp("maps")
    patch = pytest.MonkeyPatch()
    patch.setenv("GROUNDPLAN_WORKSPACE", str(place / "workspace"))
    patch.setitem(RECIPES, "quick", made_up.TINY)
    truth = made_up.study(parcels=60, times=6, pixels=2)
    hidden = truth.parcels_in("2021")["parcel_id"].iloc[::2].tolist()
    yield save_study(made_up.without_labels(truth, "2021", hidden), place / "study")
    patch.undo()


def test_a_map_is_made_once_and_prints_what_the_document_says(folder, tmp_path, capsys):
    more = ["--next", 3, "--wrong-labels", "--out", tmp_path / "out"]
    assert run("map", folder, *FAST, *more, "--json") == 0
    first = capsys.readouterr()
    printed = json.loads(first.out)
    assert list(faults(printed, "map --json", "map --json")) == []
    assert "class every parcel" in first.err
    assert printed["season"] == "2021"
    assert printed["card"]["training_parcels"] == printed["validation"]["parcels"] == 30
    assert sum(row["parcels"] for row in printed["classes"]) == printed["parcels"] == 60
    assert [row["share"] for row in printed["wrong_labels"]] == [0.05, 0.1, 0.2]
    assert len(printed["next"]) == len(printed["files"]) == 3
    asked = printed["next"][0]["parcel_id"]
    assert run("map", folder, *FAST, "--next", 3, "--explain", asked) == 0
    again = capsys.readouterr()
    assert again.err == ""  # it was kept
    assert "cross-validated accuracy from a non-random trip" in again.out
    assert f"parcel {asked}, " in again.out
    assert "The labelled parcels that resemble it most: " in again.out
    assert run("map", folder, *FAST, "--explain", asked, "--json") == 0
    explained = json.loads(capsys.readouterr().out)
    assert list(faults(explained, "map --json", "map --json")) == []
    explained = explained["explained"]
    assert explained["parcel_id"] == asked
    assert sum(explained["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert explained["crop"] == next(iter(explained["probabilities"]))
    assert len(explained["alike"]) == 3


def test_doubts_are_printed_as_the_document_says(folder, capsys):
    pytest.importorskip("cleanlab")
    assert run("map", folder, *FAST, "--doubts", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(faults(printed, "map --json", "map --json")) == []
    assert run("map", folder, *FAST, "--doubts") == 0
    assert f"{len(printed['doubts'])} labels are doubted" in capsys.readouterr().out


def test_what_cannot_be_mapped_says_what_to_do(folder, capsys):
    assert run("map", folder, *FAST, "--season", "1999") == 2
    assert "has no season 1999" in capsys.readouterr().err
    assert run("map", folder, *FAST, "--explain", "nowhere") == 2
    assert "has no parcel nowhere" in capsys.readouterr().err
    assert run("map", folder, *FAST, "--folds", 0, "--doubts") == 2
    assert "leave --folds as it is" in capsys.readouterr().err


def test_a_map_is_reported_as_the_document_says(folder, tmp_path, capsys):
    assert run("map", folder, *FAST, "--json") == 0
    key = json.loads(capsys.readouterr().out)["key"]
    asked = ["map-report", folder, "--season", "2021", "--out", tmp_path / "out"]
    assert run(*asked, "--map", key, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(faults(printed, "map-report --json", "map-report --json")) == []
    assert printed["key"] == key
    assert all(Path(path).is_file() for path in printed["files"])
    assert run(*asked) == 2  # the map is not of the usual method
    assert "Make it first: groundplan map" in capsys.readouterr().err
    assert run(*asked, "--map", key, "--require", 0.85) == 2
    assert "leave --require out" in capsys.readouterr().err

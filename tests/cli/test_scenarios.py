"""The command on scenarios: what a page saves, compares and undoes, and the numbers of `cost`."""

from __future__ import annotations

import json

import pytest

from engine.__main__ import main
from engine.decisions.scenario import MOST_LETTERS, read
from engine.studies.store import save_study
from tests import made_up

NORTH = ["--target", "2021", "--parcels", 15]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    return save_study(made_up.study(parcels=60, times=6, pixels=2), tmp_path / "study")


def run(*words) -> int:
    return main([str(word) for word in words])


def printed(capsys, *words) -> dict:
    assert run(*words, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_a_scenario_has_the_numbers_that_cost_prints(folder, capsys):
    assert run("scenarios", folder, "--save", "North", *NORTH, "--crews", 2) == 0
    assert "North saved" in capsys.readouterr().out
    assert run("scenarios", folder, "--save", "Nobody goes", "--target", "2021", "--without-trip") == 0
    capsys.readouterr()
    cost = printed(capsys, "cost", folder, *NORTH, "--crews", 2)["trip"]
    made = printed(capsys, "scenarios", folder, "--compare", "North", "Nobody goes")
    north, nobody = made["compared"]
    for name in ("parcels", "days", "crews", "km", "money", "gain_over_baseline", "forecast"):
        assert north[name] == cost[name], name
    assert north["routed"]
    assert (nobody["parcels"], nobody["money"]["likely"], nobody["routed"]) == (0, 0, False)
    assert {"parcels", "cost", "trip", "crews"} <= set(made["differs"])
    assert "season" not in made["differs"]
    assert run("scenarios", folder, "--compare", "North", "Nobody goes") == 0
    text = capsys.readouterr().out
    assert "≠ No trip" in text
    assert f"{cost['money']['likely']:,.0f} €" in text


def test_a_scenario_goes_out_as_a_file_and_comes_back_under_another_name(folder, tmp_path, capsys):
    out = tmp_path / "out"
    assert run("scenarios", folder, "--save", "North", *NORTH, "--value-of-point", 300, "--out", out) == 0
    path = out / "north.scenario.json"
    assert f"written: {path}" in capsys.readouterr().out
    assert run("scenarios", folder, "--from", path, "--save", "South") == 0
    assert run("scenarios", folder, "--remove", "North") == 0
    capsys.readouterr()
    kept = printed(capsys, "scenarios", folder)
    assert [each["name"] for each in kept["scenarios"]] == ["South"]
    assert kept["undo"] == "North removed"
    assert kept["scenarios"][0]["request"] == json.loads(path.read_text())["request"]
    assert read(path).value_of_point == 300
    assert printed(capsys, "scenarios", folder, "--undo")["changed"] == "undone: North removed"
    assert printed(capsys, "scenarios", folder, "--undo")["changed"] == "undone: South saved"
    assert [each["name"] for each in printed(capsys, "scenarios", folder)["scenarios"]] == ["North"]


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (["--save", "North"], "Give --target YEAR"),
        (["--save", "x" * (MOST_LETTERS + 1), *NORTH], "Give a name of 1 to 60 characters"),
        (["--compare", "North"], "Name 2 or 3"),
        (["--compare", "North", "South"], "Save one first"),
        (["--remove", "North"], "Save one first"),
        (["--undo"], "Save or remove a scenario first"),
        (["--from", "none.json"], "Give a scenario"),
        (["--from", "none.json", "--target", "2021"], "leave out --from"),
        (["--save", "North", "--undo"], "not allowed with"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_cure(folder, capsys, words, cure):
    assert run("scenarios", folder, *words) == 2
    assert cure in capsys.readouterr().err
    assert run("scenarios", folder) == 0
    assert "No scenario is kept" in capsys.readouterr().out

"""From a season without labels to a forecast, a trip and a report, and what is refused with which cure."""

import json
import shlex
from pathlib import Path

import pandas as pd
import pytest

from engine.__main__ import main
from engine.learning.recipes import RECIPES
from engine.studies.store import save_study
from tests import made_up
from tests.cli.test_contracts import faults
from tests.made_up import SMALL as FIT

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"
with_cases = pytest.mark.skipif(not CASES.exists(), reason=f"the cases are not at {CASES}")
TARGET = ["--target", "2021"]
QUICK = ["--recipe", "quick", "--learner", "random-forest", "--repeats", 1]


def run(*words):
    return main([str(word) for word in words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A study whose last season has no labels, with its backtest."""
    place = tmp_path_factory.mktemp("open")
    patch = pytest.MonkeyPatch()
    patch.setenv("GROUNDPLAN_WORKSPACE", str(place / "workspace"))
    patch.setitem(RECIPES, "quick", FIT)
    study = made_up.without_labels(made_up.study(parcels=60, times=6, pixels=2), "2021")
    saved = save_study(study, place / "study")
    words = ["--radius", 30, "--method", "ensemble", "--design", "radius", "stratified"]
    assert run("run", saved, *TARGET, *QUICK, *words, "--backtest") == 0
    yield saved
    patch.undo()


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("advise --json of a season without labels", ["advise", "--value-of-point", 1e6, "--out", "OUT"]),
        ("advise --json of a season without labels", ["advise", "--budget", 1]),
        ("report --json of a season without labels", ["report", "--out", "OUT"]),
        ("forecast --json", ["forecast"]),
        ("cost --json", ["cost", "--recipe", "quick"]),
        ("diagnose --json", ["diagnose", "--recipe", "quick"]),
        ("itinerary --json", ["itinerary", "--design", "stratified", "--recipe", "quick", "--out", "OUT"]),
    ],
)
def test_what_is_printed_of_a_season_without_labels_is_documented(folder, tmp_path, capsys, heading, words):
    command, *more = (tmp_path / "out" if word == "OUT" else word for word in words)
    assert run(command, folder, *TARGET, *more, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(faults(printed, heading, heading)) == []


@pytest.mark.parametrize("aims", [["--value-of-point", 1e6], ["--budget", 1]])
def test_a_report_states_the_forecast_of_the_recommended_trip_as_advice_does(folder, tmp_path, capsys, aims):
    assert run("advise", folder, *TARGET, *aims, "--json") == 0
    advised = json.loads(capsys.readouterr().out)
    assert run("report", folder, *TARGET, *aims, "--out", tmp_path, "--json") == 0
    reported = json.loads(capsys.readouterr().out)
    record = json.loads((tmp_path / "decision.json").read_text())
    assert advised["recommended"] == reported["recommended"] == record["recommended"]
    assert advised["trip"] == reported["trip"] == record["routed_trip"]
    if advised["trip"]:
        assert advised["trip"]["forecast"].items() <= advised["recommended"].items()


def test_a_report_is_of_the_trip_that_is_named_and_made_again_of_it(folder, tmp_path, capsys):
    first, again = tmp_path / "first", tmp_path / "again"
    aims = ["--value-of-point", 1e6]
    assert run("advise", folder, *TARGET, *aims, "--json") == 0
    advised = json.loads(capsys.readouterr().out)
    names, best = sorted(each["name"] for each in advised["forecast"]), advised["recommended"] or {}
    others = [name for name in names if name != best.get("name")]
    assert run("report", folder, *TARGET, *aims, "--trip", others[0], "--out", first, "--json") == 0
    reported = json.loads(capsys.readouterr().out)
    record = json.loads((first / "decision.json").read_text())
    heading = "decision.json of a season without labels"
    assert list(faults(record, heading, heading)) == []
    assert reported["recommended"] == advised["recommended"]
    assert record["chosen"]["name"] == others[0]
    assert reported["trip"]["money"]["likely"] == record["chosen"]["money"]
    assert reported["headline"].startswith("Chosen, from ")
    assert "This trip was chosen by hand. Recommended" in record["reasons"][0]
    assert run("report", folder, "--from", first / "decision.json", "--out", again) == 0
    for path in first.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name
    capsys.readouterr()
    assert run("report", folder, *TARGET, "--trip", "radius-31", "--out", again) == 2
    assert f"Trips: {' and '.join(names)}." in capsys.readouterr().err


def test_the_first_labels_that_come_home_leave_the_forecast_and_are_not_visited(folder, tmp_path, capsys):
    study = made_up.study(parcels=60, times=6, pixels=2)
    names = sorted(study.parcels_in("2021")["parcel_id"])
    partly = made_up.without_labels(study, "2021", names[:40])
    saved, known = save_study(partly, tmp_path / "partly"), set(names[40:])
    aims = ["--value-of-point", 1e6, "--json"]
    assert run("advise", saved, *TARGET, *aims) == 0
    advised = json.loads(capsys.readouterr().out)
    assert not advised["open"]
    assert {each["design"] for each in advised["forecast"]} >= {"radius"}
    assert "no trip was tested on the first labels of 2021" in " ".join(advised["reasons"])
    assert run("report", saved, *TARGET, *aims, "--out", tmp_path / "report") == 0
    assert json.loads(capsys.readouterr().out)["trip"] == advised["trip"]
    name = advised["forecast"][0]["name"]
    assert run("report", saved, *TARGET, *aims, "--trip", name, "--out", tmp_path / "chosen") == 0
    visits = set(json.loads(capsys.readouterr().out)["trip"]["visits"])
    assert visits
    assert not known & visits
    html = (tmp_path / "report" / "report.html").read_text()
    assert "2021, partly labelled" in html
    assert "20 of them with a label" in html


def test_every_command_shows_the_same_money_for_the_same_trip(folder, tmp_path, capsys):
    asked = [folder, *TARGET, "--radius", 30, "--json"]
    assert run("forecast", *asked, "--design", "radius") == 0
    (forecast,) = json.loads(capsys.readouterr().out)["forecast"]
    assert run("itinerary", *asked, "--design", "radius") == 0
    trip = json.loads(capsys.readouterr().out)["trip"]
    assert run("advise", folder, *TARGET, "--value-of-point", 1e6, "--json") == 0
    advised = json.loads(capsys.readouterr().out)
    (choice,) = (each for each in advised["forecast"] if each["design"] == "radius")
    assert run("report", folder, *TARGET, "--value-of-point", 1e6, "--out", tmp_path, "--json") == 0
    reported = json.loads(capsys.readouterr().out)
    table = pd.read_csv(tmp_path / "forecast.csv").set_index("design")
    assert choice["routed"]
    assert table.loc["radius", "routed"]
    bills = [forecast["money"], choice["money"], float(table.loc["radius", "money"])]
    assert bills == [trip["money"]["likely"]] * 3
    for said in (advised, reported):
        if said["recommended"]:
            assert said["trip"]["money"]["likely"] == said["recommended"]["money"]


def test_what_is_printed_to_read_names_what_is_not_known(folder, tmp_path, capsys):
    assert run("info", folder) == 0
    assert "not known yet" in capsys.readouterr().out
    assert run("cost", folder, *TARGET) == 0
    said = capsys.readouterr().out
    assert "The classes are predicted by the source model" in said
    assert "no trip can be tested before the season has labels" in said
    assert run("advise", folder, *TARGET) == 0
    assert "no labels yet" in capsys.readouterr().out
    assert run("report", folder, *TARGET, "--out", tmp_path / "report") == 0
    assert "without labels yet" in capsys.readouterr().out


def test_an_untrained_design_names_the_run_that_trains_it(folder, capsys):
    words = [*TARGET, "--design", "embedding", "--recipe", "paper"]
    assert run("itinerary", folder, *words) == 2
    assert "run --backtest --design embedding --recipe paper" in capsys.readouterr().err


def ingest(name, out):
    files = CASES / name
    words = ["--parcels", files / "parcels.geojson", "--series", files / "s1.csv", "--name", "Case"]
    return run("ingest", *words, "--departure", "19.84,45.25", "--out", out)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setitem(RECIPES, "quick", FIT)


@with_cases
def test_four_commands_lead_from_unlabelled_parcels_to_a_report(tmp_path, capsys, workspace, monkeypatch):
    """The command that the refusal names is the one that is run, word for word."""
    monkeypatch.setitem(RECIPES, "quick", FIT)
    out = tmp_path / "study"
    assert ingest("target-without-labels", out) == 0
    refused = ["run", out, *TARGET, "--radius", 20, "--recipe", "quick", "--method", "ensemble"]
    assert run(*refused) == 2
    cure = shlex.split(capsys.readouterr().err.partition("python -m engine ")[2])
    assert run(*cure, "--repeats", 1) == 0
    assert (
        run("itinerary", out, *TARGET, "--design", "random", "--parcels", 10, "--out", tmp_path / "field")
        == 0
    )
    assert (tmp_path / "field" / "day-sheets.csv").is_file()
    assert run("forecast", out, *TARGET, "--radius", 20) == 0
    assert "from 2 backtest seasons" in capsys.readouterr().out
    assert run("report", out, *TARGET, "--out", tmp_path / "report") == 0
    assert (tmp_path / "report" / "report.pdf").is_file()


@with_cases
def test_without_a_past_what_can_be_asked_is_asked_and_no_cure_fails(tmp_path, capsys, workspace):
    out = tmp_path / "study"
    assert ingest("no-past-at-all", out) == 0
    ask = ["run", out, *TARGET, "--radius", 20, "--recipe", "quick", "--repeats", 1]
    for source in ([], ["--source", "others"]):
        assert run(*ask, *source) == 0
        printed = capsys.readouterr()
        assert "only scratch is asked" in printed.err
        assert "scratch            radius" in printed.out
        assert run(*ask, *source, "--method", "transfer") == 2
        said = capsys.readouterr().err
        assert "Use --method scratch." in said
        assert "--source others" not in said
    for words in ([*ask, "--backtest"], ["forecast", out, *TARGET]):
        assert run(*words) == 2
        assert "run with --method scratch" in capsys.readouterr().err
    assert run(*ask, "--design", "stratified") == 2
    assert "Use another design (random)" in capsys.readouterr().err
    assert run("itinerary", out, *TARGET, "--design", "random", "--parcels", 10) == 0


def test_an_open_season_without_a_past_is_sent_to_its_trips(tmp_path, capsys, workspace):
    study = made_up.study(seasons=("2020", "2021"), parcels=40, times=4)
    saved = save_study(made_up.without_labels(study, "2021"), tmp_path / "study")
    for words in (["run"], ["run", "--backtest"], ["forecast"], ["advise"]):
        assert run(words[0], saved, *TARGET, *words[1:]) == 2
        said = capsys.readouterr().err
        assert "itinerary" in said
        assert "scratch" not in said
    assert run("cost", saved, *TARGET, "--radius", 30) == 0
    assert "mix of 2020 in all" in capsys.readouterr().out


def test_a_report_without_labels_is_made_again_from_its_record_to_the_byte(folder, tmp_path, capsys):
    first, again = tmp_path / "first", tmp_path / "again"
    assert run("report", folder, *TARGET, "--value-of-point", 1e6, "--metric", "parcel", "--out", first) == 0
    record = first / "decision.json"
    facts = json.loads(record.read_text())
    heading = "decision.json of a season without labels"
    assert list(faults(facts, heading, heading)) == []
    assert facts["command"].endswith("--from decision.json --out report")
    assert run("report", folder, "--from", record, "--out", again) == 0
    for path in first.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name
    capsys.readouterr()
    assert run("report", folder, *TARGET, "--from", record, "--out", again) == 2
    assert "names season" in capsys.readouterr().err


@pytest.mark.parametrize("spoilt", ["format", "engine", "target", "tariff", "plans", "an answer", "a plan"])
def test_a_spoilt_record_without_labels_is_refused_in_words(folder, tmp_path, capsys, spoilt):
    assert run("report", folder, *TARGET, "--out", tmp_path) == 0
    path = tmp_path / "decision.json"
    facts = json.loads(path.read_text())
    match spoilt:
        case "engine":
            facts["engine"] = "0.0.0"
        case "tariff":
            facts["tariff"]["per_km"] = "free"
        case "an answer":
            facts["plans"][0]["plan"]["seed"] += 1
        case "a plan":
            facts["plans"] = []
        case name:
            del facts[name]
    path.write_text(json.dumps(facts))
    capsys.readouterr()
    assert run("report", folder, "--from", path, "--out", tmp_path / "again") == 2
    assert "Traceback" not in capsys.readouterr().err

"""What commands print and reports hold is what docs/contracts.md says, key by key and type by type."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from engine.__main__ import main
from engine.learning.recipes import RECIPES
from engine.studies.store import save_study
from tests import made_up
from tests.made_up import SMALL as FIT
from tests.studies.ingest import foreign

DOCUMENT = Path(__file__).parents[2] / "docs" / "contracts.md"
TYPES = {"text": (str,), "integer": (int,), "number": (int, float), "yes/no": (bool,)}
QUESTION = ["--target", "2021"]
QUICK = ["--recipe", "quick", "--learner", "random-forest", "--repeats", 1]
SMALL = ["--seasons", "2020-2021", "--parcels", 60, "--pixels", 2]
FILES = ["--parcels", "PARCELS", "--series", "SERIES"]
OPEN_TABLES = {"learner row"}  # one more key a learner


def tables() -> dict[str, dict[str, tuple[str, str]]]:
    """Type and null rule by key, by heading of the document; tables that extend another hold its keys too."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for heading, body in re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", DOCUMENT.read_text(), re.M | re.S):
        rows = [line.strip("| ").split(" | ") for line in body.splitlines() if line.startswith("| ")][1:]
        keys: dict[str, tuple[str, str]] = {}
        for key, kind, *rest in rows:
            if key == "*all of*":
                keys |= found[re.sub(r"\[(.+?)\].*", r"\1", kind)]
            else:
                keys[key] = (re.sub(r"\[(.+?)\]\(.+?\)", r"\1", kind), rest[0])
        found[heading] = keys
    return found


CONTRACTS = tables()


def faults(value, kind: str, where: str) -> Iterator[str]:
    """Where a value is not of the kind that the document names."""
    if kind.startswith("list of "):
        if not isinstance(value, list):
            yield f"{where}: {value!r:.40} is no list"
            return
        for place, part in enumerate(value):
            yield from faults(part, kind.removeprefix("list of "), f"{where}[{place}]")
    elif kind.endswith(" by name"):
        for name, part in value.items():
            yield from faults(part, kind.removesuffix(" by name"), f"{where}.{name}")
    elif kind in TYPES:
        if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "yes/no"):
            yield f"{where}: {value!r:.40} is no {kind}"
    elif kind != "anything":
        yield from faults_of_keys(value, CONTRACTS[kind], where, kind in OPEN_TABLES)


def faults_of_keys(
    value: dict, contract: dict[str, tuple[str, str]], where: str, more: bool
) -> Iterator[str]:
    """Keys that are missing, unknown, null against the rule, or of another kind."""
    needed = {key for key, (_, null) in contract.items() if null != "*optional*"}
    if missing := needed - set(value):
        yield f"{where} lacks {sorted(missing)}"
    if not more and (unknown := set(value) - set(contract)):
        yield f"{where} has the undocumented {sorted(unknown)}"
    for key in set(contract) & set(value):
        kind, null = contract[key]
        if value[key] is not None:
            yield from faults(value[key], kind, f"{where}.{key}")
        elif null == "–":
            yield f"{where}.{key} is null"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A study with answers of this season, backtests of earlier ones, and a report."""
    place = tmp_path_factory.mktemp("contracts")
    patch = pytest.MonkeyPatch()
    patch.setenv("GROUNDPLAN_WORKSPACE", str(place / "workspace"))
    patch.setitem(RECIPES, "quick", FIT)
    study = save_study(made_up.study(parcels=60, times=6, pixels=2, unseen_crop=True), place / "study")
    ask = ["run", study, *QUESTION, *QUICK, "--radius", 30]
    assert run(*ask, "--method", "zero-shot", "ensemble-zero-shot", "ensemble") == 0
    assert run(*ask, "--method", "scratch", "--design", "radius", "random") == 0
    assert run(*ask, "--method", "scratch", "--backtest") == 0
    foreign.request(place, foreign.parcels(), foreign.series(1))
    yield study
    patch.undo()


def run(*words):
    return main([str(word) for word in words])


def labels_of(folder):
    """Labels of two crews: a new class, a conflict, a row that fits nothing, a parcel that nobody visited."""
    rows = "p2021-0001,corn,sure\np2021-0001,wheat,unsure\np2021-0002,quinoa,\np9,maize,\np2021-0003,,\n"
    (folder / "labels.csv").write_text("parcel_id,crop_found,confidence\n" + rows)
    return folder / "labels.csv"


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("advise --json", ["advise", "STUDY", *QUESTION, "--value-of-point", 100_000, "--out", "OUT"]),
        ("advise --json", ["advise", "STUDY", *QUESTION, "--budget", 0]),
        ("advise --json", ["advise", "STUDY", *QUESTION, "--metric", "accuracy-parcel"]),
        ("run --json", ["run", "STUDY", *QUESTION, *QUICK, "--radius", 30, "--method", "ensemble"]),
        ("run --check --json", ["run", "STUDY", *QUESTION, "--check"]),
        ("forecast --json", ["forecast", "STUDY", *QUESTION, "--method", "scratch", "--value-of-point", 100]),
        ("forecast --json", ["forecast", "STUDY", *QUESTION, "--method", "scratch", "--radius", 20]),
        ("cost --json", ["cost", "STUDY", *QUESTION]),
        ("itinerary --json", ["itinerary", "STUDY", *QUESTION, "--out", "OUT"]),
        ("compare --json", ["compare", "STUDY", *QUESTION]),
        ("compare --json", ["compare", "STUDY", *QUESTION, "--metric", "crops", "--crops", "maize", "wheat"]),
        ("compare --study --json", ["compare", "STUDY", *QUESTION, "--study"]),
        ("forecast --json", ["forecast", "STUDY", *QUESTION, "--method", "scratch", "--metric", "parcel"]),
        ("accuracy draw --json", ["accuracy", "draw", "STUDY", "--season", "2021", "--size", 20]),
        ("diagnose --json", ["diagnose", "STUDY", *QUESTION, "--recipe", "quick"]),
        ("report --json", ["report", "STUDY", *QUESTION, "--out", "OUT"]),
        ("scenarios --json", ["scenarios", "STUDY", *QUESTION, "--save", "A", "--value-of-point", 9]),
        ("scenarios --json", ["scenarios", "STUDY", *QUESTION, "--save", "B", "--without-trip"]),
        ("scenarios --json", ["scenarios", "STUDY", "--compare", "A", "B", "--out", "OUT"]),
        ("info --json", ["info", "STUDY"]),
        ("info --json without a study", ["info"]),
        ("info --json", ["simulate", "--out", "OUT", *SMALL]),
        ("jobs --json", ["jobs"]),
        ("ingest --check --json", ["ingest", *FILES, "--name", "A", "--check"]),
        ("ingest --json", ["ingest", *FILES, "--name", "A", "--out", "OUT"]),
        ("ingest --json", ["ingest", *FILES, "--name", "Shelved"]),
        ("labels --json", ["labels", "STUDY", "LABELS", "--check", "--within", "1"]),
        ("labels --json", ["labels", "STUDY", "LABELS", "--new-class", "refuse", "--merge", "corn=maize"]),
        ("labels --json", ["labels", "STUDY", "--list"]),
        ("studies --json", ["studies", "--rename", "shelved", "B"]),
        ("studies --json", ["studies", "--export", "shelved", "--out", "OUT"]),
        ("studies --json", ["studies", "--share", "shelved"]),
        ("studies --json", ["studies", "--delete", "B", "--yes"]),
    ],
)  # fmt: skip
def test_a_command_prints_what_the_document_says(folder, tmp_path, capsys, heading, words):
    places = {"STUDY": folder, "OUT": tmp_path / "out"}
    places |= {"LABELS": labels_of(tmp_path)}
    places |= {"PARCELS": folder.parent / "p.parquet", "SERIES": folder.parent / "s.parquet"}
    assert run(*(places.get(word, word) for word in words), "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["format"] == 1
    assert list(faults(printed, heading, heading)) == []


def test_an_exported_study_is_imported_again(folder, tmp_path, capsys):
    parcels, series = folder.parent / "p.parquet", folder.parent / "s.parquet"
    assert run("ingest", "--parcels", parcels, "--series", series, "--name", "Away") == 0
    assert run("studies", "--export", "away", "--out", tmp_path / "away.zip") == 0
    capsys.readouterr()
    assert run("studies", "--import", tmp_path / "away.zip", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(faults(printed, "studies --json", "studies --json")) == []
    assert printed["changed"] == "Away imported"
    assert run("studies", "--import", parcels) == 2
    assert "cannot be unpacked" in capsys.readouterr().err


def test_faults_are_printed_with_all_their_names_and_nothing_is_written(folder, tmp_path, capsys):
    series = foreign.series(1)
    foreign.request(tmp_path, foreign.parcels(), series[series["parcel_id"] != "p2019-0"])
    files = ["--parcels", tmp_path / "p.parquet", "--series", tmp_path / "s.parquet"]
    assert run("ingest", *files, "--name", "Faulty", "--check", "--json") == 2
    printed = json.loads(capsys.readouterr().out)
    assert list(faults(printed, "ingest --check --json", "it")) == []
    assert printed["faults"][0]["names"] == ["p2019-0 (2019)"]
    assert run("studies", "--delete", "faulty") == 2
    assert "There is no study" in capsys.readouterr().err


def test_the_files_of_a_report_are_what_the_document_says(folder, tmp_path, capsys):
    assert run("report", folder, *QUESTION, "--value-of-point", 100_000, "--out", tmp_path) == 0
    record = json.loads((tmp_path / "decision.json").read_text())
    assert record["format"] == 2
    assert list(faults(record, "decision.json", "decision.json")) == []
    crops = [f"f1_{crop}{end}" for crop in made_up.CROPS for end in ("", "_low", "_high")]
    more = {"outcomes.csv": crops, "parcels.csv": [], "itinerary.csv": []}
    for name, columns in more.items():
        assert list(pd.read_csv(tmp_path / name).columns) == [*CONTRACTS[name], *columns]


@pytest.mark.parametrize("aims", [[], ["--value-of-point", 100_000, "--metric", "parcel"]])
def test_a_report_states_the_gain_of_the_recommended_trip_as_advice_does(folder, tmp_path, capsys, aims):
    assert run("advise", folder, *QUESTION, *aims, "--json") == 0
    advised = json.loads(capsys.readouterr().out)
    assert run("report", folder, *QUESTION, *aims, "--out", tmp_path, "--json") == 0
    reported = json.loads(capsys.readouterr().out)
    record = json.loads((tmp_path / "decision.json").read_text())
    for name in ("recommended", "gain_over_baseline", "probability_worth_cost"):
        assert advised[name] == reported[name] == record[name]
    assert advised["trip"] == reported["trip"] == record["routed_trip"]
    assert (advised["trip"] is None) == (advised["gain_over_baseline"] is None)


def test_a_purpose_names_the_plans_and_nothing_that_it_names_is_named_again(folder, capsys):
    assert run("run", folder, *QUESTION, "--purpose", "study", "--check", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["plans"]) == 1 + 2 * 2 * 3  # methods, designs, sizes
    assert run("run", folder, *QUESTION, "--purpose", "study", "--method", "scratch") == 2
    assert "Leave out --method, or --purpose" in capsys.readouterr().err


def test_a_report_in_hindsight_is_of_the_trip_that_is_named(folder, tmp_path, capsys):
    assert run("report", folder, *QUESTION, "--out", tmp_path / "one", "--json") == 0
    capsys.readouterr()
    plans = json.loads((tmp_path / "one" / "decision.json").read_text())["plans"]
    trips = [plan["key"] for plan in plans if plan["plan"]["design"]["name"] != "no-visit"]
    for key in trips[:2]:
        assert run("report", folder, *QUESTION, "--trip", key[:8], "--out", tmp_path / key, "--json") == 0
        assert json.loads(capsys.readouterr().out)["trip"]["answered"] == key
    assert run("report", folder, *QUESTION, "--trip", "nowhere-1", "--out", tmp_path / "three") == 2
    assert "No trip of this advice is named 'nowhere-1'. Trips: " in capsys.readouterr().err


def test_a_report_by_another_metric_is_made_again_from_its_record(folder, tmp_path, capsys):
    asked = ["--metric", "crops", "--crops", "wheat", "soybean"]
    assert run("report", folder, *QUESTION, *asked, "--out", tmp_path / "one", "--json") == 0
    first = json.loads(capsys.readouterr().out)
    path = tmp_path / "one" / "decision.json"
    record = json.loads(path.read_text())
    assert record["metric"] == first["metric"] == {"name": "crops", "crops": ["wheat", "soybean"]}
    assert "F1 of wheat and soybean" in record["headline"]
    assert run("report", folder, "--from", path, "--out", tmp_path / "two", "--json") == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["headline"], again["metric"]) == (first["headline"], first["metric"])
    assert run("report", folder, "--from", path, "--metric", "parcel", "--out", tmp_path / "three") == 2
    del record["metric"]  # as older records
    path.write_text(json.dumps(record))
    assert run("report", folder, "--from", path, "--out", tmp_path / "four", "--json") == 0
    assert json.loads(capsys.readouterr().out)["metric"] == {"name": "pixel", "crops": []}


def test_a_metric_without_its_classes_says_what_to_name(folder, capsys):
    assert run("advise", folder, *QUESTION, "--metric", "crops") == 2
    assert "Name at least one class" in capsys.readouterr().err
    assert run("compare", folder, *QUESTION, "--metric", "crops", "--crops", "rice") == 2
    assert "There is no class rice; choose among" in capsys.readouterr().err


def test_a_fault_of_the_contract_is_found():
    assert list(faults({"value": 1, "low": "0", "high": None, "more": 1}, "estimate", "it"))

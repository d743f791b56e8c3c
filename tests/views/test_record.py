"""The record of a report makes the same report again, and is believed only after it is checked."""

import json
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.domain import GroundplanError
from engine.experiments.plan import plan_from_json, plan_to_json
from engine.fieldwork.costs import Range, Tariff
from engine.studies import store
from engine.views.report import record
from tests import made_up
from tests.views.reports import ALWAYS, answered


def test_the_json_names_the_study_the_plan_and_the_lines_that_make_it_again(report, tmp_path):
    (tmp_path / "decision.json").write_bytes(record.written(report))
    facts = json.loads((tmp_path / "decision.json").read_text())
    best = report.advice.recommended.outcome
    assert facts["study"]["provenance"] == "simulated"
    assert facts["plan"] == {"key": best.plan.key, "plan": plan_to_json(best.plan)}
    assert facts["command"] == [
        "python -m engine run 'my study' --target 2021 --plans decision.json",
        "python -m engine report 'my study' --from decision.json --out report",
    ]
    again = record.read(tmp_path / "decision.json")
    assert again.plans == tuple(outcome.plan for outcome in report.decision.outcomes)
    assert (again.tariff, again.departure, again.value_of_point) == (Tariff(), report.departure, 1e6)
    assert again.tariff.minutes_per_parcel == Range(12.0, 6.0, 24.0)


def spoilt(facts, how):
    plan = facts["plans"][0]["plan"]
    match how:
        case "another seed":
            plan["seed"] += 1
        case "a class of its own":
            plan["design"]["is"] = "Popen"
        case "text for a number":
            plan["repeats"] = "5"
        case "no plan":
            facts["plans"][0]["plan"] = {"is": "Departure", "lon": 0.0, "lat": 0.0, "name": ""}
        case "no key":
            del facts["plans"][0]["key"]
        case "deep":
            facts["plans"][0]["plan"] = "[" * 3
        case "a rate of text":
            facts["tariff"]["per_km"] = "free"
        case "another version":
            facts["engine"] = "0.0.0"
        case "a list":
            return [facts]
    return facts


@pytest.mark.parametrize(
    "how",
    [
        "another seed", "a class of its own", "text for a number", "no plan", "no key", "deep",
        "a rate of text", "another version", "a list",
    ],
)  # fmt: skip
def test_a_spoilt_record_is_refused_in_words(report, tmp_path, how):
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(spoilt(json.loads(record.written(report)), how)))
    with pytest.raises(GroundplanError):
        record.read(path)
    for content in (b"", b"\xff\xfe", b"[" * 100_000, b'{"engine": 1'):
        path.write_bytes(content)
        with pytest.raises(GroundplanError):
            record.read(path)
    with pytest.raises(GroundplanError, match="cannot be read"):
        record.read(tmp_path / "nowhere.json")


def test_a_plan_is_the_one_that_its_key_names(report):
    plan = report.advice.recommended.outcome.plan
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan))), plan.key) == plan


# The command line


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    return store.save_study(study, tmp_path_factory.mktemp("study") / "made-up")


@pytest.fixture(scope="module")
def kept(folder, tmp_path_factory):
    """A workspace with answers."""
    workspace = tmp_path_factory.mktemp("workspace")
    answered(store.open_study(folder), workspace)
    return workspace


def run(*words):
    return main([str(word) for word in words])


def test_a_report_is_made_again_from_its_record(folder, kept, tmp_path, capsys):
    first, second = tmp_path / "first", tmp_path / "second"
    words = ["--value-of-point", 900, "--archive", kept]
    assert run("report", folder, "--target", 2021, *words, "--out", first, "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["provenance"] == "simulated"
    assert {Path(name).name for name in facts["files"]} >= ALWAYS
    assert run("report", folder, "--from", first / "decision.json", "--archive", kept, "--out", second) == 0
    assert facts["headline"] in capsys.readouterr().out
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name

    words = ["--target", 2021, "--plans", first / "decision.json", "--archive", kept, "--check", "--json"]
    assert run("run", folder, *words) == 0
    rows = json.loads(capsys.readouterr().out)["plans"]
    listed = json.loads((first / "decision.json").read_text())["plans"]
    assert len(rows) == len(listed) == 5
    assert {row["state"] for row in rows} == {"answered"}


def test_what_cannot_be_reported_is_said_with_its_cure(folder, kept, tmp_path, capsys):
    out = ["--out", tmp_path / "out", "--archive", kept]

    def complaint(*words):
        assert run(*words) == 2
        return capsys.readouterr().err

    assert "Give --target YEAR" in complaint("report", folder, *out)
    assert run("report", folder, "--target", 2021, *out) == 0
    made_before = tmp_path / "out" / "decision.json"
    second = store.save_study(made_up.study(parcels=60, times=6, pixels=2, seed=1), tmp_path / "other")
    again = ["--from", made_before]
    assert "fingerprint" in complaint("report", second, *again, *out)
    assert "fingerprint" in complaint("run", second, "--target", 2021, "--plans", made_before)
    assert "Give --target 2021" in complaint("run", folder, "--target", 2020, "--plans", made_before)
    assert "leave out --from" in complaint("report", folder, *again, "--target", 2021, *out)
    nowhere = ["--archive", tmp_path / "empty", "--out", tmp_path / "out"]
    assert "--plans" in complaint("report", folder, *again, *nowhere)
    assert "is answered yet" in complaint(
        "report", folder, "--target", 2021, "--departure", "-3.7,40.4", *out
    )
    blocked = tmp_path / "file"
    blocked.write_text("")
    words = ["--target", 2021, "--archive", kept, "--out", blocked]
    assert "Name another one" in complaint("report", folder, *words)

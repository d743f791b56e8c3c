"""What earlier versions answered on ground that was divided otherwise is outdated, and no damage."""

import json
import shutil
from pathlib import Path

import pytest

from engine.experiments.archive import Archive
from engine.experiments.format_1 import is_format_1, plan_of
from engine.experiments.records import OutdatedError, read_outcome
from engine.experiments.run import run_plans
from tests import made_up
from tests.experiments.examples import ask

OLD = Path(__file__).parent / "format_1"
STUDY = made_up.study(("2020", "2021"), parcels=40, times=6, pixels=2)


def test_an_archive_of_format_1_is_outdated_and_no_damage(tmp_path):
    folder = Path(shutil.copytree(OLD, tmp_path / "archive"))
    (path,) = (folder / "outcomes").glob("*.json")
    assert is_format_1(json.loads(path.read_text()))
    assert Archive(folder).contents(STUDY) == ((), ())
    assert Archive(folder).damaged() == ()
    with pytest.raises(OutdatedError, match="is of format 1"):
        read_outcome(path)


def test_a_plan_of_format_1_asks_on_the_ground_of_today():
    (request,) = (OLD / "jobs").glob("*/request.json")
    (plan,) = map(plan_of, json.loads(request.read_text())["plans"])
    assert plan.test == ask(STUDY, ["scratch"])[0].test


def test_what_was_tested_on_another_division_of_the_ground_is_outdated_and_no_damage(tmp_path):
    archive, plans = Archive(tmp_path), ask(STUDY, ["scratch"], repeats=1)
    run_plans(STUDY, plans, archive)
    (path,) = (tmp_path / "outcomes").glob("*.json")
    record = json.loads(path.read_text())
    assert record["plan"]["test"]["revision"] == 2
    for revision in ({}, {"revision": 1}):
        record["plan"]["test"] = {"kind": "far-half", "beyond_km": 30.0, **revision}
        path.write_text(json.dumps(record))
        with pytest.raises(OutdatedError, match="divided otherwise"):
            read_outcome(path)
        again = Archive(tmp_path)
        assert (again.outcomes(STUDY), again.damaged(), again.outcome(plans[0])) == ((), (), None)

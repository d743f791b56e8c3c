"""Rows: the contract of every command and file that lists outcomes."""

import json

from engine.decisions.rows import outcome_row
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from tests import made_up
from tests.experiments.examples import ask


def test_the_row_of_an_outcome_holds_the_contract(tmp_path):
    study = made_up.study()
    row = outcome_row(run_plans(study, ask(study, ["transfer"]), Archive(tmp_path))[0])
    assert {
        "key", "method", "design", "learner", "equivalent_radius_km", "parcels", "test_parcels",
        "macro_f1_pixel", "macro_f1_parcel", "per_class", "repeats", "seconds", "provenance",
    } <= set(row)  # fmt: skip
    assert row["provenance"] == "simulated"
    assert row["macro_f1_pixel"]["low"] <= row["macro_f1_pixel"]["value"] <= row["macro_f1_pixel"]["high"]
    assert len(row["repeats"]) == 2
    json.dumps(row, allow_nan=False)

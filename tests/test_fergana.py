"""The study's protocol on real surveyed fields, from file to table."""

import json
import os
from pathlib import Path

import pytest

from engine.__main__ import main

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "fergana"
CLASSES = ["cotton", "wheat_double_crop", "orchard", "wheat", "rice", "maize"]

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif("CI" in os.environ, reason="CI works without the real data"),
    pytest.mark.skipif(not DATA.exists(), reason=f"the real data are not at {DATA}"),
]


def test_the_fergana_table_has_the_pattern_that_a_rough_probe_found(tmp_path, monkeypatch, capsys):
    """Zero-shot near 42 points; a short trip gains little; far fewer points from scratch at first."""
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "workspace"))
    files = ["--parcels", str(DATA / "parcels.parquet"), "--series", str(DATA / "series.parquet")]
    out = str(tmp_path / "fergana")
    classes = ["--keep", *CLASSES, "--rest", "other"]
    assert main(["ingest", *files, "--name", "Fergana", "--out", out, *classes]) == 0
    capsys.readouterr()
    question = ["--target", "2016", "--departure", "71.786,40.386", "--radius", "20", "25", "30"]
    arms = ["--design", "radius", "random", "--method", "zero-shot", "transfer", "scratch"]
    how = ["--repeats", "2", "--recipe", "quick", "--source", "others", "--workers", "2", "--json"]
    assert main(["run", out, *question, *arms, *how]) == 0
    rows = json.loads(capsys.readouterr().out)["outcomes"]

    assert [row["parcels"] for row in rows if row["method"] == "transfer"] == [79, 192, 404] * 2
    f1 = {
        (row["method"], row["design"], row["equivalent_radius_km"]): row["macro_f1_pixel"]["value"]
        for row in rows
    }
    baseline = f1["zero-shot", "no-visit", None]
    assert 0.35 < baseline < 0.50
    assert all(0.30 < value < 0.65 for value in f1.values())
    assert abs(f1["transfer", "radius", 20] - baseline) < 0.10
    assert f1["scratch", "random", 30] > f1["scratch", "random", 20]
    assert f1["scratch", "random", 30] > baseline

"""``extract`` on the command line: what it prints, and that it says what is wrong without a traceback."""

import json
import subprocess
import sys

from engine.__main__ import main
from tests.cli.test_contracts import faults
from tests.studies.extract.images import constant, field, write_image, write_parcels


def run(*words):
    return main([str(word) for word in words])


def test_extract_prints_what_the_contract_says_and_people_can_read_it(tmp_path, capsys):
    for day in ("20210405", "20210505"):
        write_image(tmp_path / f"S1_{day}_VV.tif", constant(0.1))
    parcels = write_parcels(tmp_path / "parcels.gpkg", [field(10, 10, 20, 20), field(40, 40, 1, 1)])
    table = tmp_path / "series.parquet"
    ask = ["extract", parcels, "--images", tmp_path / "S1_{date}_{band}.tif", "--out", table]
    assert run(*ask, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(faults(printed, "extract --json", "extract --json")) == []
    assert (printed["rows"], printed["parts"], printed["reused"]) == (51 * 2, 2, 0)
    assert run(*ask) == 0
    out, err = capsys.readouterr()
    assert "102 rows written to" in out
    assert "2 parts, 2 of them from an earlier run" in out
    assert "note: Parcels too small to stay a pixel away from their border: 1 (p1)" in err
    assert "Warning" not in err
    study = ["ingest", "--parcels", parcels, "--series", table, "--name", "made", "--out", tmp_path / "study"]
    assert run(*study, "--window", "04-01", "05-31") == 0


def test_a_fault_is_a_sentence_with_a_cure(tmp_path, capsys):
    parcels = write_parcels(tmp_path / "parcels.gpkg", [field(10, 10, 20, 20)])
    ask = ["extract", parcels, "--out", tmp_path / "series.parquet"]
    for more, words in (
        (["--images", tmp_path / "S1_{date}.tif"], "No file matches"),
        (["--stac", "http://127.0.0.1:9", "--collection", "sentinel-1-rtc"], "it does not answer"),
        (["--stac", "http://127.0.0.1:9"], "--collection"),
        ([], "one of the arguments --images --stac is required"),
    ):
        assert run(*ask, *more) == 2
        out, err = capsys.readouterr()
        assert not out
        assert words in err
        assert "Traceback" not in err


def test_the_libraries_for_images_are_loaded_only_where_images_are_read():
    code = (
        "import sys; from engine.__main__ import main; main(['--help']); main(['extract', '--help']); "
        "import engine.studies.extract; "
        "print([name for name in ('rasterio', 'pystac', 'pystac_client') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"

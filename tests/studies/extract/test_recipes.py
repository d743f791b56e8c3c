"""The recipes of docs/ make tables that `ingest` reads.

Of openEO, its client builds the process graph and asks a service on loopback, where the client is installed;
of Earth Engine, what an exported table becomes. Neither service is asked.
"""

import csv
import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from engine.studies.ingest import IngestRequest, ingest
from tests.studies.extract.images import field, write_parcels

RECIPES = Path(__file__).parents[3] / "docs" / "recipes"
DAYS = [f"2021-{month:02d}-10" for month in range(3, 11)]


def recipe(name):
    spec = importlib.util.spec_from_file_location(name, RECIPES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def parcels(tmp_path):
    return write_parcels(tmp_path / "parcels.gpkg", [field(10, 10, 20, 20), field(40, 40, 1, 1)])


def cube_of(parcels, table):
    return ingest(IngestRequest((parcels,), (table,), "recipe")).study.cubes["2021"]


def test_the_answer_of_openeo_becomes_a_table_in_decibels(parcels, tmp_path):
    made = recipe("openeo_series")
    outlines = made.shrunken(parcels)
    assert [feature["properties"]["parcel_id"] for feature in outlines["features"]] == ["p0", "p1"]
    answer = {f"{day}T00:00:00Z": [[0.1, 0.01], [0.2, 0.02]] for day in DAYS}
    answer["2021-05-22T00:00:00Z"] = [[0.1, None], [None, None]]
    rows = list(made.rows(answer, outlines))
    assert len(rows) == 2 * len(DAYS) + 1
    made.write(rows, tmp_path / "series.csv")
    cube = cube_of(parcels, tmp_path / "series.csv")
    assert cube.bands == ("VV", "VH")
    np.testing.assert_allclose(cube.values[0, 0], -10, atol=1e-3)
    np.testing.assert_allclose(cube.values[1, 1], 10 * np.log10(0.02), atol=1e-3)


ASKED = {}
DIMENSIONS = {
    "x": {"type": "spatial", "axis": "x", "extent": [-180, 180]},
    "y": {"type": "spatial", "axis": "y", "extent": [-90, 90]},
    "t": {"type": "temporal", "extent": ["2014-01-01T00:00:00Z", None]},
    "bands": {"type": "bands", "values": ["VV", "VH"]},
}
ENDPOINTS = [
    {"path": "/collections/{collection_id}", "methods": ["GET"]},
    {"path": "/result", "methods": ["POST"]},
]


class OpenEo(BaseHTTPRequestHandler):
    """An openEO service with one collection, which remembers what it is asked."""

    def _answer(self, body, status=200):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        if self.path == "/":
            self._answer({"api_version": "1.2.0", "endpoints": ENDPOINTS})
        elif self.path == "/collections/SENTINEL1_GRD":
            self._answer({"id": "SENTINEL1_GRD", "cube:dimensions": DIMENSIONS})
        else:
            self._answer({"code": "NotFound", "message": "not here"}, 404)

    def do_POST(self):
        ASKED["graph"] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer({f"{day}T00:00:00Z": [[0.1, 0.01], [0.2, 0.02]] for day in DAYS})

    def log_message(self, *words):
        pass


def test_the_client_of_openeo_asks_for_terrain_corrected_means_of_each_parcel(parcels):
    openeo = pytest.importorskip("openeo", reason="it needs an older pandas; install it without dependencies")
    made = recipe("openeo_series")
    server = ThreadingHTTPServer(("127.0.0.1", 0), OpenEo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    outlines = made.shrunken(parcels)
    connection = openeo.connect(f"http://127.0.0.1:{server.server_port}", auto_validate=False)
    answer = made.cube(connection, outlines, "2021-03-01", "2021-10-31").execute()
    server.shutdown()
    graph = ASKED["graph"]["process"]["process_graph"]
    steps = {step["process_id"]: step["arguments"] for step in graph.values()}
    assert list(steps) == ["load_collection", "sar_backscatter", "aggregate_spatial"]
    assert steps["load_collection"]["temporal_extent"] == ["2021-03-01", "2021-10-31"]
    assert steps["sar_backscatter"]["coefficient"] == "gamma0-terrain"
    assert len(steps["aggregate_spatial"]["geometries"]["features"]) == 2
    assert len(list(made.rows(answer, outlines))) == 2 * len(DAYS)


def test_the_export_of_earth_engine_becomes_a_table_with_the_images_of_a_day_averaged(parcels, tmp_path):
    made = recipe("earth_engine_series")
    lines = [
        {"parcel_id": f"p{number}", "season": "2021", "date": day, "VV": power, "VH": 0.01}
        for day in DAYS
        for number in (0, 1)
        for power in (0.1, 0.3)  # two images of a day
    ]
    lines.append({"parcel_id": "p0", "season": "2021", "date": "2021-05-22", "VV": "", "VH": ""})
    exported = tmp_path / "groundplan_series.csv"
    with exported.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    made.table(exported, tmp_path / "series.csv")
    assert len((tmp_path / "series.csv").read_text().splitlines()) == 1 + 2 * len(DAYS)
    cube = cube_of(parcels, tmp_path / "series.csv")
    np.testing.assert_allclose(cube.values[:, 0], 10 * np.log10(0.2), atol=1e-3)
    np.testing.assert_allclose(cube.values[:, 1], -20, atol=1e-3)

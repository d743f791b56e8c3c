"""GDAL opens the files that it is given and nothing that they point at; bombs are never unpacked."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import threading
import zipfile
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shapely.geometry import box

from engine.studies.ingest.faults import Findings
from engine.studies.ingest.foreign import FileOptions
from engine.studies.ingest.readers import read_columns, read_layers
from engine.studies.uploads import UploadError, receive
from engine.unpacking import FREE_BYTES, MOST_TIMES, BombError, check_archive, check_size
from engine.vectors import columns_of, layers_of
from engine.vectors import read_layers as read_vectors

SECRET = "the crop of somebody else"


@pytest.fixture
def server():
    """A server on this machine, and every path that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with closing_server(HTTPServer(("127.0.0.1", 0), Handler)) as served:
        yield f"http://127.0.0.1:{served.server_port}", asked


@contextmanager
def closing_server(served: HTTPServer):
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield served
    served.shutdown()
    served.server_close()


@pytest.fixture
def secret(tmp_path) -> Path:
    """A map of another user."""
    path = tmp_path / "others" / "secret.geojson"
    path.parent.mkdir()
    squares(crop=SECRET).to_file(path, driver="GeoJSON")
    return path


def squares(**columns: object) -> gpd.GeoDataFrame:
    shapes = [box(19 + 0.1 * row, 45, 19.05 + 0.1 * row, 45.05) for row in range(3)]
    given = {"parcel_id": ["a", "b", "c"], "season": 2020, "crop": "maize", **columns}
    return gpd.GeoDataFrame(given, geometry=shapes, crs=4326)


def vrt(source: str) -> bytes:
    layer = Path(source).stem
    text = f'<OGRVRTDataSource><OGRVRTLayer name="{layer}"><SrcDataSource>{source}</SrcDataSource>'
    return f"{text}</OGRVRTLayer></OGRVRTDataSource>".encode()


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


def geopackage(path: Path, statement: str) -> bytes:
    squares().to_file(path, driver="GPKG", layer="parcels")
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute(
            "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES (?, 'x', 'x', 0, ?)",
            ("view" if "VIEW" in statement else "table", statement),
        )
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('x', 'attributes', 'x')"
        )
        database.commit()
    return path.read_bytes()


def hostile(folder: Path, secret: Path, address: str) -> dict[str, bytes]:
    """Files that point at another user's file, or at an address."""
    wfs = f"<OGRWFSDataSource><URL>{address}/wfs?SERVICE=WFS</URL></OGRWFSDataSource>".encode()
    link = {"type": "link", "properties": {"href": f"{address}/crs", "type": "proj4"}}
    features = json.loads(squares().to_json())["features"]
    linked = {"type": "FeatureCollection", "crs": link, "features": features}
    esri = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": f"{address}/crs"}}}
    init = {"type": "name", "properties": {"name": f"+init={secret}:1"}}
    files = {
        "link.geojson": json.dumps(linked).encode(),
        "named.geojson": json.dumps({**esri, "features": features}).encode(),
        "init.geojson": json.dumps({**linked, "crs": init}).encode(),
        "virtual.gpkg": geopackage(folder / "v.gpkg", f"CREATE VIRTUAL TABLE x USING VirtualOGR('{secret}')"),
        "view.gpkg": geopackage(folder / "w.gpkg", "CREATE VIEW x AS SELECT ogr_geocode('Novi Sad') AS crop"),
    }
    for source in (str(secret), f"/vsicurl/{address}/a.geojson"):
        mark = len(files)
        inside = {"a_shp": vrt(source)}, {"a_txt": vrt(source)}, {"a_shp": vrt(source), "a_dbf": vrt(source)}
        files |= {f"{mark}{ending}": vrt(source) for ending in (".geojson", ".gpkg", ".shp", ".json", ".csv")}
        files |= {f"{mark}-{number}.zip": zipped(**each) for number, each in enumerate(inside)}
    files |= {f"wfs{ending}": wfs for ending in (".geojson", ".gpkg", ".xml", ".shp")}
    return files


def test_no_file_makes_another_file_or_an_address_open(tmp_path, secret, server):
    address, asked = server
    (tmp_path / "made").mkdir()
    files = hostile(tmp_path / "made", secret, address)
    for name, content in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        for read in (read_layers, read_columns):
            findings = Findings()
            found = read(path, FileOptions(), findings)
            tables = [found] if isinstance(found, pd.DataFrame) else [each.frame for each in found or ()]
            assert not any(SECRET in table.to_csv() for table in tables), name
            assert SECRET not in " ".join(map(str, findings.faults)), name
            if read is read_layers:
                assert found is None, name
                assert findings.faults, name
    assert asked == []


@pytest.mark.parametrize("name", ["/vsicurl/http://127.0.0.1:9/a.gpkg", "http://127.0.0.1:9/a.gpkg", "WFS:x"])
def test_an_address_is_no_file(name):
    findings = Findings()
    assert read_layers(Path(name), FileOptions(), findings) is None
    assert "There is no file" in str(findings.faults[0])


def test_geopackages_shapefiles_and_archives_of_them_are_read_by_what_they_are_not_by_name(tmp_path):
    made = squares()
    made.to_file(tmp_path / "a.gpkg", layer="fields", driver="GPKG")
    made.to_file(tmp_path / "b.shp")
    parts = {f"b{path.suffix}": path.read_bytes() for path in tmp_path.glob("b.*")}
    (tmp_path / "c.zip").write_bytes(zipped(**{f"in/{name}": content for name, content in parts.items()}))
    for name, layer in (("a.gpkg", "fields"), ("b.shp", "b"), ("c.zip", "b")):
        path = tmp_path / name
        assert layers_of(path) == {layer: True}
        assert {"season", "crop"} <= set(columns_of(path))
        assert read_vectors(path)[layer].geometry.geom_equals(made.geometry).all()
        assert "geometry" not in read_vectors(path, geometry=False)[layer]
    with pytest.raises(ValueError, match="first bytes"):
        layers_of(secret_text(tmp_path / "e.gpkg"))


def secret_text(path: Path) -> Path:
    path.write_text("a,b\n1,2\n")
    return path


def test_a_bomb_is_refused_by_what_it_unpacks_to():
    check_size(1, FREE_BYTES)
    check_size(FREE_BYTES, MOST_TIMES * FREE_BYTES // 4)
    with pytest.raises(BombError, match="unpack to"):
        check_size(FREE_BYTES // MOST_TIMES, FREE_BYTES + 1)
    with pytest.raises(BombError, match="unpack to"):
        check_size(10**10, 10**11)


def bomb(path: Path, name: str = "a.dbf") -> Path:
    """An archive of 150 kB that unpacks to 150 MB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        for _ in range(150):
            member.write(bytes(1_000_000))
    return path


def test_an_archive_that_is_a_bomb_is_never_unpacked(tmp_path):
    path = bomb(tmp_path / "a.zip")
    findings = Findings()
    assert read_layers(path, FileOptions(), findings) is None
    with zipfile.ZipFile(path) as archive, pytest.raises(BombError):
        check_archive(archive)
    with pytest.raises(UploadError, match="is not unpacked"):
        receive(tmp_path / "up", [("a.zip", lambda: path.open("rb"))])
    assert not [each for each in (tmp_path / "up").rglob("*") if each.is_file()]


def test_a_table_that_is_a_bomb_is_never_read(tmp_path):
    rows = 30_000_000
    same = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), rows), pa.array(["a"]))
    pq.write_table(pa.table({"parcel_id": same, "season": same}), tmp_path / "s.parquet", compression="zstd")
    assert (tmp_path / "s.parquet").stat().st_size < 1_000_000
    findings = Findings()
    assert read_columns(tmp_path / "s.parquet", FileOptions(), findings) is None
    assert "unpack to" in str(findings.faults[0])


def test_a_compressed_table_is_not_unpacked_by_its_name(tmp_path):
    pd.DataFrame({"parcel_id": ["a"], "date": ["2021-03-01"], "VV": [1.0]}).to_csv(tmp_path / "s.csv.gz")
    findings = Findings()
    assert read_columns(tmp_path / "s.csv.gz", FileOptions(), findings) is None
    assert "Unpack it" in str(findings.faults[0])


def test_nothing_else_opens_a_file_through_gdal():
    opens = re.compile(
        r"\b(?:gpd|geopandas|pyogrio|fiona)\.(?:read_file|read_dataframe|read_info|list_layers|open)\b"
    )
    root = Path(__file__).parents[1]
    for path in (path for room in ("engine", "pages") for path in (root / room).rglob("*.py")):
        if path.name != "vectors.py":
            assert not opens.search(path.read_text(encoding="utf-8")), path
    rasters = (root / "engine" / "studies" / "extract" / "raster.py").read_text(encoding="utf-8")
    assert rasters.count("rasterio.open(") == rasters.count("driver=DRIVER") == 1

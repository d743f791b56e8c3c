"""What can happen to a file: bytes that rot, and values that are not what they should be."""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w

from tests.fuzz.odd_shapes import with_odd_shape
from tests.fuzz.odd_tables import with_odd_column

Rng = np.random.Generator
SPLICES = (
    b"\x00",
    b"\xff" * 8,
    b"[" * 3000,
    b"{",
    b"NaN",
    b"\n",
    b'"',
    b"-1",
    b"9" * 400,
    b"\xc3\x28",
    b"null",
    b",",
)
DEEP = 3000
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**64, -(2**63), 10**300, 1e308, -1e308),
    *(0.5, -0.5, float("nan"), float("inf"), float("-inf"), "", "a", "\x00", "é", "é", "\ud800", "../../x"),
    *("NaN", "1", "-1", "2021-02-30", "#", "=1+1", "x" * 5000, [], {}, [None], [[]], [{}], {"": None}),
    *([1, 2, 3], ["a"], {"a": {"b": []}}, [float("nan")], "/vsicurl/http://127.0.0.1:9/x", "{}"),
)


def of_bytes(content: bytes, rng: Rng) -> bytes:
    """One to four damages: flipped, cut, spliced, zeroed or repeated bytes."""
    data = bytearray(content)
    for _ in range(int(rng.integers(1, 5))):
        if not data:
            break
        at = int(rng.integers(len(data)))
        length = int(min(1 + rng.geometric(0.05), len(data) - at))
        match int(rng.integers(6)):
            case 0:
                data[at] ^= 1 << int(rng.integers(8))
            case 1:
                del data[at:]
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = SPLICES[int(rng.integers(len(SPLICES)))]
            case 4:
                data[at : at + length] = bytes(length)
            case _:
                data[at:at] = bytes(data[at : at + length]) * int(rng.integers(1, 20))
    return bytes(data)


def of_structure(name: str, content: bytes, rng: Rng) -> bytes:
    """A well-formed file that says something odd; bytes are damaged where a format has no such form."""
    suffix = PurePosixPath(name).suffix.lower()
    try:
        return STRUCTURES.get(suffix, _any)(content, rng)
    except Exception:  # no library writes this oddity
        return of_bytes(content, rng)


def _any(content: bytes, rng: Rng) -> bytes:
    return of_bytes(content, rng)


def _json(content: bytes, rng: Rng) -> bytes:
    document = json.loads(content)
    if isinstance(document, dict) and document.get("type") == "FeatureCollection" and rng.random() < 0.5:
        return _geojson(content, rng)
    if rng.random() < 0.04:
        return b"[" * DEEP + b"]" * DEEP
    odd = with_odd_value(document, rng)
    text = json.dumps(odd, ensure_ascii=bool(rng.random() < 0.5))
    if rng.random() < 0.05:
        text = text.replace(":", ":" + "[" * DEEP, 1)
    return text.encode(errors="surrogatepass")


def _toml(content: bytes, rng: Rng) -> bytes:
    if rng.random() < 0.05:
        return content + b"\ndeep = " + b"[" * DEEP + b"]" * DEEP
    if rng.random() < 0.05:
        return content + b"\nnumber = " + b"9" * 5000
    return tomli_w.dumps(with_odd_value(tomllib.loads(content.decode()), rng)).encode()


def with_odd_value(document: Any, rng: Rng) -> Any:
    """A copy in which one to three places hold an odd value, are gone, doubled or wrapped."""
    whole = {"": json.loads(json.dumps(document, default=str)) if _is_plain(document) else document}
    for _ in range(int(rng.integers(1, 4))):
        holder, key = _place(whole, rng)
        value = holder[key]
        odd = ODD_VALUES[int(rng.integers(len(ODD_VALUES)))]
        match int(rng.integers(8)):
            case 0 if holder is not whole:
                del holder[key]
            case 1 if isinstance(holder, list):
                holder.insert(0, value)
            case 1 if isinstance(holder, dict):
                holder[f"{key}2"] = value
            case 2:
                holder[key] = [value]
            case 3:
                holder[key] = str(value)
            case 4 if isinstance(value, int | float) and not isinstance(value, bool):
                holder[key] = -value if rng.random() < 0.5 else value * 1_000_003
            case _:
                holder[key] = odd
    return whole[""]


def _is_plain(document: Any) -> bool:
    try:
        json.dumps(document)
    except TypeError:
        return False
    return True


def _place(whole: Any, rng: Rng) -> tuple[Any, Any]:
    """Any place of a tree, each level as likely as the next."""
    holder, key = whole, ""
    while True:
        value = holder[key]
        if not isinstance(value, dict | list) or not value or rng.random() < 0.15:
            return holder, key
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        holder, key = value, keys[int(rng.integers(len(keys)))]


def _csv(content: bytes, rng: Rng) -> bytes:
    table = pd.read_csv(io.BytesIO(content), dtype=str)
    odd = with_odd_column(table, rng)
    return odd.to_csv(index=False).encode(errors="surrogatepass")


def _parquet(content: bytes, rng: Rng) -> bytes:
    table = pq.read_table(io.BytesIO(content))
    out = io.BytesIO()
    if b"geo" in (table.schema.metadata or {}) and rng.random() < 0.6:
        if rng.random() < 0.3:
            facts = json.dumps(with_odd_value(json.loads(table.schema.metadata[b"geo"]), rng))
            odd = table.replace_schema_metadata({**table.schema.metadata, b"geo": facts.encode()})
            pq.write_table(odd, out)
        else:
            with_odd_shape(gpd.read_parquet(io.BytesIO(content)), rng).to_parquet(out)
        return out.getvalue()
    pq.write_table(_odd_arrow(table, rng), out)
    return out.getvalue()


def _odd_arrow(table: pa.Table, rng: Rng) -> pa.Table:
    place = int(rng.integers(table.num_columns))
    name, rows = table.column_names[place], table.num_rows
    kinds: tuple[Callable[[], Any], ...] = (
        lambda: pa.nulls(rows),
        lambda: pa.array([[1, None]] * rows),
        lambda: pa.array([None] * rows, pa.list_(pa.float32())),
        lambda: pa.array([None] * rows, pa.list_(pa.float32(), 3)),
        lambda: pa.array([{"a": 1}] * rows),
        lambda: pa.array([None] * rows, pa.string()),
        lambda: pa.array(["a"] * rows).dictionary_encode(),
        lambda: pa.array([None] * rows, pa.string()).dictionary_encode(),
        lambda: pa.array([b"\xff\xfe"] * rows),
        lambda: pa.array([2**63 - 1] * rows, pa.timestamp("us", "UTC")),
        lambda: pa.array([float("nan")] * rows, pa.float64()),
        lambda: pa.array([float("inf")] * rows, pa.float32()),
        lambda: pa.array([2**64 - 1] * rows, pa.uint64()),
        lambda: pa.array(list(range(rows)), pa.int8() if rows < 100 else pa.int32()),
        lambda: pa.array([True] * rows),
        lambda: pa.array(["é" * (row % 3) for row in range(rows)], pa.large_string()),
        lambda: table.column(place).take(pa.array([0] * rows)),
        lambda: pa.chunked_array(
            [table.column(place).slice(0, rows // 2), table.column(place).slice(0, rows - rows // 2)]
        ),
    )
    match int(rng.integers(5)):
        case 0:
            return table.remove_column(place)
        case 1 if table.num_columns < 40:
            return table.append_column(name, table.column(place))
        case 2:
            return table.slice(0, int(rng.integers(0, 3)))
        case _:
            column = kinds[int(rng.integers(len(kinds)))]()
            return table.set_column(place, name, column)


def _geojson(content: bytes, rng: Rng) -> bytes:
    frame = gpd.GeoDataFrame.from_features(json.loads(content)["features"], crs=4326)
    return str(with_odd_shape(frame, rng).to_json()).encode(errors="surrogatepass")


def _by_gdal(suffix: str, driver: str) -> Callable[[bytes, Rng], bytes]:
    def odd(content: bytes, rng: Rng) -> bytes:
        import tempfile
        from pathlib import Path

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"a{suffix}"
            path.write_bytes(content)
            layers = {name: gpd.read_file(path, layer=name) for name in gpd.list_layers(path)["name"]}
            chosen = list(layers)[int(rng.integers(len(layers)))]
            frame = layers[chosen]
            if not isinstance(frame, gpd.GeoDataFrame) or rng.random() < 0.4:
                frame = with_odd_column(frame, rng)
            else:
                frame = with_odd_shape(frame, rng)
            layers[chosen] = frame
            path.unlink()
            for name, layer in layers.items():
                gpd.GeoDataFrame(_writable(layer)).to_file(path, layer=name, driver=driver)
            return path.read_bytes()

    return odd


def _writable(layer: pd.DataFrame) -> pd.DataFrame:
    """The layer with texts that the library writes without falling over."""
    if not layer.columns.is_unique:
        raise ValueError("two columns of one name")
    texts = [name for name in layer.columns if layer[name].dtype == object]
    plain = {
        name: [None if cell is None else str(cell).encode(errors="replace").decode() for cell in layer[name]]
        for name in texts
    }
    return layer.assign(**plain)


def _zip(content: bytes, rng: Rng) -> bytes:
    """One member is damaged, gone, doubled, renamed or emptied."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    at = int(rng.integers(len(members)))
    name, inner = members[at]
    match int(rng.integers(6)):
        case 0:
            del members[at]
        case 1:
            members.append((name, inner))
        case 2:
            members[at] = (f"../{name}", inner)
        case 3:
            members[at] = (name, b"")
        case 4:
            members[at] = (name, of_structure(name, inner, rng))
        case _:
            members[at] = (name, of_bytes(inner, rng))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, text in members:
            archive.writestr(each, text)
    return out.getvalue()


STRUCTURES: dict[str, Callable[[bytes, Rng], bytes]] = {
    ".json": _json, ".geojson": _json, ".toml": _toml, ".csv": _csv, ".parquet": _parquet, ".zip": _zip,
    ".gpkg": _by_gdal(".gpkg", "GPKG"),
}  # fmt: skip

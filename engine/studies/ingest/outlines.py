"""Geometries in the cells of a table: WKT, WKB, hexadecimal WKB and GeoJSON."""

from __future__ import annotations

import json
import re

import pandas as pd
import shapely

OUTLINES = ("geometry", "wkt", "geom", "the_geom", "geojson", "geo", "wkt_geom", "wkb_geometry")
SHAPE_TEXT = re.compile(r"\s*(?:SRID=\d+;)?\s*(?:MULTI)?(?:POINT|POLYGON)\b.*", re.IGNORECASE | re.DOTALL)


def as_shape(cell: object) -> shapely.Geometry | None:
    """The geometry that a cell stands for; None where there is none.

    Parameters
    ----------
    cell
        Of a table.
    """
    if isinstance(cell, bytes):
        return shapely.from_wkb(cell, on_invalid="ignore")
    if not isinstance(cell, str) or not cell.strip():
        return None
    if cell.lstrip().startswith("{"):
        return shapely.from_geojson(json.dumps(json.loads(cell)), on_invalid="ignore")
    text = cell.rpartition(";")[2]  # PostGIS writes SRID=4326; before it
    if re.fullmatch(r"[0-9A-Fa-f]+", text):
        return shapely.from_wkb(text, on_invalid="ignore")
    return shapely.from_wkt(text, on_invalid="ignore")


def is_shape(column: pd.Series) -> bool:
    """Whether the first cell of a column that is not empty is a geometry.

    Parameters
    ----------
    column
        Of a table.
    """
    cell = next(iter(column.dropna()), None)
    if isinstance(cell, str):
        return bool(SHAPE_TEXT.fullmatch(cell)) or as_shape(cell) is not None
    return isinstance(cell, bytes) and as_shape(cell) is not None

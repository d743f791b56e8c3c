"""A cell of a table is the same outline in any of its forms."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

from engine.studies.ingest.outlines import as_shape, is_shape

SQUARE = shapely.box(19, 45, 19.001, 45.001)
CELLS = {
    "WKT": SQUARE.wkt,
    "EWKT": f"SRID=4326;{SQUARE.wkt}",
    "WKB": SQUARE.wkb,
    "hexadecimal WKB": SQUARE.wkb_hex,
    "GeoJSON": shapely.to_geojson(SQUARE),
}


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_cell_is_its_outline(cell):
    assert as_shape(cell).equals(SQUARE)
    assert is_shape(pd.Series([None, cell], dtype=object))


@pytest.mark.parametrize("cell", [None, "", " ", 17])
def test_an_empty_cell_is_none(cell):
    assert as_shape(cell) is None

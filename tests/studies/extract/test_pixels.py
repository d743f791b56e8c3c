"""Which pixels stand for a parcel."""

import geopandas as gpd
import numpy as np
import shapely

from engine.studies.extract.pixels import draw
from engine.studies.extract.raster import Grid
from tests.studies.extract.images import CRS, NORTH, SIZE, WEST, field

GRID = Grid(CRS, (SIZE, 0.0, WEST, 0.0, -SIZE, NORTH))


def drawn(*shapes, count=50, buffer=1.0, grid=GRID):
    names = [f"p{number}" for number in range(len(shapes))]
    parcels = gpd.GeoDataFrame({"parcel_id": names}, geometry=list(shapes), crs=CRS)
    return draw(parcels, grid, count, 0, buffer).table


def test_drawn_pixels_are_different_and_lie_in_the_parcel_as_a_whole():
    shape = field(3.2, 3.7, 30, 14).union(field(20.1, 10.3, 9, 30))
    table = drawn(shape)
    assert len(table) == len(table[["x", "y"]].drop_duplicates()) == 50
    half = SIZE / 2
    squares = shapely.box(table["x"] - half, table["y"] - half, table["x"] + half, table["y"] + half)
    assert shapely.contains(shape, squares).all()
    assert not table["small"].any()
    assert list(table["pixel_id"]) == list(range(50))


def test_two_parcels_of_one_shape_do_not_get_the_same_draw():
    table = drawn(field(0, 0, 20, 20), field(40, 0, 20, 20))
    first, second = (group["x"].to_numpy() for _, group in table.groupby("parcel_id"))
    assert (first + 40 * SIZE != second).any()


def test_a_parcel_with_fewer_pixels_gives_all_of_them():
    assert len(drawn(field(0, 0, 5, 5))) == 9


def test_a_parcel_too_small_for_the_buffer_gives_what_lies_in_it_or_at_its_centroid():
    strip, tiny, point = field(5, 5, 1, 4), field(20.6, 20.6, 0.2, 0.2), field(30.5, 30.5, 0, 0).centroid
    table = drawn(strip, tiny, point)
    assert table.groupby("parcel_id").size().to_dict() == {"p0": 4, "p1": 1, "p2": 1}
    assert table["small"].all()
    cells = GRID.cells(table["x"].to_numpy(), table["y"].to_numpy())
    assert np.floor(np.column_stack(cells)).astype(int).tolist()[4:] == [[20, 20], [30, 30]]


def test_a_buffer_of_two_pixels_keeps_coarser_bands_inside():
    assert len(drawn(field(0, 0, 10, 10), buffer=2.0, count=1000)) == 6 * 6


def test_pixels_on_a_grid_in_degrees_lie_in_the_parcel_too():
    shape = gpd.GeoSeries([field(5, 5, 40, 40)], crs=CRS).to_crs(4326).iloc[0]
    west, _, _, north = shape.bounds
    table = drawn(field(5, 5, 40, 40), grid=Grid("EPSG:4326", (1e-4, 0.0, west, 0.0, -1e-4, north)))
    assert shapely.contains_xy(shape, table["x"], table["y"]).all()
    assert len(table) == 50

"""How the plain is parcelled, and which fields are surveyed."""

import numpy as np
import pytest
import shapely

from engine.simulation.fields import cadastre
from engine.simulation.parameters import Landscape
from engine.simulation.parcels import parcel_table
from engine.simulation.province import outline, to_km


@pytest.fixture(scope="module")
def parcels():
    return parcel_table(Landscape(parcels=3000, pixels=1))


def test_fields_are_strips_of_believable_size_that_do_not_overlap(parcels):
    surveyed = parcels[parcels["season"] == "2021"]
    area = np.sort(surveyed["area_ha"].to_numpy())
    assert 0.5 < np.quantile(area, 0.05) < 1.5
    assert 2 < np.median(area) < 4
    assert 6 < np.quantile(area, 0.95) < 20
    share = np.cumsum(area) / area.sum()
    assert 0.35 < 1 - 2 * np.trapezoid(share, dx=1 / len(area)) < 0.65  # Gini
    shapes = shapely.transform(surveyed.geometry.to_numpy(), lambda lonlat: np.column_stack(to_km(*lonlat.T)))
    box = shapely.get_coordinates(shapely.oriented_envelope(shapes)).reshape(-1, 5, 2)
    sides = np.sort(np.linalg.norm(np.diff(box[:, :3], axis=1), axis=2), axis=1)
    assert 4 < np.median(sides[:, 1] / sides[:, 0]) < 15
    first, second = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    assert shared.max(initial=0) < 2e-5  # km2; neighbours share an edge, rounded to 0.1 m
    assert outline().buffer(0.1).contains(shapely.union_all(shapes))


def test_blocks_are_of_many_sizes_and_shapes_and_do_not_overlap():
    corners = cadastre(0).corners
    shapes = shapely.polygons(corners)
    assert shapely.is_valid(shapes).all()
    area = shapely.area(shapes)  # km2
    assert np.quantile(area, 0.95) > 3 * np.quantile(area, 0.05)
    assert 0.05 < area.min() < area.max() < 8
    sides = np.linalg.norm(np.diff(corners[:, :3], axis=1), axis=2)  # [block, along and across]
    aspect = sides[:, 0] / sides[:, 1]
    assert np.quantile(aspect, 0.95) > 1.5 * np.quantile(aspect, 0.05)
    assert len(np.unique(sides.round(3), axis=0)) > 0.95 * len(sides)  # metres
    first, second = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    assert shapely.area(shapely.intersection(shapes[first], shapes[second])).max(initial=0) < 1e-9


def test_fields_lie_in_their_blocks():
    fields = cadastre(0)
    some = np.random.default_rng(0).choice(len(fields), 2000, replace=False)
    blocks = shapely.buffer(shapely.polygons(fields.corners[fields.block[some]]), 1e-6)
    assert shapely.contains(blocks, fields.polygons(some)).all()


def test_surveys_are_denser_around_the_departure_and_come_back_to_some_fields(parcels):
    distance = np.hypot(*to_km(parcels["lon"], parcels["lat"]))
    near, far = (distance < 20).sum() / 20**2, ((distance > 40) & (distance < 60)).sum() / (60**2 - 40**2)
    assert near > 1.2 * far
    seasons = parcels.groupby("field_group")["season"].nunique()
    assert 0.05 < (seasons > 1).mean() < 0.5
    assert not parcels.duplicated(["parcel_id", "season"]).any()

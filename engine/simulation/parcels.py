"""The parcels of a simulated landscape with their crops, as a study holds them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from engine.domain import CROP_COLOURS, Crop, Legend
from engine.simulation import breaks, crops, radar, series
from engine.simulation.fields import cadastre
from engine.simulation.parameters import SLOTS, Landscape
from engine.simulation.province import to_degrees

BANDS = tuple(band.name for band in radar.BANDS)
# Of each class, in the order of `crops.NAMES`; what covers most is not the loudest.
COLOURS = tuple(CROP_COLOURS[place] for place in (5, 3, 8, 6, 1, 2, 7, 0, 4))


def legend() -> Legend:
    """The classes of the landscape."""
    named = zip(crops.NAMES, COLOURS, strict=True)
    return Legend(tuple(Crop(code, name, colour) for code, (name, colour) in enumerate(named)))


def parcel_table(landscape: Landscape) -> gpd.GeoDataFrame:
    """The surveyed parcels of all seasons, as `engine.domain.Study` wants them; in an open season they have
    no crop.

    Parameters
    ----------
    landscape
        What is simulated.
    """
    fields = cadastre(landscape.seed)
    surveys = series.surveys(landscape)
    field = np.concatenate([surveys[year].field for year in landscape.years])
    year = np.repeat(landscape.years, [len(survey.field) for survey in surveys.values()])  # [parcel]
    crop = np.concatenate(
        [breaks.as_surveyed(landscape, each, crops.names(surveys[each].code)) for each in landscape.years]
    )
    crop[np.isin(year, landscape.years_with_series, invert=True)] = None
    polygons = fields.polygons(field)
    # Rounded, so that processors that differ in the last bit give the same table.
    outlines = shapely.transform(polygons, lambda km: np.round(np.column_stack(to_degrees(*km.T)), 6))
    lon, lat = to_degrees(*fields.centres(field))
    name = np.array([f"f{number:06d}" for number in field], dtype=object)
    return gpd.GeoDataFrame(
        {
            "parcel_id": name,
            "season": year.astype(str).astype(object),
            "crop": crop,
            "field_group": name,
            "area_ha": np.round(shapely.area(polygons) * 100, 3),
            "lon": np.round(lon, 6),
            "lat": np.round(lat, 6),
        },
        geometry=outlines,
        crs="EPSG:4326",
    )


def missing_share(landscape: Landscape, label: str) -> float:
    """Share of slots of a season that are interpolated.

    Parameters
    ----------
    landscape
        What is simulated.
    label
        Of the season, its harvest year.
    """
    return len(series.acquisitions(landscape, int(label))[1]) / SLOTS

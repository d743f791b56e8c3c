"""A grown landscape as the tables of a study: parcels with their crops, and series files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from engine.domain import Crop, Legend
from engine.studies.fingerprint import SeriesDigest
from engine.studies.landscape import breaking, crops, growing, radar
from engine.studies.landscape.fields import cadastre
from engine.studies.landscape.parameters import SLOTS, Landscape
from engine.studies.landscape.province import to_degrees
from engine.studies.profiles import ProfileSums
from engine.studies.series_file import write_series

BANDS = tuple(band.name for band in radar.BANDS)
# Nine colours that stay apart under colour-vision deficiencies; what covers most is not the loudest.
COLOURS = (
    "#AABB44", "#886600", "#552200", "#228877", "#CC99FF", "#8855CC", "#440077", "#88CCBB", "#334444",
)  # fmt: skip

Counted = Callable[[int, int], None]  # parcels grown, of all


def legend() -> Legend:
    """The classes of the landscape."""
    named = zip(crops.NAMES, COLOURS, strict=True)
    return Legend(tuple(Crop(code, *one) for code, one in enumerate(named)))


def parcel_table(landscape: Landscape) -> gpd.GeoDataFrame:
    """The surveyed parcels of all seasons, as `engine.domain.Study` wants them."""
    land = cadastre(landscape.seed)
    surveys = growing.surveys(landscape)
    field = np.concatenate([surveys[year].field for year in landscape.years])
    crop = np.concatenate(
        [breaking.as_written(landscape, year, crops.names(surveys[year].code)) for year in landscape.years]
    )
    season = np.repeat([str(year) for year in landscape.years], [len(one.field) for one in surveys.values()])
    polygons = land.polygons(field)
    # Rounded, so that processors that differ in the last bit grow the same table.
    outlines = shapely.transform(polygons, lambda km: np.round(np.column_stack(to_degrees(*km.T)), 6))
    lon, lat = to_degrees(*land.centres(field))
    name = np.array([f"f{number:06d}" for number in field], dtype=object)
    return gpd.GeoDataFrame(
        {
            "parcel_id": name,
            "season": season.astype(object),
            "crop": crop,
            "field_group": name,
            "area_ha": np.round(shapely.area(polygons) * 100, 3),
            "lon": np.round(lon, 6),
            "lat": np.round(lat, 6),
        },
        geometry=outlines,
        crs="EPSG:4326",
    )


def write_season(
    path: Path,
    landscape: Landscape,
    parcels: gpd.GeoDataFrame,
    label: str,
    workers: int = 1,
    counted: Counted | None = None,
) -> tuple[str, ProfileSums]:
    """Grow a season's series straight into a file, part by part.

    Parameters
    ----------
    parcels
        All parcels of the study, in the order of `parcel_table`.
    counted
        Told after every part how many parcels of how many have grown.

    Returns
    -------
    The digest of the series, and sums for the profiles of its classes.
    """
    rows = np.flatnonzero(parcels["season"].to_numpy(dtype=object) == label)
    name = parcels["parcel_id"].to_numpy(dtype=object)[rows]
    days = np.arange(SLOTS, dtype=np.int64) * growing.DAY[1]
    digest = SeriesDigest(label, BANDS, days, np.repeat(rows, landscape.pixels))
    code = legend().codes(parcels["crop"].to_numpy(dtype=object)[rows])
    sums = ProfileSums.empty(len(crops.CLASSES), len(BANDS), SLOTS)

    def parts() -> Iterator[tuple[npt.NDArray[np.object_], npt.NDArray[np.float32]]]:
        done = 0
        for values in growing.series(landscape, int(label), workers):
            count = len(values) // landscape.pixels
            digest.update(values)
            by_parcel = values.reshape(count, landscape.pixels, len(BANDS), SLOTS)
            sums.add(code[done : done + count], by_parcel.mean(axis=1))
            yield np.repeat(name[done : done + count], landscape.pixels), values
            done += count
            if counted:
                counted(done, len(rows))

    write_series(path, BANDS, SLOTS, parts())
    return digest.hexdigest(), sums


def missing_share(landscape: Landscape, label: str) -> float:
    """Share of slots of a season that are interpolated."""
    return len(growing.acquisitions(landscape, int(label))[1]) / SLOTS

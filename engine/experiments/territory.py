"""The ground of a plan: who may be visited and who tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Departure, PlanError, Study
from engine.experiments.plan import TestArea
from engine.fieldwork.reach import placed
from engine.learning import splits


@dataclass(frozen=True, eq=False)
class Territory:
    """The parcels of the target season, sorted out.

    Parameters
    ----------
    parcels
        Index is the row in ``Study.parcels``; ``parcel_id``, ``crop``, ``field_group``, ``distance_km``,
        ``east_km`` and ``north_km`` of the departure, ``x_km``, ``y_km`` (projected), ``test`` (bool).
    test_side
        Whether a parcel of any season stands on ground that tests rather than teaches, ``[parcel]``.
    """

    parcels: pd.DataFrame
    test_side: npt.NDArray[np.bool_]

    @property
    def open(self) -> pd.DataFrame:
        """The parcels that a design may draw."""
        return self.parcels[~self.parcels["test"]]

    @property
    def test(self) -> pd.DataFrame:
        """The parcels that only ever test."""
        return self.parcels[self.parcels["test"]]


def survey(study: Study, target: str, departure: Departure, area: TestArea) -> Territory:
    """Sort the parcels of the target season into those to visit and those to test on.

    The halves belong to the ground, not to the departure, so pre-trained models serve every departure.
    """
    x_km, y_km = projected_km(study)
    season = study.parcels["season"].to_numpy(dtype=object)
    group = study.parcels["field_group"].to_numpy(dtype=object)
    if area.kind == "far-half":
        test_side = splits.halves(group, x_km, y_km, season == target)
    else:
        test_side = np.ones(len(study.parcels), dtype=bool)

    surveyed = pd.DataFrame(study.surveyed(target)[["parcel_id", "crop", "field_group", "lon", "lat"]])
    parcels = placed(surveyed, departure)
    rows, far = parcels.index.to_numpy(), parcels["distance_km"].to_numpy()
    parcels["x_km"], parcels["y_km"] = x_km[rows], y_km[rows]
    parcels["test"] = (far > area.beyond_km) & test_side[rows]
    if not parcels["test"].any():
        raise PlanError(
            f"No parcel of season {target} lies beyond {area.beyond_km:g} km of {departure.title} to test on "
            f"(the farthest is {far.max():.1f} km away). Choose a smaller outer radius (--beyond) or another "
            "departure."
        )
    return Territory(parcels, test_side)


def projected_km(study: Study) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Centroids in the UTM zone of the study's centre, km, ``[parcel]`` each."""
    import geopandas as gpd

    points = gpd.GeoSeries(gpd.points_from_xy(study.parcels["lon"], study.parcels["lat"]), crs="EPSG:4326")
    projected = points.to_crs(points.estimate_utm_crs())
    return projected.x.to_numpy() / 1000, projected.y.to_numpy() / 1000

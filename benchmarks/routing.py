"""How well and how fast trips are routed, for docs/decision.md.

    python benchmarks/routing.py tours       # 300 parcels in 10 s against 60 s; 2,000 parcels
    python benchmarks/routing.py estimate    # the closed-form bill against the routed one, by design

Times are of this machine and of now; ratios are what counts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.tables import markdown_row
from engine.decisions.trip import TripRequest, trip
from engine.domain import Departure
from engine.experiments.archive import archive_for
from engine.fieldwork.costs import Cost, Tariff
from engine.fieldwork.estimate import estimate
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.solver import Effort
from engine.files import workspace
from engine.sampling import DESIGNS
from engine.sampling.limits import Limit
from engine.studies.store import open_study

DEMO = Path(__file__).resolve().parents[1] / "data" / "vojvodina-demo"
NOVI_SAD = Departure(19.845, 45.255, "Novi Sad")
KM_PER_DEGREE = (78.4, 111.2)  # of longitude and latitude at Novi Sad
USUAL_EFFORT, UNTIL_TIME_IS_UP = 800, 10**6  # iterations
RADII = (15.0, 20.0, 30.0)


def scattered(count: int, half_side_km: float, seed: int = 0) -> pd.DataFrame:
    """Parcels evenly spread over a square around Novi Sad, each a stop of its own."""
    east, north = np.random.default_rng(seed).uniform(-half_side_km, half_side_km, (2, count))
    lon, lat = NOVI_SAD.lon + east / KM_PER_DEGREE[0], NOVI_SAD.lat + north / KM_PER_DEGREE[1]
    return pd.DataFrame({"parcel_id": [f"p{number}" for number in range(count)], "lon": lon, "lat": lat})


def tours(parcels: pd.DataFrame, limits: Sequence[float]) -> None:
    """Route the same parcels within several limits, s; the first has the usual effort."""
    costs: list[Cost] = []
    for seconds in limits:
        iterations = UNTIL_TIME_IS_UP if costs else USUAL_EFFORT
        start = time.perf_counter()
        itinerary = plan_days(parcels, NOVI_SAD, Tariff(), effort=Effort(iterations, seconds))
        taken, cost = time.perf_counter() - start, itinerary.cost
        costs.append(cost)
        print(
            f"{len(parcels)} parcels, at most {seconds:g} s: {taken:.1f} s, {cost.crew_days} days, "
            f"{cost.km.likely:,.0f} km, {cost.money.likely:,.0f} EUR, {len(itinerary.left_out)} left out"
        )
    if len(costs) > 1:
        for quantity in ("money", "km"):
            short, long = (getattr(cost, quantity).likely for cost in (costs[0], costs[-1]))
            print(f"  {quantity}: {100 * (short / long - 1):+.2f} % against {limits[-1]:g} s")


def estimates() -> None:
    """The estimated bill of trips on the demo against the routed one."""
    study = open_study(DEMO)
    archive = archive_for(DEMO, workspace())
    print("| design | km | parcels | routed | estimated | error |\n|---|--:|--:|--:|--:|--:|")
    for name, design in DESIGNS.items():
        if design.auxiliary is not None:
            continue
        for km in RADII:
            request = TripRequest("2021", study.departure, name, Limit("km", km), Tariff())
            parcels = trip(study, request, archive).wanted
            routed = plan_days(parcels, study.departure, Tariff()).cost.money.likely
            estimated = estimate(parcels, study.departure, Tariff()).money.likely
            error = f"{100 * (estimated / routed - 1):+.0f} %"
            cells = (name, f"{km:g}", len(parcels), f"{routed:,.0f}", f"{estimated:,.0f}", error)
            print(markdown_row(cells))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["tours", "estimate"])
    parser.add_argument("--seconds", type=float, default=60.0, help="the longest search (default: 60)")
    options = parser.parse_args()
    if options.what == "estimate":
        estimates()
    else:
        tours(scattered(300, 40.0), (options.seconds / 6, options.seconds))
        tours(scattered(2000, 60.0), (options.seconds,))


if __name__ == "__main__":
    main()

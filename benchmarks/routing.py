"""How well and how fast trips are routed, for docs/decision.md.

    python benchmarks/routing.py tours       # 300 parcels in 10 s against 60 s; 2,000 parcels
    python benchmarks/routing.py estimate    # the closed-form bill against the routed one, by design

Times are of this machine and of now; ratios are what counts.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.decisions.trip import TripRequest, trip
from engine.domain import Departure
from engine.experiments.archive import archive_for
from engine.fieldwork.costs import Tariff
from engine.fieldwork.estimate import estimate
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.solver import Effort
from engine.files import workspace
from engine.sampling import DESIGNS
from engine.sampling.limits import Limit
from engine.studies.store import open_study

DEMO = Path(__file__).resolve().parents[1] / "data" / "vojvodina-demo"
NOVI_SAD = Departure(19.845, 45.255, "Novi Sad")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["tours", "estimate"])
    {"tours": tours, "estimate": estimates}[parser.parse_args().what]()


def scattered(count: int, equivalent_radius_km: float, seed: int = 0) -> pd.DataFrame:
    """Parcels evenly spread over a square, each a stop of its own."""
    x, y = np.random.default_rng(seed).uniform(-equivalent_radius_km, equivalent_radius_km, (2, count))
    lon, lat = NOVI_SAD.lon + x / 78.4, NOVI_SAD.lat + y / 111.2
    return pd.DataFrame({"parcel_id": [f"p{i}" for i in range(count)], "lon": lon, "lat": lat})


def tours() -> None:
    tariff = Tariff()
    for count, reach, limits in ((300, 40.0, (10.0, 60.0)), (2000, 60.0, (60.0,))):
        parcels, found = scattered(count, reach), {}
        for seconds in limits:
            start = time.perf_counter()
            effort = 800 if seconds == limits[0] else 10**6  # the usual one; then until the time is up
            planned = plan_days(parcels, NOVI_SAD, tariff, effort=Effort(effort, seconds))
            taken = time.perf_counter() - start
            found[seconds] = planned.cost
            print(
                f"{count} parcels, at most {seconds:g} s: {taken:.1f} s, {planned.cost.crew_days} days, "
                f"{planned.cost.km.likely:,.0f} km, {planned.cost.money.likely:,.0f} EUR, "
                f"{len(planned.left_out)} left out"
            )
        if len(found) > 1:
            short, long = (found[seconds] for seconds in limits)
            for what in ("money", "km"):
                ratio = getattr(short, what).likely / getattr(long, what).likely
                print(f"  {what}: {100 * (ratio - 1):+.2f} % against {limits[1]:g} s")


def estimates() -> None:
    study = open_study(DEMO)
    archive = archive_for(DEMO, workspace())
    print("| design | km | parcels | routed | estimated | error |\n|---|--:|--:|--:|--:|--:|")
    for name, kind in DESIGNS.items():
        if kind.auxiliary is None:
            for km in (15.0, 20.0, 30.0):
                request = TripRequest("2021", study.departure, name, Limit("km", km), Tariff())
                wanted = trip(study, request, archive).wanted
                routed = plan_days(wanted, study.departure, Tariff()).cost.money.likely
                guess = estimate(wanted, study.departure, Tariff()).money.likely
                cells = (name, f"{km:g}", len(wanted), f"{routed:,.0f}", f"{guess:,.0f}")
                print("|", *(f"{cell} |" for cell in cells), f"{100 * (guess / routed - 1):+.0f} % |")


if __name__ == "__main__":
    main()

"""How often the intervals of an accuracy sample cover the truth: 1,000 draws from made-up maps.

    python benchmarks/accuracy_coverage.py

It prints the table of docs/accuracy.md. "assisted" uses the map's probabilities, "parcels" counts parcels
instead of hectares, "large" has twice the sample, "rare" only 10 parcels of the rarest class, "spread" is
drawn by the local pivotal method, "two phases" knows the strata of 800 parcels only, "other strata" are two
regions.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.mapping.accuracy.assessment import assess
from engine.mapping.accuracy.drawing import draw
from engine.mapping.accuracy.nouns import Frame
from engine.mapping.accuracy.sample_size import Size
from engine.mapping.accuracy.two_phases import two_phase_strata
from tests.mapping.populations import drawn, figures_of, population, strata_of, truths

SIZES = {"maize": 60, "wheat": 45, "soybean": 35, "sunflower": 25}
DESIGNS = ("plain", "assisted", "parcels", "large", "rare", "spread", "two phases", "other strata")
KINDS = {"overall": "overall", "macro_f1": "macro F1", "users": "user’s", "producers": "producer’s"}
KINDS |= {"area": "area"}


def sizes_of(design: str) -> dict[str, int]:
    if design == "large":
        return {name: 2 * size for name, size in SIZES.items()}
    return SIZES | {"sunflower": 10} if design == "rare" else SIZES


def spread(table: pd.DataFrame, sizes: dict[str, int], seed: int) -> pd.DataFrame:
    sample = draw(table, Size(sum(sizes.values()), sizes, 0.0, "proportional"), "", "", seed=seed)
    return table[table["parcel_id"].isin(sample.parcels)].assign(reference=lambda rows: rows["truth"])


def coverage(design: str, draws: int) -> dict[str, float]:
    """Percent of the draws whose interval covers the truth, by the name of each figure."""
    rng = np.random.default_rng(DESIGNS.index(design))
    table = population(rng, 1500 if design == "spread" else 5000)
    if design == "other strata":
        table["stratum"] = np.where(table["lon"] < 19.9, "west", "east")
    weight = "parcels" if design == "parcels" else "area"
    truth, frame = truths(table, weight), Frame(strata_of(table), parcels=table)
    hits: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for seed in range(draws):
        if design == "spread":
            sample = spread(table, sizes_of(design), seed)
        elif design == "two phases":
            first = table.iloc[rng.choice(len(table), 800, replace=False)]
            strata = two_phase_strata(first, len(table), float(table["area_ha"].sum()))
            frame, sample = Frame(strata, first_phase=first), drawn(first, sizes_of(design), rng)
        elif design == "other strata":
            sample = drawn(table, {"west": 80, "east": 85}, rng)
        else:
            sample = drawn(table, sizes_of(design), rng)
        for name, figure in figures_of(assess(frame, sample, weight, design == "assisted")).items():
            hits[name] += figure.estimate.low <= truth[name] <= figure.estimate.high
            given[name] += 1
    return {name: 100 * hits[name] / given[name] for name in truth}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--design", nargs="+", default=DESIGNS, choices=DESIGNS)
    options = parser.parse_args()
    heads = " | ".join(KINDS.values())
    print("| design | " + heads + " |")
    print("|---|" + "---|" * len(KINDS))
    for design in options.design:
        by_kind = defaultdict(list)
        for name, percent in coverage(design, options.draws).items():
            by_kind[name.split()[0]].append(percent)
        cells = [
            f"{min(by_kind[kind]):.1f}" + (f" to {max(by_kind[kind]):.1f}" if len(by_kind[kind]) > 1 else "")
            for kind in KINDS
        ]
        print(f"| {design} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()

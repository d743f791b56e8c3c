"""How often the intervals of an accuracy sample cover the truth: 1,000 draws from made-up maps.

    python benchmarks/accuracy_coverage.py --population usual

It prints the tables of docs/accuracy.md. "assisted" uses the map's probabilities, "parcels" counts parcels
instead of hectares, "large" has twice the sample, "rare" only 10 parcels of the rarest class, "spread" is
drawn by the local pivotal method, "two phases" knows the strata of 800 parcels only, "other strata" are two
regions, "rarely found" assists with probabilities where the rarest class is found on fewer than 10 parcels.
"Many" are classes of which 25 or more sampled parcels are mapped, or found; "few" are the others.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

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
DESIGNS += ("rarely found",)
POPULATIONS: dict[str, dict[str, Any]] = {
    "usual": {},
    "accurate": {"right": 0.93},
    "poor": {"right": 0.72},
    "uneven": {"shares": (0.55, 0.25, 0.13, 0.07), "tail": 1.0},
    "confused": {"neighbours": 0.8},
    "skewed": {"shares": (0.6, 0.2, 0.12, 0.08), "tail": 0.8, "right": 0.88, "neighbours": 0.5},
}
RARE = (0.45, 0.31, 0.21, 0.03)
MANY = 25
KINDS = {"overall": "overall", "macro_f1": "macro F1"}
KINDS |= {"users many": "user’s, many", "users few": "few"}
KINDS |= {"producers many": "producer’s, many", "producers few": "few", "area": "area"}


def sizes_of(design: str) -> dict[str, int]:
    if design == "large":
        return {name: 2 * size for name, size in SIZES.items()}
    return SIZES | {"rare": {"sunflower": 10}, "rarely found": {"sunflower": 6}}.get(design, {})


def spread(table: pd.DataFrame, sizes: dict[str, int], seed: int) -> pd.DataFrame:
    sample = draw(table, Size(sum(sizes.values()), sizes, 0.0, "proportional"), "", "", seed=seed)
    return table[table["parcel_id"].isin(sample.parcels)].assign(reference=lambda rows: rows["truth"])


def coverage(design: str, draws: int, named: str) -> tuple[dict[str, float], dict[str, float]]:
    """Percent of the draws whose interval covers the truth, and sampled parcels, by the name of a figure."""
    rng = np.random.default_rng([DESIGNS.index(design), list(POPULATIONS).index(named)])
    shape = POPULATIONS[named] | ({"shares": RARE} if design == "rarely found" else {})
    table = population(rng, 1500 if design == "spread" else 5000, **shape)
    if design == "other strata":
        table["stratum"] = np.where(table["lon"] < 19.9, "west", "east")
    weight = "parcels" if design == "parcels" else "area"
    truth, frame = truths(table, weight), Frame(strata_of(table), parcels=table)
    hits: Counter[str] = Counter()
    given: Counter[str] = Counter()
    counts: dict[str, float] = defaultdict(float)
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
        found = assess(frame, sample, weight, design in ("assisted", "rarely found"))
        for each in found.by_class:
            counts[f"users {each.name}"] += each.sampled / draws
            counts[f"producers {each.name}"] += each.found / draws
        for name, figure in figures_of(found).items():
            hits[name] += figure.estimate.low <= truth[name] <= figure.estimate.high
            given[name] += 1
    return {name: 100 * hits[name] / given[name] for name in truth}, counts


def row(percents: dict[str, float], counts: dict[str, float]) -> list[str]:
    """The cells of a design in the table: a percentage, or the range over the classes."""
    by_kind: dict[str, list[float]] = defaultdict(list)
    for name, percent in percents.items():
        of = "" if name not in counts else " many" if counts[name] >= MANY else " few"
        by_kind[name.split()[0] + of].append(percent)
    ends = [
        sorted({f"{end:.1f}" for end in (min(found), max(found))}, key=float) if found else ["–"]
        for found in (by_kind[kind] for kind in KINDS)
    ]
    return [" to ".join(each) for each in ends]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--population", default="usual", choices=POPULATIONS)
    parser.add_argument("--design", nargs="+", default=DESIGNS, choices=DESIGNS)
    options = parser.parse_args()
    heads = " | ".join(KINDS.values())
    print("| design | " + heads + " |")
    print("|---|" + "---|" * len(KINDS))
    for design in options.design:
        cells = row(*coverage(design, options.draws, options.population))
        print(f"| {design} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()

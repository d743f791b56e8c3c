"""Made-up maps whose truth is known, and draws from them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.mapping.accuracy.nouns import Accuracy, Figure

CROPS = ("maize", "wheat", "soybean", "sunflower")


SHARES = (0.42, 0.3, 0.2, 0.08)


def population(
    rng: np.random.Generator,
    parcels: int = 6000,
    right: float = 0.85,
    shares: tuple[float, ...] = SHARES,
    tail: float = 0.7,
    neighbours: float = 0.0,
) -> pd.DataFrame:
    """Parcels with a true and a mapped class, areas of a heavy tail, places, and the map's probabilities.

    ``right`` is about the share that is mapped right, ``shares`` are those of the classes, ``tail`` is the
    standard deviation of the logarithm of the areas, and ``neighbours`` is the share of the errors that fall
    on the next class.
    """
    truth = rng.choice(len(CROPS), parcels, p=shares)
    area = rng.lognormal(0.9, tail, parcels)
    skill = right + np.array([0.06, 0.03, -0.06, -0.15])[truth]
    hit = rng.random(parcels) < skill
    other = (truth + rng.integers(1, len(CROPS), parcels)) % len(CROPS)
    if neighbours:
        other = np.where(rng.random(parcels) < neighbours, (truth + 1) % len(CROPS), other)
    mapped = np.where(hit, truth, other)
    chances = np.full((parcels, len(CROPS)), 0.05)
    sure = rng.beta(6, 1.5, parcels)
    chances[np.arange(parcels), mapped] = np.where(hit, sure, 0.9 * sure) + 0.05
    chances[np.arange(parcels), truth] += 0.15
    chances /= chances.sum(axis=1, keepdims=True)
    table = pd.DataFrame(
        {
            "parcel_id": [f"p{row}" for row in range(parcels)],
            "truth": np.array(CROPS, dtype=object)[truth],
            "mapped": np.array(CROPS, dtype=object)[mapped],
            "area_ha": area,
            "lon": 19.5 + rng.random(parcels),
            "lat": 45.0 + rng.random(parcels),
        }
    )
    table["stratum"] = table["mapped"]
    return pd.concat([table, pd.DataFrame(chances, columns=list(CROPS))], axis=1)


def strata_of(table: pd.DataFrame) -> pd.DataFrame:
    groups = table.groupby("stratum", sort=True)["area_ha"]
    return pd.DataFrame(
        {
            "stratum": list(groups.groups),
            "parcels": groups.size().to_numpy(),
            "area_ha": groups.sum().to_numpy(),
        }
    )


def drawn(table: pd.DataFrame, sizes: dict[str, int], rng: np.random.Generator) -> pd.DataFrame:
    """A stratified simple random sample, with its references."""
    rows = np.concatenate(
        [
            rng.choice(np.flatnonzero(table["stratum"] == name), size, replace=False)
            for name, size in sizes.items()
        ]
    )
    return table.iloc[rows].assign(reference=lambda each: each["truth"])


def truths(table: pd.DataFrame, weight: str = "area") -> dict[str, float]:
    """What a survey of every parcel would say, by the name of each figure."""
    size = table["area_ha"].to_numpy() if weight == "area" else np.ones(len(table))
    matrix = np.array(
        [
            [size[(table["mapped"] == row) & (table["truth"] == column)].sum() for column in CROPS]
            for row in CROPS
        ]
    )
    right, mapped, truth = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    found = {"overall": right.sum() / matrix.sum(), "macro_f1": float(np.mean(2 * right / (mapped + truth)))}
    for code, crop in enumerate(CROPS):
        found |= {
            f"users {crop}": right[code] / mapped[code],
            f"producers {crop}": right[code] / truth[code],
            f"area {crop}": table.loc[table["truth"] == crop, "area_ha"].sum(),
        }
    return found


def figures_of(accuracy: Accuracy) -> dict[str, Figure]:
    """The figures of an assessment by the names of `truths`."""
    found = {"overall": accuracy.overall, "macro_f1": accuracy.macro_f1}
    for each in accuracy.by_class:
        named = {"users": each.users, "producers": each.producers, "area": each.area}
        found |= {f"{name} {each.name}": figure for name, figure in named.items() if figure}
    return found

"""Zero-shot on Fergana: how much the choice of source seasons matters, for docs/results.md.

    python benchmarks/fergana_zero_shot.py FOLDER_WITH_PARCELS_AND_SERIES

One model of all four other seasons, with and without the fields that recur in the target season, beside
models that leave one more season out. Macro F1 in points, mean and standard deviation over seeds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.fergana import DEPARTURE, read_fergana
from engine.domain import Study
from engine.learning.learners import learner_by_name
from engine.learning.metrics import macro_f1_of
from engine.learning.recipes import PAPER, QUICK, Recipe
from engine.learning.samples import Samples, draw_samples, joined
from engine.learning.setting import Setting
from engine.sampling.split import TestArea, split_parcels

TARGET = "2016"
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pool:
    """The parcels of all seasons, ``[parcel]`` each, and one generator for all draws."""

    study: Study
    crop: Rows
    season: npt.NDArray[np.object_]
    group: npt.NDArray[np.object_]
    rng: np.random.Generator

    @classmethod
    def of(cls, study: Study) -> Pool:
        """All parcels of a study."""
        columns = (study.parcels[name].to_numpy(dtype=object) for name in ("crop", "season", "field_group"))
        crop, season, group = columns
        return cls(study, study.legend.codes(crop), season, group, np.random.default_rng(0))

    def samples(self, rows: Rows, pixels: int, repeat_pixels: bool) -> Samples:
        """Pixels of some parcels."""
        return joined(
            [
                draw_samples(
                    self.study.cubes[label], self.crop, len(self.study.legend), rows, pixels, self.rng,
                    repeat_pixels=repeat_pixels,
                )
                for label in sorted(set(self.season[rows]))
            ]
        )  # fmt: skip

    def source_cases(self) -> Mapping[str, Rows]:
        """Rows of the parcels that a model is trained on, by name of the case."""
        others = np.flatnonzero(self.season != TARGET)
        new = others[~np.isin(self.group[others], self.group[self.season == TARGET])]
        one_less = {
            f"and without {label}": new[self.season[new] != label]
            for label in sorted(set(self.season[others]))
        }
        return {"all other seasons": others, "without the fields of the target": new, **one_less}


def scores(learner: str, recipe: Recipe, training: Samples, test: Samples, seeds: int) -> Iterator[float]:
    """Macro F1 of a model for each seed, points."""
    for seed in range(seeds):
        model = learner_by_name(learner).pretrain(training, Setting(recipe, seed))
        predicted = model.predict(test.values).argmax(axis=1)
        yield 100 * macro_f1_of(test.crop, predicted, test.classes)


def summary(values: Iterator[float]) -> str:
    """Mean and standard deviation."""
    points = np.array(list(values))
    return f"{points.mean():.1f} ± {points.std(ddof=1):.1f}"


def main() -> None:
    """Train and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with parcels.parquet and series.parquet")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    pool = Pool.of(read_fergana(options.data).study)
    split = split_parcels(pool.study, TARGET, DEPARTURE, TestArea("far-all"))
    test = pool.samples(split.test.index.to_numpy(), PAPER.pixels, repeat_pixels=False)
    for name, rows in pool.source_cases().items():
        for_network = pool.samples(rows, QUICK.pixels, repeat_pixels=True)
        for_forest = pool.samples(rows, PAPER.pixels, repeat_pixels=False)
        network = summary(scores("cnn1d", QUICK, for_network, test, options.seeds))
        forest = summary(scores("random-forest", PAPER, for_forest, test, options.seeds))
        print(f"{name}: {len(rows)} parcels, network {network}, forest {forest}")


if __name__ == "__main__":
    main()

"""Why zero-shot is what it is on Fergana: one model of all four other seasons, with and without the fields
that come back in the target season, beside the folds of leave-one-season-out.

    python benchmarks/fergana_zero_shot.py FOLDER_WITH_PARCELS_AND_SERIES
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fergana import DEPARTURE, KEEP
from engine.experiments.plan import TestArea
from engine.learning import forest, training
from engine.learning import metrics as scores
from engine.learning.learners import Model
from engine.learning.recipes import PAPER, QUICK
from engine.learning.samples import Samples, draw_samples, joined
from engine.learning.setting import Setting
from engine.sampling.split import split_parcels
from engine.studies.ingest.assemble import IngestRequest, ingest

TARGET = "2016"
SEEDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    files = ((data / "parcels.parquet",), (data / "series.parquet",))
    study = ingest(IngestRequest(*files, "Fergana", keep=KEEP, rest="other", departure=DEPARTURE)).study
    crop = study.legend.codes(study.parcels["crop"].to_numpy(dtype=object))
    season = study.parcels["season"].to_numpy(dtype=object)
    group = study.parcels["field_group"].to_numpy(dtype=object)
    rng = np.random.default_rng(0)

    def drawn(rows: np.ndarray, pixels: int, fill: bool) -> Samples:
        classes = len(study.legend)
        labels = sorted(set(season[rows]))
        return joined(
            [draw_samples(study.cubes[s], crop, classes, rows, pixels, rng, fill=fill) for s in labels]
        )

    ground = split_parcels(study, TARGET, DEPARTURE, TestArea("far-all"))
    test = drawn(ground.test.index.to_numpy(), PAPER.pixels, fill=False)

    def reached(fit: Callable[[int], Model]) -> str:
        f1 = []
        for seed in range(SEEDS):
            predicted = fit(seed).predict(test.values).argmax(axis=1)
            one = np.zeros(len(test), dtype=np.int64)
            confusion = scores.confusion_by_block(test.crop, predicted, one, test.classes, 1)
            f1.append(100 * float(scores.macro_f1(confusion[0])))
        return f"{np.mean(f1):.1f} ± {np.std(f1, ddof=1):.1f}"

    others = np.flatnonzero(season != TARGET)
    new = others[~np.isin(group[others], group[season == TARGET])]
    cases = {"all other seasons": others, "without the fields of the target": new}
    cases |= {f"and without {label}": new[season[new] != label] for label in sorted(set(season[others]))}
    for name, rows in cases.items():
        filled, whole = drawn(rows, QUICK.pixels, fill=True), drawn(rows, PAPER.pixels, fill=False)

        def network(seed: int, samples: Samples = filled) -> Model:
            return training.fit(samples, QUICK.pretrain, Setting(QUICK, seed))

        def trees(seed: int, samples: Samples = whole) -> Model:
            return forest.fit(samples, PAPER.trees, seed)

        print(f"{name}: {len(rows)} parcels, network {reached(network)}, forest {reached(trees)}")


if __name__ == "__main__":
    main()

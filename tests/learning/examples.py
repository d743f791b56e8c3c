"""A setting, and models and samples whose answers are known beforehand."""

import numpy as np

from engine.learning.samples import Samples, draw_samples
from engine.learning.setting import Setting
from tests.made_up import SMALL

SETTING = Setting(SMALL, 0, "cpu")


class ConstantModel:
    """Predicts the same of every pixel."""

    def __init__(self, *probability):
        self.probability = np.array(probability, dtype=np.float32)

    def predict(self, values):
        return np.tile(self.probability, (len(values), 1))


class RecordingModel(ConstantModel):
    """Keeps what it was asked to predict."""

    def __init__(self, *probability):
        super().__init__(*probability)
        self.inputs = []

    def predict(self, values):
        self.inputs.append(values)
        return super().predict(values)


def separable_samples(pixels=40, classes=2, seed=0):
    """Classes that differ by four standard deviations in both bands at all times."""
    rng = np.random.default_rng(seed)
    crop = np.arange(pixels) % classes
    values = crop[:, None, None] * 4 + rng.normal(size=(pixels, 2, 12))
    return Samples(values.astype(np.float32), crop, np.arange(pixels), classes)


def drawn(study, label, repeat_pixels=True, seed=0):
    """Samples of all parcels of a season of a made-up study."""
    crop = study.legend.codes(study.parcels["crop"])
    rows = study.parcels_in(label).index.to_numpy()
    rng, classes = np.random.default_rng(seed), len(study.legend)
    return draw_samples(
        study.cubes[label], crop, classes, rows, SMALL.pixels, rng, repeat_pixels=repeat_pixels
    )

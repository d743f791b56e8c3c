"""The yardstick of the benchmark: the same network and schedule as most people would write them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from engine.learning.networks import HEAD_CHANNELS
from engine.learning.recipes import Recipe, Schedule
from engine.learning.samples import Samples


class PlainCnn:
    """A plain ``Conv1d`` network fitted by a plain ``DataLoader`` loop on one thread."""

    def __init__(self, samples: Samples, recipe: Recipe, schedule: Schedule, seed: int) -> None:
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        self.mean = samples.values.mean(axis=(0, 2), dtype=np.float64).astype(np.float32)  # [band]
        self.std = samples.values.std(axis=(0, 2), dtype=np.float64).astype(np.float32)  # [band]
        layers: list[nn.Module] = []
        channels = len(self.mean)
        for width, kernel in [(recipe.filters, recipe.kernel)] * 3 + [(HEAD_CHANNELS, 1)]:
            layers += [
                nn.Conv1d(channels, width, kernel, padding=kernel // 2),
                nn.Dropout(recipe.dropout),
                nn.BatchNorm1d(width),
                nn.ReLU(),
            ]
            channels = width
        self.body = nn.Sequential(*layers)
        self.linear = nn.Linear(HEAD_CHANNELS, samples.classes)
        parameters = [*self.body.parameters(), *self.linear.parameters()]
        optimiser = torch.optim.Adam(parameters, lr=schedule.rate)
        loader = DataLoader(
            TensorDataset(self._scaled(samples.values), torch.from_numpy(samples.crop)),
            batch_size=schedule.batch,
            shuffle=True,
        )
        rate = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, max_lr=schedule.rate, total_steps=len(loader) * schedule.epochs
        )
        self.body.train()
        for _ in range(schedule.epochs):
            for series, truth in loader:
                optimiser.zero_grad()
                loss = functional.cross_entropy(self._logits(series), truth)
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                rate.step()
        self.body.eval()

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        with torch.inference_mode():
            probability: npt.NDArray[np.float32] = self._logits(self._scaled(values)).softmax(dim=1).numpy()
        return probability

    def _logits(self, series: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.linear(self.body(series).mean(dim=2))
        return logits

    def _scaled(self, values: npt.NDArray[np.float32]) -> torch.Tensor:
        return torch.from_numpy((values - self.mean[:, None]) / self.std[:, None])

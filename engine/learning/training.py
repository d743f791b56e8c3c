"""Fit a network and predict with it: one loop, no data loader.

What makes it fast on a processor (see ``docs/performance.md``): the samples are one contiguous
channels-last tensor and a batch is one gather; dropout masks are cut from a pool; the arithmetic is
bfloat16 where the processor multiplies it natively; one thread a process, many processes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from engine.domain import PlanError
from engine.learning.augmentation import augmented
from engine.learning.networks import Build, Cnn1d, DropoutPool, Network
from engine.learning.recipes import Recipe, Schedule
from engine.learning.samples import Samples
from engine.learning.setting import Setting

PREDICTION_BATCH = 4096

Prior = npt.NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A fitted network with the standardisation it was fitted under.

    Parameters
    ----------
    mean, std
        Per band, of the training pixels, ``[band]``.
    loss
        Mean training loss of each epoch.
    """

    network: Network
    mean: npt.NDArray[np.float32]
    std: npt.NDArray[np.float32]
    loss: tuple[float, ...] = ()

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities in full precision, ``[pixel, class]``.

        Parameters
        ----------
        values
            Series, ``[pixel, band, time]``.
        """
        return self._passed(values, lambda x: self.network(x).softmax(dim=1))

    def embed(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Last hidden layer in full precision, ``[pixel, feature]``.

        Parameters
        ----------
        values
            Series, ``[pixel, band, time]``.
        """
        return self._passed(values, self.network.hidden)

    def _passed(
        self, values: npt.NDArray[np.float32], through: Callable[[Tensor], Tensor]
    ) -> npt.NDArray[np.float32]:
        torch.set_num_threads(1)
        device = next(self.network.parameters()).device
        self.network.eval()
        parts = []
        with torch.inference_mode():
            for start in range(0, len(values), PREDICTION_BATCH):
                series = _channels_last(values[start : start + PREDICTION_BATCH], self.mean, self.std)
                parts.append(through(_as_images(series.to(device))).cpu().numpy())
        return np.concatenate(parts)

    def tensors(self) -> dict[str, npt.NDArray[np.float32]]:
        """All that must be kept, as named arrays."""
        state = {name: tensor.cpu().numpy() for name, tensor in self.network.state_dict().items()}
        return {**state, "mean": self.mean, "std": self.std}


def restored(
    tensors: dict[str, npt.NDArray[np.float32]], recipe: Recipe, build: Build = Cnn1d
) -> TrainedNetwork:
    """A fitted network from its arrays.

    Parameters
    ----------
    tensors
        As `TrainedNetwork.tensors` gave them.
    recipe
        Of the network's training.
    build
        The kind of network.
    """
    state = {name: torch.tensor(array) for name, array in tensors.items() if name not in ("mean", "std")}
    network = build(len(tensors["mean"]), len(state["linear.bias"]), recipe.filters, recipe.kernel)
    network.load_state_dict(state)
    return TrainedNetwork(_in_channels_last(network), tensors["mean"], tensors["std"])


def fit(
    samples: Samples,
    schedule: Schedule,
    setting: Setting,
    *,
    build: Build = Cnn1d,
    prior: Prior | None = None,
    augment: bool = False,
) -> TrainedNetwork:
    """Train a fresh network.

    Parameters
    ----------
    samples
        Samples to train on; they standardise the bands.
    schedule
        Epochs, batch and rate.
    setting
        Recipe, seed, device and observer.
    build
        The kind of network.
    prior
        Logarithm of the frequency of each class, added to the logits while training and left out when
        predicting, ``[class]``: logit adjustment (Menon et al. 2021, ICLR, equation 10).
    augment
        Whether to change every series a little each time, see `engine.learning.augmentation`.
    """
    torch.manual_seed(setting.seed)
    mean, std = samples.scale()
    network = build(len(mean), samples.classes, setting.recipe.filters, setting.recipe.kernel)
    return _train(network, mean, std, samples, schedule, setting, prior, augment)


def fine_tune(
    model: TrainedNetwork,
    samples: Samples,
    schedule: Schedule,
    setting: Setting,
    *,
    prior: Prior | None = None,
    augment: bool = False,
) -> TrainedNetwork:
    """Go on training a copy of a network, all layers.

    Parameters
    ----------
    model
        Where to start; it stays as it is.
    samples
        Samples to train on, under the standardisation of the model.
    schedule
        Epochs, batch and rate.
    setting
        Recipe, seed, device and observer.
    prior, augment
        As in `fit`.
    """
    network = copy.deepcopy(model.network)
    return _train(network, model.mean, model.std, samples, schedule, setting, prior, augment)


def blended(start: TrainedNetwork, end: TrainedNetwork, ratio: float) -> TrainedNetwork:
    """Weights and batch-norm statistics on the line between two networks.

    Parameters
    ----------
    start, end
        Networks of the same shape.
    ratio
        0 gives ``start``, 1 gives ``end``.

    References
    ----------
    M. Wortsman et al. (2022), "Robust fine-tuning of zero-shot models", CVPR.
    """
    network = copy.deepcopy(start.network)
    first, last = start.network.state_dict(), end.network.state_dict()
    network.load_state_dict(
        {
            name: (1 - ratio) * first[name] + ratio * last[name]
            if first[name].is_floating_point()
            else last[name]
            for name in first
        }
    )
    return TrainedNetwork(_in_channels_last(network.eval()), start.mean, start.std, end.loss)


def chosen_device(name: str) -> torch.device:
    """The device of that name.

    Parameters
    ----------
    name
        ``auto`` takes a CUDA device where there is one; ``cpu`` and ``cuda`` are taken at their word.

    Raises
    ------
    PlanError
        Where there is no such device.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise PlanError(f"There is no device {name}; choose auto, cpu or cuda.")
    if name == "cuda" and not torch.cuda.is_available():
        raise PlanError("This machine has no CUDA device that torch can use; choose --device auto or cpu.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def half_precision(device: torch.device) -> bool:
    """Whether bfloat16 is native there: CUDA, or a processor with AVX512-BF16.

    Parameters
    ----------
    device
        Of the training.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported())


def _train(
    network: Network,
    mean: npt.NDArray[np.float32],
    std: npt.NDArray[np.float32],
    samples: Samples,
    schedule: Schedule,
    setting: Setting,
    prior: Prior | None,
    augment: bool,
) -> TrainedNetwork:
    """The loop: Adam, one-cycle rate, cross-entropy, the last epoch is kept.

    The study's authors keep the epoch with the best loss on the training set, having no validation
    parcels; the end of a one-cycle schedule, where the rate has come to rest, needs no choosing.
    """
    torch.set_num_threads(1)
    device = chosen_device(setting.device)
    autocast = half_precision(device) if setting.bfloat16 is None else setting.bfloat16
    generator = torch.Generator().manual_seed(setting.seed)
    network = _in_channels_last(network.to(device)).train()
    series = _channels_last(samples.values, mean, std).to(device)  # [pixel, time, band]
    truth = torch.from_numpy(samples.crop).to(device)
    steps = -(-len(samples) // schedule.batch)
    largest = -(-len(samples) // steps)
    room = 2 * network.largest_activation(largest, series.shape[1])
    pool = DropoutPool(setting.recipe.dropout, room, generator, device)
    optimiser = torch.optim.Adam(network.parameters(), lr=schedule.rate, fused=True)
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=schedule.rate, total_steps=steps * schedule.epochs
    )
    shift = None if prior is None else torch.from_numpy(prior.astype(np.float32)).to(device)  # [class]
    losses = []
    for epoch in range(schedule.epochs):
        total = 0.0
        # Equal batches: a remainder of one or two samples would wreck the batch norm.
        for batch in torch.randperm(len(samples), generator=generator).to(device).tensor_split(steps):
            optimiser.zero_grad(set_to_none=True)
            inputs = augmented(series[batch], generator) if augment else series[batch]
            with torch.autocast(device.type, torch.bfloat16, enabled=autocast):
                logits = network(_as_images(inputs), pool).float()
            loss = functional.cross_entropy(logits if shift is None else logits + shift, truth[batch])
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            rate.step()
            total += float(loss.detach()) * len(batch)
        losses.append(total / len(samples))
        setting.observer.epoch(epoch + 1, schedule.epochs, losses[-1])
    return TrainedNetwork(network.eval(), mean, std, tuple(losses))


def _in_channels_last(network: Network) -> Network:
    """The network with its weights in channels-last memory."""
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network


def _channels_last(
    values: npt.NDArray[np.float32], mean: npt.NDArray[np.float32], std: npt.NDArray[np.float32]
) -> Tensor:
    """Standardised series as one contiguous tensor ``[pixel, time, band]``."""
    scaled = (values - mean[:, None]) / std[:, None]  # [pixel, band, time]
    return torch.from_numpy(np.ascontiguousarray(scaled.transpose(0, 2, 1), dtype=np.float32))


def _as_images(series: Tensor) -> Tensor:
    """``[batch, time, band]`` seen as channels-last ``[batch, band, 1, time]``, without a copy."""
    return series.unsqueeze(1).permute(0, 3, 1, 2)

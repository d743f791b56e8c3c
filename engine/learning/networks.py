"""Networks over time: the study's small 1D-CNN, laid out for fast training on a CPU, and a transformer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

HEAD_CHANNELS = 32
WIDTH, HEADS, LAYERS, INNER = 32, 2, 2, 64  # of the transformer


class DropoutPool:
    """Dropout masks cut at random offsets from one pool of pre-drawn, scaled coin flips.

    Drawing a fresh mask for every activation costs more than a small convolution does; a cut from a
    pool of several million flips costs an addition. Offsets are random, so two batches share a mask
    only by chance.

    Parameters
    ----------
    rate
        Probability that an activation is set to zero.
    size
        Number of flips; at least twice the largest activation.
    """

    def __init__(self, rate: float, size: int, generator: torch.Generator, device: torch.device) -> None:
        keep = 1.0 - rate
        flips = torch.empty(size).bernoulli_(keep, generator=generator) / keep
        self._pools = {torch.float32: flips.to(device), torch.bfloat16: flips.to(device, torch.bfloat16)}
        self._generator = generator
        self._size = size

    def cut(self, like: Tensor) -> Tensor:
        """A mask of the shape, type and memory layout of ``like``, ``[batch, channel, 1, time]``."""
        room = self._size - like.numel()
        offset = int(torch.randint(0, room + 1, (), generator=self._generator))
        pool = self._pools[like.dtype]
        batch, channel, _, time = like.shape
        flat: Tensor = pool[offset : offset + like.numel()]
        return flat.view(batch, 1, time, channel).permute(0, 3, 1, 2)


class MeanOverTime(torch.autograd.Function):
    """Global average pooling whose gradient keeps the channels-last layout.

    The built-in mean hands back an expanded view, on which the ReLU before it falls off its fast path.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """``[batch, channel, 1, time]`` to ``[batch, channel]``."""
        ctx.like = x.shape
        return x.mean(dim=(2, 3))

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        """``[batch, channel]`` to ``[batch, channel, 1, time]``."""
        batch, channel, _, time = ctx.like
        share = (grads[0] / time).view(batch, 1, 1, channel).expand(batch, 1, time, channel)
        spread: Tensor = share.contiguous().permute(0, 3, 1, 2)
        return spread


class Tail(nn.Module):
    """Convolution, then dropout, batch normalisation and ReLU, in the study's order."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels_in, channels_out, (1, kernel), padding=(0, kernel // 2))
        self.normalisation = nn.BatchNorm2d(channels_out)

    def forward(self, x: Tensor, dropout: DropoutPool | None) -> Tensor:
        """``[batch, channel, 1, time]``; ``dropout`` is None outside training."""
        x = self.convolution(x)  # [batch, channel, 1, time]
        if dropout is not None:
            x = x.mul_(dropout.cut(x))  # in place: a convolution does not need its output to learn
        return functional.relu_(self.normalisation(x))


class Cnn1d(nn.Module):
    """Three blocks of [Conv1d, dropout, batch norm, ReLU], a 1x1 convolution with the same tail to 32
    channels, the mean over time, a linear layer (Pandžić et al. 2024, EGU24-3127).

    The one-dimensional convolutions are written as two-dimensional ones over ``[batch, band, 1, time]``
    in channels-last memory, where the processor's kernels are faster; the mathematics is the same.
    Kernels of even size lengthen the series by one step each; the mean over time does not mind.

    Parameters
    ----------
    bands, classes
        Widths of input and output.
    filters
        Channels of the three blocks; the authors searched 4 to 32.
    kernel
        Length of the convolutions in time steps; the authors searched 4 to 32.
    """

    def __init__(self, bands: int, classes: int, filters: int, kernel: int) -> None:
        super().__init__()
        self.filters, self.kernel = filters, kernel
        self.blocks = nn.ModuleList(
            [
                Tail(bands, filters, kernel),
                Tail(filters, filters, kernel),
                Tail(filters, filters, kernel),
                Tail(filters, HEAD_CHANNELS, 1),
            ]
        )
        self.linear = nn.Linear(HEAD_CHANNELS, classes)

    def forward(self, x: Tensor, dropout: DropoutPool | None = None) -> Tensor:
        """Logits ``[batch, class]`` of series ``[batch, band, 1, time]``."""
        logits: Tensor = self.linear(self.hidden(x, dropout))
        return logits

    def hidden(self, x: Tensor, dropout: DropoutPool | None = None) -> Tensor:
        """What the linear layer sees, ``[batch, 32]``, of series ``[batch, band, 1, time]``."""
        for block in self.blocks:
            x = block(x, dropout)
        features: Tensor = MeanOverTime.apply(x)  # type: ignore[no-untyped-call]
        return features

    def largest_activation(self, batch: int, time: int) -> int:
        """Number of values in the widest activation of a batch, for the size of the dropout pool."""
        longest = time + 3 * (1 - self.kernel % 2)
        return batch * max(self.filters, HEAD_CHANNELS) * longest


class Transformer(nn.Module):
    """The transformer of the study authors' companion code: a linear embedding of every time step, an
    encoder, the maximum over time, a linear layer (after Rußwurm & Körner 2020, ISPRS Journal of
    Photogrammetry and Remote Sensing 169, 421).

    A sinusoidal position (Vaswani et al. 2017, equation on page 6) is added to the embedding, since the
    encoder alone cannot tell April from August.

    Parameters
    ----------
    bands, classes
        Widths of input and output.
    filters, kernel
        Of the 1D-CNN; a transformer has neither.
    """

    def __init__(self, bands: int, classes: int, filters: int = 0, kernel: int = 0) -> None:
        super().__init__()
        self.embedding = nn.Linear(bands, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, INNER, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.linear = nn.Linear(WIDTH, classes)

    def forward(self, x: Tensor, dropout: DropoutPool | None = None) -> Tensor:
        """Logits ``[batch, class]`` of series ``[batch, band, 1, time]``."""
        logits: Tensor = self.linear(self.hidden(x, dropout))
        return logits

    def hidden(self, x: Tensor, dropout: DropoutPool | None = None) -> Tensor:
        """What the linear layer sees, ``[batch, WIDTH]``, of series ``[batch, band, 1, time]``."""
        steps = self.norm(self.embedding(x.squeeze(2).transpose(1, 2)))  # [batch, time, width]
        steps = steps + _position(steps.shape[1], steps.device)
        if dropout is not None:
            steps = steps * dropout.cut(steps.transpose(1, 2).unsqueeze(2)).squeeze(2).transpose(1, 2)
        features: Tensor = functional.relu(self.encoder(steps).amax(dim=1))
        return features

    def largest_activation(self, batch: int, time: int) -> int:
        """Number of values in the embedding of a batch, for the size of the dropout pool."""
        return batch * WIDTH * time


Network = Cnn1d | Transformer
Build = Callable[[int, int, int, int], Network]


def _position(times: int, device: torch.device) -> Tensor:
    """Sines and cosines of growing period, ``[time, WIDTH]``."""
    rate = torch.exp(torch.arange(0, WIDTH, 2) * (-math.log(10_000.0) / WIDTH))  # [width / 2]
    angle = torch.arange(times)[:, None] * rate  # [time, width / 2]
    return torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1).to(device)

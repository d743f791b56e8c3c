"""The study's network: a small 1D-CNN over time, laid out for fast training on a CPU."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

HEAD_CHANNELS = 32


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

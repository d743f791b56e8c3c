"""Small changes to a series that leave its class what it was: dates, gain, level and noise."""

from __future__ import annotations

import torch
from torch import Tensor

SLOTS = 1  # most steps by which a series comes earlier or later
GAIN = LEVEL = NOISE = 0.1  # standard deviations, in units of the standardised band


def augmented(series: Tensor, generator: torch.Generator) -> Tensor:
    """The same fields as another season might show them.

    Each series is shifted by up to one step of the time axis (sown earlier or later), scaled and lifted
    (another calibration, another vigour), and gets noise on every value.

    Parameters
    ----------
    series
        Standardised, ``[pixel, time, band]``.
    generator
        Of the shifts, gains, levels and noise.

    Returns
    -------
    The changed series, ``[pixel, time, band]``.

    References
    ----------
    B. K. Iwana, S. Uchida (2021), "An empirical survey of data augmentation for time series classification
    with neural networks", PLoS ONE 16, e0254841.
    """
    pixels, times, bands = series.shape
    device = series.device

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator).to(device)

    shift = torch.randint(-SLOTS, SLOTS + 1, (pixels, 1), generator=generator).to(device)
    slot = (torch.arange(times, device=device) + shift).clamp(0, times - 1)  # [pixel, time]
    shifted = series.gather(1, slot[:, :, None].expand(pixels, times, bands))
    scaled = shifted * (1 + GAIN * normal(pixels, 1, 1)) + LEVEL * normal(pixels, 1, bands)
    return scaled + NOISE * normal(pixels, times, bands)

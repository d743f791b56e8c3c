"""Small changes to a series that leave its class what it was."""

import torch

from engine.learning.augmentation import augmented


def test_augmented_series_keep_their_shape_and_stay_close_to_themselves():
    series = torch.sin(torch.linspace(0, 6, 60)).expand(8, 60).unsqueeze(2).repeat(1, 1, 2)
    first = augmented(series, torch.Generator().manual_seed(0))
    assert first.shape == series.shape
    assert 0 < float((first - series).abs().mean()) < 0.3
    again = augmented(series, torch.Generator().manual_seed(0))
    assert torch.equal(first, again)

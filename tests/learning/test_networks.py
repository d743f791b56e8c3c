"""Networks over time."""

import numpy as np
import pytest
import torch
from torch import nn

from engine.learning.networks import Cnn1d, DropoutPool, MeanOverTime


@pytest.mark.parametrize("kernel", [4, 5, 16])
def test_the_two_dimensional_form_computes_the_plain_one_dimensional_network(kernel):
    torch.manual_seed(0)
    network = Cnn1d(bands=2, classes=3, filters=8, kernel=kernel).eval()
    series = torch.randn(5, 2, 20)  # [batch, band, time]
    x = series
    for block in network.blocks:
        plain = nn.Conv1d(x.shape[1], block.convolution.out_channels, block.convolution.kernel_size[1])
        plain.weight.data = block.convolution.weight.data.squeeze(2)
        plain.bias.data = block.convolution.bias.data
        pad = block.convolution.padding[1]
        x = plain(nn.functional.pad(x, (pad, pad)))
        mean, var = block.normalisation.running_mean, block.normalisation.running_var
        x = torch.relu((x - mean[:, None]) / torch.sqrt(var + block.normalisation.eps)[:, None])
    expected = network.linear(x.mean(dim=2))
    image = series.permute(0, 2, 1).contiguous().unsqueeze(1).permute(0, 3, 1, 2)
    torch.testing.assert_close(network(image), expected, rtol=1e-4, atol=1e-5)


def test_the_gradient_of_the_pooling_is_that_of_the_built_in_mean():
    x = torch.randn(3, 4, 1, 7, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(MeanOverTime.apply, (x,))


def test_dropout_masks_keep_the_mean_and_differ_from_cut_to_cut():
    generator = torch.Generator().manual_seed(0)
    pool = DropoutPool(0.25, 200_000, generator, torch.device("cpu"))
    like = torch.empty(64, 1, 30, 16).permute(0, 3, 1, 2)
    first, second = pool.cut(like), pool.cut(like)
    assert first.shape == like.shape
    assert set(np.unique(first.numpy().round(4))) == {0.0, np.float32(1 / 0.75).round(4)}
    assert abs(float(first.mean()) - 1) < 0.02
    assert not torch.equal(first, second)


def test_the_pool_is_large_enough_for_every_activation():
    for filters, kernel in ((4, 4), (40, 5)):
        network = Cnn1d(2, 3, filters, kernel).train()
        size = network.largest_activation(6, 11)
        pool = DropoutPool(0.5, size, torch.Generator().manual_seed(0), torch.device("cpu"))
        network(torch.randn(6, 1, 11, 2).permute(0, 3, 1, 2), pool)

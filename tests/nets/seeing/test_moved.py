"""A moved picture: against numpy's roll where nothing is lost; what comes in, and what is lost."""

import numpy as np
import torch

from harmonium.nets.seeing import moved


def test_moved():
    x = torch.zeros(2, 7, 9)
    x[:, 3, 4], x[0, 3, 5] = 1, 0.5
    offsets = torch.tensor([[0, 0], [2, -3], [-3, 1], [7, 0], [0, -6]])
    found = moved(x, offsets)
    assert found.shape == (5, 2, 7, 9)
    for frame, (down, across) in zip(found[:3], offsets.tolist(), strict=False):
        np.testing.assert_array_equal(frame, np.roll(x, (down, across), axis=(1, 2)))
    assert not found[3:].any()
    assert moved(x, offsets[3:4], value=0.3).unique().tolist() == [np.float32(0.3)]

"""How sharply filters are tuned: gratings and edges are, noise and spots are not."""

import numpy as np
import pytest
import torch

from harmonium.errors import UsageError
from harmonium.learning.frequencies import selectivity, tuning

NOISE = torch.randn(200, 8, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_gratings_are_tuned_and_noise_is_not():
    down, across = np.mgrid[:8, :8]
    gratings = [np.cos(0.7 * (down * np.sin(t) + across * np.cos(t))) for t in (0, 0.4, 1.1, 2)]
    assert float(tuning(torch.from_numpy(np.stack(gratings))).min()) > 0.8
    noise = tuning(NOISE)
    assert float(noise.median()) == pytest.approx(0.32, abs=0.02)
    assert float(noise.max()) < 0.5


def test_it_is_a_share():
    assert tuning(NOISE, strongest=1.0).tolist() == pytest.approx([1] * 200)
    torch.testing.assert_close(tuning(5 * NOISE), tuning(NOISE))
    assert tuning(torch.zeros(1, 8, 8, dtype=torch.float64)).tolist() == [0]
    with pytest.raises(UsageError, match=r"filters of shape \(2, 64\)"):
        tuning(torch.zeros(2, 64, dtype=torch.float64))


def test_edges_have_a_direction_and_spots_have_none():
    down, across = np.mgrid[:11, :11] - 5.0
    round_window = np.exp(-(down**2 + across**2) / 8)
    edges = [
        round_window * np.sin(0.9 * (down * np.sin(t) + across * np.cos(t)))
        for t in (0, 0.4, 1.1, np.pi / 4, np.pi / 2)
    ]
    found = selectivity(torch.from_numpy(np.stack(edges)))
    assert float(found.min()) > 0.5
    spot = round_window * (1 - (down**2 + across**2) / 8)
    crossed = round_window * np.cos(1.2 * down) * np.cos(1.2 * across)
    none = selectivity(torch.from_numpy(np.stack([spot, crossed, round_window])))
    assert float(none.max()) < 0.02
    assert float(selectivity(NOISE).median()) == pytest.approx(0.13, abs=0.04)
    assert float(selectivity(NOISE).max()) < 0.5


def test_selectivity_is_a_share_and_turns_with_the_filter():
    once = selectivity(NOISE)
    torch.testing.assert_close(selectivity(-3 * NOISE), once)
    torch.testing.assert_close(selectivity(NOISE.mT), once)
    assert selectivity(torch.zeros(1, 8, 8, dtype=torch.float64)).tolist() == [0]
    assert selectivity(torch.ones(1, 8, 8, dtype=torch.float64)).tolist() == pytest.approx([0])
    with pytest.raises(UsageError, match=r"filters of shape \(2, 64\)"):
        selectivity(torch.zeros(2, 64, dtype=torch.float64))

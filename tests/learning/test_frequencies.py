"""How sharply filters are tuned: gratings are, noise is not."""

import numpy as np
import pytest
import torch

from harmonium.errors import UsageError
from harmonium.learning.frequencies import tuning

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

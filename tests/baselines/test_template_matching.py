"""The mean object, and correlations with it."""

import pytest
import torch

from harmonium.baselines.template_matching import standardised


def test_products_of_standardised_windows_are_correlations():
    source = torch.Generator().manual_seed(0)
    a, b = 5 + 3 * torch.randn(2, 30, generator=source, dtype=torch.float64)
    found = float(standardised(a) @ standardised(b) / 30)
    assert found == pytest.approx(float(torch.corrcoef(torch.stack([a, b]))[0, 1]))
    assert float(standardised(torch.full((4,), 0.3)).abs().max()) == 0

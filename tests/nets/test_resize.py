"""Pictures made smaller and larger."""

import pytest
import torch

from harmonium.nets.resize import Resize


def source():
    return torch.Generator().manual_seed(0)


def keys(t, a):
    """Keys' cubic kernel (1981) with its parameter a."""
    t = t.abs()
    near = (a + 2) * t**3 - (a + 3) * t**2 + 1
    far = a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a
    return torch.where(t <= 1, near, torch.where(t < 2, far, torch.zeros_like(t)))


@pytest.mark.parametrize(("scale", "a"), [(2, -0.75), (3, -0.75), (0.5, -0.5)])
def test_it_is_the_weighted_mean_by_keys_kernel(scale, a):
    """Away from the edge, whose pixel is repeated where pictures become larger."""
    x = torch.randn(1, 1, 1, 24, generator=source(), dtype=torch.float64)
    wide = x.expand(1, 1, 24, 24)
    row = Resize(scale)(wide)[0, 0, 0]
    i = torch.arange(len(row), dtype=torch.float64)[:, None]
    j = torch.arange(24, dtype=torch.float64)[None]
    weights = keys(((i + 0.5) / scale - (j + 0.5)) * min(scale, 1), a)
    expected = (weights / weights.sum(1, keepdim=True)) @ x[0, 0, 0]
    inside = slice(int(3 * max(scale, 1)), -int(3 * max(scale, 1)))
    torch.testing.assert_close(row[inside], expected[inside], atol=1e-6, rtol=0)


def test_nearest_repeats_pixels():
    x = torch.arange(6.0, dtype=torch.float32).reshape(1, 1, 2, 3)
    big = Resize(2, mode="nearest")(x)
    assert torch.equal(big, x.repeat_interleave(2, 2).repeat_interleave(2, 3))


def test_fine_detail_is_averaged_when_pictures_become_smaller():
    """Stripes of one pixel become grey; taking every second pixel would make them white."""
    stripes = (torch.arange(16) % 2).to(torch.float32).expand(1, 1, 16, 16)
    small = Resize(0.5)(stripes)[0, 0, 2:-2, 2:-2]
    torch.testing.assert_close(small, torch.full_like(small, 0.5), atol=0.05, rtol=0)
    assert float(stripes[0, 0, ::2, 1::2].min()) == 1.0

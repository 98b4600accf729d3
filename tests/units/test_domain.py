"""Values just beyond a domain: rounding is no fault, and what is one is shown with its digits."""

import math

import pytest
import torch

from harmonium import Bernoulli, Gaussian, Rectified, Spin
from harmonium.bounds import ROUNDING
from harmonium.units.domain import inside, settled, span

EDGES = [(Bernoulli, 1.0, 1), (Bernoulli, 0.0, -1), (Spin, 1.0, 1), (Spin, -1.0, -1)]
EDGES += [(Rectified, 0.0, -1)]


@pytest.mark.parametrize(("family", "edge", "way"), EDGES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_rounding_beyond_an_edge_belongs_to_the_domain(family, edge, way, dtype):
    x = torch.full((1, 2), edge, dtype=dtype)
    beyond = x + way * 2 * torch.finfo(dtype).eps
    assert not torch.equal(beyond, x)
    family(2).check(beyond)
    assert torch.equal(family(2).settled(beyond), x)
    family(2).check(x + way * ROUNDING / 2)
    with pytest.raises(ValueError, match="values range from"):
        family(2).check(x + way * 20 * ROUNDING)


def test_only_what_rounding_left_is_moved():
    x = torch.tensor([-5e-7, 0.3, 1 + 2e-6, math.nan, math.inf, -math.inf], dtype=torch.float64)
    found = settled(x, (0, 1))
    assert found[0] == 0
    torch.testing.assert_close(found[1:], x[1:], rtol=0, atol=0, equal_nan=True)
    assert torch.equal(Gaussian(2).settled(x[:2]), x[:2])
    assert not inside(torch.tensor([math.nan]), (0, 1))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.0, 1.00002, "0 to 1.00002"), (-3e-6, 1.0, "-3e-06 to 1"), (-1.0, 2.0, "-1 to 2")],
)
def test_the_digits_show_what_is_wrong(low, high, words):
    x = torch.tensor([low, 0.5, high], dtype=torch.float64)
    assert span(x, (0, 1)) == words
    with pytest.raises(ValueError, match=rf"range from {words}; Bernoulli"):
        Bernoulli(3).check(x[None])

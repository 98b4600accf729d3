import math

import pytest
import torch

from harmonium.random import generator
from harmonium.sampling import lyapunov, trajectory

N = 200


def couplings(*, symmetric=False, n=N):
    j = torch.randn(n, n, generator=generator(1), dtype=torch.float64) / n**0.5
    return (j + j.mT) / 2**0.5 if symmetric else j


def starts(rows=2, n=N):
    return torch.randn(rows, n, generator=generator(2), dtype=torch.float64)


def test_below_gain_one_everything_dies_out():
    """Towards zero the map is linear: differences shrink by gain x spectral radius per step."""
    j = couplings()
    radius = float(torch.linalg.eigvals(j).abs().max())
    found = lyapunov(j, starts(), gain=0.7, steps=400, source=generator(3))
    assert found.tolist() == pytest.approx([math.log(0.7 * radius)] * 2, abs=0.01)


def test_an_asymmetric_net_with_gain_is_chaotic():
    found = lyapunov(couplings(), starts(), gain=3.0, steps=400, source=generator(3))
    assert float(found.min()) > 0.1


def test_a_symmetric_net_with_the_same_gain_is_not():
    found = lyapunov(couplings(symmetric=True), starts(), gain=3.0, steps=400, source=generator(3))
    assert float(found.max()) < 0


def test_the_exponent_is_how_fast_two_trajectories_part():
    j, x = couplings(), starts()
    x = x[:1]
    for _ in range(200):
        x = torch.tanh(3.0 * x @ j.mT)
    other = x + 1e-11 * starts(rows=1)
    first = (other - x).norm()
    for _ in range(60):
        x, other = (torch.tanh(3.0 * y @ j.mT) for y in (x, other))
    growth = math.log(float((other - x).norm() / first)) / 60
    exponent = lyapunov(j, starts()[:1], gain=3.0, steps=1000, source=generator(3))
    assert growth == pytest.approx(float(exponent), abs=0.1)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"weights \(3, 3\) and starts \(2, 4\) do not fit"):
        lyapunov(torch.zeros(3, 3), torch.zeros(2, 4))


def test_a_trajectory_is_the_map_again_and_again():
    j, x = couplings(n=30), starts(n=30)
    seen = trajectory(j, x, gain=1.5, steps=3)
    assert seen.shape == (4, 2, 30)
    torch.testing.assert_close(seen[0], x)
    for before, after in zip(seen, seen[1:], strict=False):
        torch.testing.assert_close(after, torch.tanh(1.5 * before @ j.mT))
    with pytest.raises(ValueError, match="do not fit"):
        trajectory(torch.zeros(3, 3), torch.zeros(2, 4))

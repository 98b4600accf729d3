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


def test_one_step_grows_by_the_slope_at_its_end():
    """Of one unit: d tanh(g J x) / dx = g J (1 - y^2) with y = tanh(g J x), not with x."""
    x = torch.tensor([[0.3], [-0.6]]).double()
    j = torch.tensor([[1.4]]).double()
    for transient in (0, 1):
        start = torch.tanh(2.0 * 1.4 * x) if transient else x
        slope = 2.0 * 1.4 * (1 - torch.tanh(2.0 * 1.4 * start).square())
        found = lyapunov(j, x, gain=2.0, steps=1, transient=transient, source=generator(3))
        torch.testing.assert_close(found, slope[:, 0].log())


def test_growth_is_the_sum_over_steps_of_the_tangents_own_map():
    """The product of the map's derivatives along the trajectory, applied to one vector."""
    j, x = couplings(n=5), starts(rows=1, n=5)
    states = trajectory(j, x, gain=2.0, steps=6)[1:, 0]
    tangent = torch.randn(1, 5, generator=generator(3), dtype=torch.float64)[0]
    first = tangent.norm()
    for y in states:
        tangent = (1 - y.square()) * (2.0 * j @ tangent)
    found = lyapunov(j, x, gain=2.0, steps=6, transient=0, source=generator(3))
    assert float(found) == pytest.approx(math.log(float(tangent.norm() / first)) / 6, abs=1e-9)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"weights \(3, 3\) and states \(2, 4\) do not fit"):
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

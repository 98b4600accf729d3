"""The square that two patterns span: corners are states, heights are energies."""

import math

import pytest
import torch
from torch.testing import assert_close

from harmonium.learning import hebb
from harmonium.machines import hopfield
from harmonium.random import generator
from harmonium.sampling import landscape, place, trail

N = 60


def pair(n=N, *, seed=1):
    return torch.randint(0, 2, (2, n), generator=generator(seed)).double() * 2 - 1


def net(weights):
    return hopfield(N, weights=weights)


def test_corners_have_the_energies_of_the_patterns_and_their_mirror_images():
    x = pair()
    other = torch.randn(N, N, generator=generator(2), dtype=torch.float64)
    graph = net(other + other.mT)
    with torch.no_grad():
        graph.units["x"].bias.normal_(generator=generator(3))
    found = landscape(graph, x, points=3)
    first, second, against, opposite = graph.energy({"x": torch.cat([x, -x])}).detach()
    assert_close(found[2, 2], first)
    assert_close(found[0, 2], second)
    assert_close(found[0, 0], against)
    assert_close(found[2, 0], opposite)


def test_at_a_temperature_the_entropy_of_independent_spins_is_taken_off():
    x = pair()
    graph = net(torch.zeros(N, N).double())
    found = landscape(graph, x, temperature=0.7, points=5)
    assert float(found[2, 2]) == pytest.approx(-0.7 * N * math.log(2))
    assert float(found[4, 4]) == 0
    assert float(found.min()) == float(found[2, 2])


def test_a_state_has_the_height_of_its_place_where_nothing_else_is_stored():
    """Within a nat: the diagonal that a net leaves out is a constant for spins, not for means."""
    x = pair()
    graph = net(hebb(x))
    steps = trail(graph, {"x": pair(seed=5)}, every=7)["x"].flatten(0, 1)
    points = 201
    found = landscape(graph, x, points=points)
    s, d = ((place(steps, x) + 1) / 2 * (points - 1)).round().long().unbind(1)
    off = found[d, s] - graph.energy({"x": steps}).detach()
    assert float(off.abs().max()) < 1 + 0.5  # and what rounding to the grid adds
    assert float(found.max() - found.min()) > 15


def test_places_are_overlaps_with_the_first_pattern():
    x = pair()
    agree = x[0] == x[1]
    states = pair(seed=2).reshape(2, 1, N)
    found = place(states, x)
    assert found.shape == (2, 1, 2)
    assert_close(found[..., 0], (states * x[0])[..., agree].mean(-1))
    assert_close(found[..., 1], (states * x[0])[..., ~agree].mean(-1))
    shaped = place(states.reshape(2, 1, 6, 10), x.reshape(2, 6, 10))
    assert_close(shaped, found)


def test_patterns_that_span_no_square_are_refused():
    x = pair()
    for second in (x[0], -x[0]):
        with pytest.raises(ValueError, match="equal or opposite"):
            landscape(net(hebb(x)), torch.stack([x[0], second]))
    with pytest.raises(ValueError, match="temperature -1"):
        landscape(net(hebb(x)), x, temperature=-1)

import pytest
import torch

from harmonium import Categorical, Spin, exact
from harmonium.machines import boltzmann
from tests.laws.specimens import randomised


def test_its_groups_and_wires():
    graph = boltzmann(4, 3)
    assert [repr(u) for u in graph.units.values()] == ["Bernoulli(4)", "Bernoulli(3)"]
    assert [*graph.connections] == ["v-v", "v-h", "h-h"]
    assert [*boltzmann(Spin(2, 2)).connections] == ["v-v"]


def test_several_visible_groups_meet_in_the_hidden_units_only():
    graph = boltzmann([4, Spin(3)], 2)
    assert [repr(u) for u in graph.units.values()] == ["Bernoulli(4)", "Spin(3)", "Bernoulli(2)"]
    assert graph.neighbours("v1") == {"v1", "h"}


def test_its_distribution_is_the_textbooks():
    """exp(x W x / 2 + b x) over all units, one symmetric W with an empty diagonal."""
    graph = randomised(boltzmann(3, 2), 1)
    w = torch.zeros(5, 5).double()
    w[:3, :3] = graph.connections["v-v"].matrix()
    w[3:, 3:] = graph.connections["h-h"].matrix()
    w[3:, :3] = graph.connections["v-h"].weight
    w[:3, 3:] = graph.connections["v-h"].weight.mT
    bias = torch.cat([u.bias for u in graph.units.values()])
    states, p = exact.distribution(graph)
    x = torch.cat([states["v"], states["h"]], 1)
    expected = torch.softmax((x @ w * x).sum(1) / 2 + x @ bias, 0).detach()
    torch.testing.assert_close(p, expected)


def test_what_cannot_be_built():
    with pytest.raises(ValueError, match="several visible groups.*say how many"):
        boltzmann([4, 4])
    with pytest.raises(ValueError, match="use two groups"):
        boltzmann(Categorical(2, 3), 2)

import pytest
import torch

from harmonium.machines import rbm
from harmonium.units import Categorical, Gaussian, Rectified, Spin


def test_numbers_are_bernoulli_units():
    graph = rbm(5, 3)
    assert repr(graph.units["v"]) == "Bernoulli(5)"
    assert repr(graph.units["h"]) == "Bernoulli(3)"
    assert [(e.source, e.target) for e in graph.edges] == [("v", "h")]


def test_families_of_any_shape_meet():
    visible, hidden = Categorical(4, 3), Spin(2, 2)
    graph = rbm(visible, hidden)
    assert graph.units["v"] is visible
    assert graph.units["h"] is hidden
    assert graph.connections["v-h"].weight.shape == (4, 12)


def test_the_weights_have_the_given_deviation():
    assert float(rbm(50, 60, std=0.5).connections["v-h"].weight.detach().std()) == pytest.approx(
        0.5, rel=0.1
    )
    assert float(rbm(5, 6, std=0.0).connections["v-h"].weight.detach().abs().max()) == 0


@pytest.mark.parametrize("hidden", [Gaussian(50), Rectified(50)])
def test_two_unbounded_groups_need_small_weights(hidden):
    assert rbm(Gaussian(50), hidden).check_normalisable() is None
    with pytest.raises(ValueError, match="not positive definite"):
        rbm(Gaussian(50), hidden, std=1.0)


def test_its_free_energy_is_the_textbooks():
    """F(v) = -b.v - sum log(1 + exp(c + W v))."""
    graph = rbm(4, 3, std=1.0)
    v = torch.tensor([[1.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
    with torch.no_grad():
        graph.units["v"].bias.copy_(torch.tensor([0.1, 0.2, 0.3, 0.4]))
        inner = v @ graph.connections["v-h"].weight.T + graph.units["h"].bias
        textbook = -(v @ graph.units["v"].bias) - torch.log1p(inner.exp()).sum(1)
        torch.testing.assert_close(graph.free_energy({"v": v}, ("h",)), textbook)

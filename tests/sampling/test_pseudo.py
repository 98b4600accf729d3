"""The pseudo-likelihood: closed cases, what it refuses, and that it can be drawn in part."""

import math

import pytest
import torch
from torch.testing import assert_close

from harmonium.machines import rbm
from harmonium.random import generator
from harmonium.sampling import pseudo_log_likelihood
from harmonium.units import Categorical, Gaussian, Multinomial
from tests.laws.registry import GRAPHS, JOINTLY_GAUSSIAN
from tests.laws.specimens import numbers, random_state


def test_independent_units_have_their_likelihood():
    """In nats per row, summed over units."""
    graph = rbm(6, 3, std=0.0)
    found = pseudo_log_likelihood(graph, {"v": torch.ones(2, 6)})
    assert found.dtype == torch.float64
    assert_close(found, torch.full((2,), -6 * math.log(2)).double())


def test_gaussian_units_wired_to_themselves_have_a_closed_conditional():
    graph = JOINTLY_GAUSSIAN["gaussian-lateral"]()
    x = numbers(4, 3, seed=2)
    precision = graph.units["x"].log_precision.exp().diag() - graph.edges[0].connection.matrix()
    mean = torch.linalg.solve(precision, graph.units["x"].bias)
    p = precision.diag()
    others = (x - mean) @ precision - (x - mean) * p
    centre = mean - others / p
    expected = torch.distributions.Normal(centre, p.rsqrt()).log_prob(x).sum(1).detach()
    assert_close(pseudo_log_likelihood(graph, {"x": x}), expected)


def test_all_units_drawn_is_exact():
    graph = GRAPHS["rbm-categorical"]()
    state = {"v": random_state(graph, seed=1)["v"]}
    everything = pseudo_log_likelihood(graph, state, units=2, source=generator(3))
    assert_close(everything, pseudo_log_likelihood(graph, state))


@pytest.mark.parametrize(
    ("graph", "state", "units", "message"),
    [
        (rbm(Gaussian(2), 3), {"v": torch.zeros(1, 2)}, None, "no closed conditional"),
        (rbm(Multinomial(3), 2), {"v": torch.ones(1, 3)}, None, "Multinomial units is one unit"),
        (rbm(3, 2), {"v": torch.full((1, 3), 0.5)}, None, "that are not states .* binarise"),
        (rbm(Categorical(2, 3), 2), {"v": torch.ones(1, 2, 3) / 3}, None, "are not states"),
        (rbm(3, 2), {"v": torch.zeros(1, 3)}, 4, "units is 4; .* so 1 to 3"),
        (rbm(3, 2), {"v": torch.zeros(1, 3)}, 0, "units is 0"),
        (rbm(3, 2), {"x": torch.zeros(1, 3)}, None, "no group"),
        (GRAPHS["deep"](torch.float32), {"v": torch.zeros(1, 3)}, None, "cannot all be summed"),
    ],
)
def test_what_has_none_is_refused_with_a_remedy(graph, state, units, message):
    with pytest.raises(ValueError, match=message):
        pseudo_log_likelihood(graph, state, units=units)

"""The zero-sum gauge: where the fields go, and what cannot take it (its law: tests/laws)."""

import pytest
import torch
from torch.testing import assert_close

from harmonium.learning import zero_sum
from harmonium.machines import rbm
from harmonium.units import Bernoulli, Categorical
from tests.laws.specimens import randomised


def test_the_hidden_biases_take_up_the_weights_means():
    graph = randomised(rbm(Categorical(4, 3), 2), 1)
    weight = graph.edges[0].connection.weight.detach().clone().unflatten(1, (4, 3))
    hidden, visible = (graph.units[n].bias.detach().clone() for n in ("h", "v"))
    zero_sum(graph)
    assert_close(graph.edges[0].connection.weight, (weight - weight.mean(-1, True)).flatten(1))
    assert_close(graph.units["h"].bias, hidden + weight.mean(-1).sum(-1))
    assert_close(graph.units["v"].bias, visible - visible.mean(-1, True))


def test_of_two_one_hot_groups_both_biases_move():
    graph = randomised(rbm(Categorical(2, 3), Categorical(2, 4)), 2)
    w = graph.edges[0].connection.weight.detach().clone().reshape(2, 4, 2, 3)
    zero_sum(graph)
    now = graph.edges[0].connection.weight.reshape(2, 4, 2, 3)
    assert_close(now, w - w.mean(1, True) - w.mean(3, True) + w.mean((1, 3), True))


def test_machines_without_redundant_directions_stay_as_they_are():
    graph = randomised(rbm(4, 3), 3)
    before = {key: value.clone() for key, value in graph.state_dict().items()}
    assert float(zero_sum(graph)) == 0
    assert all(torch.equal(value, before[key]) for key, value in graph.state_dict().items())


def test_a_shared_bias_that_cannot_take_the_field_is_named():
    graph = randomised(rbm(Categorical(2, 3), Bernoulli(4, tied=(0,))), 4)
    with pytest.raises(ValueError, match="group 'h': its bias is shared along axes"):
        zero_sum(graph)

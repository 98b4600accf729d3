import torch
from torch.testing import assert_close

from harmonium import (
    Bernoulli,
    belief_net,
    convolutional_belief_net,
    convolutional_rbm,
    dbm,
    multimodal_dbm,
)
from harmonium.models import adapted
from harmonium.models.filters import downwards, filters_of, shown
from tests.laws.specimens import randomised


def test_filters_of_dense_layers_are_products():
    graph = dbm(4, 3, 2, std=1.0)
    first, second = (e.connection.weight.detach() for e in graph.edges)
    found = filters_of(graph)
    assert_close(found["h1"], first)
    assert_close(found["h2"], second @ first)


def test_a_map_is_shown_by_its_middle_unit():
    assert shown(Bernoulli(2, 3, 3, tied=(1, 2))).nonzero()[:, 1:].tolist() == [
        [0, 1, 1],
        [1, 1, 1],
    ]
    assert torch.equal(shown(Bernoulli(3)), torch.eye(3))


def test_the_filter_of_a_map_is_its_kernel_in_a_picture():
    graph = convolutional_rbm([1, 6, 6], 2, kernel=3, std=1.0)
    kernels = graph.edges[0].connection.weight.detach()
    (found,) = filters_of(graph).values()
    pictures = found.reshape(2, 6, 6)
    assert_close(pictures[:, 2:5, 2:5], kernels[:, 0])
    pictures[:, 2:5, 2:5] = 0
    assert float(pictures.abs().max()) == 0


def test_layers_of_a_stack_reach_the_data_through_those_below():
    net = convolutional_belief_net([1, 8, 8], [2, 3], kernels=[3, 2], pools=[2, 1], std=1.0)
    filters = adapted(net).filters()
    assert {name: tuple(w.shape) for name, w in filters.items()} == {"h1": (2, 64), "h2": (3, 64)}
    below = downwards(net.graphs[0])["h"]
    top = net.graphs[1].units["h"]
    wanted = below(net.graphs[1].edges[0].connection.adjoint(shown(top)))
    assert_close(filters["h2"], wanted.detach())
    plain = adapted(belief_net(5, 4, 3, std=1.0))
    first, second = (g.edges[0].connection.weight.detach() for g in plain.machine.graphs)
    assert_close(plain.filters()["h2"], second @ first)


def test_of_several_visible_groups_the_weights_lie_side_by_side():
    graph = randomised(multimodal_dbm({"a": [4, 3], "b": [3]}, 2), 3)
    found = adapted(graph).filters()
    assert {name: tuple(w.shape) for name, w in found.items()} == {"a_h1": (3, 7), "joint": (2, 7)}
    w, up, b = (e.connection.weight.detach() for e in graph.edges)
    assert_close(found["a_h1"], torch.cat([w, up.mT @ b], 1))
    assert_close(found["joint"], torch.cat([up @ w, b], 1))

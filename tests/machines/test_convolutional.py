import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d
from torch.testing import assert_close

from harmonium import (
    Bernoulli,
    EnergyGraph,
    Gaussian,
    convolutional_belief_net,
    convolutional_rbm,
    load,
    save,
    unroll,
    unroll_autoencoder,
)
from harmonium.bridge import autoencoder_of
from harmonium.learning import CD, Learner, Sparsity, start_from
from harmonium.models import adapted
from harmonium.random import generator, seeded
from harmonium.sampling import mean


def test_maps_have_one_bias_and_one_kernel_each():
    graph = convolutional_rbm([3, 9, 8], 5, kernel=(2, 3), pool=2)
    shapes = {name: tuple(p.shape) for name, p in graph.named_parameters()}
    assert shapes == {
        "units.v.bias": (3, 1, 1),
        "units.h.bias": (5, 1, 1),
        "connections.v-h.weight": (5, 3, 2, 3),
    }
    assert tuple(graph.units["h"].shape) == (5, 8, 6)


def test_hidden_units_start_at_their_activity():
    graph = convolutional_rbm([1, 8, 8], 2, kernel=3, activity=0.1, std=0.0)
    h = graph.units["h"].mean(graph.field("h", {"v": torch.ones(1, 1, 8, 8)}))
    assert_close(h, torch.full_like(h, 0.1))


def test_the_means_are_those_of_the_paper():
    """exp(I) / (1 + sum over the block of exp(I)), I = b + W * v: Lee et al., section 3.3."""
    with seeded(1):
        graph = convolutional_rbm([1, 5, 5], 2, kernel=2, std=1.0)
    v = torch.rand(3, 1, 5, 5, generator=generator(0))
    i = (conv2d(v, graph.edges[0].connection.weight) + graph.units["h"].bias).exp()
    total = torch.nn.functional.avg_pool2d(i, 2) * 4
    wanted = i / (1 + total.repeat_interleave(2, 2).repeat_interleave(2, 3))
    assert_close(graph.units["h"].mean(graph.field("h", {"v": v})), wanted)


def test_the_layer_above_reads_pooling_units():
    """A pooling unit's top-down input reaches every unit of its block alike: Lee et al., 3.6."""
    net = convolutional_belief_net([1, 8, 8], [2, 3], kernels=[3, 2], pools=[2, 1], std=1.0)
    top = net.graphs[1]
    h = torch.zeros(1, 3, 2, 2)
    h[0, 1, 0, 1] = 1
    field = top.field("v", {"h": h})
    assert tuple(field.shape) == (1, 2, 6, 6)
    assert_close(field[..., ::2, ::2], field[..., 1::2, 1::2])
    x = net.graphs[0].units["h"].sample(torch.zeros(1, 2, 6, 6), generator(1))
    pooled = net.graphs[0].units["h"].pooled(x)
    wanted = conv2d(pooled, top.edges[0].connection.get_parameter("parts.1.weight"))
    assert_close(top.field("h", {"v": x}), wanted)


@pytest.mark.slow
def test_bars_become_kernels():
    """Pictures of vertical and of horizontal bars: CD learns kernels that tell them apart."""
    source = generator(0)
    x = torch.zeros(400, 1, 8, 8)
    places = torch.randint(8, (400,), generator=source)
    x[torch.arange(200), 0, :, places[:200]] = 1
    x[torch.arange(200, 400), 0, places[200:], :] = 1
    with seeded(0):
        graph = convolutional_rbm([1, 8, 8], 4, kernel=3, pool=2, std=0.1)
    start_from(graph, {"v": x})
    optimiser = torch.optim.Adam(graph.parameters(), lr=0.02)
    learner = Learner(
        graph,
        optimiser,
        contrast=CD(reconstruct=mean),
        penalties=[Sparsity(0.05, 1.0)],
        source=source,
    )
    for _ in range(20):
        for rows in torch.randperm(400, generator=source).split(50):
            learner.step({"v": x[rows]})
    rates = adapted(graph).codes({"x": x.flatten(1)})["h"].mean((2, 3))
    apart = (rates[:200].mean(0) - rates[200:].mean(0)) / rates.mean(0)
    assert float(apart.abs().max()) > 0.5


def test_a_stack_learns_layer_by_layer():
    with seeded(0):
        net = convolutional_belief_net([1, 8, 8], [4, 6], kernels=[3, 2], pools=[2, 1])
    x = torch.rand(60, 1, 8, 8, generator=generator(1)).round()
    before = [p.detach().clone() for p in net.parameters()]
    h = x
    for graph in net.graphs:
        optimiser = torch.optim.Adam(graph.parameters(), lr=0.01)
        Learner(graph, optimiser, contrast=CD(), centring=None, source=generator(2)).step({"v": h})
        h = graph.units["h"].mean(graph.field("h", {"v": h})).detach()
    assert all(not torch.equal(p, q) for p, q in zip(net.parameters(), before, strict=True))
    drawn = net.generate(5, sweeps=3, source=generator(3))
    assert tuple(drawn.shape) == (5, 1, 8, 8)


def test_real_pixels_have_units_of_their_own():
    graph = convolutional_rbm(Gaussian(1, 6, 6, tied=(1, 2)), 3, kernel=3, pool=2)
    assert tuple(graph.units["v"].log_precision.shape) == (1, 1, 1)


def test_files_hold_kernels_and_pools(tmp_path):
    with seeded(2):
        net = convolutional_belief_net([1, 8, 8], [2, 3], kernels=[3, 2], pools=[3, 1])
    again = load(save(net, tmp_path / "net.safetensors"))
    v = torch.rand(4, 1, 8, 8, generator=generator(0)).round()
    assert_close(again.recognise(v), net.recognise(v))
    assert again.graphs[1].edges[0].connection.extra_repr() == "(2, 6, 6) -> (3, 1, 1)"


def test_unrolled_it_gives_the_same_means():
    with seeded(3):
        net = convolutional_belief_net([1, 8, 8], [2, 3], kernels=[3, 2], pools=[2, 2], std=1.0)
    v = torch.rand(4, 1, 8, 8, generator=generator(0))
    assert_close(unroll(net)(v), net.recognise(v)[-1].flatten(1))
    again = unroll_autoencoder(net)(v)
    assert tuple(again.shape) == (4, 64)
    assert len(list(unroll(net).parameters())) < len(list(unroll_autoencoder(net).parameters()))
    with pytest.raises(ValueError, match="has a Convolution connection"):
        autoencoder_of(net)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: convolutional_rbm([1, 28, 28], 4, kernel=12), "multiples of pool=2"),
        (lambda: convolutional_rbm([1, 5, 5], 4, kernel=6), "take a smaller kernel"),
        (lambda: convolutional_rbm([28, 28], 4, kernel=3), "channels, height, width"),
        (lambda: convolutional_belief_net([1, 8, 8], [2, 3], kernels=[3]), "for every layer"),
        (lambda: convolutional_belief_net([1, 8, 8], [], kernels=[]), "for every layer"),
        (lambda: convolutional_rbm([1, 8, 8], 2, kernel=3, activity=0.3), "below 0.25"),
    ],
)
def test_what_does_not_fit_is_refused(make, words):
    with pytest.raises((ValueError, TypeError), match=words):
        make()


def test_upper_groups_may_be_anything_a_graph_takes():
    """A convolutional deep Boltzmann machine is the same parts in one graph."""
    net = convolutional_belief_net([1, 8, 8], [2, 3], kernels=[3, 2], pools=[2, 1])
    low, top = net.graphs
    graph = EnergyGraph(
        {"v": Bernoulli(1, 8, 8), "h1": low.units["h"], "h2": top.units["h"]},
        {("v", "h1"): low.edges[0].connection, ("h1", "h2"): top.edges[0].connection},
    )
    state = {
        name: u.sample(torch.zeros(2, *u.shape), generator(0)) for name, u in graph.units.items()
    }
    assert graph.free_energy({"h1": state["h1"]}, ("v", "h2")).shape == (2,)


def test_the_side_of_all_blocks_may_be_a_number_of_numpy():
    net = convolutional_belief_net([1, 12, 12], [2, 2], kernels=[3, 2], pools=np.int64(2))
    assert [tuple(g.units["h"].shape) for g in net.graphs] == [(2, 10, 10), (2, 4, 4)]

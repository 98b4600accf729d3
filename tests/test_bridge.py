"""From machines to ordinary nets: the same answers, and nothing shared."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from harmonium import (
    Bernoulli,
    Categorical,
    Gaussian,
    Multinomial,
    Rectified,
    Spin,
    belief_net,
    boltzmann,
    dbm,
    rbm,
    unroll,
    unroll_autoencoder,
)
from harmonium.bridge import autoencoder_of, randomise
from harmonium.machines import BeliefNet
from harmonium.nets import MLP, Autoencoder, Codec
from harmonium.random import generator, seeded
from harmonium.sampling import descend, mean, mean_field
from tests.laws.registry import BELIEF_NETS
from tests.laws.specimens import numbers, randomised

PLAIN = [name for name in BELIEF_NETS if "labelled" not in name and "untied" not in name]
"""Nets without labels that recognise and generate with the same weights."""

FAMILIES = {
    "bernoulli": lambda: Bernoulli(4),
    "bernoulli-2d": lambda: Bernoulli(2, 2),
    "bernoulli-tied": lambda: Bernoulli(2, 2, tied=(1,)),
    "spin": lambda: Spin(4),
    "spin-tied": lambda: Spin(4, tied=(0,)),
    "gaussian": lambda: Gaussian(4),
    "gaussian-2d": lambda: Gaussian(2, 2),
    "gaussian-tied": lambda: Gaussian(2, 2, tied=(0,)),
    "rectified": lambda: Rectified(4),
    "rectified-2d": lambda: Rectified(2, 2),
    "rectified-tied": lambda: Rectified(2, 2, tied=(0, 1)),
    "categorical": lambda: Categorical(4),
    "categorical-2d": lambda: Categorical(2, 2),
    "categorical-tied": lambda: Categorical(2, 2, tied=(0,)),
}
REAL = {"gaussian", "rectified"}
PAIRS = [
    (a, b)
    for a, b in itertools.product(FAMILIES, FAMILIES)
    if not {a.split("-")[0], b.split("-")[0]} <= REAL
]


def machine(below, above):
    seed = 100 + 20 * [*FAMILIES].index(below) + [*FAMILIES].index(above)
    return randomised(rbm(FAMILIES[below](), FAMILIES[above]()), seed, std=0.8)


def values(graph, name="v", *, seed=1, rows=5):
    """Any numbers in the shape of a group: a mean is a function of all of them."""
    return numbers(rows, *graph.units[name].shape, seed=seed)


def up(graph, v):
    return graph.units["h"].mean(graph.field("h", {"v": v})).detach()


def down(graph, h):
    return graph.units["v"].mean(graph.field("v", {"h": h})).detach()


def close(one, other):
    return one.shape == other.shape and torch.allclose(one, other, rtol=1e-12, atol=1e-12)


# --- the same answers ------------------------------------------------------------------------


@pytest.mark.parametrize(("below", "above"), PAIRS)
def test_one_machine_upwards_and_down_again(below, above):
    graph = machine(below, above)
    v = values(graph)
    h = up(graph, v)
    assert close(unroll(graph)(v).detach(), h.flatten(1))
    assert close(unroll_autoencoder(graph)(v).detach(), down(graph, h).flatten(1))


def test_a_net_knows_no_lengths():
    """Counts are the exception: the net gives shares, the machine counts."""
    graph = randomised(rbm(Multinomial(4), Multinomial(3)), 1)
    v = torch.tensor([[1.0, 0, 2, 0], [3, 3, 0, 1]], dtype=torch.float64)
    bound = graph.given(v=v.sum(1), h=torch.tensor([5.0]))
    h = up(bound, v)
    assert close(unroll(graph)(v).detach(), h / 5)
    one = up(graph.given(h=torch.tensor([1.0])), v)
    shares = down(bound, one) / v.sum(1, keepdim=True)
    assert close(unroll_autoencoder(graph)(v).detach(), shares)


@pytest.mark.parametrize("name", PLAIN)
def test_a_stack_recognises(name):
    net = BELIEF_NETS[name]()
    v = values(net.graphs[0])
    assert close(unroll(net)(v).detach(), net.recognise(v)[-1].flatten(1))


@pytest.mark.parametrize("name", PLAIN)
def test_an_autoencoder_goes_up_and_down_the_stack(name):
    net = BELIEF_NETS[name]()
    v = values(net.graphs[0])
    x = v
    for graph in net.graphs:
        x = up(graph, x)
    for graph in reversed(net.graphs):
        x = down(graph, x)
    assert close(unroll_autoencoder(net)(v).detach(), x.flatten(1))


def test_an_autoencoder_can_be_cut_into_encoder_and_decoder():
    net = BELIEF_NETS["three"]()
    v = values(net.graphs[0])
    whole = unroll_autoencoder(net)
    encoder = unroll(net)
    code = whole[: len(encoder)](v)
    assert torch.equal(code, encoder(v))
    assert torch.equal(whole[len(encoder) :](code), whole(v))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_type_of_the_machine_is_kept(dtype):
    graph = randomised(rbm(Gaussian(3), Rectified(2)), 2, std=0.3).to(dtype)
    v = values(graph).to(dtype)
    for net in (unroll(graph, outputs=2), unroll_autoencoder(graph)):
        assert {t.dtype for t in net.state_dict().values()} == {dtype}
        assert net(v).dtype == dtype


# --- autoencoders of this package ------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "settings"),
    [
        ((8, 5, Gaussian(2)), ("logistic", "linear", "probabilities")),
        ((Gaussian(8), 5, 4, 3), ("logistic", "activation", "values")),
        ((8, Spin(5), Spin(2)), ("tanh", "activation", "probabilities")),
        ((Bernoulli(2, 4), Bernoulli(2, 2)), ("logistic", "activation", "probabilities")),
        ((8, Gaussian(3)), ("logistic", "linear", "probabilities")),
    ],
)
def test_an_unrolled_autoencoder_gives_what_the_machine_gives(groups, settings):
    machine = randomised(belief_net(*groups), 4, std=0.7)
    v = values(machine.graphs[0])
    net = autoencoder_of(machine)
    assert tuple(net.settings[n] for n in ("activation", "code", "outputs")) == settings
    assert close(net.reconstruct(v.flatten(1)).detach(), unroll_autoencoder(machine)(v).detach())
    assert close(net.encode(v.flatten(1)).detach(), unroll(machine)(v).detach())
    assert not {p.data_ptr() for p in net.parameters()} & {
        p.data_ptr() for p in machine.parameters()
    }


def test_an_untied_net_and_a_deep_boltzmann_machine_become_autoencoders():
    for machine in (BELIEF_NETS["untied"](), randomised(dbm(5, 4, 3), 3)):
        v = values(machine.graphs[0])
        net = autoencoder_of(machine)
        assert close(net.reconstruct(v).detach(), unroll_autoencoder(machine)(v).detach())


@pytest.mark.parametrize(
    ("groups", "named"),
    [
        ((8, Categorical(4)), "Bernoulli, Categorical, the visible ones first"),
        ((8, Spin(5), 4), "Bernoulli, Spin, Bernoulli"),
        ((Spin(8), 4), "Spin, Bernoulli"),
        ((Rectified(8), 4), "Rectified, Bernoulli"),
    ],
)
def test_units_that_an_autoencoder_lacks_are_named(groups, named):
    with pytest.raises(ValueError, match=named):
        autoencoder_of(belief_net(*groups))


def test_the_net_of_a_codec_is_its_encoder():
    with seeded(0):
        codec = Autoencoder([4, 3, 2], activation="tanh").double()
    x = numbers(5, 4, seed=1)
    net = unroll(codec, outputs=3)
    assert close(net[:-1](x).detach(), codec.encode(x).detach())
    assert not net(x).any()
    with torch.no_grad():
        net[0].weight.zero_()
    assert codec.encoder.h1.weight.any()
    mixed = Codec(MLP([4, 2]), MLP([2, 4])).double()
    assert close(unroll(mixed)(x).detach(), mixed.encode(x).detach())


# --- heads -----------------------------------------------------------------------------------


def test_a_head_says_nothing_at_first():
    net = BELIEF_NETS["two"]()
    v = values(net.graphs[0])
    with_head = unroll(net, outputs=10)
    assert torch.equal(with_head(v), torch.zeros(5, 10, dtype=torch.float64))
    assert torch.equal(with_head[:-1](v), unroll(net)(v))
    head = with_head[-1]
    assert isinstance(head, nn.Linear)
    assert (head.in_features, head.out_features) == (2, 10)


def test_a_head_fits_a_top_group_of_several_axes():
    net = BELIEF_NETS["spins"]()
    assert tuple(net.graphs[-1].units["h"].shape) == (2, 1)
    assert unroll(net, outputs=3)(values(net.graphs[0])).shape == (5, 3)


def test_a_head_learns():
    """Backpropagation reaches every parameter, so the net is an ordinary one."""
    net = unroll(BELIEF_NETS["two"](), outputs=2)
    with torch.no_grad():
        net[-1].weight.copy_(numbers(2, 2, seed=3))
    loss = nn.functional.cross_entropy(net(numbers(6, 4, seed=4)), torch.tensor([0, 1] * 3))
    loss.backward()
    assert all(p.grad is not None and float(p.grad.abs().max()) > 0 for p in net.parameters())


# --- nothing shared --------------------------------------------------------------------------


@pytest.mark.parametrize("make", [unroll, unroll_autoencoder])
@pytest.mark.parametrize("family", ["gaussian", "rectified-2d", "bernoulli-tied"])
def test_copies_do_not_change_the_machine_nor_each_other(make, family):
    graph = machine(family, "bernoulli")
    before = {name: p.detach().clone() for name, p in graph.state_dict().items()}
    v = values(graph)
    one, other = make(graph), make(graph)
    expected = other(v).detach()
    with torch.no_grad():
        for t in one.state_dict().values():
            t += 1.0
    assert not torch.equal(one(v), expected)
    assert torch.equal(other(v), expected)
    assert all(torch.equal(p, before[name]) for name, p in graph.state_dict().items())
    with torch.no_grad():
        for p in graph.parameters():
            p.zero_()
    assert torch.equal(other(v), expected)


def test_the_decoder_parts_from_the_encoder():
    net = unroll_autoencoder(machine("bernoulli", "spin"))
    linears = [layer for layer in net if isinstance(layer, nn.Linear)]
    assert torch.equal(linears[0].weight, linears[1].weight.mT)
    with torch.no_grad():
        linears[0].weight += 1
    assert not torch.equal(linears[0].weight, linears[1].weight.mT)


# --- shapes ----------------------------------------------------------------------------------


def test_groups_of_several_axes_meet_flat_and_shaped_ones():
    below = rbm(Categorical(2, 3), Bernoulli(2, 2))
    above = rbm(Bernoulli(2, 2), Categorical(2, 3))
    net = randomised(BeliefNet([below, above]), 5)
    v = values(net.graphs[0])
    assert unroll(net)(v).shape == (5, 6)
    assert close(unroll(net)(v).detach(), net.recognise(v)[-1].flatten(1))
    back = unroll_autoencoder(net)(v).detach()
    assert back.shape == (5, 6)
    assert torch.allclose(back.reshape(5, 2, 3).sum(2), torch.ones(5, 2, dtype=torch.float64))


def test_plain_groups_make_plain_nets():
    """No reshaping where none is needed: what a person would have written."""
    kinds = [type(part) for part in unroll(belief_net(8, 6, 4), outputs=3)]
    assert kinds == [nn.Linear, nn.Sigmoid, nn.Linear, nn.Sigmoid, nn.Linear]
    kinds = [type(part) for part in unroll_autoencoder(belief_net(Gaussian(8), 6, 4))]
    assert kinds == [nn.Linear, nn.Sigmoid] * 3 + [nn.Linear, nn.Identity]


def test_an_untied_net_unrolls_what_recognises_up_and_what_generates_down():
    net = BELIEF_NETS["untied"]()
    v = net.graphs[0].units["v"].states()
    assert close(unroll(net)(v).detach(), net.recognise(v)[-1])
    up = net.recognise(v)[-1]
    assert close(unroll_autoencoder(net)(v).detach(), descend(net.graphs, up, rule=mean)[0])


def test_labels_are_left_out_of_a_net():
    net = BELIEF_NETS["labelled"]()
    v = net.graphs[0].units["v"].states()
    top = net.graphs[-1]
    silent = {"v": net.features(v), "y": torch.zeros(len(v), 3, dtype=v.dtype)}
    assert close(unroll(net)(v).detach(), top.units["h"].mean(top.field("h", silent)).detach())


# --- deep Boltzmann machines ---------------------------------------------------------------------


def test_the_net_of_a_deep_boltzmann_machine_doubles_what_lacks_an_answer_from_above():
    graph = randomised(dbm(5, 4, Spin(3), 2), 3)
    v = numbers(6, 5, seed=1)
    x = v
    for name, below, copies in (("h1", "v", 2), ("h2", "h1", 2), ("h3", "h2", 1)):
        weight = graph.connections[f"{below}-{name}"].weight
        x = graph.units[name].mean(copies * x @ weight.mT)
    net = unroll(graph, outputs=7)
    torch.testing.assert_close(net[:-1](v), x)
    assert net(v).shape == (6, 7)


def test_input_from_above_becomes_a_line_over_that_from_below():
    graph = randomised(dbm(5, 4, Spin(3), 2), 3).double()
    v = numbers(40, 5, seed=1)
    data = mean_field(graph, {"v": v}, tolerance=1e-12, cap=1000)
    m = {name: data.moments(graph, name)[0] for name in graph.units}
    x = v
    for name, below, above in (("h1", "v", "h2"), ("h2", "h1", "h3")):
        up = graph.connections[f"{below}-{name}"].weight
        f = (m[below] @ up.mT).detach()
        g = (m[above] @ graph.connections[f"{name}-{above}"].weight).detach()
        lines = [np.polyfit(f[:, j], g[:, j], 1) for j in range(f.shape[1])]
        slope, offset = torch.tensor(np.array(lines)).T
        x = graph.units[name].mean((1 + slope) * (x @ up.mT) + offset)
    x = graph.units["h3"].mean(x @ graph.connections["h2-h3"].weight.mT)
    torch.testing.assert_close(unroll(graph, rows=v)(v), x, rtol=0, atol=1e-3)


def test_a_silent_layer_above_leaves_the_units_of_the_rbm_below():
    graph = randomised(dbm(5, 4, 3), 3)
    with torch.no_grad():
        graph.connections["h1-h2"].weight.zero_()
    v = numbers(6, 5, seed=1)
    alone = graph.units["h1"].mean(v @ graph.connections["v-h1"].weight.mT)
    net = unroll(graph, outputs=7, rows=v)
    torch.testing.assert_close(net[:2](v), alone)
    assert not torch.allclose(unroll(graph)[:2](v), alone, atol=0.05)


@pytest.mark.parametrize("name", PLAIN)
def test_rows_change_nothing_where_no_hidden_groups_are_connected(name):
    net = BELIEF_NETS[name]()
    v = values(net.graphs[0])
    assert torch.equal(unroll(net, rows=v)(v), unroll(net)(v))


def test_a_machine_that_is_no_chain_has_no_net():
    with pytest.raises(ValueError, match="not joined in a chain"):
        unroll(boltzmann(3, 2))


def test_random_weights_have_the_variance_of_glorot_below_the_outputs():
    net = unroll(belief_net(400, 100), outputs=3)
    before = net[-1].weight.clone()
    torch.nn.init.ones_(net[0].bias)
    randomise(net, generator(0))
    assert float(net[0].weight.detach().var()) == pytest.approx(2 / 500, rel=0.05)
    assert not net[0].bias.any()
    assert torch.equal(net[-1].weight, before)

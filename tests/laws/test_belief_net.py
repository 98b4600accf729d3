"""Law 8: a directed net's bound never exceeds log p, which small nets let us enumerate."""

import copy

import pytest
import torch
from torch.testing import assert_close

from harmonium import EnergyGraph, exact
from harmonium.learning import gradient, positive
from harmonium.machines import BeliefNet
from harmonium.random import generator
from tests.laws import judge
from tests.laws.enumeration import counted
from tests.laws.registry import BELIEF_NETS

DRAWS = 200_000
everyone = pytest.mark.parametrize("name", BELIEF_NETS)


def states(graph, group):
    return graph.units[group].states()


@torch.no_grad()
def downwards(graph):
    """log p(v | h) of every pair of states, ``(V, H)``."""
    v, h = states(graph, "v"), states(graph, "h")
    field = graph.field("v", {"h": h})
    pairs = v.repeat_interleave(len(h), 0), field.repeat(len(v), *[1] * (field.ndim - 1))
    return graph.units["v"].log_prob(*pairs).reshape(len(v), len(h))


@torch.no_grad()
def upwards(graph):
    """log q(h | v) of every pair of states, ``(V, H)``."""
    v, h = states(graph, "v"), states(graph, "h")
    field = graph.field("h", {"v": v}).repeat_interleave(len(h), 0)
    pairs = h.repeat(len(v), *[1] * (h.ndim - 1)), field
    return graph.units["h"].log_prob(*pairs).reshape(len(v), len(h))


def enumerated_log_prob(net):
    """log p(v) of every visible state, by all paths from the top down."""
    *below, top = net.graphs
    log_p = exact.log_prob(top, {"v": states(top, "v")})
    for g in reversed(below):
        log_p = torch.logsumexp(downwards(g) + log_p, 1)
    return log_p


def enumerated_bound(net):
    """Its expectation under q, of every visible state."""
    *below, top = net.graphs
    bound = exact.log_prob(top, {"v": states(top, "v")})
    for g, up in zip(reversed(below), reversed(net.upwards), strict=True):
        q = upwards(up)
        bound = (q.exp() * (downwards(g) - q + bound)).sum(1)
    return bound


def log_z(net):
    return exact.log_partition(net.graphs[-1])


@everyone
def test_the_enumerated_log_prob_is_one(name):
    total = torch.logsumexp(enumerated_log_prob(BELIEF_NETS[name]()), 0)
    assert_close(total, torch.zeros((), dtype=torch.float64))


@everyone
def test_the_bound_never_exceeds_the_log_prob(name):
    net = BELIEF_NETS[name]()
    gap = enumerated_log_prob(net) - enumerated_bound(net)
    assert bool((gap > -1e-12).all())
    if len(net.graphs) > 1:
        assert float(gap.min()) > 1e-4  # a real gap: q is not the posterior


@everyone
def test_the_sampled_bound_is_unbiased(name):
    """Means of single-sample bounds against the enumeration: of every state, and of all."""
    net = BELIEF_NETS[name]()
    v, expected = states(net.graphs[0], "v"), enumerated_bound(net)
    n = DRAWS // len(v)
    rows = v.repeat_interleave(n, 0)
    found = net.bound(rows, log_z(net), source=generator(1)).reshape(len(v), n)
    assert found.dtype == torch.float64
    if len(net.graphs) == 1:
        assert_close(found, expected[:, None].expand_as(found))
    else:
        assert abs(judge.mean(found.T, expected)) < judge.LIMIT
        error = (found - expected[:, None]).reshape(-1, 1)
        assert abs(judge.mean(error, torch.zeros(1))) < judge.LIMIT


def test_a_bound_with_labels_is_one_on_rows_and_labels():
    """Of every row and label: below log p(v, y), and its mean over draws is the enumerated one."""
    net = BELIEF_NETS["labelled"]()
    below, top = net.graphs
    h, names = states(top, "v"), states(top, "y")
    for y in names:
        joint = exact.log_prob(top, {"v": h, "y": y.expand(len(h), -1)})
        log_p = torch.logsumexp(downwards(below) + joint, 1)
        q = upwards(below)
        expected = (q.exp() * (downwards(below) - q + joint)).sum(1)
        assert bool((log_p > expected).all())
        v = states(below, "v")
        n = 20_000
        rows, labels = v.repeat_interleave(n, 0), y.expand(n * len(v), -1)
        found = net.bound(rows, log_z(net), y=labels, source=generator(4)).reshape(len(v), n)
        assert abs(judge.mean(found.T, expected)) < judge.LIMIT


def test_class_probabilities_are_exact_given_the_features():
    net = BELIEF_NETS["labelled-untied"]()
    top = net.graphs[-1]
    v = states(net.graphs[0], "v")
    features = net.features(v)
    hidden = states(top, "h")  # features are means, which have an energy but no probability
    columns = [
        torch.stack(
            [
                -top.energy(
                    {
                        "v": features,
                        "y": y.expand(len(v), -1),
                        "h": h.expand(len(v), -1),
                    }
                )
                for h in hidden
            ]
        ).logsumexp(0)
        for y in states(top, "y")
    ]
    expected = torch.log_softmax(torch.stack(columns, 1), 1).detach()
    assert_close(net.log_label_prob(v), expected)
    assert float((expected.exp() - 0.5).abs().max()) > 0.05


def test_samples_of_a_class_have_its_enumerated_distribution():
    """The label held, Gibbs in the top memory, and down: p(v | y) of every class."""
    net = BELIEF_NETS["labelled"]()
    below, top = net.graphs
    h = states(top, "v")
    for k, y in enumerate(states(top, "y")):
        given = torch.log_softmax(exact.log_prob(top, {"v": h, "y": y.expand(len(h), -1)}), 0)
        expected = torch.logsumexp(downwards(below) + given, 1).exp()
        held = {"y": y.expand(DRAWS, -1)}
        means = net.generate(
            DRAWS, sweeps=40, seen=held, hold={"y": True}, source=generator(20 + k)
        )
        drawn = torch.bernoulli(means, generator=generator(30 + k))
        seen = type("Seen", (), {"units": {"v": below.units["v"]}})
        assert abs(judge.chi_square(counted(seen, {"v": drawn}), expected)) < judge.LIMIT


# --- one more layer ------------------------------------------------------------------------------


def mirrored(graph):
    """The same RBM read the other way round: its "v" are the old hidden units."""
    g = copy.deepcopy(graph)
    units = {"v": g.units["h"], "h": g.units["v"]}
    return EnergyGraph(units, {("h", "v"): g.edges[0].connection})


def test_a_new_layer_of_transposed_weights_keeps_the_bound_and_training_raises_it():
    """Hinton, Osindero and Teh's argument (2006, section 4), enumerated.

    The mirrored layer has p(h) of the RBM below, so the bound starts at log p of the data; exact
    gradient steps on what the layer below makes of the data can only raise it.
    """
    below = BELIEF_NETS["one"]().graphs[0]
    v = states(below, "v")
    data = torch.softmax(torch.randn(len(v), generator=generator(9), dtype=v.dtype) * 2, 0)
    alone = exact.log_prob(below, {"v": v})
    top = mirrored(below)
    net = BeliefNet([below, top])
    assert_close(enumerated_bound(net), alone)
    features = (data[:, None] * upwards(below).exp()).sum(0)
    before = float(data @ alone)
    seen = positive(top, {"v": states(top, "v")}, weights=features)
    optimiser = torch.optim.SGD(top.parameters(), lr=0.1)
    for _ in range(50):
        gradient(top, seen, model=exact.phase(top))
        optimiser.step()
        after = float(data @ enumerated_bound(net))
        assert after > before
        before = after
    assert before - float(data @ alone) > 0.02
    assert float(data @ enumerated_log_prob(net)) > before


def test_samples_are_averaged_row_by_row():
    net = BELIEF_NETS["three"]()
    v, expected = states(net.graphs[0], "v"), enumerated_bound(net)
    found = net.bound(v, log_z(net), samples=20_000, source=generator(2))
    assert found.shape == expected.shape
    assert_close(found, expected, rtol=0, atol=0.05)
    coarse = net.bound(v, log_z(net), samples=2, source=generator(2))
    assert float((coarse - expected).abs().max()) > 0.05


def test_the_bound_of_one_layer_is_its_log_likelihood():
    net = BELIEF_NETS["one"]()
    (top,) = net.graphs
    v = states(top, "v")
    bound = net.bound(v, exact.log_partition(top))
    assert_close(bound, exact.log_prob(top, {"v": v}))


@everyone
def test_generated_values_have_the_enumerated_distribution(name):
    net = BELIEF_NETS[name]()
    z = generation(net, sweeps=60)
    assert abs(z) < judge.LIMIT


def generation(net, *, sweeps, seed=3):
    """z of chi-square of values drawn from the generated means."""
    bottom = net.graphs[0].units["v"]
    means = net.generate(DRAWS, sweeps=sweeps, source=generator(seed))
    assert means.shape == (DRAWS, *bottom.shape)
    with torch.no_grad():  # from its mean, a unit is drawn under the field that tilts a zero bias
        field = means.clamp(1e-12).log() if bottom.unit_axes else tilted(bottom, means)
        drawn = bottom.sample(field - bottom.bias, generator(seed + 1))
    seen = type("Seen", (), {"units": {"v": bottom}})
    return judge.chi_square(counted(seen, {"v": drawn}), enumerated_log_prob(net).exp())


def tilted(units, means):
    """The total field of binary units, exactly (``tilt`` clips)."""
    low = float(units.states().min())
    logit = torch.logit((means - low) / (1 - low), eps=1e-12)
    return logit / (1 - low)


# --- the law can fail --------------------------------------------------------------------------


class WithoutEntropy(BeliefNet):
    """Wrong on purpose: log p(v, h) without - log q(h | v)."""

    def bound(self, v, log_z, *, y=None, samples=1, source=None):
        *below, _ = self.graphs
        total = super().bound(v, log_z, samples=samples, source=source)
        field = below[0].field("h", {"v": v})
        h = below[0].units["h"].mode(field)
        return total + below[0].units["h"].log_prob(h, field)


class MeansOfMeans(BeliefNet):
    """Wrong on purpose: the step above the last is not drawn."""

    def generate(self, n, *, sweeps=1000, seen=None, hold=None, source=None):
        bottom = self.graphs[0]
        top = BeliefNet(self.graphs[1:])
        means = top.generate(n, sweeps=sweeps, source=source)
        return bottom.units["v"].mean(bottom.field("v", {"h": means}))


def test_a_bound_without_its_entropy_is_caught():
    net = BELIEF_NETS["two"]()
    net.__class__ = WithoutEntropy
    v, expected = states(net.graphs[0], "v"), enumerated_bound(net)
    n = DRAWS // len(v)
    found = net.bound(v.repeat_interleave(n, 0), log_z(net), source=generator(1))
    assert abs(judge.mean(found.reshape(len(v), n).T, expected)) > judge.LIMIT


def test_a_log_z_off_by_a_twentieth_is_caught():
    net = BELIEF_NETS["one"]()
    v = states(net.graphs[0], "v")
    bound = net.bound(v, log_z(net) - 0.05)
    assert bool((bound > enumerated_log_prob(net)).all())


def test_means_instead_of_draws_on_the_way_down_are_caught():
    net = BELIEF_NETS["three"]()
    net.__class__ = MeansOfMeans
    assert abs(generation(net, sweeps=60)) > judge.LIMIT

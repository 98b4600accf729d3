"""Law 8 for sigmoid belief nets: bounds below the enumerated log p, and enumerated gradients."""

import itertools

import pytest
import torch
from torch.testing import assert_close

from harmonium.learning.bounds_of_codes import importance_weighted
from harmonium.learning.objectives import WakeSleep
from harmonium.learning.objectives.wake_sleep import reweighted
from harmonium.nets import SigmoidBeliefNet
from harmonium.nets.bounded_belief import bounds
from harmonium.random import generator, seeded
from harmonium.units.bernoulli import bits
from tests.laws import judge

SIZES = {"one layer": [3, 4], "two": [3, 3, 2], "three": [3, 2, 2, 1]}
everyone = pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)

DRAWS = 100_000


def net_of(sizes, kind=SigmoidBeliefNet):
    """A net in float64 with weights and biases far from zero."""
    with seeded(1):
        net = kind(sizes).double()
    source = generator(2)
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(torch.randn(p.shape, generator=source, dtype=torch.float64))
    return net


def table(layer, given, values):
    """log p(values | given) of all pairs, ``(values, given)``."""
    p = layer(given).sigmoid()
    return values @ p.log().mT + (1 - values) @ (1 - p).log().mT


def layers_of(net):
    """All states of every layer, the rows first."""
    return [bits(size, net.prior) for size in net.units]


@torch.no_grad()
def enumerated_log_prob(net):
    """log p of all rows, by products of the tables of the layers: independent of ``log_prob``."""
    states = layers_of(net)
    p = net.prior.sigmoid()
    log_p = states[-1] @ p.log() + (1 - states[-1]) @ (1 - p).log()
    for k in reversed(range(len(states) - 1)):
        log_p = torch.logsumexp(table(net.downwards[k], states[k + 1], states[k]) + log_p, 1)
    return log_p


def paths(net):
    """All states of the hidden layers together, each layer apart, ``(S, units)``."""
    sizes = net.units[1:]
    return bits(sum(sizes), net.prior).split(sizes, 1)


def logs(net, x):
    """log p(x, h) and log q(h | x) of all states of the hidden layers, ``(S,)`` each."""
    hidden = paths(net)
    values = [x.expand(len(hidden[0]), -1), *hidden]
    return net.log_joint(values), net.log_recognition(values)


def enumerated_bound(net, x, samples):
    """The expected bound of K samples: a sum over all K-tuples of states of the hidden layers."""
    log_p, log_q = logs(net, x)
    index = torch.tensor([*itertools.product(range(len(log_p)), repeat=samples)]).mT
    weights = log_q.detach()[index].sum(0).exp()
    return (weights * importance_weighted(log_p[index] - log_q.detach()[index])).sum()


# --- probabilities -----------------------------------------------------------------------------


@everyone
def test_probabilities_sum_to_one_and_are_those_of_the_tables(sizes):
    net = net_of(sizes)
    log_p = net.log_prob(layers_of(net)[0])
    assert_close(log_p, enumerated_log_prob(net))
    assert_close(log_p.exp().sum(), torch.ones((), dtype=torch.float64))
    for x in layers_of(net)[0]:
        assert_close(logs(net, x)[1].exp().sum(), torch.ones((), dtype=torch.float64))


@everyone
def test_generated_rows_have_their_probabilities(sizes):
    net = net_of(sizes)
    assert abs(generated(net)) < judge.LIMIT


def generated(net):
    x = net.generate(DRAWS, source=generator(3))[0]
    return judge.chi_square(counts(x), enumerated_log_prob(net).exp())


def counts(x):
    """How often each row occurs."""
    place = 2 ** torch.arange(x.shape[1] - 1, -1, -1)
    return torch.bincount((x.long() * place).sum(1), minlength=2 ** x.shape[1])


# --- bounds ------------------------------------------------------------------------------------


@everyone
def test_the_bounds_never_exceed_the_log_prob(sizes):
    net = net_of(sizes)
    x = layers_of(net)[0]
    exact = enumerated_log_prob(net)
    with torch.no_grad():
        one = torch.stack([enumerated_bound(net, row, 1) for row in x])
        two = torch.stack([enumerated_bound(net, row, 2) for row in x])
    assert bool((one < two).all())
    assert bool((two < exact).all())


@everyone
def test_sampled_bounds_have_the_enumerated_means(sizes):
    net = net_of(sizes)
    x = layers_of(net)[0]
    many = x.repeat_interleave(DRAWS // len(x), 0)
    found = bounds(net, many, samples=2, source=generator(4))
    for name, samples in (("elbo", 1), ("importance_weighted", 2)):
        with torch.no_grad():
            expected = torch.stack([enumerated_bound(net, row, samples) for row in x])
        assert abs(judge.mean(found[name].reshape(len(x), -1).mT, expected)) < judge.LIMIT


def test_a_perfect_recogniser_makes_the_bound_exact():
    """One hidden unit: its posterior is a logistic function of the row, so q can be exact."""
    net = net_of([3, 1])
    down = net.downwards[0]
    with torch.no_grad():
        net.upwards[0].weight.copy_(down.weight.mT)
        zero, one = (down.bias, down.bias + down.weight[:, 0])
        gap = torch.nn.functional.softplus(zero) - torch.nn.functional.softplus(one)
        net.upwards[0].bias.copy_(net.prior + gap.sum())
    x = layers_of(net)[0]
    found = bounds(net, x, samples=1, source=generator(5))
    assert_close(found["elbo"], enumerated_log_prob(net))


# --- gradients ---------------------------------------------------------------------------------


def gradient(net, loss):
    net.zero_grad()
    loss.backward()
    return {n: p.grad.clone() for n, p in net.named_parameters() if p.grad is not None}


def sampled(net, objective, x, *, chunks=50):
    """Gradients of the objective, from many draws: name -> ``(chunks, *shape)``."""
    net.source = generator(6)
    rows = x.expand(DRAWS // chunks, -1)
    found = [gradient(net, objective(net, {"x": rows}).mean()) for _ in range(chunks)]
    return {name: torch.stack([g[name] for g in found]) for name in found[0]}


def expected_gradients(net, objective, x):
    """The gradients that the definition gives, from sums over all states."""
    log_p, log_q = logs(net, x)
    index = torch.tensor([*itertools.product(range(len(log_p)), repeat=objective.samples)]).mT
    p, q = log_p[index], log_q[index]
    shares = torch.softmax((p - q).detach(), 0)
    weights = q.detach().sum(0).exp()
    total = -(weights * (shares * p).sum(0)).sum()
    if objective.recognition != "sleep":
        total = total - (weights * (shares * q).sum(0)).sum()
    if objective.recognition != "wake":
        for row in layers_of(net)[0]:
            log_p, log_q = logs(net, row)
            total = total - (log_p.detach().exp() * log_q).sum()
    return gradient(net, total)


def worst(net, objective, x):
    """Largest z of the sampled gradients against those of the definition."""
    found, expected = sampled(net, objective, x), expected_gradients(net, objective, x)
    assert found.keys() == expected.keys()
    return max(
        abs(judge.mean(found[name].flatten(1), expected[name].flatten())) for name in expected
    )


OBJECTIVES = {
    "wake-sleep": WakeSleep(),
    "wake": WakeSleep(2, "wake"),
    "both": WakeSleep(3, "both"),
    "several, sleep": WakeSleep(2, "sleep"),
}


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES)
def test_gradients_are_those_of_the_enumerated_objective(objective):
    net = net_of([3, 2, 1])
    assert worst(net, objective, torch.tensor([1.0, 0.0, 1.0]).double()) < judge.LIMIT


def test_the_generative_gradient_is_that_of_the_bound():
    """Central differences of the enumerated bound, with the recognition net as it is."""
    net, x = net_of([3, 2, 1]), torch.tensor([1.0, 0.0, 1.0]).double()
    for samples in (1, 2):
        found = expected_gradients(net, WakeSleep(samples), x)
        for name, p in net.named_parameters():
            if name.startswith("recogniser"):
                continue
            flat, step = p.data.view(-1), 1e-6
            for k in range(len(flat)):
                value, ends = float(flat[k]), []
                for side in (step, -step):
                    flat[k] = value + side
                    with torch.no_grad():
                        ends.append(float(enumerated_bound(net, x, samples)))
                flat[k] = value
                slope = (ends[0] - ends[1]) / (2 * step)
                assert abs(float(found[name].view(-1)[k]) + slope) < 1e-8


def test_the_sleep_phase_lowers_the_divergence_of_p_from_q():
    net = net_of([3, 2])
    x = layers_of(net)[0]

    @torch.no_grad()
    def divergence():
        pairs = [logs(net, row) for row in x]
        return sum((log_p.exp() * (log_p - log_q)).sum() for log_p, log_q in pairs)

    optimiser = torch.optim.SGD(net.recogniser.parameters(), lr=0.1)
    net.source, before = generator(8), float(divergence())
    for _ in range(300):
        optimiser.zero_grad()
        WakeSleep()(net, {"x": x.repeat(20, 1)}).mean().backward()
        optimiser.step()
    assert float(divergence()) < 0.5 * before


# --- the law can fail --------------------------------------------------------------------------


class WithoutPrior(SigmoidBeliefNet):
    """Wrong on purpose: the top layer costs nothing."""

    def log_joint(self, values):
        top = values[-1]
        own = top * self.prior - torch.nn.functional.softplus(self.prior)
        return super().log_joint(values) - own.sum(1)


class Awake(WakeSleep):
    """Wrong on purpose: the recognition net learns from its own samples of the data."""

    def __call__(self, net, batch):
        values, log_q = net.recognise(batch["x"], source=net.source)
        return reweighted(net.log_joint(values)[None], log_q[None], wake=False) - log_q


class Unweighted(WakeSleep):
    """Wrong on purpose: all samples count the same."""

    def __call__(self, net, batch):
        values, log_q = net.recognise(batch["x"], samples=self.samples, source=net.source)
        return -(net.log_joint(values) + log_q).view(self.samples, -1).mean(0)


def test_a_bound_without_the_prior_is_caught():
    net = net_of([3, 3, 2], WithoutPrior)
    x = layers_of(net)[0]
    with torch.no_grad():
        bound = torch.stack([enumerated_bound(net, row, 1) for row in x])
    assert bool((bound > enumerated_log_prob(net)).any())


@pytest.mark.parametrize("objective", [Awake(), Unweighted(2, "wake")])
def test_wrong_gradients_are_caught(objective):
    net = net_of([3, 2, 1])
    assert worst(net, objective, torch.tensor([1.0, 0.0, 1.0]).double()) > 2 * judge.LIMIT


def test_means_instead_of_draws_are_caught():
    class Means(SigmoidBeliefNet):
        def generate(self, n, *, means=False, source=None):
            *_, h = (v.mean(0, keepdim=True) for v in super().generate(n, source=source))
            x = self.downwards[0](self.downwards[1](h).sigmoid()).sigmoid().expand(n, -1)
            return [torch.bernoulli(x, generator=source)]

    assert abs(generated(net_of([3, 3, 2], Means))) > judge.LIMIT

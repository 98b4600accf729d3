"""RBMs of series: probabilities given the past by enumeration, and gradients through time."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import EnergyGraph, exact
from harmonium.connections import Dense
from harmonium.learning.objectives import SeriesContrast
from harmonium.learning.objectives import series as contrast
from harmonium.machines import ConditionalRBM, RecurrentTemporalRBM
from harmonium.machines.temporal import past_of
from harmonium.random import generator
from harmonium.sampling import clamped
from harmonium.units import Bernoulli
from harmonium.units.bernoulli import bits
from tests.laws import judge
from tests.laws.registry import TEMPORAL

everyone = pytest.mark.parametrize("name", TEMPORAL)


def series(n=3, frames=6, *, seed=1):
    return (torch.rand(n, frames, 2, generator=generator(seed)) > 0.5).double()


def probabilities(machine, fields):
    """p(v | past) of all states of a frame for rows of fields, ``(n, V)``: sums over h as well."""
    v, h = bits(2, machine.to_visible), bits(3, machine.to_visible)
    w = machine.graph.edges[0].connection.weight
    own = v @ machine.graph.units["v"].bias
    pairs = own[:, None] + v @ w.mT @ h.mT + h @ machine.graph.units["h"].bias
    pasts = (fields["v"] @ v.mT)[:, :, None] + (fields["h"] @ h.mT)[:, None, :]
    return torch.softmax((pairs + pasts).logsumexp(2), 1)


def by_hand(machine, x):
    """The fields of every frame from the formulas, one frame after the other."""
    lags = machine.lags
    weight = machine.graph.edges[0].connection.weight
    found = {"v": [], "h": []}
    means = machine.first.sigmoid().expand(len(x), -1) if hasattr(machine, "first") else None
    for t in range(lags, x.shape[1]):
        past = x[:, t - lags : t].flatten(1)
        f_h = past @ machine.to_hidden.mT
        if means is not None:
            f_h = f_h + means @ machine.recurrent.mT
            bias = machine.graph.units["h"].bias
            means = torch.sigmoid(x[:, t] @ weight.mT + bias + f_h)
        found["v"].append(past @ machine.to_visible.mT)
        found["h"].append(f_h)
    return {name: torch.stack(rows, 1) for name, rows in found.items()}


# --- given the past ----------------------------------------------------------------------------


@everyone
def test_fields_are_those_of_the_formulas(name):
    machine, x = TEMPORAL[name](), series()
    fields, _ = machine.contexts(x)
    for group, expected in by_hand(machine, x).items():
        assert_close(fields[group], expected)


@everyone
def test_the_past_is_a_view_whose_probabilities_are_enumerated(name):
    machine, x = TEMPORAL[name](), series()
    _, fields = machine.frames(x)
    expected = probabilities(machine, fields)
    states = bits(2, machine.to_visible)
    for row in range(len(expected)):
        view = machine.given({n: f[row] for n, f in fields.items()})
        assert_close(exact.log_prob(view, {"v": states}).exp(), expected[row])


def test_a_held_group_of_the_past_gives_the_same_conditional():
    """The past as a group of an energy graph, clamped: the same as fields that it adds."""
    machine, x = TEMPORAL["conditional"](), series()
    graph = EnergyGraph(
        {"u": Bernoulli(4), "v": Bernoulli(2), "h": Bernoulli(3)},
        {
            ("u", "v"): Dense((4,), (2,)),
            ("u", "h"): Dense((4,), (3,)),
            ("v", "h"): Dense((2,), (3,)),
        },
    ).double()
    with torch.no_grad():
        for name in ("v", "h"):
            graph.units[name].bias.copy_(machine.graph.units[name].bias)
        weights = machine.to_visible, machine.to_hidden, machine.graph.edges[0].connection.weight
        for edge, weight in zip(graph.edges, weights, strict=True):
            edge.connection.weight.copy_(weight)
    past = past_of(x, 2)[:, 0]
    _, fields = machine.frames(x[:, :3])
    states = bits(2, past)
    for row in range(len(x)):
        held = clamped(graph, {"u": past[row : row + 1].expand(len(states), -1)})
        own = machine.given({n: f[row] for n, f in fields.items()})
        a, b = (-g.free_energy({"v": states}, ("h",)) for g in (held, own))
        assert_close(a.log_softmax(0), b.log_softmax(0))


@everyone
def test_predictions_are_the_enumerated_means(name):
    machine, x = TEMPORAL[name](), series()
    _, fields = machine.frames(x)
    expected = probabilities(machine, fields) @ bits(2, x)
    found = machine.forecast(x, chains=20_000, sweeps=30, source=generator(2))
    assert_close(found.flatten(0, 1), expected, atol=0.02, rtol=0)


@everyone
def test_likelihoods_of_frames_are_enumerated(name):
    machine, x = TEMPORAL[name](), series()
    v, fields = machine.frames(x)
    place = (v * torch.tensor([2.0, 1.0]).double()).sum(1).long()
    expected = probabilities(machine, fields).gather(1, place[:, None]).log()
    found = machine.log_frames(x, betas=50, chains=2000, sweeps=20, source=generator(6))
    for side in found.values():
        assert side.shape == (3, 6 - machine.lags)
        assert_close(side.flatten(), expected.flatten(), atol=0.02, rtol=0)


@everyone
def test_a_short_ladder_gives_bounds_from_both_sides(name):
    """One step and one chain, many times: by Jensen's inequality the truth lies between."""
    machine, x = TEMPORAL[name](), series(1, 4)
    with torch.no_grad():
        machine.graph.edges[0].connection.weight.mul_(3)
    _, fields = machine.frames(x)
    place = (x[:, machine.lags :].flatten(0, 1) * torch.tensor([2.0, 1.0]).double()).sum(1).long()
    expected = probabilities(machine, fields).gather(1, place[:, None]).log().mean()
    many = x.expand(4000, -1, -1)
    found = machine.log_frames(many, betas=1, chains=1, sweeps=20, source=generator(7))
    assert found["forward"].mean() > expected + 0.01
    assert found["reverse"].mean() < expected - 0.01


@everyone
def test_drawn_frames_have_their_enumerated_probabilities(name):
    """Two frames after a past that all chains share: each pair against its probability."""
    machine, x = TEMPORAL[name](), series(1, 3)
    n, states = 50_000, bits(2, x)
    drawn = machine.continued(x.expand(n, -1, -1), 2, sweeps=20, source=generator(3))
    place = (drawn * torch.tensor([2.0, 1.0]).double()).sum(2).long()
    counts = torch.bincount(place[:, 0] * 4 + place[:, 1], minlength=16)
    assert abs(judge.chi_square(counts, pair_probabilities(machine, x, states))) < judge.LIMIT


@torch.no_grad()
def pair_probabilities(machine, x, states):
    """p of the next two frames of one series, ``(16,)``."""
    longer = torch.cat([x.expand(4, -1, -1), states[:, None]], 1)
    last = {n: f[:, -1] for n, f in machine.contexts(longer)[0].items()}
    first = probabilities(machine, last)[0]
    longest = torch.cat([longer, states[:1].expand(4, 1, -1)], 1)
    last = {n: f[:, -1] for n, f in machine.contexts(longest)[0].items()}
    return (first[:, None] * probabilities(machine, last)).flatten()


# --- gradients ---------------------------------------------------------------------------------


def objective(machine, x, drawn):
    """The loss with fixed draws, from the probabilities: log p up to what does not depend on v."""
    fields, _ = machine.contexts(x)
    h_bias, v_bias = machine.graph.units["h"].bias, machine.graph.units["v"].bias
    weight = machine.graph.edges[0].connection.weight

    def free(v):
        inputs = v @ weight.mT + h_bias + fields["h"]
        return -(v * (v_bias + fields["v"])).sum(2) - torch.log1p(inputs.exp()).sum(2)

    return (free(x[:, machine.lags :]) - free(drawn)).mean(1).mean()


def worst(machine, loss, x, *, seed=4):
    """Largest gap between the gradient of the learner's loss and central differences."""
    machine.source = generator(seed)
    v, fields = machine.frames(x)
    with torch.no_grad():
        drawn = contrast.draws(machine.given(fields), v, steps=2, source=generator(seed))
    drawn = drawn.view(len(x), -1, 2)
    machine.zero_grad()
    loss(machine, {"x": x}).mean().backward()
    gap, step = 0.0, 1e-6
    for p in machine.parameters():
        flat = p.data.view(-1)
        grad = torch.zeros_like(flat) if p.grad is None else p.grad.reshape(-1)
        for k in range(len(flat)):
            value, ends = float(flat[k]), []
            for side in (step, -step):
                flat[k] = value + side
                with torch.no_grad():
                    ends.append(float(objective(machine, x, drawn)))
            flat[k] = value
            gap = max(gap, abs(float(grad[k]) - (ends[0] - ends[1]) / (2 * step)))
    return gap


@everyone
def test_gradients_pass_through_time(name):
    assert worst(TEMPORAL[name](), SeriesContrast(2), series()) < 2e-8


@everyone
def test_with_exact_draws_the_gradient_is_that_of_the_likelihood(name):
    """The mean over draws from the model itself: minus the gradient of log p(series)."""
    machine, x = TEMPORAL[name](), series(1, 4)
    n, frames = 40_000, 4 - machine.lags
    v, fields = machine.frames(x)
    p = probabilities(machine, fields)
    index = (v * torch.tensor([2.0, 1.0]).double()).sum(1).long()
    exactly = -p.gather(1, index[:, None]).log().sum() / frames
    names = [name for name, _ in machine.named_parameters()]
    expected = torch.autograd.grad(exactly, [*machine.parameters()], allow_unused=True)
    found = []
    for k in range(20):
        machine.source = generator(50 + k)
        machine.zero_grad()
        SeriesContrast(30)(machine, {"x": x.expand(n // 20, -1, -1)}).mean().backward()
        found.append([p.grad for p in machine.parameters()])
    for k, name in enumerate(names):
        if expected[k] is not None and expected[k].numel():
            draws = torch.stack([grads[k] for grads in found]).flatten(1)
            assert abs(judge.mean(draws, expected[k].flatten())) < judge.LIMIT, name


# --- the law can fail --------------------------------------------------------------------------


def test_a_gradient_that_stops_at_a_frame_is_caught():
    class Stopped(RecurrentTemporalRBM):
        def contexts(self, x):
            fields, means = super().contexts(x)
            return {"v": fields["v"], "h": fields["h"].detach()}, means

    machine = TEMPORAL["recurrent"]()
    machine.__class__ = Stopped
    assert worst(machine, SeriesContrast(2), series()) > 1e-3


def test_a_past_in_the_wrong_order_is_caught():
    class Backwards(ConditionalRBM):
        def contexts(self, x):
            return super().contexts(x.flip(1))

    machine = TEMPORAL["conditional"]()
    expected = by_hand(machine, series())
    machine.__class__ = Backwards
    fields, _ = machine.contexts(series())
    assert float((fields["h"] - expected["h"]).detach().abs().max()) > 0.1


def test_frames_after_the_end_of_a_series_count_for_nothing():
    machine, x = TEMPORAL["recurrent"](), series()
    length = torch.tensor([6.0, 4.0, 2.0])
    machine.source = generator(5)
    found = SeriesContrast(1)(machine, {"x": x, "length": length})
    changed = x.clone()
    changed[1, 4:] = 0.5
    changed[2, 2:] = 0.5
    machine.source = generator(5)
    again = SeriesContrast(1)(machine, {"x": changed, "length": length})
    assert_close(found[:2], again[:2])

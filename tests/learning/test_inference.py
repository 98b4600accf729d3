"""The data's side: exact where it can be, mean field, or Gibbs sampling with the data held."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.learning import (
    Clamped,
    Learner,
    Listed,
    MeanField,
    gradient,
    normalised,
    positive,
)
from harmonium.machines import boltzmann, dbm
from harmonium.random import generator
from harmonium.sampling import log_marginal, mean_field
from tests.laws.registry import GRAPHS
from tests.laws.specimens import random_state, randomised

BOTH = {"mean field": MeanField(), "clamped": Clamped()}


def batch_of(graph, *, seed=3, rows=None):
    first = next(iter(graph.units))
    x = random_state(graph, seed=seed)[first]
    return {first: x if rows is None else x[:1].repeat(rows, *[1] * (x.ndim - 1))}


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("graph", ["rbm", "rbm-gaussian", "rbm-to-categorical"])
def test_both_are_exact_for_an_rbm(name, graph):
    graph = GRAPHS[graph]()
    batch = batch_of(graph)
    found = BOTH[name](graph, batch, source=generator(1))
    assert_close(found.fields["h"].detach(), graph.field("h", batch).detach())
    assert found.weights.tolist() == [0.25] * 4


def test_mean_field_is_the_samplings_with_the_rows_weights():
    graph = GRAPHS["deep"]()
    batch, weights = batch_of(graph), torch.tensor([1.0, 1.0, 0.0, 2.0]).double()
    found = MeanField(tolerance=1e-9, cap=200, damping=0.2)(graph, batch, weights=weights)
    plain = mean_field(graph, batch, tolerance=1e-9, cap=200, damping=0.2)
    assert_close(found.fields["h1"], plain.fields["h1"])
    assert found.weights.tolist() == [0.25, 0.25, 0.0, 0.5]


@pytest.mark.parametrize("name", ["deep", "boltzmann-hidden", "encoder", "triangle"])
def test_clamped_sampling_has_the_exact_expectations(name):
    """Of one row of data, many times: means and correlations as enumeration has them."""
    graph = GRAPHS[name]()
    batch = batch_of(graph, rows=20_000)
    found = Clamped(30)(graph, batch, source=generator(1))
    truth = exact.phase(graph, hold={n: x[:1] for n, x in batch.items()})
    for e in graph.edges:
        rows = [
            e.connection.correlate(
                p.moments(graph, e.source)[0], p.moments(graph, e.target)[0], weights=p.weights
            )["weight"]
            for p in (found, truth)
        ]
        assert_close(rows[0], rows[1], rtol=0, atol=0.02)


def test_mean_field_of_strong_connections_is_not_exact():
    """Which is why there is the other one."""
    graph = randomised(boltzmann(3, 4), 2, std=1.5)
    batch = batch_of(graph, rows=20_000)
    truth = exact.phase(graph, hold={n: x[:1] for n, x in batch.items()})
    expected = torch.tensordot(truth.weights, truth.moments(graph, "h")[0], 1).detach()
    guess = MeanField(cap=500)(graph, batch).moments(graph, "h")[0][0].detach()
    sampled = Clamped(50)(graph, batch, source=generator(1))
    drawn = torch.tensordot(sampled.weights, sampled.moments(graph, "h")[0], 1).detach()
    assert float((drawn - expected).abs().max()) < 0.02 < float((guess - expected).abs().max())


@pytest.mark.parametrize("inference", BOTH.values(), ids=BOTH)
def test_the_learner_takes_either(inference):
    graph = randomised(boltzmann(3, 2), 2)
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.1)
    learner = Learner(graph, optimiser, source=generator(1), inference=inference)
    calls = []
    learner.inference = lambda *a, **k: calls.append(k) or inference(*a, **k)
    before = graph.connections["h-h"].weight.detach().clone()
    learner.step({"v": torch.eye(3).double()}, weights=torch.ones(3))
    assert set(calls[0]) == {"weights", "source"}
    assert not torch.equal(before, graph.connections["h-h"].weight.detach())


def test_positive_goes_on_until_nothing_moves():
    graph = GRAPHS["deep"]()
    batch = batch_of(graph)
    assert_close(
        positive(graph, batch, sweeps=400).fields["h1"],
        mean_field(graph, batch, tolerance=0.0, cap=400).fields["h1"],
    )


def test_weights_sum_to_one_or_are_refused():
    rows = torch.zeros(3, 2)
    assert normalised(None, rows).tolist() == pytest.approx([1 / 3] * 3)
    assert normalised(torch.tensor([1, 1, 2]), rows).tolist() == [0.25, 0.25, 0.5]
    with pytest.raises(ValueError, match="finite, not negative and not all zero"):
        normalised(torch.zeros(3), rows)


def test_a_missing_label_is_summed_away_exactly():
    """The gradient of log p(v), by the listed data's side and the enumerated model's."""
    graph = GRAPHS["classifier"]()
    v = random_state(graph, seed=2)["v"]
    weights = torch.linspace(1.0, 2.0, len(v)).double()
    gradient(graph, Listed("y")(graph, {"v": v}, weights=weights), model=exact.phase(graph))
    found = [p.grad.clone() for p in graph.parameters()]
    log_z = torch.logsumexp(-graph.free_energy(*everything(graph)), 0)
    loss = -(log_marginal(graph, "y", given={"v": v}) * weights / weights.sum()).sum() + log_z
    for one, other in zip(found, torch.autograd.grad(loss, [*graph.parameters()]), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-9)


def everything(graph):
    """All states of data and label, and what is then summed away."""
    v, y = graph.units["v"].states(), graph.units["y"].states()
    state = {"v": v.repeat_interleave(len(y), 0), "y": y.repeat(len(v), 1)}
    return state, ("h",)


def test_a_label_that_is_seen_is_no_longer_listed():
    graph = GRAPHS["classifier"]()
    seen = random_state(graph, seed=2)
    batch = {n: seen[n] for n in ("v", "y")}
    one, other = Listed("y")(graph, batch), MeanField()(graph, batch)
    torch.testing.assert_close(one.fields["h"], other.fields["h"])
    assert len(one.weights) == len(batch["v"])


def test_mean_field_misses_the_variance_that_feeds_small_upper_weights():
    """Posterior <h2 h1> less that of mean field: W2 diag(E[m (1 - m)]) / 4, to first order."""
    graph = dbm(6, 4, 3, std=0.0).double()
    source = generator(0)
    low, up = (e.connection.weight for e in graph.edges)
    with torch.no_grad():
        low.copy_(torch.randn(4, 6, generator=source, dtype=torch.float64))
        up.copy_(1e-3 * torch.randn(3, 4, generator=source, dtype=torch.float64))
    v = (torch.rand(20, 6, generator=source) < 0.5).double()
    h1 = torch.cartesian_prod(*[torch.tensor([0.0, 1.0]).double()] * 4)
    field = h1 @ up.mT
    p = (v @ low.mT @ h1.mT + torch.nn.functional.softplus(field).sum(1)).softmax(1)
    exactly = torch.einsum("bs,sj,si->ji", p, field.sigmoid(), h1) / len(v)
    data = MeanField(tolerance=1e-12, cap=200)(graph, {"v": v})
    m1, m2 = (data.moments(graph, name)[0] for name in ("h1", "h2"))
    missing = (up * (m1 * (1 - m1)).mean(0) / 4).detach()
    found = (exactly - m2.mT @ m1 / len(v)).detach()
    torch.testing.assert_close(found, missing, rtol=0.02, atol=1e-8)

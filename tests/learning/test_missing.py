"""Rows with holes: the gradient of what was observed, and completions against simple ones."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import Gaussian, exact, rbm
from harmonium.learning import (
    PCD,
    Learner,
    Missing,
    filled_by_means,
    gradient,
    positive,
    start_from,
)
from harmonium.random import generator, seeded
from harmonium.sampling import Phase
from tests.laws.registry import GRAPHS
from tests.laws.specimens import random_state, randomised

NAN = float("nan")


def holed(x, share=0.4, *, seed=1):
    return torch.where(torch.rand(x.shape, generator=generator(seed)) < share, NAN, x)


def observed_phase(graph, rows):
    """Every state that agrees with a row where it was seen, by its posterior probability."""
    states, p = exact.distribution(graph)
    weights = 0
    for row in rows:
        seen = ~row.isnan()
        agrees = (states["v"][:, seen] == row[seen]).all(1)
        posterior = p * agrees
        weights = weights + posterior / posterior.sum() / len(rows)
    return Phase(states, {}, weights)


def grads(graph):
    return [p.grad.clone() for p in graph.parameters()]


def test_the_gradient_is_that_of_the_observed_data_likelihood():
    graph = GRAPHS["rbm"]()
    rows = holed((torch.rand(6, 4, generator=generator(2)) < 0.5).double())
    assert bool(rows.isnan().any())
    gradient(graph, observed_phase(graph, rows), model=exact.phase(graph))
    truth = grads(graph)
    many = Missing(graph, {"v": rows.repeat(20_000, 1)}, sweeps=20, source=generator(3))
    batch = many.batch(torch.arange(120_000))
    gradient(graph, positive(graph, batch), model=exact.phase(graph))
    for found, expected in zip(grads(graph), truth, strict=True):
        assert_close(found, expected, rtol=0, atol=0.01)
    naive = torch.where(rows.isnan(), 0.0, rows)
    gradient(graph, positive(graph, {"v": naive}), model=exact.phase(graph))
    assert max(float((a - b).abs().max()) for a, b in zip(grads(graph), truth, strict=True)) > 0.1


def test_chains_go_on_from_where_they_were():
    """One sweep a visit is enough in the long run, because the completion is kept."""
    graph = randomised(rbm(4, 3), 1, std=1.0)
    rows = torch.tensor([[1.0, NAN, NAN, 0.0]]).double()
    kept = Missing(graph, {"v": rows.repeat(20_000, 1)}, sweeps=1, source=generator(3))
    for _ in range(30):
        batch = kept.batch(torch.arange(20_000))
    truth = observed_phase(graph, rows)
    expected = torch.tensordot(truth.weights, truth.values["v"], 1)
    assert_close(batch["v"].mean(0), expected, rtol=0, atol=0.02)


def test_what_was_seen_stays_and_other_rows_do_not_move():
    graph = GRAPHS["deep"]()
    rows = holed(torch.ones(5, 3).double())
    missing = Missing(graph, {"v": rows}, source=generator(1))
    before = missing.state_dict()
    batch = missing.batch(torch.tensor([3, 1]))
    seen = ~rows[[3, 1]].isnan()
    assert torch.equal(batch["v"][seen], rows[[3, 1]][seen])
    assert not bool(batch["v"].isnan().any())
    for name, x in missing.states.items():
        assert torch.equal(x[[0, 2, 4]], before[name][[0, 2, 4]])
    assert set(batch) == {"v"}


def test_whole_rows_are_handed_on():
    graph = GRAPHS["rbm"]()
    v = random_state(graph)["v"]
    assert torch.equal(Missing(graph, {"v": v}).batch(torch.arange(4))["v"], v)


def test_expected_values_are_the_posteriors():
    graph = randomised(rbm(4, 3), 1, std=1.0)
    rows = torch.tensor([[1.0, NAN, NAN, 0.0], [NAN, 0.0, 1.0, 1.0]]).double()
    missing = Missing(graph, {"v": rows.repeat_interleave(200, 0)}, source=generator(3))
    found = missing.means(torch.arange(400), sweeps=300)["v"].reshape(2, 200, 4)
    for k in (0, 1):
        truth = observed_phase(graph, rows[k : k + 1])
        expected = torch.tensordot(truth.weights, truth.values["v"], 1)
        assert_close(found[k].mean(0), expected, rtol=0, atol=0.01)


def test_expected_values_of_real_units_are_the_posteriors():
    """A mixture over the hidden states, given the numbers that were seen."""
    graph = randomised(rbm(Gaussian(2), 3), 4, std=1.0)
    rows = torch.tensor([[NAN, 0.7], [0.2, NAN], [NAN, NAN]]).double()
    missing = Missing(graph, {"v": rows.repeat_interleave(400, 0)}, source=generator(3))
    found = missing.means(torch.arange(1200), sweeps=300)["v"].reshape(3, 400, 2)
    h = graph.units["h"].states()
    bias, precision = (t.detach() for t in graph.units["v"].natural())
    pull = (bias + h @ graph.edges[0].connection.weight).detach()
    for k, row in enumerate(rows):
        gone = row.isnan()
        log_p = h @ graph.units["h"].bias.detach() + pull[:, ~gone] @ row[~gone]
        log_p = log_p + (pull[:, gone].square() / (2 * precision[gone])).sum(1)
        expected = torch.where(gone, torch.softmax(log_p, 0) @ (pull / precision), row)
        assert_close(found[k].mean(0), expected, rtol=0, atol=0.005)
        assert torch.equal(found[k][:, ~gone], row[~gone].expand(400, -1))


def test_expected_values_are_averaged_over_all_sweeps_but_the_first():
    """Without connections every sweep gives the same expectation, and so does their mean."""
    graph = randomised(rbm(3, 2, std=0.0), 1)
    with torch.no_grad():
        graph.edges[0].connection.weight.zero_()
    missing = Missing(graph, {"v": torch.full((4, 3), NAN).double()}, source=generator(1))
    expected = torch.sigmoid(graph.units["v"].bias).detach().expand(4, 3)
    for sweeps, burn in ((1, 0), (3, 2)):
        assert_close(missing.means(torch.arange(4), sweeps=sweeps, burn=burn)["v"], expected)


def test_completions_persist_where_one_sweep_hardly_moves_them():
    """Half of the mass is far from where units without connections start; visits get there."""
    graph = rbm(4, 1, std=0.0)
    with torch.no_grad():
        graph.edges[0].connection.weight.fill_(4.0)
        graph.units["v"].bias.fill_(-2.0)
        graph.units["h"].bias.fill_(-8.0)
    rows = torch.full((3000, 4), NAN)
    missing = Missing(graph, {"v": rows}, sweeps=1, source=generator(3))
    truth = float(exact.moments(graph)["v"][0].mean())
    everything = torch.arange(3000)
    first = float(missing.batch(everything)["v"].mean())
    assert first < truth - 0.2
    for _ in range(60):
        last = missing.batch(everything)
    assert float(last["v"].mean()) == pytest.approx(truth, abs=0.04)
    assert torch.equal(missing.states["v"], last["v"])


def low_rank(n, *, seed=5):
    """Real rows of six numbers that hang together through two."""
    z = torch.randn(n, 2, generator=generator(seed))
    mix = torch.randn(2, 6, generator=generator(seed + 1))
    return z @ mix + 0.3 * torch.randn(n, 6, generator=generator(seed + 2))


def test_learning_from_holes_fills_them_better_than_means():
    full = low_rank(500)
    full = (full - full.mean(0)) / full.std(0)
    rows = holed(full, 0.3)
    with seeded(1):
        graph = rbm(Gaussian(6), 12, std=0.1)
    start_from(graph, {"v": filled_by_means(rows)})
    missing = Missing(graph, {"v": rows}, sweeps=1, source=generator(1))
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.02)
    learner = Learner(graph, optimiser, PCD(1, chains=100), source=generator(2))
    for _ in range(30):
        for part in torch.randperm(500, generator=generator(3)).split(50):
            learner.step(missing.batch(part))
    found = missing.means(torch.arange(500))["v"]
    hole = rows.isnan()
    error = [float((x - full)[hole].square().mean()) for x in (found, filled_by_means(rows))]
    assert error[0] < 0.75 * error[1]


def test_a_run_goes_on_from_its_state():
    graph = GRAPHS["rbm"]()
    rows = holed(torch.ones(4, 4).double())
    one = Missing(graph, {"v": rows}, source=generator(1))
    one.batch(torch.arange(4))
    state, at = one.state_dict(), one.source.get_state()
    other = Missing(graph, {"v": rows}, source=generator(2))
    other.load_state_dict(state)
    other.source.set_state(at)
    assert torch.equal(one.batch(torch.arange(4))["v"], other.batch(torch.arange(4))["v"])


def test_means_by_columns():
    x = torch.tensor([[1.0, NAN], [3.0, 4.0]])
    assert filled_by_means(x).tolist() == [[1.0, 4.0], [3.0, 4.0]]
    with pytest.raises(ValueError, match="1 columns hold no observed value"):
        filled_by_means(torch.tensor([[1.0, NAN]]))


def test_one_hot_units_are_missing_whole():
    graph = GRAPHS["rbm-categorical"]()
    v = random_state(graph)["v"]
    v[0, 1] = NAN
    missing = Missing(graph, {"v": v}, source=generator(1))
    assert float(missing.batch(torch.arange(4))["v"].sum(-1).min()) == 1
    v[1, 0, 2] = NAN
    with pytest.raises(ValueError, match="mask cuts a Categorical unit, one vector of 3"):
        Missing(graph, {"v": v})

"""The deep Boltzmann machine: wiring, learning and judgement, all against enumeration."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import Gaussian, Spin, ais, exact
from harmonium.learning import (
    PCD,
    Learner,
    MeanField,
    copies,
    doubled,
    greedy,
    linear_decay,
    lowest,
    start_from,
)
from harmonium.machines import dbm
from harmonium.random import generator, seeded
from harmonium.sampling import bound, mean_field
from tests.laws.specimens import numbers, randomised


def test_its_groups_and_wires():
    graph = dbm(Gaussian(4), Spin(3), 2, 5)
    assert [*graph.units] == ["v", "h1", "h2", "h3"]
    assert [(e.source, e.target) for e in graph.edges] == [("v", "h1"), ("h1", "h2"), ("h2", "h3")]
    assert repr(graph.units["h1"]) == "Spin(3)"
    with pytest.raises(ValueError, match="needs visible units and a hidden group"):
        dbm(3)


def test_one_hidden_group_is_an_rbm():
    graph = dbm(3, 2, std=1.0)
    assert set(graph.summable()) == {(), ("v",), ("h1",)}


# --- judgement at 8-6-4 -------------------------------------------------------------------------


def eight_six_four():
    return randomised(dbm(8, 6, 4), 5, std=0.8)


def rows(n=12):
    return (torch.rand(n, 8, generator=generator(1)) < 0.4).double()


def test_the_bound_lies_below_the_log_likelihood_and_near_it():
    graph, v = eight_six_four(), rows()
    truth = exact.log_prob(graph, {"v": v})
    data = mean_field(graph, {"v": v}, tolerance=1e-9, cap=1000)
    gap = truth - bound(graph, data, log_z=exact.log_partition(graph))
    assert float(gap.min()) > 0
    assert float(gap.mean()) < 0.5


def test_small_upper_weights_change_likelihood_and_bound_by_covariances():
    """To second order in W2, with the means of both layers kept, sums over the units j of h2:

    log p rises by sum_j w_j (C_data - C_model) w_j / 8, and the gap of the bound is
    sum_ij W_ji^2 Var(h1_i | v) Var(h2_j) / 2, with variances of h2 of 1/4.
    """
    graph, v, middle = eight_six_four(), rows(40), numbers(6, seed=2).sigmoid()
    w = 0.03 * numbers(4, 6, seed=3)
    alone = lowest(graph, 1)
    states = alone.units["v"].states()
    before = exact.log_prob(alone, {"v": v})

    def moments(x, p):
        """E[(h1 - m)(h1 - m)'] and E[Var(h1 | v)]."""
        h = alone.units["h1"].mean(alone.field("h1", {"v": x}))
        spread = (p[:, None] * h * (1 - h)).sum(0)
        return (p[:, None] * (h - middle)).mT @ (h - middle) + spread.diag(), spread

    with torch.no_grad():
        of_data, spread = moments(v, torch.full((40,), 1 / 40).double())
        of_model, _ = moments(states, exact.log_prob(alone, {"v": states}).exp())
        graph.connections["h1-h2"].weight.copy_(w)
        graph.units["h1"].bias.sub_(w.sum(0) / 2)
        graph.units["h2"].bias.copy_(-w @ middle)
    after = exact.log_prob(graph, {"v": v})
    rise = float((w @ (of_data - of_model) * w).sum()) / 8
    assert float((after - before).mean()) == pytest.approx(rise, rel=0.02)
    data = mean_field(graph, {"v": v}, tolerance=1e-12, cap=1000)
    gap = after - bound(graph, data, log_z=exact.log_partition(graph))
    assert float(gap.mean()) == pytest.approx(float((w**2 @ spread).sum()) / 8, rel=0.02)


def test_annealed_importance_sampling_gives_log_z_and_the_log_likelihood_row_by_row():
    graph, v = eight_six_four(), rows()
    log_z = ais(graph, betas=100, chains=300, source=generator(2))
    assert abs(float(log_z.log_z - exact.log_partition(graph))) < 4 * float(log_z.stderr)
    held = ais(graph, betas=50, chains=100, hold={"v": v}, source=generator(3))
    truth = exact.log_prob(graph, {"v": v}) + exact.log_partition(graph)
    assert bool(((held.log_z - truth).abs() < 5 * held.stderr + 1e-3).all())
    estimate = held.log_z - log_z.log_z
    assert_close(estimate, exact.log_prob(graph, {"v": v}), rtol=0, atol=0.1)


# --- learning -----------------------------------------------------------------------------------


def bars(n=3):
    """Bars and stripes: every pattern of whole rows, or of whole columns, of n x n pixels."""
    lines = (torch.arange(2**n)[:, None] >> torch.arange(n) & 1).double()
    down = lines[:, :, None].expand(-1, n, n).flatten(1)
    across = lines[:, None, :].expand(-1, n, n).flatten(1)
    return torch.unique(torch.cat([down, across]), dim=0)


def trained(graph, data, *, updates, rate=0.3, centring=0.01, seed=1):
    optimiser = torch.optim.SGD(graph.parameters(), lr=rate)
    schedule = linear_decay(optimiser, updates, constant=0.5)
    learner = Learner(
        graph,
        optimiser,
        PCD(1, chains=100),
        centring=centring,
        source=generator(seed),
        inference=MeanField(),
    )
    for _ in range(updates):
        learner.step(copies(graph, data) if "h" in graph.units else {"v": data})
        schedule.step()


def likelihood(graph, data):
    return float(exact.log_prob(graph, {"v": data}).mean())


def made():
    with seeded(1):
        graph = dbm(9, 12, 6, std=0.1).double()
    start_from(graph, {"v": bars()})
    return graph


def test_centred_joint_training_needs_no_pre_training():
    graph, data = made(), bars()
    before = likelihood(graph, data)
    trained(graph, data, updates=600)
    assert before < -6
    assert likelihood(graph, data) > -3.5  # the best there is: -log 14 = -2.64


def test_pre_training_with_doubled_weights_is_a_start():
    """The layers train the machine itself, and leave it a better model than they found it."""
    graph, data = made(), bars()
    before = likelihood(graph, data)
    weights = [e.connection.weight for e in graph.edges]
    greedy(
        doubled(graph),
        data,
        train=lambda layer, x: trained(layer, x, updates=300, rate=0.1, centring=None),
    )
    assert [e.connection.weight for e in graph.edges] == weights
    after = likelihood(graph, data)
    assert after > before + 0.5


def test_mean_field_learning_raises_the_likelihood_of_three_hidden_groups():
    with seeded(2):
        graph = dbm(9, 5, 4, 3, std=0.3).double()
    data = bars()
    start_from(graph, {"v": data})
    before = likelihood(graph, data)
    trained(graph, data, updates=300)
    assert likelihood(graph, data) > before + 1


def test_a_number_may_stand_beside_any_family():
    graph = randomised(dbm(Gaussian(2), 3, Spin(2)), 3, std=0.5)
    v = numbers(4, 2, seed=1)
    data = mean_field(graph, {"v": v}, tolerance=1e-9, cap=500)
    gap = exact.log_prob(graph, {"v": v}) - bound(graph, data, log_z=exact.log_partition(graph))
    assert bool((gap > -1e-9).all())

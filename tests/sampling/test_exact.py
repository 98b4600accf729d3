import math

import pytest
import torch
from torch.testing import assert_close

import harmonium as hm
from harmonium import (
    Bernoulli,
    Categorical,
    EnergyGraph,
    Gaussian,
    Multinomial,
    Rectified,
    Spin,
    exact,
    rbm,
)
from harmonium.graph import View
from harmonium.random import generator, seeded
from harmonium.sampling import clamped, shifted, tempered
from tests.laws.registry import GRAPHS, JOINTLY_GAUSSIAN
from tests.laws.specimens import random_state


def test_the_cheapest_groups_are_listed():
    """Thirty visible units are summed away; three hidden ones are listed."""
    graph = rbm(30, 3, std=0.0)
    assert exact.enumerable(graph)
    assert float(exact.log_partition(graph)) == pytest.approx(33 * math.log(2))


def test_too_many_states_are_refused():
    graph = rbm(30, 30)
    assert not exact.enumerable(graph)
    with pytest.raises(ValueError, match=r"about 10\^9 states are too many .*use harmonium.ais"):
        exact.log_partition(graph)


def test_connected_continua_are_refused():
    graph = JOINTLY_GAUSSIAN["gaussian-pair"]()
    assert not exact.enumerable(graph)
    with pytest.raises(ValueError, match="connected with each other cannot be enumerated"):
        exact.log_partition(graph)


def test_a_continuum_has_no_list_of_states():
    with pytest.raises(ValueError, match=r"cannot list the states of \['v'\]"):
        exact.distribution(rbm(Gaussian(2), 2))
    with pytest.raises(ValueError, match=r"cannot list .* more than 4194304"):
        exact.distribution(rbm(30, 3))


def test_lengths_must_be_bound_and_common():
    graph = rbm(Multinomial(3), 2)
    with pytest.raises(ValueError, match="need the total of every row"):
        exact.log_partition(graph)
    with pytest.raises(ValueError, match="one common length"):
        exact.log_partition(graph.given(v=torch.tensor([1.0, 2.0])))
    assert exact.enumerable(graph.given(v=torch.tensor([2.0, 2.0])))


@pytest.mark.parametrize("kind", ["clamped", "shifted", "tempered"])
@pytest.mark.parametrize("ask", [exact.log_partition, exact.distribution, exact.moments])
def test_a_view_that_differs_by_row_is_refused(kind, ask):
    """Its rows would be summed as if they were states of one model."""
    graph = GRAPHS["deep"]()
    v = torch.zeros(2, 3).double()
    view = {
        "clamped": clamped(graph, {"v": v}),
        "shifted": shifted(graph, {"v": v}),
        "tempered": tempered(graph, torch.tensor([0.5, 1.0])),
    }[kind]
    with pytest.raises(ValueError, match="one distribution per row: enumerate the rows one at a"):
        ask(view)
    assert torch.isfinite(exact.log_partition(clamped(graph, {"v": v[:1]})))


def test_pieces_give_the_same_sum(monkeypatch):
    graph = GRAPHS["deeper"]()
    whole = exact.log_partition(graph), exact.moments(graph)
    monkeypatch.setattr(exact, "_CHUNK", 30)
    assert_close(exact.log_partition(graph), whole[0])
    assert_close(exact.moments(graph), whole[1])


def test_the_sum_is_in_float64_whatever_the_graph():
    single, double = GRAPHS["rbm"](torch.float32), GRAPHS["rbm"]()
    assert exact.log_partition(single).dtype == torch.float64
    assert_close(exact.log_partition(single), exact.log_partition(double), rtol=1e-6, atol=0)


@pytest.mark.parametrize("listed", [False, True])
def test_as_many_draws_as_were_asked_for(listed):
    """Also where nothing needs a list: one row of fields serves all draws."""
    graph = EnergyGraph({"a": Bernoulli(2), "b": Gaussian(3)}, {})
    graph = rbm(2, 3) if listed else graph
    drawn = exact.draw(graph, 1000, source=generator(1))
    assert list(drawn) == list(graph.units)
    for name, x in drawn.items():
        assert x.shape == (1000, *graph.units[name].shape)
        assert len(x.unique(dim=0)) > 1
    held = clamped(rbm(2, 3), {"v": torch.ones(1, 2)})
    assert exact.draw(held, 50, source=generator(1))["h"].shape == (50, 3)


def test_draws_repeat_with_their_source():
    graph = GRAPHS["rbm-rectified"]()
    first, again = (exact.draw(graph, 10, source=generator(1)) for _ in range(2))
    assert all(torch.equal(first[n], again[n]) for n in first)


def test_moments_of_lone_units():
    graph = EnergyGraph({"a": Bernoulli(2), "b": Gaussian(1)}, {})
    with torch.no_grad():
        graph.units["a"].bias.copy_(torch.tensor([0.0, 2.0]))
        graph.units["b"].bias.fill_(3.0)
    found = exact.moments(graph)
    assert_close(found["a"], (torch.sigmoid(torch.tensor([0.0, 2.0])),))
    assert_close(found["b"], (torch.tensor([3.0]), torch.tensor([-5.0])))


def test_a_phase_of_observed_rows_weighs_each_row_alike():
    graph = GRAPHS["deep"]()
    v = random_state(graph)["v"]
    phase = exact.phase(graph, hold={"v": v})
    assert_close(phase.weights.sum(), torch.ones((), dtype=torch.float64))
    per_row = phase.weights.reshape(len(v), -1).sum(1)
    assert_close(per_row, torch.full((len(v),), 1 / len(v), dtype=torch.float64))
    assert_close(phase.values["v"].reshape(len(v), -1, 3), v[:, None].expand(-1, 4, -1))
    mean = phase.weights @ phase.moments(graph, "h1")[0].detach()
    rows = [exact.moments(clamped(graph, {"v": row[None]}))["h1"][0] for row in v]
    assert_close(mean, torch.stack(rows).mean(0))


def test_the_log_prob_of_part_of_a_deep_graph_goes_row_by_row():
    graph = GRAPHS["deep"]()
    v = graph.units["v"].states()
    assert_close(exact.log_prob(graph, {"v": v}).exp().sum(), torch.ones((), dtype=torch.float64))
    everything, p = exact.distribution(graph)
    marginal = torch.stack([p[(everything["v"] == row).all(1)].sum() for row in v])
    assert_close(exact.log_prob(graph, {"v": v}), marginal.log())


def test_a_constant_is_part_of_log_z():
    graph = GRAPHS["rbm"]()
    view = View(graph.units, graph.edges, {}, 2.5)
    assert_close(exact.log_partition(view), exact.log_partition(graph) - 2.5)


def test_a_phase_of_rows_that_are_wholly_observed_is_those_rows():
    graph = GRAPHS["deep"]()
    rows = random_state(graph)
    found = exact.phase(graph, hold=rows)
    assert found.values is rows
    assert found.fields == {}
    assert found.weights.tolist() == [0.25] * 4


def test_large_machines_are_annealed_although_they_could_be_listed():
    """20 hidden units are a million states: quick with few visible values, not with many."""
    assert exact.quick(rbm(10, 20))
    assert not exact.quick(rbm(784, 20))
    assert not exact.quick(rbm(784, 500))


OUTSIDE = {
    "bernoulli": (lambda: rbm(3, 2), torch.tensor([[1.0, 0, 2], [0, 0.5, 1], [1, 1, 0]])),
    "spin": (lambda: rbm(Spin(3), 2), torch.tensor([[1.0, 0, -1], [0, 0, 0], [1, 1, -1]])),
    "categorical": (
        lambda: rbm(Categorical(1, 3), 2),
        torch.tensor([[[0.0, 0, 0]], [[0.5, 0.5, 0]], [[0, 1, 0]]]),
    ),
    "counts": (
        lambda: rbm(Multinomial(3), 2).given(v=torch.tensor([4.0])),
        torch.tensor([[1.0, 1, 5], [2, 2, -1], [1, 1, 2]]),
    ),
    "rectified": (
        lambda: rbm(Rectified(3), 2),
        torch.tensor([[1.0, 1, -5], [torch.nan, 2, 1], [1, 1, 2]]),
    ),
    "gaussian": (
        lambda: rbm(Gaussian(2), 2),
        torch.tensor([[torch.inf, 1], [0, torch.nan], [0.5, -3]]),
    ),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_values_that_are_no_states_have_probability_zero(name):
    make, x = OUTSIDE[name]
    with seeded(0):
        graph = make()
    log_p = exact.log_prob(graph, {"v": x})
    assert log_p[:2].tolist() == [-torch.inf, -torch.inf]
    assert torch.isfinite(log_p[2])


@pytest.mark.parametrize("name", OUTSIDE)
def test_energies_are_infinite_outside_of_the_domain_only(name):
    make, x = OUTSIDE[name]
    with seeded(0):
        graph = make()
    h = torch.ones(3, 2)
    wrong = graph.units["v"].outside(x)
    for energies in (graph.energy({"v": x, "h": h}), graph.free_energy({"v": x}, ("h",))):
        assert torch.equal(energies == torch.inf, wrong)
        assert torch.isfinite(energies[~wrong]).all()


@pytest.mark.parametrize("fallback", [False, True])
def test_log_z_of_many_lengths_is_that_of_each_length(monkeypatch, fallback):
    with seeded(1):
        graph = hm.over_replicated_softmax(3, 4, latent=2, std=1.0).double()
    if fallback:
        monkeypatch.setattr("harmonium.sampling.exact._WORK", 0)
    lengths = torch.tensor([0.0, 1.0, 2.0, 5.0]).double()
    found = exact.log_partitions(graph, lengths, name="v")
    each = [exact.log_partition(graph.given(v=n)) for n in lengths]
    assert_close(found, torch.stack(each))


def test_the_other_groups_are_enumerated_once_for_all_lengths(monkeypatch):
    with seeded(1):
        graph = hm.replicated_softmax(6, 5, std=1.0)
    calls = []
    potential = View.potential
    monkeypatch.setattr(View, "potential", lambda *a, **k: calls.append(1) or potential(*a, **k))
    exact.log_partitions(graph, torch.arange(1.0, 51.0), name="v")
    assert len(calls) == 1
